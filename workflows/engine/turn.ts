import type { CallOutcome } from '../calls.js'
import type { AttentionCode, OutcomeCode } from '../codes.js'
import { iso } from '../iso.js'
import type {
  MessageCounts,
  NewCodeReason,
  Refusal,
  SharedReceipt,
  SupportFacts,
  TimelineEntry,
} from '../shared-messages.js'
import type {
  CallOf,
  Challenge,
  Core,
  PendingCall,
  PurposeOf,
  RequestOf,
  Settlement,
  SharedRequest,
  StateOf,
  Submission,
} from './core.js'
import type { Flow } from './flow.js'
import { countedBy } from './resend-window.js'
import { isClosed, receiptOf } from './status.js'

/** Entries and receipts that a journey keeps; the oldest go first. */
const TIMELINE_KEPT = 50
const ANSWERS_KEPT = 50
/** Calls that a journey may make by itself between two messages. A whole re-entry needs three. */
const MAX_HOPS = 6

/**
 * One event's way through the journey: the journey so far, and the settlements on the way. The journey itself is never
 * changed in place; a turn replaces it.
 */
export interface Turn<J extends Core = Core> {
  readonly flow: Flow<J>
  journey: J
  readonly now: number
  readonly settled: Settlement[]
}

/** Replaces fields of the journey. The engine itself sets fields of the core, and passes no word that is not the flow's. */
export function set<J extends Core>(turn: Turn<J>, change: Partial<NoInfer<J>>): void {
  turn.journey = { ...turn.journey, ...change }
}

/** Counts a message. */
export function count(turn: Turn, ...what: readonly (keyof MessageCounts)[]): void {
  const messages: Record<keyof MessageCounts, number> = { ...turn.journey.messages }
  for (const name of what) messages[name] += 1
  set(turn, { messages })
}

/** Adds a line to the story; every line is a new revision. */
export function note(turn: Turn, entry: Omit<TimelineEntry, 'at'>): void {
  const { timeline, timelineTotal, revision } = turn.journey
  set(turn, {
    timeline: [...timeline, { at: iso(turn.now), ...entry }].slice(-TIMELINE_KEPT),
    timelineTotal: timelineTotal + 1,
    revision: revision + 1,
  })
}

/** Records what became of messages, and settles whoever waits for them. */
export function record(
  turn: Turn,
  submissions: readonly Submission[],
  outcome: OutcomeCode,
  more: { readonly detail?: string; readonly facts?: SupportFacts } = {},
): void {
  set(turn, {
    revision: turn.journey.revision + 1,
    lastOutcome: { code: outcome, at: turn.now, ...(more.facts && { facts: more.facts }) },
  })
  for (const submission of submissions) {
    const receipt = receiptOf(turn.flow, turn.journey, submission, outcome, more.detail)
    turn.settled.push({ sequence: submission.sequence, receipt })
    if (submission.key) remember(turn, submission.key, receipt)
  }
}

function remember(turn: Turn, key: string, receipt: SharedReceipt): void {
  const others = turn.journey.answers.filter((answer) => answer.key !== key)
  set(turn, { answers: [...others, { key, receipt }].slice(-ANSWERS_KEPT) })
}

/** Refuses a message: the update fails with the code, and the refusal stands in the story. Refusals are not remembered. */
export function refuse(turn: Turn, submission: Submission, refusal: Refusal): void {
  note(turn, { what: `refused:${submission.message.name}`, code: refusal.code })
  turn.settled.push({ sequence: submission.sequence, refusal })
}

/** Goes to a state; its step clock starts anew. */
export function enter<J extends Core>(turn: Turn<J>, state: StateOf<J>): void {
  if (turn.journey.state === state) return
  const step = (turn.journey.plan?.policy.stepSeconds ?? 0) * 1000
  set<Core>(turn, { state, stateSince: turn.now, stepDeadline: turn.now + step, fieldErrors: null, lastError: null })
  note(turn, { what: `state:${state}`, code: state })
}

/** Ends the journey: secrets go, whoever waits is answered. */
export function close<J extends Core>(
  turn: Turn<J>,
  state: StateOf<J> & OutcomeCode,
  change: Partial<NoInfer<J>> = {},
): void {
  const { flow } = turn
  const { call } = turn.journey
  set(turn, { ...change, ...flow.wiped(turn.journey) })
  set<Core>(turn, { call: null, resolving: null, attention: null, challenge: null, wallet: null })
  enter(turn, state)
  const waiting = [...(call?.submissions ?? []), ...turn.journey.queue]
  const { messages, queue } = turn.journey
  for (const { message } of queue) {
    note(turn, { what: `message:${message.name}`, code: state })
    flow.answeredByEnd(turn, message)
  }
  set<Core>(turn, { queue: [], messages: { ...messages, taken: messages.taken + queue.length } })
  if (isClosed(flow, turn.journey)) record(turn, waiting, state)
}

