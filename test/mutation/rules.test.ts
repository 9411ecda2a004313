import { afterAll, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { compile, ROOT } from './modules.js'
import { openBench } from './pool.js'
import { type Rule, ruleExitCode, ruleLines, switchOff, type TriedRule } from './rule.js'
import { RULES } from './rules.js'
import { patternOf } from './run-tests.js'
import { textOf } from './tables.js'
import { tryRules } from './try-rules.js'

const [first] = RULES
if (!first) throw new Error('There are no rules.')

describe('The rules of the failure policy', () => {
  it('have a sentence each', () => {
    for (const { rule } of RULES) expect(rule).toMatch(/^[A-Z0-9`].{20,120}\.$/)
    expect(new Set(RULES.map(({ rule }) => rule)).size).toBe(RULES.length)
  })

  it.each(RULES)('can be switched off: $rule', (rule) => {
    const source = textOf(rule.file)
    const off = compile(switchOff(rule, source), rule.file)
    expect(off).not.toBe(compile(source, rule.file))
  })

  it.each(RULES)('have a test: $rule', ({ test: { file, name } }) => {
    const text = readFileSync(resolve(ROOT, file), 'utf8')
    for (const title of name) {
      expect(["'", '"', '`'].filter((quote) => text.includes(quote + title + quote))).toHaveLength(1)
    }
  })

  it('are not there any more where their text is missing, or is there twice', () => {
    const rule: Rule = { ...first, find: 'a', replace: 'c' }
    expect(switchOff(rule, 'a b')).toBe('c b')
    expect(() => switchOff(rule, 'b')).toThrow('0 times')
    expect(() => switchOff(rule, 'a b a')).toThrow('2 times')
  })
})

describe('A test alone', () => {
  it('is named by its titles, where a placeholder stands for anything', () => {
    expect(patternOf(['$name', 'takes %s (twice)'])).toBe('^.* takes .* \\(twice\\)$')
    expect('digikhata getSender takes it (twice)').toMatch(new RegExp(patternOf(['$name', 'takes %s (twice)'])))
  })
})

describe('The report of the rules', () => {
  const tried = (fate: TriedRule['fate']): TriedRule => ({ rule: first, fate, message: 'why' })

  it('says of each whether it was caught', () => {
    const lines = ruleLines([tried('KILLED'), tried('NEVER_ENDED'), tried('SURVIVED'), tried('BROKEN')])
    expect(lines.map((line) => line.split('\n').at(-1)?.trim())).toEqual([
      ...['caught', 'caught', 'NOT CAUGHT', 'NOT TRIED: why'],
      '2 of 4 rules are kept by their test',
    ])
  })

  it('fails where one is not kept, or could not be tried', () => {
    expect(ruleExitCode([tried('KILLED'), tried('NEVER_ENDED')])).toBe(0)
    expect(ruleExitCode([tried('KILLED'), tried('SURVIVED')])).toBe(1)
    expect(ruleExitCode([tried('SURVIVED'), tried('BROKEN')])).toBe(2)
  })
})

describe('A real run of rules', () => {
  const bench = openBench(60_000)
  afterAll(() => bench.close())
  const known = RULES.filter(({ test }) => test.file === 'test/limits/ledger.test.ts')

  it('sees that their tests fail without them', async () => {
    expect((await tryRules([bench], known)).map(({ fate }) => fate)).toEqual(known.map(() => 'KILLED'))
  })

  it('has a rule whose test fails or is missing for one that could not be tried', async () => {
    const missing = { ...first, test: { ...first.test, name: ['no such test'] } }
    expect(await tryRules([bench], [missing])).toMatchObject([
      { fate: 'BROKEN', message: expect.stringContaining('has no test called ^no such test$') },
    ])
  })

  it('does not take the failure of another test for the rule’s own', async () => {
    const [rule] = known
    if (!rule) throw new Error('No rule is kept by the ledger’s tests.')
    const name = ['a limit', 'counts kinds of places apart']
    expect(await tryRules([bench], [{ ...rule, test: { ...rule.test, name } }])).toMatchObject([{ fate: 'SURVIVED' }])
  })
})
