import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Payload, PayloadConverter } from '@temporalio/common'
import fc from 'fast-check'
import {
  createOpener,
  createSealer,
  ensureKeysFolder,
  generateSealingKey,
  journeyId,
  KEY_FILES,
  KeyFileError,
  type KeySet,
  parseJourneyId,
  PAYLOAD_CONVERTER_PATH,
  readIdKey,
  readPrivateKeys,
  readPublicKeys,
} from '../../secrets/index.js'
import { sealedHeader } from '../../values/index.js'

const JOURNEY = 'onboarding:levin:acme:00112233445566778899aabbccddeeff'
const BINDING = { field: 'aadhaar', journey: JOURNEY } as const
const SECRET = '234567890124'
/** 32 bytes: no coordinates of a point. */
const ONE = Buffer.alloc(32, 1).toString('base64url')
let keys: { privateKeys: KeySet; publicKeys: KeySet }
beforeAll(async () => {
  keys = await generateSealingKey()
})

describe('a sealed field', () => {
  it('opens for its journey and its field only', async () => {
    const sealed = await createSealer(keys.publicKeys).seal(BINDING, SECRET)
    const opener = createOpener(keys.privateKeys)
    expect(await opener.open(BINDING, sealed)).toEqual({ ok: true, plaintext: SECRET })
    expect(await opener.open({ ...BINDING, field: 'otp' }, sealed)).toEqual({
      ok: false,
      code: 'SEALED_FOR_ANOTHER_FIELD',
    })
    const elsewhere = { ...BINDING, journey: `${JOURNEY}0` }
    expect(await opener.open(elsewhere, sealed)).toEqual({ ok: false, code: 'SEALED_FOR_ANOTHER_JOURNEY' })
  })

  it('cannot be moved by rewriting its header', async () => {
    const sealed = await createSealer(keys.publicKeys).seal(BINDING, SECRET)
    const [head = '', ...rest] = sealed.split('.')
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, unknown>
    const moved = [Buffer.from(JSON.stringify({ ...header, field: 'otp' })).toString('base64url'), ...rest].join('.')
    expect(await createOpener(keys.privateKeys).open({ ...BINDING, field: 'otp' }, moved)).toEqual({
      ok: false,
      code: 'SEALED_UNREADABLE',
    })
  })

  it('is different each time, holds no clear text, and names key, field and journey', async () => {
    const sealer = createSealer(keys.publicKeys)
    const [first, second] = [await sealer.seal(BINDING, SECRET), await sealer.seal(BINDING, SECRET)]
    expect(first).not.toBe(second)
    expect(first).not.toContain(SECRET)
    expect(sealedHeader(first)).toMatchObject({ kid: keys.publicKeys.keys[0]?.kid, field: 'aadhaar', journey: JOURNEY })
  })

  it('to a key that is not there is an answer, not an exception', async () => {
    const other = await generateSealingKey()
    const sealed = await createSealer(other.publicKeys).seal(BINDING, SECRET)
    expect(await createOpener(keys.privateKeys).open(BINDING, sealed)).toEqual({ ok: false, code: 'UNKNOWN_KEY_ID' })
  })

  it('that is tampered with or made up is an answer, not an exception', async () => {
    const sealed = await createSealer(keys.publicKeys).seal(BINDING, SECRET)
    const opener = createOpener(keys.privateKeys)
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.constantFrom('A', 'b', '.', '-'), async (at, character) => {
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1)
        const opened = await opener.open(BINDING, changed)
        if (opened.ok) expect(opened.plaintext).toBe(SECRET)
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (junk) => expect((await opener.open(BINDING, junk)).ok).toBe(false)),
    )
  })

  it('cannot be sealed without a key', () => {
    expect(() => createSealer({ keys: [] })).toThrow('Generate keys first')
  })
})

