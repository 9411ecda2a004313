/**
 * The journey as a pure state machine: (journey, event) -> (journey, what was settled). What it wants done stands in
 * `journey.call` and `journey.resolving`; when it wants to be woken, in `wakeAt`. No Temporal, no clock, no I/O.
 */
import type { CallName, CallOutcome, ResolveOutcome, ResolveRequest } from './calls.js'
import { ACTIONS } from './journey-answers.js'
import { idHash } from './id-hash.js'
import { iso } from './iso.js'
import { runClock } from './journey-clock.js'
import { admit, challengeIdFor, checkApply, inFlight, isBusy, isEnding, keyOf, refusal } from './journey-gate.js'
import { applyMessage } from './journey-messages.js'
import type { Advanced, Journey, JourneyEvent, Submission, Wallet } from './journey.js'
import { maskedMessage } from './masked-message.js'
import { isClosed, type Message, type OnboardingInput, type Refusal, REJECTIONS } from './messages.js'
import { dispatchPurpose } from './resend-window.js'
import { transitionFor } from './transitions.js'
import {
  ask,
  close,
  count,
  enter,
  mintChallenge,
  note,
  noteCall,
  record,
  refuse,
  runOf,
  set,
  type Turn,
} from './turn.js'

export interface Opening {
  readonly workflowId: string
  readonly runId: string
  readonly input: OnboardingInput
  /** ms since the epoch. */
  readonly now: number
}

/** A new journey: it first wants tenant, rail and policy resolved. */
export function openJourney({ workflowId, runId, input, now }: Opening): Journey {
  return {
    workflowId,
    runId,
    refPrefix: idHash(workflowId).padEnd(10, '0') + runPart(runId),
    input,
    userCode: input.userCode,
    plan: null,
    run: null,
    state: 'SENDER_LOOKUP',
    startedAt: now,
    stateSince: now,
    stepDeadline: now,
    journeyDeadline: now,
    revision: 1,
    sequence: 0,
    messages: { received: 0, taken: 0, refused: 0, repeated: 0 },
    call: null,
    resolving: { userCode: input.userCode, submission: null, since: now },
    attention: null,
    queue: [],
    answers: [],
    details: input.details ?? null,
    fieldErrors: null,
    lastError: null,
    challenge: null,
    keptChallenge: null,
    sends: { SENDER: [], AADHAAR: [] },
    limitedUntil: { SENDER: 0, AADHAAR: 0 },
    wrong: { SENDER: 0, AADHAAR: 0 },
    unrecognisedInARow: 0,
    hops: 0,
    consentWanted: null,
    consentLanguages: null,
    presented: null,
    consent: null,
    consents: [],
    withdrawal: null,
    aadhaar: null,
    wallet: null,
    reverified: [],
    keptPan: null,
    steps: [],
    proofs: [],
    mobileHint: null,
    applicationId: null,
    profile: null,
    evidence: null,
    capability: null,
    rejection: null,
    detail: null,
    timeline: [],
    timelineTotal: 0,
    lastOutcome: null,
    operatorReason: null,
  }
}

/**
 * A journey that goes on in a new run. What is asked for first is the run's own id, as an activity sees it; fields that
 * were added since the journey was carried begin as in a new one.
 */
export function resumeJourney(carried: Journey, opening: Opening): Journey {
  const { userCode, submission = null } = carried.resolving ?? { userCode: carried.userCode }
  // Filled with messages before its first look-up was made, a run hands over a journey that has yet to begin.
  const again = carried.plan ? ({ again: true } as const) : {}
  return {
    ...openJourney(opening),
    ...carried,
    runId: opening.runId,
    run: null,
    resolving: { userCode, submission, since: opening.now, ...again },
    revision: carried.revision + 1,
  }
}

/** What is to be looked up now; null where nothing is. */
export function lookUpOf({ resolving, input }: Journey): ResolveRequest | null {
  if (!resolving) return null
  const { tenant, rail, policy } = input
  const { userCode, submission, again } = resolving
  // Who takes a journey over begins one, also where it goes on in a new run: the agent's limit counts it.
  const begun = again && submission === null
  return { tenant, rail, userCode, ...(policy && { policy }), ...(begun && { again }) }
}

/** Four characters that tell runs apart: of the run id's end, since its beginning is a clock (UUIDv7, RFC 9562 §5.7). */
function runPart(runId: string): string {
  const random = Number.parseInt(runId.replace(/\W/g, '').slice(-8), 16) || 0
  return (random % 36 ** 4).toString(36).padStart(4, '0')
}

/** One step of the machine. Never throws, whatever arrives. */
export function advance(journey: Journey, event: JourneyEvent, now: number): Advanced {
  const turn: Turn = { journey, now, settled: [] }
  const sequence = happen(turn, event)
  const goesFirst = isNewCall(journey, turn.journey) || (turn.journey.resolving && overtakesLookUp(event))
  if (goesFirst && endingOf(turn.journey)) takeNext(turn)
  while (!isBusy(turn.journey) && turn.journey.queue.length > 0) takeNext(turn)
  if (!isBusy(turn.journey)) runClock(turn)
  // Whoever waits for another revision would miss a change without one.
  const { revision } = turn.journey
  if (turn.journey !== journey && revision === journey.revision) set(turn, { revision: revision + 1 })
  return { journey: turn.journey, settled: turn.settled, sequence }
}

