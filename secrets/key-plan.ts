import { type CodecKey, type CodecKeyRing, generateCodecKey } from './codec-keys.js'
import {
  destroyAfter,
  isSealingNow,
  LEAD_SECONDS,
  ROTATION_SECONDS,
  SEALING_SECONDS,
  type SealingKey,
  stateOf,
} from './key-window.js'
import type { KeySet } from './sealing.js'

/** Rotation and destruction of keys, as functions from one set to the next. Nothing here reads or writes a file. */

/** Why a key is not destroyed, or a set not rotated or published. The message says what to do. */
export class KeyRefusal extends Error {
  override readonly name = 'KeyRefusal'
  constructor(
    readonly code: KeyRefusalCode,
    message: string,
  ) {
    super(message)
  }
}
export type KeyRefusalCode =
  | 'KEY_UNKNOWN'
  | 'KEY_ALREADY_DESTROYED'
  | 'KEY_IN_USE'
  | 'KEY_LAST'
  | 'KEY_NOT_RETIRED'
  | 'NOTHING_TO_ROTATE'
  | 'NOT_PUBLISHED'

/** Ids of destroyed sealing keys that are remembered, so that a refusal can say why: a year of daily rotation. */
const DESTROYED_KEPT = 400
/** How long a codec key must have been retired, in seconds: until then a process may still write with it. */
export const RETIRED_SECONDS = 3_600

/** A daily job is not on time to the second: so much earlier than after a day a key is made, in seconds. */
const EARLY_SECONDS = 7_200

/** Whether the newest sealing key has been sealed to for about a day, or no key has times. */
export function isRotationDue({ keys }: KeySet, nowMs: number): boolean {
  return !keys.some(
    (key) => key.nbf !== undefined && key.nbf * 1_000 > nowMs - (ROTATION_SECONDS - EARLY_SECONDS) * 1_000,
  )
}

/**
 * From making a sealing key to its first use, in seconds, where nobody says otherwise: `LEAD_SECONDS` as long as another
 * key is sealed to meanwhile; 0 where none is, or a late rotation would leave everybody waiting for longer.
 */
export function usualLead({ keys }: KeySet, nowMs: number): number {
  const then = nowMs + LEAD_SECONDS * 1_000
  return keys.some((key) => isSealingNow(key, nowMs) && isSealingNow(key, then)) ? LEAD_SECONDS : 0
}

export interface Rotated {
  readonly set: KeySet
  /** Ids of keys that this rotation destroyed, because they were due. */
  readonly destroyed: readonly string[]
}

/**
 * The set with a new key before the others (null: without one), and without those that are due. Keys of before there were
 * times get them, beginning now.
 */
export function rotateSealing(set: KeySet, fresh: SealingKey | null, nowMs: number, longestJourney: number): Rotated {
  const keys = set.keys.map((key) => withTimes(key, nowMs, longestJourney))
  const kept = keys.filter((key) => stateOf(key, nowMs) !== 'due')
  const due = keys.filter((key) => !kept.includes(key)).map(({ kid = '' }) => kid)
  const next = fresh ? [fresh, ...kept] : kept
  if (next.length === 0) throw lastKey('sealing')
  return { set: { keys: next, destroyed: remembered(set, due) }, destroyed: due }
}

/** The set without a key, whatever its time. What was sealed to it cannot be opened any more, by anybody. */
export function destroySealing(set: KeySet, kid: string, nowMs: number): KeySet {
  requireKnown(set.keys, set.destroyed, kid)
  const keys = set.keys.filter((key) => key.kid !== kid)
  if (!keys.some((key) => ['sealing', 'coming'].includes(stateOf(key, nowMs)))) throw lastKey('sealing')
  return { keys, destroyed: remembered(set, [kid]) }
}

/** The ring with one more key, which only decrypts until it is rotated to. */
export function addCodecKey(ring: CodecKeyRing, idKey: Uint8Array): CodecKeyRing {
  return { ...ring, keys: [...ring.keys, generateCodecKey(idKey)] }
}

