import { ActivityFailure, ApplicationFailure } from '@temporalio/common'
import { scheduleActivity } from '@temporalio/workflow'
import { type CallOutcome, type ResolveOutcome, type ResolveRequest, UNKNOWN_OUTCOME_FAILURE } from '../calls.js'
import { outcomeOf, resolutionOf } from '../outcome-guards.js'
import type { Core, PendingCall } from './core.js'
import type { Flow } from './flow.js'

/** Temporal retries only what never reached Eko, and attempts that died: the activity's fence tells which is which. */
const RETRY = { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '20 s' } as const

/** Runs a call of Eko. An attempt that may have been executed comes back as an unknown outcome, never as an error. */
export async function runCall(flow: Flow, journey: Core, call: PendingCall): Promise<CallOutcome> {
  const read = (value: unknown): CallOutcome | null => flow.readOutcome(value)
  try {
    const outcome = await scheduleActivity<unknown>(call.name, [call.request], {
      startToCloseTimeout: journey.plan?.startToCloseMs ?? 35_000,
      retry: RETRY,
      summary: flow.calls[call.name] ?? call.name,
    })
    return read(outcome) ?? UNRECOGNISED
  } catch (error) {
    return outcomeOfFailure(error, read)
  }
}

/** An operator may complete an activity by hand with anything; what is no outcome proves nothing. */
export const UNRECOGNISED: CallOutcome = { class: 'UNRECOGNISED_ANSWER', answer: 'UNRECOGNISED_ANSWER' }

/** What a failed activity means: unknown, with what the activity could still tell. */
export function outcomeOfFailure(
  error: unknown,
  read: (value: unknown) => CallOutcome | null = outcomeOf,
): CallOutcome {
  const cause = error instanceof ActivityFailure ? error.cause : error
  const told = cause instanceof ApplicationFailure && cause.type === UNKNOWN_OUTCOME_FAILURE ? cause.details?.[0] : null
  return read(told) ?? { class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME' }
}

/**
 * Resolves tenant, rail and policy. It asks nothing of Eko, so it may be repeated at will. An operator may complete or
 * fail it by hand; what is no answer of the registry resolves nothing. Never rejects.
 *
 * Not `async`: one more step of the promise queue could change the order of what a recorded run did.
 */
export function runResolve(request: ResolveRequest): Promise<ResolveOutcome> {
  return scheduleActivity<unknown>('resolveJourney', [request], {
    startToCloseTimeout: '10 s',
    retry: RETRY,
    summary: 'Resolve tenant and policy',
  }).then(
    (resolved) => resolutionOf(resolved) ?? UNRESOLVED,
    () => UNRESOLVED,
  )
}

const UNRESOLVED: ResolveOutcome = { refused: 'TENANT_UNKNOWN' }
