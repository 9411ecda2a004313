import { z } from 'zod'
import { idHoldsIdentifier, type Parsed } from '../values/index.js'
import { type FieldError, invalidInput } from './errors.js'

/** A schema of one of our value parsers; its code stands in the field error. */
export function valueSchema<T>(parse: (input: unknown) => Parsed<T>) {
  return z.unknown().transform((input, context): T => {
    const parsed = parse(input)
    if (parsed.ok) return parsed.value
    context.issues.push({ code: 'custom', message: parsed.message, params: { code: parsed.code }, input: undefined })
    return z.NEVER
  })
}

/** Text of 1 to `max` characters, of a pattern where one is given. */
export function textSchema(max: number, pattern?: RegExp) {
  const text = z.string().min(1, 'Must not be empty.').max(max, `Must have at most ${max} characters.`)
  return pattern ? text.regex(pattern, 'Has characters that are not allowed.') : text
}

/**
 * An id that the caller chooses for one submission: 1 to 64 visible characters of ASCII. It becomes the id of an update, which
 * no codec encrypts, so it must not hold what could be a person's number.
 */
export const submissionIdSchema = textSchema(64, /^[\x21-\x7e]+$/).refine((id) => !idHoldsIdentifier(id), {
  message: 'Holds what could be a mobile, Aadhaar number or PAN. Ids are not encrypted: use a random one.',
})

/**
 * The value as the schema makes it.
 * @throws OnboardingError INVALID_INPUT with every field that is wrong, in `details.fields`.
 */
export function check<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw invalidInput(fieldErrors(result.error))
}

/** Field path to complaint. zod's issues name types, rules and keys; none repeats a value. */
export function fieldErrors(error: z.ZodError): Record<string, FieldError> {
  const fields: Record<string, FieldError> = {}
  for (const issue of error.issues) {
    const path = issue.path.map(String)
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        fields[[...path, key.slice(0, 64)].join('.')] = { code: 'UNKNOWN_FIELD', message: 'Is not a field here.' }
      }
      continue
    }
    fields[path.join('.') || 'input'] ??= complaint(issue)
  }
  return fields
}

function complaint(issue: z.core.$ZodIssue): FieldError {
  if (issue.code === 'custom') return { code: String(issue.params?.['code'] ?? 'INVALID'), message: issue.message }
  if (issue.code === 'invalid_type') {
    return issue.message.endsWith('received undefined')
      ? { code: 'REQUIRED', message: 'Is required.' }
      : { code: 'INVALID', message: `Must be of type ${issue.expected}.` }
  }
  if (issue.code === 'invalid_value') {
    return { code: 'INVALID', message: `Must be one of ${issue.values.map(String).join(', ')}.` }
  }
  return { code: 'INVALID', message: issue.message }
}

/** Ids of Eko's, and counts. */
export const positiveSchema = z
  .number()
  .int('Must be a whole number.')
  .positive('Must be positive.')
  .max(Number.MAX_SAFE_INTEGER)
