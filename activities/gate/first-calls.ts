import { createRate } from './rate.js'

/** How an agent that has not been seen to work lately is tried out. Times in ms. Our own numbers. */
export interface FirstCallOptions {
  /** After so long without an answer that proves it, one call goes first again; default 60,000. */
  readonly lapseMs: number
  /** While the first call takes longer than this, another may go, each time; default 2,000. */
  readonly everyMs: number
  /** How soon the others are to ask again; default 1,000. */
  readonly waitMs: number
}

export const FIRST_CALL_DEFAULTS: FirstCallOptions = { lapseMs: 60_000, everyMs: 2_000, waitMs: 1_000 }

/** Those sent away come back at this rate at most; by then the first answer is there. */
const TURNS_PER_SECOND = 100

/**
 * One call at a time until an answer proves that the configuration works: so that many journeys that wait do not all
 * learn by themselves that it does not. It reads no clock: `now` is in ms and never goes back.
 */
export interface FirstCalls {
  /** Whether a call may go now; changes nothing. */
  admits(now: number, key: string): boolean
  enter(now: number, key: string): void
  /** How long a call that is not admitted shall wait. */
  waitMs(now: number, key: string): number
  /** What an admitted call showed: that it works, that it does not, or nothing. */
  leave(now: number, key: string, shown: 'WORKS' | 'FAILS' | 'NOTHING'): void
}

interface Entry {
  provenAt: number
  inFlight: number
  lastAt: number
}

export function createFirstCalls(given: Partial<FirstCallOptions> = {}): FirstCalls {
  const options = { ...FIRST_CALL_DEFAULTS, ...given }
  const entries = new Map<string, Entry>()
  const turns = createRate(TURNS_PER_SECOND)
  const entryOf = (key: string): Entry => {
    const entry = entries.get(key) ?? { provenAt: -Infinity, inFlight: 0, lastAt: -Infinity }
    entries.set(key, entry)
    return entry
  }
  return {
    admits(now, key) {
      const { provenAt, inFlight, lastAt } = entryOf(key)
      return now - provenAt < options.lapseMs || inFlight === 0 || now - lastAt >= options.everyMs
    },
    enter(now, key) {
      const entry = entryOf(key)
      entry.inFlight += 1
      entry.lastAt = now
    },
    waitMs: (now) => Math.max(1, Math.ceil(turns.turn(now, now + options.waitMs) - now)),
    leave(now, key, shown) {
      const entry = entryOf(key)
      entry.inFlight = Math.max(0, entry.inFlight - 1)
      if (shown === 'WORKS') entry.provenAt = now
      if (shown === 'FAILS') entry.provenAt = -Infinity
    },
  }
}
