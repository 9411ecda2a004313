import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'
import type { BenchStack } from './bench-stack.js'
import { short } from './figures.js'
import { wholeJourney } from './walk.js'

export interface HistorySize {
  readonly events: number
  readonly bytes: number
  /** How often each type of event. */
  readonly byType: ReadonlyMap<string, number>
  readonly actions: number
}

/**
 * What Temporal Cloud counts as an action, of what a history shows (its pages, "Actions"): a start, a timer, a signal, an
 * update that was taken, each activity, an upsert of search attributes. A heartbeat and a query count too, and are in no
 * history: whoever reads this adds a heartbeat for each call that goes through the fence.
 */
const ACTIONS = [
  'WORKFLOW_EXECUTION_STARTED',
  'TIMER_STARTED',
  'WORKFLOW_EXECUTION_SIGNALED',
  'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
  'ACTIVITY_TASK_SCHEDULED',
  'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
  'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
  'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
  'MARKER_RECORDED',
]

export async function historySize({ workflow }: Client, workflowId: string): Promise<HistorySize> {
  const { events } = await workflow.getHandle(workflowId).fetchHistory()
  const { enums, history } = proto.temporal.api
  const byType = new Map<string, number>()
  let bytes = 0
  for (const event of events ?? []) {
    const type = (enums.v1.EventType[event.eventType ?? 0] ?? '').replace('EVENT_TYPE_', '')
    byType.set(type, (byType.get(type) ?? 0) + 1)
    bytes += history.v1.HistoryEvent.encode(event).finish().length
  }
  const actions = ACTIONS.reduce((sum, type) => sum + (byType.get(type) ?? 0), 0)
  return { events: events?.length ?? 0, bytes, byType, actions }
}

export interface Histories {
  readonly floor: HistorySize
  readonly ours: HistorySize
}

/** One straight journey of each. */
export async function measureHistories({ floor, ours, sandbox, temporal: client }: BenchStack): Promise<Histories> {
  const sizes: HistorySize[] = []
  for (const contender of [floor, ours]) {
    const { person } = await wholeJourney(contender, sandbox)
    sizes.push(await historySize(client, contender.workflowId(person)))
  }
  const [first, second] = sizes
  if (!first || !second) throw new Error('Nothing was measured.')
  return { floor: first, ours: second }
}

export const HISTORY_HEAD = ['of one straight journey', 'floor', 'ours', 'ratio']

export function historyRows({ floor, ours }: Histories): string[][] {
  const row = (name: string, one: number, other: number): string[] => [
    name,
    String(one),
    String(other),
    one === 0 ? '' : short(other / one),
  ]
  const types = [...new Set([...floor.byType.keys(), ...ours.byType.keys()])].sort()
  return [
    row('events', floor.events, ours.events),
    row('bytes', floor.bytes, ours.bytes),
    row('actions', floor.actions, ours.actions),
    ...types.map((type) => row(`  ${type}`, floor.byType.get(type) ?? 0, ours.byType.get(type) ?? 0)),
  ]
}
