import { BREAKER_DEFAULTS } from '../../activities/gate/index.js'
import type { IncidentLink, ProbeAnswer } from '../../activities/gate/incident-link.js'
import type { GateCall } from '../../activities/gate/types.js'
import type { EkoAnswer, EkoOperation } from '../../activities/eko/index.js'
import type { Tenant } from '../../activities/tenants.js'
import { DEFAULT_POLICY, DEFAULT_RANGES, type Rail } from '../../workflows/messages.js'

export { BREAKER_DEFAULTS }

/** A clock that stands still until it is told otherwise, in ms. */
export interface Clock {
  now: () => number
  pass(ms: number): void
}
export function clockAt(start = 0): Clock {
  let at = start
  return { now: () => at, pass: (ms) => void (at += ms) }
}

export function tenantOf(given: Partial<Tenant> = {}, developerKey = 'developer-key'): Tenant {
  return {
    ...{ name: 'acme', environment: 'sandbox', userCodes: ['20810200', '20810201'], rails: ['digikhata', 'levin'] },
    credentials: { environment: 'sandbox', baseUrl: 'http://e', developerKey, accessKey: 'a', initiatorId: 'i' },
    ...{ policy: DEFAULT_POLICY, ranges: DEFAULT_RANGES, strictness: 'strict', consents: [] },
    limits: { journeysPerUserCode: { count: 1_000, windowSeconds: 1 } },
    ...given,
  } as Tenant
}

export function callOf(given: Partial<GateCall> = {}): GateCall {
  return { tenant: tenantOf(), rail: 'digikhata', operation: 'getSender', userCode: '20810200', ...given }
}

type Facts = Partial<EkoAnswer['facts']>

export function answerOf(given: Partial<EkoAnswer>, facts: Facts = {}): EkoAnswer {
  const ids = { httpStatus: 200, status: 0, responseTypeId: 1, responseStatusId: 0 }
  return {
    ...{ class: 'OK', answer: 'OTP_SENT' },
    ...given,
    facts: { operation: 'digikhata getSender', ...ids, clientRefId: 'ref', ...facts },
  }
}

const NO_ANSWER: Facts = { httpStatus: null, status: null, responseTypeId: null, responseStatusId: null }

/** Answers of every sort. */
export const SUCCESS = answerOf({})
export const WRONG_CODE = answerOf({ class: 'BUSINESS_REJECT', answer: 'WRONG_CODE' }, { status: 302 })
export const NOT_SENT = answerOf({ class: 'NOT_SENT', answer: 'NOT_SENT', reason: 'ECONNREFUSED' }, NO_ANSWER)
export const LOST = answerOf({ class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME', reason: 'ETIMEDOUT' }, NO_ANSWER)
export const BUSY = answerOf({ class: 'BUSY', answer: 'BUSY' }, { responseStatusId: -2 })
export const AGENT_REFUSED = refusedWith(346)

/** CONFIGURATION in an answer of Eko's API with this status. */
export function refusedWith(status: number, httpStatus = 200): EkoAnswer {
  const early = status >= 2483 && status <= 2487
  return answerOf(
    { class: early ? 'REJECTED_BEFORE_EXECUTION' : 'BUSINESS_REJECT', answer: 'CONFIGURATION' },
    { httpStatus, status, responseTypeId: status, responseStatusId: 1 },
  )
}

/** CONFIGURATION by the HTTP status alone. */
export function refusedByHttp(httpStatus: number): EkoAnswer {
  return answerOf({ class: 'REJECTED_BEFORE_EXECUTION', answer: 'CONFIGURATION' }, { ...NO_ANSWER, httpStatus })
}

export function tooMany(retryAfterMs?: number): EkoAnswer {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs }
  return answerOf({ class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME', ...wait }, { ...NO_ANSWER, httpStatus: 429 })
}

/** Calls of every operation of a rail that asks an authority, and one that does not. */
export const OPERATIONS: readonly EkoOperation[] = ['getSender', 'generateAadhaarOtp', 'validatePan']
export const RAILS: readonly Rail[] = ['digikhata', 'levin']

/** The incidents' workflows as a list of what they were told; `answers` is what probes are answered. */
export interface RecordingLink extends IncidentLink {
  readonly told: string[]
  answers: ProbeAnswer | Error
}
export function recordingLink(): RecordingLink {
  const told: string[] = []
  return {
    told,
    answers: { kind: 'GRANTED', nextMs: 60_000 },
    observed(id, { code, times }) {
      told.push(`observed ${id.slice(9)} ${code} ${times ?? 1}`)
      return Promise.resolve()
    },
    probe(id) {
      told.push(`probe ${id.slice(9)}`)
      return this.answers instanceof Error ? Promise.reject(this.answers) : Promise.resolve(this.answers)
    },
    resolved(id, { by }) {
      told.push(`resolved ${id.slice(9)} ${by}`)
      return Promise.resolve()
    },
  }
}
