import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { KeyFileError, readKeyJson, refuseIfShared } from './key-file.js'

/** A secret key of the payload codec as a JWK (RFC 7517; `oct`: RFC 7518 §6.4). */
export interface CodecKey {
  readonly kty: 'oct'
  /** Names the key in the metadata of what it has encrypted. */
  readonly kid: string
  readonly use: 'enc'
  readonly alg: 'A256GCM'
  /** 256 bits in base64url. */
  readonly k: string
  /** Since when another key has encrypted in its place, in seconds since 1970. */
  readonly retiredAt?: number | undefined
}

/** The keys of the payload codec. */
export interface CodecKeyRing {
  /** The first one encrypts; all decrypt. */
  readonly keys: readonly CodecKey[]
  /** Ids of keys that were destroyed: what they encrypted is given up. @default none */
  readonly destroyed?: readonly string[] | undefined
}

const KEY_BYTES = 32
/** Of a key id: so many random bytes, and so many that tie them to the deployment. */
const KEY_ID_BYTES = 16

const keySchema = z.object({
  kty: z.literal('oct', 'must be `oct`'),
  kid: z.string('must be set').regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits or _ . -'),
  use: z.literal('enc', 'must be `enc`'),
  alg: z.literal('A256GCM', 'must be `A256GCM`'),
  k: z
    .string('must be set')
    .refine(
      (text) => /^[\w-]+$/.test(text) && Buffer.from(text, 'base64url').length === KEY_BYTES,
      `must be base64url of ${KEY_BYTES} bytes`,
    ),
  retiredAt: z.int('must be whole seconds since 1970').optional(),
})
const ringSchema = z.object({
  keys: z.array(keySchema, 'must be a list').min(1, 'must hold at least one key'),
  destroyed: z.array(z.string()).optional(),
})

/** A new key of 256 random bits, whose id says that it belongs to the deployment with this id key. */
export function generateCodecKey(idKey: Uint8Array): CodecKey {
  const name = randomBytes(KEY_ID_BYTES).toString('base64url')
  return {
    kty: 'oct',
    kid: `${name}.${signatureOf(idKey, name)}`,
    use: 'enc',
    alg: 'A256GCM',
    k: randomBytes(KEY_BYTES).toString('base64url'),
  }
}

/**
 * Whether a key id was made by `generateCodecKey` with this id key. Whoever may write to the namespace can name any key,
 * but cannot make such an id; so it tells a key of ours that is not here (yet) from one that never was.
 */
export function isOwnCodecKeyId(idKey: Uint8Array, kid: string): boolean {
  const [name = '', signature = ''] = kid.split('.')
  const expected = Buffer.from(`${name}.${signatureOf(idKey, name)}`)
  const given = Buffer.from(kid)
  return signature !== '' && given.length === expected.length && timingSafeEqual(given, expected)
}

/** Whether a text has the form of an id that `generateCodecKey` makes: nobody's number or name has it. */
export function hasCodecKeyIdForm(kid: string): boolean {
  return /^[\w-]{22}\.[\w-]{22}$/.test(kid)
}

function signatureOf(idKey: Uint8Array, name: string): string {
  return createHmac('sha256', idKey)
    .update(`codec key id ${name}`)
    .digest()
    .subarray(0, KEY_ID_BYTES)
    .toString('base64url')
}

/**
 * Checks a key ring. @param where named in errors
 * @throws KeyFileError which names the field and holds no key
 */
export function parseCodecKeys(ring: unknown, where: string): CodecKeyRing {
  const parsed = ringSchema.safeParse(ring)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = issue?.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
    throw new KeyFileError(
      `${where} is not a JWK set of codec keys: ${field?.slice(1) || 'the file'} ${issue?.message ?? ''}.`,
    )
  }
  const { keys, destroyed = [] } = parsed.data
  const kids = [...keys.map(({ kid }) => kid), ...destroyed]
  if (new Set(kids).size < kids.length)
    throw new KeyFileError(`${where} names a \`kid\` twice. Each key needs its own.`)
  return parsed.data
}

/**
 * Refuses keys of another deployment, or whose ids were made in another way: `isOwnCodecKeyId` would take an id like
 * theirs that is not in a process's ring for one that somebody made up, so that a ring which lacks a key would lose data
 * unseen, instead of waiting for the key.
 * @param where named in the error
 * @throws KeyFileError
 */
export function requireOwnCodecKeys({ keys }: CodecKeyRing, idKey: Uint8Array, where: string): void {
  if (keys.every(({ kid }) => isOwnCodecKeyId(idKey, kid))) return
  throw new KeyFileError(
    `${where} holds a codec key whose id was not made with this deployment's id key. Both must be of one deployment. ` +
      'Make codec keys by `onboard keys generate --kind codec`, or `generateCodecKey`, and keep their ids wherever they are kept.',
  )
}

/**
 * Reads the codec's key ring. Refuses a file that others than its owner may read, and keys of another deployment where
 * the id key is at hand.
 * @throws KeyFileError
 */
export async function readCodecKeys(path: string, idKey: Uint8Array | null): Promise<CodecKeyRing> {
  await refuseIfShared(path)
  const ring = parseCodecKeys(await readKeyJson(path), path)
  if (idKey) requireOwnCodecKeys(ring, idKey, path)
  return ring
}
