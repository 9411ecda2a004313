import type { OnboardingResult, Rail } from '../../client/index.js'
import { scenariosJson } from '../../sandbox/scenarios.js'
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../workflows/messages.js'
import { action, NO_COOLDOWN, startJourney, type TestJourney, until, USER_CODE, walkTo } from '../support/journeys.js'
import { blockLimit, startBlocked, untilLookUpIsRetried } from '../support/blocked-limit.js'
import { newPerson } from '../support/people.js'
import { json, signalRaw, UNDECODABLE } from '../support/raw-messages.js'
import type { TestStack } from '../support/test-stack.js'
import { MONEY_KINDS } from './money-kinds.js'

/** Takes one journey through, and answers its workflow id when it has ended. */
type Kind = (stack: TestStack) => Promise<string>

const operator = { actor: { type: 'operator', id: 'op-1' }, reason: 'for the record' } as const
const { aadhaarNumbers, pans } = scenariosJson()
const aadhaarOf = (wanted: string): string => aadhaarNumbers.find(({ scenario }) => scenario === wanted)?.number ?? ''
const panOf = (wanted: string): string => pans.find(({ scenario }) => scenario === wanted)?.number ?? ''

/** Every kind of journey that is recorded, by the name of its file. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'digikhata-new': plain('digikhata'),
  'levin-new': plain('levin'),
  'digikhata-details-asked': (stack) => walk(startJourney(stack, 'digikhata', { unknownDetails: true })),
  'digikhata-docs-2025': inDialect('docs-2025', plain('digikhata')),
  'digikhata-wlc': inDialect('wlc', plain('digikhata')),
  'levin-docs-2025': inDialect('docs-2025', plain('levin')),
  'levin-wlc': inDialect('wlc', plain('levin')),
  'digikhata-re-entry-at-otp': reentry('digikhata', 'OTP_PENDING'),
  'levin-re-entry-at-aadhaar': reentry('levin', 'AADHAAR_PENDING'),
  'digikhata-re-entry-at-pan': reentry('digikhata', 'PAN_PENDING'),
  'levin-re-entry-of-a-finished-sender': reentry('levin', 'ACTIVE'),
  'levin-stops-at-pan': (stack) => walk(startJourney(stack, 'levin', { stopAt: 'PAN_REQUIRED' })),
  'digikhata-code-sent-before': codeSentBefore,
  'digikhata-joined-and-taken-over': joinedAndTakenOver,
  'digikhata-wrong-codes-and-resends': wrongCodes,
  'levin-rejected-after-wrong-codes': rejected,
  'digikhata-code-expired': codeExpired,
  'levin-early-pan': earlyPan,
  'digikhata-refused-aadhaar-and-pan': refusedNumbers,
  'levin-pan-of-another-customer': panOfAnother,
  'digikhata-uncertain-dispatches': lost('digikhata', 'onboardSender', 'generateAadhaarOtp'),
  'levin-uncertain-dispatches': lost('levin', 'onboardSender', 'generateAadhaarOtp'),
  'digikhata-uncertain-verifications': lost('digikhata', 'verifySenderOtp', 'verifyAadhaarOtp', 'validatePan'),
  'levin-uncertain-verifications': lost('levin', 'verifySenderOtp', 'verifyAadhaarOtp', 'validatePan'),
  'levin-wallet-token-refused': inDialect('docs-2025', walletTokenRefused),
  'digikhata-parked-busy': parkedBusy,
  'levin-parked-on-configuration': parkedOnConfiguration,
  'digikhata-queued-behind-a-call': queued,
  'digikhata-cancelled': (stack) => ended(stack, ({ handle }) => handle.cancel(operator)),
  'digikhata-consent-withdrawn': (stack) => ended(stack, ({ handle }) => handle.withdrawConsent(operator)),
  'digikhata-cancelled-natively': (stack) => ended(stack, ({ handle }) => native(stack, handle.workflowId)),
  'levin-step-expired': (stack) => expired(stack, { stepSeconds: 1 }),
  'digikhata-journey-expired': (stack) => expired(stack, { journeySeconds: 2 }),
  'digikhata-bad-messages': badMessages,
  'digikhata-user-code-not-allowed': userCodeNotAllowed,
  'malformed-input': malformedInput,
  'transaction-otp': transactionOtp,
  'levin-parked-on-an-incident': parkedOnConfiguration,
  'digikhata-continued-as-new': continuedAsNew,
  'limit-of-a-mobile': (stack) => entityOf(stack, 'limit:mobile:'),
  'incident-resolved': incidentResolved,
  // Of a release in which an ending waited for the look-up, and of one in which it does not.
  'digikhata-cancelled-after-look-up': cancelledDuringLookUp,
  'digikhata-cancelled-during-look-up': cancelledDuringLookUp,
  ...MONEY_KINDS,
}

async function walk(starting: Promise<TestJourney>): Promise<string> {
  const { person, handle, view } = await starting
  await person.finish(view)
  await handle.result()
  return handle.workflowId
}

async function onward({ person, handle }: TestJourney): Promise<string> {
  await person.finish(await handle.view())
  await handle.result()
  return handle.workflowId
}

function plain(rail: Rail): Kind {
  return (stack) => walk(startJourney(stack, rail))
}

function reentry(rail: Rail, stage: string): Kind {
  return (stack) => walk(startJourney(stack, rail, { stage, unknownDetails: true }))
}

function inDialect(dialect: string, kind: Kind): Kind {
  return async (stack) => {
    await stack.sandbox.putDialect(dialect)
    try {
      return await kind(stack)
    } finally {
      await stack.sandbox.putDialect('portal-2026')
    }
  }
}

function lost(rail: Rail, ...operations: string[]): Kind {
  return async (stack) => {
    const facts = newPerson()
    const { mobile } = facts
    await stack.sandbox.addFaults(...operations.map((operation) => ({ fault: 'dropAfterCommit', operation, mobile })))
    return walk(startJourney(stack, rail, { facts }))
  }
}

async function codeSentBefore(stack: TestStack): Promise<string> {
  const facts = newPerson()
  const first = await startJourney(stack, 'digikhata', { facts })
  await first.handle.cancel(operator)
  const [sms] = (await first.ledger()).sms
  return walk(startJourney(stack, 'digikhata', { facts, otpRefId: sms?.otpRefId ?? '' }))
}

async function joinedAndTakenOver(stack: TestStack): Promise<string> {
  const facts = newPerson()
  const journey = await startJourney(stack, 'digikhata', { facts })
  await startJourney(stack, 'digikhata', { facts })
  await journey.handle.takeOver({ ...operator, userCode: '20810210' })
  await startJourney(stack, 'digikhata', { facts, userCode: '20810210' })
  return onward(journey)
}

async function cancelledDuringLookUp(stack: TestStack): Promise<string> {
  const unblock = await blockLimit(stack)
  const journey = startBlocked(stack)
  await untilLookUpIsRetried(stack, journey)
  await journey.handle.signal.cancel(operator)
  await unblock()
  await journey.started
  await journey.handle.result()
  return journey.handle.workflowId
}

async function wrongSenderCode({ handle, person }: TestJourney): Promise<void> {
  const view = await handle.view()
  if (view.nextAction.do === 'REQUEST_NEW_CODE') await handle.resendOtp()
  const { challengeId } = action(await handle.view(), 'ENTER_SENDER_OTP')
  await handle.enterSenderOtp({ otp: await person.wrongCode('SENDER'), challengeId })
}

async function wrongCodes(stack: TestStack): Promise<string> {
  const journey = await startJourney(stack, 'digikhata')
  for (let count = 0; count < 4; count += 1) await wrongSenderCode(journey)
  await walkTo(journey, 'ENTER_AADHAAR_OTP')
  await journey.handle.resendOtp()
  return onward(journey)
}

async function rejected(stack: TestStack): Promise<string> {
  const journey = await startJourney(stack, 'levin', { policy: { ...NO_COOLDOWN, triesPerJourney: 4 } })
  for (let count = 0; count < 4; count += 1) await wrongSenderCode(journey)
  await journey.handle.result()
  return journey.handle.workflowId
}

async function codeExpired(stack: TestStack): Promise<string> {
  const journey = await startJourney(stack, 'digikhata', { policy: { ...NO_COOLDOWN, otpLifetimeSeconds: 3 } })
  await journey.handle.waitForNextAction('REQUEST_NEW_CODE')
  return onward(journey)
}

async function earlyPan(stack: TestStack): Promise<string> {
  const journey = await startJourney(stack, 'levin')
  await journey.handle.enterPan({ pan: journey.person.facts.pan })
  return onward(journey)
}

async function refusedNumbers(stack: TestStack): Promise<string> {
  const journey = await startJourney(stack, 'digikhata')
  const { consentId, textSha256 } = action(await walkTo(journey, 'ENTER_AADHAAR'), 'ENTER_AADHAAR').consent
  const consent = { consentId, textSha256, mode: 'self' as const, acceptedAt: new Date().toISOString() }
  await journey.handle.enterAadhaar({ aadhaar: aadhaarOf('refused'), consent })
  await walkTo(journey, 'ENTER_PAN')
  await journey.handle.enterPan({ pan: panOf('fieldRefused') })
  await journey.handle.enterPan({ pan: panOf('aadhaarPendingAgain') })
  await journey.handle.enterPan({ pan: journey.person.facts.pan })
  return onward(journey)
}

async function panOfAnother(stack: TestStack): Promise<string> {
  const journey = await startJourney(stack, 'levin')
  await walkTo(journey, 'ENTER_PAN')
  await journey.handle.enterPan({ pan: panOf('alreadyExists') })
  await journey.handle.reenter(operator)
  return onward(journey)
}

async function walletTokenRefused(stack: TestStack): Promise<string> {
  const facts = newPerson()
  const { mobile } = facts
  const operations = ['generateAadhaarOtp', 'verifyAadhaarOtp', 'validatePan']
  await stack.sandbox.addFaults(...operations.map((operation) => ({ fault: 'walletTokenExpired', operation, mobile })))
  return walk(startJourney(stack, 'levin', { facts }))
}

async function parkedBusy(stack: TestStack): Promise<string> {
  const facts = newPerson()
  const journey = await startJourney(stack, 'digikhata', { facts })
  await stack.sandbox.addFaults({ fault: 'busy', operation: 'verifySenderOtp', mobile: facts.mobile })
  return onward(journey)
}

async function parkedOnConfiguration(stack: TestStack): Promise<string> {
  const facts = newPerson()
  await stack.sandbox.addFaults({ fault: 'auth401', operation: 'getSender', mobile: facts.mobile })
  const journey = await startJourney(stack, 'levin', { facts, policy: { parkFirstSeconds: 1 } })
  await journey.handle.waitForNextAction('ENTER_SENDER_OTP')
  return onward(journey)
}

/** The last run of a journey that got more updates than one run takes. */
async function continuedAsNew(stack: TestStack): Promise<string> {
  const journey = await startJourney(stack, 'digikhata', { policy: { keptPanSeconds: 86_400 } })
  const pan = await stack.client.seal(journey.handle.workflowId, 'pan', journey.person.facts.pan)
  for (let count = 0; (await journey.handle.view()).runId === journey.view.runId; count += 1) {
    await journey.handle.enterPan({ pan, submissionId: `pan-${count}` })
  }
  return onward(journey)
}

