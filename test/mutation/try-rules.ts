import type { Bench } from './pool.js'
import type { Verdict } from './protocol.js'
import { type Rule, type TriedRule, testNameOf } from './rule.js'
import { patternOf } from './run-tests.js'

function runAlone(bench: Bench, { rule, test }: Rule, withRule: boolean): Promise<Verdict> {
  return bench.judge({ flip: withRule ? null : rule, tests: [test.file], only: patternOf(test.name) })
}

/** Runs the test of a rule as it is, and with the rule switched off: it must pass, and it must fail. */
async function tryRule(bench: Bench, rule: Rule): Promise<TriedRule> {
  const before = await runAlone(bench, rule, true)
  if (before.fate !== 'SURVIVED') {
    return { rule, fate: 'BROKEN', message: `The test fails with the rule on: ${before.message ?? testNameOf(rule)}` }
  }
  const { fate, message } = await runAlone(bench, rule, false)
  return { rule, fate, message }
}

/** Tries the rules, as many at a time as there are benches; the outcomes stand in the order of the rules. */
export async function tryRules(benches: readonly Bench[], rules: readonly Rule[]): Promise<TriedRule[]> {
  const tried = new Map<Rule, TriedRule>()
  const waiting = [...rules]
  await Promise.all(
    benches.map(async (bench) => {
      for (let rule = waiting.shift(); rule; rule = waiting.shift()) tried.set(rule, await tryRule(bench, rule))
    }),
  )
  return rules.flatMap((rule) => tried.get(rule) ?? [])
}
