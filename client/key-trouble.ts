import { CODEC_KEY_MISSING } from '../secrets/index.js'
import { namesCodecKey } from './codec-key-use.js'
import { OnboardingError } from './errors.js'
import type { Wire } from './wire.js'

/** How long the look at what a journey is stuck on may take, beside the call's own time, in ms. */
const LOOK_MS = 1_000
/** So many of the newest events are looked at: after a failed task only messages can come. */
const NEWEST_EVENTS = 50

type Events = NonNullable<
  NonNullable<
    Awaited<ReturnType<Wire['connection']['workflowService']['getWorkflowExecutionHistory']>>['history']
  >['events']
>

/**
 * What a call to a journey failed on, where that is a codec key and nothing that passes by itself: WORKER_LACKS_KEY or
 * JOURNEY_UNREADABLE. Temporal tells the caller neither: queries fail without a word, and updates wait until the deadline. A
 * missing key shows in history once a message has come; a mere query leaves no trace there.
 * Anything else stays the error that it is.
 */
export async function namingKeyTrouble(wire: Wire, workflowId: string, error: unknown): Promise<unknown> {
  if (!(error instanceof OnboardingError) || !(error.code === 'DEADLINE' || error.code === 'TEMPORAL_ERROR'))
    return error
  const code = await wire.connection
    .withDeadline(Date.now() + LOOK_MS, () => keyTrouble(wire, workflowId))
    // Not to be learnt now: then the error stands as it is.
    .catch(() => null)
  return code ? new OnboardingError(code, { details: { ...error.details, workflowId }, cause: error }) : error
}

async function keyTrouble(wire: Wire, workflowId: string): Promise<'WORKER_LACKS_KEY' | 'JOURNEY_UNREADABLE' | null> {
  const { workflowService } = wire.connection
  const of = { namespace: wire.namespace, execution: { workflowId } }
  const destroyed = wire.settings.codecKeys?.destroyed ?? []
  if (destroyed.length > 0) {
    const { history } = await workflowService.getWorkflowExecutionHistory({ ...of, maximumPageSize: 1 })
    const began = history?.events?.[0]?.workflowExecutionStartedEventAttributes
    if (destroyed.some((kid) => namesCodecKey(began, kid))) return 'JOURNEY_UNREADABLE'
  }
  const newest = await workflowService.getWorkflowExecutionHistoryReverse({ ...of, maximumPageSize: NEWEST_EVENTS })
  const failed = lastTaskFailure(newest.history?.events ?? [])
  return failed?.failure?.applicationFailureInfo?.type === CODEC_KEY_MISSING ? 'WORKER_LACKS_KEY' : null
}

/** Of the last workflow task, where it failed and the run is still open. @param events newest first */
function lastTaskFailure(events: Events) {
  const last = events.find(
    (event) =>
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskCompletedEventAttributes ??
      event.workflowExecutionTerminatedEventAttributes ??
      event.workflowExecutionTimedOutEventAttributes,
  )
  return last?.workflowTaskFailedEventAttributes ?? null
}
