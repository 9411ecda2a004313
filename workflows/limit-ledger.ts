/**
 * What a limit remembers: who holds a place, and since when. Deterministic: no Temporal, no clock. Times are ms since the
 * epoch. A place is held for the length of the window; at most `count` places are held in any window. One ledger counts for
 * many subjects, each by itself.
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
/** The most places of a ledger: more could not be carried from run to run. */
export const MAX_PLACES = 12_000

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

/** A ledger as it goes from run to run. */
export interface CarriedLedger {
  /** The latest moment seen. */
  readonly clock: number
  /** By the kind of places, and whose they are where the ledger counts for many: `SENDER`, `SENDER <subject>`. */
  readonly buckets: Readonly<Record<string, Bucket>>
}

export interface Reserve {
  /** Whose place; the same id again gets the place that it holds. */
  readonly id: string
  /** Grows with each attempt of the holder to use the place. A later turn takes it anew. @default 0 */
  readonly turn?: number
  readonly bucket: LimitBucket
  /** What the place counts against. @default the one that the whole ledger counts for */
  readonly subject?: string
  /** All of them must have room. */
  readonly rules: readonly LimitRule[]
}

/** @property turn a place that was taken in a later turn stays: the release came late. @default the latest */
export type Release = Pick<Reserve, 'id' | 'turn' | 'bucket' | 'subject'>

/** @property retryAt when there is room, as far as is known today */
export type ReserveAnswer = { readonly granted: true } | { readonly granted: false; readonly retryAt: number }

export class LimitLedger {
  private clock: number
  private readonly buckets: Map<string, Bucket>
  /** Places that are remembered, some of them over already. */
  private places: number

  constructor(carried: CarriedLedger = { clock: 0, buckets: {} }) {
    this.clock = carried.clock
    this.buckets = new Map(Object.entries(carried.buckets))
    this.places = placesOf(this.buckets)
  }

  /** Takes a place where every rule has room for it. A refusal takes none; null where the ledger can hold no more. */
  reserve({ id, turn: given, rules, ...place }: Reserve, now: number): ReserveAnswer | null {
    this.passTo(now)
    const turn = given ?? 0
    const name = bucketName(place)
    const { keepMs, reservations: held } = this.bucket(name)
    if (held.some((one) => one[0] === id && turnOf(one) >= turn)) return { granted: true }
    const reservations = held.filter(([holder]) => holder !== id)
    const retryAt = Math.max(...rules.map((rule) => freeAt(reservations, rule)))
    const isGranted = retryAt <= this.clock
    // Its own place, taken anew, needs no more room.
    if (isGranted && reservations.length === held.length && !this.hasRoom()) return null
    this.keep(name, {
      keepMs: isGranted ? Math.max(keepMs, ...rules.map(({ seconds }) => seconds * 1_000)) : keepMs,
      // Older ones than these decide nothing: a rule looks at the newest `count`.
      reservations: isGranted ? [...reservations, reservation(id, this.clock, turn)].slice(-MAX_COUNT) : reservations,
    })
    return isGranted ? { granted: true } : { granted: false, retryAt }
  }

  /** Gives a place back; nothing happens where none is held, or where it was taken anew since. */
  release({ id, turn, ...place }: Release, now: number): void {
    this.passTo(now)
    const name = bucketName(place)
    const { keepMs, reservations } = this.bucket(name)
    this.keep(name, {
      keepMs,
      reservations: reservations.filter((one) => one[0] !== id || turnOf(one) > (turn ?? Infinity)),
    })
  }

  /** How many places are held now, by kind. @param subject default: all of them */
  held(now: number, subject?: string): Readonly<Record<LimitBucket, number>> {
    const held = { SENDER: 0, AADHAAR: 0, JOURNEYS: 0 }
    const clock = Math.max(this.clock, now)
    for (const [name, bucket] of this.buckets) {
      const [kind, whose] = name.split(' ') as [LimitBucket, string?]
      if (subject === undefined || whose === subject) held[kind] += stillHeld(bucket, clock).length
    }
    return held
  }

  /** When the last place that is held will be free; null where none is held. */
  emptyAt(): number | null {
    let last: number | null = null
    for (const { keepMs, reservations } of this.buckets.values()) {
      const newest = reservations.at(-1)
      if (newest) last = Math.max(last ?? 0, newest[1] + keepMs)
    }
    return last
  }

  /** For the next run: what is held now. */
  carried(now: number): CarriedLedger {
    this.passTo(now)
    this.forget()
    return { clock: this.clock, buckets: Object.fromEntries(this.buckets) }
  }

  /** Where the clock goes back, time stands still here: no place frees too early. */
  private passTo(now: number): void {
    this.clock = Math.max(this.clock, now)
  }

  private hasRoom(): boolean {
    if (this.places >= MAX_PLACES) this.forget()
    return this.places < MAX_PLACES
  }

  private forget(): void {
    for (const name of [...this.buckets.keys()]) this.keep(name, this.bucket(name))
  }

  /** What is held of a bucket; an empty one has forgotten its window as well. */
  private bucket(name: string): Bucket {
    const bucket = this.buckets.get(name)
    const reservations = bucket ? stillHeld(bucket, this.clock) : []
    return { keepMs: bucket && reservations.length > 0 ? bucket.keepMs : 0, reservations }
  }

  private keep(name: string, bucket: Bucket): void {
    this.places += bucket.reservations.length - (this.buckets.get(name)?.reservations.length ?? 0)
    if (bucket.reservations.length > 0) this.buckets.set(name, bucket)
    else this.buckets.delete(name)
  }
}

function bucketName({ bucket, subject }: Pick<Reserve, 'bucket' | 'subject'>): string {
  return subject ? `${bucket} ${subject}` : bucket
}

function reservation(id: string, at: number, turn: number): Reservation {
  return turn === 0 ? [id, at] : [id, at, turn]
}

function turnOf([, , turn = 0]: Reservation): number {
  return turn
}

function placesOf(buckets: ReadonlyMap<string, Bucket>): number {
  let places = 0
  for (const { reservations } of buckets.values()) places += reservations.length
  return places
}

/** What has not left the longest window of its bucket. */
function stillHeld({ keepMs, reservations }: Bucket, clock: number): readonly Reservation[] {
  return reservations.filter(([, at]) => at + keepMs > clock)
}

/** When one more fits: the moment at which the oldest of the newest `count` leaves the window. */
function freeAt(reservations: readonly Reservation[], { count, seconds }: LimitRule): number {
  const blocking = reservations.at(-count)
  return blocking ? blocking[1] + seconds * 1_000 : 0
}
