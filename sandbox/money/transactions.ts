import { randomInt } from 'node:crypto'
import type { Rail } from '../names.js'
import type { AnyTxStatus, TransferPath } from './paths.js'

/** One transaction that the platform knows: what Transaction Inquiry tells of. */
export interface Transaction {
  tid: string
  kind: 'TRANSFER' | 'LOAD'
  rail: Rail
  mobile: string
  /** Whose it is: nobody else's inquiry finds it. */
  initiatorId: string
  clientRefId: string | null
  /** The reference of the code that authorised it. */
  otpRefId: string | null
  recipientId: number | null
  amountPaise: number
  feePaise: number
  path: TransferPath
  txStatus: AnyTxStatus
  /** Whether the wallet was ever debited for it. */
  debited: boolean
  /** When it was carried out, ms on the bank's clock; months of limits are counted by it. */
  at: number
  /** When it settles, ms on the bank's clock; null where it does not by itself. */
  settlesAt: number | null
  settlesTo: AnyTxStatus | null
  bankRefNum: string
  refundTid: string | null
}

/** All transactions, oldest first. */
export class TransactionBook {
  readonly #all: Transaction[] = []
  readonly #tids = new Set<string>()

  /** A number that no transaction has: 10 digits, or 12 for a load, as in Eko's samples. */
  freshTid(digits: 10 | 12 = 10): string {
    const tid = String(randomInt(2, 10)) + String(randomInt(1_000_000_000)).padStart(digits - 1, '0')
    if (this.#tids.has(tid)) return this.freshTid(digits)
    this.#tids.add(tid)
    return tid
  }

  add(transaction: Transaction): Transaction {
    this.#all.push(transaction)
    return transaction
  }

  byTid(tid: string): Transaction | undefined {
    return this.#all.find((transaction) => transaction.tid === tid)
  }

  /** The newest with this reference of the caller's (*sandbox policy*: Eko documents no repeated references). */
  byClientRef(clientRefId: string): Transaction | undefined {
    return this.#all.findLast((transaction) => transaction.clientRefId === clientRefId)
  }

  all(mobile?: string): Transaction[] {
    return this.#all.filter((transaction) => mobile === undefined || transaction.mobile === mobile)
  }
}
