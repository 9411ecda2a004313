/**
 * The contract of a transfer: money of an onboarded sender to a recipient, confirmed by an OTP. `messages.ts` hands it on.
 * Amounts are integer paise; Eko's wire takes whole rupees.
 */
import type { SealedField } from '../../values/sealed-field.js'
import type { Transfer } from '../calls.js'
import type { RejectionCode } from '../codes.js'
import type { Profile } from '../messages.js'
import type {
  AttemptCounters,
  CodeEntryAction,
  Envelope,
  IsoTime,
  NewCodeAction,
  OperatorAction,
  SharedInput,
  SharedReceipt,
  SharedView,
  StandingAction,
  StatusWith,
} from '../shared-messages.js'

/** The workflow type. Workflow id `transfer:<tenant>:<hash of the caller's transferId>`. */
export const TRANSFER_WORKFLOW_TYPE = 'senderTransfer'

export const OPEN_TRANSFER_STATES = [
  'REFERENCE_INQUIRY',
  'SENDER_LOOKUP',
  'SENDER_OTP_REQUIRED',
  'TRANSACTION_OTP_REQUIRED',
  'TRANSFER_IN_PROGRESS',
  'REFUND_OTP_REQUIRED',
  'REFUND_IN_PROGRESS',
] as const
export const CLOSED_TRANSFER_STATES = ['COMPLETED', 'FAILED', 'REFUNDED', 'REJECTED', 'EXPIRED', 'CANCELLED'] as const
export type OpenTransferState = (typeof OPEN_TRANSFER_STATES)[number]
export type ClosedTransferState = (typeof CLOSED_TRANSFER_STATES)[number]
export type TransferState = OpenTransferState | ClosedTransferState

/** The workflow's argument. */
export interface TransferInput extends SharedInput {
  /**
   * `WALLET_LOAD` moves the agent's money to the sender's wallet, on DigiKhata: no code is asked for, and nobody but Eko
   * ends it. Default: `TRANSFER`.
   */
  readonly kind?: 'TRANSFER' | 'WALLET_LOAD'
  /** Eko's id of the recipient; required, but for a wallet load. */
  readonly recipientId?: number
  /** Of the recipient's bank, where Eko gave one. */
  readonly beneficiaryId?: string
  readonly amountPaise: number
  /** As Eko's page numbers them; default 2, as in all its samples. */
  readonly channel?: number
  /** Where the sender is: `latitude,longitude` in degrees. */
  readonly location?: string
  /**
   * Has the sender prove the mobile first, which shows whether Eko takes them for onboarded; costs an SMS. Levin's transfers
   * always do: their token is bound to one journey. Default: false.
   */
  readonly proveSender?: boolean
}

/** What each message carries. */
export interface TransferMessages {
  enterSenderOtp: Envelope & { readonly otp: SealedField; readonly challengeId?: string }
  enterTransactionOtp: Envelope & { readonly otp: SealedField; readonly challengeId?: string }
  enterRefundOtp: Envelope & { readonly otp: SealedField; readonly challengeId?: string }
  resendOtp: Envelope
  reenter: OperatorAction
  retryNow: OperatorAction
  takeOver: OperatorAction & { readonly userCode: string }
  inquireByTid: OperatorAction & { readonly tid: string }
  declareNotDebited: OperatorAction
  declareRefunded: OperatorAction
  cancel: OperatorAction
}
export type TransferMessageName = keyof TransferMessages
export type TransferMessage = {
  [Name in TransferMessageName]: { readonly name: Name; readonly body: TransferMessages[Name] }
}[TransferMessageName]

/** What a code of a transfer is for. */
export type TransferPurpose = 'SENDER' | 'TRANSACTION' | 'REFUND'

export type TransferStatus = StatusWith<TransferMessageName>

/** What a screen needs to go on; a discriminated union on `do`. */
export type TransferAction =
  | StandingAction<TransferMessageName, ClosedTransferState>
  | ({ readonly do: 'ENTER_SENDER_OTP' } & CodeEntryAction)
  | ({ readonly do: 'ENTER_TRANSACTION_OTP' } & CodeEntryAction)
  | ({ readonly do: 'ENTER_REFUND_OTP' } & CodeEntryAction)
  | NewCodeAction<TransferPurpose>

/** A reference under which the debit was asked for. */
export interface Initiation {
  readonly clientRefId: string
  readonly at: IsoTime
  /** The answer's word of the decision table; `UNKNOWN_OUTCOME` where it was lost. */
  readonly answer: string
}

/** What became of a submission; small, because an update's answer is stored in history. */
export interface TransferReceipt extends SharedReceipt {
  readonly message: TransferMessageName
  readonly state: TransferState
  readonly nextAction: TransferAction
}

/** All that may be shown of a transfer. */
export interface TransferView extends SharedView {
  readonly state: TransferState
  readonly status: TransferStatus
  readonly nextAction: TransferAction
  readonly attempts: Readonly<Record<TransferPurpose, AttemptCounters>>
  readonly kind: 'TRANSFER' | 'WALLET_LOAD'
  readonly recipientId: number | null
  readonly beneficiaryId: string | null
  readonly amountPaise: number
  /** Every debit that was asked for, oldest first; the last one decides. */
  readonly initiations: readonly Initiation[]
  /** What Eko last said of the transaction. */
  readonly transaction: Transfer | null
  /** While Eko does not find a transaction that may exist: when an operator must look. */
  readonly quarantineEndsAt: IsoTime | null
  /** The sender's wallet as the session showed it; null where there was none. */
  readonly profile: Profile | null
}

/** The workflow's result. `state` tells: COMPLETED is one debit, REFUNDED one that is back, all others none. */
export interface TransferResult {
  readonly state: ClosedTransferState
  readonly rejection: RejectionCode | null
  readonly detail: string | null
  readonly transaction: Transfer | null
  readonly view: TransferView
}
