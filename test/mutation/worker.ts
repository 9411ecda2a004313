import { setPriority } from 'node:os'
import { resolve } from 'node:path'
import { compile, type Replacements, ROOT } from './modules.js'
import type { Order, Verdict } from './protocol.js'
import { runTestFile } from './run-tests.js'
import { applyFlip, type Flip } from './source.js'
import { allFlips, textOf } from './tables.js'

/** What a flip leaves that is no program any more; the tests would notice it, and prove nothing. */
const NO_PROGRAM = /is not defined$|Identifier '.*' has already been declared|^Unexpected /

const flips = new Map(allFlips().map((flip) => [flip.id, flip]))

function replacementsFor(flip: Flip | null): Replacements {
  if (flip === null) return new Map()
  const flipped = applyFlip(textOf(flip.file), flip)
  compile(flipped, flip.file)
  return new Map([[resolve(ROOT, flip.file), flipped]])
}

/** Runs the tests until one fails. */
async function judge({ flip: id, tests }: Order): Promise<Verdict> {
  const flip = id === null ? null : (flips.get(id) ?? null)
  if (id !== null && flip === null) throw new Error(`No flip is called ${id}.`)
  const replacements = replacementsFor(flip)
  let ran = 0
  for (const test of tests) {
    const result = await runTestFile(test, replacements)
    ran += result.ran
    if (result.failure === null) continue
    const { test: name, message } = result.failure
    const fate = NO_PROGRAM.test(message) ? 'BROKEN' : 'KILLED'
    return { fate, by: `${test}: ${name}`, message: message.slice(0, 2_000), tests: ran }
  }
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
