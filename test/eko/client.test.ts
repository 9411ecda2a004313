import { afterEach, describe, expect, it } from '@jest/globals'
import type { IncomingMessage } from 'node:http'
import * as http from 'node:http'
import { once } from 'node:events'
import * as net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { type AttemptLog, createEkoClient, type EkoClientOptions } from '../../activities/eko/index.js'
import { sign } from '../../activities/eko/signature.js'
import { allTables, bodyOf, credentials, OTP_SENT, request, SECRETS, serve } from './helpers.js'

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function client(options: EkoClientOptions = {}) {
  const logs: AttemptLog[] = []
  const eko = createEkoClient({ timeoutMs: 5_000, onAttempt: (log) => logs.push(log), ...options })
  cleanUps.push(() => eko.close())
  return { eko, logs }
}

async function server(answer: (incoming: IncomingMessage) => { http?: number; body: unknown; offsetMs?: number }) {
  const timestamps: string[] = []
  const running = await serve((incoming, response) => {
    timestamps.push(String(incoming.headers['secret-key-timestamp']))
    const { http: status = 200, body, offsetMs = 0 } = answer(incoming)
    response.setHeader('date', new Date(Date.now() + offsetMs).toUTCString())
    response.writeHead(status).end(JSON.stringify(body))
  })
  cleanUps.push(() => running.close())
  return { ...running, timestamps }
}

const EXPIRED = { message: 'Expired security headers', status: 2485, response_type_id: 2485, response_status_id: 1 }
const anOtp = request('digikhata', 'generateSenderOtp')

/** A server whose clock is off by so much, and which checks timestamps by it as Eko does. */
const skewed = (offset: { ms: number }, http = 401) =>
  server((incoming) => {
    const age = Date.now() + offset.ms - Number(incoming.headers['secret-key-timestamp'])
    return Math.abs(age) > 120_000
      ? { http, body: EXPIRED, offsetMs: offset.ms }
      : { body: OTP_SENT, offsetMs: offset.ms }
  })

describe('Headers', () => {
  it('carry the key, a signature of the timestamp that is sent, and the content type, on GET and POST', async () => {
    const seen: http.IncomingHttpHeaders[] = []
    const eko = await server((incoming) => {
      seen.push(incoming.headers)
      return { body: OTP_SENT }
    })
    const access = credentials(eko.url)
    await client().eko.call(access, anOtp)
    await client().eko.call(access, request('digikhata', 'getSender'))
    for (const headers of seen) {
      const timestamp = String(headers['secret-key-timestamp'])
      expect(timestamp).toMatch(/^\d{13}$/)
      expect(headers).toMatchObject({
        developer_key: access.developerKey,
        'secret-key': sign(access.accessKey, timestamp),
        'content-type': 'application/json',
      })
    }
  })

  it('a GET has its parameters in the query and no body, a POST has them in the body alone', async () => {
    const seen: [string | undefined, string][] = []
    const running = await serve(async (incoming, response) => {
      seen.push([incoming.url, await bodyOf(incoming)])
      response.end(JSON.stringify(OTP_SENT))
    })
    cleanUps.push(() => running.close())
    await client().eko.call(credentials(running.url), request('digikhata', 'consentDetails'))
    await client().eko.call(credentials(running.url), request('levin', 'verifySenderOtp'))
    const common = 'initiator_id=9962981729&user_code=20810200&client_ref_id=J1a1'
    const sender = '/customer/payment/ppi-digikhata/sender/6000000123'
    expect(seen[0]).toEqual([`${sender}/aadhaar/consent/details?${common}&org_id=1&consent_language=1`, ''])
    expect(seen[1]?.[0]).toBe('/customer/payment/ppi-levin/sender/6000000123/otp/verify')
    expect(JSON.parse(seen[1]?.[1] ?? '')).toEqual({
      initiator_id: '9962981729',
      user_code: '20810200',
      client_ref_id: 'J1a1',
      otp: '047216',
      otp_ref_id: SECRETS.otpRefId,
      intent_id: '19',
    })
  })
})

