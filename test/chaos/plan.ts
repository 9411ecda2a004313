import type { Rail } from '../../client/index.js'
import { type Dialect, DIALECTS, type FaultSpec, type OperationName } from '../../sandbox/index.js'
import { withVerhoeffDigit } from '../../sandbox/verhoeff.js'
import type { PersonFacts } from '../../stack/person.js'
import {
  EKO_FAULTS,
  EKO_KINDS,
  type EkoKind,
  type Habit,
  HABIT_PLACES,
  HABITS,
  type Kind,
  type Place,
  PLACES,
  PROCESS_KINDS,
  PROCESS_PLACES,
  type ProcessKind,
  SMALL_QUOTA,
} from './kinds.js'
import { moneyKindsIn, planTransfers, type TransferPlan } from './money/plan.js'
import { type Rng, stream } from './rng.js'

/** Everything that a run will do, decided by its seed alone: nothing here depends on time. */

export interface PlannedEkoFault {
  readonly kind: EkoKind
  readonly operation: OperationName
  readonly spec: FaultSpec
}
export interface PlannedHabit {
  readonly kind: Habit
  readonly place: Place
}
export interface PlannedProcessFault {
  readonly kind: ProcessKind
  readonly place: Place
  /** Of faults at a step boundary: before the message, or after its outcome. */
  readonly before: boolean
}

export interface JourneyPlan {
  /** E.g. `j007`. */
  readonly label: string
  readonly rail: Rail
  readonly dialect: Dialect
  readonly person: PersonFacts
  /** Whether the caller knows the sender's details at the start. */
  readonly detailsGiven: boolean
  /** Codes that the sandbox sends first, to the sender and for Aadhaar. */
  readonly codes: Readonly<Record<'SENDER' | 'AADHAAR', readonly string[]>>
  readonly ekoFaults: readonly PlannedEkoFault[]
  readonly habits: readonly PlannedHabit[]
  readonly processFault: PlannedProcessFault | null
}

/** UIDAI is away from every Aadhaar call of a dialect. It begins when the crowd stands before its Aadhaar step. */
export interface PlannedOutage {
  readonly dialect: Dialect
  readonly ms: number
  /** Labels of the journeys that wait for each other, so that it strikes many at once. */
  readonly crowd: readonly string[]
}

export interface RunPlan {
  readonly seed: number
  readonly journeys: readonly JourneyPlan[]
  /** Null in plans that aim at something else. */
  readonly outage: PlannedOutage | null
  readonly transfers: readonly TransferPlan[]
}

/** What a journey is to have, before chance fills in the rest; for plans that aim at something. */
export interface Wishes {
  readonly rail?: Rail
  readonly dialect?: Dialect
  readonly eko?: readonly { readonly kind: EkoKind; readonly operation?: OperationName }[]
  readonly habits?: readonly { readonly kind: Habit; readonly place?: Place }[]
  readonly process?: { readonly kind: ProcessKind; readonly place?: Place } | null
}

const EKO = Object.keys(EKO_KINDS) as EkoKind[]
const ALL_HABITS = Object.keys(HABITS) as Habit[]
/** So many journeys are given kinds in turn, so that none is missing; after them chance decides. */
const IN_TURN = Math.max(EKO.length, ALL_HABITS.length) + 1
/** Ends the journey early: other faults of the same journey might not get their turn. */
const ENDS_EARLY: Habit = 'limitAcrossRuns'
/** With one of these a journey gets to each of its places; a cancel may come before the one that is struck. */
const LASTING = ALL_HABITS.filter((habit) => habit !== ENDS_EARLY && habit !== 'nativeCancel')
/** A crowd is a tenth of all journeys within these; with fewer than a breaker’s three it would not open. */
const CROWD = { least: 6, most: 10 } as const
/** Shorter than a breaker stays open at first, 10 s: those who come back find UIDAI there again. */
const OUTAGE_MS = 8_000

/** Fewer journeys could not hold every kind of fault. */
export const FEWEST_JOURNEYS = IN_TURN + CROWD.least

