import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { publicSet } from './keys.js'
import type { KeySource } from './sealing.js'

/** How long a copy may be used, in seconds: below `LEAD_SECONDS`, so that a new key is known before it is sealed to. */
const MAX_AGE_SECONDS = 300

/**
 * Answers with the workers' public sealing keys, as a JWK set (RFC 7517 §8.5.2). To be mounted at a path of any HTTP
 * server of Node's; it reads nothing of the request but method and `If-None-Match`, and gives out public halves only,
 * whatever the source holds.
 *
 * @param failed hears what kept the keys from being read; the visitor gets a bare 503
 */
export function publicKeysHandler(
  source: KeySource,
  failed: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
      return
    }
    let body: string
    try {
      body = JSON.stringify({ keys: publicSet(await source()).keys })
    } catch (error) {
      failed(error)
      response.writeHead(503, { 'retry-after': '5', 'cache-control': 'no-store' }).end()
      return
    }
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`
    const headers = { etag, 'cache-control': `public, max-age=${MAX_AGE_SECONDS}`, 'x-content-type-options': 'nosniff' }
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers).end()
      return
    }
    response.writeHead(200, {
      ...headers,
      'content-type': 'application/jwk-set+json',
      'content-length': Buffer.byteLength(body),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}