/** The youngest workflow whose id begins so, once a journey has made it. */
async function entityOf(stack: TestStack, prefix: string): Promise<string> {
  await walk(startJourney(stack, 'digikhata'))
  return newest(stack, prefix)
}

async function newest(stack: TestStack, prefix: string): Promise<string> {
  const query = `WorkflowId STARTS_WITH '${prefix}'`
  let found: { id: string; at: Date } | undefined
  await until(async () => {
    for await (const { workflowId, startTime } of stack.client.temporal.workflow.list({ query })) {
      if (!found || startTime > found.at) found = { id: workflowId, at: startTime }
    }
    return found !== undefined
  }, `a workflow ${prefix}… is listed`)
  return found?.id ?? ''
}

async function incidentResolved(stack: TestStack): Promise<string> {
  await parkedOnConfiguration(stack)
  const workflowId = await newest(stack, 'incident:')
  await stack.client.temporal.workflow.getHandle(workflowId).result()
  return workflowId
}

async function queued(stack: TestStack): Promise<string> {
  const facts = newPerson()
  const journey = await startJourney(stack, 'digikhata', { facts })
  const fault = { fault: 'delay', ms: 600, operation: 'verifySenderOtp', mobile: facts.mobile }
  await stack.sandbox.addFaults(fault)
  const { challengeId } = action(journey.view, 'ENTER_SENDER_OTP')
  const message = { otp: await journey.person.code('SENDER'), challengeId, submissionId: 'once' }
  const answered = journey.handle.enterSenderOtp(message)
  await journey.handle.signal.enterSenderOtp(message)
  await journey.handle.signal.enterPan({ pan: facts.pan })
  await journey.handle.signal.requestConsent({ language: 'English' })
  await answered
  return onward(journey)
}

