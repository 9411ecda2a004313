import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Patch, patchedBuild } from '../stack/patched-build.js'
import { findTemporalCli, startTemporalServer } from '../stack/temporal-server.js'
import { type BenchStack, startBenchStack } from './bench-stack.js'
import { OTP_STEPS } from './contender.js'
import { median, short } from './figures.js'
import { measureLatency } from './latency.js'
import { measureThroughput } from './throughput.js'

/** The local stack with one setting of server or worker changed: most undo what is shipped, to show what it brings. */
export interface Setting {
  readonly name: string
  /** The server's dynamic configuration, over the local stack's. */
  readonly server?: Readonly<Record<string, string>>
  /** Default true. Without, the server keeps all in memory. */
  readonly file?: false
  readonly worker?: Readonly<Record<string, string>>
  readonly patches?: readonly Patch[]
  /** Of ours; the floor always has one. */
  readonly workers?: 2
}

const WORKER = 'worker/worker.ts'
const AFTER = 'maxCachedWorkflows: config.maxCachedWorkflows,'

export const SETTINGS: readonly Setting[] = [
  { name: 'as shipped' },
  { name: 'server looks for tasks 20 times a second', server: { 'history.transferProcessorMaxPollRPS': '20' } },
  { name: 'no eager activities', server: { 'system.enableActivityEagerExecution': 'false' } },
  {
    name: 'the shard notes every 10 s how far it is',
    server: {
      'history.transferProcessorUpdateAckInterval': '"10s"',
      'history.visibilityProcessorUpdateAckInterval': '"10s"',
    },
  },
  {
    name: 'one partition of each task queue',
    server: { 'matching.numTaskqueueReadPartitions': '1', 'matching.numTaskqueueWritePartitions': '1' },
  },
  { name: 'server in memory', file: false },
  { name: 'cache of 10 workflows', worker: { ONBOARDING_MAX_CACHED_WORKFLOWS: '10' } },
  { name: 'two workers', workers: 2 },
  {
    name: 'a V8 context for each workflow',
    patches: [{ file: WORKER, from: AFTER, to: `${AFTER}\n    reuseV8Context: false,` }],
  },
  {
    name: 'pollers that scale by themselves',
    patches: [
      {
        file: WORKER,
        from: AFTER,
        to: `${AFTER}\n    workflowTaskPollerBehavior: { type: 'autoscaling' },\n    activityTaskPollerBehavior: { type: 'autoscaling' },`,
      },
    ],
  },
  {
    name: 'worker’s gRPC compressed',
    patches: [{ file: 'worker/start.ts', from: ", grpcCompression: { codec: 'none' }", to: '' }],
  },
  {
    name: 'a stack trace at each promise',
    patches: [{ file: 'workflows/promise-cost.ts', from: 'defineProperty(Promise,', to: 'defineProperty({},' }],
  },
  { name: 'as shipped, again' },
]

export const SETTINGS_HEAD = ['setting', 'a code, ms: floor', 'ours', 'journeys/s at 20: floor', 'ours']

/** Each setting with a server of its own, beside the floor. */
export async function settingRows(
  journeys: number,
  note: (line: string) => void,
  settings = SETTINGS,
): Promise<string[][]> {
  const rows: string[][] = []
  for (const setting of settings) {
    note(`Setting: ${setting.name} …`)
    rows.push(await settingRow(setting, journeys, note))
  }
  return rows
}

async function settingRow(setting: Setting, journeys: number, report: (line: string) => void): Promise<string[]> {
  const { name, server = {}, file = true, worker = {}, patches, workers = 1 } = setting
  const folder = await mkdtemp(join(tmpdir(), 'bench-setting-'))
  const started: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const build = patches && (await patchedBuild(join(folder, 'build'), { patches }))
    const temporal = await startTemporalServer({
      ...{ cliPath: (await findTemporalCli(report)).path, usualPorts: false, headless: true, dynamicConfig: server },
      ...(file && { dbFile: join(folder, 'temporal.db') }),
    })
    started.push(() => temporal.stop())
    const stack = await startBenchStack({
      ...{ report, server: temporal, workerEnv: worker },
      ...(build && { workerProgram: build.program('worker/main') }),
    })
    started.push(() => stack.stop())
    if (workers === 2) await stack.local.startWorker('second')
    return [name, ...(await figures(stack, journeys)).map(short)]
  } finally {
    for (const end of started.reverse()) await end()
  }
}

async function figures(stack: BenchStack, journeys: number): Promise<number[]> {
  await measureLatency(stack, 10)
  const times = await measureLatency(stack, journeys)
  const code = (name: 'floor' | 'ours'): number => median(OTP_STEPS.flatMap((step) => times[name].get(step) ?? []))
  const { floor, ours } = await measureThroughput(stack, 20, journeys * 3)
  return [code('floor'), code('ours'), floor.journeysPerSecond, ours.journeysPerSecond]
}
