import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Breaker, CALL_RESULTS, type CallResult, createBreaker, type Pass } from '../../activities/gate/breaker.js'
import { BREAKER_DEFAULTS } from './support.js'

const { openMs, releaseMs, releasePerSecond, windowMs } = BREAKER_DEFAULTS

/** A call that goes out and ends at once. */
function call(breaker: Breaker, now: number, result: CallResult, source = 's1'): void {
  breaker.result(now, breaker.pass(now), result, source)
}

/** Five failures of five journeys at once. */
function fail(breaker: Breaker, now: number): void {
  for (let i = 0; i < 5; i += 1) call(breaker, now, 'FAILURE', `s${i}`)
}

function opened(now = 0): Breaker {
  const breaker = createBreaker()
  fail(breaker, now)
  expect(breaker.phase(now)).toBe('OPEN')
  return breaker
}

/** One that has let its canary go and come back. */
function releasing(now: number): Breaker {
  const breaker = opened(now - openMs)
  call(breaker, now, 'SUCCESS')
  expect(breaker.phase(now)).toBe('RELEASING')
  return breaker
}

describe('a breaker opens', () => {
  it('by enough failures of several journeys, if they are at least half of all', () => {
    const breaker = createBreaker()
    for (let i = 0; i < 5; i += 1) call(breaker, i, 'SUCCESS')
    for (let i = 0; i < 4; i += 1) call(breaker, 10 + i, 'FAILURE', `s${i}`)
    expect(breaker.phase(20)).toBe('CLOSED')
    call(breaker, 20, 'FAILURE', 's4')
    expect(breaker.phase(20)).toBe('OPEN')
  })

  it('not by the failures of one or two journeys, however many they are', () => {
    const breaker = createBreaker()
    for (let i = 0; i < 100; i += 1) call(breaker, i, 'FAILURE', `s${i % 2}`)
    expect(breaker.phase(100)).toBe('CLOSED')
  })

  it('not by failures that are few among many successes, until they come in a row', () => {
    const breaker = createBreaker()
    for (let i = 0; i < 100; i += 1) call(breaker, i, 'SUCCESS')
    for (let i = 0; i < 9; i += 1) call(breaker, 100, 'FAILURE', `s${i}`)
    expect(breaker.phase(100)).toBe('CLOSED')
    call(breaker, 100, 'FAILURE', 's9')
    expect(breaker.phase(100)).toBe('OPEN')
  })

  it('not by failures that are spread over longer than the window', () => {
    const breaker = createBreaker()
    for (let i = 0; i < 20; i += 1) call(breaker, (i * windowMs) / 4, 'FAILURE', `s${i}`)
    expect(breaker.phase(5 * windowMs)).toBe('CLOSED')
  })

  it('and lets nothing through, telling everybody another time after its end', () => {
    const breaker = opened()
    expect(breaker.admits(openMs - 1)).toBe(false)
    const waits = Array.from({ length: 500 }, () => breaker.waitMs(0))
    expect(new Set(waits).size).toBe(500)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(openMs)
    const perSecond = 500 / ((Math.max(...waits) - openMs) / 1_000)
    expect(perSecond).toBeLessThanOrEqual(releasePerSecond * 1.01)
  })
})

describe('a half-open breaker', () => {
  it('lets one call go at a time', () => {
    const breaker = opened()
    expect(breaker.admits(openMs)).toBe(true)
    breaker.pass(openMs)
    expect(breaker.admits(openMs + 1)).toBe(false)
  })

  it('opens for twice as long where that fails, up to twelve times the first time', () => {
    const breaker = opened()
    let now = openMs
    const lengths: number[] = []
    for (let i = 0; i < 6; i += 1) {
      call(breaker, now, 'FAILURE')
      const start = now
      while (!breaker.admits(now)) now += 1_000
      lengths.push((now - start) / openMs)
    }
    expect(lengths).toEqual([2, 4, 8, 12, 12, 12])
  })

  it('tries another one where the first says nothing, or is not heard of again', () => {
    const breaker = opened()
    call(breaker, openMs, 'NEITHER')
    expect(breaker.admits(openMs)).toBe(true)
    breaker.pass(openMs)
    expect(breaker.admits(openMs + BREAKER_DEFAULTS.canaryMs - 1)).toBe(false)
    expect(breaker.admits(openMs + BREAKER_DEFAULTS.canaryMs)).toBe(true)
  })

  it('does not heed calls from before it opened', () => {
    const breaker = createBreaker()
    const old = [breaker.pass(0), breaker.pass(0)] as const
    fail(breaker, 0)
    breaker.result(openMs, old[0], 'SUCCESS', 'x')
    expect(breaker.phase(openMs)).toBe('HALF_OPEN')
    const canary = breaker.pass(openMs)
    breaker.result(openMs, old[1], 'FAILURE', 'x')
    expect(breaker.phase(openMs)).toBe('HALF_OPEN')
    breaker.result(openMs, canary, 'SUCCESS', 'y')
    expect(breaker.phase(openMs)).toBe('RELEASING')
  })
})

