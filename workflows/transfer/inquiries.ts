import type { CallOutcome } from '../calls.js'
import { factsOf } from '../engine/code-steps.js'
import { parkedState } from '../engine/parking.js'
import { ask, needAttention, record, set, type Turn as AnyTurn } from '../engine/turn.js'
import type { PendingCall, Submission, TransferJourney } from './journey.js'
import { referencesOf } from './references.js'

type Turn = AnyTurn<TransferJourney>
type TransactionName = NonNullable<PendingCall['request']['transaction']>

/** How a transfer learns what became of its debit: by asking Eko about every reference, as often as it takes. */

/** Asks anew: by Eko's own id where it is known, else about the newest reference first. */
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

/** Goes on to the next older reference; false where this was the last one. */
export function inquireOlder(turn: Turn, call: PendingCall): boolean {
  const asked = clientRefOf(call)
  const references = referencesOf(turn.journey)
  const next = asked === null ? undefined : references[references.indexOf(asked) + 1]
  if (next === undefined) return false
  inquireAbout(turn, { clientRefId: next }, call.submissions, call.parks)
  return true
}

/** Whether what was asked about is what decides: Eko's own id, or the newest reference. */
export function isDecisive(journey: TransferJourney, call: PendingCall): boolean {
  if (call.name !== 'transactionInquiry') return true
  const asked = clientRefOf(call)
  return asked === null || asked === referencesOf(journey)[0]
}

function clientRefOf({ request }: PendingCall): string | null {
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
  set(turn, { call: { ...next, parks: parks + 1, parked: parkedState(turn.journey, next, waiting, turn.now) } })
  record(turn, call.submissions, 'PARKED', { detail: 'EKO_SETTLEMENT', ...factsOf(outcome) })
}

/** Whether Eko has been silent about it for the whole quarantine; its clock starts where it does not run yet. */
export function isQuarantineOver(turn: Turn): boolean {
  const { unknownSince, plan } = turn.journey
  const since = unknownSince ?? turn.now
  set(turn, { unknownSince: since })
  return turn.now - since >= (plan?.policy.quarantineSeconds ?? 0) * 1000
}

/** Not found is no proof: asked again through the quarantine, then an operator must look. */
export function stillNotFound(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  if (isQuarantineOver(turn)) needAttention(turn, 'TRANSACTION_NOT_FOUND', call.submissions, outcome.facts)
  else inquireLater(turn, call, outcome)
}
