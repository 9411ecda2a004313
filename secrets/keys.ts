import { randomBytes } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { generateCodecKey } from './codec-keys.js'
import { KeyFileError, readKeyJson, readKeyText, refuseIfShared } from './key-file.js'
import type { KeySet } from './sealing.js'

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

/** A new P-256 key for sealing; its `kid` is its thumbprint (RFC 7638). */
export async function generateSealingKey(): Promise<{ privateKeys: KeySet; publicKeys: KeySet }> {
  const { privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  const jwk = await exportJWK(privateKey)
  const named: JWK = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ECDH-ES', use: 'enc' }
  return { privateKeys: { keys: [named] }, publicKeys: publicSet({ keys: [named] }) }
}

export function publicSet(set: KeySet): KeySet {
  return { keys: set.keys.map(({ d: _private, ...jwk }) => jwk) }
}

/** Creates what is missing of a keys folder, readable by its owner only; leaves existing keys alone. */
export async function ensureKeysFolder(folder: string): Promise<{ created: string[] }> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const created: string[] = []
  const writeOnce = async (file: string, content: string): Promise<void> => {
    const isNew = await writeFile(join(folder, file), content, { mode: 0o600, flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false
        throw error
      },
    )
    if (isNew) created.push(file)
  }
  await writeOnce(KEY_FILES.id, randomBytes(32).toString('base64'))
  const idKey = await readIdKey(join(folder, KEY_FILES.id))
  await writeOnce(KEY_FILES.codec, JSON.stringify({ keys: [generateCodecKey(idKey)] }, null, 2))
  await writeOnce(KEY_FILES.sealing, JSON.stringify((await generateSealingKey()).privateKeys, null, 2))
  const privateKeys = await readPrivateKeys(join(folder, KEY_FILES.sealing))
  await writeFile(join(folder, KEY_FILES.sealingPublic), JSON.stringify(publicSet(privateKeys), null, 2), {
    mode: 0o600,
  })
  return { created }
}

/** Reads a private JWK set. Refuses a file that others than its owner may read. */
export async function readPrivateKeys(path: string): Promise<KeySet> {
  await refuseIfShared(path)
  const set = await readKeySet(path)
  if (set.keys.some((key) => !key.d))
    throw new KeyFileError(`${path} holds a public key where a private one is needed.`)
  return set
}

/** Reads a public JWK set; a private part, if present, is dropped. */
export async function readPublicKeys(path: string): Promise<KeySet> {
  return publicSet(await readKeySet(path))
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

async function readKeySet(path: string): Promise<KeySet> {
  const keys = ((await readKeyJson(path)) as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys) || keys.length === 0)
    throw new KeyFileError(`${path} is not a JWK set with at least one key.`)
  const set = keys as JWK[]
  if (set.some((key) => key.kty !== 'EC' || key.crv !== 'P-256' || !key.kid)) {
    throw new KeyFileError(`Every key in ${path} must be an EC key on P-256 with a \`kid\`.`)
  }
  return { keys: set }
}
