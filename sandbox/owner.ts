import { OperationName } from './names.js'
import type { Rail } from './names.js'
import type { Operation } from './operations.js'
import type { World } from './world.js'

/** How an inquiry names a reference of the caller's own. */
export const CLIENT_REF_PREFIX = 'client_ref_id:'

/** Whose call it is, as far as its path and the past tell. */
export interface Owner {
  rail: Rail | null
  mobile: string | null
}

/**
 * The rail and the mobile of a call. Inquiries and refunds have neither: the transaction tells, or the call that carried
 * the reference, even one that was never carried out, so that faults and the ledger know them.
 */
export function ownerOf(
  world: World,
  { operation, mobile, reference }: { operation: Operation; mobile: string | null; reference: string | null },
): Owner {
  if (operation.rail !== null || reference === null) return { rail: operation.rail, mobile }
  if (!reference.startsWith(CLIENT_REF_PREFIX)) return world.money.transactions.byTid(reference) ?? NOBODY
  const clientRefId = reference.slice(CLIENT_REF_PREFIX.length)
  const carried = world.ledger
    .view()
    .calls.findLast((call) => call.clientRefId === clientRefId && MONEY_CALLS.includes(call.operation))
  return carried ?? NOBODY
}

const NOBODY: Owner = { rail: null, mobile: null }
const MONEY_CALLS: readonly (OperationName | null)[] = [OperationName.initiateTransaction, OperationName.loadWallet]
