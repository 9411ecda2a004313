import { createHmac } from 'node:crypto'

/**
 * Eko's `secret-key` header for one request: `base64(HMAC-SHA256(timestamp, key = base64(access_key)))`.
 * The HMAC's key is the base64 text itself, not what it decodes to (Eko, "How authentication works").
 *
 * @param accessKey the tenant's access key, as Eko issued it
 * @param timestamp what `secret-key-timestamp` carries: milliseconds since the epoch, as text
 * @returns 44 characters of padded standard base64
 */
export function sign(accessKey: string, timestamp: string): string {
  const key = Buffer.from(accessKey, 'utf8').toString('base64')
  return createHmac('sha256', key).update(timestamp).digest('base64')
}
