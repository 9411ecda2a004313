import { AuthFailure } from './signature.js'

/** Eko's answer envelope. `data` may be missing altogether; messages are Eko's, misspellings included. */
export interface EkoBody {
  status: number
  response_status_id: number
  response_type_id: number
  message: string
  data?: Record<string, unknown>
  invalid_params?: Record<string, string>
  invalid_parameters?: Record<string, string>
}

/** What an operation decided to answer. `policy` says which part of it Eko does not document. */
export interface Answer {
  http: number
  body: EkoBody
  policy?: string
}

/** A success: `status` 0. `response_status_id` is 0 for changes and -1 for profiles. */
export function success(
  responseTypeId: number,
  message: string,
  data?: Record<string, unknown>,
  responseStatusId = 0,
): Answer {
  const body = { status: 0, response_status_id: responseStatusId, response_type_id: responseTypeId, message }
  return { http: 200, body: data ? { ...body, data } : body }
}

/** An answer whose `status` repeats the type id: Eko's failures, and several of its successes. */
export function numbered(id: number, message: string, data?: Record<string, unknown>): Answer {
  const body = { status: id, response_status_id: 1, response_type_id: id, message }
  return { http: 200, body: data ? { ...body, data } : body }
}

/** A code in a table of Eko's that no page shows in a body. */
export function undocumentedUse(answer: Answer, policy: string): Answer {
  return { ...answer, policy }
}

/** Which name the object of refused fields has: the newest page says `invalid_params`, older text `invalid_parameters`. */
export type InvalidParamsKey = 'invalid_params' | 'invalid_parameters'

/** A validation refusal: `response_type_id` -1 and the refused fields by their names on the wire. */
export function invalid(
  status: number,
  message: string,
  fields: Record<string, string>,
  key: InvalidParamsKey,
): Answer {
  return {
    http: 200,
    body: { status, response_status_id: 1, response_type_id: -1, message, [key]: fields },
  }
}

/** 97: a field is missing or malformed. The braces are Eko's own unfilled placeholders. */
export function missingFields(names: readonly string[], key: InvalidParamsKey): Answer {
  const text = 'Please provide the value of the field'
  return invalid(97, text, Object.fromEntries(names.map((name) => [name, `${text} {2} {3}`])), key)
}

/** 463: nobody of this number has ever been enrolled. */
export function customerUnknown(key: InvalidParamsKey): Answer {
  const fields = { customer_id: 'Customer does not exist in System' }
  return invalid(463, 'customer_id does not exist in system', fields, key)
}

/** 319: the `initiator_id` is not this developer's. `bare` is the form without the refused field. */
export function initiatorUnknown(form: 'field' | 'bare', initiatorId: string, key: InvalidParamsKey): Answer {
  const message = 'Invalid Sender/Initiator'
  if (form === 'bare') return numbered(319, message)
  const answer = invalid(319, message, { initiator_id: 'Merchant does not exist in system.' }, key)
  return { ...answer, body: { ...answer.body, data: { csp_id: initiatorId } } }
}

/** 346 (wrong `user_code`, documented with its body) or 1297 (agent not onboarded, documented as a code only). */
export function agentNotAllowed(status: 346 | 1297): Answer {
  if (status === 346) return numbered(346, 'Agent not allowed to this transaction')
  return undocumentedUse(numbered(1297, 'User/Agent not onboarded'), 'body of 1297')
}

const AUTH_MESSAGES: Record<AuthFailure, string> = {
  [AuthFailure.unknownKey]: 'Unauthorized',
  [AuthFailure.wrongSignature]: 'Invalid secret-key or timestamp',
  [AuthFailure.expired]: 'Expired security headers (secret-key-timestamp older than 2 minutes)',
  [AuthFailure.malformedTimestamp]: 'Invalid secret-key-timestamp (expected milliseconds since the UNIX epoch)',
  [AuthFailure.missingHeaders]: 'Missing security headers',
}

/** Refused authentication, HTTP 401 (newest page) or 403 (older pages). */
export function unauthorised(failure: AuthFailure, http: 401 | 403): Answer {
  return { ...numbered(failure, AUTH_MESSAGES[failure]), http }
}

/** An answer of the gateway in front of the API; only its HTTP status and some of its messages are documented. */
export function gateway(http: number, message: string): Answer {
  return {
    http,
    body: { status: http, response_status_id: 1, response_type_id: -1, message },
    policy: `JSON body of HTTP ${http}`,
  }
}

/** `response_status_id` -2: another transaction of this user is in progress. */
export function busy(): Answer {
  return {
    http: 200,
    body: {
      status: 1,
      response_status_id: -2,
      response_type_id: -1,
      message: 'Another transaction in progress for the user',
    },
    policy: 'body of response_status_id -2',
  }
}
