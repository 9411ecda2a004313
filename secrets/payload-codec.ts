import { webcrypto } from 'node:crypto'
import { ApplicationFailure, METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'
import type { CodecKeyRing } from './codec-keys.js'

const { Payload: PayloadMessage } = proto.temporal.api.common.v1
const { subtle } = webcrypto

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
  const keys: KeySource = new Map(
    ring?.keys.map(({ kid, k }) => [kid, once(() => importKey(Buffer.from(k, 'base64url')))] as const),
  )
  const destroyed = new Set(ring?.destroyed)
  const decodeOne = async (payload: Payload): Promise<Payload> => {
    if (metadataText(payload, METADATA_ENCODING_KEY) !== ENCRYPTED_ENCODING) return payload
    const kid = metadataText(payload, KEY_ID_METADATA)
    if (destroyed.has(kid)) return marker(UNDECODABLE.DESTROYED_KEY)
    const key = keys.get(kid)
    if (key) return decrypt(await key(), kid, payload.data ?? new Uint8Array())
    if (kid !== '' && isOwnKeyId(kid)) throw new CodecKeyMissingError(kid)
    return marker(UNDECODABLE.FOREIGN_KEY)
  }
  const decode: PayloadCodec['decode'] = (payloads) => Promise.all(payloads.map(decodeOne))
  if (!ring) return { encrypts: false, encode: (payloads) => Promise.resolve(payloads), decode }

  const kid = ring.keys[0]?.kid ?? ''
  const active = keys.get(kid)
  if (!active) throw new Error('The key ring of the codec is empty. Generate keys first.')
  const encode: PayloadCodec['encode'] = async (payloads) => {
    const key = await active()
    return Promise.all(payloads.map((payload) => encrypt(key, kid, payload)))
  }
  return { encrypts: true, encode, decode }
}

async function encrypt(key: webcrypto.CryptoKey, kid: string, payload: Payload): Promise<Payload> {
  const iv = webcrypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await subtle.encrypt(algorithm(iv, kid), key, PayloadMessage.encode(payload).finish())
  return {
    metadata: { [METADATA_ENCODING_KEY]: bytesOf(ENCRYPTED_ENCODING), [KEY_ID_METADATA]: bytesOf(kid) },
    data: Buffer.concat([iv, new Uint8Array(sealed)]),
  }
}

async function decrypt(key: webcrypto.CryptoKey, kid: string, data: Uint8Array): Promise<Payload> {
  if (data.length < IV_BYTES + TAG_BYTES) return marker(UNDECODABLE.NOT_AUTHENTIC)
  const plaintext = await subtle
    .decrypt(algorithm(data.subarray(0, IV_BYTES), kid), key, data.subarray(IV_BYTES))
    .catch(notAuthentic)
  return plaintext ? parsedPayload(new Uint8Array(plaintext)) : marker(UNDECODABLE.NOT_AUTHENTIC)
}

type KeySource = ReadonlyMap<string, () => Promise<webcrypto.CryptoKey>>

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

function importKey(bytes: Uint8Array): Promise<webcrypto.CryptoKey> {
  return subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

function algorithm(iv: Uint8Array, kid: string): webcrypto.AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: bytesOf(`${CONTEXT}\n${kid}`), tagLength: TAG_BYTES * 8 }
}

function metadataText({ metadata }: Payload, name: string): string {
  const value = metadata?.[name]
  return value ? Buffer.from(value).toString('utf8') : ''
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}

/** WebCrypto says OperationError where the tag does not fit; anything else is a defect and must be seen. */
function notAuthentic(error: unknown): null {
  if ((error as { name?: unknown } | null)?.name === 'OperationError') return null
  throw error
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
