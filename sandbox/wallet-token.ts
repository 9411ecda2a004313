import { createHmac, randomBytes } from 'node:crypto'
import type { Sender, WalletSession } from './senders.js'

const SIGNING_KEY = randomBytes(32)

/**
 * A Levin `wallet_token`: a JWT with `exp` and no `iat`, with the claim names of Eko's sample and made-up values.
 * @param expiresAt ms since the epoch, on the platform's clock
 */
export function walletToken(expiresAt: number): string {
  const claims = {
    IdentificationCode: randomBytes(16).toString('base64'),
    BCAgentId: randomBytes(16).toString('base64'),
    exp: Math.floor(expiresAt / 1000),
    iss: 'EkoSandbox',
    aud: 'Partners',
  }
  const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${unsigned}.${createHmac('sha256', SIGNING_KEY).update(unsigned).digest('base64url')}`
}

/** A new session; the sender's older token dies with it. */
export function newSession(sender: Sender, expiresAt: number, walletId: 'empty' | 'value'): WalletSession {
  const held = sender.wallet?.walletId
  const id = walletId === 'empty' ? '' : held || `wlt_${sender.mobile.slice(-7)}`
  return { token: walletToken(expiresAt), walletId: id, expiresAt, emptyAccepted: false }
}

/** Whether what was presented opens the Aadhaar and PAN steps. */
export function opensWallet(session: WalletSession | null, token: string, walletId: string, now: number): boolean {
  if (!session) return false
  if (token === '') return session.emptyAccepted
  return token === session.token && walletId === session.walletId && session.expiresAt > now
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
