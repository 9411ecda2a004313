import { setTimeout as sleep } from 'node:timers/promises'
import { activityInfo, log } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { SecretStore } from '../secrets/index.js'
import { maskIdentifiers } from '../values/index.js'
import { type CallOutcome, type DispatchPlace, type SendQuota, UNKNOWN_OUTCOME_FAILURE } from '../workflows/calls.js'
import type { Purpose, Rail } from '../workflows/messages.js'
import { type AttemptLog, type EkoAnswer, type EkoClient, type OpenedRequest, operationTable } from './eko/index.js'
import { type IntentFence, intentFence } from './fence.js'
import type { CallGate, GateNote } from './gate/types.js'
import type { Dispatch, Limits } from './limits/types.js'
import { sealAnswer } from './seal-answer.js'
import type { Tenant } from './tenants.js'

/** One attempt of a call of Eko: fence, gate, limits, intent, the call, and what Temporal and the journey are told. */

export interface CallDependencies {
  readonly eko: EkoClient
  readonly secrets: SecretStore
  readonly gate: CallGate
  readonly limits: Limits
}

/** A call that is ready to be made, with its secrets in the clear. */
export interface Prepared {
  readonly tenant: Tenant
  readonly request: OpenedRequest
}

export interface CallTerms {
  /** Whether the call may run again after an unknown outcome; else the fence makes it at most once. */
  readonly repeatable: boolean
  /** The run that the caller's calls so far were made by. */
  readonly run?: string | undefined
  /** Ids of the submissions that wait for the outcome, as they were sent. */
  readonly submissions?: readonly string[] | undefined
  /** Of a dispatch: what it counts against. */
  readonly dispatch?:
    { readonly purpose: Purpose; readonly quota: SendQuota; readonly place: DispatchPlace } | undefined
}

/** Attempts after which a call that did not reach Eko is given back to the journey, which parks. */
const ATTEMPTS_BEFORE_PARKING = 4
/** A longer wait than this is not spent inside an activity, in ms: the journey parks, says so and can be cancelled. */
const LONGEST_WAIT_MS = 5_000
/** What an attempt needs after its HTTP call, in ms: to read the answer, for the books, and to report it. */
const ANSWER_MARGIN_MS = 2_000
/** What it needs to report alone, in ms: the books are left open before an answer is lost. */
const REPORT_MARGIN_MS = 1_000
/** Turns of a place between two waits. */
const ATTEMPTS_A_TURN = 1_000
/** Outcomes of which it is certain that Eko carried nothing out. */
const NEVER_EXECUTED = ['NOT_SENT', 'REJECTED_BEFORE_EXECUTION', 'BUSY'] as const

const MAY_HAVE_SENT = ['OTP_SENT', 'UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER'] as const

