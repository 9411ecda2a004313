import { afterAll, describe, expect, it } from '@jest/globals'
import { DEFAULT_POLICY, DEFAULT_RANGES } from '../../workflows/policy.js'
import { MESSAGES, OPEN_STATES } from '../../workflows/messages.js'
import { TRANSITIONS } from '../../workflows/transitions.js'
import { allTables, tableName } from '../eko/helpers.js'
import { partOf, readWishes } from './arguments.js'
import { EQUIVALENTS } from './equivalents.js'
import { compile } from './modules.js'
import { otherPatterns } from './patterns.js'
import { openBench } from './pool.js'
import type { Verdict } from './protocol.js'
import { exitCodeOf, reportLines, summarise, type Tried } from './report.js'
import { applyFlip, type Flip } from './source.js'
import { allFlips, tableFiles, textOf } from './tables.js'

const flips = allFlips()
const about = (...words: readonly string[]): readonly Flip[] =>
  flips.filter(({ id }) => words.every((word) => id.includes(word)))

describe('The flips', () => {
  it('have a name each', () => {
    expect(flips.length).toBeGreaterThan(1_000)
    expect(new Set(flips.map(({ id }) => id)).size).toBe(flips.length)
  })

  it.each(tableFiles().map(({ file }) => file))('of %s each change its text into another program', (file) => {
    const text = textOf(file)
    const own = flips.filter((flip) => flip.file === file)
    expect(own.length).toBeGreaterThan(10)
    const programs = own.map((flip) => compile(applyFlip(text, flip), file))
    const original = compile(text, file)
    expect(own.filter((_, index) => programs[index] === original).map(({ id }) => id)).toEqual([])
  })

  it('know every row of every operation', () => {
    const entries = new Set(flips.map(({ entry }) => entry.split(' › ').at(-1)))
    for (const table of allTables()) {
      for (const { title } of table.rows) expect([tableName(table), title, entries.has(title)]).toContain(true)
    }
  })

  it('know what every operation says of itself', () => {
    for (const { rail, operation, parameters } of allTables()) {
      const entry = ` › ${rail} ${operation} › `
      for (const word of ['method', 'path', 'onUnknown', 'dependency', 'repeatable', 'sends']) {
        expect([
          entry,
          word,
          about(entry, ` › ${word} `).length + about(entry, `without ${word}`).length,
        ]).not.toContain(0)
      }
      for (const { name } of parameters) expect([name, about(`parameter ${name} › name`).length]).not.toContain(0)
    }
  })

  it('know every answer and state of every transition', () => {
    const expected = TRANSITIONS.flatMap(({ answers, to }) => [...answers, ...to]).length
    const removed = flips.filter(
      ({ file, change }) => file === 'workflows/transitions.ts' && /^(answers|to) without/.test(change),
    )
    // And the one state of what happens where no row fits.
    expect(removed.length).toBe(expected + 1)
  })

  it('know every state of every message, and every number of the policy at both its ends', () => {
    for (const name of Object.keys(MESSAGES)) {
      const legal = about('workflows/message-table.ts', ` › ${name} › `).filter(({ change }) =>
        /legal in /.test(change),
      )
      expect([name, legal.length]).toEqual([name, OPEN_STATES.length])
    }
    for (const name of Object.keys(DEFAULT_POLICY))
      expect([name, about('DEFAULT_POLICY', ` ${name} `).length]).not.toContain(0)
    for (const name of Object.keys(DEFAULT_RANGES)) {
      for (const table of ['DEFAULT_RANGES', 'OUTER_LIMITS', 'SANDBOX_LIMITS']) {
        expect([table, name, about(table, ` ${name} `).length]).toEqual([table, name, 4])
      }
    }
  })

  it('that are listed as without effect are flips, with a reason each', () => {
    for (const { id, reason } of EQUIVALENTS) {
      expect([id, flips.some((flip) => flip.id === id)]).toEqual([id, true])
      expect(reason.length).toBeGreaterThan(20)
    }
  })
})

