/** How far a timestamp may run ahead of the corrected clock, in ms. Eko takes two minutes either way (2485). */
export const MAX_AHEAD_MS = 30_000

/** Shortest wait for room, in ms: lets a batch of timestamps through at each turn instead of one. */
const MIN_WAIT_MS = 20

export interface TimestampOptions {
  /** The corrected clock of a developer key, in ms since the epoch. */
  readonly now: (developerKey: string) => number
  /** Waits for so many ms. */
  readonly sleep: (ms: number) => Promise<void>
}

export interface Timestamps {
  /**
   * The next timestamp to sign for a developer key. Within this process they are unique and increasing, since Eko
   * refuses a reused one (2485). Asked for faster than one a millisecond they run ahead of the clock, by
   * {@link MAX_AHEAD_MS} at most; whoever asks for more waits, first come, first served.
   *
   * When the clock is corrected backwards by more than that, they begin again at the corrected clock: holding on to
   * the wrong time would keep every call refused.
   */
  next(developerKey: string): Promise<number>
}

/** An allocator of timestamps, one row of them per developer key. */
export function createTimestamps(options: TimestampOptions): Timestamps {
  const rows = new Map<string, { last: number; tail: Promise<unknown> }>()

  function rowOf(developerKey: string): { last: number; tail: Promise<unknown> } {
    const known = rows.get(developerKey)
    if (known) return known
    const row = { last: 0, tail: Promise.resolve() }
    rows.set(developerKey, row)
    return row
  }

  async function take(developerKey: string, row: { last: number }): Promise<number> {
    for (;;) {
      const clock = Math.floor(options.now(developerKey))
      const limit = clock + MAX_AHEAD_MS
      if (row.last > limit) row.last = clock - 1 // only a clock that went back can leave the last one beyond the limit
      const candidate = Math.max(row.last + 1, clock)
      if (candidate <= limit) {
        row.last = candidate
        return candidate
      }
      await options.sleep(Math.max(candidate - limit, MIN_WAIT_MS))
    }
  }

  return {
    next(developerKey) {
      const row = rowOf(developerKey)
      const mine = row.tail.then(() => take(developerKey, row))
      row.tail = mine.then(
        () => undefined,
        () => undefined, // who asked gets the rejection; the next in line starts afresh
      )
      return mine
    },
  }
}
