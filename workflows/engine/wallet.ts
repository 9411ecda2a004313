import type { CallOutcome, CallRequest } from '../calls.js'
import type { Core, Wallet } from './core.js'

/** Levin's session of the sender, which a journey holds for its later calls. */

/** Only what is not empty replaces what is held: Levin often answers `""`. */
export function heldWallet(held: Wallet | null, { wallet }: CallOutcome): Wallet | null {
  if (!wallet) return held
  return {
    token: wallet.token ?? held?.token ?? null,
    expiresAt: wallet.token ? wallet.expiresAt : (held?.expiresAt ?? null),
    id: wallet.id || (held?.id ?? ''),
  }
}

/** The wallet fields of a request: none on DigiKhata, empty ones on Levin where nothing is held. */
export function walletOf({ plan, wallet }: Core): Pick<CallRequest, 'wallet'> {
  return plan?.usesWallet ? { wallet: { token: wallet?.token ?? null, id: wallet?.id ?? '' } } : {}
}

/** Whether the wallet token is known to have expired, so that a call with it is not even tried. */
export function isWalletOver({ plan, wallet }: Core, now: number): boolean {
  return Boolean(plan?.usesWallet) && wallet?.expiresAt != null && wallet.expiresAt <= now
}
