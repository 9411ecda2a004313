import { accept, type Parsed, refuse } from './parsed.js'

const MOBILE = /^[6-9]\d{9}$/

/**
 * An Indian mobile number as Eko's `customer_id` wants it: ten digits, the first 6 to 9.
 * Spaces, a leading +91 and a leading 0 are removed, so that every spelling of a number is one sender.
 */
export function parseMobile(input: unknown): Parsed<string> {
  if (typeof input !== 'string' || input.length > 32) return refuse('MOBILE_INVALID', 'The mobile number must be text.')
  const digits = input.replace(/\s/g, '').replace(/^\+91/, '').replace(/^0/, '')
  if (!MOBILE.test(digits)) {
    return refuse('MOBILE_INVALID', 'The mobile number must be 10 digits and start with 6, 7, 8 or 9.')
  }
  return accept(digits)
}
