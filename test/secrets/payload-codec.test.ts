import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import type { Payload, PayloadCodec, PayloadConverter } from '@temporalio/common'
import proto from '@temporalio/proto'
import {
  type CodecKeyRing,
  CodecKeyMissingError,
  createPayloadCodec,
  dataConverterOf,
  ENCRYPTED_ENCODING,
  generateCodecKey,
  isEncrypting,
  KEY_ID_METADATA,
  KeyFileError,
  PAYLOAD_CONVERTER_PATH,
  UNDECODABLE,
} from '../../secrets/index.js'

const { payloadConverter } = createRequire(import.meta.url)(PAYLOAD_CONVERTER_PATH) as {
  payloadConverter: PayloadConverter
}
const ID_KEY = randomBytes(32)
const VALUE = { mobile: '9999912345', name: 'Asha Sample' }

function newRing(): CodecKeyRing {
  return { keys: [generateCodecKey(ID_KEY)] }
}

function payloadOf(value: unknown): Payload {
  return payloadConverter.toPayload(value) as Payload
}

/** The codec of a worker. */
function codecOf(ring: CodecKeyRing, idKey: Uint8Array | null = ID_KEY): PayloadCodec {
  return dataConverterOf(ring, idKey).payloadCodecs?.[0] as PayloadCodec
}

async function encoded(codec: PayloadCodec, payload: Payload): Promise<Payload> {
  const [result] = await codec.encode([payload])
  return result as Payload
}

async function decodedValue(codec: PayloadCodec, payload: Payload): Promise<unknown> {
  const [result] = await codec.decode([payload])
  return payloadConverter.fromPayload(result as Payload)
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? new Uint8Array()).toString('latin1')
}

function withData(payload: Payload, data: Uint8Array): Payload {
  return { ...payload, data }
}