describe('A pattern', () => {
  const texts = (written: string): string[] => otherPatterns(written).map(({ text }) => text)

  it('loses each alternative, each end and each flag', () => {
    expect(texts('/^(?:a|b\\|c|[|)]d)$/i')).toEqual([
      '/(?!)/',
      '/^(?:b\\|c|[|)]d)$/i',
      '/^(?:a|[|)]d)$/i',
      '/^(?:a|b\\|c)$/i',
      '/^(?:a|b\\|c|[|)]d)$/',
      '/(?:a|b\\|c|[|)]d)$/i',
      '/^(?:a|b\\|c|[|)]d)/i',
    ])
    expect(texts('/a|b/')).toEqual(['/(?!)/', '/b/', '/a/'])
  })
})

describe('The arguments', () => {
  it('divide the flips into parts that hold each of them once', () => {
    const parts = [1, 2, 3].map((part) => partOf(flips, readWishes(['--shard', `${part}/3`]).shard))
    expect(
      parts
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(flips.map(({ id }) => id).sort())
  })

  it.each([['--shard', '4/3'], ['--shard', 'x'], ['--workers', '0'], ['--unknown'], ['word']])(
    'are refused where they mean nothing: %s %s',
    (...args) => {
      expect(() => readWishes(args.filter((one) => one !== undefined))).toThrow()
    },
  )
})

describe('The report', () => {
  const [first, second, third] = flips
  if (!first || !second || !third) throw new Error('There are no flips.')
  const verdict = (fate: Verdict['fate']): Verdict => ({ fate, by: null, message: null, tests: 1 })
  const equivalent = { id: third.id, reason: 'It is the same.' }
  const killed: Tried = { flip: first, verdict: verdict('KILLED'), equivalent: null }
  const survivor: Tried = { flip: second, verdict: verdict('SURVIVED'), equivalent: null }
  const same: Tried = { flip: third, verdict: verdict('SURVIVED'), equivalent }

  it('counts what could be noticed, and names what was not', () => {
    const report = summarise([killed, survivor, same])
    expect([report.killed, report.counted, exitCodeOf(report)]).toEqual([1, 2, 1])
    const lines = reportLines(report)
    expect(lines.at(-1)).toBe('1 of 2 flips made a test fail')
    expect(lines.join('\n')).toContain(`${second.file}:${second.line} ${second.entry}: ${second.change}`)
    expect(lines.join('\n')).toContain('It is the same.')
    expect(exitCodeOf(summarise([killed, same]))).toBe(0)
  })

  it('has a flip that could not be tried, and a wrong or unused equivalent, for a mistake', () => {
    const mistaken = [
      summarise([{ ...killed, verdict: verdict('BROKEN') }]),
      summarise([{ ...killed, equivalent }]),
      summarise([killed], [equivalent]),
    ]
    expect(mistaken.map((report) => [report.mistakes.length, exitCodeOf(report)])).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ])
  })
})

describe('A real run of tests', () => {
  const bench = openBench(60_000)
  afterAll(() => bench.close())
  const tests = ['test/tenants/policy-facts.test.ts']

  it('passes without a flip, names the test that notices one, and passes again', async () => {
    const [flip] = about('DEFAULT_POLICY', 'triesPerCode 3 → 4')
    expect(await bench.judge({ flip: null, tests })).toMatchObject({ fate: 'SURVIVED', by: null })
    const noticed = await bench.judge({ flip: flip?.id ?? '', tests })
    expect(noticed.fate).toBe('KILLED')
    expect(noticed.by).toContain('triesPerCode')
    expect(await bench.judge({ flip: null, tests })).toMatchObject({ fate: 'SURVIVED' })
  })

  it('does not notice a flip of something else', async () => {
    const [flip] = about('workflows/transitions.ts', 'to without')
    expect(await bench.judge({ flip: flip?.id ?? '', tests })).toMatchObject({ fate: 'SURVIVED' })
  })

  it('says so where there is no such flip', async () => {
    expect(await bench.judge({ flip: 'no such flip', tests })).toMatchObject({ fate: 'BROKEN' })
  })
})
