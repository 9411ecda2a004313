import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { OperationName } from '../../sandbox/index.js'
import {
  ALL_STEPS_ONCE,
  action,
  calls,
  codeOf,
  RAILS,
  smsFor,
  startJourney,
  steps,
  type TestJourney,
  walkTo,
} from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())
afterEach(() => stack.sandbox.clearFaults())

/** Ways in which the answer to a call that was carried out is lost. */
const LOST = ['dropAfterCommit', 'truncatedBody', 'htmlBody', 'empty204', 'status5xx'] as const

async function lose(operation: OperationName, mobile: string, fault: string = 'dropAfterCommit'): Promise<void> {
  const executed = ['htmlBody', 'empty204', 'status5xx'].includes(fault)
  await stack.sandbox.addFaults({ fault, operation, mobile, ...(executed && { executed }) })
}

async function finish(journey: TestJourney): Promise<void> {
  expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
}

/** No code was accepted twice. */
async function expectCodesConsumedOnce(journey: TestJourney): Promise<void> {
  const { codesConsumed } = await journey.ledger()
  expect(new Set(codesConsumed.map(({ otpRefId }) => otpRefId)).size).toBe(codesConsumed.length)
}

describe.each(RAILS)('on the %s rail', (rail) => {
  const ways = rail === 'digikhata' ? LOST : LOST.slice(0, 1)
  it.each(ways)('a sender OTP whose answer is lost (%s) is never sent again by itself', async (fault) => {
    const facts = newPerson()
    await lose('onboardSender', facts.mobile, fault)
    const journey = await startJourney(stack, rail, { facts })
    const asked = action(journey.view, 'REQUEST_NEW_CODE')
    expect(asked).toMatchObject({ purpose: 'SENDER', reason: 'DISPATCH_UNCERTAIN' })
    expect(smsFor(await journey.ledger(), 'SENDER')).toHaveLength(1)
    await finish(journey)
    expect(smsFor(await journey.ledger(), 'SENDER')).toHaveLength(2)
    expect(calls(await journey.ledger(), 'onboardSender')).toHaveLength(1)
  })

  it('the code of an uncertain dispatch cannot be used, and never reaches Eko', async () => {
    const facts = newPerson()
    await lose('onboardSender', facts.mobile)
    const journey = await startJourney(stack, rail, { facts })
    const { timeline } = journey.view
    expect(timeline).toContainEqual(expect.objectContaining({ what: 'call:onboardSender', code: 'UNKNOWN_OUTCOME' }))
    const { workflowId } = journey.handle
    // As a caller of another language may send it: without the challenge that no screen has shown.
    const otp = await stack.client.seal(workflowId, 'otp', await journey.person.code('SENDER'))
    await stack.client.temporal.workflow.getHandle(workflowId).signal('enterSenderOtp', { otp })
    const view = await journey.handle.waitForChange(journey.view.revision)
    expect(view.timeline.at(-1)).toMatchObject({ what: 'refused:enterSenderOtp', code: 'CODE_UNUSABLE' })
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(0)
    await finish(journey)
  })

  it('an uncertain dispatch counts against the quota and the cooldown', async () => {
    const facts = newPerson()
    await lose('onboardSender', facts.mobile)
    const journey = await startJourney(stack, rail, { facts, policy: { resendCooldownSeconds: 600 } })
    expect(journey.view.attempts.SENDER.sent).toBe(1)
    expect(await codeOf(journey.handle.resendOtp())).toBe('RESEND_TOO_EARLY')
  })

  it('the lookup of a known sender whose answer is lost is an uncertain dispatch too', async () => {
    const facts = newPerson()
    await lose('getSender', facts.mobile)
    const journey = await startJourney(stack, rail, { facts, stage: 'OTP_PENDING' })
    expect(action(journey.view, 'REQUEST_NEW_CODE').reason).toBe('DISPATCH_UNCERTAIN')
    const end = await journey.person.finish(journey.view)
    expect(end.state).toBe('COMPLETED')
    expect(smsFor(await journey.ledger(), 'SENDER')).toHaveLength(2)
  })

  it('the lookup of an unknown sender whose answer is lost leads to the details all the same', async () => {
    const facts = newPerson()
    await lose('getSender', facts.mobile)
    const journey = await startJourney(stack, rail, { facts })
    expect(action(journey.view, 'REQUEST_NEW_CODE').reason).toBe('DISPATCH_UNCERTAIN')
    await finish(journey)
  })

  it('an Aadhaar OTP whose answer is lost is asked for again by the user, under the same consent', async () => {
    const facts = newPerson()
    await lose('generateAadhaarOtp', facts.mobile)
    const journey = await startJourney(stack, rail, { facts })
    const view = await walkTo(journey, 'REQUEST_NEW_CODE')
    expect(action(view, 'REQUEST_NEW_CODE')).toMatchObject({ purpose: 'AADHAAR', reason: 'DISPATCH_UNCERTAIN' })
    await finish(journey)
    const ledger = await journey.ledger()
    expect(smsFor(ledger, 'AADHAAR')).toHaveLength(2)
    expect(smsFor(ledger, 'SENDER')).toHaveLength(1)
  })

  it('a sender verification whose answer is lost is no mistake of the user: a fresh code shows the truth', async () => {
    const facts = newPerson()
    await lose('verifySenderOtp', facts.mobile)
    const journey = await startJourney(stack, rail, { facts })
    const receipt = await journey.person.act(journey.view.nextAction)
    expect(receipt.outcome).toBe('VERIFICATION_UNCERTAIN')
    expect(action(receipt, 'REQUEST_NEW_CODE').reason).toBe('VERIFICATION_UNCERTAIN')
    expect((await journey.handle.view()).attempts.SENDER.wrongInJourney).toBe(0)
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(1)
    await finish(journey)
    await expectCodesConsumedOnce(journey)
    expect(smsFor(await journey.ledger(), 'SENDER')).toHaveLength(2)
  })

  it.each(['executed', 'not executed'])('a PAN whose answer is lost (%s) is sent again by itself', async (what) => {
    const facts = newPerson()
    await lose('validatePan', facts.mobile, what === 'executed' ? 'dropAfterCommit' : 'dropBeforeCommit')
    const journey = await startJourney(stack, rail, { facts })
    await finish(journey)
  })
})

