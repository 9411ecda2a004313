import { OnboardingClient, type Rail } from '../../client/index.js'
import { scenariosJson } from '../../sandbox/scenarios.js'
import { generateCodecKey, readIdKey } from '../../secrets/index.js'
import { failedTasks } from '../support/failed-tasks.js'
import { until } from '../support/journeys.js'
import { signalRaw } from '../support/raw-messages.js'
import { brokenStarts } from './broken-starts.js'
import { watchCrash } from './crash.js'
import { messagesThatNobodyShouldSend } from './mistakes.js'
import { money } from './money.js'
import type { Play } from './play.js'
import { TENANTS, userCodeOf } from './settings.js'

/** A journey, or several; named, so that one that fails is told by its name. */
export interface Scene {
  readonly name: string
  /** Whether it takes a worker’s crash in its midst as it comes; the others wait until the crash is over. */
  readonly withstandsCrash?: true
  play(play: Play): Promise<void>
}

/** The scene in which a worker is killed; the first. */
export const CRASH = 'crash'

const RAILS: readonly Rail[] = ['digikhata', 'levin']

/** Faults that one sender meets one after the other: every class of outcomes is among them, each with secrets on the way. */
const FAULTS: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  'answers lost': [
    { fault: 'dropAfterCommit', operation: 'onboardSender' },
    { fault: 'dropAfterCommit', operation: 'verifySenderOtp' },
    { fault: 'dropAfterCommit', operation: 'generateAadhaarOtp' },
    { fault: 'dropAfterCommit', operation: 'verifyAadhaarOtp' },
    { fault: 'dropAfterCommit', operation: 'validatePan' },
  ],
  'broken gateway': [
    { fault: 'dropBeforeCommit', operation: 'onboardSender' },
    { fault: 'htmlBody', operation: 'verifySenderOtp' },
    { fault: 'status5xx', http: 500, executed: true, operation: 'generateAadhaarOtp' },
    { fault: 'empty204', operation: 'validatePan' },
  ],
  'broken bodies': [
    { fault: 'truncatedBody', operation: 'verifySenderOtp' },
    { fault: 'truncatedBody', operation: 'generateAadhaarOtp' },
    { fault: 'htmlBody', http: 200, executed: true, operation: 'verifyAadhaarOtp' },
    { fault: 'truncatedBody', operation: 'validatePan' },
  ],
  'too late': [
    { fault: 'delayAfterCommit', ms: 4_600, operation: 'verifySenderOtp' },
    { fault: 'slowBody', ms: 4_600, operation: 'generateAadhaarOtp' },
    { fault: 'delayAfterCommit', ms: 4_600, operation: 'validatePan' },
  ],
  'answers that nobody documents': [
    { fault: 'unknownTypeId', operation: 'verifySenderOtp' },
    { fault: 'missingData', operation: 'generateAadhaarOtp' },
    { fault: 'unknownTypeId', operation: 'verifyAadhaarOtp' },
    { fault: 'unknownTypeId', operation: 'validatePan' },
  ],
  'busy and refused': [
    { fault: 'tooMany429', retryAfterSeconds: 1, operation: 'getSender' },
    { fault: 'busy', operation: 'verifySenderOtp' },
    { fault: 'aadhaarRefused' },
    { fault: 'uidaiDown', operation: 'verifyAadhaarOtp' },
    { fault: 'panRefused', field: true },
  ],
  'clock and twins': [
    { fault: 'expired2485', operation: 'verifySenderOtp' },
    { fault: 'duplicateDelivery', operation: 'generateAadhaarOtp' },
    { fault: 'panRefused', status: 1237 },
  ],
  'wallet token': [
    { fault: 'walletTokenExpired', operation: 'generateAadhaarOtp' },
    { fault: 'walletTokenExpired', operation: 'verifyAadhaarOtp' },
  ],
}

/** What stops a tenant: refused credentials and agents. */
const STOPPING = [
  { fault: 'auth401', operation: 'onboardSender' },
  { fault: 'auth403', status: 2483, operation: 'verifySenderOtp' },
  { fault: 'agentNotAllowed', operation: 'generateAadhaarOtp' },
  { fault: 'initiatorUnknown', operation: 'validatePan' },
]

