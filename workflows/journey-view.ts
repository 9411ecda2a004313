import { maskMobile } from '../values/mask.js'
import { resendWindow } from './resend-window.js'
import type { Challenge, Journey, Submission } from './journey.js'
import {
  type ClosedState,
  isClosed,
  type MessageName,
  type NewCodeReason,
  type NextAction,
  type OnboardingResult,
  type OutcomeCode,
  OUTCOMES,
  type Purpose,
  type Receipt,
  type Status,
  type View,
} from './messages.js'
import { iso } from './iso.js'

/** What an operator can do about a journey that needs attention. */
const UNBLOCKED_BY: readonly MessageName[] = ['reenter', 'takeOver', 'cancel', 'withdrawConsent']

export function statusOf(journey: Journey): Status {
  const { call, attention } = journey
  if (isClosed(journey.state)) return { kind: 'CLOSED' }
  if (journey.resolving) return { kind: 'CALLING_EKO', call: 'resolveJourney', since: iso(journey.resolving.since) }
  if (call?.parked) {
    const { dependency, since, retryAt, incident } = call.parked
    return { kind: 'PARKED', dependency, since: iso(since), retryAt: iso(retryAt), ...(incident && { incident }) }
  }
  if (call) return { kind: 'CALLING_EKO', call: call.name, since: iso(call.since) }
  if (attention) return { kind: 'NEEDS_ATTENTION', reason: attention.reason, unblockedBy: UNBLOCKED_BY }
  return { kind: 'WAITING_FOR_USER' }
}

/** What must happen next, with all that a screen needs for it. */
export function nextActionOf(journey: Journey): NextAction {
  const { state, challenge } = journey
  const status = statusOf(journey)
  if (isClosed(state)) return { do: 'NOTHING', state }
  if (status.kind === 'CALLING_EKO') {
    return { do: 'WAIT', ...(challenge?.dispatch === 'calling' && { challengeId: challenge.id }) }
  }
  if (status.kind === 'PARKED') return { do: 'WAIT_UNTIL', retryAt: status.retryAt, dependency: status.dependency }
  if (status.kind === 'NEEDS_ATTENTION') {
    const { operatorReason } = journey
    return {
      do: 'CONTACT_SUPPORT',
      reason: status.reason,
      unblockedBy: status.unblockedBy,
      ...(operatorReason && { operatorReason }),
    }
  }
  return userAction(journey)
}

function userAction(journey: Journey): NextAction {
  const { fieldErrors, lastError, presented } = journey
  const expiresAt = iso(Math.min(journey.stepDeadline, journey.journeyDeadline))
  switch (journey.state) {
    case 'SENDER_DETAILS_REQUIRED':
      return {
        do: 'ENTER_SENDER_DETAILS',
        ...(fieldErrors && { fieldErrors }),
        ...limited(journey, 'SENDER'),
        expiresAt,
      }
    case 'AADHAAR_REQUIRED': {
      const languages = journey.consentLanguages
      if (!presented) return { do: 'REQUEST_CONSENT', ...(languages && { languages }), expiresAt }
      const { presentedAt: _, ...consent } = presented
      return {
        ...{ do: 'ENTER_AADHAAR', consent },
        ...(lastError && { lastError }),
        ...limited(journey, 'AADHAAR'),
        expiresAt,
      }
    }
    case 'AADHAAR_OTP_REQUIRED':
      return codeAction(journey, 'AADHAAR', expiresAt)
    case 'PAN_REQUIRED':
      return { do: 'ENTER_PAN', ...(lastError && { lastError }), expiresAt }
    default:
      return codeAction(journey, 'SENDER', expiresAt)
  }
}

/** When a step that a limit across journeys stopped can be tried again. */
function limited({ lastError, limitedUntil }: Journey, purpose: Purpose): { availableAt?: string } {
  return lastError?.endsWith('_LIMIT_REACHED') ? { availableAt: iso(limitedUntil[purpose]) } : {}
}

