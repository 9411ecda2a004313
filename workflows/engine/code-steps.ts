import type { CallOutcome } from '../calls.js'
import type { AttentionCode, LimitCode, OutcomeCode } from '../codes.js'
import { iso } from '../iso.js'
import type { NewCodeReason, SupportFacts } from '../shared-messages.js'
import type { CallOf, Core, PendingCall, PurposeOf, RequestOf, StateOf, Submission } from './core.js'
import { MAX_UNANSWERED, parkedState } from './parking.js'
import { refusal } from './refusal.js'
import { resendWindow } from './resend-window.js'
import {
  ask,
  close,
  deadChallenge,
  dispatchPurpose,
  enter,
  mintChallenge,
  needAttention,
  record,
  refuse,
  retireChallenge,
  set,
  type Turn,
} from './turn.js'

/** What journeys do about codes and calls, whatever these are for. The rows of a transition table are made of them. */

/** Where a limit does not say when there is room again. */
const DEFAULT_LIMIT_MS = 60_000

export function factsOf(outcome: CallOutcome): { facts?: SupportFacts } {
  return outcome.facts ? { facts: outcome.facts } : {}
}

/** Sends a code that a message asked for. */
export function dispatch<J extends Core>(
  turn: Turn<J>,
  name: CallOf<J>,
  request: Partial<RequestOf<J>>,
  submission: Submission,
): void {
  const purpose = dispatchPurpose(turn.flow, name)
  if (purpose) mintChallenge(turn, purpose)
  ask(turn, name, request, [submission])
}

/** How a journey sends a code by itself. */
export interface OwnDispatch<J extends Core> {
  readonly request?: Partial<RequestOf<J>>
  /** What a code that is sent means to those who wait. @default 'OTP_SENT' */
  readonly sentMeans?: OutcomeCode
  /** Why the user has to ask for it, where none may be sent now. @default 'SENDER_OTP_AGAIN' */
  readonly tooSoon?: NewCodeReason & OutcomeCode
}

/** Sends a code by the journey itself, if the quota and the cooldown allow; else the user asks for it later. */
export function dispatchByItself<J extends Core>(
  turn: Turn<J>,
  name: CallOf<J>,
  from: StateOf<J>,
  submissions: readonly Submission[],
  { request = {}, sentMeans = 'OTP_SENT', tooSoon = 'SENDER_OTP_AGAIN' }: OwnDispatch<J> = {},
): void {
  const purpose = dispatchPurpose(turn.flow, name)
  if (!purpose) return
  if (resendWindow(turn.journey, purpose, turn.now).at > turn.now) {
    enter(turn, turn.flow.codes[purpose].state)
    deadChallenge(turn, purpose, tooSoon)
    record(turn, submissions, tooSoon)
    return
  }
  enter(turn, from)
  mintChallenge(turn, purpose)
  ask(turn, name, request, submissions, { byItself: true, sentMeans })
}

/** Has Eko verify the code of the live challenge. */
export function verify<J extends Core>(
  turn: Turn<J>,
  name: CallOf<J>,
  request: Partial<RequestOf<J>>,
  submission: Submission,
): void {
  const { challenge } = turn.journey
  if (!challenge?.ref) return
  ask(turn, name, { ...request, otpRefId: challenge.ref, notAfter: challenge.expiresAt }, [submission])
}

/** A code is out: from now on it is waited for. */
export function codeSent(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  const { challenge, plan } = turn.journey
  const lifetime = (plan?.policy.otpLifetimeSeconds ?? 0) * 1000
  if (challenge && outcome.otpRefId) {
    const expiresAt = turn.now + lifetime
    set(turn, { challenge: { ...challenge, dispatch: 'sent', ref: outcome.otpRefId, expiresAt } })
  }
  enterCodeOf(turn, call)
  record(turn, call.submissions, call.sentMeans, factsOf(outcome))
}

/** A code may be out, but its reference is lost: it is never sent again by the journey itself. */
export function dispatchUncertain(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  const { challenge } = turn.journey
  if (challenge) set(turn, { challenge: { ...challenge, dispatch: 'uncertain' } })
  enterCodeOf(turn, call)
  record(turn, call.submissions, 'DISPATCH_UNCERTAIN', factsOf(outcome))
}

