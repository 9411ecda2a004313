import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Developer } from './developers.js'

/** Eko's codes for refused authentication (error codes page, 2026). */
export const AuthFailure = {
  unknownKey: 2483,
  wrongSignature: 2484,
  expired: 2485,
  malformedTimestamp: 2486,
  missingHeaders: 2487,
} as const
export type AuthFailure = (typeof AuthFailure)[keyof typeof AuthFailure]

/** Largest difference between the timestamp and the platform's clock, ms (Eko's error 2485). */
export const TIMESTAMP_TOLERANCE_MS = 2 * 60_000

/**
 * Eko's request signature: base64(HMAC-SHA256(timestamp, key)) where the key is the base64 *text* of the access key.
 * @param timestamp the exact string sent as `secret-key-timestamp`
 */
export function expectedSecretKey(accessKey: string, timestamp: string): string {
  const key = Buffer.from(accessKey, 'utf8').toString('base64')
  return createHmac('sha256', key).update(timestamp, 'utf8').digest('base64')
}

export type SignatureCheck = { ok: true; developer: Developer } | { ok: false; failure: AuthFailure }

/** Checks signatures and remembers the timestamps that each developer has used. */
export class SignatureGate {
  readonly #developers: Map<string, Developer>
  readonly #used = new Map<string, Set<number>>()

  constructor(developers: readonly Developer[]) {
    this.#developers = new Map(developers.map((developer) => [developer.developerKey, developer]))
  }

  /**
   * Judges the security headers of one request. A timestamp counts as used only once its signature was right.
   * @param platformNow the platform's clock, ms
   */
  check(headers: IncomingHttpHeaders, platformNow: number): SignatureCheck {
    const developerKey = single(headers['developer_key'])
    const secretKey = single(headers['secret-key'])
    const timestamp = single(headers['secret-key-timestamp'])
    if (!developerKey || !secretKey || !timestamp) return refused(AuthFailure.missingHeaders)
    if (!/^\d{13}$/.test(timestamp)) return refused(AuthFailure.malformedTimestamp)
    const sentAt = Number(timestamp)
    if (Math.abs(platformNow - sentAt) > TIMESTAMP_TOLERANCE_MS) return refused(AuthFailure.expired)
    const developer = this.#developers.get(developerKey)
    if (!developer) return refused(AuthFailure.unknownKey)
    if (!sameText(secretKey, expectedSecretKey(developer.accessKey, timestamp))) {
      return refused(AuthFailure.wrongSignature)
    }
    return this.#firstUse(developerKey, sentAt, platformNow) ? { ok: true, developer } : refused(AuthFailure.expired)
  }

  #firstUse(developerKey: string, sentAt: number, platformNow: number): boolean {
    const used = this.#used.get(developerKey) ?? new Set<number>()
    this.#used.set(developerKey, used)
    if (used.has(sentAt)) return false
    used.add(sentAt)
    // Outside twice the window a timestamp is refused by age, however the clock is moved a little.
    if (used.size > 10_000) {
      for (const old of used) if (Math.abs(platformNow - old) > 2 * TIMESTAMP_TOLERANCE_MS) used.delete(old)
    }
    return true
  }
}

function refused(failure: AuthFailure): SignatureCheck {
  return { ok: false, failure }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? undefined : value
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a, 'utf8')
  const right = Buffer.from(b, 'utf8')
  return left.length === right.length && timingSafeEqual(left, right)
}
