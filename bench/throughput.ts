import type { BenchStack } from './bench-stack.js'
import type { TemporalContender } from './contender.js'
import { short } from './figures.js'
import { groupCpuSeconds } from './process-use.js'
import { wholeJourney } from './walk.js'

export interface Throughput {
  readonly journeysPerSecond: number
  /** CPU per journey, in ms; the bench's own process is the client. */
  readonly cpuMs: {
    readonly server: number
    readonly worker: number
    readonly sandbox: number
    readonly client: number
  }
}

export type Throughputs = Readonly<Record<'floor' | 'ours', Throughput>>

/** Whole journeys, so many at once; the contenders in turn, twice, so that neither has the warmer server. */
export async function measureThroughput(stack: BenchStack, atOnce: number, journeys: number): Promise<Throughputs> {
  const runs = { floor: [] as Throughput[], ours: [] as Throughput[] }
  for (const name of ['floor', 'ours', 'ours', 'floor'] as const) {
    runs[name].push(await oneRun(stack, stack[name], atOnce, Math.ceil(journeys / 2)))
  }
  return { floor: mean(runs.floor), ours: mean(runs.ours) }
}

async function oneRun(
  { sandbox, pids }: BenchStack,
  contender: TemporalContender,
  atOnce: number,
  journeys: number,
): Promise<Throughput> {
  const worker = contender.name === 'ours' ? pids.ours : pids.floor
  const use = async (): Promise<readonly number[]> =>
    Promise.all([pids.server, worker, pids.sandbox].map(groupCpuSeconds))
  const [before, own, since] = [await use(), process.cpuUsage(), performance.now()]
  let begun = 0
  const one = async (): Promise<void> => {
    while (begun < journeys) {
      begun += 1
      await wholeJourney(contender, sandbox)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  const seconds = (performance.now() - since) / 1_000
  const after = await use()
  const spent = process.cpuUsage(own)
  const [server = 0, inWorker = 0, inSandbox = 0] = after.map(
    (value, index) => ((value - (before[index] ?? 0)) * 1_000) / journeys,
  )
  const client = (spent.user + spent.system) / 1_000 / journeys
  return { journeysPerSecond: journeys / seconds, cpuMs: { server, worker: inWorker, sandbox: inSandbox, client } }
}

function mean(runs: readonly Throughput[]): Throughput {
  const of = (pick: (run: Throughput) => number): number => runs.reduce((sum, run) => sum + pick(run), 0) / runs.length
  return {
    // Of the time, not of the speeds: a slow run counts for as long as it took.
    journeysPerSecond: 1 / of((run) => 1 / run.journeysPerSecond),
    cpuMs: {
      server: of((run) => run.cpuMs.server),
      worker: of((run) => run.cpuMs.worker),
      sandbox: of((run) => run.cpuMs.sandbox),
      client: of((run) => run.cpuMs.client),
    },
  }
}

export const THROUGHPUT_HEAD = ['at once', 'contender', 'journeys/s', 'CPU ms: server', 'worker', 'sandbox', 'client']

export function throughputRows(atOnce: number, { floor, ours }: Throughputs): string[][] {
  const row = (name: string, { journeysPerSecond, cpuMs }: Throughput): string[] => [
    String(atOnce),
    name,
    ...[journeysPerSecond, cpuMs.server, cpuMs.worker, cpuMs.sandbox, cpuMs.client].map(short),
  ]
  const ratios = [ours.journeysPerSecond / floor.journeysPerSecond]
  for (const part of ['server', 'worker', 'sandbox', 'client'] as const)
    ratios.push(ours.cpuMs[part] / floor.cpuMs[part])
  return [row('floor', floor), row('ours', ours), [String(atOnce), 'ratio', ...ratios.map(short)]]
}
