import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createPace, createRate } from '../../activities/gate/rate.js'
import { createCaps } from '../../activities/gate/caps.js'

/** Most of the times that lie in any one second. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((start) => times.filter((at) => at >= start && at < start + 1_000).length))
}

describe.each([
  ['a rate', createRate],
  ['a paced rate', createPace],
])('%s', (_, create) => {
  it('is exceeded in no second, however callers come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(400), { maxLength: 200 }), (perSecond, gaps) => {
        const rate = create(perSecond)
        const gone: number[] = []
        let now = 0
        for (const gap of gaps) {
          now += gap
          if (!rate.hasRoom(now)) continue
          rate.take(now)
          gone.push(now)
        }
        expect(mostInASecond(gone)).toBeLessThanOrEqual(perSecond)
      }),
    )
  })

  it('tells everybody who is sent away another turn, no earlier than room and no denser than the rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(50_000), fc.nat(200), (perSecond, notBefore, waiting) => {
        const rate = create(perSecond)
        const turns = Array.from({ length: waiting }, () => rate.turn(0, notBefore))
        expect(new Set(turns).size).toBe(waiting)
        expect(Math.min(Infinity, ...turns)).toBeGreaterThanOrEqual(waiting === 0 ? 0 : notBefore)
        // A turn may fall on the edge of two seconds: floating point.
        expect(mostInASecond(turns)).toBeLessThanOrEqual(perSecond + 1)
      }),
    )
  })

  it('lets whoever comes at the told turn go', () => {
    const rate = create(5)
    while (rate.hasRoom(0)) rate.take(0)
    expect(rate.hasRoom(0)).toBe(false)
    const turns = Array.from({ length: 20 }, () => rate.turn(0))
    expect(
      turns.map((turn) => {
        const may = rate.hasRoom(turn)
        rate.take(turn)
        return may
      }),
    ).toEqual(turns.map(() => true))
  })
})

it('a paced rate goes evenly, so that calls which bunch up on their way still keep to it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 50 }),
      fc.array(fc.nat(200), { minLength: 200, maxLength: 200 }),
      (rate, late) => {
        const pace = createPace(rate)
        const arrived: number[] = []
        for (let now = 0; now < 5_000; now += 1) {
          if (!pace.hasRoom(now)) continue
          pace.take(now)
          arrived.push(now + (late[arrived.length % late.length] ?? 0))
        }
        expect(mostInASecond(arrived)).toBeLessThanOrEqual(rate + 1)
      },
    ),
  )
})

describe('caps', () => {
  it('one tenant cannot use up more than its own rate, and another is not stopped by it', () => {
    const caps = createCaps(50)
    const own = { callsPerSecond: 2 }
    for (let i = 0; i < 2; i += 1) caps.enter(0, 'acme', own)
    expect(caps.admits(0, 'acme', own)).toBe(false)
    expect(caps.admits(0, 'bharat')).toBe(true)
    expect([caps.waitMs(0, 'acme', own), caps.waitMs(0, 'acme', own)]).toEqual([1_000, 1_500])
    expect(caps.admits(1_000, 'acme', own)).toBe(true)
  })

  it('all tenants together keep to the rate of the worker', () => {
    const caps = createCaps(3)
    for (const tenant of ['a', 'b', 'c']) caps.enter(0, tenant)
    expect(caps.admits(999, 'd')).toBe(false)
    expect(caps.waitMs(0, 'd')).toBe(1_000)
    expect(caps.admits(1_000, 'd')).toBe(true)
  })

  it('a tenant has no more calls in flight than it may, and room again when one ends', () => {
    const caps = createCaps(50)
    const own = { callsInFlight: 1 }
    caps.enter(0, 'acme', own)
    expect(caps.admits(5_000, 'acme', own)).toBe(false)
    expect(caps.waitMs(5_000, 'acme', own)).not.toBe(caps.waitMs(5_000, 'acme', own))
    caps.leave('acme')
    expect(caps.admits(5_000, 'acme', own)).toBe(true)
  })
})
