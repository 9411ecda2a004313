const SECOND_MS = 1_000
/** Turns are told this far ahead; whoever comes later is told the first ones again. */
const LONGEST_QUEUE_MS = 600_000

/** A rate that is never exceeded in any second, and turns for those who had to be sent away. Times in ms. */
export interface Rate {
  /** Whether one more may go now. */
  hasRoom(now: number): boolean
  /** One goes. */
  take(now: number): void
  /** When to come again, not before the given time: each caller is told a time of its own, spaced by the rate. */
  turn(now: number, notBefore?: number): number
  /** Whether turns have been told that are still to come. */
  isAwaited(now: number): boolean
}

export function createRate(perSecond: number): Rate {
  const spacing = SECOND_MS / perSecond
  /** When each of the last second's went, oldest first. */
  const gone: number[] = []
  let nextTurn = -Infinity

  const forget = (now: number): void => {
    while (gone.length > 0 && (gone[0] ?? now) <= now - SECOND_MS) gone.shift()
  }
  const freeAt = (now: number): number => {
    forget(now)
    return gone.length < perSecond ? now : (gone[gone.length - perSecond] ?? now) + SECOND_MS
  }
  return {
    hasRoom: (now) => freeAt(now) <= now,
    take(now) {
      forget(now)
      gone.push(now)
    },
    turn(now, notBefore = now) {
      const first = Math.max(freeAt(now), notBefore)
      const wanted = Math.max(first, nextTurn)
      const at = wanted - first > LONGEST_QUEUE_MS ? first : wanted
      nextTurn = at + spacing
      return at
    },
    isAwaited: (now) => nextTurn > now + spacing,
  }
}
