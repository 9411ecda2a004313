import { describe, expect, it } from '@jest/globals'
import { createServerClock, MAX_OFFSET_MS } from '../../activities/eko/server-clock.js'

const NOW = Date.parse('2026-03-01T10:00:00.250Z')
const httpDate = (ms: number): string => new Date(ms).toUTCString()

function clockWith(date: string | undefined, at = NOW, sentAt = at - 40, age?: string) {
  const clock = createServerClock(() => at)
  clock.learn('key', { date, age, sentAt, receivedAt: at })
  return clock
}

describe("The server's clock", () => {
  it.each([180_000, -180_000, 5_000, -5_000])('an offset of %i ms is learned to the second', (offset) => {
    expect(Math.abs(clockWith(httpDate(NOW + offset)).offsetMs('key') - offset)).toBeLessThanOrEqual(1_000)
  })

  it.each([0, 400, -400])('an offset of %i ms is ignored', (offset) => {
    expect(clockWith(httpDate(NOW + offset)).offsetMs('key')).toBe(0)
  })

  it('heals once the local clock is right again', () => {
    const clock = clockWith(httpDate(NOW + 180_000))
    const changed = clock.learn('key', { date: httpDate(NOW), age: undefined, sentAt: NOW - 40, receivedAt: NOW })
    expect([changed, clock.offsetMs('key')]).toEqual([true, 0])
  })

  it('a slow answer does not move an offset that fits it', () => {
    const clock = clockWith(httpDate(NOW + 180_000))
    const before = clock.offsetMs('key')
    // Dated at its beginning, received 20 s later.
    const reading = { date: httpDate(NOW + 181_000), age: undefined, sentAt: NOW, receivedAt: NOW + 20_000 }
    expect([clock.learn('key', reading), clock.offsetMs('key')]).toEqual([false, before])
  })

  it.each([
    ['no Date header', undefined, undefined],
    ['a Date header that is no date', 'yesterday', undefined],
    ['a Date header more than a day off', httpDate(NOW + MAX_OFFSET_MS + 5_000), undefined],
    ['an answer out of a cache', httpDate(NOW - 600_000), '600'],
  ])('%s teaches nothing', (_, date, age) => {
    expect(clockWith(date, NOW, NOW - 40, age).offsetMs('key')).toBe(0)
  })

  it('a local clock that was set back during the call teaches nothing', () => {
    expect(clockWith(httpDate(NOW + 180_000), NOW, NOW + 1).offsetMs('key')).toBe(0)
  })

  it('belongs to one developer key', () => {
    expect(clockWith(httpDate(NOW + 180_000)).offsetMs('another')).toBe(0)
  })

  it('corrects the time', () => {
    const clock = clockWith(httpDate(NOW + 180_000))
    expect(clock.now('key')).toBe(NOW + clock.offsetMs('key'))
  })
})
