import { activityInfo, log } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { SecretStore } from '../secrets/index.js'
import { maskIdentifiers } from '../values/index.js'
import { type CallOutcome, UNKNOWN_OUTCOME_FAILURE } from '../workflows/calls.js'
import { type AttemptClock, attemptClock } from './attempt-clock.js'
import { type DispatchTerms, dispatchOf, givenBack, keepsPlace, takePlace } from './dispatch-place.js'
import type { AttemptLog, EkoAnswer, EkoClient, OpenedRequest } from './eko/index.js'
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
  readonly dispatch?: DispatchTerms | undefined
}

/** Attempts after which a call that did not reach Eko is given back to the journey, which parks. */
const ATTEMPTS_BEFORE_PARKING = 4
/** A longer wait than this is not spent inside an activity, in ms: the journey parks, says so and can be cancelled. */
const LONGEST_WAIT_MS = 5_000

export const NOT_CONFIGURED: CallOutcome = { class: 'NOT_SENT', answer: 'CONFIGURATION' }
const NOT_SENT: CallOutcome = { class: 'NOT_SENT', answer: 'NOT_SENT' }
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
  const clock = attemptClock(deps.eko.timeoutMs)
  const fence = terms.repeatable ? null : intentFence()
  if (fence?.declaredBefore) throw unknownOutcome(UNKNOWN)
  const { runId = '' } = activityInfo().workflowExecution ?? {}
  // What a reset run called after the point of its reset is not in its history, and must not be taken for not called.
  if (fence && terms.run !== undefined && terms.run !== runId) return { ...RUN_RESET, run: runId }
  const prepared = await prepare().catch(parkAtLast)
  if ('class' in prepared) {
    await giveBackEarlier(deps, terms, clock)
    return prepared
  }
  const { tenant, request } = prepared
  const { rail, operation, userCode } = request
  const dispatch = terms.dispatch ? dispatchOf(terms.dispatch, request) : null
  const giveBack = async (): Promise<void> => {
    if (dispatch) await givenBack(deps.limits.releaseDispatch(dispatch), clock)
  }
  const admission = await deps.gate.admit({ tenant, rail, operation, userCode })
  if (!admission.admitted) {
    const outcome = waitOrReturn(admission.outcome)
    await giveBackEarlier(deps, terms, clock)
    return outcome
  }
  const made = await placeAndCall(deps, fence, { ...prepared, onAttempt: attemptLog(terms) }, dispatch, clock).catch(
    async (error: unknown) => {
      await admission.done(null)
      throw error
    },
  )
  if ('notMade' in made) {
    await admission.done(null)
    const outcome = waitOrReturn(made.notMade)
    if (outcome.answer !== 'LIMIT_REACHED') await giveBack()
    return outcome
  }
  const { answer } = made
  const note = await clock.inTime(admission.done(answer), {})
  const outcome = await settle(deps, answer, note, fence, request)
  if (dispatch && !keepsPlace(dispatch, answer, rail)) await giveBack()
  return outcome
}

/** The place of a dispatch that an attempt before this one may hold, where this one is the last and makes no call. */
async function giveBackEarlier(
  { limits }: CallDependencies,
  { dispatch }: CallTerms,
  clock: AttemptClock,
): Promise<void> {
  if (!dispatch || activityInfo().attempt === 1) return
  const released = dispatch.subject().then((subject) => limits.releaseDispatch(dispatchOf(dispatch, subject)))
  await givenBack(released, clock)
}

/** Thrown where a call would have too little time: nothing was sent. */
class TooLate extends Error {
  override readonly name = 'TooLate'
}

/** The answer of a call, or what kept it from being made: then nothing was sent. */
type Made = { readonly answer: EkoAnswer } | { readonly notMade: CallOutcome }

/** First the place, then the intent, then the call. */
async function placeAndCall(
  deps: CallDependencies,
  fence: IntentFence | null,
  prepared: Logged,
  dispatch: Dispatch | null,
  clock: AttemptClock,
): Promise<Made> {
  const refused = dispatch ? await takePlace(deps.limits, dispatch, clock).catch(withoutAnswer) : null
  if (refused) return { notMade: refused }
  return callBehind(deps, fence, prepared, clock)
}

type LogAttempt = (attempt: AttemptLog) => void
type Logged = Prepared & { readonly onAttempt: LogAttempt }

/**
 * Logs each HTTP attempt to the activity's own log, which adds workflow id, run id and activity id. A submission's id may
 * have come from anywhere: by a signal past our clients it could hold a person's number.
 */
function attemptLog({ submissions = [] }: CallTerms): LogAttempt {
  const waiting = submissions.length > 0 ? { submissions: submissions.map(maskIdentifiers).join(' ') } : {}
  return (attempt) => void log.info('Eko attempt', { ...attempt, ...waiting })
}

async function callBehind(
  { eko }: CallDependencies,
  fence: IntentFence | null,
  { tenant, request, onAttempt }: Logged,
  clock: AttemptClock,
): Promise<Made> {
  let declared = false
  const beforeSend = async (): Promise<void> => {
    if (clock.beforeCallMs() <= 0) throw new TooLate()
    declared = true
    await fence?.declare()
    if (clock.beforeCallMs() <= 0) throw new TooLate()
  }
  try {
    const timeoutMs = clock.forCallMs()
    return { answer: await eko.call(tenant.credentials, request, { timeoutMs, beforeSend, onAttempt }) }
  } catch (error) {
    if (error instanceof TooLate) {
      if (declared) await fence?.clear()
      return { notMade: NOT_SENT }
    }
    // With an intent declared, the next attempt finds it and ends as unknown.
    if (declared) throw error
    return { notMade: parkAtLast(error) }
  }
}

/** A limit that gave no answer is asked again, and then shown as a parked call. */
function withoutAnswer(error: unknown): CallOutcome {
  return { ...parkAtLast(error), answer: 'NOT_SENT' }
}

/** What a defect or a broken store threw before anything was sent: retried, then shown as a parked call. */
function parkAtLast(error: unknown): CallOutcome {
  if (activityInfo().attempt < ATTEMPTS_BEFORE_PARKING) throw error
  log.error('A call could not be prepared; it is parked', { error: error instanceof Error ? error.name : 'unknown' })
  return NOT_CONFIGURED
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
