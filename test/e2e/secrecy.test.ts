import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import proto from '@temporalio/proto'
import { SAMPLE_DEVELOPERS } from '../../sandbox/index.js'
import { scenariosJson } from '../../sandbox/scenarios.js'
import { decodedHistoryOf } from '../support/history.js'
import { RAILS, startJourney, type TestJourney, walkTo } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { tracesIn, tracesOf } from '../support/traces.js'

const { temporal } = proto

let stack: TestStack
const journeys: TestJourney[] = []

/** Levin's tokens of the sandbox are signed by keys of its own; all begin with this header. */
const WALLET_TOKEN_HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url')

beforeAll(async () => {
  stack = await startTestStack({ dialect: 'wlc', workerEnv: { ONBOARDING_LOG_LEVEL: 'trace' } })
  for (const rail of RAILS) {
    journeys.push(await smooth(rail), await bumpy(rail), await withLostAnswers(rail), await refusedByAnOperator(rail))
  }
  journeys.push(await withTokenTrouble())
  for (const { handle } of journeys) await handle.result()
}, 120_000)
afterAll(() => stack?.stop())

type RailName = (typeof RAILS)[number]

async function smooth(rail: RailName): Promise<TestJourney> {
  const journey = await startJourney(stack, rail)
  await journey.person.finish(journey.view)
  return journey
}

/** Wrong codes, a resend, a refused Aadhaar number and a refused PAN, an early PAN, sealed things of a wrong form. */
async function bumpy(rail: RailName): Promise<TestJourney> {
  const journey = await startJourney(stack, rail)
  const { handle, person } = journey
  await handle.enterPan({ pan: person.facts.pan })
  for (const enter of ['ENTER_SENDER_OTP', 'ENTER_AADHAAR_OTP'] as const) {
    const purpose = enter === 'ENTER_SENDER_OTP' ? 'SENDER' : 'AADHAAR'
    const view = await walkTo(journey, enter)
    const challengeId = (view.nextAction as { challengeId: string }).challengeId
    const wrong = { otp: await person.wrongCode(purpose), challengeId }
    await (purpose === 'SENDER' ? handle.enterSenderOtp(wrong) : handle.enterAadhaarOtp(wrong))
    await handle.resendOtp()
  }
  await person.finish(await handle.view())
  return journey
}

async function withLostAnswers(rail: RailName): Promise<TestJourney> {
  const facts = newPerson()
  const lost = ['onboardSender', 'verifySenderOtp', 'generateAadhaarOtp', 'verifyAadhaarOtp', 'validatePan']
  await stack.sandbox.addFaults(
    ...lost.map((operation) => ({ fault: 'dropAfterCommit', operation, mobile: facts.mobile })),
  )
  const journey = await startJourney(stack, rail, { facts })
  await journey.person.finish(journey.view)
  return journey
}

async function refusedByAnOperator(rail: RailName): Promise<TestJourney> {
  const journey = await startJourney(stack, rail)
  await walkTo(journey, 'ENTER_PAN')
  const taken = scenariosJson().pans.find(({ scenario }) => scenario === 'alreadyExists')
  await journey.handle.enterPan({ pan: taken?.number ?? '' })
  await journey.handle.cancel({ reason: 'Eko cannot help' })
  return journey
}

async function withTokenTrouble(): Promise<TestJourney> {
  const facts = newPerson()
  await stack.sandbox.addFaults(
    { fault: 'walletTokenExpired', operation: 'generateAadhaarOtp', mobile: facts.mobile },
    { fault: 'walletTokenExpired', operation: 'verifyAadhaarOtp', mobile: facts.mobile },
  )
  const journey = await startJourney(stack, 'levin', { facts })
  await journey.person.finish(journey.view)
  return journey
}

/** Everything of a journey that must not be seen, by a name. */
async function secretsOf({ person, mobile, ledger }: TestJourney): Promise<Record<string, string>> {
  const { sms } = await ledger()
  const inbox = (await (await fetch(`${stack.local.sandboxUrl}/inbox?mobile=${mobile}`)).json()) as {
    messages: { code: string }[]
  }
  return {
    'Aadhaar number': person.facts.aadhaar,
    PAN: person.facts.pan,
    'wallet token': WALLET_TOKEN_HEADER,
    ...Object.fromEntries(sms.map(({ otpRefId }, index) => [`otp_ref_id ${index + 1}`, otpRefId])),
    ...Object.fromEntries(inbox.messages.map(({ code }, index) => [`OTP ${index + 1}`, code])),
  }
}

/** Payloads as whoever holds the codec's keys reads them: secrets must be hidden from them, too. */
async function rawHistory({ handle }: TestJourney) {
  return { events: [...(await decodedHistoryOf(stack.client, handle.workflowId))] }
}

/** The bytes of every payload in a history, as text. */
function payloadTexts(value: unknown, found: string[] = []): string[] {
  if (value instanceof Uint8Array) found.push(Buffer.from(value).toString('utf8'))
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) payloadTexts(inner, found)
  return found
}

