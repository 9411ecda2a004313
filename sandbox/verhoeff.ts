/**
 * The Verhoeff check digit (J. Verhoeff, 1969), computed in the dihedral group of order 10 instead of from the usual
 * printed tables: 0 to 4 are rotations, 5 to 9 are reflections of a pentagon.
 */
function compose(a: number, b: number): number {
  const reflected = a >= 5
  const position = reflected ? (a - 5 - (b % 5) + 5) % 5 : (a + (b % 5)) % 5
  return reflected === b >= 5 ? position : position + 5
}

/** The permutation applied once for each step away from the check digit. */
const STEP = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

function permute(digit: number, times: number): number {
  let result = digit
  for (let i = 0; i < times % 8; i += 1) result = STEP[result] ?? 0
  return result
}

function checksum(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, index) => compose(sum, permute(Number(digit), index)), 0)
}

/** Whether a string of digits ends with its right Verhoeff digit. */
export function hasVerhoeffDigit(digits: string): boolean {
  return /^\d+$/.test(digits) && checksum(digits) === 0
}

/** The digits followed by their Verhoeff check digit. */
export function withVerhoeffDigit(digits: string): string {
  for (let check = 0; check < 10; check += 1) {
    if (checksum(`${digits}${check}`) === 0) return `${digits}${check}`
  }
  throw new Error('withVerhoeffDigit needs a string of digits')
}

/** Whether a number passes the strict rules for Aadhaar numbers: 12 digits, the first 2 to 9, Verhoeff. */
export function isStrictAadhaar(number: string): boolean {
  return /^[2-9]\d{11}$/.test(number) && hasVerhoeffDigit(number)
}