/** A plan with every kind of fault: each once in turn, and by chance after that. */
export function planRun(seed: number, journeys: number): RunPlan {
  const indexes = Array.from({ length: journeys }, (_, index) => index)
  const isShort = (index: number): boolean => index < IN_TURN && habitInTurn(index) === ENDS_EARLY
  const outageDialect = stream(seed, 'outage').pick(DIALECTS)
  const isOfCrowd = crowdOf(journeys)
  const lasting = indexes.filter((index) => !isShort(index) && !isOfCrowd(index))
  const processAt = processFaultsAt(lasting)
  const planned = indexes.map((index) => {
    if (isOfCrowd(index)) {
      const { eko = [] } = byChance(stream(seed, `kinds of ${index}`), true)
      return planJourney(seed, index, { eko, dialect: outageDialect })
    }
    const process = processAt.get(index)
    const wishes = isShort(index)
      ? { habits: [{ kind: ENDS_EARLY }] }
      : index < IN_TURN
        ? inTurn(index, lasting.indexOf(index))
        : byChance(stream(seed, `kinds of ${index}`), process !== undefined)
    // The outage would use up a small quota before the person does.
    const small = (wishes.habits ?? []).some(({ kind }) => SMALL_QUOTA.includes(kind))
    return planJourney(seed, index, {
      ...wishes,
      ...(small && { dialect: otherThan(outageDialect, index) }),
      process: process ? { kind: process } : null,
    })
  })
  const crowd = planned.filter((_, index) => isOfCrowd(index)).map(({ label }) => label)
  const outage = { dialect: outageDialect, ms: OUTAGE_MS, crowd }
  return { seed, journeys: planned, outage, transfers: planTransfers(seed, journeys) }
}

/** They come right after those in turn, and have no habits and no blows: each gets to its Aadhaar step. */
function crowdOf(journeys: number): (index: number) => boolean {
  const size = Math.min(CROWD.most, Math.max(CROWD.least, Math.round(journeys / 10)))
  return (index) => index >= IN_TURN && index < IN_TURN + size
}

function otherThan(dialect: Dialect, index: number): Dialect {
  const others = DIALECTS.filter((other) => other !== dialect)
  return others[index % others.length] as Dialect
}

const habitInTurn = (index: number): Habit => ALL_HABITS[index % ALL_HABITS.length] as Habit

function inTurn(index: number, turn: number): Wishes {
  const kind = habitInTurn(index)
  // What ends the journey comes late here, so that its other faults still get their turn.
  const habit = kind === 'nativeCancel' ? ({ kind, place: 'ENTER_PAN' } as const) : { kind }
  return { eko: [{ kind: EKO[turn % EKO.length] as EkoKind }], habits: [habit] }
}

function byChance(rng: Rng, struck: boolean): Wishes {
  return {
    eko: rng.chance(0.7) ? [{ kind: rng.pick(EKO) }] : [],
    habits: rng.chance(0.5) ? [{ kind: rng.pick(struck ? LASTING : ALL_HABITS) }] : [],
  }
}

/** Process faults cost seconds each, so that only some journeys have one: at least each kind once. */
function processFaultsAt(candidates: readonly number[]): Map<number, ProcessKind> {
  const kinds = Object.keys(PROCESS_KINDS) as ProcessKind[]
  const count = Math.max(kinds.length, Math.round(candidates.length * 0.15))
  return new Map(
    Array.from({ length: count }, (_, turn) => [
      candidates[Math.floor((turn * candidates.length) / count)] as number,
      kinds[turn % kinds.length] as ProcessKind,
    ]),
  )
}