async function ended(stack: TestStack, end: (journey: TestJourney) => Promise<unknown>): Promise<string> {
  const journey = await startJourney(stack, 'digikhata')
  await walkTo(journey, 'ENTER_AADHAAR')
  await end(journey)
  await journey.handle.result()
  return journey.handle.workflowId
}

function native(stack: TestStack, workflowId: string): Promise<unknown> {
  return stack.client.temporal.workflow.getHandle(workflowId).cancel()
}

async function expired(stack: TestStack, policy: object): Promise<string> {
  const rail = 'stepSeconds' in policy ? 'levin' : 'digikhata'
  const journey = await startJourney(stack, rail, { policy: { ...NO_COOLDOWN, ...policy } })
  await journey.handle.result()
  return journey.handle.workflowId
}

async function badMessages(stack: TestStack): Promise<string> {
  const journey = await startJourney(stack, 'digikhata')
  const { workflowId } = journey.handle
  for (const payload of Object.values(UNDECODABLE)) {
    await signalRaw(stack.client, workflowId, 'enterSenderOtp', [payload])
  }
  for (const name of ['enterSenderOTP', '__proto__', '__temporal_unknown', 'resendOtp', 'enterPan']) {
    await signalRaw(stack.client, workflowId, name, [json({ unknown: true })])
  }
  await signalRaw(stack.client, workflowId, 'resendOtp', [])
  return onward(journey)
}

