import { WORKFLOW_TYPE } from '../../../workflows/messages.js'
import { attempt, type Check } from './check.js'
import type { TemporalView } from './temporal.js'

const NAME = 'Eager dispatch'

/** How many of the latest journeys are looked at. */
const JOURNEYS = 5
/**
 * Eagerly, an activity is scheduled and started in one transaction of the server; otherwise it travels through the
 * task queue, which takes milliseconds. Between the two lies this, in milliseconds.
 */
const ONE_TRANSACTION_MS = 1

/** Server from which on it is the default. */
const DEFAULT_SINCE = [1, 32] as const

interface Time {
  readonly seconds?: unknown
  readonly nanos?: number | null
}

/**
 * The setting itself (`system.enableActivityEagerExecution`) cannot be read by a client, so it is concluded from the
 * histories of recent journeys: the median time between "scheduled" and "started" of first attempts.
 */
export function checkEagerDispatch(view: TemporalView, serverVersion: string): Promise<Check> {
  const advice =
    'Before server 1.32 set the dynamic configuration system.enableActivityEagerExecution to true: it halves the time ' +
    'from a submitted code to its answer. Workers must not set maxTaskQueueActivitiesPerSecond.'
  return attempt(NAME, advice, async () => {
    const delays = await delaysOfRecentCalls(view)
    if (delays.length === 0) return unmeasured(serverVersion)
    const median = [...delays].sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? 0
    const found = `median ${median.toFixed(2)} ms from scheduled to started, over ${delays.length} calls`
    return median < ONE_TRANSACTION_MS
      ? { name: NAME, verdict: 'ok', found: `looks on: ${found}` }
      : { name: NAME, verdict: 'warn', found: `looks off: ${found}`, advice }
  })
}

function unmeasured(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isDefault = major > DEFAULT_SINCE[0] || (major === DEFAULT_SINCE[0] && minor >= DEFAULT_SINCE[1])
  return {
    name: NAME,
    verdict: 'skip',
    found: isDefault
      ? `not measured: no journey has run yet; on by default in server ${version}`
      : `not measured: no journey has run yet; off by default in server ${version}`,
    advice: 'Run a journey, then ask again.',
  }
}

async function delaysOfRecentCalls({ client, namespace }: TemporalView): Promise<number[]> {
  const delays: number[] = []
  const query = `WorkflowType = '${WORKFLOW_TYPE}'`
  let left = JOURNEYS
  for await (const { workflowId, runId } of client.workflow.list({ query, pageSize: JOURNEYS })) {
    if (left-- === 0) break
    const { history } = await client.workflow.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
    })
    const scheduled = new Map<string, number>()
    for (const event of history?.events ?? []) {
      if (event.activityTaskScheduledEventAttributes) {
        scheduled.set(String(event.eventId), millisecondsOf(event.eventTime))
      }
      const started = event.activityTaskStartedEventAttributes
      const from = scheduled.get(String(started?.scheduledEventId))
      if (from !== undefined && started?.attempt === 1) delays.push(millisecondsOf(event.eventTime) - from)
    }
  }
  return delays
}

function millisecondsOf(time: Time | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1_000_000
}
