import type { CallOutcome } from '../calls.js'
import { factsOf } from '../engine/code-steps.js'
import { parkedState } from '../engine/parking.js'
import { ask, needAttention, record, set, type Turn as AnyTurn } from '../engine/turn.js'
import type { PendingCall, Submission, TransferJourney } from './journey.js'
import { referencesOf } from './references.js'

type Turn = AnyTurn<TransferJourney>
type TransactionName = NonNullable<PendingCall['request']['transaction']>

/** How a transfer learns what became of its debit: by asking Eko about every reference, as often as it takes. */

/** Asks anew: by Eko's own id where it is known, and about every reference, the newest one first, until one is found. */
export function inquire(turn: Turn, submissions: readonly Submission[], parks = 0): void {
  const { transaction } = turn.journey
  const [newest = ''] = referencesOf(turn.journey)
  inquireAbout(turn, transaction?.tid ? { tid: transaction.tid } : { clientRefId: newest }, submissions, parks)
}

export function inquireAbout(
  turn: Turn,
  transaction: TransactionName,
  submissions: readonly Submission[],
  parks = 0,
): void {
  ask(turn, 'transactionInquiry', { transaction }, submissions)
  const { call } = turn.journey
  if (call) set(turn, { call: { ...call, parks } })
}

/** Goes on to the next older reference, after Eko's own id to the newest one; false where this was the last one. */
export function inquireNext(turn: Turn, call: PendingCall): boolean {
  const asked = clientRefOf(call)
  const references = referencesOf(turn.journey)
  const next = references[asked === null ? 0 : references.indexOf(asked) + 1]
  if (next === undefined) return false
  inquireAbout(turn, { clientRefId: next }, call.submissions, call.parks)
  return true
}

/** The reference that an inquiry asks about; null where it asks by Eko's own id. */
export function clientRefOf({ request }: PendingCall): string | null {
  const { transaction } = request
  return transaction && 'clientRefId' in transaction ? transaction.clientRefId : null
}

/** Asks again later, ever more rarely; who waits is told so. */
export function inquireLater(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  const parks = call.name === 'transactionInquiry' ? call.parks : 0
  inquire(turn, [], parks)
  const next = turn.journey.call
  if (!next) return
  const waiting = { ...outcome, dependency: 'EKO_SETTLEMENT' } as const
  const parked = parkedState(turn.journey, next, waiting, turn.now)
  const retryAt = Math.min(parked.retryAt, Math.max(quarantineEnd(turn.journey) ?? Infinity, turn.now + 1))
  set(turn, { call: { ...next, parks: parks + 1, parked: { ...parked, retryAt } } })
  record(turn, call.submissions, 'PARKED', { detail: 'EKO_SETTLEMENT', ...factsOf(outcome) })
}

/** When an operator must look, ms; null where no quarantine runs. */
export function quarantineEnd({ unknownSince, plan }: TransferJourney): number | null {
  return unknownSince === null ? null : unknownSince + (plan?.policy.quarantineSeconds ?? 0) * 1000
}

/**
 * Whether Eko has said for the whole quarantine that there is nothing. Its clock starts with the first time that Eko says
 * so: while nobody can be asked, nothing is proved.
 */
export function isQuarantineOver(turn: Turn): boolean {
  set(turn, { unknownSince: turn.journey.unknownSince ?? turn.now })
  return turn.now >= (quarantineEnd(turn.journey) ?? turn.now)
}

/** Not found is no proof: asked again through the quarantine, then an operator must look. */
export function stillNotFound(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  if (isQuarantineOver(turn)) needAttention(turn, 'TRANSACTION_NOT_FOUND', call.submissions, outcome.facts)
  else inquireLater(turn, call, outcome)
}
