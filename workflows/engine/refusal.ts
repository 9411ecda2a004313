import { type RefusalCode, REFUSALS } from '../codes.js'
import type { Refusal } from '../shared-messages.js'

/** A refusal with its cause as the message. */
export function refusal(code: RefusalCode, details?: Readonly<Record<string, unknown>>): Refusal {
  return { code, message: REFUSALS[code].cause, ...(details && { details }) }
}
