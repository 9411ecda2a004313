import type { SealedField } from '../values/sealed-field.js'
import type { CallName, CallOutcome, CallRequest, JourneyPlan, ResolveOutcome } from './calls.js'
import type {
  Actor,
  AttentionCode,
  CompletionEvidence,
  ConsentRecord,
  ConsentText,
  ConsentWithdrawal,
  Dependency,
  Message,
  MessageCounts,
  NewCodeReason,
  OnboardingInput,
  OpenState,
  OutcomeCode,
  Profile,
  Purpose,
  Receipt,
  Refusal,
  RejectionCode,
  SenderDetails,
  State,
  StepDone,
  StepProof,
  SupportFacts,
  TimelineEntry,
} from './messages.js'

/** The journey's whole memory: plain JSON, so that it can be carried, replayed and compared. Times in ms. */
export interface Journey {
  readonly workflowId: string
  readonly runId: string
  /** Start of every `client_ref_id`: 10 characters of the workflow id's hash and 4 of the run id. */
  readonly refPrefix: string
  readonly input: OnboardingInput
  /** The agent that owns the journey; `takeOver` changes it. */
  readonly userCode: string
  readonly plan: JourneyPlan | null
  /** The run that made the calls so far, as an activity saw it: a reset run is another one. */
  readonly run: string | null
  readonly state: State
  readonly startedAt: number
  readonly stateSince: number
  readonly stepDeadline: number
  readonly journeyDeadline: number
  readonly revision: number
  /** Counts arrivals, challenges and calls: the source of their ids. */
  readonly sequence: number
  readonly messages: MessageCounts
  readonly call: PendingCall | null
  /** A look-up of tenant and user_code in flight: at the start, and for `takeOver`. */
  readonly resolving: {
    readonly userCode: string
    readonly submission: Submission | null
    readonly since: number
    /** The journey goes on in a new run, and only wants to know which. */
    readonly again?: true
  } | null
  readonly attention: { readonly reason: AttentionCode; readonly since: number } | null
  readonly queue: readonly Submission[]
  /** Receipts by submission key, newest last. */
  readonly answers: readonly { readonly key: string; readonly receipt: Receipt }[]
  readonly details: SenderDetails | null
  readonly fieldErrors: Readonly<Record<string, string>> | null
  readonly lastError: string | null
  readonly challenge: Challenge | null
  /** An Aadhaar challenge that waits while the sender proves the mobile again. */
  readonly keptChallenge: Challenge | null
  /** Times of the dispatches of each kind. */
  readonly sends: Readonly<Record<Purpose, readonly number[]>>
  /** Until when a limit across journeys keeps codes of each kind from being sent. */
  readonly limitedUntil: Readonly<Record<Purpose, number>>
  readonly wrong: Readonly<Record<Purpose, number>>
  readonly unrecognisedInARow: number
  /** Calls that the journey made by itself since the last message: a guard against going in circles. */
  readonly hops: number
  readonly consentWanted: string | null
  readonly consentLanguages: readonly string[] | null
  readonly presented: (ConsentText & { readonly presentedAt: number }) | null
  readonly consent: ConsentRecord | null
  /** Each consent under which an Aadhaar number went to Eko, newest last. */
  readonly consents: readonly ConsentRecord[]
  readonly withdrawal: ConsentWithdrawal | null
  readonly aadhaar: SealedField | null
  readonly wallet: Wallet | null
  /** Steps that already spent their one sender re-verification. */
  readonly reverified: readonly OpenState[]
  readonly keptPan: { readonly pan: SealedField; readonly until: number } | null
  readonly steps: readonly StepDone[]
  readonly proofs: readonly StepProof[]
  readonly mobileHint: string | null
  readonly applicationId: string | null
  readonly profile: Profile | null
  readonly evidence: CompletionEvidence | null
  readonly capability: 'full' | 'small' | 'unconfirmed' | null
  readonly rejection: RejectionCode | null
  readonly detail: string | null
  readonly timeline: readonly TimelineEntry[]
  readonly timelineTotal: number
  readonly lastOutcome: { readonly code: OutcomeCode; readonly at: number; readonly facts?: SupportFacts } | null
  readonly operatorReason: string | null
}

/** Levin's session of the sender. */
export interface Wallet {
  readonly token: SealedField | null
  readonly id: string
  readonly expiresAt: number | null
}

/** A code that was asked for. Minted before the dispatch, so that an early code has something to be bound to. */
export interface Challenge {
  readonly id: string
  readonly purpose: Purpose
  readonly dispatch: 'calling' | 'sent' | 'uncertain'
  /** Why its code can no longer be used; null while it can. */
  readonly retired: NewCodeReason | null
  readonly ref: SealedField | null
  /** Set when sent. */
  readonly expiresAt: number
  readonly wrong: number
}

/** A message on its way through the journey. */
export interface Submission {
  readonly sequence: number
  readonly message: Message
  /** `<message>:<submissionId>`, or null where the sender gave no id. */
  readonly key: string | null
  readonly via: 'signal' | 'update'
  /** The challenge that a code belongs to: the sender's own word, or the one live at arrival. */
  readonly challengeId: string | null
}

/** The one call of Eko that is in flight or parked. */
export interface PendingCall {
  readonly sequence: number
  readonly name: CallName
  readonly request: CallRequest
  /** The messages that wait for its outcome. */
  readonly submissions: readonly Submission[]
  readonly since: number
  readonly parked: {
    readonly dependency: Dependency
    readonly since: number
    readonly retryAt: number
    readonly incident?: string
  } | null
  /** How often it was parked, for the backoff. */
  readonly parks: number
  /** How often of these its answer was lost. */
  readonly unanswered?: number
  /** What a code that is sent means to those who wait; default `OTP_SENT`. */
  readonly sentMeans: OutcomeCode
}

/** What happens to a journey. */
export type JourneyEvent =
  | {
      readonly type: 'arrived'
      readonly message: Message
      readonly via: 'signal' | 'update'
      /** An ending waits for the look-up in flight: only in runs from before it did not. */
      readonly afterLookUp?: true
    }
  | { readonly type: 'arrivedUnreadable'; readonly name: string; readonly refusal: Refusal }
  | { readonly type: 'resolved'; readonly outcome: ResolveOutcome }
  | { readonly type: 'callEnded'; readonly outcome: CallOutcome }
  | { readonly type: 'clock' }

/** How a submission ended: with a receipt, or refused. */
export type Settlement =
  { readonly sequence: number; readonly receipt: Receipt } | { readonly sequence: number; readonly refusal: Refusal }

export interface Advanced {
  readonly journey: Journey
  readonly settled: readonly Settlement[]
  /** The arrival number of an `arrived` event: to match its settlement. */
  readonly sequence: number | null
}

export type { Actor }
