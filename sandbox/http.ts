import type { IncomingMessage, ServerResponse } from 'node:http'

/** Path and query of a request; whatever cannot be read as a path counts as the root. */
export function requestUrl(request: IncomingMessage): URL {
  const path = request.url?.startsWith('/') === true ? request.url : '/'
  return URL.canParse(`http://sandbox${path}`) ? new URL(`http://sandbox${path}`) : new URL('http://sandbox/')
}

export type BodyRead = { kind: 'read'; text: string } | { kind: 'tooLarge' } | { kind: 'aborted' }

/** Reads a request's body up to a limit; a body above it is left unread. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<BodyRead> {
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limitBytes) {
        request.pause()
        resolve({ kind: 'tooLarge' })
      } else {
        chunks.push(chunk)
      }
    })
    request.on('end', () => resolve({ kind: 'read', text: Buffer.concat(chunks).toString('utf8') }))
    request.on('error', () => resolve({ kind: 'aborted' }))
    request.on('close', () => resolve({ kind: 'aborted' }))
  })
}

export type Json = { ok: true; value: unknown } | { ok: false; reason: string }

/** Parses JSON without throwing. */
export function parseJson(text: string): Json {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Whether a parsed value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a request says that its body is JSON. */
export function saysJson(request: IncomingMessage): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')
}

/** Ends a response with a JSON body. */
export function sendJson(response: ServerResponse, http: number, value: unknown): void {
  response.writeHead(http, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(value, null, 2)}\n`)
}