const both = (name: string, play: (play: Play, rail: Rail) => Promise<void>): Scene[] =>
  RAILS.map((rail) => ({ name: `${name}, ${rail}`, play: (running) => play(running, rail) }))

/** Journeys of every kind, and what else leaves something behind. */
export const SCENES: readonly Scene[] = [
  { name: CRASH, withstandsCrash: true, play: watchCrash },
  ...Object.entries(FAULTS).flatMap(([name, faults], index) =>
    both(name, async (play, rail) => {
      const tenant = TENANTS.faults[index] ?? TENANTS.main
      await play.bring(await play.begin(rail, { tenant, faults }))
    }).map((scene): Scene => ({ ...scene, withstandsCrash: true })),
  ),
  {
    name: 'programs that do not start',
    withstandsCrash: true,
    async play(play) {
      play.brokenStarts.push(...(await brokenStarts(play.stack)))
    },
  },
  ...both('by command line', (play, rail) => play.commandLine.journey(rail)),
  ...both('success', async (play, rail) => {
    const journey = await play.begin(rail, { unknownDetails: true })
    await play.bring(journey)
    await journey.handle.result()
  }),
  ...both('wrong codes, resend, refused numbers, an early PAN', bumpy),
  ...both('messages that nobody should send', messagesThatNobodyShouldSend),
  ...both('refused, and cancelled by an operator', async (play, rail) => {
    const journey = await play.begin(rail)
    await play.walkTo(journey, 'ENTER_PAN')
    const taken = scenariosJson().pans.find(({ scenario }) => scenario === 'alreadyExists')?.number ?? ''
    await journey.handle.enterPan({ pan: taken })
    await journey.handle.cancel({ reason: 'Eko cannot help' })
  }),
  ...both('rejected after wrong codes', rejected),
  ...both('expired', async (play, rail) => {
    const journey = await play.begin(rail, { policy: { journeySeconds: 2 } })
    await journey.handle.result()
  }),
  ...both('money: recipients, loads, transfers, refunds', money),
  { name: 'consent withdrawn', play: withdrawn },
  { name: 'cancelled and terminated by Temporal’s own commands', play: nativeEnds },
  { name: 'a codec key is missing', play: keyMissing },
  { name: 'refused by the client', play: refusedByClient },
  {
    name: 'a tenant that Eko refuses',
    async play(play) {
      await play.bring(await play.begin('digikhata', { tenant: TENANTS.stopped, faults: STOPPING }))
    },
  },
  {
    name: 'Eko cannot be reached',
    async play(play) {
      const journey = await play.begin('levin', { tenant: TENANTS.away })
      await journey.handle.cancel({ reason: 'nobody answers' })
    },
  },
]

async function bumpy(play: Play, rail: Rail): Promise<void> {
  const { codes } = play.stack.canaries
  const journey = await play.begin(rail)
  const { handle, facts } = journey
  await handle.enterPan({ pan: facts.pan })
  for (const step of ['ENTER_SENDER_OTP', 'ENTER_AADHAAR_OTP'] as const) {
    const { challengeId } = await play.walkTo(journey, step)
    if (step === 'ENTER_SENDER_OTP') await handle.enterSenderOtp({ otp: codes.SENDER.wrong, challengeId })
    else await handle.signal.enterAadhaarOtp({ otp: codes.AADHAAR.wrong, challengeId })
    await handle.resendOtp()
    // For a code that is not live any more.
    const late = { otp: codes.SENDER.wrong, challengeId }
    await play.tolerate(step === 'ENTER_SENDER_OTP' ? handle.enterSenderOtp(late) : handle.enterAadhaarOtp(late))
  }
  await play.bring(journey)
}

