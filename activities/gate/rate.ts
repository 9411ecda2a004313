const SECOND_MS = 1_000
/** Turns are told this far ahead; whoever comes later is told the first ones again. In ms. */
export const LONGEST_QUEUE_MS = 600_000
/** Between the gate and the wire calls bunch up: a paced rate leaves so much of itself for that. */
const PACE_SHARE = 0.8
/** From this rate on, a paced one lets a second call follow at once, since callers do not come to the millisecond. */
const LEAST_FOR_PAIRS = 10

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

/** As many as the rate allows may go at once; then none until a second has passed. */
export function createRate(perSecond: number): Rate {
  /** When each of the last second's went, oldest first. */
  const gone: number[] = []
  const forget = (now: number): void => {
    while (gone.length > 0 && (gone[0] ?? now) <= now - SECOND_MS) gone.shift()
  }
  const freeAt = (now: number): number => {
    forget(now)
    return gone.length < perSecond ? now : (gone[gone.length - perSecond] ?? now) + SECOND_MS
  }
  return withTurns(SECOND_MS / perSecond, freeAt, (now) => {
    forget(now)
    gone.push(now)
  })
}

/** One after the other, evenly, at a little less than the rate: so that it holds on the wire as well. */
export function createPace(perSecond: number): Rate {
  const spacing = SECOND_MS / (perSecond * PACE_SHARE)
  const early = perSecond >= LEAST_FOR_PAIRS ? spacing : 0
  let next = -Infinity
  const freeAt = (now: number): number => Math.max(now, next - early)
  return withTurns(spacing, freeAt, (now) => {
    next = Math.max(next, now) + spacing
  })
}

function withTurns(spacing: number, freeAt: (now: number) => number, take: (now: number) => void): Rate {
  let nextTurn = -Infinity
  return {
    hasRoom: (now) => freeAt(now) <= now,
    take,
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
