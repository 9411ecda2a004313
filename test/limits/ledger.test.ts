import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  type CarriedLedger,
  LimitLedger,
  type LimitRule,
  MAX_COUNT,
  MAX_PLACES,
  type ReserveAnswer,
} from '../../workflows/limit-ledger.js'
import { ledgerErrors } from '../../workflows/limit-messages.js'

const RULES: readonly LimitRule[] = [
  { count: 2, seconds: 10 },
  { count: 3, seconds: 60 },
]

/** A ledger that is used step by step. */
class Used {
  readonly ledger: LimitLedger
  constructor(
    readonly rules: readonly LimitRule[],
    carried?: CarriedLedger,
  ) {
    this.ledger = new LimitLedger(carried)
  }
  take(id: string, now: number, rules = this.rules, turn?: number): ReserveAnswer {
    const place = { id, bucket: 'SENDER', rules, ...(turn !== undefined && { turn }) } as const
    const answer = this.ledger.reserve(place, now)
    if (!answer) throw new Error('the ledger is full')
    return answer
  }
  giveBack(id: string, now: number, turn?: number): void {
    this.ledger.release({ id, bucket: 'SENDER', ...(turn !== undefined && { turn }) }, now)
  }
  held(now: number): number {
    return this.ledger.held(now).SENDER
  }
}

const ONCE: readonly LimitRule[] = [{ count: 1, seconds: 60 }]
const GRANTED = { granted: true }
const refusedUntil = (retryAt: number) => ({ granted: false, retryAt })

describe('a limit', () => {
  it('grants as many places as each rule has, and says when the next one frees', () => {
    const used = new Used(RULES)
    expect(used.take('a', 0)).toEqual(GRANTED)
    expect(used.take('b', 4_000)).toEqual(GRANTED)
    expect(used.take('c', 5_000)).toEqual(refusedUntil(10_000))
    expect(used.take('c', 9_999)).toEqual(refusedUntil(10_000))
    expect(used.take('c', 10_000)).toEqual(GRANTED)
    expect(used.take('d', 14_000)).toEqual(refusedUntil(60_000))
    expect(used.take('d', 60_000)).toEqual(GRANTED)
  })

  it('keeps a place that was taken in a later turn than the one that gives it back', () => {
    const used = new Used(RULES)
    used.take('a', 0, RULES, 1)
    used.take('a', 1, RULES, 2)
    used.giveBack('a', 2, 1)
    expect(used.held(2)).toBe(1)
    used.giveBack('a', 3, 2)
    expect(used.held(3)).toBe(0)
  })

  it('counts a place from its latest turn on, and not from a turn that comes late', () => {
    const used = new Used([{ count: 1, seconds: 10 }])
    used.take('a', 0, used.rules, 1)
    expect(used.take('a', 9_000, used.rules, 2)).toEqual(GRANTED)
    used.take('a', 9_500, used.rules, 1)
    expect(used.take('b', 12_000)).toEqual(refusedUntil(19_000))
  })

  it('takes a place anew only where there is room by now, and frees it where there is none', () => {
    const used = new Used(RULES)
    used.take('a', 0, RULES, 1)
    used.take('b', 11_000)
    used.take('c', 12_000)
    expect(used.take('a', 13_000, RULES, 2)).toEqual(refusedUntil(21_000))
    expect(used.held(13_000)).toBe(2)
  })

  it('counts an id once, however often it asks, also when the limit is full', () => {
    const used = new Used(RULES)
    for (const now of [0, 1, 5_000]) expect(used.take('a', now)).toEqual(GRANTED)
    expect(used.held(5_000)).toBe(1)
    expect(used.take('b', 6_000)).toEqual(GRANTED)
    expect(used.take('c', 6_000).granted).toBe(false)
    expect(used.take('a', 6_000)).toEqual(GRANTED)
    // Its place is still the one of its first time.
    expect(used.take('c', 10_000)).toEqual(GRANTED)
  })

  it('has room again for a place that was given back, and gives it to the same id anew', () => {
    const used = new Used([{ count: 1, seconds: 60 }])
    used.take('a', 0)
    used.giveBack('a', 1_000)
    expect(used.take('b', 2_000)).toEqual(GRANTED)
    used.giveBack('b', 3_000)
    expect(used.take('a', 4_000)).toEqual(GRANTED)
    expect(used.take('b', 5_000)).toEqual(refusedUntil(64_000))
  })

  it('gives back what nobody holds without a trace', () => {
    const used = new Used(RULES)
    used.giveBack('nobody', 0)
    used.take('a', 1)
    used.giveBack('nobody', 2)
    expect(used.held(3)).toBe(1)
    used.giveBack('a', 4)
    expect(used.ledger.carried(4).buckets).toEqual({})
  })

  it('counts kinds of places apart', () => {
    const used = new Used([{ count: 1, seconds: 60 }])
    used.take('a', 0)
    expect(used.ledger.reserve({ id: 'a', bucket: 'AADHAAR', rules: used.rules }, 0)).toEqual(GRANTED)
    expect(used.ledger.held(0)).toEqual({ SENDER: 1, AADHAAR: 1, JOURNEYS: 0 })
  })

  it('counts subjects apart, also for one holder, and carries them all from run to run', () => {
    const place = (subject: string, id = 'a') => ({ id, subject, bucket: 'SENDER', rules: ONCE }) as const
    const ledger = new LimitLedger()
    ledger.reserve(place('one'), 0)
    ledger.reserve(place('two'), 1_000)
    ledger.release(place('one'), 2_000)
    const next = new LimitLedger(ledger.carried(2_000))
    expect([next.held(2_000, 'one').SENDER, next.held(2_000, 'two').SENDER, next.held(2_000).SENDER]).toEqual([0, 1, 1])
    expect(next.reserve(place('one', 'b'), 3_000)).toEqual(GRANTED)
    expect(next.reserve(place('two', 'b'), 3_000)).toEqual(refusedUntil(61_000))
    expect(next.emptyAt()).toBe(63_000)
  })

  it('that holds as many places as can be carried takes no more, until one frees', () => {
    const place = (number: number) => ({ id: 'a', subject: `s${number}`, bucket: 'SENDER', rules: ONCE }) as const
    const ledger = new LimitLedger()
    for (let number = 0; number < MAX_PLACES; number += 1)
      expect(ledger.reserve(place(number), number)).toEqual(GRANTED)
    expect(ledgerErrors(ledger.carried(20_000))).toEqual({})
    const full = new LimitLedger(ledger.carried(20_000))
    expect(full.reserve(place(-1), 20_000)).toBeNull()
    expect(full.reserve(place(0), 20_000)).toEqual(GRANTED)
    expect(full.reserve({ ...place(0), turn: 1 }, 20_000)).toEqual(GRANTED)
    expect(full.reserve(place(-1), 20_000)).toBeNull()
    full.release(place(1), 20_000)
    expect(full.reserve(place(-1), 20_000)).toEqual(GRANTED)
    expect(full.reserve(place(-2), 20_000)).toBeNull()
    expect(full.reserve(place(-2), 60_002)).toEqual(GRANTED)
    expect(full.held(60_002).SENDER).toBe(MAX_PLACES)
  })

  it('frees nothing too early where the clock goes back', () => {
    const used = new Used([{ count: 2, seconds: 60 }])
    used.take('a', 100_000)
    expect(used.take('b', 20_000)).toEqual(GRANTED)
    for (const now of [20_000, 80_000, 159_999]) expect(used.take('c', now)).toEqual(refusedUntil(160_000))
    expect(used.take('c', 160_000)).toEqual(GRANTED)
    expect(used.take('d', 160_000)).toEqual(GRANTED)
  })

  it('says when nothing is held any more', () => {
    const used = new Used(RULES)
    expect(used.ledger.emptyAt()).toBeNull()
    used.take('a', 0)
    used.take('b', 4_000)
    expect(used.ledger.emptyAt()).toBe(64_000)
    expect([used.held(63_999), used.held(64_000)]).toEqual([1, 0])
    used.giveBack('b', 5_000)
    expect(used.ledger.emptyAt()).toBe(60_000)
  })

  it('remembers no more places than the largest count that a rule may have', () => {
    const used = new Used([{ count: MAX_COUNT, seconds: 1 }])
    // A day that was once asked for keeps every place for a day.
    used.take('first', 0, [{ count: 1, seconds: 86_400 }])
    for (let at = 1; at <= 2 * MAX_COUNT; at += 1) used.take(`p${at}`, at * 10)
    expect(used.held(20 * MAX_COUNT)).toBe(MAX_COUNT)
    const full = new Used([{ count: MAX_COUNT, seconds: 86_400 }], used.ledger.carried(20 * MAX_COUNT))
    expect(full.take('one more', 20 * MAX_COUNT).granted).toBe(false)
  })
})

