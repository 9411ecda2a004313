import { accept, type Parsed, refuse, type Strictness } from './parsed.js'

const PAN = /^[A-Z]{5}\d{4}[A-Z]$/

/**
 * A Permanent Account Number: five letters, four digits, a letter. Case and spaces are normalised.
 * `strict` also wants the 4th letter to be P, the Income Tax Department's mark of a person.
 */
export function parsePan(input: unknown, strictness: Strictness = 'strict'): Parsed<string> {
  if (typeof input !== 'string' || input.length > 32) return refuse('PAN_INVALID', 'The PAN must be text.')
  const pan = input.replace(/\s/g, '').toUpperCase()
  if (!PAN.test(pan)) return refuse('PAN_INVALID', 'A PAN is five letters, four digits and a letter.')
  if (strictness === 'strict' && pan[3] !== 'P') {
    return refuse('PAN_NOT_A_PERSON', 'This PAN does not belong to a person: its 4th letter must be P.')
  }
  return accept(pan)
}