function happen(turn: Turn, event: JourneyEvent): number | null {
  switch (event.type) {
    case 'arrived':
      return arrive(turn, event.message, event.via)
    case 'arrivedUnreadable':
      count(turn, 'received', 'refused')
      note(turn, { what: `refused:${event.name}`, code: event.refusal.code })
      return null
    case 'resolved':
      resolve(turn, event.outcome)
      return null
    case 'callEnded':
      endCall(turn, event.outcome)
      return null
    case 'clock':
      return null
  }
}

/** The gate on arrival, for an update's validator as well. */
export { admit } from './journey-gate.js'

function arrive(turn: Turn, message: Message, via: 'signal' | 'update'): number {
  const sequence = turn.journey.sequence + 1
  set(turn, { sequence })
  count(turn, 'received')
  const key = keyOf(message)
  const submission: Submission = { sequence, message, key, via, challengeId: null }
  const known = key === null ? undefined : turn.journey.answers.find((answer) => answer.key === key)
  const twin = inFlight(turn.journey).find((other) => key !== null && other.key === key)
  if (known || twin) count(turn, 'repeated')
  if (known) {
    turn.settled.push({ sequence, receipt: known.receipt })
    return sequence
  }
  if (twin) return twin.sequence
  const refused = admit(turn.journey, message, turn.now)
  if (refused) {
    count(turn, 'refused')
    refuse(turn, submission, refused)
  } else {
    const challengeId = challengeIdFor(turn.journey, message)
    const bound = { ...submission, message: maskedMessage(message), challengeId }
    set(turn, { queue: [...turn.journey.queue, bound], revision: turn.journey.revision + 1 })
  }
  return sequence
}

/** Whether the event made the journey want a call that has not begun: an ending that already waits goes before it. */
function isNewCall(before: Journey, after: Journey): boolean {
  return after.call !== null && after.call.parked === null && after.call.sequence !== before.call?.sequence
}

/** Whether the event is an ending, which no look-up keeps waiting: it may be long until a limit can be reached. */
function overtakesLookUp(event: JourneyEvent): boolean {
  return event.type === 'arrived' && isEnding(event.message.name) && !event.afterLookUp
}

/** The message in the queue that ends the journey. */
function endingOf({ queue }: Journey): Submission | undefined {
  return queue.find(({ message }) => isEnding(message.name))
}

/** Takes one message off the queue. What ends the journey goes first: no call is wanted after it. */
function takeNext(turn: Turn): void {
  const { queue, resolving } = turn.journey
  const next = endingOf(turn.journey) ?? queue[0]
  if (!next) return
  set(turn, { queue: queue.filter((other) => other !== next) })
  const refused = checkApply(turn.journey, next, turn.now)
  count(turn, refused ? 'refused' : 'taken')
  if (refused) refuse(turn, next, refused)
  else applyMessage(turn, next)
  const { state } = turn.journey
  // Who asked for the look-up that nobody waits for any more.
  if (resolving?.submission && isClosed(state)) record(turn, [resolving.submission], state)
}

function resolve(turn: Turn, outcome: ResolveOutcome): void {
  const { resolving, plan, call } = turn.journey
  if (!resolving) return
  const { submission, again } = resolving
  set(turn, { resolving: null, ...((again || !plan) && { run: outcome.run ?? null }) })
  if (again && call) set(turn, { call: { ...call, request: { ...call.request, ...runOf(turn.journey) } } })
  if (again && !submission) return
  if ('refused' in outcome) {
    refuseStart(turn, submission, outcome)
    return
  }
  if (submission) {
    const held = turn.journey.call
    const owned = held && { ...held, request: { ...held.request, userCode: resolving.userCode } }
    set(turn, { userCode: resolving.userCode, call: owned })
    record(turn, [submission], 'TAKEN_OVER')
  } else if (!plan) {
    const { stepSeconds, journeySeconds } = outcome.plan.policy
    set(turn, {
      plan: outcome.plan,
      stepDeadline: turn.now + stepSeconds * 1000,
      journeyDeadline: turn.now + journeySeconds * 1000,
    })
    begin(turn)
  }
}

function refuseStart(
  turn: Turn,
  submission: Submission | null,
  { refused: code, retryAt }: Extract<ResolveOutcome, { refused: unknown }>,
): void {
  note(turn, { what: 'call:resolveJourney', code })
  const when = retryAt === undefined ? null : iso(retryAt)
  if (!submission) close(turn, 'REJECTED', { rejection: code, detail: when })
  else refuse(turn, submission, { code, message: REJECTIONS[code].cause, ...(when && { details: { retryAt: when } }) })
}

