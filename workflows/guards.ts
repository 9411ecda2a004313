/**
 * Hand-written guards of what arrives at a journey. No schema library runs in Temporal's sandbox: every cached workflow
 * would pay for it. A guard names the fields that are wrong and never repeats a value.
 */
import { MAX_SEALED_LENGTH } from '../values/sealed-field.js'
import { DEFAULT_POLICY } from './policy.js'

export type FieldErrors = Readonly<Record<string, string>>
/** What is wrong with a value, or null. */
export type Check = (value: unknown) => string | null
interface Field {
  readonly check: Check
  readonly optional?: boolean
}

const MAX_ID = 64
const MAX_REASON = 200
/** Unknown fields that are named; the answer to an update must stay small, or it cannot be given at all. */
const MAX_NAMED = 10

export function text(max: number, pattern?: RegExp): Check {
  return (value) => {
    if (typeof value !== 'string') return 'must be text'
    if (value.length === 0 || value.length > max) return `must have 1 to ${max} characters`
    return pattern && !pattern.test(value) ? 'has characters that are not allowed' : null
  }
}

export function oneOf(...values: readonly string[]): Check {
  return (value) => (values.some((allowed) => allowed === value) ? null : `must be one of ${values.join(', ')}`)
}

function lines(maxLines: number, maxLength: number): Check {
  const line = text(maxLength)
  return (value) =>
    Array.isArray(value) && value.length >= 1 && value.length <= maxLines && value.every((item) => line(item) === null)
      ? null
      : `must be 1 to ${maxLines} lines of 1 to ${maxLength} characters`
}

const isoTime: Check = (value) =>
  typeof value === 'string' &&
  /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(value) &&
  !Number.isNaN(Date.parse(value))
    ? null
    : 'must be a time in ISO 8601'

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
    ? (value as Record<string, unknown>)
    : null
}

/** Checks the fields of an object; whatever is not listed is refused by name. */
export function shape(fields: Readonly<Record<string, Field>>): (body: unknown) => FieldErrors {
  return (body) => {
    const object = record(body)
    if (!object) return { body: 'must be one JSON object' }
    const unknown = Object.keys(object).filter((name) => !Object.hasOwn(fields, name))
    const errors = unknown
      .slice(0, MAX_NAMED)
      .map((name): [string, string] => [name.slice(0, MAX_ID), 'is not a field of this message'])
    if (unknown.length > MAX_NAMED) errors.push(['…', `and ${unknown.length - MAX_NAMED} more are not fields of it`])
    for (const [name, field] of Object.entries(fields)) {
      const error = complaint(field, Object.hasOwn(object, name) ? object[name] : undefined)
      if (error) errors.push([name, error])
    }
    // Not assigned one by one: `__proto__` is a name like any other.
    return Object.fromEntries(errors)
  }
}

function complaint({ check, optional = false }: Field, value: unknown): string | null {
  if (value === undefined || value === null) return optional ? null : 'is required'
  return check(value)
}

/** The check of a nested object; complaints are joined into one text. */
function nested(fields: Readonly<Record<string, Field>>): Check {
  const check = shape(fields)
  return (value) => {
    const errors = Object.entries(check(value)).map(([name, error]) => `${name} ${error}`)
    return errors.length > 0 ? errors.join('; ') : null
  }
}

const actor: Check = nested({
  type: { check: oneOf('sender', 'agent', 'operator', 'service') },
  id: { check: text(MAX_ID) },
  channel: { check: text(MAX_ID), optional: true },
})

const envelope = {
  submissionId: { check: text(MAX_ID, /^[\x21-\x7e]+$/), optional: true },
  actor: { check: actor, optional: true },
} satisfies Record<string, Field>

const operator = { ...envelope, actor: { check: actor }, reason: { check: text(MAX_REASON) } }
const secret: Field = { check: text(MAX_SEALED_LENGTH) }
const details = {
  name: { check: text(MAX_REASON) },
  dob: { check: text(10, /^\d{4}-\d{2}-\d{2}$/) },
  residenceAddress: { check: lines(6, 100) },
} satisfies Record<string, Field>

export const envelopeOnly = shape(envelope)
export const operatorAction = shape(operator)
export const takeOver = shape({ ...operator, userCode: { check: text(MAX_ID, /^\w+$/) } })
export const enterSenderDetails = shape({ ...envelope, ...details })
export const enterCode = shape({ ...envelope, otp: secret, challengeId: { check: text(MAX_ID), optional: true } })
export const requestConsent = shape({ ...envelope, language: { check: text(MAX_ID) } })
export const enterPan = shape({ ...envelope, pan: secret })
export const enterAadhaar = shape({
  ...envelope,
  aadhaar: secret,
  consent: {
    check: nested({
      consentId: { check: text(MAX_ID) },
      textSha256: { check: text(64, /^[0-9a-f]{64}$/) },
      mode: { check: oneOf('self', 'assisted') },
      agent: { check: text(MAX_ID), optional: true },
      acceptedAt: { check: isoTime },
    }),
  },
})

/** The workflow's own argument. Values are checked for shape; the client and the activities check them for sense. */
export const onboardingInput = shape({
  tenant: { check: text(MAX_ID, /^[A-Za-z0-9-]+$/) },
  rail: { check: oneOf('digikhata', 'levin') },
  mobile: { check: text(10, /^[6-9]\d{9}$/) },
  userCode: { check: text(MAX_ID, /^\w+$/) },
  details: { check: nested(details), optional: true },
  otpRefId: { ...secret, optional: true },
  stopAt: { check: oneOf('PAN_REQUIRED', 'COMPLETED'), optional: true },
  policy: { check: policyWishes, optional: true },
  opener: { check: text(MAX_ID), optional: true },
})

function policyWishes(value: unknown): string | null {
  const object = record(value)
  if (!object) return 'must be an object'
  const known: Readonly<Record<string, unknown>> = { ...DEFAULT_POLICY }
  const bad = Object.entries(object).some(
    ([name, wish]) =>
      !Object.hasOwn(known, name) || typeof wish !== typeof known[name] || (typeof wish === 'number' && wish < 0),
  )
  return bad ? 'must hold settings of the policy: numbers from 0, and booleans' : null
}

const positiveInteger: Check = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? null : 'must be a positive integer'

/** The argument of the workflow that sends one transaction OTP. */
export const transactionOtpInput = shape({
  tenant: { check: text(MAX_ID, /^[A-Za-z0-9-]+$/) },
  rail: { check: oneOf('digikhata', 'levin') },
  mobile: { check: text(10, /^[6-9]\d{9}$/) },
  userCode: { check: text(MAX_ID, /^\w+$/) },
  recipientId: { check: positiveInteger },
  amountPaise: {
    check: (value) => (Number(value) % 100 === 0 ? positiveInteger(value) : 'must be whole rupees in paise'),
  },
  beneficiaryId: { check: text(MAX_ID, /^\w+$/), optional: true },
})
