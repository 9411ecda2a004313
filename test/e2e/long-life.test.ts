import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Receipt } from '../../client/index.js'
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../workflows/messages.js'
import {
  action,
  ALL_STEPS_ONCE,
  errorOf,
  startJourney,
  steps,
  type TestJourney,
  until,
  USER_CODE,
} from '../support/journeys.js'
import { decodedHistoryOf } from '../support/history.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** A journey that gets more messages than one run may hold goes on in new runs, and loses none of them. */

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack({ workerEnv: { ONBOARDING_EKO_TIMEOUT_MS: '60000' } })
})
afterAll(() => stack?.stop())

const UPDATES = 2_000
const SIGNALS = 12_000
/** The server takes 10 updates in flight; the journey keeps 6. */
const UPDATES_AT_ONCE = 4
const SIGNALS_AT_ONCE = 20

/** Does the work for 0 to `count` - 1, so many at once. */
async function pool(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

async function runsOf({ handle }: TestJourney): Promise<string[]> {
  const runs: string[] = []
  for await (const { runId } of stack.client.temporal.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` })) {
    runs.push(runId)
  }
  return runs
}

/** What a run answered to updates, as text. */
async function saidIn(workflowId: string, runId: string): Promise<string> {
  const events = await decodedHistoryOf(stack.client, workflowId, runId)
  return events
    .flatMap((event) => event.workflowExecutionUpdateCompletedEventAttributes?.outcome?.success?.payloads ?? [])
    .map(({ data }) => Buffer.from(data ?? []).toString('utf8'))
    .join('\n')
}

describe('a journey of many messages', () => {
  it('goes on in new runs, answers every update, and accounts for every signal', async () => {
    const journey = await startJourney(stack, 'digikhata', { policy: { keptPanSeconds: 86_400 } })
    const { handle, person } = journey
    const pan = await stack.client.seal(handle.workflowId, 'pan', person.facts.pan)
    const first = await handle.enterPan({ pan, submissionId: 'pan-0' })
    expect(first).toMatchObject({ outcome: 'KEPT' })

    const receipts: Receipt[] = []
    await pool(UPDATES - 1, UPDATES_AT_ONCE, async (index) => {
      receipts.push(await handle.enterPan({ pan, submissionId: `pan-${index + 1}` }))
    })
    expect((await runsOf(journey)).length).toBeGreaterThanOrEqual(3)
    expect(receipts).toHaveLength(UPDATES - 1)
    expect(new Set(receipts.map(({ outcome }) => outcome))).toEqual(new Set(['KEPT']))
    expect(new Set(receipts.map(({ submissionId }) => submissionId)).size).toBe(UPDATES - 1)

    // Taken, refused and refused, in turn.
    const otp = await stack.client.seal(handle.workflowId, 'otp', '123456')
    const signals = [
      (n: number) => handle.signal.enterPan({ pan, submissionId: `signal-${n}` }),
      (n: number) => handle.signal.requestConsent({ language: 'English', submissionId: `early-${n}` }),
      (n: number) => handle.signal.enterAadhaarOtp({ otp, challengeId: 'none', submissionId: `stale-${n}` }),
    ] as const
    await pool(SIGNALS, SIGNALS_AT_ONCE, async (index) => {
      await signals[index % signals.length]?.(index)
    })
    await until(async () => (await handle.view()).messages.received === UPDATES + SIGNALS, 'all have arrived')
    const { messages } = await handle.view()
    expect(messages).toMatchObject({ received: UPDATES + SIGNALS, repeated: 0 })
    expect(messages.taken + messages.refused).toBe(UPDATES + SIGNALS)
    expect(messages.refused).toBeGreaterThanOrEqual((2 * SIGNALS) / signals.length)
    expect((await runsOf(journey)).length).toBeGreaterThanOrEqual(6)

    // The journey goes to its end.
    const last = await handle.enterPan({ pan, submissionId: 'last' })
    expect(await handle.receipt('enterPan', 'last')).toEqual(last)
    expect((await person.finish(await handle.view())).state).toBe('COMPLETED')
    expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
    expect((await handle.result()).state).toBe('COMPLETED')
  }, 400_000)

  it('that goes on in a new run between two calls still answers who waits, with a receipt or a refusal', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { handle, person } = journey
    const view = await handle.view()
    const { challengeId } = action(view, 'ENTER_SENDER_OTP')
    // A call in flight, which lasts longer than it takes to fill the run twice over.
    await stack.sandbox.addFaults({
      ...{ fault: 'delayAfterCommit', ms: 25_000, operation: 'verifySenderOtp', mobile: journey.mobile },
    })
    const otp = await person.code('SENDER')
    const verified = handle.enterSenderOtp({ otp, challengeId })
    await until(async () => (await handle.view()).status.kind === 'CALLING_EKO', 'the call is made')
    const consent = handle.requestConsent({ language: 'English' })
    const early = errorOf(handle.enterAadhaarOtp({ otp: '123456', challengeId: 'none' }))
    await until(async () => (await handle.view()).pending === 2, 'both wait')
    await pool(1_900, SIGNALS_AT_ONCE, async (index) => {
      await handle.signal.retryNow({ reason: 'test', submissionId: `early-${index}` })
    })

    const outcomes = [(await verified).outcome, (await consent).outcome, (await early).code]
    expect(outcomes).toEqual(['ADVANCED', 'CONSENT_PRESENTED', 'WRONG_STATE'])
    expect(await saidIn(handle.workflowId, view.runId)).toContain('"outcome":"QUEUED"')
    expect((await person.finish(await handle.view())).state).toBe('COMPLETED')
    expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
  }, 200_000)

  it('cannot be handed over by a caller: only a run before it can', async () => {
    const journey = await startJourney(stack, 'digikhata')
    await journey.handle.cancel({ reason: 'test', actor: { type: 'operator', id: 'op-1' } })
    const input = { tenant: 'acme', rail: 'digikhata', mobile: journey.mobile, userCode: USER_CODE }
    const forged = await stack.client.temporal.workflow.start(WORKFLOW_TYPE, {
      workflowId: journey.handle.workflowId,
      taskQueue: TASK_QUEUE,
      args: [input, { state: 'PAN_REQUIRED' }],
    })
    await expect(forged.result()).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } })
    expect((await errorOf(journey.handle.view())).code).toBe('RUN_FAILED')
  })
})
