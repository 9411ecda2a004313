import { maskMobile } from '../../values/mask.js'
import { OUTCOMES, type OutcomeCode } from '../codes.js'
import { iso } from '../iso.js'
import type {
  AttemptCounters,
  CodeEntryAction,
  NewCodeAction,
  NewCodeReason,
  SharedReceipt,
  SharedView,
  StandingAction,
  StatusWith,
} from '../shared-messages.js'
import type { Challenge, Core, NameOf, PurposeOf, StateOf, Submission } from './core.js'
import type { Flow, Standing } from './flow.js'
import { resendWindow } from './resend-window.js'

/** What every journey shows of itself: status, what to do next, receipts, the shared part of the view. */

export function isClosed({ closed }: Pick<Standing, 'closed'>, { state }: Pick<Core, 'state'>): boolean {
  return closed.some((end) => end === state)
}

export function statusOf<J extends Core>(standing: Standing<J>, journey: J): StatusWith<NameOf<J>> {
  const { call, attention, resolving }: Core = journey
  if (isClosed(standing, journey)) return { kind: 'CLOSED' }
  if (resolving) return { kind: 'CALLING_EKO', call: 'resolveJourney', since: iso(resolving.since) }
  if (call?.parked) {
    const { dependency, since, retryAt, incident } = call.parked
    return { kind: 'PARKED', dependency, since: iso(since), retryAt: iso(retryAt), ...(incident && { incident }) }
  }
  if (call) return { kind: 'CALLING_EKO', call: call.name, since: iso(call.since) }
  if (attention)
    return { kind: 'NEEDS_ATTENTION', reason: attention.reason, unblockedBy: standing.unblockedBy(journey) }
  return { kind: 'WAITING_FOR_USER' }
}

/** What is to be done next while the journey does not wait for its user; null while it does. */
export function standingAction<J extends Core>(
  standing: Standing<J>,
  journey: J,
): StandingAction<NameOf<J>, Standing<J>['closed'][number]> | null {
  const { state, challenge, operatorReason } = journey
  const end = standing.closed.find((closed) => closed === state)
  if (end) return { do: 'NOTHING', state: end }
  const status = statusOf(standing, journey)
  switch (status.kind) {
    case 'CALLING_EKO':
      return { do: 'WAIT', ...(challenge?.dispatch === 'calling' && { challengeId: challenge.id }) }
    case 'PARKED':
      return { do: 'WAIT_UNTIL', retryAt: status.retryAt, dependency: status.dependency }
    case 'NEEDS_ATTENTION': {
      const { reason, unblockedBy } = status
      return { do: 'CONTACT_SUPPORT', reason, unblockedBy, ...(operatorReason && { operatorReason }) }
    }
    default:
      return null
  }
}

/** When the step, or the whole journey, ends by itself. */
export function expiryOf({ stepDeadline, journeyDeadline }: Core): string {
  return iso(Math.min(stepDeadline, journeyDeadline))
}

/** What a screen needs to take a code of this kind; or that another one has to be asked for. */
export function codeAction<J extends Core>(
  standing: Standing<J>,
  journey: J,
  purpose: PurposeOf<J>,
): CodeEntryAction | NewCodeAction<PurposeOf<J>> {
  const { challenge, plan, stateSince, sends }: Core = journey
  const window = resendWindow(journey, purpose, Math.max(stateSince, sends[purpose]?.at(-1) ?? 0))
  const resend = { resendAvailableAt: iso(window.at), resendsLeft: window.left }
  if (!challenge || challenge.dispatch !== 'sent' || challenge.retired) {
    const expiresAt = standing.mayExpire(journey) ? expiryOf(journey) : null
    return { do: 'REQUEST_NEW_CODE', purpose, reason: reasonOf(challenge), expiresAt, ...resend }
  }
  return {
    challengeId: challenge.id,
    expiresAt: iso(challenge.expiresAt),
    attemptsLeft: Math.max(0, (plan?.policy.triesPerCode ?? 0) - challenge.wrong),
    ...resend,
  }
}

function reasonOf(challenge: Challenge | null): NewCodeReason {
  if (challenge?.dispatch === 'uncertain') return 'DISPATCH_UNCERTAIN'
  return challenge?.retired ?? 'SENDER_OTP_AGAIN'
}

/** When a step that a limit across journeys stopped can be tried again. */
export function limited<J extends Core>(journey: J, purpose: PurposeOf<J>): { availableAt?: string } {
  const { lastError, limitedUntil }: Core = journey
  return lastError?.endsWith('_LIMIT_REACHED') ? { availableAt: iso(limitedUntil[purpose] ?? 0) } : {}
}

export function receiptOf(
  flow: Flow,
  journey: Core,
  submission: Submission,
  outcome: OutcomeCode,
  detail?: string,
): SharedReceipt {
  return {
    submissionId: submission.message.body.submissionId ?? null,
    message: submission.message.name,
    outcome,
    ...(detail !== undefined && { detail }),
    state: journey.state,
    status: statusOf(flow, journey).kind,
    nextAction: flow.nextAction(journey),
    revision: journey.revision,
  }
}

/** How codes of a kind were sent and mistyped. */
export function countersOf<J extends Core>(journey: J, purpose: PurposeOf<J>): AttemptCounters {
  const { sends, wrong, challenge }: Core = journey
  return {
    sent: sends[purpose]?.length ?? 0,
    wrongForThisCode: challenge?.purpose === purpose ? challenge.wrong : 0,
    wrongInJourney: wrong[purpose] ?? 0,
  }
}

/** The part of a view that all journeys share, but for what they say in words of their own. */
export function sharedView<J extends Core>(
  standing: Standing<J>,
  journey: J,
): Omit<SharedView, 'state' | 'status' | 'nextAction' | 'attempts'> & {
  readonly state: StateOf<J>
  readonly status: StatusWith<NameOf<J>>
} {
  const { lastOutcome, input } = journey
  return {
    revision: journey.revision,
    workflowId: journey.workflowId,
    runId: journey.runId,
    tenant: input.tenant,
    rail: input.rail,
    userCode: journey.userCode,
    mobileMasked: maskMobile(input.mobile),
    state: journey.state,
    status: statusOf(standing, journey),
    lastOutcome: lastOutcome && {
      code: lastOutcome.code,
      message: OUTCOMES[lastOutcome.code].cause,
      at: iso(lastOutcome.at),
      ...(lastOutcome.facts && { facts: lastOutcome.facts }),
    },
    timeline: journey.timeline,
    timelineTotal: journey.timelineTotal,
    pending: journey.queue.length,
    messages: journey.messages,
    policy: journey.plan?.policy ?? null,
    startedAt: iso(journey.startedAt),
    stateSince: iso(journey.stateSince),
    expiresAt: isClosed(standing, journey) || !standing.mayExpire(journey) ? null : iso(journey.journeyDeadline),
    rejection: journey.rejection,
  }
}