describe('a breaker that releases', () => {
  it('closes after a while without failure, once nobody is awaited', () => {
    const breaker = releasing(20_000)
    expect(breaker.phase(20_000 + releaseMs - 1)).toBe('RELEASING')
    expect(breaker.phase(20_000 + releaseMs)).toBe('CLOSED')
  })

  it('goes on as long as turns are told that are still to come, but not for ever', () => {
    const breaker = releasing(20_000)
    for (let i = 0; i < 50 * releasePerSecond; i += 1) breaker.waitMs(20_000)
    expect(breaker.phase(20_000 + releaseMs + 10_000)).toBe('RELEASING')
    expect(breaker.phase(20_000 + 80_000)).toBe('CLOSED')
    const endless = releasing(20_000)
    for (let at = 20_000; at < 700_000; at += 50) endless.waitMs(at)
    expect(endless.phase(20_000 + BREAKER_DEFAULTS.longestReleaseMs)).toBe('CLOSED')
  })

  it('goes on until the last turn that it told: nobody comes back to a breaker that lets all through', () => {
    const breaker = releasing(20_000)
    const waits = Array.from({ length: 4_500 }, () => breaker.waitMs(20_000))
    const last = 20_000 + Math.max(...waits)
    expect(last).toBeGreaterThan(20_000 + 500_000)
    expect(breaker.phase(last - 1_000)).toBe('RELEASING')
    expect(breaker.phase(last + releaseMs)).toBe('CLOSED')
  })

  it('opens again, for longer, where failures of two journeys are half of all', () => {
    const breaker = releasing(20_000)
    call(breaker, 20_001, 'FAILURE', 's1')
    call(breaker, 20_002, 'FAILURE', 's1')
    expect(breaker.phase(20_003)).toBe('RELEASING')
    call(breaker, 20_003, 'FAILURE', 's2')
    expect(breaker.phase(20_003)).toBe('OPEN')
    expect(breaker.admits(20_003 + 2 * openMs - 1)).toBe(false)
    expect(breaker.admits(20_003 + 2 * openMs)).toBe(true)
  })
})

describe('a pause that Eko asks for', () => {
  it('is kept to its end, and calls come back at the rate of a release', () => {
    const breaker = createBreaker()
    breaker.pause(0, 3_600_000)
    expect(breaker.admits(3_599_999)).toBe(false)
    expect(breaker.isPaused(3_599_999)).toBe(true)
    call(breaker, 3_600_000, 'SUCCESS')
    expect(breaker.phase(3_600_000)).toBe('RELEASING')
  })

  it('is not shortened by a shorter one', () => {
    const breaker = createBreaker()
    breaker.pause(0, 10_000)
    breaker.pause(1, 1_000)
    expect(breaker.admits(9_999)).toBe(false)
  })
})

type Step = { readonly gap: number; readonly result: CallResult; readonly source: number; readonly after: number }
const step: fc.Arbitrary<Step> = fc.record({
  gap: fc.nat(3_000),
  result: fc.constantFrom(...CALL_RESULTS),
  source: fc.nat(5),
  after: fc.nat(4),
})
const outage = fc.constant(
  Array.from({ length: 12 }, (_, source): Step => ({ gap: 100, result: 'FAILURE', source, after: 0 })),
)
/** Many who come at once after a while, and get through. */
const rush = fc
  .tuple(fc.nat(120_000), fc.array(fc.nat(60), { minLength: 20, maxLength: 40 }))
  .map(([pause, gaps]) => [pause, ...gaps].map((gap): Step => ({ gap, result: 'SUCCESS', source: 0, after: 0 })))
const steps = fc.array(fc.oneof({ arbitrary: step.map((one) => [one]), weight: 9 }, outage, rush), { maxLength: 200 })

it('whatever happens: one canary at a time, never above the release rate, and never shut for ever', () => {
  fc.assert(
    fc.property(steps, (groups) => {
      const breaker = createBreaker()
      let now = 0
      const flying: { pass: Pass; left: number; step: Step; at: number }[] = []
      const released: number[] = []
      for (const one of groups.flat()) {
        now += one.gap
        for (const flight of flying) flight.left -= 1
        for (const { pass, step } of flying.filter(({ left }) => left < 0)) {
          breaker.result(now, pass, step.result, `s${step.source}`)
        }
        flying.splice(0, flying.length, ...flying.filter(({ left }) => left >= 0))
        const phase = breaker.phase(now)
        if (!breaker.admits(now)) {
          expect(breaker.waitMs(now)).toBeGreaterThan(0)
          continue
        }
        expect(phase).not.toBe('OPEN')
        const pass = breaker.pass(now)
        if (pass.canary) {
          const others = flying.filter((flight) => flight.pass.canary && flight.pass.era === pass.era)
          expect(others.filter(({ at }) => at > now - BREAKER_DEFAULTS.canaryMs)).toEqual([])
        }
        if (phase === 'RELEASING') released.push(now)
        flying.push({ pass, left: one.after, step: one, at: now })
      }
      for (const start of released) {
        expect(released.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(releasePerSecond)
      }
      expect(breaker.admits(now + BREAKER_DEFAULTS.longestOpenMs + BREAKER_DEFAULTS.canaryMs)).toBe(true)
    }),
  )
})
