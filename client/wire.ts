import { type Client, type ConnectionLike, WorkflowClient } from '@temporalio/client'
import { type CallFacts, isDeadline, toOnboardingError } from './error-mapping.js'
import { OnboardingError } from './errors.js'
import type { Settings } from './options.js'

/** How long the question "is the server there at all?" may take, after a deadline has passed, in milliseconds. */
const PROBE_MS = 1_000

/** A Temporal connection together with the client's settings: what every call needs. */
export interface Wire {
  readonly workflows: WorkflowClient
  /** Queries closed runs too; a worker must be up that replays them. */
  readonly closedRuns: WorkflowClient
  readonly connection: ConnectionLike
  readonly namespace: string
  readonly settings: Settings
  /** No call goes on beyond this moment, in ms since the epoch. Default: each call has its own deadline. */
  readonly end?: number
}

/** By `workflows`, queries of closed runs are refused by the server, so that they are answered from the result. */
export function wireOf(client: Client, settings: Settings): Wire {
  const { connection, options } = client
  const workflows = (queryRejectCondition: 'NOT_OPEN' | 'NONE'): WorkflowClient =>
    new WorkflowClient({
      connection,
      dataConverter: options.loadedDataConverter,
      namespace: options.namespace,
      identity: options.identity,
      interceptors: client.workflow.options.interceptors,
      queryRejectCondition,
    })
  return {
    workflows: workflows('NOT_OPEN'),
    closedRuns: workflows('NONE'),
    connection,
    namespace: options.namespace,
    settings,
  }
}

/** The wire for something that takes several calls: they share one deadline, the client's or an earlier one. */
export function withinDeadline(wire: Wire): Wire & { readonly end: number } {
  return { ...wire, end: Math.min(Date.now() + wire.settings.deadlineMs, wire.end ?? Infinity) }
}

/**
 * Makes one call under a deadline, and codes what goes wrong.
 * @throws OnboardingError
 */
export async function call<T>(
  wire: Wire,
  facts: CallFacts,
  make: () => Promise<T>,
  deadlineMs: number = wire.settings.deadlineMs,
): Promise<T> {
  const end = Math.min(Date.now() + deadlineMs, wire.end ?? Infinity)
  try {
    return await wire.connection.withDeadline(end, make)
  } catch (error) {
    if (isDeadline(error) && !(await isReachable(wire))) {
      throw new OnboardingError('UNREACHABLE', { details: { ...facts }, cause: error })
    }
    throw toOnboardingError(error, facts)
  }
}

/** The client retries an unreachable server until the deadline, so that only a second question tells the two apart. */
async function isReachable({ connection }: Wire): Promise<boolean> {
  return connection
    .withDeadline(Date.now() + PROBE_MS, () => connection.workflowService.getSystemInfo({}))
    .then(
      () => true,
      () => false,
    )
}
