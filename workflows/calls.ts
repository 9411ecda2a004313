import type { SealedField } from '../values/sealed-field.js'
import type { LimitCode } from './codes.js'
import type {
  ConsentText,
  Dependency,
  NewRecipient,
  Profile,
  SenderDetails,
  SupportFacts,
  TransactionOtpInput,
} from './messages.js'
import type { Policy } from './policy.js'
import type { Rail } from './states.js'

/** The port between the journey and the world: what it asks of an activity, and what it may be answered. */

/** One name for each of Eko's operations, on both rails. Activities have the same names. */
export const CALLS = [
  'getSender',
  'onboardSender',
  'generateSenderOtp',
  'verifySenderOtp',
  'consentLanguages',
  'consentDetails',
  'generateAadhaarOtp',
  'verifyAadhaarOtp',
  'validatePan',
] as const
export type CallName = (typeof CALLS)[number]

/** Eko's operations of recipients and money. No onboarding journey calls them. */
export const MONEY_CALLS = [
  'getRecipients',
  'addRecipient',
  'addRecipientBank',
  'generateRecipientBankOtp',
  'validateRecipientBankOtp',
  'loadWallet',
  'sendTransactionOtp',
  'initiateTransaction',
  'transactionInquiry',
  'generateRefundOtp',
  'initiateRefund',
] as const
export type MoneyCallName = (typeof MONEY_CALLS)[number]

/** Those of them that list and add recipients. */
export const RECIPIENT_CALLS = [
  'getRecipients',
  'addRecipient',
  'addRecipientBank',
  'generateRecipientBankOtp',
  'validateRecipientBankOtp',
] as const satisfies readonly MoneyCallName[]
export type RecipientCallName = (typeof RECIPIENT_CALLS)[number]

/** Those of them that move a sender's money, or tell what became of it. */
export const TRANSFER_CALLS = [
  'loadWallet',
  'sendTransactionOtp',
  'initiateTransaction',
  'transactionInquiry',
  'generateRefundOtp',
  'initiateRefund',
] as const satisfies readonly MoneyCallName[]
export type TransferCallName = (typeof TRANSFER_CALLS)[number]

/** What is asked of Eko. Which fields a call needs is in the operation's table. */
export interface CallRequest {
  readonly tenant: string
  readonly rail: Rail
  readonly userCode: string
  readonly mobile: string
  /** `^[A-Za-z0-9]{1,18}$`; the activity appends its attempt, so that each attempt has a fresh `client_ref_id`. */
  readonly clientRef: string
  readonly details?: SenderDetails
  readonly otp?: SealedField
  /** When the code stops being usable, in ms since the epoch; the activity refuses it after. */
  readonly notAfter?: number
  readonly otpRefId?: SealedField
  readonly aadhaar?: SealedField
  readonly pan?: SealedField
  /** Levin's session of the sender; a null token is sent as `""`. */
  readonly wallet?: { readonly token: SealedField | null; readonly id: string }
  /** Of a transfer: Eko's id of the recipient. */
  readonly recipientId?: number
  /** Whom to add; checked again before Eko is asked. */
  readonly recipient?: NewRecipient
  /** Of a transfer, in integer paise; Eko's wire takes whole rupees. */
  readonly amountPaise?: number
  readonly beneficiaryId?: string
  /** Of a transfer; default 2, as in all samples of Eko's. */
  readonly channel?: number
  /** Of a transfer: `latitude,longitude`. */
  readonly location?: string
  /** Which transaction is asked about, or refunded: a refund knows only the `tid`. */
  readonly transaction?: { readonly tid: string } | { readonly clientRefId: string }
  /** The language's id in the answer of `consentLanguages`. */
  readonly consentLanguage?: string
  /** Of a dispatch: how many codes the sender, or the Aadhaar number, may get over all journeys. */
  readonly quota?: SendQuota
  /** Of a dispatch: what it holds in the limits. */
  readonly place?: DispatchPlace
  /** The run that the journey's calls so far were made by; another one, and the run was reset (`RUN_RESET`). */
  readonly run?: string
  /** `submissionId`s of the messages that wait for the outcome, for logs. Their senders chose them: mask them. */
  readonly submissions?: readonly string[]
}

/** A dispatch's place in the limits. */
export interface DispatchPlace {
  /** The same for all attempts, also after a wait: the place is taken once. */
  readonly id: string
  /** Grows with each wait. */
  readonly turn: number
}

