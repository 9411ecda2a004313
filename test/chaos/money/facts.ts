import type { Rail } from '../../../client/index.js'
import type { CallEntry, Dialect, LedgerJson, MoneyJson, SmsEntry, TransactionJson } from '../../../sandbox/index.js'

/** What the transfers of a run leave behind for their judge. */

/** What a transfer says of itself at the end of the run. */
export interface TransferEnd {
  readonly state: string
  readonly status: string
  readonly tid: string | null
  /** `what` and `code` of the timeline. */
  readonly story: readonly string[]
}

export interface TransferFacts {
  readonly label: string
  readonly rail: Rail
  readonly dialect: Dialect
  readonly mobile: string
  /** Codes that were typed for the debit; the same submission, sent again, is one. */
  readonly codesTyped: number
  /** Null where it could not even be looked at. */
  readonly end: TransferEnd | null
  readonly unseen?: string
  /** By the sandbox's book. */
  readonly transactions: readonly TransactionJson[]
}

export interface MoneyFacts {
  readonly transfers: readonly TransferFacts[]
  readonly books: Readonly<Record<Dialect, MoneyJson>>
}

/** The part of a ledger that belongs to one transfer: its sender makes no other one. */
export interface TransferLedger {
  /** Oldest first. */
  readonly calls: readonly CallEntry[]
  readonly sms: readonly SmsEntry[]
}

export function transferLedgerOf({ rail, mobile }: TransferFacts, ledger: LedgerJson): TransferLedger {
  return {
    calls: ledger.calls.filter((call) => call.rail === rail && call.mobile === mobile),
    sms: ledger.sms.filter((sms) => sms.rail === rail && sms.sender === mobile),
  }
}
