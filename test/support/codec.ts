import { readFile, writeFile } from 'node:fs/promises'
import type { Payload } from '@temporalio/common'
import { type CodecKey, type CodecKeyRing, createPayloadCodec, readIdKey } from '../../secrets/index.js'
import type { RawPayload } from './raw-messages.js'
import type { TestStack } from './test-stack.js'

/** The stack's file of codec keys. */
export function codecKeysFile({ local }: TestStack): string {
  return local.clientEnv['ONBOARDING_CODEC_KEYS_FILE'] ?? ''
}

export async function codecKeysOf(stack: TestStack): Promise<CodecKeyRing> {
  return JSON.parse(await readFile(codecKeysFile(stack), 'utf8')) as CodecKeyRing
}

export function idKeyOf({ local }: TestStack): Promise<Uint8Array> {
  return readIdKey(local.clientEnv['ONBOARDING_ID_KEY_FILE'] ?? '')
}

/** Puts a key behind those that are there: workers that start from now on decrypt with it. */
export async function addCodecKey(stack: TestStack, key: CodecKey): Promise<void> {
  const { keys } = await codecKeysOf(stack)
  await writeFile(codecKeysFile(stack), JSON.stringify({ keys: [...keys, key] }))
}

/** A payload encrypted with this key, as its parts. */
export async function encryptedWith(key: CodecKey, payload: Payload): Promise<Required<RawPayload>> {
  const [encrypted] = await createPayloadCodec({ keys: [key] }).encode([payload])
  return { encoding: 'binary/encrypted', keyId: key.kid, data: encrypted?.data ?? new Uint8Array() }
}
