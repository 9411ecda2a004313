/**
 * Any journey as a pure state machine: (journey, event) -> (journey, what was settled). What it wants done stands in
 * `journey.call` and `journey.resolving`; when it wants to be woken, in `wakeAt`. No Temporal, no clock, no I/O.
 */
import type { CallOutcome, ResolveOutcome, ResolveRequest } from '../calls.js'
import { type OutcomeCode, REJECTIONS } from '../codes.js'
import { idHash } from '../id-hash.js'
import { iso } from '../iso.js'
import { maskedMessage } from '../masked-message.js'
import type { OperatorAction, Refusal } from '../shared-messages.js'
import { runClock } from './clock.js'
import type { Advanced, AnyMessage, CallOf, Core, JourneyEvent, Opening, PurposeOf, Submission, Words } from './core.js'
import type { Flow } from './flow.js'
import { admit, challengeIdFor, checkApply, inFlight, isBusy, isEnding, keyOf } from './gate.js'
import { refusal } from './refusal.js'
import { isClosed } from './status.js'
import { close, count, dispatchPurpose, note, noteCall, record, refuse, runOf, set, type Turn } from './turn.js'
import { heldWallet } from './wallet.js'

/** What a kind of journey begins with. */
export interface First<W extends Words> {
  readonly state: W['state']
  readonly purposes: readonly W['purpose'][]
}

