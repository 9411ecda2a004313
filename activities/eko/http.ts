import * as httpModule from 'node:http'
import * as https from 'node:https'
import type { Socket } from 'node:net'
import got, { type Agents } from 'got'
import { proxyAgents } from './proxy-agent.js'

/** Largest answer that is read, in bytes after decompression. Eko's largest documented one has about 5 KB. */
export const MAX_RESPONSE_BYTES = 1_048_576
/** How long a pooled connection may lie idle, in ms: shorter than servers keep theirs, so a stale one is rarely used. */
export const FREE_SOCKET_MS = 3_000
/** Most that each phase of opening a connection may take, in ms; never more than the whole attempt. */
const PHASE_MS = { lookup: 5_000, connect: 5_000, secureConnect: 5_000, send: 10_000 } as const

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** The whole attempt, from name lookup to the last byte of the answer, in ms. */
  readonly timeoutMs: number
  /** Whether a pooled connection may be used: only for reads that are safe to repeat. */
  readonly pooled: boolean
}

/** The headers of an answer that mean something to us. */
export interface AnswerHeaders {
  readonly date?: string
  readonly age?: string
  readonly retryAfter?: string
}

/** What became of an HTTP attempt, as a plain value without anything of the request in it. */
export type HttpResult =
  /** Not a byte of the request was handed to a connection. */
  | { readonly kind: 'NOT_SENT'; readonly reason: string }
  /** The request was at least partly on its way, and no answer began. */
  | { readonly kind: 'NO_ANSWER'; readonly reason: string }
  /** An answer began; `body` is null where it did not come completely, and `reason` says why. */
  | {
      readonly kind: 'ANSWER'
      readonly httpStatus: number
      readonly headers: AnswerHeaders
      /** When the headers came, by the given clock. */
      readonly headAt: number
      readonly body: string | null
      readonly reason?: string
    }

export interface Http {
  send(request: HttpRequest): Promise<HttpResult>
  close(): void
}

/**
 * Sends each request exactly once: no retries, no redirects. Never rejects; an error of the HTTP library holds the
 * request's body and headers, so none leaves this file.
 *
 * @param now the local clock, in ms since the epoch
 * @param proxyUrl `http(s)://[user:password@]host[:port]` of a proxy that grants CONNECT
 */
export function createHttp(now: () => number, proxyUrl?: string): Http {
  const pooled = agents({ keepAlive: true, timeout: FREE_SOCKET_MS, maxFreeSockets: 8 }, proxyUrl)
  const oneShot = agents({ keepAlive: false }, proxyUrl)
  return {
    send: (request) => attempt(request, request.pooled ? pooled : oneShot, now),
    close() {
      for (const agent of [pooled.http, pooled.https, oneShot.http, oneShot.https]) agent.destroy()
    },
  }
}

function agents(options: httpModule.AgentOptions, proxyUrl: string | undefined) {
  if (proxyUrl !== undefined) return proxyAgents(proxyUrl, options)
  return { http: new httpModule.Agent(options), https: new https.Agent(options) }
}

function attempt(request: HttpRequest, agent: Agents, now: () => number): Promise<HttpResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    let handed = false
    let head: { httpStatus: number; headers: AnswerHeaders; headAt: number } | undefined

    const failed = (reason: string): void => {
      if (head) return resolve({ kind: 'ANSWER', ...head, body: null, reason })
      resolve({ kind: handed ? 'NO_ANSWER' : 'NOT_SENT', reason })
    }
    const stream = got.stream(request.url, {
      method: request.method,
      headers: { ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      agent,
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      timeout: phases(request.timeoutMs),
    })
    stream.once('request', (outgoing: httpModule.ClientRequest) => onHanded(outgoing, () => (handed = true)))
    stream.once('response', (response: httpModule.IncomingMessage) => {
      head = { httpStatus: response.statusCode ?? 0, headers: pick(response.headers), headAt: now() }
    })
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_RESPONSE_BYTES) return void chunks.push(chunk)
      failed('RESPONSE_TOO_LARGE')
      stream.destroy()
    })
    stream.once('end', () => {
      if (head) resolve({ kind: 'ANSWER', ...head, body: Buffer.concat(chunks).toString('utf8') })
      else failed('NO_RESPONSE')
    })
    stream.on('error', (error: unknown) => failed(reasonOf(error)))
    stream.once('close', () => failed('CLOSED')) // a no-op after any of the above
  })
}

/** Calls back once the connection is open: from then on the waiting bytes of the request are on their way. */
function onHanded(outgoing: httpModule.ClientRequest, handed: () => void): void {
  outgoing.once('socket', (socket: Socket & { readonly encrypted?: boolean; readonly secureConnecting?: boolean }) => {
    if (!socket.connecting && socket.secureConnecting !== true) handed()
    else socket.once(socket.encrypted === true ? 'secureConnect' : 'connect', handed)
  })
}

function phases(timeoutMs: number) {
  const capped = Object.entries(PHASE_MS).map(([phase, ms]) => [phase, Math.min(ms, timeoutMs)])
  return { ...(Object.fromEntries(capped) as Record<keyof typeof PHASE_MS, number>), request: timeoutMs }
}

function pick(headers: httpModule.IncomingHttpHeaders): AnswerHeaders {
  const { date, age, 'retry-after': retryAfter } = headers
  return {
    ...(date === undefined ? {} : { date }),
    ...(age === undefined ? {} : { age }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }
}

/** The error's code, e.g. `ECONNREFUSED`; nothing else of it, since its message may hold the URL. */
function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,59}$/.test(code) ? code : 'TRANSPORT_ERROR'
}
