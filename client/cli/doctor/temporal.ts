import type { Client, ConnectionLike } from '@temporalio/client'
import { SEARCH_ATTRIBUTES } from '../../../workflows/messages.js'
import { attempt, type Check } from './check.js'

/** Temporal as one client sees it. */
export interface TemporalView {
  readonly client: Client
  readonly connection: ConnectionLike
  readonly namespace: string
  readonly taskQueue: string
}

/** `temporal.api.enums.v1.TaskQueueType` */
const QUEUES = [
  { type: 1, what: 'workflows' },
  { type: 2, what: 'activities' },
] as const

export function checkNamespace({ connection, namespace }: TemporalView): Promise<Check> {
  const name = 'Namespace'
  const advice = `Create it (temporal operator namespace create ${namespace}) or correct TEMPORAL_NAMESPACE.`
  return attempt(name, advice, async () => {
    const { config } = await connection.workflowService.describeNamespace({ namespace })
    const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400
    return { name, verdict: 'ok', found: `${namespace}, keeps closed journeys ${Number(days.toFixed(1))} days` }
  })
}

/** A query is the one proof that works on every server and needs no operator's rights. */
export async function checkSearchAttributes({ connection, namespace }: TemporalView): Promise<Check> {
  const name = 'Search attributes'
  const missing: string[] = []
  for (const attribute of SEARCH_ATTRIBUTES) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query: `${attribute} = 'doctor'` })
    } catch (error) {
      missing.push(`${attribute} (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  if (missing.length === 0) return { name, verdict: 'ok', found: SEARCH_ATTRIBUTES.join(', ') }
  const advice = `temporal operator search-attribute create --type Keyword${SEARCH_ATTRIBUTES.map((attribute) => ` --name ${attribute}`).join('')}`
  return { name, verdict: 'fail', found: `cannot be used: ${missing.join('; ')}`, advice }
}

/** Whether somebody polls the task queue; without a worker every call ends as DEADLINE. */
export async function checkWorkers(view: TemporalView): Promise<Check[]> {
  const checks: Check[] = []
  for (const { type, what } of QUEUES) {
    const name = `Workers, ${what}`
    const advice = `Start a worker on task queue ${view.taskQueue}, or correct ONBOARDING_TASK_QUEUE.`
    checks.push(
      await attempt(name, advice, async () => {
        const pollers = await pollersOf(view, type)
        return pollers.length === 0
          ? { name, verdict: 'fail', found: `nobody polls ${view.taskQueue}`, advice }
          : { name, verdict: 'ok', found: `${pollers.length} on ${view.taskQueue}` }
      }),
    )
  }
  return checks
}

/** Temporal tells its time only through the last poll of a worker, which is at most a minute or so old. */
export function checkServerClock(view: TemporalView): Promise<Check> {
  const name = 'Clock, Temporal'
  const advice = 'Synchronise the clocks (NTP).'
  return attempt(name, advice, async () => {
    const pollers = [...(await pollersOf(view, 1)), ...(await pollersOf(view, 2))]
    if (pollers.length === 0) return { name, verdict: 'skip', found: 'cannot be compared without a worker' }
    const ahead = Math.max(...pollers) - Date.now()
    if (ahead > 2_000) return { name, verdict: 'warn', found: `this clock is ${ahead} ms behind`, advice }
    if (ahead < -300_000) {
      return { name, verdict: 'warn', found: `the last poll seems ${-ahead} ms old: this clock may be ahead`, advice }
    }
    return { name, verdict: 'ok', found: 'not behind the last poll of a worker' }
  })
}

/** When each poller was last seen, in ms since the epoch. */
async function pollersOf({ connection, namespace, taskQueue }: TemporalView, taskQueueType: 1 | 2): Promise<number[]> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType,
  })
  return (pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000)
}