describe("A clock that differs from Eko's", () => {
  it.each([
    [180_000, 401],
    [-180_000, 401],
    [180_000, 403],
  ])('by %i ms is learned from the refusal (HTTP %i), and the call signed afresh', async (ms, http) => {
    const eko = await skewed({ ms }, http)
    const { eko: caller, logs } = client()
    const access = credentials(eko.url)
    expect(await caller.call(access, anOtp)).toMatchObject({ class: 'OK', answer: 'OTP_SENT' })
    expect(logs.map((log) => log.class)).toEqual(['REJECTED_BEFORE_EXECUTION', 'OK'])
    expect(Math.abs(caller.clockOffsetMs(access.developerKey) - ms)).toBeLessThan(2_000)
    expect(caller.clockOffsetMs('another')).toBe(0)
    expect(new Set(eko.timestamps).size).toBe(2)

    await caller.call(access, anOtp)
    expect(logs).toHaveLength(3)
  })

  it('heals when the clocks agree again', async () => {
    const offset = { ms: 180_000 }
    const eko = await skewed(offset)
    const { eko: caller } = client()
    const access = credentials(eko.url)
    await caller.call(access, anOtp)
    offset.ms = 0
    expect((await caller.call(access, anOtp)).class).toBe('OK')
    expect(caller.clockOffsetMs(access.developerKey)).toBe(0)
  })

  it('by less than a second is none', async () => {
    const { eko: caller } = client()
    const eko = await server(() => ({ body: OTP_SENT, offsetMs: 300 }))
    await caller.call(credentials(eko.url), anOtp)
    expect(caller.clockOffsetMs(credentials().developerKey)).toBe(0)
  })
})

describe('2485 without a skew', () => {
  it('is signed afresh until it passes', async () => {
    let refusals = 2
    const eko = await server(() => (refusals-- > 0 ? { http: 401, body: EXPIRED } : { body: OTP_SENT }))
    const { eko: caller, logs } = client()
    expect((await caller.call(credentials(eko.url), anOtp)).answer).toBe('OTP_SENT')
    expect(logs).toHaveLength(3)
    const sent = eko.timestamps.map(Number)
    expect(sent).toEqual([...new Set(sent)].sort((a, b) => a - b))
  })

  it('is given up after three fresh signatures', async () => {
    const eko = await server(() => ({ http: 401, body: EXPIRED }))
    const answer = await client().eko.call(credentials(eko.url), anOtp)
    expect(answer).toMatchObject({
      class: 'REJECTED_BEFORE_EXECUTION',
      answer: 'CONFIGURATION',
      facts: { status: 2485 },
    })
    expect(eko.timestamps).toHaveLength(4)
  })

  it('is the only refusal that is signed afresh', async () => {
    for (const status of [2483, 2484, 2486, 2487]) {
      const eko = await server(() => ({ http: 401, body: { ...EXPIRED, status, response_type_id: status } }))
      await client().eko.call(credentials(eko.url), anOtp)
      expect(eko.timestamps).toHaveLength(1)
    }
  })
})

describe('beforeSend', () => {
  it('is awaited before every HTTP attempt, a freshly signed one among them', async () => {
    const order: string[] = []
    let refusals = 1
    const eko = await server(() => {
      order.push('received')
      return refusals-- > 0 ? { http: 401, body: EXPIRED } : { body: OTP_SENT }
    })
    const beforeSend = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      order.push('allowed')
    }
    await client().eko.call(credentials(eko.url), anOtp, { beforeSend })
    expect(order).toEqual(['allowed', 'received', 'allowed', 'received'])
  })

  it('stops the call where it rejects, and its rejection passes through', async () => {
    const eko = await server(() => ({ body: OTP_SENT }))
    const refusal = new Error('stale attempt')
    const call = client().eko.call(credentials(eko.url), anOtp, { beforeSend: () => Promise.reject(refusal) })
    await expect(call).rejects.toBe(refusal)
    expect(eko.timestamps).toHaveLength(0)
  })

  it('stops the second attempt too', async () => {
    const eko = await server(() => ({ http: 401, body: EXPIRED }))
    let asked = 0
    const beforeSend = () => ((asked += 1) === 1 ? Promise.resolve() : Promise.reject(new Error('stale attempt')))
    await expect(client().eko.call(credentials(eko.url), anOtp, { beforeSend })).rejects.toThrow('stale attempt')
    expect(eko.timestamps).toHaveLength(1)
  })

  it('takes from the time of the call: nothing is sent after it', async () => {
    const eko = await server(() => ({ body: OTP_SENT }))
    const { eko: caller } = client({ timeoutMs: 20 })
    const beforeSend = () => new Promise<void>((resolve) => setTimeout(resolve, 60))
    expect(await caller.call(credentials(eko.url), anOtp, { beforeSend })).toMatchObject({ class: 'NOT_SENT' })
    expect(eko.timestamps).toHaveLength(0)
  })
})