/** How many codes of one kind may be sent; the journey's own policy. */
export interface SendQuota {
  readonly perWindow: number
  readonly windowSeconds: number
  readonly perDay: number
}

/** What happened to an HTTP attempt, decided from the wire alone. */
export const ATTEMPT_CLASSES = [
  'NOT_SENT',
  'REJECTED_BEFORE_EXECUTION',
  'OK',
  'BUSINESS_REJECT',
  'BUSY',
  'UNKNOWN_OUTCOME',
  'UNRECOGNISED_ANSWER',
  'INPUT_REFUSED',
] as const
export type AttemptClass = (typeof ATTEMPT_CLASSES)[number]

/** What an answer means for the onboarding journey: the vocabulary of its decision tables. */
export const ANSWERS = [
  // Steps that went through, and what leads on like one
  'OTP_SENT',
  'OTP_REF_MISSING',
  'WALLET_EXISTS',
  'NOT_ENROLLED',
  'ONBOARDED',
  'AADHAAR_PENDING',
  'PAN_PENDING',
  'LANGUAGES',
  'CONSENT',
  // Refusals (class BUSINESS_REJECT)
  'WRONG_CODE',
  'CODE_EXPIRED',
  'FIELDS_REFUSED',
  'AADHAAR_REFUSED',
  'PAN_REFUSED',
  'WALLET_TOKEN_REFUSED',
  'SENDER_UNKNOWN',
  'IDENTITY_ALREADY_USED',
  'REFUSED',
  // Never executed
  'INPUT_REFUSED',
  'NOT_SENT',
  'BUSY',
  'CONFIGURATION',
  'LIMIT_REACHED',
  'RUN_RESET',
  // Not known
  'UNKNOWN_OUTCOME',
  'UNRECOGNISED_ANSWER',
] as const
export type JourneyAnswer = (typeof ANSWERS)[number]

/** What the operations of recipients and money may answer besides; no onboarding journey reads these. */
export const MONEY_ANSWERS = [
  // Recipients
  'RECIPIENTS',
  'RECIPIENT_ADDED',
  'RECIPIENT_EXISTS',
  'RECIPIENT_LIMIT',
  'RECIPIENT_REFUSED',
  'BANK_ADDED',
  'BANK_VERIFIED',
  'COOLING',
  // What became of money, by `tx_status`
  'WALLET_LOADED',
  'TRANSFER_DONE',
  'TRANSFER_FAILED',
  'TRANSFER_PENDING',
  'REFUND_PENDING',
  'REFUNDED',
  'REFUND_DONE',
  'TRANSACTION_NOT_FOUND',
  // Refusals before any money moved
  'INSUFFICIENT_BALANCE',
  'TRANSFER_LIMIT',
] as const
export type MoneyAnswer = (typeof MONEY_ANSWERS)[number]

export type Answer = JourneyAnswer | MoneyAnswer

/** What an answer says of a transaction; null for what it leaves out or garbles. Amounts in integer paise. */
export interface Transfer {
  /** Eko's id of the transaction. */
  readonly tid: string | null
  /** As Eko wrote it, also where no page has it. It alone tells what became of the money. */
  readonly txStatus: string | null
  readonly amountPaise: number | null
  readonly feePaise: number | null
  /** The bank's reference, which a recipient's bank can be asked by. */
  readonly bankRefNum: string | null
  /** The reference that the transaction was asked for under; only an inquiry tells it. */
  readonly clientRefId: string | null
  /** As Eko wrote it: with and without a time zone. */
  readonly timestamp: string | null
  readonly refundTid: string | null
  readonly refundedPaise: number | null
}

/** A recipient of a sender's list. */
export interface Recipient {
  readonly recipientId: number
  readonly nameMasked: string
  readonly bank: string | null
  readonly ifsc: string | null
  /** At most the last four characters are shown. */
  readonly accountMasked: string
  /** Null where the recipient's bank is not registered yet. */
  readonly beneficiaryId: string | null
}

