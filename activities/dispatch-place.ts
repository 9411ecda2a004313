import { activityInfo, log } from '@temporalio/activity'
import type { CallOutcome, DispatchPlace, SendQuota } from '../workflows/calls.js'
import type { Purpose, Rail } from '../workflows/messages.js'
import type { AttemptClock } from './attempt-clock.js'
import { type EkoAnswer, operationTable } from './eko/index.js'
import type { Dispatch, Limits } from './limits/types.js'

/** The place that an attempt at a dispatch holds in the limits across journeys. */

/** What a dispatch counts against. */
export interface DispatchTerms {
  readonly purpose: Purpose
  readonly quota: SendQuota
  readonly place: DispatchPlace
  /** Whom it is for, also where the rest of its request cannot be opened. */
  readonly subject: () => Promise<Subject>
}

export type Subject = Pick<Dispatch, 'mobile' | 'aadhaar'>

/** Turns of a place between two waits. */
const ATTEMPTS_A_TURN = 1_000
/** Outcomes of which it is certain that Eko carried nothing out. */
const NEVER_EXECUTED = ['NOT_SENT', 'REJECTED_BEFORE_EXECUTION', 'BUSY'] as const

const MAY_HAVE_SENT = ['OTP_SENT', 'UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER'] as const

/** A place keeps its name over attempts and waits, so that it is taken once. */
export function dispatchOf({ purpose, quota, place }: DispatchTerms, { mobile, aadhaar }: Subject): Dispatch {
  const { workflowExecution, attempt } = activityInfo()
  return {
    id: `${workflowExecution?.workflowId ?? ''}/${place.id}`,
    turn: place.turn * ATTEMPTS_A_TURN + Math.min(attempt, ATTEMPTS_A_TURN - 1),
    ...{ purpose, quota, mobile },
    ...(aadhaar !== undefined && { aadhaar }),
  }
}

/** Takes the place. Null where there is room; else the outcome. @throws where a limit gives no answer */
export async function takePlace(limits: Limits, dispatch: Dispatch, clock: AttemptClock): Promise<CallOutcome | null> {
  const reserved = await limits.reserveDispatch(dispatch, clock.beforeCallMs())
  if (reserved.granted) return null
  const { code, retryAt } = reserved
  return { class: 'NOT_SENT', answer: 'LIMIT_REACHED', limit: { code, retryAt } }
}

/** A place that cannot be given back stays taken for its window: better than to lose Eko's answer. */
export async function givenBack(released: Promise<void>, clock: AttemptClock): Promise<void> {
  const told = released.catch((error: unknown) => {
    const name = error instanceof Error ? error.name : 'unknown'
    log.error('The place of a code that was not sent could not be given back', { error: name })
  })
  await clock.inTime(told, undefined)
}

/** Whether a dispatch keeps its place: an Aadhaar number that was tried, or a code that may have been sent. */
export function keepsPlace({ purpose }: Dispatch, answer: EkoAnswer, rail: Rail): boolean {
  if (NEVER_EXECUTED.some((never) => never === answer.class)) return false
  if (purpose === 'AADHAAR' || MAY_HAVE_SENT.some((sent) => sent === answer.answer)) return true
  // Without a call of its own that sends a code, one may be out although its reference is missing.
  return answer.answer === 'OTP_REF_MISSING' && operationTable(rail, 'generateSenderOtp') === null
}
