import type { Call } from '../world.js'

/** An amount as the dialect writes it: Eko's answers have texts and numbers side by side. */
export function amountForm(call: Call, text: string): string | number {
  return call.rules.amountsAsNumbers ? Number(text) : text
}
