import type { temporal } from '@temporalio/proto'
import type { OnboardingClient } from '../../client/index.js'

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent

/** A run's events as the server holds them, payloads not decoded. */
export async function historyOf(client: OnboardingClient, workflowId: string): Promise<readonly HistoryEvent[]> {
  const { events } = await client.temporal.workflow.getHandle(workflowId).fetchHistory()
  return events ?? []
}

/** The types of the application failures that activities ended with. */
export function activityFailures(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ activityTaskFailedEventAttributes: failed }) => {
    const type = failed?.failure?.applicationFailureInfo?.type
    return type == null ? [] : [type]
  })
}

/**
 * A run's events, grouped as the server wrote them: events of one group became visible together, in one transaction. A
 * page of a history holds whole groups, so pages of size one are the groups.
 */
export async function writtenTogether(client: OnboardingClient, workflowId: string): Promise<HistoryEvent[][]> {
  const { temporal } = client
  const { namespace } = temporal.options
  const groups: HistoryEvent[][] = []
  let nextPageToken: Uint8Array | null | undefined
  do {
    const page = await temporal.workflowService.getWorkflowExecutionHistory({
      ...{ namespace, execution: { workflowId }, maximumPageSize: 1 },
      ...(nextPageToken && { nextPageToken }),
    })
    const events = page.history?.events ?? []
    if (events.length > 0) groups.push(events)
    nextPageToken = page.nextPageToken
  } while (nextPageToken && nextPageToken.length > 0)
  return groups
}

/** Waits by long poll until a run has this many events; answers how many it has then. */
export async function untilEvents(client: OnboardingClient, workflowId: string, count: number): Promise<number> {
  const { temporal } = client
  const { namespace } = temporal.options
  let last = 0
  let nextPageToken: Uint8Array | null | undefined
  do {
    const page = await temporal.workflowService.getWorkflowExecutionHistory({
      ...{ namespace, execution: { workflowId }, waitNewEvent: true },
      ...(nextPageToken && { nextPageToken }),
    })
    last = Number(page.history?.events?.at(-1)?.eventId ?? last)
    nextPageToken = page.nextPageToken
  } while (last < count && nextPageToken && nextPageToken.length > 0)
  return last
}