describe("A call's own time", () => {
  const YEAR_MS = 31_536_000_000
  const silent = async () => {
    let received = 0
    const running = await serve(() => (received += 1))
    cleanUps.push(() => running.close())
    return { url: running.url, received: () => received }
  }

  it.each([
    ["the call's", { client: 600_000, call: 1_000 }],
    ["the client's", { client: 1_000, call: YEAR_MS }],
    ["the client's, where the call has none", { client: 1_000 }],
  ])('ends at the smaller bound: %s', async (_, { client: timeoutMs, call }: { client: number; call?: number }) => {
    const eko = await silent()
    const hooks = call === undefined ? {} : { timeoutMs: call }
    const answer = await client({ timeoutMs }).eko.call(credentials(eko.url), anOtp, hooks)
    expect(answer).toMatchObject({ class: 'UNKNOWN_OUTCOME', reason: 'ETIMEDOUT' })
    expect(eko.received()).toBe(1)
  })

  it.each([0, -5_000, Number.NaN])('sends nothing where %p ms are left', async (timeoutMs) => {
    const eko = await silent()
    const answer = await client().eko.call(credentials(eko.url), anOtp, { timeoutMs })
    expect(answer).toMatchObject({ class: 'NOT_SENT', reason: 'TIME_IS_UP' })
    expect(eko.received()).toBe(0)
  })

  it('is one for all its attempts: what is signed afresh gets the rest', async () => {
    const eko = await server(() => ({ http: 401, body: EXPIRED }))
    let asked = 0
    const beforeSend = () => ((asked += 1) === 1 ? Promise.resolve() : sleep(1_600))
    const answer = await client().eko.call(credentials(eko.url), anOtp, { beforeSend, timeoutMs: 1_500 })
    expect(answer).toMatchObject({ class: 'NOT_SENT', reason: 'TIME_IS_UP' })
    expect(eko.timestamps).toHaveLength(1)
  })

  it('is its own: the next call has the whole time of the client again', async () => {
    const eko = await server(() => ({ body: OTP_SENT }))
    const { eko: caller } = client()
    await caller.call(credentials(eko.url), anOtp, { timeoutMs: 0 })
    expect(await caller.call(credentials(eko.url), anOtp)).toMatchObject({ answer: 'OTP_SENT' })
  })
})

describe('What may be logged', () => {
  const texts = [
    ...Object.values(SECRETS),
    'Sample',
    '1990-05-15',
    'Sampletown',
    'key-for-tests',
    'wallet-id-1',
    'Basic',
  ]

  it('names the operation, the address without the number, ids, class and time, and nothing else', async () => {
    const eko = await server(() => ({ body: OTP_SENT }))
    const { eko: caller, logs } = client()
    await caller.call(credentials(eko.url), anOtp)
    expect(logs).toEqual([
      {
        operation: 'generateSenderOtp',
        rail: 'digikhata',
        method: 'POST',
        urlTemplate: '/customer/payment/ppi-digikhata/sender/{customer_id}/otp',
        clientRefId: 'J1a1',
        httpStatus: 200,
        status: 0,
        responseTypeId: 2129,
        responseStatusId: 0,
        class: 'OK',
        answer: 'OTP_SENT',
        durationMs: expect.any(Number),
        clockOffsetMs: 0,
      },
    ])
  })

  it.each([461, 9998])('holds no secret, though the server echoes all that was sent (status %i)', async (status) => {
    const running = await serve(async (incoming, response) => {
      const sent = `${await bodyOf(incoming)} ${decodeURIComponent(incoming.url ?? '')} ${JSON.stringify(incoming.headers)}`
      const echo = {
        status,
        response_type_id: 9999,
        response_status_id: 1,
        message: sent,
        [sent]: { [sent]: sent },
      }
      response.end(JSON.stringify({ ...echo, invalid_params: { otp: sent, [SECRETS.mobile]: sent } }))
    })
    cleanUps.push(() => running.close())
    for (const { rail, operation } of allTables()) {
      const { eko, logs } = client()
      const answer = await eko.call(credentials(running.url), request(rail, operation))
      const told = inspect({ logs, answer }, { depth: 9 })
      expect(texts.filter((text) => told.toLowerCase().includes(text.toLowerCase()))).toEqual([])
    }
  })

  it('holds no secret where the connection fails', async () => {
    const running = await serve((incoming) => incoming.socket.destroy())
    cleanUps.push(() => running.close())
    for (const url of [running.url, 'http://127.0.0.1:1', 'https://127.0.0.1:1']) {
      const { eko, logs } = client()
      const answer = await eko.call(credentials(url), request('levin', 'verifyAadhaarOtp'))
      const told = inspect({ logs, answer }, { depth: 9 })
      expect(texts.filter((text) => told.includes(text))).toEqual([])
    }
  })
})

