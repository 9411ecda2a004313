/**
 * THE CONTRACT between a journey and those who start it, talk to it and read it. Names, shapes and codes only: no
 * Temporal, no I/O. Anything that can send JSON to Temporal can use it; `client/` is the typed way.
 */
import type { SealedField } from '../values/sealed-field.js'
import type { RejectionCode } from './codes.js'
import type {
  Actor,
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
  SupportFacts,
} from './shared-messages.js'
import type { ClosedState, Rail, State } from './states.js'

export * from './codes.js'
export * from './policy.js'
export * from './shared-messages.js'
export * from './recipients/contract.js'
export * from './states.js'
export * from './transfer/contract.js'
export type { SealedField } from '../values/sealed-field.js'

/** The workflow type, and the default task queue of its workers. */
export const WORKFLOW_TYPE = 'senderOnboarding'
export const TASK_QUEUE = 'sender-onboarding'

/** Beside the state: who has to act now. */
export type Status = StatusWith<MessageName>

/** What Eko's Onboard Sender takes. */
export interface SenderDetails {
  /** As on the sender's ID: otherwise later transfers fail (Eko). */
  readonly name: string
  /** `YYYY-MM-DD`. */
  readonly dob: string
  /** Lines of the address, e.g. street, city, state, pincode. */
  readonly residenceAddress: readonly string[]
}

/** The consent that a journey presented. The hash is SHA-256 (hex) of the UTF-8 text exactly as given here. */
export interface ConsentText {
  readonly consentId: string
  readonly version: string
  readonly language: string
  readonly text: string
  readonly textSha256: string
}

/** The sender's agreement to the consent that the journey presented. */
export interface ConsentGiven {
  readonly consentId: string
  readonly textSha256: string
  /** Who operated the screen: the sender, or an agent beside the sender (then `agent` says which). */
  readonly mode: 'self' | 'assisted'
  readonly agent?: string
  /** Where the sender agreed, e.g. `app`, `branch`; default: the message's `actor.channel`. An opaque word. */
  readonly channel?: string
  /** When the sender agreed, ISO 8601. */
  readonly acceptedAt: IsoTime
}

/** The workflow's argument. */
export interface OnboardingInput extends SharedInput {
  /** Given, an unknown sender is enrolled without asking for them. */
  readonly details?: SenderDetails
  /** A sender OTP that the caller already had dispatched: the journey starts at its verification. Sealed. */
  readonly otpRefId?: SealedField
  /** Where the journey ends; default `COMPLETED`. With `PAN_REQUIRED` it ends when only the PAN remains. */
  readonly stopAt?: 'PAN_REQUIRED' | 'COMPLETED'
}

/** What each message carries. */
export interface Messages {
  enterSenderDetails: Envelope & SenderDetails
  enterSenderOtp: Envelope & { readonly otp: SealedField; readonly challengeId?: string }
  requestConsent: Envelope & { readonly language: string }
  enterAadhaar: Envelope & { readonly aadhaar: SealedField; readonly consent: ConsentGiven }
  enterAadhaarOtp: Envelope & { readonly otp: SealedField; readonly challengeId?: string }
  enterPan: Envelope & { readonly pan: SealedField }
  resendOtp: Envelope
  reenter: OperatorAction
  retryNow: OperatorAction
  takeOver: OperatorAction & { readonly userCode: string }
  withdrawConsent: OperatorAction
  cancel: OperatorAction
}
export type MessageName = keyof Messages

/** A message with its name: what the journey takes. */
export type Message = { [Name in MessageName]: { readonly name: Name; readonly body: Messages[Name] } }[MessageName]

/** What `open` is asked: the input of the caller, to be compared with the journey's. */
export interface OpenRequest {
  readonly input: OnboardingInput
}
export interface OpenAnswer {
  /** Whether the journey was there before this call. */
  readonly joined: boolean
  readonly view: View
}

/** What a screen needs to go on; a discriminated union on `do`. */
export type NextAction =
  | StandingAction<MessageName, ClosedState>
  | {
      readonly do: 'ENTER_SENDER_DETAILS'
      readonly fieldErrors?: Readonly<Record<string, string>>
      /** Not before: a limit across journeys is used up. */
      readonly availableAt?: IsoTime
      readonly expiresAt: IsoTime
    }
  | ({ readonly do: 'ENTER_SENDER_OTP' } & CodeEntryAction)
  | ({ readonly do: 'ENTER_AADHAAR_OTP'; readonly mobileHint?: string } & CodeEntryAction)
  | NewCodeAction<Purpose>
  | { readonly do: 'REQUEST_CONSENT'; readonly languages?: readonly string[]; readonly expiresAt: IsoTime }
  | {
      readonly do: 'ENTER_AADHAAR'
      readonly consent: ConsentText
      readonly lastError?: string
      /** Not before: a limit across journeys is used up. */
      readonly availableAt?: IsoTime
      readonly expiresAt: IsoTime
    }
  | { readonly do: 'ENTER_PAN'; readonly lastError?: string; readonly expiresAt: IsoTime }

