import type { PendingCall, TransferCall, TransferJourney } from './journey.js'

/**
 * Debits that a transfer may ask for. Each has a reference of its own, and a run that knows of none asks Eko about all of
 * them before it sends a code: the history of the run that asked may be gone.
 */
export const MAX_INITIATIONS = 3

/** The calls that move money away: each goes out under a reference of its own. */
export const DEBITS = ['initiateTransaction', 'loadWallet'] as const satisfies readonly TransferCall[]

export function isDebit({ name }: Pick<PendingCall, 'name'>): boolean {
  return DEBITS.some((debit) => debit === name)
}

/** Characters of the id's hash in a reference: 72 bits, so that no two transfers ever share one. */
const HASH_LENGTH = 18

/**
 * The `client_ref_id` of a debit, at most 20 characters: the hash of tenant and `transferId` out of the workflow id, `p`, and
 * the number of the debit. Always the same, whatever became of earlier runs.
 *
 * @param number from 1
 */
export function referenceOf({ workflowId }: Pick<TransferJourney, 'workflowId'>, number: number): string {
  const hash = workflowId.split(':').at(-1) ?? ''
  return `${hash.slice(0, HASH_LENGTH)}p${number}`
}

/** What a round of inquiries asks about, newest first. */
export function referencesOf(journey: TransferJourney): readonly string[] {
  const { initiations } = journey
  if (initiations.length > 0) return initiations.map(({ clientRefId }) => clientRefId).reverse()
  return Array.from({ length: MAX_INITIATIONS }, (_, index) => referenceOf(journey, MAX_INITIATIONS - index))
}

/** The reference of the next debit; null where no more may be asked for. */
export function nextReference(journey: TransferJourney): string | null {
  const number = journey.initiations.length + 1
  return number > MAX_INITIATIONS ? null : referenceOf(journey, number)
}
