import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Client } from '@temporalio/client'
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker'
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../stack/temporal-server.js'
import type { JourneyActivities } from '../../workflows/calls.js'
import { installRuntime } from '../../worker/runtime.js'
import { createOnboardingWorker } from '../../worker/worker.js'
import { until } from '../support/journeys.js'
import { count } from './spin.js'

/**
 * The SDK interrupts a workflow's step after five seconds by the clock. In a process that was frozen for so long that is a
 * step of a few milliseconds, and the interruption can end the process: Node's `vm` leaves async hooks in disorder
 * ("async hook stack has become corrupted").
 */

/** Longer than the SDK allows a step by default, in ms. */
const STEP_MS = 9_000

let folder: string
let server: TemporalServer
let connection: NativeConnection

beforeAll(async () => {
  installRuntime({ metricsAddress: undefined }, new DefaultLogger('ERROR', () => undefined))
  folder = await mkdtemp(join(tmpdir(), 'long-step-'))
  const cli = await findTemporalCli(() => undefined)
  server = await startTemporalServer({ cliPath: cli.path, headless: true, usualPorts: false })
  connection = await NativeConnection.connect({ address: server.address })
}, 120_000)
afterAll(async () => {
  await connection?.close()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** How far this machine counts in a while. */
function roundsIn(ms: number): number {
  let rounds = 1_000_000
  for (;;) {
    const begun = performance.now()
    count(rounds)
    const took = performance.now() - begun
    if (took > 1_000) return Math.ceil((rounds * ms) / took)
    rounds *= 2
  }
}

it('a step that takes long by the clock is not interrupted', async () => {
  const workflowsPath = fileURLToPath(new URL('./spin.ts', import.meta.url))
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })
  const workflowBundle = join(folder, 'bundle.js')
  await writeFile(workflowBundle, code)
  const taskQueue = 'long-step'
  const worker = await createOnboardingWorker(
    {
      ...{ temporal: { namespace: server.namespace }, taskQueue, workflowBundle, version: undefined },
      ...{ shutdownGraceMs: 1_000, maxCachedWorkflows: 10, maxConcurrentActivities: 10, stickyTimeoutMs: 1_000 },
    } as Parameters<typeof createOnboardingWorker>[0],
    { connection, activities: {} as JourneyActivities, dataConverter: {} },
  )
  const { workflow } = new Client({ connection, namespace: server.namespace })
  const handle = await workflow.start('spin', {
    ...{ workflowId: 'spin', taskQueue, args: [roundsIn(STEP_MS)], workflowTaskTimeout: '2 minutes' },
  })
  const isOver = async (): Promise<boolean> => {
    const { status, raw } = await handle.describe()
    return status.name !== 'RUNNING' || (raw.pendingWorkflowTask?.attempt ?? 1) > 1
  }
  await worker.runUntil(() => until(isOver, 'it has ended, or failed once'))
  expect((await handle.describe()).status.name).toBe('COMPLETED')
}, 180_000)