describe('an Aadhaar verification whose answer is lost', () => {
  it.each(['dropAfterCommit', 'dropBeforeCommit'])('on DigiKhata (%s) leads to a fresh sender code', async (fault) => {
    const facts = newPerson()
    await lose('verifyAadhaarOtp', facts.mobile, fault)
    const journey = await startJourney(stack, 'digikhata', { facts })
    const view = await walkTo(journey, 'ENTER_AADHAAR_OTP')
    const receipt = await journey.person.act(view.nextAction)
    expect(receipt).toMatchObject({ outcome: 'VERIFICATION_UNCERTAIN', state: 'SENDER_OTP_REQUIRED' })
    expect(action(receipt, 'REQUEST_NEW_CODE').purpose).toBe('SENDER')
    const executed = fault === 'dropAfterCommit'
    await finish(journey)
    await expectCodesConsumedOnce(journey)
    const ledger = await journey.ledger()
    expect(smsFor(ledger, 'SENDER')).toHaveLength(2)
    expect(smsFor(ledger, 'AADHAAR')).toHaveLength(executed ? 1 : 2)
    expect(calls(ledger, 'verifyAadhaarOtp')).toHaveLength(executed ? 1 : 2)
  })

  it.each(['dropAfterCommit', 'dropBeforeCommit'])('on Levin (%s) is probed by the PAN', async (fault) => {
    const facts = newPerson()
    await lose('verifyAadhaarOtp', facts.mobile, fault)
    const journey = await startJourney(stack, 'levin', { facts })
    const view = await walkTo(journey, 'ENTER_AADHAAR_OTP')
    const receipt = await journey.person.act(view.nextAction)
    expect(receipt).toMatchObject({ outcome: 'VERIFICATION_UNCERTAIN', state: 'PAN_REQUIRED' })
    const executed = fault === 'dropAfterCommit'
    await finish(journey)
    await expectCodesConsumedOnce(journey)
    const ledger = await journey.ledger()
    expect(smsFor(ledger, 'SENDER')).toHaveLength(1)
    expect(smsFor(ledger, 'AADHAAR')).toHaveLength(executed ? 1 : 2)
    expect(calls(ledger, 'validatePan')).toHaveLength(executed ? 1 : 2)
  })
})

describe('an answer that no row knows', () => {
  it('on a code’s verification counts one attempt, and the second in a row needs an operator', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, 'digikhata', { facts })
    await stack.sandbox.addFaults({
      fault: 'unknownTypeId',
      operation: 'verifySenderOtp',
      mobile: facts.mobile,
      times: 2,
    })
    const first = await journey.person.act(journey.view.nextAction)
    expect(first).toMatchObject({ outcome: 'UNRECOGNISED_ANSWER', state: 'SENDER_OTP_REQUIRED' })
    expect(action(first, 'ENTER_SENDER_OTP').attemptsLeft).toBe(2)
    const second = await journey.person.act(first.nextAction)
    expect(second).toMatchObject({ outcome: 'NEEDS_ATTENTION', detail: 'UNRECOGNISED_ANSWER' })
    const { lastOutcome } = await journey.handle.view()
    expect(lastOutcome?.facts).toMatchObject({ responseTypeId: 9999, shape: expect.any(String) })
    await journey.handle.reenter({ reason: 'Eko explained' })
    expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  })

  it.each(RAILS)('on a dispatch is never success (%s)', async (rail) => {
    const facts = newPerson()
    await stack.sandbox.addFaults({ fault: 'unknownTypeId', operation: 'onboardSender', mobile: facts.mobile })
    const journey = await startJourney(stack, rail, { facts })
    expect(action(journey.view, 'CONTACT_SUPPORT').reason).toBe('UNRECOGNISED_ANSWER')
    await journey.handle.reenter({ reason: 'Eko explained' })
    await finish(journey)
  })

  it('without data is never success', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, 'digikhata', { facts })
    await walkTo(journey, 'ENTER_PAN')
    await stack.sandbox.addFaults({ fault: 'missingData', operation: 'validatePan', mobile: facts.mobile })
    const receipt = await journey.person.act((await journey.handle.view()).nextAction)
    expect(receipt.outcome).toBe('NEEDS_ATTENTION')
    await journey.handle.reenter({ reason: 'look at the truth' })
    expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
    expect(await journey.handle.result()).toMatchObject({ capability: 'unconfirmed' })
  })
})
