import { type Client, type ConnectionLike, WorkflowClient } from '@temporalio/client'
import { type CallFacts, isDeadline, toOnboardingError } from './error-mapping.js'
import { OnboardingError } from './errors.js'
import type { Settings } from './options.js'

/** How long the question "is the server there at all?" may take, after a deadline has passed, in milliseconds. */
const PROBE_MS = 1_000

/** A Temporal connection together with the client's settings: what every call needs. */
export interface Wire {
  readonly workflows: WorkflowClient
  readonly connection: ConnectionLike
  readonly namespace: string
  readonly settings: Settings
}

/** Queries of closed runs are refused by the server, so that they are answered from the result. */
export function wireOf(client: Client, settings: Settings): Wire {
  const { connection, options } = client
  const workflows = new WorkflowClient({
    connection,
    dataConverter: options.loadedDataConverter,
    namespace: options.namespace,
    identity: options.identity,
    interceptors: client.workflow.options.interceptors,
    queryRejectCondition: 'NOT_OPEN',
  })
  return { workflows, connection, namespace: options.namespace, settings }
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
  try {
    return await wire.connection.withDeadline(Date.now() + deadlineMs, make)
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
