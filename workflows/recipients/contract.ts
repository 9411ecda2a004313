/**
 * The contract of a sender's recipients: a session in which an agent lists and adds those whom the sender can send money
 * to. `messages.ts` hands it on. On Levin every call carries the sender's token, so the session begins with a sender OTP.
 */
import type { SealedField } from '../../values/sealed-field.js'
import type { Recipient } from '../calls.js'
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

/** The workflow type. Workflow id `recipients:<rail>:<tenant>:<hash of the sender's mobile>`. */
export const RECIPIENTS_WORKFLOW_TYPE = 'senderRecipients'

export const OPEN_RECIPIENTS_STATES = [
  'SENDER_LOOKUP',
  'SENDER_OTP_REQUIRED',
  'RECIPIENTS_READY',
  'RECIPIENT_OTP_REQUIRED',
] as const
export const CLOSED_RECIPIENTS_STATES = ['COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED'] as const
export type OpenRecipientsState = (typeof OPEN_RECIPIENTS_STATES)[number]
export type ClosedRecipientsState = (typeof CLOSED_RECIPIENTS_STATES)[number]
export type RecipientsState = OpenRecipientsState | ClosedRecipientsState

/** The workflow's argument. */
export type RecipientsInput = SharedInput

/** Whom to add. Values as Eko takes them; the client normalises what people type. */
export interface NewRecipient {
  /** 1 to 50 letters, with blanks between words. */
  readonly name: string
  /** Ten digits. */
  readonly mobile: string
  /** The bank account's number, always text: a leading zero counts. */
  readonly account: string
  readonly ifsc: string
  /** Eko's id of the bank. */
  readonly bankId: number
}

/** What each message carries. */
export interface RecipientsMessages {
  enterSenderOtp: Envelope & { readonly otp: SealedField; readonly challengeId?: string }
  listRecipients: Envelope
  addRecipient: Envelope & { readonly recipient: NewRecipient }
  registerBank: Envelope & { readonly recipientId: number }
  enterRecipientOtp: Envelope & { readonly otp: SealedField; readonly challengeId?: string }
  resendOtp: Envelope
  finish: Envelope
  reenter: OperatorAction
  retryNow: OperatorAction
  takeOver: OperatorAction & { readonly userCode: string }
  cancel: OperatorAction
}
export type RecipientsMessageName = keyof RecipientsMessages
export type RecipientsMessage = {
  [Name in RecipientsMessageName]: { readonly name: Name; readonly body: RecipientsMessages[Name] }
}[RecipientsMessageName]

/** What a code of the session is for. */
export type RecipientsPurpose = 'SENDER' | 'RECIPIENT'

export type RecipientsStatus = StatusWith<RecipientsMessageName>

/** What a screen needs to go on; a discriminated union on `do`. */
export type RecipientsAction =
  | StandingAction<RecipientsMessageName, ClosedRecipientsState>
  | ({ readonly do: 'ENTER_SENDER_OTP' } & CodeEntryAction)
  | ({ readonly do: 'ENTER_RECIPIENT_OTP'; readonly recipientId: number } & CodeEntryAction)
  | { readonly do: 'CHOOSE'; readonly expiresAt: IsoTime }
  | NewCodeAction<RecipientsPurpose>

/** What became of a submission. `detail` of `RECIPIENT_ADDED` is the recipient_id, of `BANK_ADDED` the beneficiary_id. */
export interface RecipientsReceipt extends SharedReceipt {
  readonly message: RecipientsMessageName
  readonly state: RecipientsState
  readonly nextAction: RecipientsAction
}

/** All that may be shown of the session. */
export interface RecipientsView extends SharedView {
  readonly state: RecipientsState
  readonly status: RecipientsStatus
  readonly nextAction: RecipientsAction
  readonly attempts: Readonly<Record<RecipientsPurpose, AttemptCounters>>
  /** As Eko listed them last, masked; null before the first list. */
  readonly recipients: readonly Recipient[] | null
  readonly profile: Profile | null
}

/** The workflow's result. */
export interface RecipientsResult {
  readonly state: ClosedRecipientsState
  readonly rejection: RejectionCode | null
  readonly detail: string | null
  readonly view: RecipientsView
}
