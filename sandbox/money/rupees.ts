/** Money is integer paise inside the sandbox; Eko's answers have rupees as text in several forms. */

export const PAISE_PER_RUPEE = 100

/** Whole rupees as the wire has them, in paise; amounts beyond all numbers become the largest one. */
export function paiseOfRupees(rupees: string): number {
  const paise = BigInt(rupees) * BigInt(PAISE_PER_RUPEE)
  return paise > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(paise)
}

/** `110.00`, as `amount` of Eko's transaction sample. */
export function twoDecimals(paise: number): string {
  const sign = paise < 0 ? '-' : ''
  const whole = Math.floor(Math.abs(paise) / PAISE_PER_RUPEE)
  return `${sign}${whole}.${String(Math.abs(paise) % PAISE_PER_RUPEE).padStart(2, '0')}`
}

const EXPONENT_FROM_PAISE = 1_000_000_000

/** `114.0`, and `2.22263731286E9` from ten million rupees on: how Eko's platform prints its doubles. */
export function asDouble(paise: number): string {
  const plain = twoDecimals(paise).replace(/(\.\d)0$/, '$1')
  if (Math.abs(paise) < EXPONENT_FROM_PAISE) return plain
  const [whole = '', fraction = ''] = plain.split('.')
  const [sign, digits] = whole.startsWith('-') ? ['-', whole.slice(1)] : ['', whole]
  const mantissa = `${digits.slice(1)}${fraction}`.replace(/0+$/, '') || '0'
  return `${sign}${digits[0] ?? '0'}.${mantissa}E${digits.length - 1}`
}
