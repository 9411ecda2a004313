/**
 * THE CONTRACT between a journey and those who start it, talk to it and read it. Names, shapes and codes only: no
 * Temporal, no I/O. Anything that can send JSON to Temporal can use it; `client/` is the typed way.
 */
import type { SealedField } from '../values/sealed-field.js'
import type { AttentionCode, OutcomeCode, RefusalCode, RejectionCode } from './codes.js'
import type { Policy } from './policy.js'
import type { ClosedState, Rail, State, StatusKind } from './states.js'

export * from './codes.js'
export * from './policy.js'
export * from './states.js'
export type { SealedField } from '../values/sealed-field.js'

/** The workflow type, and the default task queue of its workers. */
export const WORKFLOW_TYPE = 'senderOnboarding'
export const TASK_QUEUE = 'sender-onboarding'

/** What a parked call waits for: Eko itself, what stands behind Eko, our configuration, or our own rate cap. */
export const DEPENDENCIES = ['EKO_TRANSPORT', 'EKO_BUSY', 'UIDAI', 'PAN', 'CONFIGURATION', 'RATE_CAP'] as const
export type Dependency = (typeof DEPENDENCIES)[number]

/** Times are ISO 8601 in UTC, everywhere in the view. */
export type IsoTime = string

/** Beside the state: who has to act now. */
export type Status =
  | { readonly kind: 'WAITING_FOR_USER' }
  | { readonly kind: 'CALLING_EKO'; readonly call: string; readonly since: IsoTime }
  | {
      readonly kind: 'PARKED'
      readonly dependency: Dependency
      readonly since: IsoTime
      readonly retryAt: IsoTime
      /** The configuration incident that it is part of, where there is one. */
      readonly incident?: string
    }
  | { readonly kind: 'NEEDS_ATTENTION'; readonly reason: AttentionCode; readonly unblockedBy: readonly MessageName[] }
  | { readonly kind: 'CLOSED' }

/** Who sent a message: for the audit in the timeline. Use opaque ids, not names or numbers of people. */
export interface Actor {
  readonly type: 'sender' | 'agent' | 'operator' | 'service'
  readonly id: string
  readonly channel?: string
}

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
export interface OnboardingInput {
  readonly tenant: string
  readonly rail: Rail
  /** Normalised: ten digits. */
  readonly mobile: string
  /** Eko's code of the agent that the journey is run for. */
  readonly userCode: string
  /** Given, an unknown sender is enrolled without asking for them. */
  readonly details?: SenderDetails
  /** A sender OTP that the caller already had dispatched: the journey starts at its verification. Sealed. */
  readonly otpRefId?: SealedField
  /** Where the journey ends; default `COMPLETED`. With `PAN_REQUIRED` it ends when only the PAN remains. */
  readonly stopAt?: 'PAN_REQUIRED' | 'COMPLETED'
  /** Wishes; clamped to the tenant's ranges. */
  readonly policy?: Partial<Policy>
  /** A random id of the start call: tells the one who started the journey from those who join it. */
  readonly opener?: string
}

/** Fields that every message may carry. */
export interface Envelope {
  /** The sender's own id of the submission, at most 64 characters: the same one again gets the first answer. */
  readonly submissionId?: string
  readonly actor?: Actor
}

