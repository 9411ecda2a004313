import { randomBytes } from 'node:crypto'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import proto from '@temporalio/proto'
import { createSearcher, type Hit } from './search.js'

const { Payload } = proto.temporal.api.common.v1

const SECRETS: Readonly<Record<string, string>> = {
  aadhaar: '999941057058',
  code: '83920417',
  pan: 'QWXPZ4821K',
  name: 'Quetzal Canarybird',
  token: 'eyJh.Zm9v+YmFy/Zm9v.c2ln',
}
const KEY = randomBytes(32)
const searcher = createSearcher(
  new Map<string, Set<string | Buffer>>([
    ...Object.entries(SECRETS).map(([kind, value]) => [kind, new Set([value])] as const),
    ['key', new Set([KEY])],
  ]),
)

const found = (bytes: Buffer | string): readonly Hit[] => searcher.search(Buffer.from(bytes as string)).hits
const kinds = (bytes: Buffer | string): string[] => [...new Set(found(bytes).map(({ kind }) => kind))]

/** Each way of writing a secret that the search promises to see through. */
const WAYS: Readonly<Record<string, (secret: string) => Buffer>> = {
  'as text': (secret) => Buffer.from(`{"x":"${secret}"}`),
  reversed: (secret) => Buffer.from(`a ${[...secret].reverse().join('')} b`),
  'in UTF-16': (secret) => Buffer.from(` ${secret} `, 'utf16le'),
  'in small letters': (secret) => Buffer.from(secret.toLowerCase()),
  'in hex': (secret) => Buffer.from(Buffer.from(secret).toString('hex')),
  'in HEX': (secret) => Buffer.from(Buffer.from(secret).toString('hex').toUpperCase()),
  'percent-encoded, each character': (secret) =>
    Buffer.from([...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join('')),
  'percent-encoded in a URL': (secret) => Buffer.from(`/a?x=${encodeURIComponent(secret)}&y=%2F%2F`),
  'with escapes of JSON': (secret) =>
    Buffer.from([...secret].map((one) => `\\u00${one.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')),
  'in gzip': (secret) => gzipSync(`x${secret}y`),
  'in zlib, behind other bytes': (secret) => Buffer.concat([randomBytes(7), deflateSync(secret), randomBytes(5)]),
  'in gzip that is cut off': (secret) => gzipSync(`${secret} ${randomBytes(2_000).toString('hex')}`).subarray(0, 900),
  'in a protobuf payload': (secret) =>
    Buffer.from(Payload.encode({ metadata: { encoding: Buffer.from('x') }, data: Buffer.from(secret) }).finish()),
  'in gzip in base64 in JSON': (secret) => Buffer.from(JSON.stringify({ data: gzipSync(secret).toString('base64') })),
  'in base64 in base64': (secret) =>
    Buffer.from(Buffer.from(Buffer.from(`${secret} and more`).toString('base64')).toString('base64url')),
  'reversed in hex in gzip': (secret) => gzipSync(Buffer.from([...secret].reverse().join('')).toString('hex')),
}

describe('the search', () => {
  for (const [way, written] of Object.entries(WAYS)) {
    it(`finds every secret ${way}`, () => {
      for (const [kind, secret] of Object.entries(SECRETS))
        expect([kind, kinds(written(secret))]).toEqual([kind, [kind]])
    })
  }

  it('finds every secret in base64 of both alphabets, in each of the three alignments', () => {
    for (const [kind, secret] of Object.entries(SECRETS)) {
      for (const before of ['', 'x', 'xy', 'xyz']) {
        for (const alphabet of ['base64', 'base64url'] as const) {
          expect([kind, kinds(Buffer.from(`${before}${secret}"}`).toString(alphabet))]).toEqual([kind, [kind]])
        }
      }
    }
  })

  it('finds the bytes of a key raw, in base64 and in hex', () => {
    for (const text of [KEY, KEY.toString('hex'), KEY.toString('base64url'), gzipSync(KEY)])
      expect(kinds(text)).toEqual(['key'])
  })

  it('finds a number of a person in groups of four, and as a binary number', () => {
    const number = Buffer.alloc(8)
    number.writeBigUInt64LE(999941057058n)
    for (const bytes of ['9999 4105 7058', '9999-4105-7058', number]) expect(kinds(bytes)).toEqual(['aadhaar'])
  })

  it('finds nothing in random bytes, in other digits and in pieces of a secret', () => {
    expect(found(randomBytes(4_000_000))).toEqual([])
    expect(found('9999410570 8392041 QWXPZ4821 Canarybird 1795243298839 8392-0417')).toEqual([])
  })

  it('takes a code for one only where no other digit touches it, and other numbers anywhere', () => {
    expect(found('1795283920417')).toEqual([])
    expect(kinds('x83920417.')).toEqual(['code'])
    expect(kinds('00999941057058001')).toEqual(['aadhaar'])
  })

  it('says where it found something, and does not repeat it', () => {
    const [hit] = found('{"otp":"83920417"}')
    expect(hit).toMatchObject({ form: 'text', within: [], around: '{"otp":"[…]"}' })
    expect(JSON.stringify(found(gzipSync('a code 83920417')))).not.toContain('83920417')
  })

  it('counts how often a code could have been met by chance', () => {
    expect(searcher.codeNeedles).toBe(2)
    expect(searcher.search(Buffer.from('1234567 12345678 1234567890 x87654321')).codeShapes).toBe(2)
  })

  it('says so where it cannot look inside', () => {
    const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff, 0xff])
    expect(searcher.search(zstd).unopened).toBe(1)
  })
})
