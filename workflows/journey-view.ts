import { codeAction, countersOf, expiryOf, limited, sharedView, standingAction } from './engine/status.js'
import type { Standing } from './engine/flow.js'
import type { Journey } from './journey.js'
import {
  CLOSED_STATES,
  type ClosedState,
  type NextAction,
  type OnboardingResult,
  type Purpose,
  type View,
} from './messages.js'

/** What an onboarding journey shows. */

/** Its ends, and what an operator can do about one that needs attention. */
export const STANDING = {
  closed: CLOSED_STATES,
  unblockedBy: () => ['reenter', 'takeOver', 'cancel', 'withdrawConsent'],
  mayExpire: () => true,
} as const satisfies Standing<Journey>

/** What must happen next, with all that a screen needs for it. */
export function nextActionOf(journey: Journey): NextAction {
  return standingAction(STANDING, journey) ?? userAction(journey)
}

function userAction(journey: Journey): NextAction {
  const { fieldErrors, lastError, presented } = journey
  const expiresAt = expiryOf(journey)
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
      return codeEntry(journey, 'AADHAAR')
    case 'PAN_REQUIRED':
      return { do: 'ENTER_PAN', ...(lastError && { lastError }), expiresAt }
    default:
      return codeEntry(journey, 'SENDER')
  }
}

function codeEntry(journey: Journey, purpose: Purpose): NextAction {
  const { mobileHint } = journey
  const code = codeAction(STANDING, journey, purpose)
  if ('do' in code) return code
  if (purpose === 'SENDER') return { do: 'ENTER_SENDER_OTP', ...code }
  return { do: 'ENTER_AADHAAR_OTP', ...(mobileHint && { mobileHint }), ...code }
}

/** Whether the Aadhaar-linked mobile differs from the sender's, as far as the hint's last digits tell. */
function mobileMismatch(journey: Journey): boolean | null {
  const digits = /\d+$/.exec(journey.mobileHint ?? '')?.[0]
  return digits ? !journey.input.mobile.endsWith(digits) : null
}

export function viewOf(journey: Journey): View {
  return {
    ...sharedView(STANDING, journey),
    mobileHint: journey.mobileHint,
    mobileMismatch: mobileMismatch(journey),
    nextAction: nextActionOf(journey),
    attempts: { SENDER: countersOf(journey, 'SENDER'), AADHAAR: countersOf(journey, 'AADHAAR') },
    consent: journey.consent,
    consents: journey.consents,
    proofs: journey.proofs,
    withdrawal: journey.withdrawal,
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
