import type { CallEntry, LedgerJson } from '../../../sandbox/index.js'
import { type MoneyFacts, type TransferFacts, type TransferLedger, transferLedgerOf } from './facts.js'

/** The judge of a run's transfers: pure. What each says, beside what truly happened to the money. */

export const MONEY_INVARIANTS = {
  ONE_DEBIT: 'debits per transferId are 0 or 1',
  MONEY_CONSERVED: 'the sum of money is conserved',
  MONEY_END_AGREES: 'no transfer failed that debited without a refund, none done that did not debit',
  DEBIT_NOT_REPEATED: 'no debit and no code asked for again after a debit’s unknown outcome',
  TRANSFER_NOT_STUCK: 'every transfer ends, once an operator has looked',
} as const
export type MoneyInvariant = keyof typeof MONEY_INVARIANTS

export interface MoneyViolation {
  readonly invariant: MoneyInvariant
  readonly journey: string
  readonly what: string
}

type Check = (transfer: TransferFacts, ledger: TransferLedger) => readonly string[]

const CHECKS: Readonly<Partial<Record<MoneyInvariant, Check>>> = {
  ONE_DEBIT: oneDebit,
  MONEY_END_AGREES: endAgrees,
  DEBIT_NOT_REPEATED: debitNotRepeated,
  TRANSFER_NOT_STUCK: notStuck,
}

/** Every violation of a run's transfers; those of the books are told by their dialect. */
export function judgeMoney(
  { transfers, books }: MoneyFacts,
  ledgers: Readonly<Record<string, LedgerJson>>,
): MoneyViolation[] {
  const own = transfers.flatMap((transfer) => {
    const ledger = transferLedgerOf(transfer, ledgers[transfer.dialect] as LedgerJson)
    return (Object.keys(CHECKS) as MoneyInvariant[]).flatMap((invariant) =>
      (CHECKS[invariant]?.(transfer, ledger) ?? []).map((what) => ({ invariant, journey: transfer.label, what })),
    )
  })
  const conserved = Object.entries(books).flatMap(([dialect, { violations }]) =>
    violations.map((what) => ({ invariant: 'MONEY_CONSERVED', journey: dialect, what }) as const),
  )
  return [...own, ...conserved]
}

function oneDebit({ transactions }: TransferFacts, { calls }: TransferLedger): string[] {
  const debited = transactions.filter((one) => one.debited)
  return debited.length <= 1
    ? []
    : [`${debited.length} debits, ${calls.filter(isDebit).length} calls of Initiate Transaction`]
}

/** What a transaction may be where the transfer says that it ended so. */
const TRUTH: Readonly<Record<string, readonly string[]>> = {
  COMPLETED: ['0'],
  REFUNDED: ['4'],
  FAILED: ['none', '1'],
  REJECTED: ['none'],
  CANCELLED: ['none'],
}

function endAgrees({ end, transactions }: TransferFacts): string[] {
  const allowed = TRUTH[end?.state ?? ''] ?? []
  if (!end || end.status !== 'CLOSED') return []
  const truths = transactions.length === 0 ? ['none'] : transactions.map(({ txStatus }) => txStatus)
  const tids = transactions.map(({ tid }) => tid)
  return [
    ...truths
      .filter((truth) => !allowed.includes(truth))
      .map((truth) => `${end.state}, and the transaction is ${truth === 'none' ? 'not there' : `tx_status ${truth}`}`),
    ...(end.tid === null || tids.includes(end.tid)
      ? []
      : [`names the transaction ${end.tid}, which is none of its own`]),
  ]
}

/** After it, nobody knows whether a debit was made: until an inquiry tells, nothing may be asked for. */
function debitNotRepeated({ codesTyped }: TransferFacts, { calls, sms }: TransferLedger): string[] {
  const unknown = calls.findIndex((call) => isDebit(call) && isUnknown(call))
  const since = calls[unknown]
  const debits = withoutTwins(calls.filter(isDebit))
  const tooMany = debits.filter((call) => !isSurelyNotMade(call)).length - codesTyped
  return [
    ...(tooMany > 0 ? [`${codesTyped} codes were typed, ${codesTyped + tooMany} debits asked for`] : []),
    ...(since === undefined
      ? []
      : [
          ...withoutTwins(calls.slice(unknown).filter(isDebit))
            .slice(1)
            .map(() => 'Initiate Transaction again after an unknown outcome'),
          ...sms
            .filter(({ purpose, at }) => purpose === 'TRANSACTION' && at > since.at)
            .map(() => 'a transaction OTP after an unknown outcome'),
        ]),
  ]
}

function notStuck({ end, unseen }: TransferFacts): string[] {
  if (!end) return [`the transfer could not be looked at: ${unseen ?? 'no reason'}`]
  return end.status === 'CLOSED' ? [] : [`is still ${end.state} and ${end.status}`]
}

const isDebit = ({ operation }: CallEntry): boolean => operation === 'initiateTransaction'

const SPOILED = ['htmlBody', 'truncatedBody', 'empty204', 'status5xx', 'unknownTypeId', 'lateCommit']

/** Whether the answer did not tell what became of the call. */
function isUnknown(call: CallEntry): boolean {
  return !isSurelyNotMade(call) && (!call.answered || call.http !== 200 || SPOILED.includes(call.fault ?? ''))
}

function isSurelyNotMade({ answered, http }: CallEntry): boolean {
  return answered && [401, 403, 404, 405, 413, 415].includes(http ?? 0)
}

/** A request that something on the way delivered twice stands twice in the ledger; the product sent it once. */
function withoutTwins(calls: readonly CallEntry[]): CallEntry[] {
  return calls.filter(
    (call, index) =>
      call.fault !== 'duplicateDelivery' ||
      calls.findIndex((other) => other.fault === call.fault && other.clientRefId === call.clientRefId) === index,
  )
}
