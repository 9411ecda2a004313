import { randomBytes } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { generateCodecKey } from './codec-keys.js'
import { JweError, privateKey, publicPoint } from './jwe.js'
import { KeyFileError, readKeyJson, readKeyText, refuseIfShared } from './key-file.js'
import { isInOrder, type KeyWindow, type SealingKey } from './key-window.js'
import { publishKeys } from './publish-keys.js'
import type { KeySet, KeySource } from './sealing.js'

/** The files of a keys folder. */
export const KEY_FILES = {
  /** Private JWK set: workers only. */
  sealing: 'sealing-keys.json',
  /** Public JWK set: whoever sends secrets. */
  sealingPublic: 'sealing-keys.public.json',
  /** Base64 of 32 random bytes: keys the HMAC of workflow ids. Belongs to the deployment and does not rotate. */
  id: 'id-key',
  /** Secret JWK set of the payload codec: workers, clients and the codec server. */
  codec: 'codec-keys.json',
} as const

/**
 * A new P-256 key for sealing; its `kid` is its thumbprint (RFC 7638).
 * @param window when it is sealed to and destroyed; default: always, and never
 */
export async function generateSealingKey(window: KeyWindow = {}): Promise<{ privateKeys: KeySet; publicKeys: KeySet }> {
  const { privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  const jwk = await exportJWK(privateKey)
  const named: SealingKey = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ECDH-ES', use: 'enc', ...window }
  return { privateKeys: { keys: [named] }, publicKeys: publicSet({ keys: [named] }) }
}

/** The set without what is private, for whoever seals. */
export function publicSet(set: KeySet): KeySet {
  return { keys: set.keys.map(({ d: _private, ...jwk }) => jwk) }
}

/** The public half of what a source gives: the same object for the same set, so that its keys are imported once. */
export function publicHalf(source: KeySource): KeySource {
  const halves = new WeakMap<KeySet, KeySet>()
  return async () => {
    const whole = await source()
    const half = halves.get(whole) ?? publicSet(whole)
    halves.set(whole, half)
    return half
  }
}

/**
 * Creates what is missing of a keys folder, and writes its public set; leaves existing keys alone. The folder is made for its
 * owner only; one that was there stays as it is, and is refused where others may enter it.
 * @param window of the sealing key; default: it is always sealed to, which production refuses
 * @throws KeyFileError
 */
export async function ensureKeysFolder(folder: string, window?: KeyWindow): Promise<{ created: string[] }> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new KeyFileError(`The folder ${folder} cannot be made (${error.code ?? 'unknown error'}).`)
  })
  if (made !== undefined) await chmod(folder, 0o700)
  await refuseIfShared(folder)
  const created: string[] = []
  const writeOnce = async (file: string, content: string): Promise<void> => {
    const isNew = await writeFile(join(folder, file), content, { mode: 0o600, flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false
        throw new KeyFileError(`${join(folder, file)} cannot be written (${error.code ?? 'unknown error'}).`)
      },
    )
    if (isNew) created.push(file)
  }
  await writeOnce(KEY_FILES.id, randomBytes(32).toString('base64'))
  const idKey = await readIdKey(join(folder, KEY_FILES.id))
  await writeOnce(KEY_FILES.codec, JSON.stringify({ keys: [generateCodecKey(idKey)] }, null, 2))
  await writeOnce(KEY_FILES.sealing, JSON.stringify((await generateSealingKey(window)).privateKeys, null, 2))
  const privateKeys = await readPrivateKeys(join(folder, KEY_FILES.sealing))
  const secret = [KEY_FILES.id, KEY_FILES.codec, KEY_FILES.sealing].map((file) => join(folder, file))
  await publishKeys(join(folder, KEY_FILES.sealingPublic), publicSet(privateKeys), secret)
  return { created }
}

/** Reads a private JWK set. Refuses a file that others than its owner may read. */
export async function readPrivateKeys(path: string): Promise<KeySet> {
  await refuseIfShared(path)
  const set = parseKeySet(await readKeyJson(path), path)
  requirePrivate(set, path)
  return set
}

