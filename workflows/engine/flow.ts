import type { SecretField } from '../../values/sealed-field.js'
import type { CallOutcome } from '../calls.js'
import type { OutcomeCode, RejectionCode } from '../codes.js'
import type { MessageDescriptor } from '../message-table.js'
import type { FieldErrors } from '../shape.js'
import type { Refusal, SharedView } from '../shared-messages.js'
import type { CallOf, Core, MessageOf, NameOf, Opening, PendingCallOf, PurposeOf, StateOf, Submission } from './core.js'
import type { Turn } from './turn.js'

/** What one kind of code means to its journey. */
export interface CodeKind<J extends Core> {
  /** The state in which the code is waited for. */
  readonly state: StateOf<J>
  /** The message that brings it. */
  readonly message: NameOf<J>
  /** Why the journey ends where too many were wrong; null where it may not end, and an operator must look. */
  readonly rejection: RejectionCode | null
}

/** What is always there to be known of a journey: its ends, and what brings it on where it is stuck. */
export interface Standing<J extends Core = Core> {
  /** States that end a journey. Each is an outcome too: whoever still waits is answered with it. */
  readonly closed: readonly (StateOf<J> & OutcomeCode)[]
  /** What an operator can do about a journey that needs attention. */
  unblockedBy(journey: J): readonly NameOf<J>[]
  /** Whether a deadline may end the journey now. */
  mayExpire(journey: J): boolean
}

/** Names of the search attributes, all of type Keyword. */
export interface AttributeNames {
  readonly rail: string
  readonly tenant: string
  readonly state: string
  readonly status: string
  /** What a parked call waits for. */
  readonly waitsFor: string
}

/**
 * One kind of journey: its words, its tables, and the few functions that no other kind has. The engine does the rest:
 * queue, gates, repeats, receipts, codes, resends, limits, parking, attention, deadlines, runs, the story in Temporal UI.
 *
 * Functions are methods on purpose: the engine passes a journey's own flow to parts that know no words of it, and these
 * hand back to the flow only what came from its journey.
 */
export interface Flow<J extends Core = Core> extends Standing<J> {
  /** The state of a new journey, and of one that an operator sent back. */
  readonly first: StateOf<J>
  /** Every message. Each is registered as a signal and as an update of the same name. */
  readonly messages: Readonly<Record<NameOf<J>, MessageDescriptor<StateOf<J>>>>
  /** Messages that end the journey: they go before a call that has not begun, and always find room. */
  readonly endings: readonly NameOf<J>[]
  /** The field of a message that carries a secret. */
  readonly secrets: Readonly<Partial<Record<NameOf<J>, SecretField>>>
  readonly codes: Readonly<Record<PurposeOf<J>, CodeKind<J>>>
  /** The kind of code that a call may send. */
  readonly dispatches: Readonly<Partial<Record<CallOf<J>, PurposeOf<J>>>>
  /** Calls whose `client_ref_id` is the journey's own word for what they do: it is kept over a wait. */
  readonly keepsReference?: readonly CallOf<J>[]
  /** Every call, and its summary in Temporal UI. */
  readonly calls: Readonly<Record<CallOf<J>, string>>
  readonly attributes: AttributeNames

  /** A new journey. */
  open(opening: Opening<J>): J
  /** What is wrong with the form of an input; looked at before it is compared with the journey's. */
  inputForm(input: unknown): FieldErrors
  /** All that is wrong with the input of a journey of this workflow id. */
  inputErrors(input: J['input'], workflowId: string): FieldErrors
  /** The fields of an input in which a caller who joins the journey must agree with it, where the caller gives them. */
  joinedBy(input: J['input']): Readonly<Record<string, unknown>>
  /** The first step, once the plan is there. */
  begin(turn: Turn<J>): void
  /** Whether a user's message is taken although a call is parked, because it is only kept for its step. */
  isKept(journey: J, message: MessageOf<J>): boolean
  /** What only this kind of journey refuses; the state fits, and no operator is needed. */
  judge(journey: J, message: MessageOf<J>, now: number): Refusal | null
  /** Does what a message asks for; the gate let it through. */
  take(turn: Turn<J>, submission: Submission<MessageOf<J>>): void
  /** Remembers of any outcome what only this kind of journey holds; the table decides after it. */
  keep(turn: Turn<J>, call: PendingCallOf<J>, outcome: CallOutcome): void
  /** Does what the transition table says. */
  react(turn: Turn<J>, call: PendingCallOf<J>, outcome: CallOutcome): void
  /** What is gone when the journey closes: every secret it holds beyond those of the core. */
  wiped(journey: J): Partial<J>
  /** A message that waited when the journey closed, and is answered by its end. */
  answeredByEnd(turn: Turn<J>, message: MessageOf<J>): void
  /** Further moments at which something happens by itself, in ms. */
  times(journey: J): readonly number[]
  /** Lets happen what is due at these. A call that it asks for comes before any deadline. */
  clock(turn: Turn<J>): void
  /** What must happen next. */
  nextAction(journey: J): { readonly do: string }
  view(journey: J): SharedView
  /** The journey's page in Temporal UI, as markdown. No secret and no personal data. */
  story(journey: J): string
  /** What an activity brought, as far as it can be read; null where it is no outcome. */
  readOutcome(value: unknown): CallOutcome | null
}
