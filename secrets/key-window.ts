import type { JWK } from 'jose'

/**
 * The times of a sealing key, as members of its JWK (RFC 7517 §4 lets a JWK have members of one's own). All are in
 * seconds since 1970 and are fixed when the key is made: whoever has a copy of the public set, however old, seals to the
 * key no longer than its private half is kept for.
 */
export interface KeyWindow {
  /** Sealed to from here on. Lies in the future of a new key, so that workers have it before anybody uses it. */
  readonly nbf?: number
  /** Sealed to until here. */
  readonly exp?: number
  /** The private half is due to be destroyed from here on: `exp`, the longest journey, and `DESTROY_MARGIN_SECONDS`. */
  readonly destroyAfter?: number
}

/** A sealing key, private or public. One without times is always sealed to; production refuses it. */
export type SealingKey = JWK & KeyWindow

/** A new key is made when the newest one has been sealed to for so long. */
export const ROTATION_SECONDS = 86_400
/** How long a key may be sealed to: a day, and another one in which its rotation may be late. */
export const SEALING_SECONDS = 2 * ROTATION_SECONDS
/** From making a key to sealing to it: in this time its private half must get to every worker. */
export const LEAD_SECONDS = 600
/** The longest a journey may take where no tenant has a longer range for `journeySeconds`. */
export const LONGEST_JOURNEY_SECONDS = 604_800
/** Kept beyond the last possible use. */
export const DESTROY_MARGIN_SECONDS = 86_400

export interface WindowOptions {
  /** In ms since 1970. */
  readonly now: number
  /** Seconds. @default 0: sealed to at once */
  readonly lead?: number
  /** The longest any journey of the deployment may take, in seconds. @default LONGEST_JOURNEY_SECONDS */
  readonly longestJourney?: number
}

/**
 * The times of a key that is made now. The last possible use of a key is by a journey that began in the last moment in
 * which the key could be sealed to, at that journey's end; a day later the key is due to be destroyed.
 */
export function windowFrom({ now, lead = 0, longestJourney }: WindowOptions): Required<KeyWindow> {
  const nbf = Math.floor(now / 1_000) + lead
  const exp = nbf + SEALING_SECONDS
  return { nbf, exp, destroyAfter: destroyAfter(exp, longestJourney) }
}

/** When a key that is sealed to until `exp` is due, in seconds since 1970. */
export function destroyAfter(exp: number, longestJourney: number = LONGEST_JOURNEY_SECONDS): number {
  return exp + longestJourney + DESTROY_MARGIN_SECONDS
}

export function isSealingNow({ nbf = 0, exp = Infinity }: KeyWindow, nowMs: number): boolean {
  return nbf * 1_000 <= nowMs && nowMs < exp * 1_000
}

/** Whether a key is sealed to for a while, and its private half kept at least as long. Times that are left out fit. */
export function isInOrder({ nbf = -Infinity, exp = Infinity, destroyAfter: due = Infinity }: KeyWindow): boolean {
  return nbf < exp && nbf < due && (exp === Infinity || exp <= due)
}

/** What becomes of a sealing key in its time. */
export type KeyState = 'coming' | 'sealing' | 'opening' | 'due'

/** `coming`: not sealed to yet; `sealing`; `opening`: for journeys under way only; `due`: to be destroyed. */
export function stateOf(key: KeyWindow, nowMs: number): KeyState {
  if ((key.nbf ?? 0) * 1_000 > nowMs) return 'coming'
  if (isSealingNow(key, nowMs)) return 'sealing'
  return (key.destroyAfter ?? Infinity) * 1_000 <= nowMs ? 'due' : 'opening'
}

/** How long a journey may take so that the key outlives it, in seconds; null where the key has no times. */
export function journeyItOutlives({ exp, destroyAfter: due }: KeyWindow): number | null {
  return exp === undefined || due === undefined ? null : due - exp - DESTROY_MARGIN_SECONDS
}
