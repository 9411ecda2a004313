/**
 * What the contracts of all journeys share: who sends a message and what every message may carry, what a status, a
 * receipt and a view look like whatever the journey is about. Names and shapes only; `messages.ts` is the contract of
 * the onboarding journey and hands these on.
 */
import type { AttentionCode, OutcomeCode, RefusalCode, RejectionCode } from './codes.js'
import type { Policy } from './policy.js'
import type { Rail, StatusKind } from './states.js'

/** The update that starts or joins a journey, and answers with the first state a user can be shown. */
export const OPEN_UPDATE = 'open'
export const VIEW_QUERY = 'view'
/** Query: the receipt of a submission by `<message>:<submissionId>`, or null. */
export const RECEIPT_QUERY = 'receipt'

/** What a parked call waits for: Eko itself, what stands behind Eko, our configuration, or our own rate cap. */
export const DEPENDENCIES = [
  'EKO_TRANSPORT',
  'EKO_BUSY',
  'EKO_SETTLEMENT',
  'UIDAI',
  'PAN',
  'CONFIGURATION',
  'RATE_CAP',
] as const
export type Dependency = (typeof DEPENDENCIES)[number]

/** Times are ISO 8601 in UTC, everywhere in the view. */
export type IsoTime = string

/** Beside the state: who has to act now. `Name` are the journey's messages. */
export type StatusWith<Name extends string> =
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
  | { readonly kind: 'NEEDS_ATTENTION'; readonly reason: AttentionCode; readonly unblockedBy: readonly Name[] }
  | { readonly kind: 'CLOSED' }

/** Who sent a message: for the audit in the timeline. Use opaque ids, not names or numbers of people. */
export interface Actor {
  readonly type: 'sender' | 'agent' | 'operator' | 'service'
  readonly id: string
  readonly channel?: string
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

/** What the input of every journey says. */
export interface SharedInput {
  readonly tenant: string
  readonly rail: Rail
  /** Normalised: ten digits. */
  readonly mobile: string
  /** Eko's code of the agent that the journey is run for. */
  readonly userCode: string
  /** Wishes; clamped to the tenant's ranges. */
  readonly policy?: Partial<Policy>
  /** A random id of the start call: tells the one who started the journey from those who join it. */
  readonly opener?: string
}

/** What there is to do while the journey does not wait for its user; `Name` are its messages, `Closed` its ends. */
export type StandingAction<Name extends string, Closed extends string> =
  | { readonly do: 'WAIT'; readonly challengeId?: string }
  | { readonly do: 'WAIT_UNTIL'; readonly retryAt: IsoTime; readonly dependency: Dependency }
  | {
      readonly do: 'CONTACT_SUPPORT'
      readonly reason: AttentionCode
      readonly unblockedBy: readonly Name[]
      readonly operatorReason?: string
    }
  | { readonly do: 'NOTHING'; readonly state: Closed }

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
/** There is no code that could be entered: another one is to be asked for. */
export interface NewCodeAction<Purpose extends string> extends ResendAction {
  readonly do: 'REQUEST_NEW_CODE'
  readonly purpose: Purpose
  readonly reason: NewCodeReason
  /** When the step ends by itself; null where nothing but Eko's word ends it. */
  readonly expiresAt: IsoTime | null
}

export type NewCodeReason =
  | 'DISPATCH_UNCERTAIN'
  | 'VERIFICATION_UNCERTAIN'
  | 'CODE_EXPIRED'
  | 'ATTEMPTS_USED_UP'
  | 'SENDER_OTP_AGAIN'
  | 'LIMIT_REACHED'
  | 'NOT_SENT_YET'

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
export interface SharedReceipt {
  readonly submissionId: string | null
  readonly message: string
  readonly outcome: OutcomeCode
  /** A finer code, e.g. `AADHAAR_CHECKSUM_INVALID`, where there is one. */
  readonly detail?: string
  readonly state: string
  readonly status: StatusKind
  readonly nextAction: { readonly do: string }
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

/** What is shown of every journey. */
export interface SharedView {
  /** Grows with every change. */
  readonly revision: number
  readonly workflowId: string
  readonly runId: string
  readonly tenant: string
  readonly rail: Rail
  readonly userCode: string
  readonly mobileMasked: string
  readonly state: string
  readonly status: StatusWith<string>
  readonly nextAction: { readonly do: string }
  readonly lastOutcome: {
    readonly code: OutcomeCode
    readonly message: string
    readonly at: IsoTime
    readonly facts?: SupportFacts
  } | null
  /** By what codes are for. */
  readonly attempts: Readonly<Record<string, AttemptCounters>>
  readonly timeline: readonly TimelineEntry[]
  /** Timeline entries so far, the dropped ones included. */
  readonly timelineTotal: number
  /** Messages that wait to be applied. */
  readonly pending: number
  readonly messages: MessageCounts
  readonly policy: Policy | null
  readonly startedAt: IsoTime
  readonly stateSince: IsoTime
  /** When the journey ends by itself; null once it has ended, and for a transfer from its debit on. */
  readonly expiresAt: IsoTime | null
  readonly rejection: RejectionCode | null
}

/** A refusal with what the caller can use to mend it. */
export interface Refusal {
  readonly code: RefusalCode | RejectionCode
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}
