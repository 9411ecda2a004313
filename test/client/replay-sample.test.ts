import { describe, expect, it } from '@jest/globals'
import { sampled } from '../../worker/replay-sample.js'

/** So many runs of a type, the newest first. */
function runs(type: string, count: number, isOpen = true) {
  return Array.from({ length: count }, (_, age) => ({ type, age, isOpen }))
}

function ages(sample: readonly { readonly type: string; readonly age: number }[], type: string): number[] {
  return sample.filter((run) => run.type === type).map(({ age }) => age)
}

describe('a sample of runs', () => {
  it('is all of them where there are no more than the limit', () => {
    const all = [...runs('journey', 3), ...runs('limit', 2)]
    expect(sampled(all, 5)).toEqual(all)
    expect(sampled(all, Infinity)).toEqual(all)
    expect(sampled([], 5)).toEqual([])
  })

  it('holds the newest and the oldest, and even steps between them', () => {
    expect(ages(sampled(runs('journey', 9), 5), 'journey')).toEqual([0, 2, 4, 6, 8])
    expect(ages(sampled(runs('journey', 1_000), 2), 'journey')).toEqual([0, 999])
    expect(ages(sampled(runs('journey', 1_000), 1), 'journey')).toEqual([0])
  })

  it('holds as many of each type, and what a rare one leaves of its share goes to the others', () => {
    const all = [...runs('limit', 10_000), ...runs('journey', 500), ...runs('incident', 2)]
    const sample = sampled(all, 200)
    expect(['limit', 'journey', 'incident'].map((type) => ages(sample, type).length)).toEqual([99, 99, 2])
  })

  it('holds open ones before ended ones', () => {
    const all = [...runs('journey', 3), ...runs('journey', 50, false)]
    expect(sampled(all, 3)).toEqual(all.slice(0, 3))
    expect(sampled(all, 5).map(({ isOpen }) => isOpen)).toEqual([true, true, true, false, false])
  })

  it.each([1, 2, 3, 7, 52, 53, 54])('has no run twice, and is as large as the limit of %i allows', (limit) => {
    const all = [...runs('a', 20), ...runs('b', 3), ...runs('a', 30, false)]
    const sample = sampled(all, limit)
    expect(new Set(sample).size).toBe(sample.length)
    expect(sample).toHaveLength(Math.min(limit, all.length))
  })
})
