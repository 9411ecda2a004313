import { createPace, LONGEST_QUEUE_MS, type Rate } from './rate.js'

/** When a breaker opens, for how long, and how it lets calls go again. Times in ms. Our own numbers. */
export interface BreakerOptions {
  /** How far back results count; default 30,000. */
  readonly windowMs: number
  /** Least failures in the window, with `share`; default 5. */
  readonly failures: number
  /** Least share of failures in the window; default 0.5. */
  readonly share: number
  /** Failures in a row that suffice without the share; default 10. */
  readonly failuresInARow: number
  /** Least journeys that the failures must be spread over, so that no single one stops all; default 3. */
  readonly sources: number
  /** First time that it stays open; doubles while the dependency stays away; default 10,000. */
  readonly openMs: number
  /** Longest time that it stays open; default: 12 times the first. */
  readonly longestOpenMs: number
  /** After this an attempt at half-open counts as gone, and another is made; default 60,000. */
  readonly canaryMs: number
  /** Most calls a second while those who waited come back; default 10. */
  readonly releasePerSecond: number
  /** Without a failure for so long, and with nobody still awaited, the release is over; default 30,000. */
  readonly releaseMs: number
  /** The release is over after this in any case; default 600,000: as far ahead as turns are told. */
  readonly longestReleaseMs: number
}

export const BREAKER_DEFAULTS: BreakerOptions = {
  windowMs: 30_000,
  failures: 5,
  share: 0.5,
  failuresInARow: 10,
  sources: 3,
  openMs: 10_000,
  longestOpenMs: 120_000,
  canaryMs: 60_000,
  releasePerSecond: 10,
  releaseMs: 30_000,
  longestReleaseMs: LONGEST_QUEUE_MS,
}

/** While released, this many failures by two journeys, and half of all, suffice. */
const RELAPSE = { failures: 3, sources: 2 } as const
/** How soon to ask again while one call tries whether the dependency is back. */
const CANARY_WAIT_MS = 5_000

export const CALL_RESULTS = ['SUCCESS', 'FAILURE', 'NEITHER'] as const
/** What a call says about a dependency. */
export type CallResult = (typeof CALL_RESULTS)[number]

/** A call that the breaker let through; to be handed back with its result. */
export interface Pass {
  readonly era: number
  readonly canary: boolean
}

type Phase =
  | { readonly name: 'CLOSED' }
  /** `asked`: the dependency itself asked for the pause. */
  | { readonly name: 'OPEN'; readonly until: number; readonly asked: boolean }
  | { readonly name: 'HALF_OPEN'; readonly canarySince: number | null; readonly asked: boolean }
  | { readonly name: 'RELEASING'; readonly since: number; readonly cleanSince: number }
export type PhaseName = Phase['name']

/** A breaker of one developer key and dependency. It reads no clock: `now` is in ms and never goes back. */
export interface Breaker {
  phase(now: number): PhaseName
  /** Whether it is away because it asked for a pause itself. */
  isPaused(now: number): boolean
  /** Whether a call may go now; asks nothing and changes nothing. */
  admits(now: number): boolean
  /** Lets a call go; only where it is admitted. */
  pass(now: number): Pass
  /** How long a call that is not admitted shall wait: each is told a time of its own. */
  waitMs(now: number): number
  /** What became of a call. Results of calls from before the breaker opened are ignored. */
  result(now: number, pass: Pass, result: CallResult, source: string): void
  /** Opens it for as long as the dependency asks for (`Retry-After`). */
  pause(now: number, forMs: number): void
}

interface Event {
  readonly at: number
  readonly failed: boolean
  readonly source: string
}

