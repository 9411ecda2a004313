import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  ensureKeysFolder,
  generateCodecKey,
  isOwnCodecKeyId,
  KEY_FILES,
  KeyFileError,
  parseCodecKeys,
  readCodecKeys,
  readIdKey,
} from '../../secrets/index.js'

const ID_KEY = randomBytes(32)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codec-keys-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function ringFile(content: unknown, mode = 0o600): Promise<string> {
  const path = join(folder, `${randomBytes(6).toString('hex')}.json`)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode })
  return path
}

describe('a keys folder', () => {
  it('holds a codec key of the deployment, readable by its owner only, and keeps it', async () => {
    const keys = join(folder, 'keys')
    expect((await ensureKeysFolder(keys)).created).toContain(KEY_FILES.codec)
    const path = join(keys, KEY_FILES.codec)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const text = await readFile(path, 'utf8')
    const ring = await readCodecKeys(path, await readIdKey(join(keys, KEY_FILES.id)))
    expect(ring.keys).toHaveLength(1)
    expect(ring.keys[0]).toMatchObject({ kty: 'oct', use: 'enc', alg: 'A256GCM' })
    expect((await ensureKeysFolder(keys)).created).toEqual([])
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('of an older release gets one beside the keys that it has', async () => {
    const keys = join(folder, 'older')
    await ensureKeysFolder(keys)
    const idKey = await readFile(join(keys, KEY_FILES.id), 'utf8')
    await rm(join(keys, KEY_FILES.codec))
    expect((await ensureKeysFolder(keys)).created).toEqual([KEY_FILES.codec])
    expect(await readFile(join(keys, KEY_FILES.id), 'utf8')).toBe(idKey)
  })
})

describe('a codec key', () => {
  it('has 256 random bits and an id that only the deployment’s id key can make', () => {
    const [one, other] = [generateCodecKey(ID_KEY), generateCodecKey(ID_KEY)]
    expect(Buffer.from(one.k, 'base64url')).toHaveLength(32)
    expect(one.k).not.toBe(other.k)
    expect(one.kid).not.toBe(other.kid)
    expect(isOwnCodecKeyId(ID_KEY, one.kid)).toBe(true)
    expect(isOwnCodecKeyId(randomBytes(32), one.kid)).toBe(false)
    for (const kid of ['', '.', 'x', `${one.kid}x`, `x${one.kid}`, one.kid.split('.')[0] ?? '', `${one.kid}.`])
      expect([kid, isOwnCodecKeyId(ID_KEY, kid)]).toEqual([kid, false])
  })
})

describe('a file of codec keys', () => {
  it('with several keys and destroyed ids is read in its order', async () => {
    const [first, second, gone] = [generateCodecKey(ID_KEY), generateCodecKey(ID_KEY), generateCodecKey(ID_KEY)]
    const ring = { keys: [first, second], destroyed: [gone.kid] }
    expect(await readCodecKeys(await ringFile(ring), ID_KEY)).toEqual(ring)
  })

  const key = generateCodecKey(ID_KEY)
  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{"keys": [{"k": "CANARY', /is not JSON/],
    ['no object', [], /the file/],
    ['no keys', {}, /keys must be a list/],
    ['an empty list', { keys: [] }, /keys must hold at least one key/],
    ['a key without an id', { keys: [{ ...key, kid: undefined }] }, /keys\[0\]\.kid must be set/],
    ['an id with a line break', { keys: [{ ...key, kid: 'a\nb' }] }, /keys\[0\]\.kid must be 1 to 64/],
    ['another kind of key', { keys: [key, { ...key, kty: 'EC' }] }, /keys\[1\]\.kty must be `oct`/],
    ['a key for another use', { keys: [{ ...key, use: 'sig' }] }, /use must be `enc`/],
    ['a key for another algorithm', { keys: [{ ...key, alg: 'A128GCM' }] }, /alg must be `A256GCM`/],
    [
      'a short key',
      { keys: [{ ...key, k: randomBytes(16).toString('base64url') }] },
      /k must be base64url of 32 bytes/,
    ],
    ['a key that is not base64url', { keys: [{ ...key, k: `CANARY+${key.k}` }] }, /k must be base64url/],
    ['the same id twice', { keys: [key, { ...generateCodecKey(ID_KEY), kid: key.kid }] }, /`kid` twice/],
    ['an id that is also destroyed', { keys: [key], destroyed: [key.kid] }, /`kid` twice/],
  ])('with %s is refused, by the field and without its content', async (_, content, message) => {
    const path = await ringFile(content)
    const refusal = await readCodecKeys(path, null).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(KeyFileError)
    expect((refusal as Error).message).toMatch(message)
    expect((refusal as Error).message).toContain(path)
    expect((refusal as Error).message).not.toMatch(new RegExp(`CANARY|${key.k}`))
  })

  it('that others may read, or that is absent, is refused', async () => {
    const path = await ringFile({ keys: [key] })
    await chmod(path, 0o640)
    await expect(readCodecKeys(path, ID_KEY)).rejects.toThrow(/chmod 600/)
    await expect(readCodecKeys(join(folder, 'absent'), ID_KEY)).rejects.toThrow(/ENOENT/)
  })

  it('of another deployment is refused where the id key is at hand', async () => {
    const path = await ringFile({ keys: [generateCodecKey(ID_KEY), generateCodecKey(randomBytes(32))] })
    await expect(readCodecKeys(path, ID_KEY)).rejects.toThrow(/this deployment's id key/)
    expect((await readCodecKeys(path, null)).keys).toHaveLength(2)
  })

  it('is read from what a secret store gives, too', () => {
    expect(parseCodecKeys({ keys: [key], more: 'ignored' }, 'the secret')).toEqual({ keys: [key] })
  })
})
