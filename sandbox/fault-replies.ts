import { htmlReply, replyOf } from './delivery.js'
import type { Reply } from './delivery.js'
import type { DialectRules } from './dialects.js'
import { agentNotAllowed, busy, gateway, initiatorUnknown, unauthorised } from './envelope.js'
import type { FaultSpec } from './faults.js'
import { AuthFailure } from './signature.js'

/** The reply of a fault that answers in the place of the operation. */
export function replyInstead(fault: FaultSpec, initiatorId: string, rules: DialectRules): Reply | undefined {
  switch (fault.fault) {
    case 'status5xx':
      return replyOf(gateway(fault.http ?? 503, 'Internal error'))
    case 'htmlBody':
      return htmlReply(fault.http ?? 502)
    case 'empty204':
      return { http: 204, headers: {}, payload: '' }
    case 'auth401':
      return replyOf(unauthorised(authFailure(fault.status), 401))
    case 'auth403':
      return replyOf(unauthorised(authFailure(fault.status), 403))
    case 'expired2485':
      return replyOf(unauthorised(AuthFailure.expired, rules.authHttp))
    case 'tooMany429': {
      const seconds = fault.retryAfterSeconds
      return replyOf(gateway(429, 'Too Many Requests'), seconds === undefined ? {} : { 'retry-after': String(seconds) })
    }
    case 'uidaiDown':
      return replyOf(gateway(503, 'Service Unavailable'))
    case 'busy':
      return replyOf(busy())
    case 'initiatorUnknown':
      return replyOf(initiatorUnknown(rules.initiatorUnknown, initiatorId, rules.invalidParams))
    case 'agentNotAllowed':
      return replyOf(agentNotAllowed(fault.status ?? 346))
    default:
      return undefined
  }
}

function authFailure(status = AuthFailure.wrongSignature as number): AuthFailure {
  return Object.values(AuthFailure).find((failure) => failure === status) ?? AuthFailure.wrongSignature
}
