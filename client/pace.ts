/** Where time comes from; tests bring their own. */
export interface PaceClock {
  /** Milliseconds, never going back. */
  now(): number
  /** Settles after `ms`, or when the signal says that nobody waits any more. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export interface Pace {
  /** Least time between the starts of two, in milliseconds. Time lost is not made up by a burst. */
  readonly gapMs: number
  /** How many may be under way at the same time. */
  readonly atOnce: number
  /** Asked before each start: false ends it; what is under way is still waited for. */
  readonly goOn: () => boolean
  /** @default the process's own */
  readonly clock?: PaceClock
}

const CLOCK: PaceClock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      const stop = (): void => {
        clearTimeout(timer)
        resolve()
      }
      signal.addEventListener('abort', stop, { once: true })
    }),
}

/** Does something with each item, in order and paced, and gives the results as they come. */
export async function* paced<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
  { gapMs, atOnce, goOn, clock = CLOCK }: Pace,
): AsyncGenerator<Result, void, void> {
  const underWay = new Map<number, Promise<{ readonly index: number; readonly result: Result }>>()
  let next = 0
  let notBefore = -Infinity
  try {
    for (;;) {
      const more = next < items.length && goOn()
      if (!more && underWay.size === 0) return
      const room = more && underWay.size < atOnce
      const wait = notBefore - clock.now()
      if (room && wait <= 0) {
        const index = next
        next += 1
        notBefore = clock.now() + gapMs
        underWay.set(
          index,
          act(items[index] as Item).then((result) => ({ index, result })),
        )
        continue
      }
      const waiting = new AbortController()
      const timer = room ? [clock.sleep(wait, waiting.signal).then(() => null)] : []
      const done = await Promise.race([...underWay.values(), ...timer])
      waiting.abort()
      if (!done) continue
      underWay.delete(done.index)
      yield done.result
    }
  } finally {
    await Promise.allSettled(underWay.values())
  }
}
