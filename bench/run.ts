import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchArguments } from './arguments.js'
import { type BenchStack, startBenchStack } from './bench-stack.js'
import { CRYPTO_HEAD, cryptoRows } from './crypto-cost.js'
import { median, p95, short, table } from './figures.js'
import { HISTORY_HEAD, historyRows, measureHistories } from './history.js'
import { KINDS_HEAD, kindRows } from './kinds.js'
import { LATENCY_HEAD, latencyRows, measureLatency, measureSignals, otpRatios } from './latency.js'
import { machineText } from './machine.js'
import { measureMemory, MEMORY_HEAD, memoryRows } from './memory.js'
import { PARKED_HEAD, parkedRows } from './parked.js'
import { startPostgresServer } from './postgres.js'
import { REPLAY_HEAD, replayRows } from './replay.js'
import { settingRows, SETTINGS_HEAD } from './settings.js'
import { SIZES_HEAD, sizeRows } from './sizes.js'
import { measureThroughput, THROUGHPUT_HEAD, throughputRows } from './throughput.js'
import { variantRows, VARIANTS_HEAD } from './variants.js'
import { wholeJourney } from './walk.js'

/** Ours by the floor's. Below 1 is better, but for `journeysPerSecondAt20`. */
export interface Ratios {
  readonly otpSubmitP50: number
  readonly otpSubmitP95: number
  readonly journeysPerSecondAt20: number
  readonly events: number
  readonly memoryPerCachedJourney: number
}

export interface Voice {
  /** The figures. */
  say(line: string): void
  /** What is being done. */
  note(line: string): void
}

const WARM_UP = 10
/** Twice as many, with their limits, are fewer than a worker keeps. */
const MEMORY_JOURNEYS = 200

export async function runBench({ quick, postgres, waiting }: BenchArguments, voice: Voice): Promise<Ratios> {
  const ratios = await onStack(postgres, voice, (stack) => measure(stack, quick, voice))
  if (quick) return ratios
  if (!postgres) show(voice, 'What each feature costs', VARIANTS_HEAD, await variantRows(60, voice.note))
  if (!postgres) show(voice, 'Many journeys that wait', PARKED_HEAD, await parkedRows(waiting, voice.note))
  show(voice, 'Encryption, per message', CRYPTO_HEAD, await cryptoRows())
  return ratios
}

export async function runSettings(voice: Voice): Promise<void> {
  voice.say(machineText())
  show(voice, 'What each setting brings', SETTINGS_HEAD, await settingRows(voice.note))
}

/** Runs on a stack that is stopped afterwards, with the server that was asked for. */
async function onStack<T>(postgres: boolean, { note }: Voice, work: (stack: BenchStack) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-server-'))
  // PostgreSQL may be run by another user, which must reach its own folder in this one.
  await chmod(folder, 0o711)
  const server = postgres ? await startPostgresServer(folder, note) : undefined
  try {
    const stack = await startBenchStack({ report: note, ...(server && { server }) })
    try {
      return await work(stack)
    } finally {
      await stack.stop()
    }
  } finally {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function show({ say }: Voice, title: string, head: readonly string[], rows: string[][]): void {
  for (const line of ['', title, ...table(head, rows)]) say(line)
}

async function measure(stack: BenchStack, quick: boolean, voice: Voice): Promise<Ratios> {
  const { say, note } = voice
  say(machineText())
  note('Warming up …')
  for (let count = 0; count < WARM_UP; count += 1)
    for (const contender of [stack.direct, stack.floor, stack.ours]) await wholeJourney(contender, stack.sandbox)

  note('Memory per cached journey …')
  const memory = await measureMemory(stack, MEMORY_JOURNEYS)
  show(voice, 'Memory', MEMORY_HEAD, memoryRows(memory))

  const histories = await measureHistories(stack)
  show(voice, 'History', HISTORY_HEAD, historyRows(histories))

  note('Latency, Eko answers at once …')
  const latencies = await measureLatency(stack, quick ? 60 : 200)
  show(voice, 'Time of each step; Eko answers at once', LATENCY_HEAD, latencyRows(latencies))
  note('Latency, Eko takes 300 ms …')
  await stack.delayEko(300)
  const delayed = await measureLatency(stack, quick ? 8 : 20)
  await stack.delayEko(0)
  show(voice, 'Time of each step; Eko takes 300 ms', LATENCY_HEAD, latencyRows(delayed))

  note('Signals …')
  const signals = await measureSignals(stack, quick ? 20 : 100)
  show(
    voice,
    'From a signal with a code to its outcome in a query; Eko answers at once',
    ['ms', 'p50', 'p95'],
    (['floor', 'ours'] as const).map((name) => [name, short(median(signals[name])), short(p95(signals[name]))]),
  )

  const rows: string[][] = []
  let at20 = 0
  for (const atOnce of quick ? [20] : [1, 20, 100]) {
    note(`Journeys, ${atOnce} at once …`)
    const throughputs = await measureThroughput(stack, atOnce, atOnce === 1 ? 60 : quick ? 200 : 400)
    if (atOnce === 20) at20 = throughputs.ours.journeysPerSecond / throughputs.floor.journeysPerSecond
    rows.push(...throughputRows(atOnce, throughputs))
  }
  show(voice, 'Whole journeys a second, and what each of them costs', THROUGHPUT_HEAD, rows)

  if (!quick) {
    note('Kinds of journeys …')
    show(voice, 'History of each kind', KINDS_HEAD, await kindRows(stack))
    note('Replay, sizes and starts …')
    show(voice, 'The longest history', REPLAY_HEAD, await replayRows(stack))
    show(voice, 'Sizes', SIZES_HEAD, await sizeRows(stack))
  }

  const otp = otpRatios(latencies)
  return {
    otpSubmitP50: rounded(otp.p50),
    otpSubmitP95: rounded(otp.p95),
    journeysPerSecondAt20: rounded(at20),
    events: rounded(histories.ours.events / histories.floor.events),
    memoryPerCachedJourney: rounded(memory.ours / memory.floor),
  }
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