export function createBreaker(given: Partial<BreakerOptions> = {}): Breaker {
  const { openMs = BREAKER_DEFAULTS.openMs } = given
  const options = { ...BREAKER_DEFAULTS, longestOpenMs: openMs * 12, ...given }
  let phase: Phase = { name: 'CLOSED' }
  let events: Event[] = []
  let nextOpenMs = options.openMs
  let rate: Rate = createPace(options.releasePerSecond)
  let era = 0

  /** The phase, after what time alone has changed. */
  function current(now: number): Phase {
    if (phase.name === 'OPEN' && phase.until <= now) {
      phase = { name: 'HALF_OPEN', canarySince: null, asked: phase.asked }
    }
    if (phase.name === 'HALF_OPEN' && phase.canarySince !== null && phase.canarySince + options.canaryMs <= now) {
      phase = { ...phase, canarySince: null }
    }
    if (phase.name === 'RELEASING') {
      const quiet = now - phase.cleanSince >= options.releaseMs && !rate.isAwaited(now)
      if (quiet || now - phase.since >= options.longestReleaseMs) {
        phase = { name: 'CLOSED' }
        nextOpenMs = options.openMs
      }
    }
    return phase
  }

  function open(now: number, forMs: number, asked: boolean): void {
    phase = { name: 'OPEN', until: now + forMs, asked }
    era += 1
    events = []
  }

  function trip(now: number): void {
    open(now, nextOpenMs, false)
    nextOpenMs = Math.min(nextOpenMs * 2, options.longestOpenMs)
  }

  function release(now: number): void {
    phase = { name: 'RELEASING', since: now, cleanSince: now }
    events = []
  }

  function count(now: number, failed: boolean, source: string): void {
    events = [...events.filter(({ at }) => at > now - options.windowMs), { at: now, failed, source }]
  }

  return {
    phase: (now) => current(now).name,
    isPaused(now) {
      const is = current(now)
      return (is.name === 'OPEN' || is.name === 'HALF_OPEN') && is.asked
    },
    admits(now) {
      const is = current(now)
      switch (is.name) {
        case 'CLOSED':
          return true
        case 'OPEN':
          return false
        case 'HALF_OPEN':
          return is.canarySince === null
        case 'RELEASING':
          return rate.hasRoom(now)
      }
    },
    pass(now) {
      const is = current(now)
      const canary = is.name === 'HALF_OPEN'
      if (canary) phase = { ...is, canarySince: now }
      if (is.name === 'RELEASING' || canary) rate.take(now)
      return { era, canary }
    },
    waitMs(now) {
      const is = current(now)
      const from = is.name === 'OPEN' ? is.until : is.name === 'HALF_OPEN' ? now + CANARY_WAIT_MS : now
      return Math.max(1, Math.ceil(rate.turn(now, from) - now))
    },
    result(now, pass, result, source) {
      const is = current(now)
      if (pass.era !== era || is.name === 'OPEN') return
      if (is.name === 'HALF_OPEN') {
        if (!pass.canary) return
        if (result === 'SUCCESS') release(now)
        else if (result === 'FAILURE') trip(now)
        else phase = { ...is, canarySince: null }
        return
      }
      if (result === 'NEITHER') return
      const failed = result === 'FAILURE'
      count(now, failed, source)
      if (!failed) return
      if (is.name === 'RELEASING') {
        phase = { ...is, cleanSince: now }
        if (isBad(events, { ...options, ...RELAPSE })) trip(now)
      } else if (isBad(events, options)) {
        rate = createPace(options.releasePerSecond)
        trip(now)
      }
    },
    pause(now, forMs) {
      const is = current(now)
      if (is.name === 'OPEN' && is.until >= now + forMs) return
      open(now, forMs, true)
    },
  }
}

function isBad(
  events: readonly Event[],
  limits: Pick<BreakerOptions, 'failures' | 'share' | 'failuresInARow' | 'sources'>,
): boolean {
  const failed = events.filter((event) => event.failed)
  const often = failed.length >= limits.failures && failed.length / events.length >= limits.share
  if (often && sources(failed) >= limits.sources) return true
  const inARow = events.slice(events.findLastIndex((event) => !event.failed) + 1)
  return inARow.length >= limits.failuresInARow && sources(inARow) >= limits.sources
}

function sources(events: readonly Event[]): number {
  return new Set(events.map(({ source }) => source)).size
}
