import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type DecipherGCM,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { ApplicationFailure, METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'
import type { CodecKeyRing } from './codec-keys.js'

const { Payload: PayloadMessage } = proto.temporal.api.common.v1

const CIPHER = 'aes-256-gcm'

/** The encoding that Temporal's own samples use, so that its tools show what it is. */
export const ENCRYPTED_ENCODING = 'binary/encrypted'
export const KEY_ID_METADATA = 'encryption-key-id'

/** NIST SP 800-38D §8.2.2: a random IV of 96 bits allows 2^32 messages a key. */
const IV_BYTES = 12
const TAG_BYTES = 16
/** Names what is encrypted and how it is laid out: `IV ‖ ciphertext ‖ tag` of a serialized Payload. */
const CONTEXT = 'sender-onboarding payload 1'

/** Why an encrypted payload became `{$undecodable}`. Holds no content. */
export const UNDECODABLE = {
  FOREIGN_KEY: 'encrypted with a key of somebody else',
  DESTROYED_KEY: 'encrypted with a key that was destroyed',
  NOT_AUTHENTIC: 'tampered with, truncated or of another key',
  NOT_A_PAYLOAD: 'encrypted, but not a serialized payload',
} as const
export type UndecodableReason = (typeof UNDECODABLE)[keyof typeof UNDECODABLE]

/** The type of the failures of tasks for which a codec key is missing. */
export const CODEC_KEY_MISSING = 'CODEC_KEY_MISSING'

/**
 * A key of this deployment is missing: nothing is decided without it, so that what is done can be done again. As an
 * application failure its type stays legible in histories, where the key to its message may be missing, too.
 */
export class CodecKeyMissingError extends ApplicationFailure {
  override readonly name = 'CodecKeyMissingError'
  readonly code = CODEC_KEY_MISSING
  constructor(
    /** The id of the missing key. */
    readonly kid: string,
  ) {
    super(
      `The codec key ${kid} is not in the key ring. Put it into the file of ONBOARDING_CODEC_KEYS_FILE and restart.`,
      CODEC_KEY_MISSING,
    )
  }
}

/** A payload codec that says whether it encrypts: without a key ring it reads only. */
export interface OnboardingCodec extends PayloadCodec {
  readonly encrypts: boolean
}

export interface PayloadCodecOptions {
  /**
   * Whether a key id that is not in the ring is one of this deployment: then decoding throws, and else the payload
   * becomes a marker. See `isOwnCodecKeyId`. @default every id is
   */
  readonly isOwnKeyId?: (kid: string) => boolean
}

/**
 * Temporal's hook for encryption: AES-256-GCM of the whole serialized payload, its metadata too, with a fresh random IV.
 * The first key of the ring encrypts. Without a ring, what is written stays in plain, and the rules for reading are the
 * same. Runs outside of the workflow sandbox.
 *
 * Decoding:
 * 1. What is not `binary/encrypted` is passed through unchanged: histories from before, and messages sent in plain.
 * 2. What cannot be authentic becomes a payload that decodes to `{$undecodable: reason}`, as the payload converter does
 *    it: the journey refuses it by name and goes on.
 * 3. A missing key of this deployment throws `CodecKeyMissingError`. A marker would be decided anew, and otherwise, by
 *    the next worker that has the key, and the journey would never replay again.
 *
 * Authenticated with the content are the key's id and a constant. The workflow is not among it, since the codec server is
 * not told which one a payload belongs to; nor is the namespace, because a history must survive being moved or renamed:
 * a wrong guess would look like tampering. Deployments are kept apart by their keys, and journeys by the seals of secrets.
 */
export function createPayloadCodec(
  ring: CodecKeyRing | null,
  { isOwnKeyId = () => true }: PayloadCodecOptions = {},
): OnboardingCodec {
  const keys: ReadonlyMap<string, KeyObject> = new Map(
    ring?.keys.map(({ kid, k }) => [kid, createSecretKey(Buffer.from(k, 'base64url'))] as const),
  )
  const destroyed = new Set(ring?.destroyed)
  const decodeOne = (payload: Payload): Payload => {
    if (metadataText(payload, METADATA_ENCODING_KEY) !== ENCRYPTED_ENCODING) return payload
    const kid = metadataText(payload, KEY_ID_METADATA)
    if (destroyed.has(kid)) return marker(UNDECODABLE.DESTROYED_KEY)
    const key = keys.get(kid)
    if (key) return decrypt(key, kid, payload.data ?? new Uint8Array())
    if (kid !== '' && isOwnKeyId(kid)) throw new CodecKeyMissingError(kid)
    return marker(UNDECODABLE.FOREIGN_KEY)
  }
  const decode: PayloadCodec['decode'] = (payloads) => settling(() => payloads.map(decodeOne))
  if (!ring) return { encrypts: false, encode: (payloads) => Promise.resolve(payloads), decode }

  const kid = ring.keys[0]?.kid ?? ''
  const active = keys.get(kid)
  if (!active) throw new Error('The key ring of the codec is empty. Generate keys first.')
  const encode: PayloadCodec['encode'] = (payloads) =>
    settling(() => payloads.map((payload) => encrypt(active, kid, payload)))
  return { encrypts: true, encode, decode }
}

/** What is thrown rejects. */
function settling<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()))
}

/** Payloads are small: done at once they take less than a detour by another thread. */
function encrypt(key: KeyObject, kid: string, payload: Payload): Payload {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(context(kid))
  const sealed = cipher.update(PayloadMessage.encode(payload).finish())
  cipher.final()
  return {
    metadata: { [METADATA_ENCODING_KEY]: bytesOf(ENCRYPTED_ENCODING), [KEY_ID_METADATA]: bytesOf(kid) },
    data: Buffer.concat([iv, sealed, cipher.getAuthTag()]),
  }
}

function decrypt(key: KeyObject, kid: string, data: Uint8Array): Payload {
  if (data.length < IV_BYTES + TAG_BYTES) return marker(UNDECODABLE.NOT_AUTHENTIC)
  const [iv, sealed, tag] = [data.subarray(0, IV_BYTES), data.subarray(IV_BYTES, -TAG_BYTES), data.subarray(-TAG_BYTES)]
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(context(kid)).setAuthTag(tag)
  const plaintext = opened(decipher, sealed)
  return plaintext ? parsedPayload(plaintext) : marker(UNDECODABLE.NOT_AUTHENTIC)
}

/** The plaintext, or null where the tag does not fit: of GCM, `final` throws for that alone. */
function opened(decipher: DecipherGCM, sealed: Uint8Array): Uint8Array | null {
  const plaintext = decipher.update(sealed)
  try {
    decipher.final()
  } catch {
    return null
  }
  // A buffer of its own: small ones share one, all of which would go to the workflows' thread.
  return new Uint8Array(plaintext)
}

function context(kid: string): Uint8Array {
  return bytesOf(`${CONTEXT}\n${kid}`)
}

function metadataText({ metadata }: Payload, name: string): string {
  const value = metadata?.[name]
  return value ? Buffer.from(value).toString('utf8') : ''
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}

/** Authentic bytes can still be laid out wrongly, by a client in another language. */
function parsedPayload(bytes: Uint8Array): Payload {
  try {
    return PayloadMessage.decode(bytes)
  } catch (error) {
    if (error instanceof Error) return marker(UNDECODABLE.NOT_A_PAYLOAD)
    throw error
  }
}

function marker(reason: UndecodableReason): Payload {
  return {
    metadata: { [METADATA_ENCODING_KEY]: bytesOf('json/plain') },
    data: bytesOf(JSON.stringify({ $undecodable: reason })),
  }
}
