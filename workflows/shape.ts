/**
 * What guards are made of. No schema library runs in Temporal's sandbox: every cached workflow would pay for it. A check
 * names what is wrong and never repeats a value.
 */
export type FieldErrors = Readonly<Record<string, string>>
/** What is wrong with a value, or null. */
export type Check = (value: unknown) => string | null
export interface Field {
  readonly check: Check
  readonly optional?: boolean
}

/** Longest id, and longest name of an unknown field that is repeated. */
export const MAX_ID = 64
/** Unknown fields that are named; the answer to an update must stay small, or it cannot be given at all. */
const MAX_NAMED = 10

export function text(max: number, pattern?: RegExp): Check {
  return (value) => {
    if (typeof value !== 'string') return 'must be text'
    if (value.length === 0 || value.length > max) return `must have 1 to ${max} characters`
    return pattern && !pattern.test(value) ? 'has characters that are not allowed' : null
  }
}

/** Text of any length, also none. */
export const anyText: Check = (value) => (typeof value === 'string' ? null : 'must be text')

export const flag: Check = (value) => (typeof value === 'boolean' ? null : 'must be true or false')

/** A number within bounds that are part of it. */
export function amount(least: number, most: number): Check {
  return (value) =>
    typeof value === 'number' && value >= least && value <= most ? null : `must be a number from ${least} to ${most}`
}

export function listOf(check: Check): Check {
  return (value) =>
    Array.isArray(value) && value.every((item) => check(item) === null) ? null : 'has items that are not allowed'
}

/** An object with any names, whose values are checked. */
export function mapOf(check: Check): Check {
  return (value) => {
    const object = record(value)
    return object && Object.values(object).every((item) => check(item) === null)
      ? null
      : 'has values that are not allowed'
  }
}

export function oneOf(...values: readonly string[]): Check {
  return (value) => (values.some((allowed) => allowed === value) ? null : `must be one of ${values.join(', ')}`)
}

export function lines(maxLines: number, maxLength: number): Check {
  const line = text(maxLength)
  return (value) =>
    Array.isArray(value) && value.length >= 1 && value.length <= maxLines && value.every((item) => line(item) === null)
      ? null
      : `must be 1 to ${maxLines} lines of 1 to ${maxLength} characters`
}

export const isoTime: Check = (value) =>
  typeof value === 'string' &&
  /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(value) &&
  !Number.isNaN(Date.parse(value))
    ? null
    : 'must be a time in ISO 8601'

export function record(value: unknown): Record<string, unknown> | null {
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
    // Not assigned one by one: `__proto__` is a name like any other.
    return Object.fromEntries([...errors, ...complaints(fields, object)])
  }
}

/** The same, but for what our own workers of another build may say: fields that are not listed are not looked at. */
export function shapeOfAnyBuild(fields: Readonly<Record<string, Field>>): (body: unknown) => FieldErrors {
  return (body) => {
    const object = record(body)
    return object ? Object.fromEntries(complaints(fields, object)) : { body: 'must be one JSON object' }
  }
}

function complaints(fields: Readonly<Record<string, Field>>, object: Record<string, unknown>): [string, string][] {
  return Object.entries(fields).flatMap(([name, field]): [string, string][] => {
    const error = complaint(field, Object.hasOwn(object, name) ? object[name] : undefined)
    return error ? [[name, error]] : []
  })
}

function complaint({ check, optional = false }: Field, value: unknown): string | null {
  if (value === undefined || value === null) return optional ? null : 'is required'
  return check(value)
}

/** The check of an object of which only these fields are looked at: others may know more of them. */
export function having(fields: Readonly<Record<string, Field>>): Check {
  return (value) => {
    const object = record(value)
    if (!object) return 'must be an object'
    const [first] = complaints(fields, object)
    return first ? first.join(' ') : null
  }
}

/** The check of a nested object; complaints are joined into one text. */
export function nested(fields: Readonly<Record<string, Field>>): Check {
  const check = shape(fields)
  return (value) => {
    const errors = Object.entries(check(value)).map(([name, error]) => `${name} ${error}`)
    return errors.length > 0 ? errors.join('; ') : null
  }
}
