import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { BLOCKED_AGENT, blockLimit, startBlocked, untilLookUpIsRetried } from '../support/blocked-limit.js'
import { failedTasks } from '../support/failed-tasks.js'
import { calls, codeOf, startJourney, type TestJourney, until } from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** Journeys whose look-up of tenant and agent gets no answer, since the agent's limit gives none. */

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

const operator = { actor: { type: 'operator', id: 'op-1' }, reason: 'asked by the sender' } as const

function workflowOf({ handle }: Pick<TestJourney, 'handle'>) {
  return stack.client.temporal.workflow.getHandle(handle.workflowId)
}

async function pendingLookUp(journey: Pick<TestJourney, 'handle'>): Promise<string> {
  const { raw } = await workflowOf(journey).describe()
  const activityId = raw.pendingActivities?.find(
    ({ activityType }) => activityType?.name === 'resolveJourney',
  )?.activityId
  if (activityId == null) throw new Error('No look-up is pending.')
  return activityId
}

describe('a journey whose agent’s limit cannot be reached', () => {
  it.each(['message', 'native'])('ends at once when it is cancelled (%s); Eko is not asked', async (way) => {
    const unblock = await blockLimit(stack)
    const journey = startBlocked(stack)
    await untilLookUpIsRetried(stack, journey)
    if (way === 'native') await workflowOf(journey).cancel()
    else expect(await journey.handle.cancel(operator)).toMatchObject({ outcome: 'CANCELLED', state: 'CANCELLED' })
    expect(await journey.handle.result()).toMatchObject({ state: 'CANCELLED', detail: 'CANCELLED_BY_REQUEST' })
    expect(await journey.started).toMatchObject({ view: { state: 'CANCELLED' } })
    expect((await journey.ledger()).calls).toEqual([])
    expect(await failedTasks(stack.client, journey.handle.workflowId)).toEqual([])
    await unblock()
  })

  it('says how the look-up failed, and goes on by itself once the limit answers', async () => {
    const unblock = await blockLimit(stack)
    const journey = startBlocked(stack)
    await untilLookUpIsRetried(stack, journey)
    const { pendingCalls } = await journey.handle.describe()
    expect(pendingCalls).toMatchObject([{ activity: 'resolveJourney', lastFailure: 'LIMIT_UNREACHABLE' }])
    await unblock()
    expect(await journey.started).toMatchObject({ view: { state: 'SENDER_OTP_REQUIRED' } })
  })

  it('ends at once when it is handed over to that agent and cancelled, and both are answered', async () => {
    const journey = await startJourney(stack, 'levin')
    const unblock = await blockLimit(stack)
    const handed = journey.handle.takeOver({ ...operator, userCode: BLOCKED_AGENT })
    await untilLookUpIsRetried(stack, journey)
    const before = (await journey.ledger()).calls.length
    expect(await journey.handle.withdrawConsent(operator)).toMatchObject({ outcome: 'CANCELLED' })
    expect(await handed).toMatchObject({ outcome: 'CANCELLED', message: 'takeOver' })
    expect(await journey.handle.result()).toMatchObject({ state: 'CANCELLED', detail: 'CONSENT_WITHDRAWN' })
    expect((await journey.ledger()).calls).toHaveLength(before)
    expect(await failedTasks(stack.client, journey.handle.workflowId)).toEqual([])
    await unblock()
  })
})

describe('a look-up that is completed by hand with something that is no answer', () => {
  it('rejects the journey, and its run completes', async () => {
    const unblock = await blockLimit(stack)
    const journey = startBlocked(stack)
    const refused = codeOf(journey.started)
    await untilLookUpIsRetried(stack, journey)
    const { workflowId } = journey.handle
    const activityId = await pendingLookUp(journey)
    await stack.client.temporal.activity.complete(
      { workflowId, activityId },
      { refused: 'USER_CODE_JOURNEYS_LIMIT', retryAt: 'soon' },
    )
    expect(await refused).toBe('TENANT_UNKNOWN')
    expect(await journey.handle.result()).toMatchObject({ state: 'REJECTED', rejection: 'TENANT_UNKNOWN' })
    expect(await failedTasks(stack.client, workflowId)).toEqual([])
    await unblock()
  })
})

describe('a call that is completed by hand with a limit whose time is none', () => {
  it('needs attention, and goes on by `reenter`', async () => {
    const journey = await startJourney(stack, 'digikhata')
    await stack.sandbox.addFaults({
      ...{ fault: 'delay', ms: 60_000, operation: 'generateSenderOtp', mobile: journey.mobile },
    })
    await journey.handle.signal.resendOtp({ submissionId: 'again' })
    await until(async () => calls(await journey.ledger(), 'generateSenderOtp').length === 1, 'Eko was asked')
    const { raw } = await workflowOf(journey).describe()
    const activityId = raw.pendingActivities?.[0]?.activityId ?? ''
    const { workflowId } = journey.handle
    const limit = { code: 'MOBILE_LIMIT_REACHED', retryAt: 'x' }
    await stack.client.temporal.activity.complete({ workflowId, activityId }, { answer: 'LIMIT_REACHED', limit })
    await until(async () => (await journey.handle.view()).status.kind === 'NEEDS_ATTENTION', 'it needs attention')
    expect(await failedTasks(stack.client, workflowId)).toEqual([])
    await journey.handle.reenter(operator)
    expect((await journey.handle.view()).nextAction.do).toBe('ENTER_SENDER_OTP')
  })
})
