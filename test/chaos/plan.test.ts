import { describe, expect, it } from '@jest/globals'
import { DIALECTS } from '../../sandbox/index.js'
import { parseChaosArguments } from './arguments.js'
import {
  CLOCK_KINDS,
  EKO_FAULTS,
  HABIT_PLACES,
  type Kind,
  KINDS,
  PLACES,
  PROCESS_PLACES,
  SMALL_QUOTA,
} from './kinds.js'
import { FEWEST_JOURNEYS, kindsIn, planRun } from './plan.js'
import { stream } from './rng.js'
import { Tally, unproved } from './tally.js'

const SEEDS = [1, 2, 3, 77, 4711]
const PLANNED = (Object.keys(KINDS) as Kind[]).filter((kind) => !Object.hasOwn(CLOCK_KINDS, kind))

describe('a plan', () => {
  it('is the same for the same seed, and another one for another seed', () => {
    expect(planRun(5, 40)).toEqual(planRun(5, 40))
    expect(planRun(5, 40).journeys).not.toEqual(planRun(6, 40).journeys)
  })

  it('of more journeys begins with the same people', () => {
    const people = (journeys: number) => planRun(5, journeys).journeys.map(({ person }) => person)
    expect(people(60).slice(0, 30)).toEqual(people(30))
  })

  it.each([FEWEST_JOURNEYS, 26, 60, 200])('of %i journeys has every kind of fault', (journeys) => {
    for (const seed of SEEDS) {
      expect(new Set(kindsIn(planRun(seed, journeys)).keys())).toEqual(new Set(PLANNED))
    }
  })

  it('has both rails in every dialect, and no person twice', () => {
    const { journeys, transfers } = planRun(1, 60)
    const mobiles = [...journeys.map(({ person }) => person.mobile), ...transfers.map(({ mobile }) => mobile)]
    expect(new Set(mobiles).size).toBe(mobiles.length)
    const worlds = new Set(journeys.map(({ rail, dialect }) => `${rail} ${dialect}`))
    expect(worlds.size).toBe(2 * DIALECTS.length)
    for (const field of ['mobile', 'pan'] as const) {
      expect(new Set(journeys.map(({ person }) => person[field])).size).toBe(journeys.length)
    }
  })

  it('cancels no journey before the place where it is struck', () => {
    const order = Object.keys(PLACES)
    for (let seed = 1; seed <= 200; seed += 1) {
      for (const { label, habits, processFault } of planRun(seed, 60).journeys) {
        const cancel = habits.find(({ kind }) => kind === 'nativeCancel')
        if (!cancel || !processFault) continue
        const isLate = order.indexOf(cancel.place) > order.indexOf(processFault.place)
        expect([seed, label, isLate]).toEqual([seed, label, true])
      }
    }
  })

  it('aims faults only where they can strike', () => {
    for (const { ekoFaults, habits, processFault, rail } of planRun(9, 200).journeys) {
      for (const { kind, operation } of ekoFaults) {
        const { operations, rails } = EKO_FAULTS[kind]
        expect(operations).toContain(operation)
        if (rails) expect(rails).toContain(rail)
      }
      for (const { kind, place } of habits) expect(HABIT_PLACES[kind]).toContain(place)
      if (processFault) expect(PROCESS_PLACES[processFault.kind]).toContain(processFault.place)
    }
  })

  it('gathers a crowd of one dialect for the outage of UIDAI, which nothing keeps from its Aadhaar step', () => {
    for (const seed of SEEDS) {
      const { outage, journeys } = planRun(seed, 60)
      const crowd = journeys.filter(({ label }) => outage?.crowd.includes(label))
      expect(crowd.length).toBe(6)
      expect(new Set(crowd.map(({ dialect }) => dialect))).toEqual(new Set([outage?.dialect]))
      expect(crowd.flatMap(({ habits, processFault }) => [...habits, ...(processFault ? [processFault] : [])])).toEqual(
        [],
      )
    }
  })

  it('keeps those whose quota is small out of the dialect that UIDAI is away from', () => {
    for (const seed of SEEDS) {
      const { outage, journeys } = planRun(seed, 200)
      const small = journeys.filter(({ habits }) => habits.some(({ kind }) => SMALL_QUOTA.includes(kind)))
      expect(small.length).toBeGreaterThan(0)
      expect(small.map(({ dialect }) => dialect)).not.toContain(outage?.dialect)
    }
  })

  it('does not let a fault of Eko and a blow at a process fall on the same call', () => {
    for (const { ekoFaults, processFault } of planRun(9, 200).journeys) {
      const struck = processFault && PLACES[processFault.place]
      expect(ekoFaults.map(({ operation }) => operation)).not.toContain(struck)
    }
  })
})

describe('a stream of choices', () => {
  it('depends on seed and label alone', () => {
    const draw = (seed: number, label: string) => Array.from({ length: 5 }, stream(seed, label).next)
    expect(draw(1, 'a')).toEqual(draw(1, 'a'))
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'))
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'))
  })

  it('spreads', () => {
    const rng = stream(1, 'spread')
    const drawn = Array.from({ length: 1_000 }, () => rng.int(10))
    for (let digit = 0; digit < 10; digit += 1) {
      expect(drawn.filter((value) => value === digit).length).toBeGreaterThan(60)
    }
  })
})

describe('the tally', () => {
  it('names kinds that never struck, and kinds that hit no call', () => {
    const tally = new Tally()
    for (const kind of Object.keys(KINDS) as Kind[]) tally.count(kind, true)
    expect(unproved(tally)).toEqual([])
    const lacking = new Tally()
    for (const kind of Object.keys(KINDS) as Kind[]) if (kind !== 'busy') lacking.count(kind, kind !== 'empty204')
    expect(unproved(lacking)).toEqual(['empty204', 'busy'])
  })

  it('asks for no call where there is none to hit', () => {
    const tally = new Tally()
    for (const kind of Object.keys(KINDS) as Kind[]) tally.count(kind, kind !== 'workerKill')
    expect(unproved(tally)).toEqual([])
  })
})

describe('the arguments', () => {
  const parse = (...args: string[]) => parseChaosArguments(args, () => 7)

  it('have defaults, and a seed that is drawn', () => {
    expect(parse()).toMatchObject({ seed: 7, journeys: 60, minutes: 5, prove: false, json: false, broken: null })
    expect(parse('--seed', '3', '--journeys', '200', '--minutes', '2.5')).toMatchObject({
      seed: 3,
      journeys: 200,
      minutes: 2.5,
    })
  })

  it.each([
    ['--seed', 'x'],
    ['--journeys', '3'],
    ['--journeys', '30.5'],
    ['--minutes', '0'],
    ['--unknown', '1'],
  ])('refuse %s %s', (...args) => {
    expect(() => parse(...args)).toThrow()
  })
})