/** Hands the journey to an operator. */
export function needAttention(
  turn: Turn,
  reason: AttentionCode,
  waiting: readonly Submission[],
  facts?: SupportFacts,
): void {
  set(turn, { attention: { reason, since: turn.now } })
  note(turn, { what: 'attention', code: reason, ...(facts && { facts }) })
  record(turn, waiting, 'NEEDS_ATTENTION', { detail: reason, ...(facts && { facts }) })
}

/** Begins every `client_ref_id` of one run of a call; the activity appends its attempt. */
export function clientRefOf({ refPrefix }: Core, sequence: number): string {
  return `${refPrefix}${sequence.toString(36).padStart(3, '0')}`
}

/** The run that made the calls so far, where it is known: tells an activity of a reset run from one that was not. */
export function runOf({ run }: Core): { run?: string } {
  return run === null ? {} : { run }
}

/** The kind of code that a call may send; null where it sends none. */
export function dispatchPurpose<J extends Core>(
  { dispatches }: Pick<Flow<J>, 'dispatches'>,
  name: CallOf<J>,
): PurposeOf<J> | null {
  return dispatches[name] ?? null
}

/** Asks Eko. `submissions` wait for the outcome; with none of them new, it counts as a call of the journey's own. */
export function ask<J extends Core>(
  turn: Turn<J>,
  name: CallOf<J>,
  request: Partial<RequestOf<J>>,
  submissions: readonly Submission[],
  { byItself = false, sentMeans = 'OTP_SENT' }: { byItself?: boolean; sentMeans?: OutcomeCode } = {},
): void {
  const journey: Core = turn.journey
  const own: Partial<SharedRequest> = request
  if (byItself && journey.hops >= MAX_HOPS) {
    needAttention(turn, 'GOING_IN_CIRCLES', submissions)
    return
  }
  const sequence = journey.sequence + 1
  const { tenant, rail, mobile } = journey.input
  const clientRef = clientRefOf(journey, sequence)
  const sends = dispatchPurpose(turn.flow, name) !== null
  const call: PendingCall = {
    sequence,
    name,
    request: {
      ...{ tenant, rail, mobile, userCode: journey.userCode, clientRef },
      ...(sends && countedBy(journey, { id: clientRef, turn: sequence })),
      ...runOf(journey),
      ...waitingFor(submissions),
      ...own,
    },
    submissions,
    since: turn.now,
    parked: null,
    parks: 0,
    sentMeans,
  }
  set<Core>(turn, { call, sequence, hops: byItself ? journey.hops + 1 : 0, revision: journey.revision + 1 })
}

/** What a request says of who waits for it, for logs; nothing where no submission has an id. */
export function waitingFor(submissions: readonly Submission[]): Pick<SharedRequest, 'submissions'> {
  const ids = submissions.flatMap(({ message }) => message.body.submissionId ?? [])
  return ids.length > 0 ? { submissions: ids } : {}
}

/** Retires what was there and mints the challenge of a dispatch, before the call. */
export function mintChallenge<J extends Core>(turn: Turn<J>, purpose: PurposeOf<J>): void {
  const sequence = turn.journey.sequence + 1
  const challenge: Challenge = {
    id: `${turn.journey.refPrefix}c${sequence.toString(36)}`,
    purpose,
    dispatch: 'calling',
    retired: null,
    ref: null,
    expiresAt: 0,
    wrong: 0,
  }
  set<Core>(turn, { challenge, sequence })
}

export function retireChallenge(turn: Turn, retired: NewCodeReason): void {
  const { challenge } = turn.journey
  if (challenge && !challenge.retired) set(turn, { challenge: { ...challenge, retired, ref: null } })
}

/** A challenge of which there is nothing to verify: it only says why a new code is needed. */
export function deadChallenge<J extends Core>(turn: Turn<J>, purpose: PurposeOf<J>, retired: NewCodeReason): void {
  mintChallenge(turn, purpose)
  retireChallenge(turn, retired)
}

/** Notes the outcome of a call in the story. */
export function noteCall(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  note(turn, { what: `call:${call.name}`, code: outcome.answer, ...(outcome.facts && { facts: outcome.facts }) })
}
