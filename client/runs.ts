import { OnboardingError } from './errors.js'
import { call, type Wire } from './wire.js'

/** One journey of a sender, whatever other ones there were before or are there since. */
export interface OneJourney {
  /** Any run of it. */
  readonly runId: string
  readonly firstRunId: string
}

/** `HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT` of Temporal's API. */
const CLOSE_EVENT = 2

interface Run {
  readonly runId: string
  readonly startedAt: number
  /** Runs in which the journey went on from this one: by itself, or by a reset. */
  readonly next: readonly string[]
}

/**
 * The runs of one journey that the server still keeps, the newest first. It follows the runs themselves: Temporal's
 * index lags, and cannot be asked for them.
 * @throws OnboardingError
 */
export async function runsOf(wire: Wire, workflowId: string, { runId, firstRunId }: OneJourney): Promise<string[]> {
  const ids = new Set([firstRunId, runId])
  const runs: Run[] = []
  // The set grows while it is read.
  for (const id of ids) {
    const run = await lookAt(wire, workflowId, id)
    if (!run) continue
    runs.push(run)
    for (const next of run.next) ids.add(next)
  }
  return runs.sort((one, other) => other.startedAt - one.startedAt).map((run) => run.runId)
}

/** Null where the server has forgotten the run. */
async function lookAt(wire: Wire, workflowId: string, runId: string): Promise<Run | null> {
  const facts = { call: 'runs', workflowId }
  try {
    const { startTime, raw } = await call(wire, facts, () => wire.workflows.getHandle(workflowId, runId).describe())
    const { history } = await call(wire, facts, () =>
      wire.workflows.workflowService.getWorkflowExecutionHistory({
        namespace: wire.namespace,
        execution: { workflowId, runId },
        historyEventFilterType: CLOSE_EVENT,
      }),
    )
    const end = history?.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes
    const next = [end?.newExecutionRunId, raw.workflowExtendedInfo?.resetRunId].filter((id) => id != null && id !== '')
    return { runId, startedAt: startTime.getTime(), next: next as string[] }
  } catch (error) {
    if (error instanceof OnboardingError && error.code === 'NOT_FOUND') return null
    throw error
  }
}
