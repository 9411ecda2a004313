import type { SealedField } from '../../values/sealed-field.js'
import type { CallOutcome, CallRequest, JourneyPlan, ResolveOutcome } from '../calls.js'
import type { AttentionCode, OutcomeCode, RejectionCode } from '../codes.js'
import type {
  Dependency,
  Envelope,
  MessageCounts,
  NewCodeReason,
  Refusal,
  SharedInput,
  SharedReceipt,
  SupportFacts,
  TimelineEntry,
} from '../shared-messages.js'

/** The memory that every journey has, and what happens to it. Plain JSON, so that it can be carried, replayed, compared. */

/** A message of any journey. */
export interface AnyMessage {
  readonly name: string
  readonly body: Envelope
}

/** What every request to Eko says; each kind of journey adds what its calls need. */
export type SharedRequest = Pick<
  CallRequest,
  | 'tenant'
  | 'rail'
  | 'userCode'
  | 'mobile'
  | 'clientRef'
  | 'otpRefId'
  | 'notAfter'
  | 'quota'
  | 'place'
  | 'run'
  | 'submissions'
>

/** The words in which kinds of journeys differ. */
export interface Words {
  readonly input: SharedInput
  readonly state: string
  /** What codes are for. */
  readonly purpose: string
  readonly message: AnyMessage
  /** Names of Eko's operations. */
  readonly call: string
  readonly request: SharedRequest
}

/** The memory that every journey has. Times are ms since the epoch. */
export interface Core<W extends Words = Words> {
  readonly workflowId: string
  readonly runId: string
  /** Start of every `client_ref_id`: 10 characters of the workflow id's hash and 4 of the run id. */
  readonly refPrefix: string
  readonly input: W['input']
  /** The agent that owns the journey; `takeOver` changes it. */
  readonly userCode: string
  readonly plan: JourneyPlan | null
  /** The run that made the calls so far, as an activity saw it: a reset run is another one. */
  readonly run: string | null
  readonly state: W['state']
  readonly startedAt: number
  readonly stateSince: number
  readonly stepDeadline: number
  readonly journeyDeadline: number
  readonly revision: number
  /** Counts arrivals, challenges and calls: the source of their ids. */
  readonly sequence: number
  readonly messages: MessageCounts
  readonly call: PendingCall<W> | null
  /** A look-up of tenant and user_code in flight: at the start, and for `takeOver`. */
  readonly resolving: {
    readonly userCode: string
    readonly submission: Submission<W['message']> | null
    readonly since: number
    /** The journey goes on in a new run, and only wants to know which. */
    readonly again?: true
  } | null
  readonly attention: { readonly reason: AttentionCode; readonly since: number } | null
  readonly queue: readonly Submission<W['message']>[]
  /** Receipts by submission key, newest last. */
  readonly answers: readonly { readonly key: string; readonly receipt: SharedReceipt }[]
  /** What Eko says of the fields of this step; gone with the step. */
  readonly fieldErrors: Readonly<Record<string, string>> | null
  /** Why this step has to be done again; gone with the step. */
  readonly lastError: string | null
  readonly challenge: Challenge<W['purpose']> | null
  /** Times of the dispatches of each kind. */
  readonly sends: Readonly<Record<W['purpose'], readonly number[]>>
  /** Until when a limit across journeys keeps codes of each kind from being sent. */
  readonly limitedUntil: Readonly<Record<W['purpose'], number>>
  readonly wrong: Readonly<Record<W['purpose'], number>>
  readonly unrecognisedInARow: number
  /** Calls that the journey made by itself since the last message: a guard against going in circles. */
  readonly hops: number
  readonly wallet: Wallet | null
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
export interface Challenge<Purpose extends string = string> {
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
export interface Submission<Message extends AnyMessage = AnyMessage> {
  readonly sequence: number
  readonly message: Message
  /** `<message>:<submissionId>`, or null where the sender gave no id. */
  readonly key: string | null
  readonly via: 'signal' | 'update'
  /** The challenge that a code belongs to: the sender's own word, or the one live at arrival. */
  readonly challengeId: string | null
}

/** The one call of Eko that is in flight or parked. */
export interface PendingCall<W extends Words = Words> {
  readonly sequence: number
  readonly name: W['call']
  readonly request: W['request']
  /** The messages that wait for its outcome. */
  readonly submissions: readonly Submission<W['message']>[]
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

/** The words of a journey `J`, read off its memory. */
export type StateOf<J extends Core> = J['state']
export type MessageOf<J extends Core> = J['queue'][number]['message']
export type NameOf<J extends Core> = MessageOf<J>['name']
export type PurposeOf<J extends Core> = NonNullable<J['challenge']>['purpose']
export type PendingCallOf<J extends Core> = NonNullable<J['call']>
export type CallOf<J extends Core> = PendingCallOf<J>['name']
export type RequestOf<J extends Core> = PendingCallOf<J>['request']

/** What happens to a journey. */
export type JourneyEvent =
  | {
      readonly type: 'arrived'
      readonly message: AnyMessage
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
  | { readonly sequence: number; readonly receipt: SharedReceipt }
  | { readonly sequence: number; readonly refusal: Refusal }

export interface Advanced<J extends Core = Core> {
  readonly journey: J
  readonly settled: readonly Settlement[]
  /** The arrival number of an `arrived` event: to match its settlement. */
  readonly sequence: number | null
}

export interface Opening<J extends Core = Core> {
  readonly workflowId: string
  readonly runId: string
  readonly input: J['input']
  /** ms since the epoch. */
  readonly now: number
}
