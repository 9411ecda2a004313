import type { BenchStack } from './bench-stack.js'
import type { TemporalContender } from './contender.js'
import { short } from './figures.js'
import { treeCpuSeconds } from './process-use.js'
import { wholeJourneys } from './walk.js'

/** The database is a process of its own on PostgreSQL only; the bench's own process is the client. */
const PARTS = ['server', 'database', 'worker', 'sandbox', 'client'] as const
type PerPart = Readonly<Record<(typeof PARTS)[number], number>>

export interface Throughput {
  readonly journeysPerSecond: number
  /** CPU per journey, in ms. */
  readonly cpuMs: PerPart
}

export type Throughputs = Readonly<Record<'floor' | 'ours', Throughput>>

/** A machine's speed changes from minute to minute: many turns, and neither first more often than the other. */
const TURNS = ['floor', 'ours', 'ours', 'floor', 'floor', 'ours', 'ours', 'floor'] as const
const TURNS_EACH = TURNS.length / 2
/** Of a turn, for each that goes at the same time: at its end fewer do. */
const LEAST_EACH = 3

/** Whole journeys, so many at once; the contenders in turn. @param journeys of each, at least */
export async function measureThroughput(stack: BenchStack, atOnce: number, journeys: number): Promise<Throughputs> {
  const ofATurn = Math.max(Math.ceil(journeys / TURNS_EACH), LEAST_EACH * atOnce)
  const runs = { floor: [] as Throughput[], ours: [] as Throughput[] }
  for (const name of TURNS) {
    runs[name].push(await oneRun(stack, stack[name], atOnce, ofATurn))
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
  const before = await cpuMs(pids, worker)
  const seconds = await wholeJourneys(contender, sandbox, journeys, atOnce)
  const after = await cpuMs(pids, worker)
  return { journeysPerSecond: journeys / seconds, cpuMs: perPart((part) => (after[part] - before[part]) / journeys) }
}

async function cpuMs({ server, database, sandbox }: BenchStack['pids'], worker: number): Promise<PerPart> {
  const { user, system } = process.cpuUsage()
  const [ofServer, ofDatabase, ofWorker, ofSandbox] = await Promise.all(
    [server, database, worker, sandbox].map(async (pid) =>
      pid === undefined ? 0 : 1_000 * (await treeCpuSeconds(pid)),
    ),
  )
  return {
    ...{ server: ofServer ?? 0, database: ofDatabase ?? 0, worker: ofWorker ?? 0, sandbox: ofSandbox ?? 0 },
    client: (user + system) / 1_000,
  }
}

function perPart(value: (part: (typeof PARTS)[number]) => number): PerPart {
  return Object.fromEntries(PARTS.map((part) => [part, value(part)])) as unknown as PerPart
}

function mean(runs: readonly Throughput[]): Throughput {
  const of = (pick: (run: Throughput) => number): number => runs.reduce((sum, run) => sum + pick(run), 0) / runs.length
  return {
    // Of the time, not of the speeds: a slow run counts for as long as it took.
    journeysPerSecond: 1 / of((run) => 1 / run.journeysPerSecond),
    cpuMs: perPart((part) => of((run) => run.cpuMs[part])),
  }
}

export const THROUGHPUT_HEAD = ['at once', 'contender', 'journeys/s', 'CPU ms:', ...PARTS]

export function throughputRows(atOnce: number, { floor, ours }: Throughputs): string[][] {
  const row = (name: string, { journeysPerSecond, cpuMs }: Throughput): string[] => [
    String(atOnce),
    name,
    short(journeysPerSecond),
    '',
    ...PARTS.map((part) => short(cpuMs[part])),
  ]
  const ratio = (one: number, other: number): string => (other === 0 ? '' : short(one / other))
  return [
    row('floor', floor),
    row('ours', ours),
    [
      ...[String(atOnce), 'ratio', ratio(ours.journeysPerSecond, floor.journeysPerSecond), ''],
      ...PARTS.map((part) => ratio(ours.cpuMs[part], floor.cpuMs[part])),
    ],
  ]
}
