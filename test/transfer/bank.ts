import type { Answer, CallOutcome } from '../../workflows/calls.js'
import type { PendingCall } from '../../workflows/transfer/journey.js'
import { transaction } from './support.js'

/** What becomes of a transaction, by `tx_status`. */
type Status = 'done' | 'failed' | 'pending' | 'refundPending' | 'refunded'
interface Entry {
  readonly tid: string
  status: Status
  /** Eko does not find it before it was looked for so often: a late commit. */
  hiddenFor: number
  readonly clientRef: string
  /** Refused for its code, and kept by Eko all the same: it never takes money, whatever its word is. */
  readonly isRefused: boolean
}

const WORDS: Readonly<Record<Status, Answer>> = {
  done: 'TRANSFER_DONE',
  failed: 'TRANSFER_FAILED',
  pending: 'TRANSFER_PENDING',
  refundPending: 'REFUND_PENDING',
  refunded: 'REFUNDED',
}
const STATUSES = Object.keys(WORDS) as Status[]

type Told = readonly [answer: Answer, more?: Partial<CallOutcome>]
/** Chooses one of so many, from 0. */
export type Choose = (among: number) => number

/** Eko and the bank behind it, as a model: what really happened, and what is said of it. */
export class Bank {
  /** Every transaction that was carried out, by its reference. */
  readonly book = new Map<string, Entry>()

  constructor(readonly choose: Choose) {}

  /** Transactions that took money and did not give it back. */
  get debits(): number {
    return this.#count('done', 'pending', 'refundPending')
  }

  /** Transactions that ever took money. */
  get everDebited(): number {
    return this.#count('done', 'pending', 'refundPending', 'refunded')
  }

  #count(...statuses: readonly Status[]): number {
    return [...this.book.values()].filter(({ status, isRefused }) => !isRefused && statuses.includes(status)).length
  }

  /** Time goes by: what is pending may be settled. */
  settle(): void {
    for (const entry of this.book.values()) {
      if (entry.status !== 'pending') continue
      if (entry.isRefused) entry.status = this.choose(2) === 0 ? 'pending' : 'failed'
      if (entry.isRefused) continue
      entry.status = (['pending', 'done', 'failed', 'refundPending', 'refunded'] as const)[this.choose(5)] ?? 'pending'
    }
  }

  answer({ name, request }: PendingCall): Told {
    const told = request.transaction
    switch (name) {
      case 'transactionInquiry':
        return this.#inquiry(told)
      case 'initiateTransaction':
        return this.#debit(request.clientRef)
      case 'initiateRefund':
        return this.#refund(told)
      default:
        return [
          (['OTP_SENT', 'OTP_SENT', 'OTP_SENT', 'UNKNOWN_OUTCOME', 'NOT_SENT'] as const)[this.choose(5)] ?? 'OTP_SENT',
        ]
    }
  }

  #find(named: PendingCall['request']['transaction']): Entry | undefined {
    if (!named) return undefined
    return 'tid' in named
      ? [...this.book.values()].find(({ tid }) => tid === named.tid)
      : this.book.get(named.clientRefId)
  }

  #inquiry(named: PendingCall['request']['transaction']): Told {
    const lost = (['UNKNOWN_OUTCOME', 'NOT_SENT', 'BUSY'] as const)[this.choose(12)]
    if (lost) return [lost]
    const entry = this.#find(named)
    if (!entry) return ['TRANSACTION_NOT_FOUND']
    if (entry.hiddenFor > 0) {
      entry.hiddenFor -= 1
      return ['TRANSACTION_NOT_FOUND']
    }
    return told(entry)
  }

  #debit(clientRef: string): Told {
    const refused = (['WRONG_CODE', 'CODE_EXPIRED', 'NOT_SENT', 'BUSY', 'INSUFFICIENT_BALANCE'] as const)[
      this.choose(10)
    ]
    if ((refused === 'WRONG_CODE' || refused === 'CODE_EXPIRED') && this.choose(2) === 0) this.#keep(clientRef, true)
    if (refused) return [refused]
    // The request was lost on its way there.
    if (this.choose(6) === 0) return ['UNKNOWN_OUTCOME']
    const entry = this.#keep(clientRef, false)
    // The answer was lost on its way back, and the commit may come late.
    const way = this.choose(3)
    if (way === 0) return told(entry)
    entry.hiddenFor = way === 1 ? 0 : this.choose(4)
    return [(['UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER'] as const)[this.choose(2)] ?? 'UNKNOWN_OUTCOME']
  }

  #keep(clientRef: string, isRefused: boolean): Entry {
    const statuses = isRefused ? (['failed', 'pending'] as const) : STATUSES
    const status = statuses[this.choose(statuses.length)] ?? 'failed'
    const entry: Entry = { tid: `${7_000 + this.book.size}`, status, hiddenFor: 0, clientRef, isRefused }
    this.book.set(clientRef, entry)
    return entry
  }

  #refund(named: PendingCall['request']['transaction']): Told {
    const refused = (['WRONG_CODE', 'CODE_EXPIRED', 'NOT_SENT', 'UNKNOWN_OUTCOME'] as const)[this.choose(10)]
    if (refused) return [refused]
    const entry = this.#find(named)
    if (entry?.status !== 'refundPending') return ['TRANSACTION_NOT_FOUND']
    entry.status = 'refunded'
    return this.choose(2) === 0 ? ['UNKNOWN_OUTCOME'] : ['REFUND_DONE', { transfer: transaction({ refundTid: '1' }) }]
  }
}

function told(entry: Entry): Told {
  return [WORDS[entry.status], { transfer: transaction({ tid: entry.tid, clientRefId: entry.clientRef }) }]
}