/** The ring with its newest key, which stood last, before the others, and the one before it retired. */
export function rotateCodec(ring: CodecKeyRing, nowMs: number): CodecKeyRing {
  const [active, ...others] = ring.keys
  const newest = others.filter(({ retiredAt }) => retiredAt === undefined).at(-1)
  if (!active || !newest) {
    throw new KeyRefusal(
      'NOTHING_TO_ROTATE',
      'No codec key waits for its turn. Run `onboard keys generate --kind codec`, bring the file to all workers, ' +
        'clients and codec servers, restart them, and then rotate.',
    )
  }
  const retired: CodecKey = { ...active, retiredAt: Math.floor(nowMs / 1_000) }
  return { ...ring, keys: [newest, retired, ...others.filter((key) => key !== newest)] }
}

/** Why a codec key may not be destroyed, as far as its ring tells; whether a run uses it, Temporal must be asked. */
export function requireRetired(ring: CodecKeyRing, kid: string, nowMs: number): void {
  requireKnown(ring.keys, ring.destroyed, kid)
  const key = ring.keys.find((known) => known.kid === kid)
  if (ring.keys.length === 1) throw lastKey('codec')
  if (ring.keys[0]?.kid === kid) {
    throw new KeyRefusal(
      'KEY_NOT_RETIRED',
      `${kid} encrypts what is written now. Rotate first: onboard keys rotate --kind codec`,
    )
  }
  const since = (key?.retiredAt ?? Infinity) + RETIRED_SECONDS
  // A key that has never encrypted anything has no such time, and may be the next one of somebody's file already.
  if (since * 1_000 > nowMs) {
    const when = Number.isFinite(since)
      ? `after ${new Date(since * 1_000).toISOString()}`
      : 'when it has been rotated away'
    throw new KeyRefusal('KEY_NOT_RETIRED', `${kid} may still be written with. It can be destroyed ${when}.`)
  }
}

export function destroyCodec(ring: CodecKeyRing, kid: string, nowMs: number): CodecKeyRing {
  requireRetired(ring, kid, nowMs)
  return { keys: ring.keys.filter((key) => key.kid !== kid), destroyed: [...(ring.destroyed ?? []), kid] }
}

function withTimes(key: SealingKey, nowMs: number, longestJourney: number): SealingKey {
  if (key.nbf !== undefined && key.exp !== undefined && key.destroyAfter !== undefined) return key
  // A time that it has stays; the others are put around it in their order.
  const start = Math.floor(nowMs / 1_000)
  const nbf = key.nbf ?? Math.min(start, (key.exp ?? key.destroyAfter ?? Infinity) - SEALING_SECONDS)
  const exp = key.exp ?? Math.min(nbf + SEALING_SECONDS, key.destroyAfter ?? Infinity)
  return { ...key, nbf, exp, destroyAfter: key.destroyAfter ?? destroyAfter(exp, longestJourney) }
}

function remembered({ destroyed = [] }: KeySet, more: readonly string[]): readonly string[] {
  return [...destroyed, ...more].slice(-DESTROYED_KEPT)
}

function requireKnown(
  keys: readonly { readonly kid?: string }[],
  destroyed: readonly string[] | undefined,
  kid: string,
): void {
  if (keys.some((key) => key.kid === kid)) return
  if (destroyed?.includes(kid)) throw new KeyRefusal('KEY_ALREADY_DESTROYED', `${kid} is destroyed already.`)
  throw new KeyRefusal('KEY_UNKNOWN', `There is no key ${kid}. Look at: onboard keys list`)
}

function lastKey(kind: string): KeyRefusal {
  return new KeyRefusal(
    'KEY_LAST',
    `It is the last ${kind} key that can be used: nothing could be sent any more. Make another one first.`,
  )
}
