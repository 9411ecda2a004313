import { judgeDispatch } from './engine/gate.js'
import { refusal } from './engine/refusal.js'
import { iso } from './iso.js'
import type { Journey } from './journey.js'
import type { ConsentGiven, Message, Refusal } from './messages.js'

/** What only the onboarding journey refuses; `engine/gate.ts` refuses the rest. */

/** An early PAN is kept for its step, also while a call is parked. */
export function isKept(journey: Journey, { name }: Message): boolean {
  return name === 'enterPan' && journey.state !== 'PAN_REQUIRED'
}

export function judge(journey: Journey, message: Message, now: number): Refusal | null {
  switch (message.name) {
    case 'enterSenderDetails':
      return journey.limitedUntil.SENDER > now ? judgeDispatch(journey, 'SENDER', now) : null
    case 'resendOtp':
      return judgeDispatch(journey, journey.state === 'AADHAAR_OTP_REQUIRED' ? 'AADHAAR' : 'SENDER', now)
    case 'enterAadhaar':
      return judgeConsent(journey, message.body.consent, now) ?? judgeDispatch(journey, 'AADHAAR', now)
    case 'reenter':
      return judgeDispatch(journey, 'SENDER', now)
    default:
      return null
  }
}

/** How far the clock of whoever recorded the agreement may be off, in ms. */
const CONSENT_CLOCK_MS = 300_000

function judgeConsent(journey: Journey, given: ConsentGiven, now: number): Refusal | null {
  const { presented, plan } = journey
  if (!presented) return refusal('CONSENT_REQUIRED')
  if (given.consentId !== presented.consentId || given.textSha256 !== presented.textSha256) {
    return refusal('CONSENT_MISMATCH')
  }
  const agreedAt = Date.parse(given.acceptedAt)
  if (agreedAt < presented.presentedAt - CONSENT_CLOCK_MS || agreedAt > now + CONSENT_CLOCK_MS) {
    return refusal('CONSENT_MISMATCH', { field: 'acceptedAt', presentedAt: iso(presented.presentedAt) })
  }
  if (given.mode === 'assisted' && !given.agent) {
    return refusal('INVALID_MESSAGE', { fieldErrors: { 'consent.agent': 'is required where an agent assisted' } })
  }
  const age = now - presented.presentedAt
  return age > (plan?.policy.consentSeconds ?? 0) * 1000 ? refusal('CONSENT_EXPIRED') : null
}
