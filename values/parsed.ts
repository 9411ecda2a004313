/** What a parser of user input answers: the normalised value, or a stable code and a sentence that is safe to show. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: ValueCode; readonly message: string }

/** Why a value was refused. The message never repeats the value. */
export type ValueCode =
  | 'MOBILE_INVALID'
  | 'AADHAAR_INVALID'
  | 'AADHAAR_CHECKSUM_INVALID'
  | 'VID_NOT_SUPPORTED'
  | 'PAN_INVALID'
  | 'PAN_NOT_A_PERSON'
  | 'OTP_INVALID'
  | 'NAME_INVALID'
  | 'DOB_INVALID'
  | 'DOB_UNDER_AGE'
  | 'ADDRESS_INVALID'
  | 'MONEY_INVALID'
  | 'IFSC_INVALID'
  | 'ACCOUNT_INVALID'
  | 'RECIPIENT_NAME_INVALID'
  | 'LOCATION_INVALID'

export function accept<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function refuse(code: ValueCode, message: string): Parsed<never> {
  return { ok: false, code, message }
}

/**
 * How strictly a number is checked. `strict` is for production; `format` accepts Eko's own samples
 * (Aadhaar 123456789012, PAN ABCDE1234F), which fail the strict rules.
 */
export type Strictness = 'strict' | 'format'
