/** Offsets smaller than this are noise: the `Date` header has a resolution of one second (RFC 9110 §5.6.7). */
export const MIN_OFFSET_MS = 1_000
/** An offset larger than this is a broken `Date` header, not a clock to follow: one day, in ms. */
export const MAX_OFFSET_MS = 86_400_000

/** What an answer tells about the server's clock. Times are ms of the local clock. */
export interface ClockReading {
  /** The `Date` header, if any. */
  readonly date: string | undefined
  /** The `Age` header, if any: an answer out of a cache carries an old date. */
  readonly age: string | undefined
  readonly sentAt: number
  readonly receivedAt: number
}

export interface ServerClock {
  /** Learns from an answer, whatever its HTTP status. Answers whether the offset changed. */
  learn(developerKey: string, reading: ClockReading): boolean
  /** What to add to the local clock, in ms; 0 until learned otherwise. */
  offsetMs(developerKey: string): number
  /** The local clock, corrected, in ms since the epoch. */
  now(developerKey: string): number
}

/**
 * Follows Eko's clock per developer key, so that a machine whose clock is off still signs what Eko accepts.
 * The offset heals by itself once the local clock is right again.
 */
export function createServerClock(now: () => number): ServerClock {
  const offsets = new Map<string, number>()
  const offsetMs = (developerKey: string): number => offsets.get(developerKey) ?? 0

  return {
    offsetMs,
    now: (developerKey) => now() + offsetMs(developerKey),
    learn(developerKey, reading) {
      const current = offsetMs(developerKey)
      const next = nextOffset(current, reading)
      if (next === current) return false
      offsets.set(developerKey, next)
      return true
    },
  }
}

/**
 * The server wrote its date, cut to the second, between sending and receiving: that bounds the offset from both sides.
 * An offset within the bounds is kept, so that a slow answer does not move a good one.
 */
function nextOffset(current: number, { date, age, sentAt, receivedAt }: ClockReading): number {
  const server = date === undefined ? Number.NaN : Date.parse(date)
  if (Number.isNaN(server) || receivedAt < sentAt || Number(age ?? 0) > 0) return current
  const least = server - receivedAt
  const most = server + 1_000 - sentAt
  if (current >= least && current <= most) return current
  const estimate = Math.round(server + 500 - receivedAt)
  if (Math.abs(estimate) > MAX_OFFSET_MS) return current
  return Math.abs(estimate) < MIN_OFFSET_MS ? 0 : estimate
}