export const NOT_CONFIGURED: CallOutcome = { class: 'NOT_SENT', answer: 'CONFIGURATION' }
const RUN_RESET: CallOutcome = { class: 'NOT_SENT', answer: 'RUN_RESET' }
const UNKNOWN: CallOutcome = { class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME' }

/**
 * Makes a call behind the fence, unless it is repeatable. The fence is looked at before anything else: whatever has
 * changed since, an attempt that may have reached Eko is not repeated.
 */
export async function makeCall(
  deps: CallDependencies,
  terms: CallTerms,
  prepare: () => Promise<Prepared | CallOutcome>,
): Promise<CallOutcome> {
  const clock = attemptClock()
  const fence = terms.repeatable ? null : intentFence()
  if (fence?.declaredBefore) throw unknownOutcome(UNKNOWN)
  const { runId = '' } = activityInfo().workflowExecution ?? {}
  // What a reset run called after the point of its reset is not in its history, and must not be taken for not called.
  if (fence && terms.run !== undefined && terms.run !== runId) return { ...RUN_RESET, run: runId }
  const prepared = await prepare().catch(parkAtLast)
  if ('class' in prepared) return prepared
  const { tenant, request } = prepared
  const { rail, operation, userCode } = request
  const dispatch = dispatchOf(terms, request)
  const giveBack = (): Promise<void> => (dispatch ? release(deps.limits, dispatch, clock) : Promise.resolve())
  const admission = await deps.gate.admit({ tenant, rail, operation, userCode })
  if (!admission.admitted) {
    const outcome = waitOrReturn(admission.outcome)
    // Of an attempt before this one.
    if (activityInfo().attempt > 1) await giveBack()
    return outcome
  }
  const reserved = dispatch ? await reserve(deps.limits, dispatch, admission.done) : null
  if (reserved) return reserved
  const timeoutMs = clock.leftMs() - ANSWER_MARGIN_MS
  const answer = await callBehind(deps, fence, { ...prepared, timeoutMs, log: attemptLog(terms) }, admission.done)
  if (!answer) {
    await giveBack()
    return NOT_CONFIGURED
  }
  const note = await inTime(admission.done(answer), clock, {})
  const outcome = await settle(deps, answer, note, fence, request)
  if (dispatch && !counts(dispatch, answer, rail)) await giveBack()
  return outcome
}

interface AttemptClock {
  /** What is left of the attempt, in ms. One that outlives its time is taken for a dead one, and its answer is lost. */
  leftMs(): number
}

function attemptClock(): AttemptClock {
  const startedAt = performance.now()
  return { leftMs: () => activityInfo().startToCloseTimeoutMs - (performance.now() - startedAt) }
}

/** What the work answers, or the other where the attempt must end; the work then goes on by itself. */
async function inTime<T>(work: Promise<T>, clock: AttemptClock, otherwise: T): Promise<T> {
  const stop = new AbortController()
  const end = sleep(Math.max(0, clock.leftMs() - REPORT_MARGIN_MS), otherwise, { signal: stop.signal })
  try {
    return await Promise.race([work, end.catch(() => otherwise)])
  } finally {
    stop.abort()
  }
}

/** Its place keeps its name over attempts and waits, so that it is taken once. */
function dispatchOf({ dispatch }: CallTerms, { mobile, aadhaar }: OpenedRequest): Dispatch | null {
  if (!dispatch) return null
  const { workflowExecution, attempt } = activityInfo()
  const { purpose, quota, place } = dispatch
  return {
    id: `${workflowExecution?.workflowId ?? ''}/${place.id}`,
    turn: place.turn * ATTEMPTS_A_TURN + Math.min(attempt, ATTEMPTS_A_TURN - 1),
    ...{ purpose, quota, mobile },
    ...(aadhaar !== undefined && { aadhaar }),
  }
}

/** Null where there is room; else the outcome. */
async function reserve(
  limits: Limits,
  dispatch: Dispatch,
  notMade: (answer: null) => Promise<GateNote>,
): Promise<CallOutcome | null> {
  let reserved
  try {
    reserved = await limits.reserveDispatch(dispatch)
  } catch (error) {
    await notMade(null)
    return { ...parkAtLast(error), answer: 'NOT_SENT' }
  }
  if (reserved.granted) return null
  await notMade(null)
  const { code, retryAt } = reserved
  return { class: 'NOT_SENT', answer: 'LIMIT_REACHED', limit: { code, retryAt } }
}

/** A place that cannot be given back stays taken for its window: better than to lose Eko's answer. */
async function release(limits: Limits, dispatch: Dispatch, clock: AttemptClock): Promise<void> {
  const released = limits.releaseDispatch(dispatch).catch((error: unknown) => {
    const name = error instanceof Error ? error.name : 'unknown'
    log.error('The place of a code that was not sent could not be given back', { error: name })
  })
  await inTime(released, clock, undefined)
}

type LogAttempt = (attempt: AttemptLog) => void

/**
 * Logs each HTTP attempt to the activity's own log, which adds workflow id, run id and activity id. A submission's id may
 * have come from anywhere: by a signal past our clients it could hold a person's number.
 */
function attemptLog({ submissions = [] }: CallTerms): LogAttempt {
  const waiting = submissions.length > 0 ? { submissions: submissions.map(maskIdentifiers).join(' ') } : {}
  return (attempt) => log.info('Eko attempt', { ...attempt, ...waiting })
}

/** The call itself; null where a defect kept it from being sent again and again. */
async function callBehind(
  { eko }: CallDependencies,
  fence: IntentFence | null,
  { tenant, request, timeoutMs, log: onAttempt }: Prepared & { readonly timeoutMs: number; readonly log: LogAttempt },
  notMade: (answer: null) => Promise<GateNote>,
): Promise<EkoAnswer | null> {
  let declared = false
  const declare = (): Promise<void> => {
    declared = true
    return fence?.declare() ?? Promise.resolve()
  }
  try {
    return await eko.call(tenant.credentials, request, { timeoutMs, beforeSend: declare, onAttempt })
  } catch (error) {
    await notMade(null)
    // With an intent declared, the next attempt finds it and ends as unknown.
    if (declared) throw error
    parkAtLast(error)
    return null
  }
}

/** What a defect or a broken store threw before anything was sent: retried, then shown as a parked call. */
function parkAtLast(error: unknown): CallOutcome {
  if (activityInfo().attempt < ATTEMPTS_BEFORE_PARKING) throw error
  log.error('A call could not be prepared; it is parked', { error: error instanceof Error ? error.name : 'unknown' })
  return NOT_CONFIGURED
}

/** Whether a dispatch keeps its place: an Aadhaar number that was tried, or a code that may have been sent. */
function counts({ purpose }: Dispatch, answer: EkoAnswer, rail: Rail): boolean {
  if (NEVER_EXECUTED.some((never) => never === answer.class)) return false
  if (purpose === 'AADHAAR' || MAY_HAVE_SENT.some((sent) => sent === answer.answer)) return true
  // Without a call of its own that sends a code, one may be out although its reference is missing.
  return answer.answer === 'OTP_REF_MISSING' && operationTable(rail, 'generateSenderOtp') === null
}

/** What Temporal shall retry is thrown; what the journey shall decide is returned; what nobody may repeat is final. */
async function settle(
  { secrets }: CallDependencies,
  answer: EkoAnswer,
  note: GateNote,
  fence: IntentFence | null,
  request: OpenedRequest,
): Promise<CallOutcome> {
  const journey = activityInfo().workflowExecution?.workflowId ?? ''
  const outcome = { ...(await sealAnswer(answer, secrets, journey, request.consentLanguage ?? '')), ...note }
  const mayRetry = answer.class === 'NOT_SENT' || (answer.class === 'UNKNOWN_OUTCOME' && fence === null)
  if (mayRetry && isSoon(outcome)) {
    await fence?.clear()
    throw retryable(outcome)
  }
  if (answer.class === 'UNKNOWN_OUTCOME' && fence) throw unknownOutcome(outcome)
  return outcome
}

/** What the gate kept back goes out soon by Temporal's retry, or goes back to the journey. */
function waitOrReturn(outcome: CallOutcome): CallOutcome {
  if (outcome.answer === 'NOT_SENT' && isSoon(outcome)) throw retryable(outcome)
  return outcome
}

/** Whether a retry by Temporal is worth it; a longer wait is the journey's, which shows it and can be cancelled. */
function isSoon({ retryAfterMs = 0 }: CallOutcome): boolean {
  return retryAfterMs <= LONGEST_WAIT_MS && activityInfo().attempt < ATTEMPTS_BEFORE_PARKING
}

function retryable(outcome: CallOutcome): ApplicationFailure {
  const { answer, retryAfterMs } = outcome
  return ApplicationFailure.create({
    type: answer,
    message: 'The call did not get through; it may be repeated.',
    details: [outcome],
    ...(retryAfterMs !== undefined && { nextRetryDelay: Math.max(retryAfterMs, 1) }),
  })
}

function unknownOutcome(outcome: CallOutcome): ApplicationFailure {
  return ApplicationFailure.create({
    type: UNKNOWN_OUTCOME_FAILURE,
    message: 'The call may or may not have been executed; it is not repeated.',
    nonRetryable: true,
    details: [outcome],
  })
}
