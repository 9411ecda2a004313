import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  ALL_STEPS_ONCE,
  action,
  calls,
  DIALECTS,
  RAILS,
  smsFor,
  startJourney,
  steps,
  USER_CODE,
  walkTo,
} from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

describe.each(DIALECTS)('in the dialect %s', (dialect) => {
  beforeAll(() => stack.sandbox.putDialect(dialect))

  describe.each(RAILS)('on the %s rail', (rail) => {
    it('a new sender whose details are at hand is onboarded with one sender and one Aadhaar code', async () => {
      const journey = await startJourney(stack, rail)
      expect(journey.joined).toBe(false)
      expect(journey.view.nextAction.do).toBe('ENTER_SENDER_OTP')
      const end = await journey.person.finish(journey.view)
      expect(end.state).toBe('COMPLETED')

      const ledger = await journey.ledger()
      expect(smsFor(ledger, 'SENDER')).toHaveLength(1)
      expect(smsFor(ledger, 'AADHAAR')).toHaveLength(1)
      expect(ledger.codesConsumed).toHaveLength(2)
      expect(ledger.wrongCodes).toEqual([])
      expect(steps(ledger)).toEqual(ALL_STEPS_ONCE)
      expect(await stack.sandbox.sender(rail, journey.mobile)).toMatchObject({ stage: 'ACTIVE' })

      const result = await journey.handle.result()
      expect(result).toMatchObject({ state: 'COMPLETED', capability: 'full', rejection: null })
      // Where Eko answers "wallet opened", an enrolment of this journey cannot be told from an older one.
      const seen = result.completionEvidence?.steps.filter((step) => step !== 'ENROLLED')
      expect(seen).toEqual(['MOBILE_VERIFIED', 'AADHAAR_VERIFIED', 'PAN_VERIFIED'])
      expect(result.completionEvidence?.mobileVerifiedHere).toBe(true)
      expect(result.consent?.textSha256).toMatch(/^[0-9a-f]{64}$/)
    })

    it('a new sender is asked for the details that the caller did not have', async () => {
      const journey = await startJourney(stack, rail, { unknownDetails: true })
      expect(journey.view.nextAction.do).toBe('ENTER_SENDER_DETAILS')
      expect(smsFor(await journey.ledger(), 'SENDER')).toHaveLength(0)
      const end = await journey.person.finish(journey.view)
      expect(end.state).toBe('COMPLETED')
      expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
    })

    it.each([
      ['OTP_PENDING', { MOBILE_VERIFIED: 1, AADHAAR_VERIFIED: 1, PAN_VERIFIED: 1 }, 'full'],
      ['AADHAAR_PENDING', { AADHAAR_VERIFIED: 1, PAN_VERIFIED: 1 }, 'full'],
      ['PAN_PENDING', { PAN_VERIFIED: 1 }, 'full'],
      ['ACTIVE', {}, 'unconfirmed'],
    ])('a sender who had come to %s before goes on from there', async (stage, missingSteps, capability) => {
      const journey = await startJourney(stack, rail, { stage, unknownDetails: true })
      const end = await journey.person.finish(journey.view)
      expect(end.state).toBe('COMPLETED')
      const ledger = await journey.ledger()
      expect(steps(ledger)).toEqual(missingSteps)
      expect(smsFor(ledger, 'SENDER')).toHaveLength(1)
      const result = await journey.handle.result()
      expect(result.capability).toBe(capability)
      expect(result.completionEvidence?.mobileVerifiedHere).toBe(true)
    })
  })
})

describe.each(RAILS)('on the %s rail', (rail) => {
  beforeAll(() => stack.sandbox.putDialect('portal-2026'))

  it('a journey that is to stop at the PAN ends as small when only the PAN remains', async () => {
    const journey = await startJourney(stack, rail, { stopAt: 'PAN_REQUIRED' })
    const end = await journey.person.finish(journey.view)
    expect(end.state).toBe('COMPLETED')
    expect(await journey.handle.result()).toMatchObject({ capability: 'small' })
    const ledger = await journey.ledger()
    expect(calls(ledger, 'validatePan')).toEqual([])
    expect(await stack.sandbox.sender(rail, journey.mobile)).toMatchObject({ stage: 'PAN_PENDING' })
  })

  it('a completed small journey does not answer for a full one: it is started anew and completes', async () => {
    const facts = newPerson()
    const small = await startJourney(stack, rail, { facts, stopAt: 'PAN_REQUIRED' })
    await small.person.finish(small.view)
    const full = await startJourney(stack, rail, { facts })
    expect(full.joined).toBe(false)
    expect((await full.person.finish(full.view)).state).toBe('COMPLETED')
    expect(await full.handle.result()).toMatchObject({ capability: 'full' })
  })

  it('a caller that already had a sender OTP sent starts at its verification, without another SMS', async () => {
    const facts = newPerson()
    const first = await startJourney(stack, rail, { facts })
    await first.handle.cancel({ reason: 'the caller goes on by itself' })
    const [sms] = smsFor(await first.ledger(), 'SENDER')
    const journey = await startJourney(stack, rail, { facts, otpRefId: sms?.otpRefId ?? '' })
    expect(action(journey.view, 'ENTER_SENDER_OTP').attemptsLeft).toBe(3)
    expect((await journey.person.finish(journey.view)).state).toBe('COMPLETED')
    const ledger = await journey.ledger()
    expect(smsFor(ledger, 'SENDER')).toHaveLength(1)
    expect(steps(ledger)).toEqual(ALL_STEPS_ONCE)
  })

  it('the journey’s Temporal page has a summary, search attributes and details', async () => {
    const journey = await startJourney(stack, rail)
    const { temporal } = stack.client
    const run = await temporal.workflow.getHandle(journey.handle.workflowId).describe()
    expect(await run.staticSummary()).toMatch(/onboarding · tenant acme$/)
    expect(await journey.handle.describe()).toMatchObject({
      rail,
      state: 'SENDER_OTP_REQUIRED',
      status: 'WAITING_FOR_USER',
    })
    const listed = async () => stack.client.list({ rail, state: 'SENDER_OTP_REQUIRED' })
    const found = await waitFor(listed, (all) => all.some(({ workflowId }) => workflowId === journey.handle.workflowId))
    expect(found).toBeDefined()
    await walkTo(journey, 'REQUEST_CONSENT')
    expect(journey.view.userCode).toBe(USER_CODE)
  })
})

/** The list is served from an index that follows a little later. */
async function waitFor<T>(read: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read()
    if (good(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