async function rejected(play: Play, rail: Rail): Promise<void> {
  const journey = await play.begin(rail, { policy: { triesPerJourney: 2 } })
  for (let tries = 0; tries < 2; tries += 1) {
    const { challengeId } = await play.walkTo(journey, 'ENTER_SENDER_OTP')
    await journey.handle.enterSenderOtp({ otp: play.stack.canaries.codes.SENDER.wrong, challengeId })
  }
  await journey.handle.result()
}

async function withdrawn(play: Play): Promise<void> {
  const journey = await play.begin('digikhata')
  await play.walkTo(journey, 'ENTER_AADHAAR_OTP')
  await journey.handle.withdrawConsent({ reason: 'the sender asked' })
  await journey.handle.result()
}

async function nativeEnds(play: Play): Promise<void> {
  const { workflow } = play.stack.client.temporal
  const cancelled = await play.begin('levin')
  await play.walkTo(cancelled, 'ENTER_AADHAAR')
  await workflow.getHandle(cancelled.handle.workflowId).cancel()
  await cancelled.handle.result()
  const terminated = await play.begin('digikhata')
  await play.walkTo(terminated, 'ENTER_AADHAAR_OTP')
  await workflow.getHandle(terminated.handle.workflowId).terminate('leak test')
  await play.tolerate(terminated.handle.result())
}

/** Its workflow tasks fail, with a message and a stack trace in history, until it is terminated. */
async function keyMissing(play: Play): Promise<void> {
  const { client, workerEnv } = play.stack
  const journey = await play.begin('digikhata')
  const { workflowId } = journey.handle
  await play.walkTo(journey, 'ENTER_AADHAAR_OTP')
  const { kid } = generateCodecKey(await readIdKey(workerEnv['ONBOARDING_ID_KEY_FILE'] ?? ''))
  const sealed = { encoding: 'binary/encrypted', keyId: kid, data: Buffer.alloc(64, 7) }
  await signalRaw(client, workflowId, 'enterPan', [sealed])
  await until(async () => (await failedTasks(client, workflowId)).length > 0, 'a workflow task fails')
  await client.temporal.workflow.getHandle(workflowId).terminate('leak test')
}

/** Everything that never leaves the client, and what it says of it. */
async function refusedByClient(play: Play): Promise<void> {
  const { canaries, client, clientEnv } = play.stack
  const journey = await play.begin('levin')
  const { handle, facts } = journey
  const { aadhaar, pan, mobile } = facts
  const consent = { consentId: 'x', textSha256: 'x', mode: 'self', acceptedAt: 'never' } as const
  const { right } = canaries.codes.SENDER
  const bad: readonly (() => Promise<unknown>)[] = [
    () => handle.enterAadhaar({ aadhaar: `${aadhaar}9`, consent }),
    () => handle.enterAadhaar({ aadhaar, consent }),
    () => handle.enterPan({ pan: `${pan}${pan}` }),
    () => handle.enterPan({ pan, number: aadhaar } as never),
    () => handle.enterSenderOtp({ otp: `${right}${right}`, challengeId: 'none' }),
    () => handle.enterSenderOtp({ otp: Number(right) as never, challengeId: 'none' }),
    () => handle.enterAadhaarOtp({ otp: right, challengeId: 'none' }),
    () => handle.enterSenderDetails({ ...facts.details, dob: aadhaar, residenceAddress: [pan] }),
    () => play.said.overhear(client).start({ rail: 'levin', mobile: `${mobile}${mobile}`, userCode: pan }),
    () => play.said.overhear(client).start({ rail: aadhaar as never, mobile, userCode: userCodeOf(TENANTS.main) }),
    () => play.said.overhear(client).start({ rail: 'digikhata', mobile, userCode: '99999999', details: facts.details }),
    () => play.said.overhear(client.handle(`onboarding:levin:leak:${'0'.repeat(32)}`)).view(),
  ]
  for (const call of bad) await play.tolerate(call())
  await handle.cancel({ reason: 'done' })
  await play.tolerate(handle.enterPan({ pan }))
  const env = { ...clientEnv, TEMPORAL_ADDRESS: '127.0.0.1:1' }
  await play.tolerate(play.said.overhear(OnboardingClient).fromEnvironment({ env, deadlineMs: 500 }))
}
