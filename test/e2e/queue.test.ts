import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Receipt } from '../../client/index.js'
import {
  ALL_STEPS_ONCE,
  action,
  calls,
  codeOf,
  journeyOf,
  RAILS,
  smsFor,
  startJourney,
  steps,
  until,
} from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())
afterEach(() => stack.sandbox.clearFaults())

/** Holds a call back at Eko for a while, so that something can be sent meanwhile. */
async function slow(operation: string, mobile: string, ms = 1_200, fault = 'delay'): Promise<void> {
  await stack.sandbox.addFaults({ fault, operation, mobile, ms })
}

describe.each(RAILS)('on the %s rail', (rail) => {
  it('the same submission sent twice at once gets one answer and makes one call', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, rail, { facts })
    const { challengeId } = action(journey.view, 'ENTER_SENDER_OTP')
    const message = { otp: await journey.person.code('SENDER'), challengeId, submissionId: 'press-1' }
    await slow('verifySenderOtp', facts.mobile)
    const [one, two] = await Promise.all([
      journey.handle.enterSenderOtp(message),
      journey.handle.enterSenderOtp(message),
    ])
    expect(one).toEqual(two)
    expect(one).toMatchObject({ outcome: 'ADVANCED', submissionId: 'press-1' })
    expect(await journey.handle.enterSenderOtp(message)).toEqual(one)
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(1)
  })

  it('a signal and then an update of one submission get one answer and make one call', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, rail, { facts })
    const { challengeId } = action(journey.view, 'ENTER_SENDER_OTP')
    const message = { otp: await journey.person.code('SENDER'), challengeId, submissionId: 'press-2' }
    await slow('verifySenderOtp', facts.mobile)
    expect(await journey.handle.signal.enterSenderOtp(message)).toEqual({ submissionId: 'press-2' })
    const during = await journey.handle.enterSenderOtp(message)
    expect(during.outcome).toBe('ADVANCED')
    expect(await journey.handle.receipt('enterSenderOtp', 'press-2')).toEqual(during)
    await journey.handle.signal.enterSenderOtp(message)
    await journey.handle.signal.enterSenderOtp(message)
    expect(await journey.handle.enterSenderOtp(message)).toEqual(during)
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(1)
  })

  it('a refusal is not remembered: the same submission may be good later', async () => {
    const journey = await startJourney(stack, rail)
    const language = { language: 'English', submissionId: 'early' }
    expect(await codeOf(journey.handle.requestConsent(language))).toBe('WRONG_STATE')
    await journey.person.act(journey.view.nextAction)
    expect(await journey.handle.requestConsent(language)).toMatchObject({ outcome: 'CONSENT_PRESENTED' })
  })

  it('a code that is typed before the dispatch has answered waits for it, and is verified', async () => {
    const facts = newPerson()
    await slow('onboardSender', facts.mobile, 1_200, 'delayAfterCommit')
    const starting = startJourney(stack, rail, { facts })
    const { handle, person, ledger } = journeyOf(stack, rail, facts)
    await until(async () => smsFor(await ledger(), 'SENDER').length === 1, 'the SMS was sent')
    const { challengeId } = action(await handle.view(), 'WAIT')
    expect(challengeId).toBeDefined()
    const receipt = await handle.enterSenderOtp({ otp: await person.code('SENDER'), challengeId: challengeId ?? '' })
    expect(receipt).toMatchObject({ outcome: 'ADVANCED', state: 'AADHAAR_REQUIRED' })
    await starting
    expect(calls(await ledger(), 'verifySenderOtp')).toHaveLength(1)
    expect((await person.finish(await handle.view())).state).toBe('COMPLETED')
    expect(steps(await ledger())).toEqual(ALL_STEPS_ONCE)
  })

  it('a code that is typed during a dispatch that ends unknown is unusable, and never reaches Eko', async () => {
    const facts = newPerson()
    await slow('onboardSender', facts.mobile, 6_000, 'delayAfterCommit')
    const starting = startJourney(stack, rail, { facts })
    const { handle, person, ledger } = journeyOf(stack, rail, facts)
    await until(async () => smsFor(await ledger(), 'SENDER').length === 1, 'the SMS was sent')
    const { challengeId = '' } = action(await handle.view(), 'WAIT')
    const otp = await person.code('SENDER')
    expect(await codeOf(handle.enterSenderOtp({ otp, challengeId }))).toBe('CODE_UNUSABLE')
    expect(action((await starting).view, 'REQUEST_NEW_CODE').reason).toBe('DISPATCH_UNCERTAIN')
    expect(calls(await ledger(), 'verifySenderOtp')).toHaveLength(0)
    expect((await person.finish(await handle.view())).state).toBe('COMPLETED')
  })

  it('messages behind a call wait their turn, up to six; the seventh is refused', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, rail, { facts })
    await slow('verifySenderOtp', facts.mobile, 1_500)
    const verifying = journey.person.act(journey.view.nextAction)
    await until(async () => calls(await journey.ledger(), 'verifySenderOtp').length === 1, 'the code is being verified')
    for (let count = 0; count < 6; count += 1) await journey.handle.signal.enterPan({ pan: facts.pan })
    await until(async () => (await journey.handle.view()).pending === 6, 'six messages wait')
    expect(await codeOf(journey.handle.enterPan({ pan: facts.pan }))).toBe('QUEUE_FULL')
    await journey.handle.signal.requestConsent({ language: 'English' })
    await verifying
    const view = await journey.handle.waitForNextAction('REQUEST_CONSENT')
    expect(view.pending).toBe(0)
    expect(view.timeline.filter(({ what }) => what === 'message:enterPan')).toHaveLength(6)
    expect(view.timeline).toContainEqual(
      expect.objectContaining({ what: 'refused:requestConsent', code: 'QUEUE_FULL' }),
    )
    expect((await journey.person.finish(view)).state).toBe('COMPLETED')
    expect(calls(await journey.ledger(), 'validatePan')).toHaveLength(1)
  })

  it('messages of different names are taken in the order in which they came', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, rail, { facts })
    await slow('verifySenderOtp', facts.mobile)
    const { challengeId } = action(journey.view, 'ENTER_SENDER_OTP')
    const otp = await journey.person.code('SENDER')
    await journey.handle.signal.enterSenderOtp({ otp, challengeId })
    await journey.handle.signal.enterPan({ pan: facts.pan })
    await journey.handle.signal.requestConsent({ language: 'English' })
    const view = await journey.handle.waitForNextAction('ENTER_AADHAAR')
    const taken = view.timeline.filter(({ what }) => what.startsWith('message:')).map(({ what }) => what)
    expect(taken).toEqual(['message:enterSenderOtp', 'message:enterPan', 'message:requestConsent'])
  })

  it('two codes at once for one challenge: the second meets what the first one made', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, rail, { facts })
    await slow('verifySenderOtp', facts.mobile)
    const { challengeId } = action(journey.view, 'ENTER_SENDER_OTP')
    const otp = await journey.person.code('SENDER')
    const first = journey.handle.enterSenderOtp({ otp, challengeId })
    await until(async () => calls(await journey.ledger(), 'verifySenderOtp').length === 1, 'the code is being verified')
    const second = codeOf(journey.handle.enterSenderOtp({ otp, challengeId }))
    const receipt: Receipt = await first
    expect(receipt.outcome).toBe('ADVANCED')
    expect(await second).toBe('WRONG_STATE')
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(1)
  })
})
