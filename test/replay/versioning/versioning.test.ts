import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Client } from '@temporalio/client'
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker'
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../../stack/temporal-server.js'
import { installRuntime } from '../../../worker/runtime.js'
import { notingActivities } from './activities.js'

/**
 * How a workflow is changed while runs of it are under way, as an example to copy. `v1` was released and has a run that
 * ended and one that waits for its user, both on a real server; then comes `v2`.
 */

const TASK_QUEUE = 'versioning-example'
const RELEASES = ['v1', 'v2-without-marker', 'v2', 'v3'] as const
type Release = (typeof RELEASES)[number]

const calls = new Map<string, string[]>()
const bundles = new Map<Release, WorkflowBundle>()
let server: TemporalServer
let connection: NativeConnection
let client: Client

beforeAll(async () => {
  // Results say what does not replay; the log would repeat it.
  installRuntime({ metricsAddress: undefined }, new DefaultLogger('ERROR', () => undefined))
  const cli = await findTemporalCli(() => undefined)
  server = await startTemporalServer({ cliPath: cli.path, headless: true, usualPorts: false })
  connection = await NativeConnection.connect({ address: server.address })
  client = new Client({ connection, namespace: server.namespace })
  for (const release of RELEASES) {
    const workflowsPath = fileURLToPath(new URL(`./${release}.ts`, import.meta.url))
    bundles.set(release, await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }))
  }
  await withWorker('v1', async () => {
    await start('ended-in-v1')
    await finish('ended-in-v1')
    await start('under-way-in-v1')
    await untilCalled('under-way-in-v1', 'sendCode')
  })
}, 120_000)
afterAll(async () => {
  await connection?.close()
  await server?.stop()
})

function bundleOf(release: Release): WorkflowBundle {
  return bundles.get(release) as WorkflowBundle
}

/** Runs a worker of a release for as long as `work` takes. */
async function withWorker(release: Release, work: () => Promise<void>): Promise<void> {
  const worker = await Worker.create({
    ...{ connection, namespace: server.namespace, taskQueue: TASK_QUEUE },
    workflowBundle: bundleOf(release),
    activities: notingActivities(calls),
    // The next release's worker does not wait for this one's sticky queue.
    stickyQueueScheduleToStartTimeout: 500,
  })
  await worker.runUntil(work)
}

async function start(workflowId: string): Promise<void> {
  await client.workflow.start('codeRound', { workflowId, taskQueue: TASK_QUEUE })
}

async function finish(workflowId: string): Promise<string> {
  const handle = client.workflow.getHandle<() => Promise<string>>(workflowId)
  await handle.signal('enterCode', '012345')
  return handle.result()
}

/** Waits by the run's history, whose end a long poll tells. */
async function untilCalled(workflowId: string, activity: string): Promise<void> {
  for (;;) {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
    const scheduled = events?.find(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity,
    )
    const done = events?.some(({ activityTaskCompletedEventAttributes: completed }) =>
      completed?.scheduledEventId?.eq(scheduled?.eventId ?? -1),
    )
    if (done) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** How a release goes through a recorded run: `as it went`, or the error's name. */
async function replay(release: Release, workflowId: string): Promise<string> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory()
  return Worker.runReplayHistory({ workflowBundle: bundleOf(release) }, history, workflowId).then(
    () => 'as it went',
    (error: Error) => error.name,
  )
}

describe('a call that is added to a workflow', () => {
  it.each(['ended-in-v1', 'under-way-in-v1'])('without a marker, does not replay: %s', async (workflowId) => {
    expect(await replay('v1', workflowId)).toBe('as it went')
    expect(await replay('v2-without-marker', workflowId)).toBe('DeterminismViolationError')
  })

  it.each(['ended-in-v1', 'under-way-in-v1'])('with a marker, replays: %s', async (workflowId) => {
    expect(await replay('v2', workflowId)).toBe('as it went')
  })

  it('with a marker, leaves a run under way on its old branch, and takes new runs to the new one', async () => {
    await withWorker('v2', async () => {
      await start('begun-in-v2')
      expect(await finish('under-way-in-v1')).toBe('verified 6 digits')
      expect(await finish('begun-in-v2')).toBe('verified 6 digits')
    })
    expect(calls.get('under-way-in-v1')).toEqual(['sendCode', 'verifyCode'])
    expect(calls.get('begun-in-v2')).toEqual(['reservePlace', 'sendCode', 'verifyCode'])
  })

  it('whose old branch is removed replays what has the marker, and no longer what has none', async () => {
    expect(await replay('v3', 'begun-in-v2')).toBe('as it went')
    expect(await replay('v3', 'ended-in-v1')).toBe('DeterminismViolationError')
  })

  it('cannot be taken back once runs have the marker', async () => {
    expect(await replay('v1', 'begun-in-v2')).toBe('DeterminismViolationError')
  })
})