/** The first step: the lookup, or the verification of a code that the caller already had sent. */
function begin(turn: Turn): void {
  const { input, plan, sends } = turn.journey
  note(turn, { what: 'state:SENDER_LOOKUP', code: 'STARTED' })
  mintChallenge(turn, 'SENDER')
  const { challenge } = turn.journey
  if (!input.otpRefId || !challenge || !plan) {
    ask(turn, 'getSender', {}, [], { byItself: true })
    return
  }
  const expiresAt = turn.now + plan.policy.otpLifetimeSeconds * 1000
  set(turn, {
    challenge: { ...challenge, dispatch: 'sent', ref: input.otpRefId, expiresAt },
    sends: { ...sends, SENDER: [turn.now] },
  })
  enter(turn, 'SENDER_OTP_REQUIRED')
}

function endCall(turn: Turn, outcome: CallOutcome): void {
  const { call } = turn.journey
  if (!call || call.parked) return
  const executed = !NEVER_EXECUTED.some((answer) => answer === outcome.answer)
  set(turn, {
    call: null,
    ...(executed && { unrecognisedInARow: keepStreak(turn.journey, outcome) }),
    run: outcome.run ?? turn.journey.run,
    mobileHint: outcome.mobileHint ?? turn.journey.mobileHint,
    applicationId: outcome.applicationId ?? turn.journey.applicationId,
    profile: outcome.profile ?? turn.journey.profile,
    wallet: heldWallet(turn.journey.wallet, outcome),
  })
  noteCall(turn, call, outcome)
  countDispatch(turn, call.name, outcome)
  keepConsent(turn, call.name, outcome)
  const { action } = transitionFor(call.name, outcome.answer)
  ACTIONS[action](turn, call, outcome)
  dropUnsentChallenge(turn)
}

/** A journey lives for days and each consent costs its sender an SMS: more than these are not to be expected. */
const CONSENTS_KEPT = 50

const NEVER_EXECUTED = ['INPUT_REFUSED', 'NOT_SENT', 'BUSY', 'CONFIGURATION', 'LIMIT_REACHED', 'RUN_RESET'] as const

function keepStreak(journey: Journey, outcome: CallOutcome): number {
  return outcome.answer === 'UNRECOGNISED_ANSWER' ? journey.unrecognisedInARow : 0
}

/** Enters the consent into the ledger, once the Aadhaar number went to Eko under it. */
function keepConsent(turn: Turn, name: CallName, { answer }: CallOutcome): void {
  const { consent, consents } = turn.journey
  if (name !== 'generateAadhaarOtp' || !consent || NEVER_EXECUTED.some((never) => never === answer)) return
  // A code that is sent again goes under the same one.
  const last = consents.at(-1)
  if (last?.usedAt === consent.usedAt && last.acceptedAt === consent.acceptedAt) return
  set(turn, { consents: [...consents, consent].slice(-CONSENTS_KEPT) })
}

/** Only what is not empty replaces what is held: Levin often answers `""`. */
function heldWallet(held: Wallet | null, { wallet }: CallOutcome): Wallet | null {
  if (!wallet) return held
  return {
    token: wallet.token ?? held?.token ?? null,
    expiresAt: wallet.token ? wallet.expiresAt : (held?.expiresAt ?? null),
    id: wallet.id || (held?.id ?? ''),
  }
}

/** A code that was sent, or may have been, counts against the quota; and it uses up the consent it was sent under. */
function countDispatch(turn: Turn, name: CallName, outcome: CallOutcome): void {
  const purpose = dispatchPurpose(name)
  if (!purpose) return
  const mayHaveSent = ['OTP_SENT', 'UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER'].includes(outcome.answer)
  // On Levin a code may be out although its reference is missing: no other call sends one.
  const unusable = outcome.answer === 'OTP_REF_MISSING' && turn.journey.plan?.resendSenderOtp === name
  if (!mayHaveSent && !unusable) return
  const { sends } = turn.journey
  const { sendsPerDay = 0, sendsPerWindow = 0 } = turn.journey.plan?.policy ?? {}
  const kept = Math.max(sendsPerDay, sendsPerWindow, 1)
  set(turn, { sends: { ...sends, [purpose]: [...sends[purpose], turn.now].slice(-kept) } })
  if (purpose === 'AADHAAR') set(turn, { presented: null })
}

/** A dispatch that ended without sending leaves no challenge behind. */
function dropUnsentChallenge(turn: Turn): void {
  const { challenge, call } = turn.journey
  if (challenge?.dispatch === 'calling' && !challenge.retired && !call) set(turn, { challenge: null })
}

/** Whether `input` would start a journey like this one; used where a caller joins it. */
export function compareInput(journey: Journey, input: OnboardingInput): Refusal | null {
  if (input.userCode !== journey.userCode) return refusal('OWNED_BY_ANOTHER_AGENT')
  const names = ['tenant', 'rail', 'mobile', 'details', 'stopAt', 'policy'] as const
  const differing = names.filter(
    (name) => input[name] != null && canonical(input[name]) !== canonical(journey.input[name] ?? null),
  )
  return differing.length > 0 ? refusal('INPUT_CONFLICT', { fields: differing }) : null
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** Whether the journey has come to a state that a user can be shown: nothing of its start is under way. */
export function isUserFacing(journey: Journey): boolean {
  return isClosed(journey.state) || !isBusy(journey)
}

export { isBusy } from './journey-gate.js'
