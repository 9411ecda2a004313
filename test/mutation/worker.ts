import { setPriority } from 'node:os'
import { resolve } from 'node:path'
import { compile, type Replacements, ROOT } from './modules.js'
import type { Order, Verdict } from './protocol.js'
import { type Rule, switchOff } from './rule.js'
import { RULES } from './rules.js'
import { runTestFile } from './run-tests.js'
import { applyFlip, type Flip } from './source.js'
import { allFlips, textOf } from './tables.js'

/** What a flip leaves that is no program any more; the tests would notice it, and prove nothing. */
const NO_PROGRAM = /is not defined$|Identifier '.*' has already been declared|^Unexpected /

const flips = new Map(allFlips().map((flip) => [flip.id, flip]))

function replacementsFor(change: Flip | Rule | null): Replacements {
  if (change === null) return new Map()
  const text = textOf(change.file)
  const changed = 'rule' in change ? switchOff(change, text) : applyFlip(text, change)
  compile(changed, change.file)
  return new Map([[resolve(ROOT, change.file), changed]])
}

/** Runs the tests until one fails. */
async function judge({ flip: id, tests, only }: Order): Promise<Verdict> {
  const change = id === null ? null : (flips.get(id) ?? RULES.find(({ rule }) => rule === id) ?? null)
  if (id !== null && change === null) throw new Error(`No flip and no rule is called ${id}.`)
  const replacements = replacementsFor(change)
  let ran = 0
  for (const test of tests) {
    const result = await runTestFile(test, replacements, only)
    ran += result.ran
    if (result.failure === null) continue
    const { test: name, message } = result.failure
    const fate = NO_PROGRAM.test(message) ? 'BROKEN' : 'KILLED'
    return { fate, by: `${test}: ${name}`, message: message.slice(0, 2_000), tests: ran }
  }
  if (ran === 0) throw new Error(`${tests.join(', ')} has no test called ${only ?? 'anything'}.`)
  return { fate: 'SURVIVED', by: null, message: null, tests: ran }
}

setPriority(10)
process.on('message', (order: Order) => {
  judge(order).then(
    (verdict) => process.send?.(verdict),
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      process.send?.({ fate: 'BROKEN', by: null, message, tests: 0 } satisfies Verdict)
    },
  )
})
process.on('disconnect', () => process.exit(0))
