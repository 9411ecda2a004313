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

/**
 * A reason or id that people gave, with what could be a person's number blanked: ten digits or more (mobile, Aadhaar
 * number, Virtual ID) and PAN shapes. Shorter numbers stay: they are tickets and agents. A name cannot be told from a word.
 */
export function maskIdentifiers(text: string): string {
  return text
    .replace(/[A-Z]{5}\d{4}[A-Z]/gi, 'xxxxxxxxxx')
    .replace(/\d(?:[\s-]?\d){9,}/g, (digits) => 'x'.repeat(digits.length))
}

/** Longest message of Eko that is kept, in characters. */
const MAX_MESSAGE = 160

/** A message of Eko made safe to show and log: runs of 4 or more digits and PAN shapes are blanked, length is bounded. */
export function maskMessage(message: string): string {
  return message
    .slice(0, 4 * MAX_MESSAGE)
    .replace(/[A-Z]{5}\d{4}[A-Z]/gi, 'xxxxxxxxxx')
    .replace(/\d(?:[\s-]?\d){3,}/g, (digits) => 'x'.repeat(digits.length))
    .slice(0, MAX_MESSAGE)
}
