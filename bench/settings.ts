import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Patch, patchedBuild } from '../stack/patched-build.js'
import { findTemporalCli, startTemporalServer } from '../stack/temporal-server.js'
import { type BenchStack, startBenchStack } from './bench-stack.js'
import { OTP_STEPS } from './contender.js'
import { median, short } from './figures.js'
import { wholeJourney, wholeJourneys } from './walk.js'

/** The local stack with one setting of server or worker changed: most undo what is shipped, to show what it brings. */
export interface Setting {
  readonly name: string
  /** The server's dynamic configuration, over the local stack's. */
  readonly server?: Readonly<Record<string, string>>
  /** Default true. Without, the server keeps all in memory. */
  readonly file?: false
  readonly worker?: Readonly<Record<string, string>>
  readonly patches?: readonly Patch[]
  /** Default one. */
  readonly workers?: 2
}

const WORKER = 'worker/worker.ts'
const AFTER = 'maxCachedWorkflows: config.maxCachedWorkflows,'

export const SETTINGS: readonly Setting[] = [
  { name: 'nothing, to see the noise' },
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
]

export const SETTINGS_HEAD = [
  'what is changed',
  'a code, ms: as shipped',
  'changed',
  'ratio',
  'journeys/s at 20: as shipped',
  'changed',
  'ratio',
]

/** A machine's speed changes from minute to minute: many turns, and neither first more often than the other. */
const TURNS = ['shipped', 'changed', 'changed', 'shipped', 'shipped', 'changed', 'changed', 'shipped'] as const
/** Of a turn. */
const ONE_BY_ONE = 8
const TOGETHER = 40
const AT_ONCE = 20

/** Each setting beside the local stack as it is shipped: two whole stacks, one of which rests while the other works. */
export async function settingRows(note: (line: string) => void, settings = SETTINGS): Promise<string[][]> {
  const rows: string[][] = []
  for (const setting of settings) {
    note(`Setting: ${setting.name} …`)
    rows.push(await settingRow(setting, note))
  }
  return rows
}

type Ends = (() => Promise<unknown>)[]

async function settingRow(setting: Setting, note: (line: string) => void): Promise<string[]> {
  const ends: Ends = []
  try {
    const runs = {
      shipped: new Run(await startWith({ name: 'as shipped' }, ends, note)),
      changed: new Run(await startWith(setting, ends, note)),
    }
    for (const run of [runs.shipped, runs.changed]) await run.warmUp()
    for (const name of TURNS) await runs[name].turn()
    const compared = (of: (run: Run) => number): string[] => {
      const [shipped, changed] = [of(runs.shipped), of(runs.changed)]
      return [shipped, changed, changed / shipped].map(short)
    }
    return [setting.name, ...compared((run) => run.code()), ...compared((run) => run.journeysPerSecond())]
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

/** @param ends what ends it is added to them */
async function startWith(setting: Setting, ends: Ends, note: (line: string) => void): Promise<BenchStack> {
  const { server = {}, file = true, worker = {}, patches, workers = 1 } = setting
  const folder = await mkdtemp(join(tmpdir(), 'bench-setting-'))
  ends.push(() => rm(folder, { recursive: true, force: true }))
  const build = patches && (await patchedBuild(join(folder, 'build'), { patches }))
  const { path: cliPath } = await findTemporalCli(note)
  const temporal = await startTemporalServer({
    ...{ cliPath, usualPorts: false, headless: true, dynamicConfig: server },
    ...(file && { dbFile: join(folder, 'temporal.db') }),
  })
  ends.push(() => temporal.stop())
  const stack = await startBenchStack({
    ...{ report: note, server: temporal, workerEnv: worker },
    ...(build && { workerProgram: build.program('worker/main') }),
  })
  ends.push(() => stack.stop())
  if (workers === 2) await stack.local.startWorker('second')
  return stack
}

/** Ours on one stack, in turns. */
class Run {
  private readonly codes: number[] = []
  private journeys = 0
  private seconds = 0

  constructor(private readonly stack: BenchStack) {}

  async warmUp(): Promise<void> {
    await this.together()
  }

  async turn(): Promise<void> {
    const { ours, sandbox } = this.stack
    for (let count = 0; count < ONE_BY_ONE; count += 1) {
      const { times } = await wholeJourney(ours, sandbox)
      this.codes.push(...OTP_STEPS.map((step) => times.get(step) ?? NaN))
    }
    this.seconds += await this.together()
    this.journeys += TOGETHER
  }

  /** In ms. */
  code(): number {
    return median(this.codes)
  }

  journeysPerSecond(): number {
    return this.journeys / this.seconds
  }

  private together(): Promise<number> {
    return wholeJourneys(this.stack.ours, this.stack.sandbox, TOGETHER, AT_ONCE)
  }
}
