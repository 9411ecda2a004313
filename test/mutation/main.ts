import { HELP, partOf, readWishes, type Wishes } from './arguments.js'
import { EQUIVALENTS } from './equivalents.js'
import { type Bench, openBench } from './pool.js'
import { equivalentOf, exitCodeOf, reportLines, summarise, type Tried } from './report.js'
import { ruleExitCode, ruleLines, type TriedRule } from './rule.js'
import { RULES } from './rules.js'
import type { Flip } from './source.js'
import { allFlips, tableFiles } from './tables.js'
import { tryRules } from './try-rules.js'

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

function asJson(tried: readonly Tried[], rules: readonly TriedRule[], seconds: number): string {
  const { killed, counted, equivalent, survivors, mistakes } = summarise(tried)
  const named = (one: Tried): object => ({ id: one.flip.id, line: one.flip.line, reason: one.equivalent?.reason })
  return JSON.stringify({
    ...{ killed, counted, seconds, mistakes, survivors: survivors.map(named), equivalent: equivalent.map(named) },
    flips: tried.map(({ flip, verdict }) => ({ id: flip.id, fate: verdict.fate, by: verdict.by })),
    rules: rules.map(({ rule, fate }) => ({ rule: rule.rule, test: rule.test, fate })),
  })
}

async function run(wishes: Wishes): Promise<number> {
  const { only } = wishes
  const isWanted = (name: string): boolean => only === null || name.includes(only)
  const every = allFlips()
  const flips = wishes.rules
    ? []
    : partOf(
        every.filter(({ id }) => isWanted(id)),
        wishes.shard,
      )
  const rules = partOf(
    RULES.filter(({ rule }) => isWanted(rule)),
    wishes.shard,
  )
  if (wishes.list) {
    for (const name of [...flips.map(({ id }) => id), ...rules.map(({ rule }) => rule)]) {
      process.stdout.write(`${name}\n`)
    }
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
    say(`${flips.length} flips, ${rules.length} rules, ${wishes.workers} at a time.`)
    const tried = await tryAll(benches, flips)
    const triedRules = await tryRules(benches, rules)
    const unused = EQUIVALENTS.filter(({ id }) => !every.some((flip) => flip.id === id))
    const report = summarise(tried, unused)
    const lines = [
      ...(rules.length > 0 ? [...ruleLines(triedRules), ''] : []),
      ...(flips.length > 0 ? reportLines(report) : []),
    ]
    const text = wishes.json ? asJson(tried, triedRules, secondsSince(began)) : lines.join('\n')
    process.stdout.write(`${text}\n`)
    return Math.max(exitCodeOf(report), ruleExitCode(triedRules))
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