describe('whatever is asked of a limit, and in whatever order', () => {
  const step = fc.record({
    what: fc.constantFrom('take', 'take', 'take', 'give back'),
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    // Mostly on, sometimes back.
    passes: fc.oneof({ weight: 4, arbitrary: fc.nat(8_000) }, fc.integer({ min: -20_000, max: 0 })),
  })
  const rules = fc.array(
    fc.record({ count: fc.integer({ min: 1, max: 4 }), seconds: fc.integer({ min: 1, max: 30 }) }),
    {
      ...{ minLength: 1, maxLength: 3 },
    },
  )

  it('no window ever holds more places than its rule has', () => {
    fc.assert(
      fc.property(rules, fc.array(step, { maxLength: 60 }), (given, steps) => {
        const used = new Used(given)
        let places: { id: string; at: number }[] = []
        let now = 1_000_000
        // Time as it truly passed: a clock that was set back says nothing of it.
        let latest = 0
        for (const { what, id, passes } of steps) {
          now += passes
          latest = Math.max(latest, now)
          const before = used.held(now)
          if (what === 'give back') {
            used.giveBack(id, now)
            const freed = used.held(now) < before ? places.findLast((place) => place.id === id) : null
            places = places.filter((place) => place !== freed)
            continue
          }
          const { granted } = used.take(id, now)
          if (granted && used.held(now) > before) places.push({ id, at: latest })
          for (const { count, seconds } of given)
            for (const { at: start } of places) {
              const inWindow = places.filter(({ at }) => at >= start && at < start + seconds * 1_000)
              expect(inWindow.length).toBeLessThanOrEqual(count)
            }
        }
      }),
    )
  })

  it('a refused one is granted at `retryAt`, and not a millisecond before', () => {
    fc.assert(
      fc.property(rules, fc.array(step, { maxLength: 40 }), (given, steps) => {
        const used = new Used(given)
        let now = 1_000_000
        for (const { what, id, passes } of steps) {
          now += passes
          if (what === 'give back') used.giveBack(id, now)
          else used.take(id, now)
        }
        const answer = used.take('new', now)
        if (answer.granted) return
        expect(new Used(given, used.ledger.carried(now)).take('new', answer.retryAt - 1)).toEqual(answer)
        expect(new Used(given, used.ledger.carried(now)).take('new', answer.retryAt)).toEqual(GRANTED)
      }),
    )
  })
})
