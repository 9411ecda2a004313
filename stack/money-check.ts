import type { MoneyJson, TransactionJson } from '../sandbox/index.js'
import type { Rail, TransferResult } from '../client/index.js'

/** A payment beside the truth about its sender's money. */
export interface PaymentFacts {
  readonly sender: string
  readonly rail: Rail
  readonly mobile: string
  /** Null where it did not end. */
  readonly result: Pick<TransferResult, 'state' | 'transaction'> | null
  /** The sender's transactions, by the sandbox's book. */
  readonly transactions: readonly TransactionJson[]
}

/** What the judge found about money. */
export interface MoneyJudgement {
  /** Transfers that were started and ended. */
  readonly transfers: number
  /** Transfers that were debited for good, by the sandbox's book. */
  readonly debits: number
  /** Transfers that were debited and given back by a refund. */
  readonly refunds: number
  /** Sentences; none where the book agrees. */
  readonly differences: readonly string[]
}

/** What a transaction must be where the transfer says that it ended so. */
const TRUTH: Readonly<Record<string, string>> = { COMPLETED: '0', FAILED: '1', REFUNDED: '4' }

/** Compares every payment with the sandbox's book of transactions. Pure. */
export function judgeMoney(payments: readonly PaymentFacts[], { conserved, violations }: MoneyJson): MoneyJudgement {
  const transfersOf = ({ transactions }: PaymentFacts): TransactionJson[] =>
    transactions.filter(({ kind }) => kind === 'TRANSFER')
  const all = payments.flatMap(transfersOf)
  return {
    transfers: payments.filter(({ result }) => result !== null).length,
    debits: all.filter(({ debited, txStatus }) => debited && txStatus === '0').length,
    refunds: all.filter(({ txStatus }) => txStatus === '4').length,
    differences: [
      ...payments.flatMap((payment) =>
        differences(payment, transfersOf(payment)).map((difference) => `${payment.sender}: ${difference}`),
      ),
      ...(conserved ? [] : violations),
    ],
  }
}

function differences({ result, transactions }: PaymentFacts, transfers: readonly TransactionJson[]): string[] {
  if (!result) return ['the transfer did not end']
  const loads = transactions.length - transfers.length
  const [only] = transfers
  return [
    ...(transfers.length === 1 ? [] : [`the book has ${transfers.length} transfers, wanted 1`]),
    ...(loads <= 1 ? [] : [`the wallet was loaded ${loads} times`]),
    ...(only === undefined || only.txStatus === TRUTH[result.state]
      ? []
      : [`the transfer says ${result.state}, the book tx_status ${only.txStatus}`]),
    ...(only === undefined || only.tid === result.transaction?.tid ? [] : ['the transfer names another transaction']),
  ]
}