/** What an activity answers: small, with every secret sealed. */
export interface CallOutcome {
  readonly class: AttemptClass
  readonly answer: Answer
  /** For support; absent where nothing was sent. */
  readonly facts?: SupportFacts
  /** INPUT_REFUSED: why, e.g. `AADHAAR_CHECKSUM_INVALID`, `UNKNOWN_KEY_ID`, `CODE_EXPIRED`. */
  readonly inputCode?: string
  readonly otpRefId?: SealedField
  readonly wallet?: { readonly token: SealedField | null; readonly id: string; readonly expiresAt: number | null }
  readonly applicationId?: string
  readonly mobileHint?: string
  readonly profile?: Profile
  /** Both `kyc_state` values of a profile answer, as text; they are known to contradict each other. */
  readonly kycStates?: { readonly data: string | null; readonly profile: string | null }
  readonly languages?: readonly { readonly id: string; readonly name: string }[]
  readonly consent?: ConsentText
  /** Field name (ours, not the wire's) to a safe text. */
  readonly fieldErrors?: Readonly<Record<string, string>>
  /** Wait before the same call, in ms, where Eko or our own gate says so. */
  readonly retryAfterMs?: number
  /** What a call that parks waits for; default: what the answer says. */
  readonly dependency?: Dependency
  /** CONFIGURATION: the incident that the call is part of, `<hash of the developer key>:<scope>`. */
  readonly incident?: string
  /** RUN_RESET: the run that is running. */
  readonly run?: string
  /** LIMIT_REACHED: which limit, and when (ms since the epoch) there is room again. */
  readonly limit?: { readonly code: LimitCode; readonly retryAt: number }
  /** Of a call that moves money or asks about it: what the answer says of the transaction, whatever it means. */
  readonly transfer?: Transfer
  /** RECIPIENTS: the list, which may be empty. */
  readonly recipients?: readonly Recipient[]
  /** RECIPIENT_ADDED. */
  readonly recipientId?: number
  /** BANK_ADDED. */
  readonly beneficiaryId?: string
}

/** What the journey does after an unknown outcome; stands beside the decision table of each operation. */
export type UnknownPolicy =
  /** A code may have been sent, but its reference is lost: show it, never send again by itself. */
  | 'UNCERTAIN_DISPATCH'
  /** The code may be used up: the truth comes from a fresh sender OTP, which the user asks for. */
  | 'FRESH_SENDER_OTP'
  /** Ask for the PAN: Eko's answer to it tells whether the Aadhaar step was done. */
  | 'PROBE_PAN'
  /** The call is repeatable: park and run it again. */
  | 'RUN_AGAIN'
  /** Money may have moved: ask about the transaction until it is known; never send the call again. */
  | 'INQUIRE'
  /** The sender's list of recipients tells whether it was done; never send the call again before that is read. */
  | 'READ_RECIPIENTS'

/** What the first activity resolves for the whole journey. Recorded in history, so later edits do not disturb it. */
export interface JourneyPlan {
  readonly environment: 'sandbox' | 'uat' | 'production'
  readonly policy: Policy
  /** A sandbox convenience of the worker; never true in production. */
  readonly allowPlaintextCodes: boolean
  /** Upper bound of one attempt of any call, in ms. */
  readonly startToCloseMs: number
  /** The call that sends another sender OTP on this rail. */
  readonly resendSenderOtp: 'generateSenderOtp' | 'getSender'
  /** Whether the rail's later calls carry a wallet token. */
  readonly usesWallet: boolean
  readonly onUnknown: Readonly<Record<CallName, UnknownPolicy>>
}

export type ResolveRefusal =
  'TENANT_UNKNOWN' | 'RAIL_NOT_ALLOWED' | 'USER_CODE_NOT_ALLOWED' | 'USER_CODE_JOURNEYS_LIMIT'
export type ResolveOutcome = (
  | { readonly plan: JourneyPlan }
  | {
      readonly refused: ResolveRefusal
      /** Of a limit: when there is room again, in ms since the epoch. */
      readonly retryAt?: number
    }
) & {
  /** The run that the activity belonged to: after a reset of the run, another one than the run's own. */
  readonly run?: string
}

export interface ResolveRequest {
  readonly tenant: string
  readonly rail: Rail
  readonly userCode: string
  readonly policy?: Partial<Policy>
  /** The journey has begun before and goes on: it is not counted as another one. */
  readonly again?: true
}

/** What Send Transaction OTP is asked. */
export type TransactionOtpRequest = TransactionOtpInput & Pick<CallRequest, 'clientRef'>

/** The activities as the workflows see them. */
export type JourneyActivities = Readonly<
  Record<CallName | MoneyCallName, (request: CallRequest) => Promise<CallOutcome>>
> & {
  /** Resolves tenant, rail and policy; asks nothing of Eko. */
  resolveJourney(request: ResolveRequest): Promise<ResolveOutcome>
}

/** The `type` of the ApplicationFailure that ends an activity whose attempt may or may not have been executed. */
export const UNKNOWN_OUTCOME_FAILURE = 'UnknownOutcome'
