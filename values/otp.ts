import { accept, type Parsed, refuse } from './parsed.js'

/**
 * A one-time password as the user typed it: 4 to 8 digits, always text, since a leading zero counts.
 * Spaces are removed.
 */
export function parseOtp(input: unknown): Parsed<string> {
  if (typeof input !== 'string' || input.length > 32)
    return refuse('OTP_INVALID', 'The code must be text, not a number.')
  const otp = input.replace(/\s/g, '')
  if (!/^\d{4,8}$/.test(otp)) return refuse('OTP_INVALID', 'The code must be 4 to 8 digits.')
  return accept(otp)
}