function enterCodeOf(turn: Turn, { name }: PendingCall): void {
  const kind = turn.flow.codes[dispatchPurpose(turn.flow, name) ?? '']
  if (kind) enter(turn, kind.state)
}

/** The live challenge can no longer be used; whoever sent its code is told why. */
export function codeDied(turn: Turn, call: PendingCall, outcome: CallOutcome, why: NewCodeReason & OutcomeCode): void {
  retireChallenge(turn, why)
  record(turn, call.submissions, why, factsOf(outcome))
}

/** A wrong code counts for its challenge and for the journey. */
export function countWrong(turn: Turn, call: PendingCall, code: OutcomeCode, outcome: CallOutcome): void {
  const { challenge, wrong, plan } = turn.journey
  if (!challenge || !plan) return
  const { purpose } = challenge
  const inJourney = (wrong[purpose] ?? 0) + 1
  const forCode = challenge.wrong + 1
  set(turn, { wrong: { ...wrong, [purpose]: inJourney }, challenge: { ...challenge, wrong: forCode } })
  if (inJourney >= plan.policy.triesPerJourney) {
    const rejection = turn.flow.codes[purpose]?.rejection
    if (rejection === null) {
      retireChallenge(turn, 'ATTEMPTS_USED_UP')
      needAttention(turn, 'CODE_TRIES_USED_UP', call.submissions, outcome.facts)
      return
    }
    close(turn, 'REJECTED', { ...(rejection && { rejection }) })
  } else if (forCode >= plan.policy.triesPerCode) retireChallenge(turn, 'ATTEMPTS_USED_UP')
  record(turn, call.submissions, code, factsOf(outcome))
}

/** An answer to a code that nobody knows: once it counts as wrong, twice in a row an operator must look. */
export function unrecognisedCode(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  const inARow = turn.journey.unrecognisedInARow + 1
  set(turn, { unrecognisedInARow: inARow })
  if (inARow >= 2) needAttention(turn, 'UNRECOGNISED_ANSWER', call.submissions, outcome.facts)
  else countWrong(turn, call, 'UNRECOGNISED_ANSWER', outcome)
}

/** Eko refuses fields of a verification: only the code is the user's to correct. */
export function codeFieldsRefused(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  // It counts, so that this cannot go on for ever.
  if (outcome.fieldErrors?.otp === undefined) attentionAfter(turn, call, outcome)
  else countWrong(turn, call, 'FIELDS_REFUSED', outcome)
}

/** The call waits, and runs again by itself. */
export function park(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  const { unanswered = 0 } = call
  const lost = outcome.answer === 'UNKNOWN_OUTCOME' ? 1 : 0
  if (lost && unanswered >= MAX_UNANSWERED) {
    needAttention(turn, 'NO_ANSWER', call.submissions, outcome.facts)
    return
  }
  const parked = parkedState(turn.journey, call, outcome, turn.now)
  set(turn, { call: { ...call, parks: call.parks + 1, unanswered: unanswered + lost, parked } })
  record(turn, call.submissions, 'PARKED', { detail: parked.dependency, ...factsOf(outcome) })
}

/**
 * A limit across journeys is used up: until when is kept, what that means for the step is the journey's, and whoever
 * waits is refused.
 */
export function limitReached<J extends Core>(
  turn: Turn<J>,
  call: PendingCall,
  { limit }: CallOutcome,
  purpose: PurposeOf<J>,
  then: (code: LimitCode) => void,
): void {
  const { code = 'MOBILE_LIMIT_REACHED', retryAt = turn.now + DEFAULT_LIMIT_MS } = limit ?? {}
  set<Core>(turn, { limitedUntil: { ...turn.journey.limitedUntil, [purpose]: retryAt } })
  then(code)
  const refused = refusal(code, { retryAt: iso(retryAt) })
  for (const submission of call.submissions) refuse(turn, submission, refused)
}

/** What an operator is told of an answer that the journey has no way on from. */
const REASONS: Partial<Record<CallOutcome['answer'], AttentionCode>> = {
  IDENTITY_ALREADY_USED: 'IDENTITY_ALREADY_USED',
  UNRECOGNISED_ANSWER: 'UNRECOGNISED_ANSWER',
  RUN_RESET: 'RUN_RESET',
}

/** An operator must look at what Eko answered. */
export function attentionAfter(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  needAttention(turn, REASONS[outcome.answer] ?? 'REFUSED_BY_EKO', call.submissions, outcome.facts)
}
