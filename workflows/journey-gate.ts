import { sealedHeader, type SecretField } from '../values/sealed-field.js'
import { resendWindow } from './resend-window.js'
import type { Journey, Submission } from './journey.js'
import {
  type ConsentGiven,
  isClosed,
  type Message,
  type MessageName,
  MESSAGES,
  type Purpose,
  type Refusal,
  type RefusalCode,
  REFUSALS,
} from './messages.js'
import { iso } from './iso.js'

/** Messages that may wait behind a call; the server itself allows 10 updates in flight. */
export const MAX_QUEUED = 6

export function refusal(code: RefusalCode, details?: Readonly<Record<string, unknown>>): Refusal {
  return { code, message: REFUSALS[code].cause, ...(details && { details }) }
}

/** Whether something is on its way, so that a message waits instead of being judged at once. */
export function isBusy(journey: Journey): boolean {
  return journey.resolving !== null || (journey.call !== null && journey.call.parked === null)
}

/** `<message>:<submissionId>`, or null where the sender gave no id. */
export function keyOf({ name, body }: Message): string | null {
  const submissionId: unknown = (body as Message['body'] | null)?.submissionId
  return typeof submissionId === 'string' ? `${name}:${submissionId}` : null
}

/** Whether a message of this key was answered or is on its way: it then gets the first one's answer. */
export function isRepeat(journey: Journey, key: string | null): boolean {
  if (key === null) return false
  return journey.answers.some((answer) => answer.key === key) || inFlight(journey).some((other) => other.key === key)
}

export function inFlight(journey: Journey): readonly Submission[] {
  const resolving = journey.resolving?.submission
  return [...journey.queue, ...(journey.call?.submissions ?? []), ...(resolving ? [resolving] : [])]
}

/** The gate on arrival: whether the message is well formed, and may be taken now or may wait. */
export function admit(journey: Journey, message: Message, now: number): Refusal | null {
  if (isRepeat(journey, keyOf(message))) return null
  const malformed = checkForm(journey, message)
  if (malformed) return malformed
  if (isClosed(journey.state)) return refusal('JOURNEY_CLOSED', { state: journey.state })
  if (isBusy(journey)) return hasRoom(journey, message.name) ? null : refusal('QUEUE_FULL')
  return judge(journey, message, challengeIdFor(journey, message), now)
}

/** One message that ends the journey always fits: native Cancel comes only once. */
function hasRoom({ queue }: Journey, name: MessageName): boolean {
  return queue.length < MAX_QUEUED || (isEnding(name) && !queue.some(({ message }) => isEnding(message.name)))
}

export function isEnding(name: MessageName): boolean {
  return name === 'cancel' || name === 'withdrawConsent'
}

/** The gate on dequeue: whether the message fits the journey as it is now. */
export function checkApply(journey: Journey, submission: Submission, now: number): Refusal | null {
  if (isClosed(journey.state)) return refusal('JOURNEY_CLOSED', { state: journey.state })
  return checkForm(journey, submission.message) ?? judge(journey, submission.message, submission.challengeId, now)
}

/** The challenge that a code is bound to at arrival: the sender's word, else the one live or in dispatch. */
export function challengeIdFor(journey: Journey, message: Message): string | null {
  const purpose = codePurpose(message.name)
  if (!purpose) return null
  const stated = (message.body as { challengeId?: string | null }).challengeId
  if (stated) return stated
  const { challenge } = journey
  return challenge && challenge.purpose === purpose ? challenge.id : null
}

export function codePurpose(name: MessageName): Purpose | null {
  if (name === 'enterSenderOtp') return 'SENDER'
  return name === 'enterAadhaarOtp' ? 'AADHAAR' : null
}

function checkForm(journey: Journey, { name, body }: Message): Refusal | null {
  const undecodable = (body as unknown as { $undecodable?: unknown } | null)?.$undecodable
  if (typeof undecodable === 'string') return refusal('UNDECODABLE', { reason: undecodable })
  const fieldErrors = MESSAGES[name].guard(body)
  if (Object.keys(fieldErrors).length > 0) return refusal('INVALID_MESSAGE', { fieldErrors })
  return checkSecret(journey, { name, body } as Message)
}

