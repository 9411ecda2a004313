import { WorkflowClient } from '@temporalio/client'
import { type OnboardingResult, type View, VIEW_QUERY } from '../../workflows/messages.js'
import { type ErrorCode, OnboardingError } from '../errors.js'
import { requireOwnJourney } from '../ids.js'
import { queryView } from '../journeys.js'
import { call, type Wire } from '../wire.js'
import { type Evidence, evidenceOf, type JourneyRun, type Reading, readingOfResult, readingOfView } from './evidence.js'
import { endsOf, type JourneyRuns } from './runs.js'

/** That nothing is known of a run because the server or the workers are away: then one asks again. */
const PASSING: readonly ErrorCode[] = ['UNREACHABLE', 'DEADLINE', 'ACCESS_DENIED', 'WORKER_LACKS_KEY']

/**
 * The evidence of a journey as it stands in Temporal. Runs that were terminated hold no result: their history is asked,
 * which needs a worker.
 * @throws OnboardingError
 */
export async function readEvidence(wire: Wire, journey: JourneyRuns): Promise<Evidence> {
  const { workflowId, firstRunId, runs } = journey
  const { tenant } = wire.settings
  const { rail } = requireOwnJourney(workflowId, tenant)
  const ends = journey.isOpen ? runs.slice(-1) : endsOf(journey)
  const read = []
  for (const run of ends) {
    const reading = journey.isOpen ? await readOpen(wire, workflowId) : await readEnd(wire, workflowId, run)
    read.push({ run, reading })
  }
  return evidenceOf({ workflowId, tenant, rail, firstRunId, runs, read })
}

async function readOpen(wire: Wire, workflowId: string): Promise<Reading> {
  const answer = await queryView(wire, workflowId)
  // It ended in this moment; asked again, it is a closed one.
  if (!answer.open) throw new OnboardingError('JOURNEY_CLOSED', { details: { workflowId } })
  return readingOfView(answer.value, wire.settings.tenant)
}

async function readEnd(wire: Wire, workflowId: string, { runId, status }: JourneyRun): Promise<Reading> {
  const { tenant } = wire.settings
  try {
    if (status === 'COMPLETED') {
      const result = await call(wire, { call: 'result', workflowId }, () =>
        wire.workflows.result<() => Promise<OnboardingResult>>(workflowId, runId, { followRuns: false }),
      )
      return readingOfResult(result, tenant)
    }
    if (status === 'FAILED' && (await failureOf(wire, workflowId, runId)) === 'INVALID_INPUT') {
      return { from: 'NOTHING_HAPPENED' }
    }
    const asking = new WorkflowClient({ ...wire.workflows.options, queryRejectCondition: 'NONE' })
    const view = await call(wire, { call: VIEW_QUERY, workflowId }, () =>
      asking.getHandle(workflowId, runId).query<View>(VIEW_QUERY),
    )
    return readingOfView(view, tenant)
  } catch (error) {
    if (!(error instanceof OnboardingError) || PASSING.includes(error.code)) throw error
    // Terminated before a worker took it up: no code of the journey ever ran, and there is nothing to ask.
    if (!(await hasBegun(wire, workflowId, runId))) return { from: 'NOTHING_HAPPENED' }
    return { from: 'UNREADABLE', code: error.code }
  }
}

/** Whether a worker completed a step of a run. */
async function hasBegun(wire: Wire, workflowId: string, runId: string): Promise<boolean> {
  let nextPageToken: Uint8Array | null | undefined
  do {
    const page = await call(wire, { call: 'history', workflowId }, () =>
      wire.connection.workflowService.getWorkflowExecutionHistory({
        ...{ namespace: wire.namespace, execution: { workflowId, runId }, maximumPageSize: 100 },
        ...(nextPageToken && { nextPageToken }),
      }),
    )
    if (page.history?.events?.some((event) => event.workflowTaskCompletedEventAttributes)) return true
    nextPageToken = page.nextPageToken
  } while (nextPageToken && nextPageToken.length > 0)
  return false
}

/** The type of the failure that a run ended with. */
async function failureOf(wire: Wire, workflowId: string, runId: string): Promise<unknown> {
  try {
    await call(wire, { call: 'result', workflowId }, () =>
      wire.workflows.result(workflowId, runId, { followRuns: false }),
    )
  } catch (error) {
    if (error instanceof OnboardingError && error.code === 'RUN_FAILED') return error.details?.['failure']
    throw error
  }
  return undefined
}
