import { createCipheriv, createECDH, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { contentKey, decryptJwe, encryptJwe, JweError, privateKey, publicPoint } from '../../secrets/jwe.js'

/** The JWE of a sealed field, with jose as the judge. */

let jwk: JWK
beforeAll(async () => {
  jwk = await newKey()
})

async function newKey(crv = 'P-256'): Promise<JWK> {
  return exportJWK((await generateKeyPair('ECDH-ES', { crv, extractable: true })).privateKey)
}

const text = fc.string({ unit: 'binary', maxLength: 200 })
const HEADER = { kid: 'k', field: 'otp' }
/** So many that some shared secrets begin with a zero byte. */
const MANY = { numRuns: 600 }

const encrypted = (plaintext: string): string => encryptJwe(plaintext, HEADER, publicPoint(jwk))
const decrypted = (jwe: string): string => decryptJwe(jwe, privateKey(jwk))

/** By jose, with whatever it can be told to do. */
async function byJose(
  plaintext: Uint8Array,
  { header = {}, recipient = jwk, apu, apv }: { header?: object; recipient?: JWK; apu?: string; apv?: string } = {},
): Promise<string> {
  const { d: _private, ...publicJwk } = recipient
  return new CompactEncrypt(plaintext)
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', ...header })
    .setKeyManagementParameters({
      ...(apu !== undefined && { apu: Buffer.from(apu) }),
      ...(apv !== undefined && { apv: Buffer.from(apv) }),
    })
    .encrypt(await importJWK(publicJwk, 'ECDH-ES'))
}

/** The JWE with something else in its header; it no longer fits the tag, which is the last to be looked at. */
function withHeader(jwe: string, change: object): string {
  const [head = '', ...rest] = jwe.split('.')
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as object
  return [Buffer.from(JSON.stringify({ ...header, ...change })).toString('base64url'), ...rest].join('.')
}

describe('what we encrypt', () => {
  it('is decrypted by jose, with the header as it was given', async () => {
    const key = await importJWK(jwk, 'ECDH-ES')
    await fc.assert(
      fc.asyncProperty(text, async (plaintext) => {
        const { plaintext: bytes, protectedHeader } = await compactDecrypt(encrypted(plaintext), key)
        expect(Buffer.from(bytes).toString()).toBe(Buffer.from(plaintext).toString())
        expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM', ...HEADER })
      }),
      MANY,
    )
  })

  it('shares no key, no initialisation vector and no text with what was encrypted before', () => {
    const parts = [encrypted('482913'), encrypted('482913')].map((jwe) => jwe.split('.'))
    for (const at of [0, 2, 3, 4]) expect(parts[0]?.[at]).not.toBe(parts[1]?.[at])
  })
})

describe('what jose encrypts', () => {
  it('is decrypted, whatever the parties are called', async () => {
    const party = fc.option(fc.string({ maxLength: 20 }), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(text, party, party, async (plaintext, apu, apv) => {
        // RFC 7518 §4.6.2: they differ.
        fc.pre(apu === undefined || apu !== apv)
        const jwe = await byJose(Buffer.from(plaintext), {
          ...(apu !== undefined && { apu }),
          ...(apv !== undefined && { apv }),
        })
        expect(decrypted(jwe)).toBe(Buffer.from(plaintext).toString())
      }),
      MANY,
    )
  })

  it.each([
    ['is no UTF-8', () => byJose(Buffer.of(0xff))],
    ['is for another key', async () => byJose(Buffer.from('1'), { recipient: await newKey() })],
    ['is by another cipher', () => byJose(Buffer.from('1'), { header: { enc: 'A128GCM' } })],
    ['has an encrypted key', () => byJose(Buffer.from('1'), { header: { alg: 'ECDH-ES+A256KW' } })],
    ['is on another curve', async () => byJose(Buffer.from('1'), { recipient: await newKey('P-384') })],
  ])('is refused where it %s', async (_, jwe) => {
    const refused = await jwe()
    expect(() => decrypted(refused)).toThrow(JweError)
  })
})

it('what a library wrote that leaves out zeros in front of a coordinate is decrypted', () => {
  // The header is authenticated, so that only whoever encrypts can write it so.
  const [ephemeral, point] = [createECDH('prime256v1'), publicPoint(jwk)]
  for (;;) {
    const [, first] = ephemeral.generateKeys()
    if (first === 0) break
  }
  const own = ephemeral.getPublicKey()
  const short = {
    kty: 'EC',
    crv: 'P-256',
    x: own.subarray(2, 33).toString('base64url'),
    y: own.subarray(33).toString('base64url'),
  }
  const head = Buffer.from(JSON.stringify({ alg: 'ECDH-ES', enc: 'A256GCM', epk: short })).toString('base64url')
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', contentKey(ephemeral.computeSecret(point)), iv).setAAD(Buffer.from(head))
  const ciphertext = Buffer.concat([cipher.update('482913'), cipher.final()])
  const parts = [iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'))
  expect(decrypted([head, '', ...parts].join('.'))).toBe('482913')
})

describe('is refused', () => {
  it('with any character changed, left out or added', () => {
    const jwe = encrypted('482913')
    for (let at = 0; at < jwe.length; at += 1) {
      const other = jwe[at] === 'A' ? 'B' : 'A'
      for (const there of [other, '', `${String(jwe[at])}A`, '.', '=', '\n'])
        if (there !== jwe[at]) expect(() => decrypted(jwe.slice(0, at) + there + jwe.slice(at + 1))).toThrow(JweError)
    }
  })

  it.each([
    ['must be understood', { crit: ['b64'], b64: false }, 'of another kind'],
    ['is compressed', { zip: 'DEF' }, 'of another kind'],
    ['has no ephemeral key', { epk: undefined }, 'header is malformed'],
    ['has parties that are no text', { apu: 7 }, 'header is malformed'],
    ['is by another cipher', { enc: 'A128GCM' }, 'of another kind'],
    ['is by another key agreement', { alg: 'dir' }, 'of another kind'],
    ['is on another curve', { epk: { kty: 'EC', crv: 'P-384', x: 'AA', y: 'AA' } }, 'not one on P-256'],
  ])('where it %s', (_, change, message) => {
    expect(() => decrypted(withHeader(encrypted('1'), change))).toThrow(message)
  })

  it('with an ephemeral key that is no point of the curve', () => {
    fc.assert(
      fc.property(fc.constantFrom('x', 'y'), (coordinate) => {
        const { epk } = JSON.parse(Buffer.from(encrypted('1').split('.')[0] ?? '', 'base64url').toString()) as {
          epk: JWK
        }
        const elsewhere = { ...epk, [coordinate]: randomBytes(32).toString('base64url') }
        expect(() => decrypted(withHeader(encrypted('1'), { epk: elsewhere }))).toThrow('no point of its curve')
      }),
    )
  })

  it('with a tag that was cut short, though its start is right', () => {
    const [head, key, iv, ciphertext, tag = ''] = encrypted('1').split('.')
    for (const bytes of [4, 8, 12, 15]) {
      const short = Buffer.from(tag, 'base64url').subarray(0, bytes).toString('base64url')
      expect(() => decrypted([head, key, iv, ciphertext, short].join('.'))).toThrow('A part of it is malformed')
    }
  })
})

it('an error holds nothing of what was read', () => {
  const secretly = (text: string): string => `${Buffer.from(text).toString('base64url')}..AAAA.AAAA.AAAA`
  for (const text of ['482913', '{"otp":482913', '482913}', '"482913'])
    try {
      decrypted(secretly(text))
      throw new Error('It was decrypted.')
    } catch (error) {
      expect(error).toBeInstanceOf(JweError)
      expect(inspect(error)).not.toContain('482913')
    }
})

describe('a key', () => {
  it('is refused where it is none', async () => {
    const other = await newKey()
    for (const bad of [
      {},
      { ...jwk, x: 'AAAA' },
      { ...jwk, crv: 'P-384' },
      { ...jwk, kty: 'OKP' },
      { ...jwk, y: jwk.x ?? '' },
    ])
      expect(() => publicPoint(bad)).toThrow(JweError)
    const { d: _private, ...publicJwk } = jwk
    const zero = Buffer.alloc(32).toString('base64url')
    for (const bad of [publicJwk, { ...jwk, d: zero }, { ...publicJwk, d: other.d ?? '' }])
      expect(() => privateKey(bad)).toThrow(JweError)
  })
})
