import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { activityFailures, historyOf } from '../support/history.js'
import {
  action,
  ALL_STEPS_ONCE,
  calls,
  journeyOf,
  smsFor,
  startJourney,
  steps,
  type TestJourney,
  until,
  walkTo,
} from '../support/journeys.js'
import { type TemporalCli, temporalCliOf } from '../support/temporal-cli.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/**
 * What Temporal's own operations do to a journey, by Temporal's own command line. The sandbox's ledger tells whether
 * Eko was asked for something that nobody wanted.
 */

let stack: TestStack
let temporal: TemporalCli
beforeAll(async () => {
  stack = await startTestStack()
  temporal = await temporalCliOf(stack)
})
afterAll(() => stack?.stop())

const on = ({ handle }: Pick<TestJourney, 'handle'>): string[] => ['--workflow-id', handle.workflowId]

/** A resend whose SMS is out, and whose answer comes late: the call in flight that the operations meet. */
async function resendInFlight(lateMs: number): Promise<{ journey: TestJourney; activityId: string }> {
  const journey = await startJourney(stack, 'digikhata')
  await stack.sandbox.addFaults({
    ...{ fault: 'delayAfterCommit', ms: lateMs, operation: 'generateSenderOtp', mobile: journey.mobile },
  })
  await journey.handle.signal.resendOtp({ submissionId: 'again' })
  await until(async () => smsFor(await journey.ledger(), 'SENDER').length === 2, 'the second SMS was sent')
  const { raw } = await stack.client.temporal.workflow.getHandle(journey.handle.workflowId).describe()
  const activityId = raw.pendingActivities?.[0]?.activityId
  if (activityId == null) throw new Error('No activity is pending.')
  return { journey, activityId }
}

async function outcomeOfResend({ handle }: TestJourney): Promise<string> {
  let outcome: string | undefined
  await until(async () => (outcome = (await handle.receipt('resendOtp', 'again'))?.outcome) !== undefined, 'an answer')
  return String(outcome)
}

/** From wherever the journey stands to its end, with each step at Eko done once. */
async function expectEnd(journey: Pick<TestJourney, 'handle' | 'person' | 'ledger'>): Promise<void> {
  expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
}

describe('cancel', () => {
  it('during a call lets the call finish, and ends the journey as CANCELLED', async () => {
    const { journey } = await resendInFlight(800)
    await temporal('workflow', 'cancel', ...on(journey))
    const result = await journey.handle.result()
    expect(result).toMatchObject({ state: 'CANCELLED', detail: 'CANCELLED_BY_REQUEST' })
    expect(calls(await journey.ledger(), 'generateSenderOtp')).toMatchObject([{ executed: true, answered: true }])
  })

  it('during the call that completes the journey comes too late: COMPLETED wins', async () => {
    const journey = await startJourney(stack, 'digikhata')
    await walkTo(journey, 'ENTER_PAN')
    await stack.sandbox.addFaults({ fault: 'delay', ms: 800, operation: 'validatePan', mobile: journey.mobile })
    const pan = journey.person.act((await journey.handle.view()).nextAction)
    await until(async () => calls(await journey.ledger(), 'validatePan').length === 1, 'the PAN is at Eko')
    await temporal('workflow', 'cancel', ...on(journey))
    expect(await pan).toMatchObject({ outcome: 'COMPLETED' })
    expect((await journey.handle.result()).state).toBe('COMPLETED')
  })
})

describe('terminate', () => {
  it('during a call repeats nothing; the next start learns from Eko where the sender stands', async () => {
    const journey = await startJourney(stack, 'digikhata')
    await walkTo(journey, 'ENTER_AADHAAR_OTP')
    await stack.sandbox.addFaults({
      ...{ fault: 'delayAfterCommit', ms: 500, operation: 'verifyAadhaarOtp', mobile: journey.mobile },
    })
    const { nextAction } = await journey.handle.view()
    const otp = journey.person.act(nextAction).catch((error: unknown) => error)
    await until(async () => calls(await journey.ledger(), 'verifyAadhaarOtp').length === 1, 'the code is at Eko')
    await temporal('workflow', 'terminate', ...on(journey), '--reason', 'test')
    await otp
    const again = await startJourney(stack, 'digikhata', { facts: journey.person.facts })
    const view = await walkTo(again, 'ENTER_PAN')
    expect(view.runId).not.toBe(journey.view.runId)
    await expectEnd(again)
    expect(calls(await again.ledger(), 'verifyAadhaarOtp')).toHaveLength(1)
  })
})