/**
 * Reads a public JWK set. @throws KeyFileError also where it holds a private part
 */
export async function readPublicKeys(path: string): Promise<KeySet> {
  return parsePublicKeys(await readKeyJson(path), path)
}

/** Reads the id key: base64 of at least 16 bytes. */
export async function readIdKey(path: string): Promise<Buffer> {
  await refuseIfShared(path)
  return parseIdKey(await readKeyText(path), path)
}

export function parseIdKey(text: string, where: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length < 16) throw new KeyFileError(`${where} must hold base64 of at least 16 bytes.`)
  return key
}

/**
 * Checks a public set of sealing keys. A private part is refused, not dropped: whoever has the file could open what is
 * sealed, and should learn of it.
 * @throws KeyFileError which holds nothing of a key
 */
export function parsePublicKeys(json: unknown, where: string): KeySet {
  const set = parseKeySet(json, where)
  if (set.keys.some(({ d }) => d !== undefined)) {
    throw new KeyFileError(
      `${where} holds a private sealing key where public ones are needed. Put the public set there ` +
        '(onboard keys publish --to …), remove the private one from this host, and rotate if others could read it.',
    )
  }
  return set
}

/** @throws KeyFileError where a key has no private part */
export function requirePrivate(set: KeySet, where: string): void {
  if (set.keys.some((key) => !key.d))
    throw new KeyFileError(`${where} holds a public key where a private one is needed.`)
}

/**
 * A key of a set as `jwe.ts` takes it.
 * @throws KeyFileError which names the key, and holds nothing else of it
 */
export function importKey<T>(key: SealingKey, where: string, as: (jwk: JWK) => T): T {
  try {
    return as(key)
  } catch (error) {
    if (!(error instanceof JweError)) throw error
    throw new KeyFileError(`The key ${key.kid ?? 'without `kid`'} in ${where} is malformed. ${error.message}`)
  }
}

const NUMERIC_DATES = ['nbf', 'exp', 'destroyAfter'] as const

/**
 * Checks a set of sealing keys. @param where named in errors
 * @throws KeyFileError
 */
export function parseKeySet(json: unknown, where: string): KeySet {
  const { keys, destroyed } = (json ?? {}) as { keys?: unknown; destroyed?: unknown }
  if (!Array.isArray(keys) || keys.length === 0)
    throw new KeyFileError(`${where} is not a JWK set with at least one key.`)
  const set = keys as SealingKey[]
  if (set.some((key) => key?.kty !== 'EC' || key.crv !== 'P-256' || typeof key.kid !== 'string' || key.kid === ''))
    throw new KeyFileError(`Every key in ${where} must be an EC key on P-256 with a \`kid\`.`)
  // Found when the set is read, and not by the first secret that somebody types.
  for (const key of set) importKey<unknown>(key, where, key.d === undefined ? publicPoint : privateKey)
  if (set.some((key) => NUMERIC_DATES.some((name) => key[name] !== undefined && !Number.isSafeInteger(key[name]))))
    throw new KeyFileError(`In ${where}, ${NUMERIC_DATES.join(', ')} must be whole seconds since 1970.`)
  const kids = set.map(({ kid }) => kid)
  if (new Set(kids).size < kids.length)
    throw new KeyFileError(`${where} names a \`kid\` twice. Each key needs its own.`)
  const disordered = set.filter((key) => !isInOrder(key)).map(({ kid }) => kid)
  if (disordered.length > 0) {
    throw new KeyFileError(
      `In ${where}, the times of ${disordered.join(', ')} make no sense: nbf must be before exp, and exp not after ` +
        'destroyAfter, or secrets would be sealed to a key that nobody has any more.',
    )
  }
  if (destroyed === undefined) return { keys: set }
  if (!Array.isArray(destroyed) || destroyed.some((kid) => typeof kid !== 'string'))
    throw new KeyFileError(`\`destroyed\` of ${where} must be a list of key ids.`)
  return { keys: set, destroyed: destroyed as string[] }
}
