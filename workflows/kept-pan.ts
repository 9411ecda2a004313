import { note, set, type Turn } from './engine/turn.js'
import type { Journey } from './journey.js'

/** A PAN that came before its step is kept for a while. */

export function keepPan(turn: Turn<Journey>, pan: string): void {
  const seconds = turn.journey.plan?.policy.keptPanSeconds ?? 0
  set(turn, { keptPan: { pan, until: turn.now + seconds * 1000 } })
}

/** Drops it when its time is over. */
export function dropKeptPan(turn: Turn<Journey>): void {
  const { keptPan } = turn.journey
  if (!keptPan || keptPan.until > turn.now) return
  set(turn, { keptPan: null })
  note(turn, { what: 'timer:keptPan', code: 'DROPPED' })
}
