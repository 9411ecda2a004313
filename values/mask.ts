import { replaceIdentifiers } from './identifiers.js'

/** How values are shown to people: enough to recognise, never enough to use. */

/** `98xxxxxx10`. */
export function maskMobile(mobile: string): string {
  return mobile.length < 6
    ? 'x'.repeat(mobile.length)
    : `${mobile.slice(0, 2)}${'x'.repeat(mobile.length - 4)}${mobile.slice(-2)}`
}

/** `XXXXXXXX1234`: the only form in which UIDAI allows an Aadhaar number to be kept. */
export function maskAadhaar(aadhaar: string): string {
  return `XXXXXXXX${aadhaar.slice(-4)}`
}

/** `ABCxx1234x`. */
export function maskPan(pan: string): string {
  return `${pan.slice(0, 3)}xx${pan.slice(5, 9)}x`
}

/** `XXXXXXXXX0657`: at most the last four characters of an account's number, and never more than a third of it. */
export function maskAccount(account: string): string {
  const shown = Math.min(4, Math.floor(account.length / 3))
  return `${'X'.repeat(account.length - shown)}${account.slice(account.length - shown)}`
}

/**
 * A text that people or programs gave (a reason, an id, a name of a message), with every number of a person blanked:
 * Aadhaar number, Virtual ID, mobile, PAN, in any form of `identifiers.ts`. Shorter numbers stay: they are tickets and
 * agents. A name cannot be told from a word.
 */
export function maskIdentifiers(text: string): string {
  return replaceIdentifiers(text, blank)
}

function blank(found: string): string {
  return 'x'.repeat(found.length)
}

/** Longest message of Eko that is kept, in characters. */
const MAX_MESSAGE = 160

/**
 * A message of Eko made safe to show and log: beside the numbers of people, runs of 4 or more digits are blanked, which
 * could be a code; length is bounded.
 */
export function maskMessage(message: string): string {
  return maskIdentifiers(message.slice(0, 4 * MAX_MESSAGE))
    .replace(/\d(?:[\s-]?\d){3,}/g, blank)
    .slice(0, MAX_MESSAGE)
}
