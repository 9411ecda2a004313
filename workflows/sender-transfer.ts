import { runJourney } from './engine/run-journey.js'
import type { TransferInput, TransferResult } from './transfer/contract.js'
import { TRANSFER } from './transfer/flow.js'
import type { TransferJourney } from './transfer/journey.js'
import { transferResultOf } from './transfer/view.js'

/**
 * One transfer of one sender's money, debited at most once.
 *
 * @param carried the transfer so far, where a long one goes on in a new run
 */
export async function senderTransfer(input: TransferInput, carried?: TransferJourney): Promise<TransferResult> {
  return transferResultOf(await runJourney(TRANSFER, input, carried))
}
