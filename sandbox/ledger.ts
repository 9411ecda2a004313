import type { KycStep, OperationName, Purpose, Rail } from './names.js'
import type { CodeRefusal } from './codes.js'
import type { FaultName } from './faults.js'

/** An SMS that was truly sent. `mobile` is where it went; `sender` is whose journey it belongs to. */
export interface SmsEntry {
  at: string
  rail: Rail
  mobile: string
  sender: string
  purpose: Purpose
  otpRefId: string
  clientRefId: string | null
}

/**
 * A call that was received. `executed` says whether the platform carried the operation out (a business refusal is
 * carried out, a refused signature or field is not). `answered` says whether a whole answer left the platform; the
 * fields of the answer are null until then. A dropped call stays `answered: false`.
 */
export interface CallEntry {
  seq: number
  at: string
  /** null: no such operation. */
  operation: OperationName | null
  rail: Rail | null
  mobile: string | null
  method: string
  path: string
  developerKey: string | null
  clientRefId: string | null
  /** The reference of a code that the call presented; absent where it presented none. */
  otpRefId?: string
  executed: boolean
  answered: boolean
  http: number | null
  status: number | null
  responseTypeId: number | null
  /** Absent until answered. */
  responseStatusId?: number | null
  fault?: FaultName
}

/** A code that was accepted. */
export interface CodeConsumedEntry {
  at: string
  rail: Rail
  mobile: string
  purpose: Purpose
  otpRefId: string
}

/** A step of KYC that was truly done by a call; seeded states are not listed. */
export interface KycStepEntry {
  at: string
  rail: Rail
  mobile: string
  step: KycStep
}

/** A code that was refused, and why. The code itself is not kept. */
export interface WrongCodeEntry extends CodeConsumedEntry {
  refusal: CodeRefusal
}

/**
 * Why money moved. OPENING: what a wallet held before its first movement; SEED: set by the control API. A DEBIT takes
 * amount and fee out of the wallet into suspense; from there they become CREDIT and FEE, or a REVERSAL (the platform
 * gives them back by itself), or a REFUND (after the sender's refund code).
 */
export const MoneyKind = {
  OPENING: 'OPENING',
  SEED: 'SEED',
  LOAD: 'LOAD',
  LOAD_FEE: 'LOAD_FEE',
  DEBIT: 'DEBIT',
  CREDIT: 'CREDIT',
  FEE: 'FEE',
  REVERSAL: 'REVERSAL',
  REFUND: 'REFUND',
} as const
export type MoneyKind = (typeof MoneyKind)[keyof typeof MoneyKind]

/** Money that moved between two accounts. `mobile` is the sender whose wallet or transaction it was. */
export interface MoneyEntry {
  at: string
  rail: Rail
  mobile: string
  kind: MoneyKind
  /** `outside`, `wallet:<rail>:<mobile>`, `recipient:<recipient_id>`, `fees` or `suspense`. */
  from: string
  to: string
  /** Always above 0. */
  amountPaise: number
  /** The transaction it belongs to; null for OPENING and SEED. */
  tid: string | null
  clientRefId: string | null
}

/** `GET /ledger`: what truly happened, oldest first. */
export interface LedgerJson {
  sms: SmsEntry[]
  calls: CallEntry[]
  codesConsumed: CodeConsumedEntry[]
  kycSteps: KycStepEntry[]
  wrongCodes: WrongCodeEntry[]
  money: MoneyEntry[]
}

/** The auditor: every call as soon as it was received, and every effect that it had. */
export class Ledger {
  readonly #entries: LedgerJson = emptyLedger()

  received(call: Omit<CallEntry, 'seq' | 'executed' | 'answered' | 'http' | 'status' | 'responseTypeId'>): CallEntry {
    const entry: CallEntry = {
      seq: this.#entries.calls.length + 1,
      ...call,
      executed: false,
      answered: false,
      http: null,
      status: null,
      responseTypeId: null,
    }
    this.#entries.calls.push(entry)
    return entry
  }

  smsSent(entry: SmsEntry): void {
    this.#entries.sms.push(entry)
  }

  codeConsumed(entry: CodeConsumedEntry): void {
    this.#entries.codesConsumed.push(entry)
  }

  codeRefused(entry: WrongCodeEntry): void {
    this.#entries.wrongCodes.push(entry)
  }

  stepDone(entry: KycStepEntry): void {
    this.#entries.kycSteps.push(entry)
  }

  moneyMoved(entry: MoneyEntry): void {
    this.#entries.money.push(entry)
  }

  /** All entries, or those of one mobile (for SMS: its own and those of its journey). */
  view(mobile?: string): LedgerJson {
    if (mobile === undefined) return this.#entries
    const own = <T extends { mobile: string | null }>(list: T[]): T[] => list.filter((entry) => entry.mobile === mobile)
    return {
      sms: this.#entries.sms.filter((entry) => entry.mobile === mobile || entry.sender === mobile),
      calls: own(this.#entries.calls),
      codesConsumed: own(this.#entries.codesConsumed),
      kycSteps: own(this.#entries.kycSteps),
      wrongCodes: own(this.#entries.wrongCodes),
      money: own(this.#entries.money),
    }
  }
}

function emptyLedger(): LedgerJson {
  return { sms: [], calls: [], codesConsumed: [], kycSteps: [], wrongCodes: [], money: [] }
}
