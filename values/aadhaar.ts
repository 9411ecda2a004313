import { accept, type Parsed, refuse, type Strictness } from './parsed.js'
import { verhoeffValid } from './verhoeff.js'

/**
 * A 12-digit Aadhaar number. Spaces and hyphens between the digits are removed.
 * `strict` also wants a first digit of 2 to 9 and a valid Verhoeff check digit (UIDAI).
 * A 16-digit Virtual ID is refused as such: Eko's parameter takes the 12-digit number only.
 */
export function parseAadhaar(input: unknown, strictness: Strictness = 'strict'): Parsed<string> {
  if (typeof input !== 'string' || input.length > 32) {
    return refuse('AADHAAR_INVALID', 'The Aadhaar number must be text of 12 digits.')
  }
  const digits = input.replace(/[\s-]/g, '')
  if (/^\d{16}$/.test(digits)) {
    return refuse('VID_NOT_SUPPORTED', 'A Virtual ID (16 digits) is not supported. Enter the 12-digit Aadhaar number.')
  }
  if (!/^\d{12}$/.test(digits)) return refuse('AADHAAR_INVALID', 'The Aadhaar number must be 12 digits.')
  if (strictness === 'format') return accept(digits)
  if (!/^[2-9]/.test(digits)) return refuse('AADHAAR_INVALID', 'An Aadhaar number never starts with 0 or 1.')
  if (!verhoeffValid(digits)) {
    return refuse('AADHAAR_CHECKSUM_INVALID', 'The Aadhaar number has a typing error. Check the digits.')
  }
  return accept(digits)
}
