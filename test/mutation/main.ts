import { HELP, partOf, readWishes, type Wishes } from './arguments.js'
import { EQUIVALENTS } from './equivalents.js'
import { type Bench, openBench } from './pool.js'
import { equivalentOf, exitCodeOf, reportLines, summarise, type Tried } from './report.js'
import type { Flip } from './source.js'
import { allFlips, tableFiles } from './tables.js'

/** The slowest test file takes 25 s alone, and two workers may share the machine with others. */
const TIMEOUT_MS = 240_000

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Tests by the file of the table that they are about. */
const TESTS = new Map(tableFiles().map(({ file, tests }) => [file, tests]))

/** The tests must pass as they are; else a failure would say nothing about a flip. */
async function checkTests(bench: Bench, flips: readonly Flip[]): Promise<string[]> {
  const files = [...new Set(flips.flatMap(({ file }) => TESTS.get(file) ?? []))]
  const failing: string[] = []
  for (const file of files) {
    const { fate, by, message } = await bench.judge({ flip: null, tests: [file] })
    if (fate !== 'SURVIVED') failing.push(`${by ?? file}: ${message?.split('\n')[0] ?? ''}`)
  }
  return failing
}

async function tryAll(benches: readonly Bench[], flips: readonly Flip[]): Promise<Tried[]> {
  const tried: Tried[] = []
  const waiting = [...flips]
  const began = performance.now()
  await Promise.all(
    benches.map(async (bench) => {
      for (let flip = waiting.shift(); flip; flip = waiting.shift()) {
        const verdict = await bench.judge({ flip: flip.id, tests: TESTS.get(flip.file) ?? [] })
        const equivalent = equivalentOf(flip, EQUIVALENTS)
        tried.push({ flip, verdict, equivalent })
        if (verdict.fate === 'BROKEN' || (verdict.fate === 'SURVIVED' && !equivalent))
          say(`${verdict.fate}: ${flip.id}`)
        if (tried.length % 50 === 0) say(`${tried.length} of ${flips.length}, ${secondsSince(began)} s`)
      }
    }),
  )
  return tried
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 1000)
}

function asJson(tried: readonly Tried[], seconds: number): string {
  const { killed, counted, equivalent, survivors, mistakes } = summarise(tried)
  const named = (one: Tried): object => ({ id: one.flip.id, line: one.flip.line, reason: one.equivalent?.reason })
  return JSON.stringify({
    ...{ killed, counted, seconds, mistakes, survivors: survivors.map(named), equivalent: equivalent.map(named) },
    flips: tried.map(({ flip, verdict }) => ({ id: flip.id, fate: verdict.fate, by: verdict.by })),
  })
}

async function run(wishes: Wishes): Promise<number> {
  const every = allFlips()
  const { only } = wishes
  const flips = partOf(
    every.filter(({ id }) => only === null || id.includes(only)),
    wishes.shard,
  )
  if (wishes.list) {
    for (const { id } of flips) process.stdout.write(`${id}\n`)
    return 0
  }
  const began = performance.now()
  const benches = Array.from({ length: wishes.workers }, () => openBench(TIMEOUT_MS))
  try {
    const [first] = benches
    const failing = first ? await checkTests(first, flips) : []
    if (failing.length > 0) {
      say(`Tests fail without any flip; mend them first:\n  ${failing.join('\n  ')}`)
      return 2
    }
    say(`The tests pass as they are. ${flips.length} flips, ${wishes.workers} at a time.`)
    const tried = await tryAll(benches, flips)
    const unused = EQUIVALENTS.filter(({ id }) => !every.some((flip) => flip.id === id))
    const report = summarise(tried, unused)
    const text = wishes.json ? asJson(tried, secondsSince(began)) : reportLines(report).join('\n')
    process.stdout.write(`${text}\n`)
    return exitCodeOf(report)
  } finally {
    for (const bench of benches) bench.close()
  }
}

let wishes: Wishes | null = null
try {
  wishes = readWishes(process.argv.slice(2))
} catch (error) {
  say(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
  process.exitCode = 2
}
if (wishes?.help) process.stdout.write(HELP)
else if (wishes) process.exitCode = await run(wishes)
