import type { CallRequest } from './calls.js'
import type { Core } from './engine/core.js'
import { set, type Turn } from './engine/turn.js'
import type { Journey } from './journey.js'

/** What a journey holds for its later calls: an early PAN, and Levin's session of the sender. */

export function keepPan(turn: Turn<Journey>, pan: string): void {
  const seconds = turn.journey.plan?.policy.keptPanSeconds ?? 0
  set(turn, { keptPan: { pan, until: turn.now + seconds * 1000 } })
}

/** The wallet fields of a request: none on DigiKhata, empty ones on Levin where nothing is held. */
export function walletOf({ plan, wallet }: Core): Pick<CallRequest, 'wallet'> {
  return plan?.usesWallet ? { wallet: { token: wallet?.token ?? null, id: wallet?.id ?? '' } } : {}
}

/** Whether the wallet token is known to have expired, so that a call with it is not even tried. */
export function isWalletOver({ plan, wallet }: Core, now: number): boolean {
  return Boolean(plan?.usesWallet) && wallet?.expiresAt != null && wallet.expiresAt <= now
}
