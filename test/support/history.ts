import { decode } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js'
import type { Payload, PayloadCodec } from '@temporalio/common'
import type { temporal } from '@temporalio/proto'
import type { OnboardingClient } from '../../client/index.js'

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent
type Failure = temporal.api.failure.v1.IFailure

/** A run's events as the server holds them, payloads not decoded. */
export async function historyOf(
  client: OnboardingClient,
  workflowId: string,
  runId?: string,
): Promise<readonly HistoryEvent[]> {
  const { events } = await client.temporal.workflow.getHandle(workflowId, runId).fetchHistory()
  return events ?? []
}

/** The same, with every payload as its writer gave it to the codec. */
export async function decodedHistoryOf(
  client: OnboardingClient,
  workflowId: string,
  runId?: string,
): Promise<readonly HistoryEvent[]> {
  return decodedPayloads(client, await historyOf(client, workflowId, runId))
}

/** The value with every payload in it decoded by the client's codecs, however deep it is. */
export async function decodedPayloads<T>(client: OnboardingClient, value: T): Promise<T> {
  return (await decodedIn(client.temporal.options.loadedDataConverter.payloadCodecs, value)) as T
}

async function decodedIn(codecs: PayloadCodec[], value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => decodedIn(codecs, item)))
  // A 64-bit number of protobuf's is an object.
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || 'unsigned' in value) return value
  if ('metadata' in value && 'data' in value) return (await decode(codecs, [value as Payload]))[0]
  const entries = Object.entries(value).map(async ([name, inner]) => [name, await decodedIn(codecs, inner)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

/** A failure's message, which the failure converter has put into a payload. */
export function messageIn(failure: Failure | null | undefined): string {
  const attributes = failure?.encodedAttributes?.data
  if (!attributes) return failure?.message ?? 'no message'
  return (JSON.parse(Buffer.from(attributes).toString('utf8')) as { message: string }).message
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
