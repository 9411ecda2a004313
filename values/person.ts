import { accept, type Parsed, refuse } from './parsed.js'

/** The youngest sender Eko takes, in years (its validation text: "Must be over 18 years"). */
export const MINIMUM_AGE_YEARS = 18

/** Longest name and address line, in characters. Our own bound: Eko documents none for senders. */
export const MAX_NAME_LENGTH = 50
export const MAX_ADDRESS_LINE_LENGTH = 100

/**
 * A person's name as on the ID: letters of any script, spaces, dots, apostrophes and hyphens.
 * Eko 132: a sender's name may only contain letters; its own client wants at least 3 characters.
 */
export function parseName(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return refuse('NAME_INVALID', 'The name must be text.')
  const name = input.trim().replace(/\s+/g, ' ')
  if (name.length < 3 || name.length > MAX_NAME_LENGTH) {
    return refuse('NAME_INVALID', `The name must have 3 to ${MAX_NAME_LENGTH} characters.`)
  }
  if (!/^[\p{L}\p{M}](?:[\p{L}\p{M} .'’-])*$/u.test(name)) {
    return refuse('NAME_INVALID', 'The name may only contain letters, spaces, dots, apostrophes and hyphens.')
  }
  return accept(name)
}

/** A date of birth as `YYYY-MM-DD`: a real calendar date, of someone at least 18 years old on the day `now` (ms, UTC). */
export function parseDob(input: unknown, now: number): Parsed<string> {
  if (typeof input !== 'string') return refuse('DOB_INVALID', 'The date of birth must be text: YYYY-MM-DD.')
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(input.trim())
  if (!match) return refuse('DOB_INVALID', 'The date of birth must be written YYYY-MM-DD.')
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const date = new Date(Date.UTC(year, month - 1, day))
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (!real || year < 1900) return refuse('DOB_INVALID', 'The date of birth is not a date of the calendar.')
  if (Date.UTC(year + MINIMUM_AGE_YEARS, month - 1, day) > now) {
    return refuse('DOB_UNDER_AGE', `The sender must be at least ${MINIMUM_AGE_YEARS} years old.`)
  }
  return accept(match[0])
}

/** A residence address as Eko's PPI onboarding wants it: 1 to 6 lines of text, the last usually the 6-digit pincode. */
export function parseAddress(input: unknown): Parsed<string[]> {
  if (!Array.isArray(input) || input.length < 1 || input.length > 6) {
    return refuse('ADDRESS_INVALID', 'The residence address must be a list of 1 to 6 lines.')
  }
  const lines = input.map((line: unknown) => (typeof line === 'string' ? line.trim() : ''))
  if (lines.some((line) => !line || line.length > MAX_ADDRESS_LINE_LENGTH || /\p{Cc}/u.test(line))) {
    return refuse(
      'ADDRESS_INVALID',
      `Each address line must be text of 1 to ${MAX_ADDRESS_LINE_LENGTH} printable characters.`,
    )
  }
  return accept(lines)
}