describe('Settings that HTTP cannot carry', () => {
  it('send nothing and are not repeated in what is told', async () => {
    const { eko, logs } = client()
    const access = credentials('http://127.0.0.1:1', { developerKey: 'line one\nline two' })
    const answer = await eko.call(access, anOtp)
    expect(answer).toMatchObject({ class: 'NOT_SENT', reason: 'ERR_INVALID_CHAR' })
    expect(inspect({ answer, logs })).not.toContain('line one')
  })
})

describe('A proxy', () => {
  /** A proxy that grants CONNECT, or refuses it. */
  async function proxy(grant: boolean) {
    const asked: (string | undefined)[] = []
    const sockets: net.Socket[] = []
    const running = http.createServer().on('connect', (incoming: IncomingMessage, socket: net.Socket) => {
      asked.push(incoming.url, incoming.headers['proxy-authorization'])
      sockets.push(socket)
      socket.on('error', () => socket.destroy())
      if (!grant) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      const [host, port] = (incoming.url ?? '').split(':')
      const upstream = net.connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        upstream.pipe(socket).pipe(upstream)
      })
      sockets.push(upstream)
      upstream.on('error', () => socket.destroy())
    })
    running.listen(0, '127.0.0.1')
    await once(running, 'listening')
    cleanUps.push(async () => {
      for (const socket of sockets) socket.destroy()
      running.close()
      await once(running, 'close')
    })
    const { port } = running.address() as net.AddressInfo
    return { asked, port }
  }

  it('carries reads and other calls', async () => {
    const eko = await server(() => ({ body: OTP_SENT }))
    const { asked, port } = await proxy(true)
    const { eko: caller } = client({ proxyUrl: `http://user:word@127.0.0.1:${port}` })
    expect((await caller.call(credentials(eko.url), anOtp)).answer).toBe('OTP_SENT')
    expect((await caller.call(credentials(eko.url), request('digikhata', 'consentDetails'))).facts.httpStatus).toBe(200)
    const basic = `Basic ${Buffer.from('user:word').toString('base64')}`
    expect(asked).toEqual([`127.0.0.1:${eko.port}`, basic, `127.0.0.1:${eko.port}`, basic])
  })

  it('that refuses has sent nothing', async () => {
    const eko = await server(() => ({ body: OTP_SENT }))
    const { port } = await proxy(false)
    const { eko: caller } = client({ proxyUrl: `http://127.0.0.1:${port}` })
    expect(await caller.call(credentials(eko.url), anOtp)).toMatchObject({ class: 'NOT_SENT', reason: 'EPROXY' })
    expect(eko.timestamps).toHaveLength(0)
  })

  it('with an address that is none is refused at once, without repeating it', () => {
    const make = () => createEkoClient({ proxyUrl: 'user:word@127.0.0.1' })
    expect(make).toThrow('must be http(s)')
    expect(make).not.toThrow('word@127')
  })

  it('that is not there has sent nothing', async () => {
    const { eko: caller } = client({ proxyUrl: 'http://127.0.0.1:1' })
    expect(await caller.call(credentials('http://127.0.0.1:2'), anOtp)).toMatchObject({ class: 'NOT_SENT' })
  })
})