/** What an operator's message carries. */
export interface OperatorAction extends Envelope {
  readonly actor: Actor
  readonly reason: string
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
export const OPEN_UPDATE = 'open'
export const VIEW_QUERY = 'view'
/** Query: the receipt of a submission by `<message>:<submissionId>`, or null. */
export const RECEIPT_QUERY = 'receipt'

/** What a screen needs to go on; a discriminated union on `do`. */
export type NextAction =
  | { readonly do: 'WAIT'; readonly challengeId?: string }
  | { readonly do: 'WAIT_UNTIL'; readonly retryAt: IsoTime; readonly dependency: Dependency }
  | {
      readonly do: 'ENTER_SENDER_DETAILS'
      readonly fieldErrors?: Readonly<Record<string, string>>
      /** Not before: a limit across journeys is used up. */
      readonly availableAt?: IsoTime
      readonly expiresAt: IsoTime
    }
  | ({ readonly do: 'ENTER_SENDER_OTP' } & CodeEntryAction)
  | ({ readonly do: 'ENTER_AADHAAR_OTP'; readonly mobileHint?: string } & CodeEntryAction)
  | ({
      readonly do: 'REQUEST_NEW_CODE'
      readonly purpose: Purpose
      readonly reason: NewCodeReason
      readonly expiresAt: IsoTime
    } & ResendAction)
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
  | {
      readonly do: 'CONTACT_SUPPORT'
      readonly reason: AttentionCode
      readonly unblockedBy: readonly MessageName[]
      readonly operatorReason?: string
    }
  | { readonly do: 'NOTHING'; readonly state: ClosedState }

export interface ResendAction {
  readonly resendAvailableAt: IsoTime
  /** Codes that may still be sent within 24 hours. */
  readonly resendsLeft: number
}
export interface CodeEntryAction extends ResendAction {
  readonly challengeId: string
  readonly expiresAt: IsoTime
  readonly attemptsLeft: number
}

/** What a code is for. */
export type Purpose = 'SENDER' | 'AADHAAR'
export type NewCodeReason =
  | 'DISPATCH_UNCERTAIN'
  | 'VERIFICATION_UNCERTAIN'
  | 'CODE_EXPIRED'
  | 'ATTEMPTS_USED_UP'
  | 'SENDER_OTP_AGAIN'
  | 'LIMIT_REACHED'

/** What Eko said, for a support case. No secret, no personal data. */
export interface SupportFacts {
  /** Eko's operation on its rail, e.g. `digikhata verifySenderOtp`. */
  readonly operation: string
  /** Null where no answer came. */
  readonly httpStatus: number | null
  readonly status: number | null
  readonly responseTypeId: number | null
  readonly responseStatusId: number | null
  readonly clientRefId: string
  /** Eko's message, with numbers blanked. */
  readonly message?: string
  /** Key names of an answer that no row matched. */
  readonly shape?: string
}

/** What became of a submission; small, because an update's answer is stored in history. */
export interface Receipt {
  readonly submissionId: string | null
  readonly message: MessageName
  readonly outcome: OutcomeCode
  /** A finer code, e.g. `AADHAAR_CHECKSUM_INVALID`, where there is one. */
  readonly detail?: string
  readonly state: State
  readonly status: StatusKind
  readonly nextAction: NextAction
  readonly revision: number
}

/** A line of a journey's story. */
export interface TimelineEntry {
  readonly at: IsoTime
  /** `message:<name>`, `call:<name>`, `state:<state>`, `timer:<what>` or `refused:<name>`. */
  readonly what: string
  readonly code: string
  readonly actor?: Actor
  readonly reason?: string
  readonly facts?: SupportFacts
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

export interface AttemptCounters {
  readonly sent: number
  readonly wrongForThisCode: number
  readonly wrongInJourney: number
}

/** What became of the messages that came: received = taken + refused + repeated + those that wait. */
export interface MessageCounts {
  readonly received: number
  /** Applied, or answered by the journey's end. */
  readonly taken: number
  readonly refused: number
  /** Of a `submissionId` that had come before: answered like the first one. */
  readonly repeated: number
}

/** All that may be shown of a journey. */
export interface View {
  /** Grows with every change. */
  readonly revision: number
  readonly workflowId: string
  readonly runId: string
  readonly tenant: string
  readonly rail: Rail
  readonly userCode: string
  readonly mobileMasked: string
  /** As Eko gives it for the Aadhaar-linked mobile, e.g. `******3210`. */
  readonly mobileHint: string | null
  /** Whether the hint's digits differ from the sender's mobile; null while unknown. */
  readonly mobileMismatch: boolean | null
  readonly state: State
  readonly status: Status
  readonly nextAction: NextAction
  readonly lastOutcome: {
    readonly code: OutcomeCode
    readonly message: string
    readonly at: IsoTime
    readonly facts?: SupportFacts
  } | null
  readonly attempts: Readonly<Record<Purpose, AttemptCounters>>
  readonly timeline: readonly TimelineEntry[]
  /** Timeline entries so far, the dropped ones included. */
  readonly timelineTotal: number
  readonly consent: ConsentRecord | null
  /**
   * The consent ledger: each consent under which an Aadhaar number went to Eko, oldest first, at most the last 50.
   * This and the next two are absent in views from before they were kept.
   */
  readonly consents?: readonly ConsentRecord[]
  readonly proofs?: readonly StepProof[]
  readonly withdrawal?: ConsentWithdrawal | null
  /** Messages that wait to be applied. */
  readonly pending: number
  readonly messages: MessageCounts
  readonly policy: Policy | null
  readonly startedAt: IsoTime
  readonly stateSince: IsoTime
  readonly expiresAt: IsoTime
  readonly rejection: RejectionCode | null
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

/** A refusal with what the caller can use to mend it. */
export interface Refusal {
  readonly code: RefusalCode | RejectionCode
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

export { MESSAGES, type MessageDescriptor } from './message-table.js'
