import { afterEach, describe, expect, it } from '@jest/globals'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as net from 'node:net'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { MAX_RESPONSE_BYTES } from '../../activities/eko/http.js'
import { createEkoClient, type EkoAnswer, type EkoOperation } from '../../activities/eko/index.js'
import { bodyOf, credentials, type Handler, OTP_SENT, request, SECRETS, serve } from './helpers.js'

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function client(timeoutMs = 5_000) {
  const made = createEkoClient({ timeoutMs })
  cleanUps.push(() => made.close())
  return made
}

/** The outcome of one call to a server that behaves so. */
async function callTo(
  handler: Handler,
  operation: EkoOperation = 'generateSenderOtp',
  timeoutMs?: number,
): Promise<EkoAnswer> {
  const server = await serve(handler)
  cleanUps.push(() => server.close())
  return client(timeoutMs).call(credentials(server.url), request('digikhata', operation))
}

/** A raw TCP server, for what no HTTP server does. */
async function serveRaw(handler: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    handler(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUps.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return (server.address() as net.AddressInfo).port
}

const callPort = (port: number, timeoutMs?: number, scheme = 'http') =>
  client(timeoutMs).call(credentials(`${scheme}://127.0.0.1:${port}`), request('digikhata', 'generateSenderOtp'))

const json = (response: ServerResponse, value: unknown, http = 200, headers: Record<string, string> = {}): void => {
  response.writeHead(http, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}
const UNKNOWN = { class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME' }
const NOT_SENT = { class: 'NOT_SENT', answer: 'NOT_SENT', facts: { httpStatus: null } }

describe('Nothing was sent', () => {
  it('where the connection is refused', async () => {
    const server = await serve(() => undefined)
    await server.close()
    expect(await callPort(server.port)).toMatchObject({ ...NOT_SENT, reason: 'ECONNREFUSED' })
  })

  it('where TLS fails', async () => {
    const port = await serveRaw((socket) => socket.end('this is no TLS\r\n'))
    expect(await callPort(port, 5_000, 'https')).toMatchObject(NOT_SENT)
  })

  it('where TLS never begins', async () => {
    const port = await serveRaw(() => undefined)
    expect(await callPort(port, 300, 'https')).toMatchObject({ ...NOT_SENT, reason: 'ETIMEDOUT' })
  })
})

describe('The outcome is unknown', () => {
  it('where the connection is reset before an answer', async () => {
    expect(await callTo((incoming) => incoming.socket.resetAndDestroy())).toMatchObject({
      ...UNKNOWN,
      reason: 'ECONNRESET',
      facts: { httpStatus: null },
    })
  })

  it('where the connection is closed as soon as it is open', async () => {
    const port = await serveRaw((socket) => socket.destroy())
    expect(await callPort(port)).toMatchObject(UNKNOWN)
  })

  it('where the server executed the call and dropped the connection', async () => {
    let executed = 0
    const answer = await callTo(async (incoming) => {
      await bodyOf(incoming)
      executed += 1
      incoming.socket.destroy()
    })
    expect([executed, answer.class]).toEqual([1, 'UNKNOWN_OUTCOME'])
  })

  it('where the answer breaks off', async () => {
    const answer = await callTo((_, response) => {
      response.writeHead(200, { 'content-length': '500' })
      response.write('{"status":0,', () => response.destroy())
    })
    expect(answer).toMatchObject({ ...UNKNOWN, facts: { httpStatus: 200 } })
  })

  it('where a complete JSON is followed by a broken connection', async () => {
    const answer = await callTo((_, response) => {
      response.writeHead(200)
      response.write(JSON.stringify(OTP_SENT), () => response.destroy())
    })
    expect(answer).toMatchObject(UNKNOWN)
  })

  it('where no answer begins in time', async () => {
    expect(await callTo(() => undefined, 'generateSenderOtp', 300)).toMatchObject({ ...UNKNOWN, reason: 'ETIMEDOUT' })
  })

  it('where the answer does not end in time', async () => {
    const slow: Handler = (_, response) => void response.writeHead(200).write('{"status":0,')
    expect(await callTo(slow, 'generateSenderOtp', 300)).toMatchObject({ ...UNKNOWN, facts: { httpStatus: 200 } })
  })

  it.each([
    ['plain', (response: ServerResponse) => response.end(' '.repeat(MAX_RESPONSE_BYTES + 1))],
    [
      'compressed',
      (response: ServerResponse) =>
        response.setHeader('content-encoding', 'gzip').end(gzipSync(' '.repeat(MAX_RESPONSE_BYTES + 1))),
    ],
  ])('where the answer is too large, %s', async (_, answer) => {
    const outcome = await callTo((_request, response) => void answer(response))
    expect(outcome).toMatchObject({ ...UNKNOWN, reason: 'RESPONSE_TOO_LARGE' })
  })

  it.each([
    ['a page of HTML', 200, '<html><body>Welcome</body></html>'],
    ['an empty body', 200, ''],
    ['204', 204, ''],
    ["a proxy's 502", 502, '<html><body>Bad Gateway</body></html>'],
    ['503 with a success in it', 503, JSON.stringify(OTP_SENT)],
    ['400 in HTML', 400, '<html></html>'],
  ])('where the answer is %s', async (_, http, body) => {
    const answer = await callTo((_request, response) => void response.writeHead(http).end(body))
    expect(answer).toMatchObject({ ...UNKNOWN, facts: { httpStatus: http } })
  })

  it.each([301, 302, 303, 307, 308])('where the answer is a redirect (%i), which is not followed', async (http) => {
    let elsewhere = 0
    const other = await serve((_, response) => {
      elsewhere += 1
      json(response, OTP_SENT)
    })
    cleanUps.push(() => other.close())
    const answer = await callTo((_, response) => void response.writeHead(http, { location: other.url }).end())
    expect([answer.class, elsewhere]).toEqual(['UNKNOWN_OUTCOME', 0])
  })

  it('where a call that is not a repeatable read is answered 429', async () => {
    for (const operation of ['generateSenderOtp', 'getSender', 'validatePan'] as const) {
      expect(await callTo((_, response) => json(response, {}, 429), operation)).toMatchObject(UNKNOWN)
    }
  })
})

describe('A call never goes out twice', () => {
  it.each([
    ['5xx', (_: IncomingMessage, response: ServerResponse) => json(response, {}, 503, { 'retry-after': '0' })],
    ['429', (_: IncomingMessage, response: ServerResponse) => json(response, {}, 429, { 'retry-after': '0' })],
    ['a reset', (incoming: IncomingMessage) => incoming.socket.resetAndDestroy()],
  ])('after %s', async (_, behaviour) => {
    let calls = 0
    for (const operation of ['generateSenderOtp', 'consentLanguages'] as const) {
      await callTo((incoming, response) => {
        calls += 1
        behaviour(incoming, response)
      }, operation)
    }
    expect(calls).toBe(2)
  })
})

describe('Retry-After', () => {
  const seconds = (retryAfter: string) => (_: IncomingMessage, response: ServerResponse) =>
    json(response, { status: 429 }, 429, { 'retry-after': retryAfter })

  it('in seconds is told, and a consent read is merely busy', async () => {
    expect(await callTo(seconds('7'), 'consentLanguages')).toMatchObject({
      class: 'BUSY',
      answer: 'BUSY',
      retryAfterMs: 7_000,
    })
  })

  it('as a date is told', async () => {
    const answer = await callTo(seconds(new Date(Date.now() + 60_000).toUTCString()), 'consentDetails')
    expect(answer.retryAfterMs).toBeGreaterThan(30_000)
    expect(answer.retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  it.each([
    ['999999', 3_600_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
  ])('%s is bounded: %s', async (text, ms) => {
    expect((await callTo(seconds(text), 'consentDetails')).retryAfterMs).toBe(ms)
  })
})

describe('What came back is read by its body', () => {
  it.each(['text/plain', 'text/html; charset=ISO-8859-1', 'application/octet-stream'])(
    'a JSON answer under content type %s counts',
    async (type) => {
      const answer = await callTo((_, response) => json(response, OTP_SENT, 200, { 'content-type': type }))
      expect(answer).toMatchObject({ class: 'OK', answer: 'OTP_SENT', otpRefId: 'opaque-reference' })
    },
  )

  it('a compressed answer is read', async () => {
    const answer = await callTo((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(OTP_SENT)))
    })
    expect(answer.answer).toBe('OTP_SENT')
  })

  it('a JSON that no row knows is unrecognised, and told by its key names only', async () => {
    const unknown = { status: 0, response_type_id: 9999, data: { otp_ref_id: SECRETS.otpRefId, [SECRETS.mobile]: 1 } }
    const answer = await callTo((_, response) => json(response, unknown))
    expect(answer).toMatchObject({
      class: 'UNRECOGNISED_ANSWER',
      facts: { status: 0, responseTypeId: 9999, shape: '{status,response_type_id,data{otp_ref_id,?}}' },
    })
    expect(answer.otpRefId).toBeUndefined()
  })
})

describe('Connections', () => {
  it('reads share one, every other call has its own', async () => {
    const ports: (number | undefined)[] = []
    const server = await serve((incoming, response) => {
      ports.push(incoming.socket.remotePort)
      json(response, { status: 1 })
    })
    cleanUps.push(() => server.close())
    const eko = client()
    const call = (operation: EkoOperation) => eko.call(credentials(server.url), request('digikhata', operation))
    for (const operation of ['consentLanguages', 'consentDetails', 'consentLanguages'] as const) await call(operation)
    expect(new Set(ports.splice(0)).size).toBe(1)
    for (const operation of ['generateSenderOtp', 'getSender', 'validatePan'] as const) await call(operation)
    expect(new Set(ports).size).toBe(3)
  })

  it('an idle one is given up by us, not by the server', async () => {
    let closed: Promise<unknown> | undefined
    const server = await serve((incoming, response) => {
      closed ??= once(incoming.socket, 'close')
      json(response, { status: 1 })
    })
    cleanUps.push(() => server.close())
    await client().call(credentials(server.url), request('digikhata', 'consentLanguages'))
    await closed
    expect(closed).toBeDefined()
  })

  it('one with a slow answer is not taken for idle', async () => {
    const server = await serve((_, response) => void setTimeout(() => json(response, { status: 1 }), 3_600))
    cleanUps.push(() => server.close())
    const answer = await client(20_000).call(credentials(server.url), request('digikhata', 'consentLanguages'))
    expect(answer.class).toBe('UNRECOGNISED_ANSWER')
  })
})
