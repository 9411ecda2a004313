import { walletTokenRefused } from '../answers.js'
import type { Answer } from '../envelope.js'
import { Rail } from '../names.js'
import type { Sender } from '../senders.js'
import { newSession, opensWallet } from '../wallet-token.js'
import { param } from '../world.js'
import type { Call } from '../world.js'

/** `wallet_token` and `wallet_id` as answers carry them. */
export type WalletFields = { wallet_token: string; wallet_id: string }

/**
 * Renews a Levin sender's wallet session after a verified sender OTP and returns what the answer says about it:
 * nothing when no token is given. Eko's pages do not say where a new sender's token comes from, so that without one
 * an empty token is accepted afterwards, and a token that is still held stays good (*sandbox policy*).
 */
export function renewWallet(call: Call, sender: Sender, gives: boolean): WalletFields | undefined {
  const now = call.world.clock.platformNow()
  if (call.fault?.fault === 'walletTokenMissing') {
    sender.wallet = null
    return undefined
  }
  if (!gives) {
    sender.wallet = {
      ...(sender.wallet ?? { token: '', walletId: '', expiresAt: 0 }),
      emptyAccepted: true,
    }
    return undefined
  }
  const dead = call.fault?.fault === 'walletTokenExpired'
  return giveToken(call, sender, dead ? now - 1_000 : now + call.world.policy.walletTokenLifetimeMs)
}

/** A new token in the place of the held one. */
export function rotateToken(call: Call, sender: Sender): WalletFields {
  return giveToken(call, sender, call.world.clock.platformNow() + call.world.policy.walletTokenLifetimeMs)
}

function giveToken(call: Call, sender: Sender, expiresAt: number): WalletFields {
  sender.wallet = newSession(sender, expiresAt, call.rules.levinWalletId)
  return { wallet_token: sender.wallet.token, wallet_id: sender.wallet.walletId }
}

/**
 * The refusal of a Levin call whose token does not open the wallet; always open on DigiKhata.
 * @param needsId false where the operation's page has a `wallet_token` and no `wallet_id`: one that is missing is not missed
 */
export function walletRefusal(call: Call, sender: Sender, needsId = true): Answer | undefined {
  if (call.rail !== Rail.levin) return undefined
  if (call.fault?.fault === 'walletTokenExpired') sender.wallet = null
  const token = param(call, 'wallet_token')
  const omitted = !needsId && call.params['wallet_id'] === undefined
  const walletId = omitted ? (sender.wallet?.walletId ?? '') : param(call, 'wallet_id')
  return opensWallet(sender.wallet, token, walletId, call.world.clock.platformNow()) ? undefined : walletTokenRefused()
}
