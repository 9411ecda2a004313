import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  ALL_STEPS_ONCE,
  calls,
  NO_COOLDOWN,
  RAILS,
  startJourney,
  steps,
  type TestJourney,
  until,
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

const operator = { actor: { type: 'operator', id: 'op-9' }, reason: 'asked by the sender' } as const

function cancelNatively({ handle }: TestJourney): Promise<unknown> {
  return stack.client.temporal.workflow.getHandle(handle.workflowId).cancel()
}

/** The journey at its PAN, with Eko slow to answer it; settles when Eko works on it. */
async function atPanInFlight(rail: 'digikhata' | 'levin', fault?: Readonly<Record<string, unknown>>) {
  const facts = newPerson()
  const journey = await startJourney(stack, rail, { facts })
  const view = await walkTo(journey, 'ENTER_PAN')
  await stack.sandbox.addFaults({ fault: 'delay', ms: 1_200, operation: 'validatePan', mobile: facts.mobile, ...fault })
  const answer = journey.person.act(view.nextAction)
  await until(async () => calls(await journey.ledger(), 'validatePan').length === 1, 'the PAN is at Eko')
  return { journey, answer }
}

describe.each(RAILS)('on the %s rail', (rail) => {
  it.each(['cancel', 'withdrawConsent'] as const)('%s ends a journey that waits', async (message) => {
    const journey = await startJourney(stack, rail)
    const receipt = await journey.handle[message](operator)
    expect(receipt).toMatchObject({ outcome: 'CANCELLED', state: 'CANCELLED', nextAction: { do: 'NOTHING' } })
    const result = await journey.handle.result()
    expect(result.detail).toBe(message === 'cancel' ? 'CANCELLED_BY_REQUEST' : 'CONSENT_WITHDRAWN')
    expect(result.view.timeline).toContainEqual(expect.objectContaining({ what: `message:${message}`, ...operator }))
    expect((await journey.handle.describe()).runStatus).toBe('COMPLETED')
  })

  it('Temporal’s own cancellation means the message `cancel`, and the run completes', async () => {
    const journey = await startJourney(stack, rail)
    await cancelNatively(journey)
    expect(await journey.handle.result()).toMatchObject({ state: 'CANCELLED', detail: 'CANCELLED_BY_REQUEST' })
    expect((await journey.handle.describe()).runStatus).toBe('COMPLETED')
  })

  it.each(['message', 'native'])(
    'a call in flight finishes before a cancellation (%s), and COMPLETED wins',
    async (way) => {
      const { journey, answer } = await atPanInFlight(rail)
      const cancelled = way === 'message' ? journey.handle.cancel(operator) : cancelNatively(journey)
      expect(await answer).toMatchObject({ outcome: 'COMPLETED' })
      if (way === 'message') expect(await cancelled).toMatchObject({ outcome: 'COMPLETED' })
      expect(await journey.handle.result()).toMatchObject({ state: 'COMPLETED', capability: 'full' })
      const ledger = await journey.ledger()
      expect(steps(ledger)).toEqual(ALL_STEPS_ONCE)
      expect(calls(ledger, 'validatePan')).toMatchObject([{ executed: true, answered: true }])
    },
  )

  it('a call in flight that does not complete the journey is followed by the cancellation', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, rail, { facts })
    await stack.sandbox.addFaults({ fault: 'delay', ms: 1_200, operation: 'verifySenderOtp', mobile: facts.mobile })
    const answer = journey.person.act(journey.view.nextAction)
    await until(async () => calls(await journey.ledger(), 'verifySenderOtp').length === 1, 'the code is at Eko')
    const cancelled = journey.handle.cancel(operator)
    expect(await answer).toMatchObject({ outcome: 'ADVANCED' })
    expect(await cancelled).toMatchObject({ outcome: 'CANCELLED' })
    expect(steps(await journey.ledger())).toMatchObject({ MOBILE_VERIFIED: 1 })
  })

  it('what ends the journey overtakes what waits behind a call', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, rail, { facts })
    await stack.sandbox.addFaults({ fault: 'delay', ms: 1_200, operation: 'verifySenderOtp', mobile: facts.mobile })
    const answer = journey.person.act(journey.view.nextAction)
    await until(async () => calls(await journey.ledger(), 'verifySenderOtp').length === 1, 'the code is at Eko')
    await journey.handle.signal.requestConsent({ language: 'English' })
    await journey.handle.cancel(operator)
    expect(await answer).toMatchObject({ outcome: 'ADVANCED' })
    const ledger = await journey.ledger()
    expect(calls(ledger, 'consentLanguages')).toHaveLength(0)
    expect((await journey.handle.view()).state).toBe('CANCELLED')
  })

  it('a step that nobody takes ends the journey as EXPIRED', async () => {
    const journey = await startJourney(stack, rail, { policy: { ...NO_COOLDOWN, stepSeconds: 1 } })
    expect(await journey.handle.result()).toMatchObject({ state: 'EXPIRED', detail: 'STEP_TOO_LONG' })
  })

  it('a journey ends as EXPIRED when its time is over, whatever its steps allow', async () => {
    const journey = await startJourney(stack, rail, { policy: { ...NO_COOLDOWN, journeySeconds: 2 } })
    expect(await journey.handle.result()).toMatchObject({ state: 'EXPIRED', detail: 'JOURNEY_TOO_LONG' })
  })
})
