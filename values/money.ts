import { accept, type Parsed, refuse } from './parsed.js'

/** The largest amount taken, in paise: far above any PPI limit, far below where a double loses a paisa. */
const MAX_PAISE = 1_000_000_000_000

/**
 * Rupees as Eko writes them (`50000`, `"50000.0"`, `"0.00"`) as integer paise, without floating point.
 * More than two decimals are taken only if they are zeros.
 */
export function paiseFromRupees(input: unknown): Parsed<number> {
  const text = typeof input === 'number' && Number.isFinite(input) ? String(input) : input
  if (typeof text !== 'string' || text.length > 24) return refuse('MONEY_INVALID', 'The amount must be rupees.')
  const match = /^(\d{1,12})(?:\.(\d{1,2})0*)?$/.exec(text.trim())
  if (!match) return refuse('MONEY_INVALID', 'The amount must be rupees with at most two decimals.')
  const paise = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  if (paise > MAX_PAISE) return refuse('MONEY_INVALID', 'The amount is too large.')
  return accept(paise)
}

/** Whole rupees for Eko's wire from integer paise; Eko's `amount` is an integer of INR, so paise are refused. */
export function wholeRupees(paise: unknown): Parsed<number> {
  if (typeof paise !== 'number' || !Number.isSafeInteger(paise) || paise <= 0 || paise > MAX_PAISE) {
    return refuse('MONEY_INVALID', 'The amount must be a positive integer of paise.')
  }
  if (paise % 100 !== 0) return refuse('MONEY_INVALID', 'Eko takes whole rupees: the paise must be a multiple of 100.')
  return accept(paise / 100)
}
