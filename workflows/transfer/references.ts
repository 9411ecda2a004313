import type { Asked, PendingCall, TransferCall, TransferJourney } from './journey.js'

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

/** Answers of a debit that Eko certainly did not carry out. */
const NOT_CARRIED_OUT = ['WRONG_CODE', 'CODE_EXPIRED', 'FIELDS_REFUSED', 'WALLET_TOKEN_REFUSED'] as const

/** Whether Eko's answer to a debit leaves it open whether money moved. */
export function mayHaveMoved({ answer }: Asked): boolean {
  return !NOT_CARRIED_OUT.some((refused) => refused === answer)
}

/** Whether this reference is a debit's that was refused for its code: Eko may keep even that as a transaction. */
export function isRefused({ initiations }: TransferJourney, reference: string | null): boolean {
  return initiations.some((asked) => asked.clientRefId === reference && !mayHaveMoved(asked))
}

/** Whether the debit is asked for by nobody yet: its call waits to be made, and no other one was. */
export function isUnsentDebit({ call, initiations }: TransferJourney): boolean {
  return initiations.length === 0 && call !== null && call.parked !== null && isDebit(call)
}

/** Whether it is a reference of this transfer, of whatever run. */
export function isOwn(journey: TransferJourney, reference: string): boolean {
  return Array.from({ length: MAX_INITIATIONS }, (_, index) => referenceOf(journey, index + 1)).includes(reference)
}

/** What a round of inquiries asks about, newest first. */
export function referencesOf(journey: TransferJourney): readonly string[] {
  const { initiations } = journey
  // A run that was reset knows the first of the debits that were made after that point, and none of the others.
  const knowsAll = initiations.length > 0 && initiations.every(({ answer }) => answer !== 'RUN_RESET')
  if (knowsAll) return initiations.map(({ clientRefId }) => clientRefId).reverse()
  return Array.from({ length: MAX_INITIATIONS }, (_, index) => referenceOf(journey, MAX_INITIATIONS - index))
}

/** The reference of the next debit; null where no more may be asked for. */
export function nextReference(journey: TransferJourney): string | null {
  const number = journey.initiations.length + 1
  return number > MAX_INITIATIONS ? null : referenceOf(journey, number)
}
