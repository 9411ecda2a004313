import { describe, expect, it } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTimestamps, MAX_AHEAD_MS } from '../../activities/eko/timestamps.js'

/** A clock that moves only while somebody waits. */
function standingClock(start: number) {
  let time = start
  return {
    now: () => time,
    set: (value: number) => (time = value),
    sleep: (ms: number) => {
      time += ms
      return Promise.resolve()
    },
  }
}

describe('Timestamps', () => {
  it('100,000 asked for at once are unique, increasing and at most 30 s from the clock', async () => {
    const clock = standingClock(1_700_000_000_000)
    const timestamps = createTimestamps(clock)
    let last = 0
    let furthest = 0
    for (let count = 0; count < 100_000; count += 1) {
      const next = await timestamps.next('key')
      if (next <= last) throw new Error('not increasing')
      last = next
      furthest = Math.max(furthest, Math.abs(next - clock.now()))
    }
    expect(furthest).toBeLessThanOrEqual(MAX_AHEAD_MS)
  })

  it('more than fit ahead of the real clock wait for it', async () => {
    const timestamps = createTimestamps({ now: () => Date.now(), sleep: (ms) => sleep(ms) })
    let last = 0
    for (let count = 0; count < MAX_AHEAD_MS + 500; count += 1) {
      const next = await timestamps.next('key')
      if (next <= last) throw new Error('not increasing')
      if (Math.abs(next - Date.now()) > MAX_AHEAD_MS) throw new Error('too far ahead')
      last = next
    }
    expect(last).toBeGreaterThan(0)
  })

  it('askers at the same moment get different ones, in the order of asking', async () => {
    const clock = standingClock(5_000)
    const timestamps = createTimestamps(clock)
    const all = await Promise.all(Array.from({ length: 50 }, () => timestamps.next('key')))
    expect(all).toEqual(Array.from({ length: 50 }, (_, index) => 5_000 + index))
  })

  it('each developer key has its own', async () => {
    const timestamps = createTimestamps(standingClock(5_000))
    expect([await timestamps.next('one'), await timestamps.next('two')]).toEqual([5_000, 5_000])
  })

  it('keep increasing over a small step back of the clock', async () => {
    const clock = standingClock(100_000)
    const timestamps = createTimestamps(clock)
    await timestamps.next('key')
    clock.set(99_000)
    expect(await timestamps.next('key')).toBe(100_001)
  })

  it('follow a clock that is corrected backwards by minutes', async () => {
    const clock = standingClock(1_000_000)
    const timestamps = createTimestamps(clock)
    await timestamps.next('key')
    clock.set(820_000)
    expect(await timestamps.next('key')).toBe(820_000)
  })
})