function checkSecret(journey: Journey, { name, body }: Message): Refusal | null {
  switch (name) {
    case 'enterSenderOtp':
    case 'enterAadhaarOtp':
      if (journey.plan?.allowPlaintextCodes && /^\d{4,8}$/.test(body.otp)) return null
      return checkSealed(journey, 'otp', body.otp)
    case 'enterAadhaar':
      return checkSealed(journey, 'aadhaar', body.aadhaar)
    case 'enterPan':
      return checkSealed(journey, 'pan', body.pan)
    default:
      return null
  }
}

/** Reads the outside of a sealed field only; opening it is an activity's work. */
function checkSealed(journey: Journey, field: SecretField, value: string): Refusal | null {
  const header = sealedHeader(value)
  if (!header) return refusal('PLAINTEXT_REFUSED', { field })
  if (header.journey !== journey.workflowId) return refusal('SEALED_FOR_ANOTHER_JOURNEY', { field })
  return header.field === field ? null : refusal('SEALED_FOR_ANOTHER_FIELD', { field })
}

function judge(journey: Journey, message: Message, challengeId: string | null, now: number): Refusal | null {
  const descriptor = MESSAGES[message.name]
  if (descriptor.by === 'user' && journey.attention) {
    return refusal('NEEDS_ATTENTION', { reason: journey.attention.reason })
  }
  const kept = message.name === 'enterPan' && journey.state !== 'PAN_REQUIRED'
  if (descriptor.by === 'user' && journey.call?.parked && !kept) {
    return refusal('PARKED', { retryAt: iso(journey.call.parked.retryAt) })
  }
  if (!descriptor.legalIn.some((state) => state === journey.state)) {
    return refusal('WRONG_STATE', { state: journey.state, legalIn: descriptor.legalIn })
  }
  switch (message.name) {
    case 'enterSenderOtp':
    case 'enterAadhaarOtp':
      return judgeCode(journey, challengeId, now)
    case 'enterSenderDetails':
      return journey.limitedUntil.SENDER > now ? judgeDispatch(journey, 'SENDER', now) : null
    case 'resendOtp':
      return judgeDispatch(journey, journey.state === 'AADHAAR_OTP_REQUIRED' ? 'AADHAAR' : 'SENDER', now)
    case 'enterAadhaar':
      return judgeConsent(journey, message.body.consent, now) ?? judgeDispatch(journey, 'AADHAAR', now)
    case 'reenter':
      return judgeDispatch(journey, 'SENDER', now)
    case 'retryNow':
      return judgeRetry(journey)
    default:
      return null
  }
}

function judgeCode(journey: Journey, challengeId: string | null, now: number): Refusal | null {
  const { challenge } = journey
  if (!challenge || !challengeId) return refusal('CHALLENGE_REQUIRED')
  if (challenge.id !== challengeId) return refusal('CHALLENGE_STALE')
  if (challenge.dispatch === 'uncertain') return refusal('CODE_UNUSABLE')
  if (challenge.retired === 'CODE_EXPIRED') return refusal('CODE_EXPIRED')
  if (challenge.retired === 'ATTEMPTS_USED_UP') return refusal('ATTEMPTS_USED_UP')
  if (challenge.retired || challenge.dispatch !== 'sent') return refusal('CODE_UNUSABLE')
  return challenge.expiresAt <= now ? refusal('CODE_EXPIRED') : null
}

function judgeDispatch(journey: Journey, purpose: Purpose, now: number): Refusal | null {
  const window = resendWindow(journey, purpose, now)
  if (window.at <= now) return null
  return refusal(window.limited ? 'RESEND_LIMIT_REACHED' : 'RESEND_TOO_EARLY', {
    resendAvailableAt: iso(window.at),
    resendsLeft: window.left,
  })
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

function judgeRetry(journey: Journey): Refusal | null {
  if (journey.call?.parked) return null
  return journey.attention ? refusal('USE_REENTER') : refusal('NOTHING_TO_RETRY')
}