/** One journey that has what is wished; the rest is drawn from streams of its own. */
export function planJourney(seed: number, index: number, wishes: Wishes): JourneyPlan {
  const label = `j${String(index).padStart(3, '0')}`
  const rng = (what: string): Rng => stream(seed, `${label} ${what}`)
  const taken = new Set<OperationName>()
  const reserve = (operation: OperationName): void => void taken.add(operation)
  const freePlace = (places: readonly Place[], what: string): Place => {
    const free = places.filter((place) => !taken.has(PLACES[place]))
    return rng(what).pick(free.length > 0 ? free : places)
  }

  const habits = (wishes.habits ?? []).map(({ kind, place }, turn): PlannedHabit => {
    const at = place ?? freePlace(HABIT_PLACES[kind], `habit ${turn}`)
    reserve(PLACES[at])
    // Codes are asked for by what is done before they are entered.
    if (at === 'ENTER_AADHAAR_OTP') reserve('generateAadhaarOtp')
    return { kind, place: at }
  })
  const rails = (wishes.eko ?? []).flatMap(({ kind }) => EKO_FAULTS[kind].rails ?? [])
  const rail = wishes.rail ?? rails[0] ?? (index % 2 === 0 ? 'digikhata' : 'levin')
  const processFault = plannedProcess(wishes.process ?? null, freePlace, rng('process'))
  if (processFault) reserve(PLACES[processFault.place])

  const ekoFaults = (wishes.eko ?? []).map(({ kind, operation }, turn): PlannedEkoFault => {
    const { operations, fault } = EKO_FAULTS[kind]
    const free = operations.filter((name) => !taken.has(name))
    const chosen = operation ?? rng(`operation ${turn}`).pick(free.length > 0 ? free : operations)
    reserve(chosen)
    return { kind, operation: chosen, spec: { ...fault(rng(`fault ${turn}`)), operation: chosen } as FaultSpec }
  })
  const dialects = DIALECTS
  return {
    label,
    rail,
    dialect: wishes.dialect ?? (dialects[(index + Math.floor(index / dialects.length)) % dialects.length] as Dialect),
    person: planPerson(rng('person'), index),
    detailsGiven: rng('details').chance(0.7),
    codes: plannedCodes(habits, rng('codes')),
    ekoFaults,
    habits,
    processFault,
  }
}

function plannedProcess(
  wish: Wishes['process'],
  freePlace: (places: readonly Place[], what: string) => Place,
  rng: Rng,
): PlannedProcessFault | null {
  if (!wish) return null
  const place = wish.place ?? freePlace(PROCESS_PLACES[wish.kind], 'process place')
  return { kind: wish.kind, place, before: rng.chance(0.5) }
}

function plannedCodes(habits: readonly PlannedHabit[], rng: Rng): JourneyPlan['codes'] {
  const codes = (zero: boolean): string[] =>
    Array.from({ length: 8 }, () => (zero ? `00${rng.digits(4)}` : `${1 + rng.int(9)}${rng.digits(5)}`))
  const zeroAt = habits.filter(({ kind }) => kind === 'leadingZero').map(({ place }) => place)
  return { SENDER: codes(zeroAt.includes('ENTER_SENDER_OTP')), AADHAAR: codes(zeroAt.includes('ENTER_AADHAAR_OTP')) }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** A made-up person; mobile and PAN differ from those of every other journey of the run. */
function planPerson(rng: Rng, index: number): PersonFacts {
  const letters = (count: number): string => Array.from({ length: count }, () => rng.pick([...LETTERS])).join('')
  return {
    mobile: `7${rng.digits(5)}${String(index).padStart(4, '0')}`,
    aadhaar: withVerhoeffDigit(`99991${rng.digits(6)}`),
    pan: `${letters(3)}P${letters(1)}${String(index).padStart(4, '0')}${letters(1)}`,
    details: {
      name: 'Chaos Sender',
      dob: '1990-01-31',
      residenceAddress: ['12 Sample Street', 'Pune', 'Maharashtra', '411001'],
    },
  }
}

/** How often each kind stands in a plan. */
export function kindsIn({ journeys, outage, transfers }: RunPlan): Map<Kind, number> {
  const counts = new Map<Kind, number>(moneyKindsIn(transfers))
  const add = (kind: Kind): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1)
  for (const { ekoFaults, habits, processFault } of journeys) {
    for (const { kind } of [...ekoFaults, ...habits]) add(kind)
    if (processFault) add(processFault.kind)
  }
  for (const _ of outage?.crowd ?? []) add('uidaiOutage')
  return counts
}