describe('the keys folder', () => {
  let folder: string
  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'keys-')), 'keys')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('is made once, readable by its owner only, and kept', async () => {
    const secret = [KEY_FILES.codec, KEY_FILES.id, KEY_FILES.sealing]
    expect((await ensureKeysFolder(folder)).created.sort()).toEqual(secret)
    const before = await readFile(join(folder, KEY_FILES.sealing), 'utf8')
    expect((await ensureKeysFolder(folder)).created).toEqual([])
    expect(await readFile(join(folder, KEY_FILES.sealing), 'utf8')).toBe(before)
    for (const file of secret) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, KEY_FILES.sealingPublic))).mode & 0o777).toBe(0o644)
    expect((await stat(folder)).mode & 0o077).toBe(0)
  })

  it('is used as it is where it was there, and refused where others may enter it', async () => {
    const shared = await mkdtemp(join(tmpdir(), 'shared-'))
    try {
      await chmod(shared, 0o755)
      await expect(ensureKeysFolder(shared)).rejects.toThrow(`chmod 700 ${shared}`)
      expect([(await stat(shared)).mode & 0o777, await readdir(shared)]).toEqual([0o755, []])
      await chmod(shared, 0o1700)
      await ensureKeysFolder(shared)
      expect((await stat(shared)).mode & 0o7777).toBe(0o1700)
    } finally {
      await rm(shared, { recursive: true })
    }
  })

  it('gives the public half without the private one', async () => {
    const { keys: publicKeys } = await readPublicKeys(join(folder, KEY_FILES.sealingPublic))
    expect(publicKeys.every((key) => key.d === undefined)).toBe(true)
    expect((await readIdKey(join(folder, KEY_FILES.id))).length).toBe(32)
  })

  it('refuses a private key that others may read, and says what to run', async () => {
    const shared = join(folder, 'shared.json')
    await writeFile(shared, await readFile(join(folder, KEY_FILES.sealing)))
    await chmod(shared, 0o644)
    await expect(readPrivateKeys(shared)).rejects.toThrow(`chmod 600 ${shared}`)
  })

  it.each([
    ['not JSON', '{'],
    ['no set', '{"keys":[]}'],
    ['no P-256 key', '{"keys":[{"kty":"RSA","kid":"k"}]}'],
    ['no point of the curve', `{"keys":[{"kty":"EC","crv":"P-256","kid":"k","x":"${ONE}","y":"${ONE}","d":"${ONE}"}]}`],
    ['nothing in its list', '{"keys":[null]}'],
    ['a `kid` that is no text', `{"keys":[{"kty":"EC","crv":"P-256","kid":7,"x":"${ONE}","y":"${ONE}","d":"${ONE}"}]}`],
  ])('refuses a file that holds %s', async (_, content) => {
    const bad = join(folder, 'bad.json')
    await writeFile(bad, content, { mode: 0o600 })
    for (const read of [readPrivateKeys, readPublicKeys])
      await expect(read(bad)).rejects.toThrow(
        expect.objectContaining({ name: 'KeyFileError', message: expect.stringContaining(bad) }),
      )
  })

  it('names the key and the part of it that is malformed, in a public set too', async () => {
    const bad = join(folder, 'bad.json')
    const [key] = keys.publicKeys.keys
    await writeFile(bad, JSON.stringify({ keys: [{ ...key, y: `${key?.y ?? ''}=` }] }), { mode: 0o600 })
    await expect(readPublicKeys(bad)).rejects.toThrow(
      `The key ${String(key?.kid)} in ${bad} is malformed. \`y\` of the key`,
    )
  })

  it('a malformed key that was not read from a file is a key’s error at the first secret, not a message’s', async () => {
    const [key] = keys.privateKeys.keys
    const bad = { keys: [{ ...key, d: `${key?.d ?? ''}=` }] }
    const sealed = await createSealer(keys.publicKeys).seal(BINDING, SECRET)
    await expect(createOpener(bad).open(BINDING, sealed)).rejects.toThrow(KeyFileError)
    await expect(createSealer({ keys: [{ ...key, x: 'A' }] }).seal(BINDING, SECRET)).rejects.toThrow(KeyFileError)
  })
})

describe('a journey’s workflow id', () => {
  const idKey = Buffer.alloc(32, 7)

  it('is the same for the same sender, rail and tenant, and tells nothing of the mobile', () => {
    const id = journeyId(idKey, { rail: 'levin', tenant: 'acme', mobile: '9000000001' })
    expect(id).toBe(journeyId(idKey, { rail: 'levin', tenant: 'acme', mobile: '9000000001' }))
    expect(id).not.toContain('9000000001')
    expect(parseJourneyId(id)).toMatchObject({ rail: 'levin', tenant: 'acme' })
    const other = journeyId(Buffer.alloc(32, 8), { rail: 'levin', tenant: 'acme', mobile: '9000000001' })
    expect(other).not.toBe(id)
  })

  it('is not recognised where it is another’s', () => {
    for (const id of ['', 'onboarding:levin:acme', 'other:levin:acme:00112233445566778899aabbccddeeff']) {
      expect(parseJourneyId(id)).toBeNull()
    }
  })
})

describe('the payload converter', () => {
  const { payloadConverter } = createRequire(import.meta.url)(PAYLOAD_CONVERTER_PATH) as {
    payloadConverter: PayloadConverter
  }
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

  it('brings values through', () => {
    for (const value of [{ a: [1, 'x', null] }, 'text', 7, undefined]) {
      expect(payloadConverter.fromPayload(payloadConverter.toPayload(value))).toEqual(value)
    }
  })

  it('never throws at what it cannot decode, and repeats none of it', () => {
    const poison: Payload[] = [
      { metadata: { encoding: bytes('json/plain') }, data: bytes('{"otp":"123456"') },
      { metadata: { encoding: bytes('binary/unheard-of') }, data: bytes('x') },
      { metadata: {}, data: bytes('x') },
      {},
    ]
    for (const payload of poison) {
      const value = payloadConverter.fromPayload(payload)
      expect(value).toMatchObject({ $undecodable: expect.any(String) })
      expect(JSON.stringify(value)).not.toContain('123456')
    }
  })
})
