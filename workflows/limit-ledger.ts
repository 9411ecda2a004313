/**
 * What a limit remembers: who holds a place, and since when. Pure: no Temporal, no clock. Times are ms since the epoch.
 * A place is held for the length of the window; at most `count` places are held in any window.
 */

/** Kinds of places that are counted apart from each other. */
export const LIMIT_BUCKETS = ['SENDER', 'AADHAAR', 'JOURNEYS'] as const
export type LimitBucket = (typeof LIMIT_BUCKETS)[number]

/** At most `count` places in any `seconds`. */
export interface LimitRule {
  readonly count: number
  readonly seconds: number
}

/** The largest `count` of a rule, and with it the most places that a bucket remembers. */
export const MAX_COUNT = 5_000
/** The longest window of a rule, in seconds: a day. */
export const MAX_WINDOW_SECONDS = 86_400

/**
 * A place that is held: by whom, since when, and in which turn of theirs it was taken. A tuple, because thousands of
 * them are carried from run to run.
 */
export type Reservation = readonly [id: string, at: number, turn?: number]

interface Bucket {
  /** The longest window that was asked for, in ms: a place is forgotten after it. */
  readonly keepMs: number
  /** The oldest first. */
  readonly reservations: readonly Reservation[]
}

export interface LimitLedger {
  /** The latest moment seen. Where the clock goes back, time stands still here: no place frees too early. */
  readonly clock: number
  readonly buckets: Readonly<Partial<Record<LimitBucket, Bucket>>>
}

export interface Reserve {
  /** Whose place; the same id again gets the place that it holds. */
  readonly id: string
  /** Grows with each attempt of the holder to use the place. A later turn takes it anew. @default 0 */
  readonly turn?: number
  readonly bucket: LimitBucket
  /** All of them must have room. */
  readonly rules: readonly LimitRule[]
}

/** @property turn a place that was taken in a later turn stays: the release came late. @default the latest */
export type Release = Pick<Reserve, 'id' | 'turn' | 'bucket'>

/** @property retryAt when there is room, as far as is known today */
export type ReserveAnswer = { readonly granted: true } | { readonly granted: false; readonly retryAt: number }

export const EMPTY_LEDGER: LimitLedger = { clock: 0, buckets: {} }

/** Takes a place where every rule has room for it. A refusal takes none. */
export function reserve(
  before: LimitLedger,
  { id, turn: given, bucket, rules }: Reserve,
  now: number,
): { readonly ledger: LimitLedger; readonly answer: ReserveAnswer } {
  const ledger = atTime(before, now)
  const turn = given ?? 0
  const { keepMs = 0, reservations: held = [] } = ledger.buckets[bucket] ?? {}
  if (held.some((one) => one[0] === id && turnOf(one) >= turn)) return { ledger, answer: { granted: true } }
  const reservations = held.filter(([holder]) => holder !== id)
  const retryAt = Math.max(...rules.map((rule) => freeAt(reservations, rule)))
  if (retryAt > ledger.clock) {
    return { ledger: withBucket(ledger, bucket, { keepMs, reservations }), answer: { granted: false, retryAt } }
  }
  const next: Bucket = {
    keepMs: Math.max(keepMs, ...rules.map(({ seconds }) => seconds * 1_000)),
    // Older ones than these decide nothing: a rule looks at the newest `count`.
    reservations: [...reservations, reservation(id, ledger.clock, turn)].slice(-MAX_COUNT),
  }
  return { ledger: withBucket(ledger, bucket, next), answer: { granted: true } }
}

/** Gives a place back; nothing happens where none is held, or where it was taken anew since. */
export function release(before: LimitLedger, { id, turn, bucket }: Release, now: number): LimitLedger {
  const ledger = atTime(before, now)
  const held = ledger.buckets[bucket]
  if (!held) return ledger
  const reservations = held.reservations.filter((one) => one[0] !== id || turnOf(one) > (turn ?? Infinity))
  return withBucket(ledger, bucket, { ...held, reservations })
}

function reservation(id: string, at: number, turn: number): Reservation {
  return turn === 0 ? [id, at] : [id, at, turn]
}

function turnOf([, , turn = 0]: Reservation): number {
  return turn
}

/** How many places are held now, by bucket. */
export function heldAt(ledger: LimitLedger, now: number): Readonly<Record<LimitBucket, number>> {
  const { buckets } = atTime(ledger, now)
  const count = (bucket: LimitBucket): number => buckets[bucket]?.reservations.length ?? 0
  return { SENDER: count('SENDER'), AADHAAR: count('AADHAAR'), JOURNEYS: count('JOURNEYS') }
}

/** When the last place that is held will be free; null where none is held. */
export function emptyAt({ buckets }: LimitLedger): number | null {
  const ends = Object.values(buckets).flatMap(({ keepMs, reservations }) => {
    const newest = reservations.at(-1)
    return newest ? [newest[1] + keepMs] : []
  })
  return ends.length > 0 ? Math.max(...ends) : null
}

/** When one more fits: the moment at which the oldest of the newest `count` leaves the window. */
function freeAt(reservations: readonly Reservation[], { count, seconds }: LimitRule): number {
  const blocking = reservations.at(-count)
  return blocking ? blocking[1] + seconds * 1_000 : 0
}

/** The ledger at a moment: what has left the longest window of its bucket is forgotten. */
function atTime(ledger: LimitLedger, now: number): LimitLedger {
  const clock = Math.max(ledger.clock, now)
  return LIMIT_BUCKETS.reduce<LimitLedger>(
    (next, name) => {
      const bucket = ledger.buckets[name]
      const oldest = bucket?.reservations[0]
      if (!bucket || (oldest && oldest[1] + bucket.keepMs > clock)) return next
      const reservations = bucket.reservations.filter(([, at]) => at + bucket.keepMs > clock)
      return withBucket(next, name, { ...bucket, reservations })
    },
    { ...ledger, clock },
  )
}

/** An empty bucket is dropped, and its window with it. */
function withBucket(ledger: LimitLedger, name: LimitBucket, bucket: Bucket): LimitLedger {
  const { [name]: _before, ...others } = ledger.buckets
  return { ...ledger, buckets: bucket.reservations.length > 0 ? { ...others, [name]: bucket } : others }
}