describe('an encrypted payload', () => {
  it.each([
    ['an object', VALUE],
    ['null', null],
    ['nothing', undefined],
    ['empty text', ''],
    ['bytes', Uint8Array.of(0, 1, 255)],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('comes back as it was: %s', async (_, value) => {
    const codec = codecOf(newRing())
    const payload = payloadOf(value)
    const back = await decodedValue(codec, await encoded(codec, payload))
    expect(back).toEqual(payloadConverter.fromPayload(payload))
  })

  it('shows the key’s id and nothing of content or of its metadata', async () => {
    const ring = newRing()
    const { metadata, data } = await encoded(codecOf(ring), {
      metadata: { encoding: Buffer.from('json/plain'), messageType: Buffer.from('TELLTALE') },
      data: Buffer.from('"CONTENT"'),
    })
    expect(Object.keys(metadata ?? {}).sort()).toEqual(['encoding', KEY_ID_METADATA])
    expect(textOf(metadata?.['encoding'])).toBe(ENCRYPTED_ENCODING)
    expect(textOf(metadata?.[KEY_ID_METADATA])).toBe(ring.keys[0]?.kid)
    expect(textOf(data)).not.toMatch(/CONTENT|TELLTALE|json/)
  })

  it('has an IV of its own, in ten thousand of the same content', async () => {
    const results = await codecOf(newRing()).encode(Array.from({ length: 10_000 }, () => payloadOf('same')))
    expect(new Set(results.map(({ data }) => textOf(data?.subarray(0, 12)))).size).toBe(10_000)
  })

  it('keeps the order of a list, and an empty list', async () => {
    const codec = codecOf(newRing())
    const values = Array.from({ length: 50 }, (_, index) => index)
    const back = await codec.decode(await codec.encode(values.map(payloadOf)))
    expect(back.map((payload) => payloadConverter.fromPayload(payload))).toEqual(values)
    expect(await codec.encode([])).toEqual([])
    expect(await codec.decode([])).toEqual([])
  })
})

describe('what is not encrypted', () => {
  it.each([
    ['JSON in plain', payloadOf(VALUE)],
    ['another encoding', { metadata: { encoding: Buffer.from('binary/zlib') }, data: Buffer.from('x') }],
    ['no encoding', { metadata: {}, data: Buffer.from('{}') }],
    ['no metadata', { data: Buffer.from('{}') }],
    ['nothing at all', {}],
  ])('passes through unchanged: %s', async (_, payload) => {
    expect((await codecOf(newRing()).decode([payload]))[0]).toBe(payload)
  })
})

describe('a payload that is not authentic becomes a marker, and never an error', () => {
  const marker = { $undecodable: UNDECODABLE.NOT_AUTHENTIC }

  it('with any one bit of any byte turned', async () => {
    const codec = codecOf(newRing())
    const payload = await encoded(codec, payloadOf(VALUE))
    const data = payload.data as Uint8Array
    for (let at = 0; at < data.length; at += 1) {
      const turned = Uint8Array.from(data)
      turned[at] = (turned[at] as number) ^ (1 << (at % 8))
      expect([at, await decodedValue(codec, withData(payload, turned))]).toEqual([at, marker])
    }
  })

  it('cut off at any length, or with bytes added', async () => {
    const codec = codecOf(newRing())
    const payload = await encoded(codec, payloadOf(VALUE))
    const data = payload.data as Uint8Array
    for (let length = 0; length < data.length; length += 1) {
      expect([length, await decodedValue(codec, withData(payload, data.subarray(0, length)))]).toEqual([length, marker])
    }
    expect(await decodedValue(codec, withData(payload, Buffer.concat([data, Buffer.of(0)])))).toEqual(marker)
    const { metadata } = payload
    expect(await decodedValue(codec, { metadata: metadata ?? {} })).toEqual(marker)
  })

  it('under another key of the same id, and under another id of the ring', async () => {
    const [first, second] = [generateCodecKey(ID_KEY), generateCodecKey(ID_KEY)]
    const payload = await encoded(codecOf({ keys: [first] }), payloadOf(VALUE))
    expect(await decodedValue(codecOf({ keys: [{ ...first, k: second.k }] }), payload)).toEqual(marker)
    const renamed = { ...payload, metadata: { ...payload.metadata, [KEY_ID_METADATA]: Buffer.from(second.kid) } }
    expect(await decodedValue(codecOf({ keys: [first, second] }), renamed)).toEqual(marker)
    // The id is authenticated: not even the same key under another id opens it.
    expect(await decodedValue(codecOf({ keys: [{ ...second, k: first.k }] }), renamed)).toEqual(marker)
  })

  it('nor one whose content is no payload, or is malformed JSON', async () => {
    const ring = newRing()
    const codec = codecOf(ring)
    const broken = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"otp": "12') }
    expect(await decodedValue(codec, await encoded(codec, broken))).toEqual({ $undecodable: 'malformed JSON' })
    const foreign = await encryptedBytes(ring, Buffer.from('{"not":"a payload"}'))
    expect(await decodedValue(codec, foreign)).toEqual({ $undecodable: UNDECODABLE.NOT_A_PAYLOAD })
  })
})

describe('a key that is not in the ring', () => {
  it('but was made for this deployment stops the decoding with a code, until it is there', async () => {
    const old = generateCodecKey(ID_KEY)
    const payload = await encoded(codecOf({ keys: [old] }), payloadOf(VALUE))
    const [fresh] = newRing().keys
    const without = codecOf({ keys: fresh ? [fresh] : [] })
    await expect(without.decode([payload])).rejects.toBeInstanceOf(CodecKeyMissingError)
    await expect(without.decode([payload])).rejects.toMatchObject({ code: 'CODEC_KEY_MISSING', kid: old.kid })
    expect(await decodedValue(codecOf({ keys: fresh ? [fresh, old] : [] }), payload)).toEqual(VALUE)
  })

  it.each([
    ['somebody else’s', generateCodecKey(randomBytes(32)).kid],
    ['made up', 'any-key'],
    ['made up in the form of ours', `${'A'.repeat(22)}.${'A'.repeat(22)}`],
    ['ours with another signature', `${generateCodecKey(ID_KEY).kid.slice(0, -4)}AAAA`],
    ['ours with more behind it', `${generateCodecKey(ID_KEY).kid}.x`],
    ['empty', ''],
    ['not text', '\u0000\ufffd'],
  ])('and is %s wedges nobody: a marker', async (_, kid) => {
    const payload = {
      metadata: { encoding: Buffer.from(ENCRYPTED_ENCODING), [KEY_ID_METADATA]: Buffer.from(kid) },
      data: randomBytes(64),
    }
    expect(await decodedValue(codecOf(newRing()), payload)).toEqual({ $undecodable: UNDECODABLE.FOREIGN_KEY })
  })

  it('and is not named at all is a marker', async () => {
    const payload = { metadata: { encoding: Buffer.from(ENCRYPTED_ENCODING) }, data: randomBytes(64) }
    expect(await decodedValue(codecOf(newRing()), payload)).toEqual({ $undecodable: UNDECODABLE.FOREIGN_KEY })
  })

  it('because it was destroyed is a marker: nobody waits for it', async () => {
    const old = generateCodecKey(ID_KEY)
    const payload = await encoded(codecOf({ keys: [old] }), payloadOf(VALUE))
    const codec = codecOf({ ...newRing(), destroyed: [old.kid] })
    expect(await decodedValue(codec, payload)).toEqual({ $undecodable: UNDECODABLE.DESTROYED_KEY })
  })

  it('is an error for a client, which does not know the deployment’s ids', async () => {
    const payload = await encoded(codecOf(newRing()), payloadOf(VALUE))
    const [codec] = dataConverterOf(newRing()).payloadCodecs ?? []
    await expect(codec?.decode([payload])).rejects.toBeInstanceOf(CodecKeyMissingError)
  })
})

describe('rotation', () => {
  it('encrypts with the first key and decrypts with all, whoever has which ring meanwhile', async () => {
    const [old, fresh] = [generateCodecKey(ID_KEY), generateCodecKey(ID_KEY)]
    // First the new key is spread, decrypt-only; then it becomes the first; then the old one goes.
    const stages = [{ keys: [old] }, { keys: [old, fresh] }, { keys: [fresh, old] }, { keys: [fresh] }].map((ring) =>
      codecOf(ring),
    )
    const neighbours = stages.flatMap((codec, at) => [
      [codec, codec],
      ...(stages[at + 1] ? [[codec, stages[at + 1]]] : []),
    ])
    expect(neighbours).toHaveLength(7)
    for (const [one, other] of neighbours.slice(0, 5) as [PayloadCodec, PayloadCodec][]) {
      expect(await decodedValue(other, await encoded(one, payloadOf(VALUE)))).toEqual(VALUE)
      expect(await decodedValue(one, await encoded(other, payloadOf(VALUE)))).toEqual(VALUE)
    }
    const kidOf = async (codec: PayloadCodec): Promise<string> =>
      textOf((await encoded(codec, payloadOf(VALUE))).metadata?.[KEY_ID_METADATA])
    expect(await Promise.all(stages.map(kidOf))).toEqual([old.kid, old.kid, fresh.kid, fresh.kid])
  })
})

it('a ring with a key whose id was made elsewhere is refused: one that lacks such a key would lose data unseen', async () => {
  const elsewhere = { ...generateCodecKey(ID_KEY), kid: 'kms-key-1' }
  const payload = await encoded(codecOf({ keys: [elsewhere] }, null), payloadOf(VALUE))
  expect(await decodedValue(codecOf(newRing()), payload)).toEqual({ $undecodable: UNDECODABLE.FOREIGN_KEY })
  expect(() => codecOf({ keys: [...newRing().keys, elsewhere] })).toThrow(KeyFileError)
})

it('a codec without a key is refused', () => {
  expect(() => createPayloadCodec({ keys: [] })).toThrow(/Generate keys/)
})

describe('without a ring', () => {
  const [plain] = dataConverterOf(null, ID_KEY).payloadCodecs ?? []

  it('what is written stays in plain, and is told apart from what is encrypted', async () => {
    const payload = payloadOf(VALUE)
    expect(await plain?.encode([payload])).toEqual([payload])
    expect(isEncrypting(dataConverterOf(null).payloadCodecs ?? [])).toBe(false)
    expect(isEncrypting(dataConverterOf(newRing()).payloadCodecs ?? [])).toBe(true)
    expect(isEncrypting([])).toBe(false)
  })

  it('what is encrypted stops the decoding where it is ours, so that no journey goes on with what it cannot read', async () => {
    const payload = await encoded(codecOf(newRing()), payloadOf(VALUE))
    await expect(plain?.decode([payload])).rejects.toBeInstanceOf(CodecKeyMissingError)
    const otherIds = randomBytes(32)
    const foreign = await encoded(codecOf({ keys: [generateCodecKey(otherIds)] }, otherIds), payloadOf(VALUE))
    expect(await decodedValue(plain as PayloadCodec, foreign)).toEqual({ $undecodable: UNDECODABLE.FOREIGN_KEY })
  })
})

/** Bytes of any form, encrypted as the codec does it: written from its description alone. */
async function encryptedBytes({ keys: [key] }: CodecKeyRing, content: Uint8Array): Promise<Payload> {
  const { kid = '', k = '' } = key ?? {}
  const imported = await crypto.subtle.importKey('raw', Buffer.from(k, 'base64url'), 'AES-GCM', false, ['encrypt'])
  const iv = randomBytes(12)
  const additionalData = Buffer.from(`sender-onboarding payload 1\n${kid}`)
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, imported, content)
  return {
    metadata: { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from(kid) },
    data: Buffer.concat([iv, new Uint8Array(sealed)]),
  }
}

it('another language can write it from its description: IV, ciphertext, tag of a serialized Payload', async () => {
  const ring = newRing()
  const bytes = proto.temporal.api.common.v1.Payload.encode(payloadOf(VALUE)).finish()
  expect(await decodedValue(codecOf(ring), await encryptedBytes(ring, bytes))).toEqual(VALUE)
})