function codeAction(journey: Journey, purpose: Purpose, expiresAt: string): NextAction {
  const { challenge, mobileHint, plan } = journey
  const window = resendWindow(journey, purpose, Math.max(journey.stateSince, journey.sends[purpose].at(-1) ?? 0))
  const resend = { resendAvailableAt: iso(window.at), resendsLeft: window.left }
  if (!challenge || challenge.dispatch !== 'sent' || challenge.retired) {
    return { do: 'REQUEST_NEW_CODE', purpose, reason: reasonOf(challenge), expiresAt, ...resend }
  }
  const code = {
    challengeId: challenge.id,
    expiresAt: iso(challenge.expiresAt),
    attemptsLeft: Math.max(0, (plan?.policy.triesPerCode ?? 0) - challenge.wrong),
    ...resend,
  }
  if (purpose === 'SENDER') return { do: 'ENTER_SENDER_OTP', ...code }
  return { do: 'ENTER_AADHAAR_OTP', ...(mobileHint && { mobileHint }), ...code }
}

function reasonOf(challenge: Challenge | null): NewCodeReason {
  if (challenge?.dispatch === 'uncertain') return 'DISPATCH_UNCERTAIN'
  return challenge?.retired ?? 'SENDER_OTP_AGAIN'
}

export function receiptOf(journey: Journey, submission: Submission, outcome: OutcomeCode, detail?: string): Receipt {
  return {
    submissionId: submission.message.body.submissionId ?? null,
    message: submission.message.name,
    outcome,
    ...(detail !== undefined && { detail }),
    state: journey.state,
    status: statusOf(journey).kind,
    nextAction: nextActionOf(journey),
    revision: journey.revision,
  }
}

/** Whether the Aadhaar-linked mobile differs from the sender's, as far as the hint's last digits tell. */
function mobileMismatch(journey: Journey): boolean | null {
  const digits = /\d+$/.exec(journey.mobileHint ?? '')?.[0]
  return digits ? !journey.input.mobile.endsWith(digits) : null
}

export function viewOf(journey: Journey): View {
  const { lastOutcome, input } = journey
  const counters = (purpose: Purpose): View['attempts'][Purpose] => ({
    sent: journey.sends[purpose].length,
    wrongForThisCode: journey.challenge?.purpose === purpose ? journey.challenge.wrong : 0,
    wrongInJourney: journey.wrong[purpose],
  })
  return {
    revision: journey.revision,
    workflowId: journey.workflowId,
    runId: journey.runId,
    tenant: input.tenant,
    rail: input.rail,
    userCode: journey.userCode,
    mobileMasked: maskMobile(input.mobile),
    mobileHint: journey.mobileHint,
    mobileMismatch: mobileMismatch(journey),
    state: journey.state,
    status: statusOf(journey),
    nextAction: nextActionOf(journey),
    lastOutcome: lastOutcome && {
      code: lastOutcome.code,
      message: OUTCOMES[lastOutcome.code].cause,
      at: iso(lastOutcome.at),
      ...(lastOutcome.facts && { facts: lastOutcome.facts }),
    },
    attempts: { SENDER: counters('SENDER'), AADHAAR: counters('AADHAAR') },
    timeline: journey.timeline,
    timelineTotal: journey.timelineTotal,
    consent: journey.consent,
    consents: journey.consents,
    proofs: journey.proofs,
    withdrawal: journey.withdrawal,
    pending: journey.queue.length,
    messages: journey.messages,
    policy: journey.plan?.policy ?? null,
    startedAt: iso(journey.startedAt),
    stateSince: iso(journey.stateSince),
    expiresAt: iso(journey.journeyDeadline),
    rejection: journey.rejection,
  }
}

export function resultOf(journey: Journey): OnboardingResult {
  return {
    state: journey.state as ClosedState,
    rejection: journey.rejection,
    detail: journey.detail,
    capability: journey.capability,
    profile: journey.profile,
    applicationId: journey.applicationId,
    consent: journey.consent,
    completionEvidence: journey.evidence,
    view: viewOf(journey),
  }
}
