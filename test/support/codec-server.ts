import { randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import type { Payload } from '@temporalio/common'
import { createAccessLog, startCodecServer } from '../../secrets/codec-server/index.js'
import type { CodecServerOptions, RunningCodecServer } from '../../secrets/codec-server/index.js'
import { type CodecKeyRing, createPayloadCodec, generateCodecKey } from '../../secrets/index.js'

export const TOKEN = 'test-only-token-of-more-than-32-characters'
export const ORIGIN = 'http://127.0.0.1:8233'

/** A codec server of a test, and what it has logged. */
export interface TestCodecServer extends RunningCodecServer {
  readonly ring: CodecKeyRing
  /** The log's text so far. */
  logged(): string
  entries(): Record<string, unknown>[]
  /** Sends a request; JSON with the token unless said otherwise. */
  send(path: string, options?: { headers?: Record<string, string>; method?: string; body?: string }): Promise<Answer>
}

export interface Answer {
  readonly http: number
  readonly headers: Headers
  readonly text: string
  /** The code of a refusal. */
  readonly code: string | undefined
}

export async function startTestCodecServer(options: Partial<CodecServerOptions> = {}): Promise<TestCodecServer> {
  const ring = options.keys ?? { keys: [generateCodecKey(randomBytes(32))] }
  let text = ''
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  const log = createAccessLog(sink)
  const server = await startCodecServer({ access: { token: TOKEN }, origins: [ORIGIN], log, ...options, keys: ring })
  return {
    ...server,
    ring,
    logged: () => text,
    entries: () =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async send(path, { headers, method = 'POST', body } = {}) {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: headers ?? { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
        ...(method === 'POST' && { body: body ?? bodyOf([]) }),
      })
      const answer = await response.text()
      const { code } = (answer.startsWith('{') ? JSON.parse(answer) : {}) as { code?: string }
      return { http: response.status, headers: response.headers, text: answer, code }
    },
  }
}

/** Payloads as the protocol's body. */
export function bodyOf(payloads: readonly Payload[]): string {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  return JSON.stringify({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
      data: base64(data ?? new Uint8Array()),
    })),
  })
}

/** The payloads of an answer. */
export function payloadsIn(text: string): Payload[] {
  const { payloads } = JSON.parse(text) as { payloads: { metadata: Record<string, string>; data: string }[] }
  return payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
    data: Buffer.from(data, 'base64'),
  }))
}

export function payloadOf(data: unknown, encoding = 'json/plain'): Payload {
  const bytes = data instanceof Uint8Array ? data : Buffer.from(JSON.stringify(data))
  return { metadata: { encoding: Buffer.from(encoding) }, data: bytes }
}

export function textOf({ data }: Payload): string {
  return Buffer.from(data ?? []).toString('utf8')
}

export async function encryptedIn(ring: CodecKeyRing, ...payloads: Payload[]): Promise<Payload[]> {
  return createPayloadCodec(ring).encode(payloads)
}
