import type { CallOutcome } from '../calls.js'
import { DEFAULT_POLICY } from '../policy.js'
import type { Dependency } from '../shared-messages.js'
import type { Core, PendingCall } from './core.js'

/** How a call waits that could not be made, or whose answer to a repeatable call was lost. */

/** How often a repeatable call is parked without an answer before an operator must look. */
export const MAX_UNANSWERED = 5

/** What an answer waits for, where the activity does not say. */
const DEPENDENCY: Partial<Record<CallOutcome['answer'], Dependency>> = {
  BUSY: 'EKO_BUSY',
  CONFIGURATION: 'CONFIGURATION',
}

/** Parts of the policy's own waits: a busy user is free again soon, a setting is not mended as fast, a bank takes hours. */
const FACTORS: Partial<Record<Dependency, { readonly first: number; readonly longest: number }>> = {
  EKO_BUSY: { first: 0.6, longest: 0.2 },
  CONFIGURATION: { first: 6, longest: 3 },
  EKO_SETTLEMENT: { first: 1, longest: 6 },
}

export function parkedState(
  journey: Core,
  call: PendingCall,
  outcome: CallOutcome,
  now: number,
): NonNullable<PendingCall['parked']> {
  const dependency = outcome.dependency ?? DEPENDENCY[outcome.answer] ?? 'EKO_TRANSPORT'
  const { incident } = outcome
  const retryAt = now + waitMs(journey, dependency, call, outcome)
  return { dependency, since: now, retryAt, ...(incident !== undefined && { incident }) }
}

/** By the policy's backoff, or longer where Eko or the gate says so. */
function waitMs({ plan }: Core, dependency: Dependency, call: PendingCall, outcome: CallOutcome): number {
  const { retryAfterMs, incident } = outcome
  const { parkFirstSeconds, parkLongestSeconds } = { ...DEFAULT_POLICY, ...plan?.policy }
  const { first, longest } = FACTORS[dependency] ?? { first: 1, longest: 1 }
  const base = parkFirstSeconds * 1_000 * first * 2 ** Math.min(call.parks, 10)
  const backoff = Math.min(parkLongestSeconds * 1_000 * longest, base)
  // Our own rate cap, and an incident, tell each call its turn.
  const hasTurn = retryAfterMs !== undefined && (dependency === 'RATE_CAP' || incident !== undefined)
  const wait = hasTurn ? retryAfterMs : backoff
  return Math.max(spread(wait, call), retryAfterMs ?? 0, 1)
}

/** Longer by up to a quarter, so that journeys do not come back all at once. */
function spread(wait: number, { request }: PendingCall): number {
  const seed = [...request.clientRef].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 997, 7)
  return Math.round(wait * (1 + (seed % 250) / 1000))
}
