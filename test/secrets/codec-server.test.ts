import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from '@jest/globals'
import { createPayloadCodec, generateCodecKey, generateSealingKey, createSealer } from '../../secrets/index.js'
import { CODEC_SERVER_CODES, MASK } from '../../secrets/codec-server/index.js'
import {
  bodyOf,
  encryptedIn,
  ORIGIN,
  payloadOf,
  payloadsIn,
  startTestCodecServer,
  type TestCodecServer,
  textOf,
  TOKEN,
} from '../support/codec-server.js'

const CAPABILITY = 'an-unguessable-path-of-a-test-with-43-letters'
const JSON_HEADERS = { 'content-type': 'application/json' }
const WITH_TOKEN = { ...JSON_HEADERS, authorization: `Bearer ${TOKEN}` }
/** Made up, and so odd that it stands nowhere by chance. */
const CANARY = 'Quetzal Canarybird'

const servers: TestCodecServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})
async function start(options: Parameters<typeof startTestCodecServer>[0] = {}): Promise<TestCodecServer> {
  const server = await startTestCodecServer(options)
  servers.push(server)
  return server
}

describe('decoding and encoding', () => {
  it('a payload is decoded to what it was, byte by byte, and an order of many is kept', async () => {
    const server = await start()
    const plain = [payloadOf({ note: CANARY }), payloadOf(Buffer.from('{"a":  12345678901234567890}')), payloadOf([1])]
    const {
      http,
      text: answer,
      headers,
    } = await server.send('/decode', {
      body: bodyOf(await encryptedIn(server.ring, ...plain)),
    })
    expect(http).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(payloadsIn(answer)).toEqual(plain.map(({ metadata, data }) => ({ metadata, data: Buffer.from(data ?? []) })))
  })

  it('what is encoded is ciphertext that workers decode', async () => {
    const server = await start()
    const { text: answer } = await server.send('/encode', { body: bodyOf([payloadOf({ name: CANARY })]) })
    const encoded = payloadsIn(answer)
    expect(answer + Buffer.from(encoded[0]?.data ?? []).toString('latin1')).not.toContain(CANARY)
    expect(Buffer.from(encoded[0]?.metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted')
    const [decoded] = await createPayloadCodec(server.ring).decode(encoded)
    expect(textOf(decoded ?? {})).toBe(JSON.stringify({ name: CANARY }))
  })

  it('both alphabets of base64 are read, and a payload without data or metadata', async () => {
    const server = await start()
    const data = Buffer.from('{"a":"???>>>ÿÿ"}').toString('base64url')
    const metadata = { encoding: Buffer.from('json/plain').toString('base64url') }
    const { http, text: answer } = await server.send('/decode', {
      body: JSON.stringify({ payloads: [{ metadata, data, another: 1 }, {}, { data: null, metadata: null }] }),
    })
    expect(http).toBe(200)
    expect(payloadsIn(answer).map(textOf)).toEqual(['{"a":"???>>>ÿÿ"}', '', ''])
  })

  it.each(['{}', '{"payloads": null}', '{"payloads": []}'])('no payloads, as %s, are none', async (body) => {
    const { http, text: answer } = await (await start()).send('/decode', { body })
    expect([http, answer]).toEqual([200, '{"payloads":[]}'])
  })

  it('a key that is not here is named, and hides no other payload', async () => {
    const server = await start()
    const other = { keys: [generateCodecKey(randomBytes(32))] }
    const [foreign] = await encryptedIn(other, payloadOf(CANARY))
    const [ours] = await encryptedIn(server.ring, payloadOf('ours'))
    const { http, text: answer } = await server.send('/decode', { body: bodyOf([foreign ?? {}, ours ?? {}]) })
    expect(http).toBe(200)
    const [first, second] = payloadsIn(answer).map((payload) => JSON.parse(textOf(payload)) as unknown)
    expect(first).toEqual({ $undecodable: expect.stringContaining(`the key ${other.keys[0]?.kid}, which`) })
    expect(second).toBe('ours')
    expect(server.entries().at(-1)).toMatchObject({ operation: 'decode', payloads: 2, unreadable: 1 })
  })

  it.each(['999900000028', 'Asha.Sharma', 'SBXPA0002Z', 'tok_abcdef'])(
    'what its sender wrote in place of the id of a key is not told: %s',
    async (keyId) => {
      const server = await start()
      const metadata = { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from(keyId) }
      const { text: answer } = await server.send('/decode', { body: bodyOf([{ metadata, data: Buffer.alloc(64) }]) })
      const [first] = payloadsIn(answer).map((payload) => JSON.parse(textOf(payload)) as unknown)
      expect(first).toEqual({ $undecodable: expect.stringContaining('encrypted with a key, which') })
      expect(JSON.stringify(first)).not.toContain(keyId)
    },
  )

  it.each([
    ['a changed bit', (data: Buffer) => Buffer.concat([data.subarray(0, -1), Buffer.of((data.at(-1) ?? 0) ^ 1)])],
    ['a changed IV', (data: Buffer) => Buffer.concat([Buffer.of((data.at(0) ?? 0) ^ 1), data.subarray(1)])],
    ['a cut', (data: Buffer) => data.subarray(0, -5)],
    ['no bytes', () => Buffer.alloc(0)],
  ])('data with %s is answered by a mark that holds nothing of it', async (_, change) => {
    const server = await start()
    const [payload] = await encryptedIn(server.ring, payloadOf({ name: CANARY }))
    const tampered = { ...payload, data: change(Buffer.from(payload?.data ?? [])) }
    const { http, text: answer } = await server.send('/decode', { body: bodyOf([tampered]) })
    expect(http).toBe(200)
    const [decoded] = payloadsIn(answer)
    expect(JSON.parse(textOf(decoded ?? {}))).toEqual({ $undecodable: 'tampered with, truncated or of another key' })
  })

  it('a sealed field is shown as a mask; what was shown cannot be encoded', async () => {
    const server = await start()
    const sealer = createSealer((await generateSealingKey()).publicKeys)
    const aadhaar = await sealer.seal({ field: 'aadhaar', journey: 'onboarding:levin:acme:0' }, '999900000028')
    const [sealed] = await encryptedIn(server.ring, payloadOf({ aadhaar, by: 'Asha' }))
    const decoded = await server.send('/decode', { body: bodyOf([sealed ?? {}]) })
    const [shown] = payloadsIn(decoded.text)
    expect(JSON.parse(textOf(shown ?? {}))).toEqual({ aadhaar: `aadhaar ${MASK}`, by: 'Asha' })
    const encoded = await server.send('/encode', { body: bodyOf([payloadOf('fine'), shown ?? {}]) })
    expect([encoded.http, encoded.code]).toEqual([422, 'MASKED'])
    const twice = await server.send('/encode', { body: bodyOf([sealed ?? {}]) })
    expect([twice.http, twice.code]).toEqual([422, 'ALREADY_ENCRYPTED'])
  })
})

describe('who may ask', () => {
  it.each([
    ['no token', JSON_HEADERS],
    ['another token', { ...JSON_HEADERS, authorization: `Bearer ${TOKEN}x` }],
    ['the token in another scheme', { ...JSON_HEADERS, authorization: `Basic ${TOKEN}` }],
    ['an empty token', { ...JSON_HEADERS, authorization: 'Bearer ' }],
  ])('with %s: nobody', async (_, headers) => {
    const server = await start()
    const [payload] = await encryptedIn(server.ring, payloadOf(CANARY))
    const refused = await server.send('/decode', { headers, body: bodyOf([payload ?? {}]) })
    expect([refused.http, refused.code]).toEqual([401, 'UNAUTHENTICATED'])
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    expect(refused.text).not.toContain(CANARY)
  })

  it('a capability is a path; a wrong one leads nowhere, and no header replaces it', async () => {
    const server = await start({ access: { capability: CAPABILITY } })
    const codes = async (path: string, headers: Record<string, string> = JSON_HEADERS) => {
      const { http, code } = await server.send(path, { headers })
      return code ?? http
    }
    expect(await codes(`/${CAPABILITY}/decode`)).toBe(200)
    expect(await codes(`/${CAPABILITY}/encode`)).toBe(200)
    expect(await codes(`/${CAPABILITY}`)).toBe('NOT_FOUND')
    expect(await codes(`/${CAPABILITY}/other`)).toBe('NOT_FOUND')
    expect(await codes(`/${CAPABILITY.slice(0, -1)}x/decode`)).toBe('NOT_FOUND')
    expect(await codes('/decode')).toBe('UNAUTHENTICATED')
    expect(await codes('/decode', { ...JSON_HEADERS, authorization: `Bearer ${CAPABILITY}` })).toBe('UNAUTHENTICATED')
    expect(await codes('/')).toBe('NOT_FOUND')
  })

  it('a server that could let nobody in does not start', async () => {
    await expect(start({ access: {} })).rejects.toThrow(/needs a capability, a token or a login/)
  })

  it('its health can be asked without a login, and says nothing else', async () => {
    const server = await start()
    const { http, text: answer } = await server.send('/health', { method: 'GET', headers: {} })
    expect([http, answer]).toEqual([200, '{"codecServer":"ready"}'])
    expect(server.logged()).toBe('')
  })
})

describe('web pages', () => {
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-namespace' }

  it('of the listed origin are let in, by that name and no other', async () => {
    const server = await start()
    const asked = await server.send('/decode', { method: 'OPTIONS', headers: { ...preflight, origin: ORIGIN } })
    expect([asked.http, asked.text]).toEqual([204, ''])
    expect(asked.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(asked.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Content-Type.*X-Namespace/)
    expect(asked.headers.get('access-control-allow-methods')).toBe('POST')
    expect(asked.headers.get('vary')).toBe('Origin')
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull()
    const posted = await server.send('/decode', { headers: { ...WITH_TOKEN, origin: ORIGIN } })
    expect([posted.http, posted.headers.get('access-control-allow-origin')]).toEqual([200, ORIGIN])
    const refused = await server.send('/decode', { headers: { ...JSON_HEADERS, origin: ORIGIN } })
    expect([refused.code, refused.headers.get('access-control-allow-origin')]).toEqual(['UNAUTHENTICATED', ORIGIN])
  })

  it.each(['http://127.0.0.1:82330', 'https://127.0.0.1:8233', 'http://localhost:8233', 'null', `${ORIGIN}/`, '*'])(
    'of %s are refused, with the token too',
    async (origin) => {
      const server = await start()
      for (const method of ['OPTIONS', 'POST']) {
        const { code, headers } = await server.send('/decode', { method, headers: { ...WITH_TOKEN, origin } })
        expect([method, code, headers.get('access-control-allow-origin')]).toEqual([method, 'ORIGIN_REFUSED', null])
      }
    },
  )

  it('of no origin are let in where none is listed', async () => {
    const server = await start({ origins: [] })
    expect((await server.send('/decode', { headers: { ...WITH_TOKEN, origin: ORIGIN } })).code).toBe('ORIGIN_REFUSED')
    expect((await server.send('/decode')).http).toBe(200)
  })
})

describe('limits', () => {
  const limits = { bodyBytes: 2_000, payloads: 3, requests: 1 }

  it('a body that is too long is refused, whether its length is told or not, and the answer arrives', async () => {
    const server = await start({ limits })
    const long = bodyOf([payloadOf('x'.repeat(3_000))])
    expect(await server.send('/decode', { body: long })).toMatchObject({ http: 413, code: 'TOO_LARGE' })
    const response = await fetch(`${server.url}/decode`, {
      ...{ method: 'POST', headers: WITH_TOKEN, duplex: 'half' },
      body: new Blob([long]).stream(),
    } as RequestInit)
    expect([response.status, await response.json()]).toEqual([413, expect.objectContaining({ code: 'TOO_LARGE' })])
    expect((await server.send('/decode')).http).toBe(200)
  })

  it('too many payloads are refused', async () => {
    const server = await start({ limits })
    const many = (count: number) => bodyOf(Array.from({ length: count }, () => payloadOf(1)))
    expect((await server.send('/decode', { body: many(3) })).http).toBe(200)
    expect(await server.send('/decode', { body: many(4) })).toMatchObject({ http: 413, code: 'TOO_MANY_PAYLOADS' })
  })

  it('while it works on as many requests as it takes, others are told to come back', async () => {
    const server = await start({ limits })
    const slow = connect(server.port, '127.0.0.1')
    const body = bodyOf([payloadOf('slow')])
    const head = Object.entries({ ...WITH_TOKEN, host: 'x', connection: 'close', 'content-length': body.length })
    slow.write(`POST /decode HTTP/1.1\r\n${head.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n`)
    const answered = text(slow)
    let busy = await server.send('/decode')
    while (busy.http === 200) busy = await server.send('/decode')
    expect([busy.http, busy.code, busy.headers.get('retry-after')]).toEqual([503, 'BUSY', '1'])
    slow.end(body)
    expect(await answered).toMatch(/^HTTP\/1\.1 200/)
    expect((await server.send('/decode')).http).toBe(200)
  })

  it.each([
    ['not JSON at all', 'secret 999900000028'],
    ['cut', '{"payloads": [{"data": "c2Vj'],
    ['a list', '[]'],
    ['with payloads that are no list', '{"payloads": {}}'],
    ['with payloads that are none', '{"payloads": [1]}'],
    ['not in base64', '{"payloads": [{"data": "999900000028!"}]}'],
    ['with metadata that is no text', '{"payloads": [{"metadata": {"encoding": 1}}]}'],
  ])('a body that is %s is refused, and not repeated', async (_, body) => {
    const server = await start()
    const { http, code, text: answer } = await server.send('/decode', { body })
    expect([http, code]).toEqual([400, 'MALFORMED'])
    expect(answer + server.logged()).not.toMatch(/secret|c2Vj|999900000028/)
  })

  it('other methods, paths, types and compressed bodies are refused by name', async () => {
    const server = await start()
    expect((await server.send('/decode', { method: 'GET' })).code).toBe('METHOD_NOT_ALLOWED')
    expect((await server.send('/decode/')).code).toBe('NOT_FOUND')
    expect((await server.send('/__proto__')).code).toBe('NOT_FOUND')
    const plain = { ...WITH_TOKEN, 'content-type': 'text/plain' }
    expect((await server.send('/decode', { headers: plain })).code).toBe('NOT_JSON')
    const zipped = { ...WITH_TOKEN, 'content-encoding': 'gzip' }
    expect((await server.send('/decode', { headers: zipped })).code).toBe('NOT_JSON')
  })

  it('a nest that is deeper than anybody writes neither ends the server nor shows what is in it', async () => {
    const server = await start()
    const deep = Buffer.from(`${'['.repeat(100_000)}"${CANARY}"${']'.repeat(100_000)}`)
    const { http, text: answer } = await server.send('/decode', { body: bodyOf([payloadOf(deep)]) })
    expect(http).toBe(200)
    expect(payloadsIn(answer).map(textOf).join()).not.toContain(CANARY)
  })
})

describe('the access log', () => {
  it('says who asked for what and how it ended, and holds no payload, token or capability', async () => {
    const server = await start({ access: { token: TOKEN, capability: CAPABILITY } })
    const [payload] = await encryptedIn(server.ring, payloadOf({ name: CANARY, mobile: '9999912345' }))
    const headers = { ...WITH_TOKEN, 'x-namespace': 'default' }
    await server.send('/decode', { headers, body: bodyOf([payload ?? {}]) })
    await server.send('/encode', { headers, body: bodyOf([payloadOf({ name: CANARY })]) })
    await server.send(`/${CAPABILITY}/decode?name=${encodeURIComponent(CANARY)}`, { headers: JSON_HEADERS })
    await server.send('/decode', { headers: { ...headers, 'x-namespace': `a ${CANARY}` } })
    await server.send(`/${encodeURIComponent(CANARY)}`)
    await server.send('/decode', { headers: { authorization: `Bearer ${CANARY.replace(' ', '-')}` } })
    expect(server.entries()).toEqual([
      expect.objectContaining({ operation: 'decode', http: 200, by: 'token', namespace: 'default', payloads: 1 }),
      expect.objectContaining({ operation: 'encode', http: 200, by: 'token', payloads: 1 }),
      expect.objectContaining({ operation: 'decode', http: 200, by: 'capability', payloads: 0 }),
      expect.not.objectContaining({ namespace: expect.anything() }),
      expect.objectContaining({ operation: 'other', http: 404, code: 'NOT_FOUND' }),
      expect.objectContaining({ operation: 'decode', http: 401, code: 'UNAUTHENTICATED' }),
    ])
    const known = ['level', 'time', 'msg', 'operation', 'http', 'code', 'by', 'subject', 'namespace', 'payloads']
    for (const entry of server.entries())
      expect([...known, 'unreadable', 'bytes', 'ms']).toEqual(expect.arrayContaining(Object.keys(entry)))
    const words = [CANARY, 'Canarybird', '9999912345', TOKEN, CAPABILITY, Buffer.from(CANARY).toString('base64')]
    expect(words.filter((word) => server.logged().includes(word))).toEqual([])
  })

  it('every refusal has a cause and what to do', () => {
    for (const { cause, action, http } of Object.values(CODEC_SERVER_CODES)) {
      expect([cause, action].every((sentence) => /^[A-Z].*[.`]$/.test(sentence))).toBe(true)
      expect(http).toBeGreaterThanOrEqual(400)
    }
  })
})
