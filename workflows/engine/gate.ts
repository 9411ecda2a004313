import { sealedHeader, type SecretField } from '../../values/sealed-field.js'
import { iso } from '../iso.js'
import type { Refusal } from '../shared-messages.js'
import type { AnyMessage, Core, MessageOf, PurposeOf, Submission } from './core.js'
import type { Flow } from './flow.js'
import { refusal } from './refusal.js'
import { resendWindow } from './resend-window.js'
import { isClosed } from './status.js'

/** Messages that may wait behind a call; the server itself allows 10 updates in flight. */
export const MAX_QUEUED = 6

/** Whether something is on its way, so that a message waits instead of being judged at once. */
export function isBusy(journey: Core): boolean {
  return journey.resolving !== null || (journey.call !== null && journey.call.parked === null)
}

/** `<message>:<submissionId>`, or null where the sender gave no id. */
export function keyOf({ name, body }: AnyMessage): string | null {
  const submissionId: unknown = (body as AnyMessage['body'] | null)?.submissionId
  return typeof submissionId === 'string' ? `${name}:${submissionId}` : null
}

/** Whether a message of this key was answered or is on its way: it then gets the first one's answer. */
export function isRepeat(journey: Core, key: string | null): boolean {
  if (key === null) return false
  return journey.answers.some((answer) => answer.key === key) || inFlight(journey).some((other) => other.key === key)
}

export function inFlight(journey: Core): readonly Submission[] {
  const resolving = journey.resolving?.submission
  return [...journey.queue, ...(journey.call?.submissions ?? []), ...(resolving ? [resolving] : [])]
}

/** The gate on arrival: whether the message is well formed, and may be taken now or may wait. */
export function admit<J extends Core>(flow: Flow<J>, journey: J, message: MessageOf<J>, now: number): Refusal | null {
  if (isRepeat(journey, keyOf(message))) return null
  const malformed = checkForm(flow, journey, message)
  if (malformed) return malformed
  if (isClosed(flow, journey)) return refusal('JOURNEY_CLOSED', { state: journey.state })
  if (isBusy(journey)) return hasRoom(flow, journey, message.name) ? null : refusal('QUEUE_FULL')
  return judge(flow, journey, message, challengeIdFor(flow, journey, message), now)
}

/** One message that ends the journey always fits: native Cancel comes only once. */
function hasRoom(flow: Flow, { queue }: Core, name: string): boolean {
  return (
    queue.length < MAX_QUEUED || (isEnding(flow, name) && !queue.some(({ message }) => isEnding(flow, message.name)))
  )
}

export function isEnding({ endings }: Pick<Flow, 'endings'>, name: string): boolean {
  return endings.some((ending) => ending === name)
}

/** The gate on dequeue: whether the message fits the journey as it is now. */
export function checkApply(flow: Flow, journey: Core, submission: Submission, now: number): Refusal | null {
  if (isClosed(flow, journey)) return refusal('JOURNEY_CLOSED', { state: journey.state })
  const { message, challengeId } = submission
  return checkForm(flow, journey, message) ?? judge(flow, journey, message, challengeId, now)
}

/** The challenge that a code is bound to at arrival: the sender's word, else the one live or in dispatch. */
export function challengeIdFor(flow: Flow, journey: Core, message: AnyMessage): string | null {
  const purpose = codePurpose(flow, message.name)
  if (!purpose) return null
  const stated = (message.body as { challengeId?: string | null }).challengeId
  if (stated) return stated
  const { challenge } = journey
  return challenge && challenge.purpose === purpose ? challenge.id : null
}

/** The kind of code that a message brings; null where it brings none. */
export function codePurpose({ codes }: Pick<Flow, 'codes'>, name: string): string | null {
  return Object.keys(codes).find((purpose) => codes[purpose]?.message === name) ?? null
}

function checkForm(flow: Flow, journey: Core, { name, body }: AnyMessage): Refusal | null {
  const undecodable = (body as { $undecodable?: unknown } | null)?.$undecodable
  if (typeof undecodable === 'string') return refusal('UNDECODABLE', { reason: undecodable })
  const fieldErrors = flow.messages[name]?.guard(body) ?? {}
  if (Object.keys(fieldErrors).length > 0) return refusal('INVALID_MESSAGE', { fieldErrors })
  const field = flow.secrets[name]
  if (!field) return null
  // The guard saw that it is text.
  const secret = (body as Partial<Record<SecretField, string>>)[field] ?? ''
  const isCode = codePurpose(flow, name) !== null
  if (isCode && journey.plan?.allowPlaintextCodes && /^\d{4,8}$/.test(secret)) return null
  return checkSealed(journey, field, secret)
}

/** Reads the outside of a sealed field only; opening it is an activity's work. */
function checkSealed(journey: Core, field: SecretField, value: string): Refusal | null {
  const header = sealedHeader(value)
  if (!header) return refusal('PLAINTEXT_REFUSED', { field })
  if (header.journey !== journey.workflowId) return refusal('SEALED_FOR_ANOTHER_JOURNEY', { field })
  return header.field === field ? null : refusal('SEALED_FOR_ANOTHER_FIELD', { field })
}

function judge(
  flow: Flow,
  journey: Core,
  message: AnyMessage,
  challengeId: string | null,
  now: number,
): Refusal | null {
  const descriptor = flow.messages[message.name]
  if (!descriptor) return refusal('UNKNOWN_MESSAGE')
  if (descriptor.by === 'user' && journey.attention) {
    return refusal('NEEDS_ATTENTION', { reason: journey.attention.reason })
  }
  const kept = flow.isKept(journey, message)
  if (descriptor.by === 'user' && journey.call?.parked && !kept) {
    return refusal('PARKED', { retryAt: iso(journey.call.parked.retryAt) })
  }
  if (!descriptor.legalIn.some((state) => state === journey.state)) {
    return refusal('WRONG_STATE', { state: journey.state, legalIn: descriptor.legalIn })
  }
  if (codePurpose(flow, message.name)) return judgeCode(journey, challengeId, now)
  return message.name === 'retryNow' ? judgeRetry(journey) : flow.judge(journey, message, now)
}

function judgeCode(journey: Core, challengeId: string | null, now: number): Refusal | null {
  const { challenge } = journey
  if (!challenge || !challengeId) return refusal('CHALLENGE_REQUIRED')
  if (challenge.id !== challengeId) return refusal('CHALLENGE_STALE')
  if (challenge.dispatch === 'uncertain') return refusal('CODE_UNUSABLE')
  if (challenge.retired === 'CODE_EXPIRED') return refusal('CODE_EXPIRED')
  if (challenge.retired === 'ATTEMPTS_USED_UP') return refusal('ATTEMPTS_USED_UP')
  if (challenge.retired || challenge.dispatch !== 'sent') return refusal('CODE_UNUSABLE')
  return challenge.expiresAt <= now ? refusal('CODE_EXPIRED') : null
}

/** Whether a code of this kind may be sent now. */
export function judgeDispatch<J extends Core>(journey: J, purpose: PurposeOf<J>, now: number): Refusal | null {
  const window = resendWindow(journey, purpose, now)
  if (window.at <= now) return null
  return refusal(window.limited ? 'RESEND_LIMIT_REACHED' : 'RESEND_TOO_EARLY', {
    resendAvailableAt: iso(window.at),
    resendsLeft: window.left,
  })
}

function judgeRetry(journey: Core): Refusal | null {
  if (journey.call?.parked) return null
  return journey.attention ? refusal('USE_REENTER') : refusal('NOTHING_TO_RETRY')
}
