import { accept, type Parsed, refuse } from './parsed.js'

/** An IFSC as Eko's field formats have it: four letters, a zero, six letters or digits. */
const IFSC = /^[A-Z]{4}0[A-Z0-9]{6}$/
/** Eko refuses other lengths by code 102 without saying which; 9 to 18 digits are what Indian banks use: our reading. */
const ACCOUNT = /^\d{9,18}$/
/** Codes 122 and 131 of Eko: 1 to 50 characters, letters only; the blanks between words are ours. */
const MAX_RECIPIENT_NAME = 50
/** Eko's field format of `latlong`, with bounded decimals. */
const LOCATION = /^(-?\d{1,3}(?:\.\d{1,10})?),(-?\d{1,3}(?:\.\d{1,10})?)$/

/** The code of a bank's branch; blanks are removed, letters become capitals. */
export function parseIfsc(input: unknown): Parsed<string> {
  const ifsc = typeof input === 'string' && input.length <= 32 ? input.replace(/\s/g, '').toUpperCase() : ''
  if (!IFSC.test(ifsc)) {
    return refuse('IFSC_INVALID', 'The IFSC must be four letters, a zero, and six letters or digits.')
  }
  return accept(ifsc)
}

/** A bank account's number, always text, since a leading zero counts; blanks and dashes are removed. */
export function parseAccountNumber(input: unknown): Parsed<string> {
  const account = typeof input === 'string' && input.length <= 64 ? input.replace(/[\s-]/g, '') : ''
  if (!ACCOUNT.test(account)) return refuse('ACCOUNT_INVALID', 'The account number must be text of 9 to 18 digits.')
  return accept(account)
}

/** A recipient's name as the bank knows it; runs of blanks become one. */
export function parseRecipientName(input: unknown): Parsed<string> {
  const name = typeof input === 'string' && input.length <= 200 ? input.trim().replace(/\s+/g, ' ') : ''
  if (name.length > MAX_RECIPIENT_NAME || !/^[A-Za-z]+(?: [A-Za-z]+)*$/.test(name)) {
    return refuse('RECIPIENT_NAME_INVALID', 'The name must be 1 to 50 letters, with blanks between words.')
  }
  return accept(name)
}

/** Where the sender is: `latitude,longitude` in degrees, e.g. `28.63,77.22`. */
export function parseLocation(input: unknown): Parsed<string> {
  const text = typeof input === 'string' && input.length <= 64 ? input.replace(/\s/g, '') : ''
  const [, latitude, longitude] = LOCATION.exec(text) ?? []
  const isWithin = Math.abs(Number(latitude)) <= 90 && Math.abs(Number(longitude)) <= 180
  if (latitude === undefined || !isWithin) {
    return refuse('LOCATION_INVALID', 'The location must be latitude,longitude in degrees, e.g. 28.63,77.22.')
  }
  return accept(text)
}
