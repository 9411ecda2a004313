import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { benchArguments } from '../../bench/arguments.js'
import { median, p95, quantile, short, table } from '../../bench/figures.js'
import { otpRatios } from '../../bench/latency.js'
import { STEPS } from '../../bench/contender.js'

describe('the bench’s figures', () => {
  it('are values that were measured: the median, and the one that nineteen of twenty do not exceed', () => {
    const twenty = Array.from({ length: 20 }, (_, index) => 20 - index)
    expect([median(twenty), p95(twenty), quantile(twenty, 1)]).toEqual([10, 19, 20])
    expect([median([3]), p95([3])]).toEqual([3, 3])
    expect(() => median([])).toThrow('Nothing was measured.')
  })

  it('compare what each adds to the calls of Eko, not the whole', () => {
    const all = (ms: number): Map<(typeof STEPS)[number], number[]> => new Map(STEPS.map((step) => [step, [ms]]))
    expect(otpRatios({ direct: all(300), floor: all(320), ours: all(330) })).toEqual({ p50: 1.5, p95: 1.5 })
  })

  it('show three digits, in columns that line up', () => {
    expect([0, 1234.5, 0.123456, 12.345].map(short)).toEqual(['0', '1230', '0.123', '12.3'])
    expect(table(['a', 'b'], [['long name', '1']])).toEqual(['a           b', '─────────────', 'long name   1'])
  })
})

describe('the bench’s arguments', () => {
  it('are refused by name where they are not known', () => {
    expect(benchArguments(['--quick', '--json'])).toMatchObject({ quick: true, json: true, help: false })
    for (const wrong of ['0', '1.5', 'many'])
      expect(() => benchArguments(['--waiting', wrong])).toThrow('--waiting must be a whole number above 0.')
    expect(() => benchArguments(['--fast'])).toThrow('--fast')
    expect(() => benchArguments(['--settings', '--quick'])).toThrow('--settings goes without other arguments.')
  })

  it.each(['docs/performance.md', 'CONTRIBUTING.md'])('are those that %s shows', (page) => {
    const text = readFileSync(page, 'utf8')
    const shown = [...text.matchAll(/(?:npm run (?:-s )?bench -- |`(?:-- )?)(--[a-z][^`#|;\n]*)/g)]
    expect(shown.length).toBeGreaterThan(0)
    for (const [, args = ''] of shown) expect(() => benchArguments(args.trim().split(' '))).not.toThrow()
  })
})
