import { METADATA_ENCODING_KEY, type Payload } from '@temporalio/common'
import { type CodecKeyRing, hasCodecKeyIdForm } from '../codec-keys.js'
import { CodecKeyMissingError, createPayloadCodec, ENCRYPTED_ENCODING } from '../payload-codec.js'
import { idHoldsIdentifier } from '../../values/identifiers.js'
import { CodecServerRefusal } from './codes.js'
import { forPeople, isForPeople, standIn } from './for-people.js'

/** What the server does with payloads, whoever asks. */
export interface PeopleCodec {
  /** Decrypts for people: secrets are masked, and one payload that cannot be read does not hide the others. */
  decode(payloads: readonly Payload[]): Promise<{ payloads: Payload[]; unreadable: number }>
  /** @throws CodecServerRefusal MASKED or ALREADY_ENCRYPTED */
  encode(payloads: Payload[]): Promise<Payload[]>
}

/**
 * The payload codec as people use it. It works without the deployment's id key, which would let it try mobiles out; so a
 * key that is not here may be one of ours or not, and the answer names it where its id has the form of ours: whoever
 * wrote the payload chose the id.
 */
export function createPeopleCodec(ring: CodecKeyRing): PeopleCodec {
  const codec = createPayloadCodec(ring)
  const decodeOne = async (payload: Payload): Promise<Payload> => {
    try {
      const [decoded] = await codec.decode([payload])
      return forPeople(decoded ?? payload)
    } catch (error) {
      if (!(error instanceof CodecKeyMissingError)) throw error
      const isOurs = hasCodecKeyIdForm(error.kid) && !idHoldsIdentifier(error.kid)
      const kid = isOurs ? `the key ${error.kid}` : 'a key'
      return standIn({ $undecodable: `encrypted with ${kid}, which this codec server does not have` })
    }
  }
  return {
    async decode(payloads) {
      const decoded = await Promise.all(payloads.map(decodeOne))
      return { payloads: decoded, unreadable: decoded.filter(isUnreadable).length }
    },
    async encode(payloads) {
      for (const payload of payloads) {
        const encoding = Buffer.from(payload.metadata?.[METADATA_ENCODING_KEY] ?? []).toString('utf8')
        if (encoding === ENCRYPTED_ENCODING) throw new CodecServerRefusal('ALREADY_ENCRYPTED')
        if (isForPeople(payload)) throw new CodecServerRefusal('MASKED')
      }
      return codec.encode(payloads)
    },
  }
}

function isUnreadable({ data }: Payload): boolean {
  return Buffer.from(data ?? new Uint8Array())
    .subarray(0, 16)
    .toString('utf8')
    .startsWith('{"$undecodable"')
}
