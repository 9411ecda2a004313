import type { EkoAnswer } from '../eko/index.js'
import type { CallDependency } from '../eko/index.js'
import type { CallResult } from './breaker.js'
import type { GateCall } from './types.js'

/** What an answer says beside its meaning for the journey: of dependencies, of the configuration, of incidents. Pure. */

/** Answers that Eko gives before it asks an authority. */
const WITHOUT_AUTHORITY = ['FIELDS_REFUSED', 'WALLET_TOKEN_REFUSED', 'SENDER_UNKNOWN', 'CONFIGURATION'] as const
/** Not sent because the call's own time was up, not because Eko was away. */
const OWN_REASONS = ['TIME_IS_UP'] as const
const TOO_MANY = 429

/**
 * What an answer says of a dependency.
 *
 * @param own the dependency of the operation that was called
 */
export function resultFor(dependency: CallDependency, own: CallDependency, answer: EkoAnswer): CallResult {
  if (answer.facts.httpStatus === TOO_MANY) return 'NEITHER'
  switch (answer.class) {
    case 'NOT_SENT': {
      const ours = OWN_REASONS.some((reason) => reason === answer.reason)
      return dependency === 'EKO_TRANSPORT' && !ours ? 'FAILURE' : 'NEITHER'
    }
    case 'UNKNOWN_OUTCOME':
      return dependency === own ? 'FAILURE' : 'NEITHER'
    case 'OK':
    case 'BUSINESS_REJECT':
      if (dependency === 'EKO_TRANSPORT') return 'SUCCESS'
      return WITHOUT_AUTHORITY.some((early) => early === answer.answer) ? 'NEITHER' : 'SUCCESS'
    case 'BUSY':
    case 'REJECTED_BEFORE_EXECUTION':
    case 'UNRECOGNISED_ANSWER':
      return dependency === 'EKO_TRANSPORT' ? 'SUCCESS' : 'NEITHER'
    case 'INPUT_REFUSED':
      return 'NEITHER'
  }
}

/**
 * How long the whole developer key shall pause, in ms; null where it need not: HTTP 429, and an outage that comes with
 * `Retry-After` (RFC 9110 §10.2.3). The wait after a 429 without one is ours; Eko documents no rate limit.
 */
export function pauseFor(answer: EkoAnswer, afterTooManyMs: number): number | null {
  const { httpStatus } = answer.facts
  if (httpStatus === TOO_MANY) return answer.retryAfterMs ?? afterTooManyMs
  if (httpStatus !== null && httpStatus >= 500 && answer.retryAfterMs) return answer.retryAfterMs
  return null
}

/** What an answer shows of the tenant's configuration. */
export function shownBy(answer: EkoAnswer): 'WORKS' | 'FAILS' | 'NOTHING' {
  if (answer.answer === 'CONFIGURATION') return 'FAILS'
  if (answer.class === 'OK') return 'WORKS'
  return answer.class === 'BUSINESS_REJECT' && answer.answer !== 'FIELDS_REFUSED' ? 'WORKS' : 'NOTHING'
}

/** What an incident is about; with the developer key, it says which calls are part of it. */
export const SCOPES = ['credentials', 'initiator', 'agent', 'path', 'settings'] as const
export type ScopeKind = (typeof SCOPES)[number]

/** Scopes that an answer proves to be in order, although it may complain about another one. */
export function provenBy(answer: EkoAnswer): readonly ScopeKind[] {
  if (shownBy(answer) === 'WORKS') return SCOPES
  // A complaint in an answer of Eko's API itself, or about the sender: the signature was taken and the path served.
  const answered = answer.class === 'BUSINESS_REJECT' || answer.class === 'BUSY'
  return answered ? ['credentials', 'path'] : []
}

/** The scope of a call, as it stands in an incident's id. */
export function scopeOf(kind: ScopeKind, { rail, operation, userCode }: GateCall): string {
  switch (kind) {
    case 'credentials':
    case 'initiator':
      return kind
    case 'agent':
      return `agent-${userCode}`
    case 'path':
    case 'settings':
      return `${kind}-${rail}-${operation}`
  }
}

const CREDENTIALS = [2483, 2484, 2485, 2486, 2487] as const
const AGENT = [346, 1297] as const
const UNAUTHENTICATED = [401, 403] as const
const NOT_SERVED = [404, 405, 415] as const

/** Why an answer is CONFIGURATION: the code in the table of causes, and what it is about. */
export function causeOf({ facts }: EkoAnswer): { readonly code: string; readonly scope: ScopeKind } {
  const { httpStatus, status, responseTypeId, responseStatusId } = facts
  const has = (codes: readonly number[]): number | undefined =>
    [status, responseTypeId, responseStatusId].find((id): id is number => id !== null && codes.includes(id))
  const http = (statuses: readonly number[]): boolean => httpStatus !== null && statuses.includes(httpStatus)
  const credentials = has(CREDENTIALS)
  if (credentials !== undefined) return { code: String(credentials), scope: 'credentials' }
  if (http(UNAUTHENTICATED)) return { code: `HTTP ${httpStatus}`, scope: 'credentials' }
  if (http(NOT_SERVED)) return { code: `HTTP ${httpStatus}`, scope: 'path' }
  if (has([319]) !== undefined) return { code: '319', scope: 'initiator' }
  const agent = has(AGENT)
  if (agent !== undefined) return { code: String(agent), scope: 'agent' }
  return { code: 'SETTINGS', scope: 'settings' }
}
