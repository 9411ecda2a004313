import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, EkoBody } from './envelope.js'
import type { CallEntry } from './ledger.js'

/** Bytes on their way to the client. */
export interface Reply {
  http: number
  headers: Record<string, string>
  payload: string
  /** The envelope inside the payload, for the ledger. */
  body?: EkoBody
}

/** An answer as bytes; what Eko does not document about it is named in the header `x-sandbox-policy`. */
export function replyOf(answer: Answer, headers: Record<string, string> = {}): Reply {
  const policy = answer.policy === undefined ? {} : { 'x-sandbox-policy': answer.policy }
  const type = { 'content-type': 'application/json;charset=UTF-8' }
  const { http, body } = answer
  return { http, headers: { ...type, ...policy, ...headers }, payload: JSON.stringify(body), body }
}

const HTML_PAGE = `<html>
<head><title>Bad Gateway</title></head>
<body><center><h1>Bad Gateway</h1></center><hr><center>proxy</center></body>
</html>
`

/** What a proxy answers when it cannot reach the platform. */
export function htmlReply(http: number): Reply {
  return { http, headers: { 'content-type': 'text/html' }, payload: HTML_PAGE }
}

/** Writes replies of calls and keeps their ledger entries honest about it. */
export class Delivery {
  readonly #response: ServerResponse
  readonly #entry: CallEntry
  readonly #closing: AbortSignal

  constructor(response: ServerResponse, entry: CallEntry, closing: AbortSignal) {
    this.#response = response
    this.#entry = entry
    this.#closing = closing
  }

  /** Answers whole. */
  send(reply: Reply): void {
    this.#begin(reply)
    this.#finish(reply, reply.payload)
  }

  /** Writes half of the body, waits, and writes the rest. */
  async sendSlowly(reply: Reply, ms: number, over: AbortSignal): Promise<void> {
    const half = Math.floor(reply.payload.length / 2)
    this.#begin(reply)
    this.#response.write(reply.payload.slice(0, half))
    await this.wait(ms, over)
    this.#finish(reply, reply.payload.slice(half))
  }

  /** Writes half of the body and destroys the connection. */
  async sendHalf(reply: Reply): Promise<void> {
    this.#begin(reply)
    const half = reply.payload.slice(0, Math.floor(reply.payload.length / 2))
    await new Promise<void>((resolve) => this.#response.write(half, () => resolve()))
    this.drop()
  }

  /** Destroys the connection without an answer. */
  drop(): void {
    this.#response.socket?.destroy()
  }

  /** @param over ends the wait @throws AbortError when the sandbox closes meanwhile */
  async wait(ms: number, over: AbortSignal): Promise<void> {
    const waiting = sleep(ms, undefined, { signal: AbortSignal.any([this.#closing, over]) })
    await waiting.catch((error: unknown) => {
      if (this.#closing.aborted || !over.aborted) throw error
    })
  }

  #begin(reply: Reply): void {
    const length = reply.http === 204 ? {} : { 'content-length': String(Buffer.byteLength(reply.payload)) }
    this.#response.writeHead(reply.http, { ...reply.headers, ...length })
  }

  /** The entry is set before the client can read the end of the answer, and taken back if it never left. */
  #finish(reply: Reply, rest: string): void {
    const { status = null, response_type_id: responseTypeId = null } = reply.body ?? {}
    const responseStatusId = reply.body?.response_status_id ?? null
    const response = this.#response
    if (!response.destroyed && response.socket?.destroyed === false) {
      Object.assign(this.#entry, { answered: true, http: reply.http, status, responseTypeId, responseStatusId })
    }
    response.once('close', () => {
      if (!response.writableFinished) {
        Object.assign(this.#entry, {
          ...{ answered: false, http: null, status: null, responseTypeId: null, responseStatusId: null },
        })
      }
    })
    response.end(rest)
  }
}
