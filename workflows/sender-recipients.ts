import { runJourney } from './engine/run-journey.js'
import type { RecipientsInput, RecipientsResult } from './recipients/contract.js'
import { RECIPIENTS } from './recipients/flow.js'
import type { RecipientsJourney } from './recipients/journey.js'
import { recipientsResultOf } from './recipients/view.js'

/**
 * A session in which one sender's recipients are listed and added.
 *
 * @param carried the session so far, where a long one goes on in a new run
 */
export async function senderRecipients(input: RecipientsInput, carried?: RecipientsJourney): Promise<RecipientsResult> {
  return recipientsResultOf(await runJourney(RECIPIENTS, input, carried))
}