/** The memory of a new journey: it first wants tenant, rail and policy resolved. */
export function openCore<W extends Words>({ state, purposes }: First<W>, opening: Opening<Core<W>>): Core<W> {
  const { workflowId, runId, input, now } = opening
  const each = <T>(value: T): Record<W['purpose'], T> =>
    Object.fromEntries(purposes.map((purpose) => [purpose, value])) as Record<W['purpose'], T>
  return {
    workflowId,
    runId,
    refPrefix: idHash(workflowId).padEnd(10, '0') + runPart(runId),
    input,
    userCode: input.userCode,
    plan: null,
    run: null,
    state,
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
    fieldErrors: null,
    lastError: null,
    challenge: null,
    sends: each<readonly number[]>([]),
    limitedUntil: each(0),
    wrong: each(0),
    unrecognisedInARow: 0,
    hops: 0,
    wallet: null,
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
export function resumeJourney<J extends Core>(flow: Flow<J>, carried: J, opening: Opening<J>): J {
  const { userCode, submission = null } = carried.resolving ?? { userCode: carried.userCode }
  // Filled with messages before its first look-up was made, a run hands over a journey that has yet to begin.
  const again = carried.plan ? ({ again: true } as const) : {}
  return {
    ...flow.open(opening),
    ...carried,
    runId: opening.runId,
    run: null,
    resolving: { userCode, submission, since: opening.now, ...again },
    revision: carried.revision + 1,
  }
}

/** What is to be looked up now; null where nothing is. */
export function lookUpOf({ resolving, input }: Core): ResolveRequest | null {
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
export function advance<J extends Core>(flow: Flow<J>, journey: J, event: JourneyEvent, now: number): Advanced<J> {
  const turn: Turn<J> = { flow, journey, now, settled: [] }
  const sequence = happen(turn, event)
  const goesFirst = isNewCall(journey, turn.journey) || (turn.journey.resolving && overtakesLookUp(flow, event))
  if (goesFirst && endingOf(flow, turn.journey)) takeNext(turn)
  while (!isBusy(turn.journey) && turn.journey.queue.length > 0) takeNext(turn)
  if (!isBusy(turn.journey)) runClock(turn)
  // Whoever waits for another revision would miss a change without one.
  const { revision } = turn.journey
  if (turn.journey !== journey && revision === journey.revision) set<Core>(turn, { revision: revision + 1 })
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

function arrive(turn: Turn, message: AnyMessage, via: 'signal' | 'update'): number {
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
  const refused = admit(turn.flow, turn.journey, message, turn.now)
  if (refused) {
    count(turn, 'refused')
    refuse(turn, submission, refused)
  } else {
    const challengeId = challengeIdFor(turn.flow, turn.journey, message)
    const bound = { ...submission, message: maskedMessage(message), challengeId }
    set(turn, { queue: [...turn.journey.queue, bound], revision: turn.journey.revision + 1 })
  }
  return sequence
}

/** Whether the event made the journey want a call that has not begun: an ending that already waits goes before it. */
function isNewCall(before: Core, after: Core): boolean {
  return after.call !== null && after.call.parked === null && after.call.sequence !== before.call?.sequence
}

/** Whether the event is an ending, which no look-up keeps waiting: it may be long until a limit can be reached. */
function overtakesLookUp(flow: Pick<Flow, 'endings'>, event: JourneyEvent): boolean {
  return event.type === 'arrived' && isEnding(flow, event.message.name) && !event.afterLookUp
}

/** The message in the queue that ends the journey, where it may end now. */
function endingOf(flow: Pick<Flow, 'endings' | 'messages'>, { queue, state }: Core): Submission | undefined {
  return queue.find(
    ({ message: { name } }) => isEnding(flow, name) && flow.messages[name]?.legalIn.some((legal) => legal === state),
  )
}

/** Takes one message off the queue. What ends the journey goes first: no call is wanted after it. */
function takeNext(turn: Turn): void {
  const { flow } = turn
  const { queue, resolving } = turn.journey
  const next = endingOf(flow, turn.journey) ?? queue[0]
  if (!next) return
  set(turn, { queue: queue.filter((other) => other !== next) })
  const refused = checkApply(flow, turn.journey, next, turn.now)
  count(turn, refused ? 'refused' : 'taken')
  if (refused) refuse(turn, next, refused)
  else applyMessage(turn, next)
  // Who asked for the look-up that nobody waits for any more.
  const end = endOf(turn)
  if (resolving?.submission && end) record(turn, [resolving.submission], end)
}

function applyMessage(turn: Turn, submission: Submission): void {
  const { name, body } = submission.message
  const { actor, reason } = body as Partial<OperatorAction>
  note(turn, { what: `message:${name}`, code: 'TAKEN', ...(actor && { actor }), ...(reason && { reason }) })
  turn.flow.take(turn, submission)
}

/** The state as the outcome that it is, where the journey has ended. */
function endOf({ flow, journey }: Turn): OutcomeCode | undefined {
  return flow.closed.find((end) => end === journey.state)
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
    turn.flow.begin(turn)
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

function endCall(turn: Turn, outcome: CallOutcome): void {
  const { call } = turn.journey
  if (!call || call.parked) return
  set(turn, {
    call: null,
    ...(wasExecuted(outcome) && { unrecognisedInARow: keepStreak(turn.journey, outcome) }),
    run: outcome.run ?? turn.journey.run,
    wallet: heldWallet(turn.journey.wallet, outcome),
  })
  noteCall(turn, call, outcome)
  countDispatch(turn, call.name, outcome)
  turn.flow.keep(turn, call, outcome)
  turn.flow.react(turn, call, outcome)
  dropUnsentChallenge(turn)
}

const NEVER_EXECUTED = ['INPUT_REFUSED', 'NOT_SENT', 'BUSY', 'CONFIGURATION', 'LIMIT_REACHED', 'RUN_RESET'] as const

/** Whether the call may have reached Eko and been taken there. */
export function wasExecuted({ answer }: CallOutcome): boolean {
  return !NEVER_EXECUTED.some((never) => never === answer)
}

function keepStreak(journey: Core, outcome: CallOutcome): number {
  return outcome.answer === 'UNRECOGNISED_ANSWER' ? journey.unrecognisedInARow : 0
}

/** The kind of code that was sent by a call, or may have been; null where none was. */
export function sentBy<J extends Core>(turn: Turn<J>, name: CallOf<J>, { answer }: CallOutcome): PurposeOf<J> | null {
  const mayHaveSent = ['OTP_SENT', 'BANK_ADDED', 'UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER'].includes(answer)
  // On Levin a code may be out although its reference is missing: no other call sends one.
  const unusable = answer === 'OTP_REF_MISSING' && turn.journey.plan?.resendSenderOtp === name
  return mayHaveSent || unusable ? dispatchPurpose(turn.flow, name) : null
}

/** A code that was sent, or may have been, counts against the quota. */
function countDispatch(turn: Turn, name: string, outcome: CallOutcome): void {
  const purpose = sentBy(turn, name, outcome)
  if (!purpose) return
  const { sends } = turn.journey
  const { sendsPerDay = 0, sendsPerWindow = 0 } = turn.journey.plan?.policy ?? {}
  const kept = Math.max(sendsPerDay, sendsPerWindow, 1)
  set(turn, { sends: { ...sends, [purpose]: [...(sends[purpose] ?? []), turn.now].slice(-kept) } })
}

/** A dispatch that ended without sending leaves no challenge behind. */
function dropUnsentChallenge(turn: Turn): void {
  const { challenge, call } = turn.journey
  if (challenge?.dispatch === 'calling' && !challenge.retired && !call) set(turn, { challenge: null })
}

/** Whether `input` would start a journey like this one; used where a caller joins it. */
export function compareInput<J extends Core>(flow: Flow<J>, journey: J, input: J['input']): Refusal | null {
  if (input.userCode !== journey.userCode) return refusal('OWNED_BY_ANOTHER_AGENT')
  const own = flow.joinedBy(journey.input)
  const differing = Object.entries(flow.joinedBy(input))
    .filter(([name, value]) => value != null && canonical(value) !== canonical(own[name] ?? null))
    .map(([name]) => name)
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
export function isUserFacing(flow: Pick<Flow, 'closed'>, journey: Core): boolean {
  return isClosed(flow, journey) || !isBusy(journey)
}