describe('the history of a finished journey', () => {
  it('holds no Aadhaar number, PAN, OTP, otp_ref_id or wallet token, in any form', async () => {
    expect(journeys).toHaveLength(9)
    for (const journey of journeys) {
      const secrets = await secretsOf(journey)
      expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(5)
      const history = await rawHistory(journey)
      const bytes = Buffer.from(temporal.api.history.v1.History.encode(history).finish())
      const texts = [
        historyToJSON(history),
        bytes.toString('latin1'),
        bytes.toString('base64'),
        bytes.toString('hex'),
        ...payloadTexts(history.events),
      ]
      expect(texts.flatMap((text) => tracesIn(text, secrets))).toEqual([])
    }
  })

  it('holds sealed fields instead, so that the search above looked at the right place', async () => {
    const [journey] = journeys
    const texts = payloadTexts((await rawHistory(journey as TestJourney)).events).join('\n')
    for (const field of ['otp', 'aadhaar', 'pan', 'otpRefId']) {
      const sealed = new RegExp(`"${field}":"[\\w-]+\\.\\.[\\w-]+\\.[\\w-]+\\.[\\w-]+"`)
      expect(texts).toMatch(sealed)
    }
    expect(texts).toContain(journey?.mobile ?? 'no journey')
  })

  it('shows the mobile in no id, search attribute, memo, summary or failure message', async () => {
    for (const journey of journeys) {
      const { mobile, handle } = journey
      const history = await rawHistory(journey)
      const outside = JSON.stringify(history.events, (key, value: unknown) => (key === 'payloads' ? undefined : value))
      const decoded = (history.events ?? []).flatMap((event) => [
        ...payloadTexts(event.userMetadata),
        ...payloadTexts(event.workflowExecutionStartedEventAttributes?.memo),
        ...payloadTexts(event.workflowExecutionStartedEventAttributes?.searchAttributes),
        ...payloadTexts(event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes),
      ])
      const run = await stack.client.temporal.workflow.getHandle(handle.workflowId).describe()
      const described = JSON.stringify([run.raw.workflowExecutionInfo?.execution, run.searchAttributes, run.memo])
      const summary = (await run.staticSummary()) ?? ''
      expect(summary).not.toBe('')
      const texts = [outside, ...decoded, described, summary, handle.workflowId]
      expect(texts.flatMap((text) => tracesIn(text, { mobile }))).toEqual([])
    }
  })
})

describe('what is shown', () => {
  it('of a journey (view, result, receipts in its timeline) has neither secrets nor the whole mobile or name', async () => {
    for (const journey of journeys) {
      const { facts } = journey.person
      const secrets = { ...(await secretsOf(journey)), mobile: facts.mobile, name: facts.details.name }
      const { view, ...result } = await journey.handle.result()
      expect(tracesIn(JSON.stringify({ view, result }), secrets)).toEqual([])
      expect(view.mobileMasked).toMatch(/^\d{2}x{6}\d{2}$/)
    }
  })

  it('by the worker’s log, at its most talkative, is neither of them, nor keys or mobiles', async () => {
    const logs = (await readdir(stack.folder)).filter((file) => /^worker.*\.log$/.test(file))
    const text = (await Promise.all(logs.map((file) => readFile(join(stack.folder, file), 'utf8')))).join('\n')
    expect(text).toContain('Eko attempt')
    for (const journey of journeys) {
      const secrets = { ...(await secretsOf(journey)), mobile: journey.mobile }
      expect(tracesIn(text, secrets)).toEqual([])
    }
    const [developer] = SAMPLE_DEVELOPERS
    expect(
      tracesIn(text, { accessKey: developer?.accessKey ?? '', developerKey: developer?.developerKey ?? '' }),
    ).toEqual([])
  })

  it('by the worker’s log of calls says which journey and which submission each belongs to', async () => {
    const logs = (await readdir(stack.folder)).filter((file) => /^worker.*\.log$/.test(file))
    const text = (await Promise.all(logs.map((file) => readFile(join(stack.folder, file), 'utf8')))).join('\n')
    const attempts = text
      .split('\n')
      .filter((line) => line.includes('"msg":"Eko attempt"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    for (const { handle } of journeys) {
      const own = attempts.filter(({ workflowId }) => workflowId === handle.workflowId)
      expect(own.map(({ operation }) => operation)).toContain('verifySenderOtp')
      for (const { workflowRunId, activityId } of own) expect([workflowRunId, activityId]).not.toContain(undefined)
      for (const { operation, submissions } of own) {
        if (operation !== 'verifySenderOtp') continue
        expect(await handle.receipt('enterSenderOtp', String(submissions))).toMatchObject({ submissionId: submissions })
      }
    }
    expect(attempts.every(({ workflowId }) => workflowId !== undefined)).toBe(true)
  })

  it('by the Temporal server’s log is none of it either', async () => {
    const text = await readFile(join(stack.folder, 'temporal.log'), 'utf8')
    for (const journey of journeys) {
      expect(tracesIn(text, { ...(await secretsOf(journey)), mobile: journey.mobile })).toEqual([])
    }
  })
})

it('the search itself finds a secret in each form and alignment', () => {
  for (const secret of ['999912345678', 'ABCPX1234Z', '012345']) {
    for (const before of ['', 'x', 'xy', 'xyz']) {
      const text = `${before}${secret}"}`
      for (const form of [text, Buffer.from(text).toString('base64'), Buffer.from(text).toString('hex')]) {
        expect(tracesOf(secret).some(({ pattern }) => pattern.test(form))).toBe(true)
      }
    }
  }
})
