import { setTimeout as sleep } from 'node:timers/promises'
import { OnboardingError } from '../errors.js'
import { describeJourney } from '../journeys.js'
import { listRuns } from '../list.js'
import { call, type Wire } from '../wire.js'
import type { JourneyRun } from './evidence.js'

/** Runs of one workflow id that are asked for; a sender who comes back daily for years has fewer. */
const MOST_RUNS = 10_000
const RUNNING = 'RUNNING'
/** How a run ends that a next one goes on from. */
const WENT_ON = 'CONTINUED_AS_NEW'
/** Between two looks at whether a run is gone, in ms. */
const FIRST_LOOK_MS = 20
const LONGEST_LOOK_MS = 500

/** One journey with its runs, oldest first: those in which it went on, and those to which it was reset. */
export interface JourneyRuns {
  readonly workflowId: string
  readonly firstRunId: string
  readonly runs: readonly JourneyRun[]
  readonly isOpen: boolean
}

/**
 * The journeys that were run under a workflow id, oldest first; empty where there is none (any more). The list comes
 * from visibility, which may lag; so the last run, and whatever a run went on from, is asked of the server itself.
 * @throws OnboardingError
 */
export async function journeysOf(wire: Wire, workflowId: string): Promise<JourneyRuns[]> {
  const listed = await listRuns(wire, [`WorkflowId = '${workflowId}'`], MOST_RUNS)
  const open: (string | undefined)[] = [undefined, ...listed.map(({ runId }) => runId)]
  const found = new Map<string, JourneyRun & { readonly firstRunId: string }>()
  while (open.length > 0) {
    const asked = open.pop()
    if (asked !== undefined && found.has(asked)) continue
    const run = await describeJourney(wire, workflowId, asked)
    if (!run || found.has(run.runId)) continue
    const { runId, runStatus: status, startedAt, closedAt, firstRunId } = run
    found.set(runId, { runId, status, startedAt, closedAt, firstRunId })
    if (firstRunId !== runId) open.push(await wentOnFrom(wire, workflowId, runId), firstRunId)
  }
  const runs = [...found.values()].sort((a, b) => a.startedAt.localeCompare(b.startedAt))
  const journeys = new Map<string, JourneyRun[]>()
  for (const { firstRunId, ...run } of runs) journeys.set(firstRunId, [...(journeys.get(firstRunId) ?? []), run])
  return [...journeys].map(([firstRunId, own]) => ({
    ...{ workflowId, firstRunId, runs: own },
    isOpen: isOpen(own),
  }))
}

/** Whether a journey of this id is running now; the server itself is asked. */
export async function isUnderWay(wire: Wire, workflowId: string): Promise<boolean> {
  return (await describeJourney(wire, workflowId))?.runStatus === RUNNING
}

/** The journeys without these runs. */
export function withoutRuns(journeys: readonly JourneyRuns[], runIds: ReadonlySet<string>): JourneyRuns[] {
  return journeys.flatMap(({ runs, ...journey }) => {
    const left = runs.filter(({ runId }) => !runIds.has(runId))
    return left.length === 0 ? [] : [{ ...journey, runs: left, isOpen: isOpen(left) }]
  })
}

function isOpen(runs: readonly JourneyRun[]): boolean {
  return runs.some(({ status }) => status === RUNNING) || runs.every(({ status }) => status === WENT_ON)
}

/** The runs in which a closed journey ended, in the order of their ends: one, and one more for each reset. */
export function endsOf({ runs }: JourneyRuns): JourneyRun[] {
  const ends = runs.filter(({ status, closedAt }) => status !== WENT_ON && closedAt !== null)
  return ends.sort((a, b) => (a.closedAt ?? '').localeCompare(b.closedAt ?? ''))
}

/** The run that this one went on from, if there was one; it may be gone. */
async function wentOnFrom(wire: Wire, workflowId: string, runId: string): Promise<string | undefined> {
  const page = await call(wire, { call: 'history', workflowId }, () =>
    wire.connection.workflowService.getWorkflowExecutionHistory({
      ...{ namespace: wire.namespace, execution: { workflowId, runId }, maximumPageSize: 1 },
    }),
  )
  const began = page.history?.events?.[0]?.workflowExecutionStartedEventAttributes
  return began?.continuedExecutionRunId || undefined
}

/**
 * Has the server delete a closed run; one that is gone already is no error. It does so in the background: within a
 * moment, or, where the run closed in the last minutes, within minutes (seen with server 1.29).
 * @throws OnboardingError
 */
export async function requestDeletion(wire: Wire, workflowId: string, runId: string): Promise<void> {
  try {
    await call(wire, { call: 'delete', workflowId }, () =>
      wire.connection.workflowService.deleteWorkflowExecution({
        ...{ namespace: wire.namespace, workflowExecution: { workflowId, runId } },
      }),
    )
  } catch (error) {
    if (!(error instanceof OnboardingError) || error.code !== 'NOT_FOUND') throw error
  }
}

/**
 * Whether the server has no trace of a run any more; looks until it has none, or until a time in ms since 1970.
 * @throws OnboardingError
 */
export async function isGoneBy(wire: Wire, workflowId: string, runId: string, end: number): Promise<boolean> {
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_LOOK_MS)) {
    if ((await describeJourney(wire, workflowId, runId)) === null) return true
    if (Date.now() + pause > end) return false
    await sleep(pause)
  }
}