/** What a code is for. */
export type Purpose = 'SENDER' | 'AADHAAR'

/** What became of a submission; small, because an update's answer is stored in history. */
export interface Receipt extends SharedReceipt {
  readonly message: MessageName
  readonly state: State
  readonly nextAction: NextAction
}

/** Wallet profile as Eko answered it; names masked, amounts in integer paise. */
export interface Profile {
  readonly nameMasked: string
  readonly balancePaise: number | null
  readonly totalMonthlyLimitPaise: number | null
  readonly nextAllowedLimitPaise: number | null
}

/** The record of the consent under which the Aadhaar number was used. */
export interface ConsentRecord extends ConsentGiven {
  readonly version: string
  readonly language: string
  readonly presentedAt: IsoTime
  /** When the Aadhaar number was first sent under it. */
  readonly usedAt: IsoTime
  readonly actor?: Actor
  /** Eko's code of the agent that the journey was run for at that time. Absent in records from before it was kept. */
  readonly userCode?: string
}

/** A step that Eko confirmed to this journey, when, and what Eko said. */
export interface StepProof {
  readonly step: StepDone
  readonly at: IsoTime
  readonly facts?: SupportFacts
}

/** That the sender withdrew the consent, and who passed it on. */
export interface ConsentWithdrawal {
  readonly at: IsoTime
  readonly actor: Actor
  readonly reason: string
}

/** All that may be shown of a journey. */
export interface View extends SharedView {
  /** As Eko gives it for the Aadhaar-linked mobile, e.g. `******3210`. */
  readonly mobileHint: string | null
  /** Whether the hint's digits differ from the sender's mobile; null while unknown. */
  readonly mobileMismatch: boolean | null
  readonly state: State
  readonly status: Status
  readonly nextAction: NextAction
  readonly attempts: Readonly<Record<Purpose, AttemptCounters>>
  readonly consent: ConsentRecord | null
  /**
   * The consent ledger: each consent under which an Aadhaar number went to Eko, oldest first, at most the last 50.
   * This and the next two are absent in views from before they were kept.
   */
  readonly consents?: readonly ConsentRecord[]
  readonly proofs?: readonly StepProof[]
  readonly withdrawal?: ConsentWithdrawal | null
}

/** Steps that this journey itself saw Eko confirm. */
export type StepDone = 'ENROLLED' | 'MOBILE_VERIFIED' | 'AADHAAR_VERIFIED' | 'PAN_VERIFIED'

/** On what the claim of completion rests. */
export interface CompletionEvidence {
  readonly facts: SupportFacts
  readonly kycStates: { readonly data: string | null; readonly profile: string | null } | null
  readonly steps: readonly StepDone[]
  readonly mobileVerifiedHere: boolean
}

/** The workflow's result. */
export interface OnboardingResult {
  readonly state: ClosedState
  readonly rejection: RejectionCode | null
  readonly detail: string | null
  /** `full` only by a PAN success in this journey; `small` where it stopped at the PAN; else `unconfirmed`. */
  readonly capability: 'full' | 'small' | 'unconfirmed' | null
  readonly profile: Profile | null
  readonly applicationId: string | null
  readonly consent: ConsentRecord | null
  readonly completionEvidence: CompletionEvidence | null
  readonly view: View
}

/**
 * One dispatch of a transaction OTP (Eko: Send Transaction OTP), as a workflow of its own: it calls once, behind the
 * intent fence, and ends. Workflow id `transaction-otp:<rail>:<tenant>:<hash of the caller's request id>`.
 */
export const TRANSACTION_OTP_WORKFLOW_TYPE = 'sendTransactionOtp'

export interface TransactionOtpInput {
  readonly tenant: string
  readonly rail: Rail
  readonly mobile: string
  readonly userCode: string
  readonly recipientId: number
  /** Integer paise; Eko's wire takes whole rupees. */
  readonly amountPaise: number
  readonly beneficiaryId?: string
}

export interface TransactionOtpResult {
  /** `OTP_SENT`, or why not: a word of the decision tables (`workflows/calls.ts`). */
  readonly answer: string
  /** Sealed for this workflow id. */
  readonly otpRefId: SealedField | null
  readonly inputCode: string | null
  readonly facts: SupportFacts | null
}

export { MESSAGES, type MessageDescriptor } from './message-table.js'
export { RECIPIENTS_MESSAGES } from './recipients/message-table.js'
export { TRANSFER_MESSAGES } from './transfer/message-table.js'