async function userCodeNotAllowed(stack: TestStack): Promise<string> {
  const { mobile } = newPerson()
  const refused = await stack.client.start({ rail: 'digikhata', mobile, userCode: '20810300' }).then(
    () => false,
    () => true,
  )
  if (!refused) throw new Error('This user_code was expected to be refused.')
  const handle = stack.client.handleOf({ rail: 'digikhata', mobile })
  await handle.result()
  return handle.workflowId
}

async function malformedInput(stack: TestStack): Promise<string> {
  const workflowId = 'malformed-input'
  const { temporal } = stack.client
  const args = [{ tenant: 'acme', rail: 'paytm', mobile: '1', userCode: USER_CODE }]
  const handle = await temporal.workflow.start<() => Promise<OnboardingResult>>(WORKFLOW_TYPE, {
    ...{ workflowId, taskQueue: TASK_QUEUE },
    args: args as never,
  })
  await handle.result().catch(() => undefined) // INVALID_INPUT is what is recorded here
  return workflowId
}

async function transactionOtp(stack: TestStack): Promise<string> {
  const facts = newPerson()
  await stack.sandbox.putSender('digikhata', facts.mobile, { stage: 'ACTIVE' })
  const { workflowId } = await stack.client.sendTransactionOtp({
    ...{ requestId: `record-${facts.mobile}`, rail: 'digikhata', mobile: facts.mobile, userCode: USER_CODE },
    ...{ recipientId: 10_012_345, amountPaise: 50_000 },
  })
  return workflowId
}
