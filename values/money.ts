import { accept, type Parsed, refuse } from './parsed.js'

/** The largest amount taken, in paise: far above any PPI limit, far below where a double loses a paisa. */
const MAX_PAISE = 1_000_000_000_000

/** The most that one call may move, in paise: fifty times what a prepaid wallet may hold (₹2,00,000). */
export const MAX_TRANSFER_PAISE = 1_000_000_000

/**
 * How Java writes a double from ten million on, and Eko an amount: `2.22263731286E9` (Java SE, `Double.toString`).
 * Other forms with an exponent are nobody's.
 */
const JAVA_DOUBLE = /^([1-9])\.(\d{1,17})E(\d{1,2})$/

/**
 * Rupees as Eko writes them (`50000`, `"50000.0"`, `"0.00"`, `"2.22263731286E9"`) as integer paise, without floating
 * point. More than two decimals are taken only if they are zeros.
 */
export function paiseFromRupees(input: unknown): Parsed<number> {
  const text = typeof input === 'number' && Number.isFinite(input) ? String(input) : input
  if (typeof text !== 'string' || text.length > 24) return refuse('MONEY_INVALID', 'The amount must be rupees.')
  const match = /^(\d{1,12})(?:\.(\d{1,2})0*)?$/.exec(plain(text.trim()))
  if (!match) return refuse('MONEY_INVALID', 'The amount must be rupees with at most two decimals.')
  const paise = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  if (paise > MAX_PAISE) return refuse('MONEY_INVALID', 'The amount is too large.')
  return accept(paise)
}

/** The point put where the exponent says; any other text as it is. */
function plain(text: string): string {
  const [, first, decimals, exponent] = JAVA_DOUBLE.exec(text) ?? []
  if (first === undefined || decimals === undefined) return text
  const places = Number(exponent)
  const digits = `${first}${decimals.padEnd(places, '0')}`
  return `${digits.slice(0, places + 1)}.${digits.slice(places + 1)}0`
}

/** Whole rupees for Eko's wire from integer paise; Eko's `amount` is an integer of INR, so paise are refused. */
export function wholeRupees(paise: unknown): Parsed<number> {
  if (typeof paise !== 'number' || !Number.isSafeInteger(paise) || paise <= 0) {
    return refuse('MONEY_INVALID', 'The amount must be a positive integer of paise.')
  }
  if (paise > MAX_TRANSFER_PAISE) return refuse('MONEY_INVALID', 'The amount is above ten million rupees.')
  if (paise % 100 !== 0) return refuse('MONEY_INVALID', 'Eko takes whole rupees: the paise must be a multiple of 100.')
  return accept(paise / 100)
}
