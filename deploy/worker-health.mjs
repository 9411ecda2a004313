/**
 * Health of the worker in this container: exit 0 when Temporal has seen it ask for workflow tasks of its queue within
 * the last two minutes. A worker that lost its connection, or hangs, stops asking; a poll lasts a minute at most.
 * Connects as the worker does: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TLS and API key by TEMPORAL_*.
 */
import { hostname } from 'node:os'
import { Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'

const WORKFLOW_TASKS = 1
const SEEN_WITHIN_MS = 120_000
const ANSWER_WITHIN_MS = 10_000

const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
const queue = process.env.ONBOARDING_TASK_QUEUE || 'sender-onboarding'

/** When a worker of this host last asked for workflow tasks, in ms since the epoch; 0 for never. */
const lastSeen = async () => {
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: ANSWER_WITHIN_MS })
  try {
    const request = { namespace, taskQueue: { name: queue }, taskQueueType: WORKFLOW_TASKS }
    const { pollers } = await connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      connection.workflowService.describeTaskQueue(request),
    )
    // The default identity of a worker is <pid>@<host name>, and a container has a host name of its own.
    const ours = (pollers ?? []).filter(({ identity }) => identity?.includes(hostname()))
    return Math.max(0, ...ours.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000))
  } finally {
    await connection.close()
  }
}

try {
  if (Date.now() - (await lastSeen()) > SEEN_WITHIN_MS) {
    console.error(`no worker of ${hostname()} asked for tasks of ${queue} in ${namespace} within the last two minutes`)
    process.exitCode = 1
  }
} catch (error) {
  console.error(`Temporal at ${connectionOptions.address} cannot be asked: ${error.message}. Check TEMPORAL_*.`)
  process.exitCode = 1
}