describe('reset of the run', () => {
  /** The end of the workflow task that asked for the call. */
  async function beforeCall(journey: TestJourney, call: string): Promise<string> {
    const events = await historyOf(stack.client, journey.handle.workflowId)
    const scheduled = events.find(
      ({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name === call,
    )
    return String(scheduled?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId)
  }

  it('to before a dispatch and a verification repeats neither, and an operator goes on by `reenter`', async () => {
    const journey = await startJourney(stack, 'digikhata')
    await walkTo(journey, 'ENTER_AADHAAR_OTP')
    const before = await journey.ledger()
    const eventId = await beforeCall(journey, 'verifySenderOtp')
    await temporal('workflow', 'reset', ...on(journey), '--event-id', eventId, '--reason', 'test')
    // The codes that came after that point came for challenges of the run before: the user is asked again.
    await until(async () => (await journey.handle.view()).runId !== journey.view.runId, 'the new run answers')
    const asked = action(await journey.handle.view(), 'ENTER_SENDER_OTP')
    expect(await journey.person.act(asked)).toMatchObject({ outcome: 'NEEDS_ATTENTION', detail: 'RUN_RESET' })
    expect((await journey.ledger()).calls).toHaveLength(before.calls.length)

    await journey.handle.reenter({ reason: 'the run was reset', actor: { type: 'operator', id: 'op-1' } })
    await expectEnd(journey)
    const sent = smsFor(await journey.ledger(), 'SENDER').length - smsFor(before, 'SENDER').length
    expect(sent).toBe(1) // the one that `reenter` asked for
  })

  it('to the beginning starts anew: Eko tells where the sender stands', async () => {
    const journey = await startJourney(stack, 'levin')
    await walkTo(journey, 'ENTER_PAN')
    await temporal(
      ...['workflow', 'reset', ...on(journey), '--type', 'FirstWorkflowTask', '--reason', 'test'],
      ...['--reapply-exclude', 'All'],
    )
    await until(async () => (await journey.handle.view()).nextAction.do === 'ENTER_SENDER_OTP', 'it asks for a code')
    await expectEnd(journey)
  })
})

describe('pause of an activity', () => {
  it('during its call lets it finish', async () => {
    const { journey, activityId } = await resendInFlight(800)
    await temporal('activity', 'pause', ...on(journey), '--activity-id', activityId)
    expect(await outcomeOfResend(journey)).toBe('OTP_SENT')
    await expectEnd(journey)
    expect(calls(await journey.ledger(), 'generateSenderOtp')).toHaveLength(1)
  })

  it('during a call whose answer is lost keeps the next attempt back; after unpause it repeats nothing', async () => {
    const { journey, activityId } = await resendInFlight(60_000)
    await temporal('activity', 'pause', ...on(journey), '--activity-id', activityId)
    await temporal('activity', 'unpause', ...on(journey), '--activity-id', activityId)
    expect(await outcomeOfResend(journey)).toBe('DISPATCH_UNCERTAIN')
    expect(calls(await journey.ledger(), 'generateSenderOtp')).toHaveLength(1)
    await expectEnd(journey)
  })
})

describe('reset of an activity', () => {
  it('during its call repeats nothing: the intent stays', async () => {
    const { journey, activityId } = await resendInFlight(1_000)
    await temporal('activity', 'reset', ...on(journey), '--activity-id', activityId)
    expect(['OTP_SENT', 'DISPATCH_UNCERTAIN']).toContain(await outcomeOfResend(journey))
    expect(calls(await journey.ledger(), 'generateSenderOtp')).toHaveLength(1)
    await expectEnd(journey)
  })
})

describe('completing or failing an activity by hand', () => {
  it('with something that is no outcome proves nothing, and an operator looks', async () => {
    const { journey, activityId } = await resendInFlight(60_000)
    await temporal('activity', 'complete', ...on(journey), '--activity-id', activityId, '--result', 'null')
    await until(async () => (await journey.handle.view()).status.kind === 'NEEDS_ATTENTION', 'it needs attention')
    expect(action(await journey.handle.view(), 'CONTACT_SUPPORT').reason).toBe('UNRECOGNISED_ANSWER')
    await journey.handle.reenter({ reason: 'completed by hand', actor: { type: 'operator', id: 'op-1' } })
    await expectEnd(journey)
  })

  it('as failed is an unknown outcome', async () => {
    const { journey, activityId } = await resendInFlight(60_000)
    await temporal('activity', 'fail', ...on(journey), '--activity-id', activityId, '--reason', 'test')
    expect(await outcomeOfResend(journey)).toBe('DISPATCH_UNCERTAIN')
    await expectEnd(journey)
    expect(activityFailures(await historyOf(stack.client, journey.handle.workflowId))).toHaveLength(1)
  })
})

describe('after a termination', () => {
  it('a journey of the same sender can be started at once', async () => {
    const journey = await startJourney(stack, 'levin')
    await temporal('workflow', 'terminate', ...on(journey), '--reason', 'test')
    const again = await startJourney(stack, 'levin', { facts: journey.person.facts })
    expect(again.joined).toBe(false)
    await expectEnd(journeyOf(stack, 'levin', journey.person.facts))
  })
})
