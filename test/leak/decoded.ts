import type { Payload, PayloadCodec } from '@temporalio/common'
import type { OnboardingClient } from '../../client/index.js'
import { CodecKeyMissingError } from '../../secrets/index.js'

/** The value with every payload in it decoded, however deep; one whose key is missing on purpose stays as it is. */
export async function decodedAsFarAsPossible<T>(client: OnboardingClient, value: T): Promise<T> {
  return (await decodedIn(client.temporal.options.loadedDataConverter.payloadCodecs, value)) as T
}

/** Every payload in the value. */
export function payloadsIn(value: unknown): Payload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  if (isPayload(value)) return [value]
  return Object.values(value).flatMap(payloadsIn)
}

async function decodedIn(codecs: readonly PayloadCodec[], value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => decodedIn(codecs, item)))
  // A 64-bit number of protobuf's is an object.
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || 'unsigned' in value) return value
  if (isPayload(value)) return decodedPayload(codecs, value)
  const entries = Object.entries(value).map(async ([name, inner]) => [name, await decodedIn(codecs, inner)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

async function decodedPayload(codecs: readonly PayloadCodec[], payload: Payload): Promise<Payload> {
  let decoded = payload
  for (const codec of codecs) {
    try {
      decoded = (await codec.decode([decoded]))[0] ?? decoded
    } catch (error) {
      if (!(error instanceof CodecKeyMissingError)) throw error
    }
  }
  return decoded
}

function isPayload(value: object): value is Payload {
  return 'metadata' in value && 'data' in value
}
