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
