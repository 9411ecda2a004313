import { fileURLToPath } from 'node:url'
import type { DataConverter, PayloadCodec } from '@temporalio/common'
import { type CodecKeyRing, isOwnCodecKeyId, requireOwnCodecKeys } from './codec-keys.js'
import { createPayloadCodec } from './payload-codec.js'

/** Path of the payload converter. */
export const PAYLOAD_CONVERTER_PATH = fileURLToPath(new URL('./payload-converter.cjs', import.meta.url))
/** Path of the failure converter. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url))

/** The converters; the workflow bundle must be built with both as well. */
export const CONVERTER_PATHS = {
  payloadConverterPath: PAYLOAD_CONVERTER_PATH,
  failureConverterPath: FAILURE_CONVERTER_PATH,
} as const

/**
 * The data converter of every client and worker of the product.
 *
 * @param keyRing encrypts what is written and decrypts what is read; null: what is written stays in plain
 * @param idKey the deployment's id key, by which a missing key of ours is told from one that somebody made up: a worker
 *   must have it. Without, both throw.
 * @throws KeyFileError where the ring holds a key whose id was not made with the id key
 */
export function dataConverterOf(keyRing: CodecKeyRing | null, idKey: Uint8Array | null = null): DataConverter {
  if (keyRing && idKey) requireOwnCodecKeys(keyRing, idKey, 'The key ring')
  const isOwnKeyId = idKey ? (kid: string) => isOwnCodecKeyId(idKey, kid) : () => true
  return { ...CONVERTER_PATHS, payloadCodecs: [createPayloadCodec(keyRing, { isOwnKeyId })] }
}

/** Whether what is written with these codecs is encrypted. A codec that is not ours is trusted to. */
export function isEncrypting(codecs: readonly PayloadCodec[]): boolean {
  return codecs.some((codec) => !('encrypts' in codec) || codec.encrypts === true)
}
