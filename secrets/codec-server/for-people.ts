import { METADATA_ENCODING_KEY, type Payload } from '@temporalio/common'
import { replaceIdentifiers } from '../../values/identifiers.js'
import { sealedHeader } from '../../values/sealed-field.js'

/**
 * A decoded payload as a person may see it. Whatever stands in a history can be asked for here, also what a client sent
 * by mistake and the journey refused. So secrets are masked wherever they stand, sealed or not, and what cannot be
 * looked into is not shown.
 */

/** In every mask and in nothing else, so that what was decoded for a person can be told from what may be encoded. */
export const MASK = '••••'
/** Marks of values that stand for others. */
const STAND_INS = ['"$undecodable"', '"$hidden"']

/** Names of secrets, written in any way. Their values are not shown, unless they are a sentence without a digit. */
const SECRET_KEYS = new Set(
  ['otp', 'aadhaar', 'aadhar', 'aadhaarNumber', 'aadharNumber', 'pan', 'panNumber', 'otpRefId', 'walletToken'].map(
    plainKey,
  ),
)
/** Names that look like one, e.g. misspelt: digits there are not shown. Times in ms have more than 12 of them. */
const LIKE_A_SECRET_KEY = /otp|aa?dha?ar|wallettoken|^pan|pan$/
const DIGITS = /^\d(?:[ -]?\d){3,11}$/

const OTP_IN_TEXT = /otp["'\\]*\s*[:=]\s*["'\\]*\d{4,8}/gi
/** A compact JWE (RFC 7516 §7.1) of AES-GCM, with its IV of 96 and its tag of 128 bits. */
const JWE = /^[\w-]+\.[\w-]*\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/

const DEEPEST = 64
/** What Temporal's tools need of a payload's metadata. Anybody could write anything into the rest. */
const SHOWN_METADATA = [METADATA_ENCODING_KEY, 'messageType', 'type']

/**
 * The payload with every secret masked. JSON is written anew: its own bytes could hold what reading drops, such as the first
 * of two fields of one name. What a converter wrote without a secret keeps its bytes.
 */
export function forPeople(payload: Payload): Payload {
  const encoding = metadataText(payload, METADATA_ENCODING_KEY)
  const data = payload.data ?? new Uint8Array()
  if (encoding.startsWith('json/')) return shownJson(payload, Buffer.from(data).toString('utf8'))
  if (data.length === 0) return { metadata: shownMetadata(payload), data }
  return standIn({ $hidden: `${MASK} ${data.length} bytes` })
}

/** Whether a payload was made by `forPeople`: encoded, it would put a mask into a journey in place of a secret. */
export function isForPeople({ data }: Payload): boolean {
  const text = Buffer.from(data ?? new Uint8Array()).toString('utf8')
  // No way of escaping characters hides a mask.
  const plain = text.replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
  return [MASK, ...STAND_INS].some((mark) => plain.includes(mark))
}

/** A payload that says why there is none. */
export function standIn(value: { $undecodable: string } | { $hidden: string }): Payload {
  return { metadata: { [METADATA_ENCODING_KEY]: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(value)) }
}

function shownJson(payload: Payload, text: string): Payload {
  const value = parsed(text)
  if (value === undefined) return standIn({ $undecodable: 'malformed JSON' })
  return { metadata: shownMetadata(payload), data: Buffer.from(JSON.stringify(masked(value, '', 0))) }
}

/** The value with secrets masked. `key` names it, as `plainKey` does. */
function masked(value: unknown, key: string, depth: number): unknown {
  if (typeof value === 'string') return maskedText(value, key)
  if (typeof value === 'number') return isSecretNumber(String(value), key) ? MASK : value
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST) return `${MASK} too deep`
  // Items of a list are named by the list.
  if (Array.isArray(value)) return value.map((item) => masked(item, key, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [withoutSecrets(name), masked(inner, plainKey(name), depth + 1)]),
  )
}

function maskedText(text: string, key: string): string {
  const header = sealedHeader(text)
  if (header) return `${header.field} ${MASK}`
  if (JWE.test(text)) return `sealed ${MASK}`
  if (SECRET_KEYS.has(key) && text !== '' && (!/\s/.test(text) || /\d/.test(text))) return MASK
  if (LIKE_A_SECRET_KEY.test(key) && DIGITS.test(text)) return MASK
  return withoutSecrets(text)
}

function isSecretNumber(digits: string, key: string): boolean {
  return (
    SECRET_KEYS.has(key) || (LIKE_A_SECRET_KEY.test(key) && DIGITS.test(digits)) || withoutSecrets(digits) !== digits
  )
}

/** Mobiles stay: they are no secret here, and what people look for. */
function withoutSecrets(text: string): string {
  return replaceIdentifiers(text.replace(OTP_IN_TEXT, MASK), () => MASK, { mobiles: false })
}

function plainKey(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '')
}

function shownMetadata(payload: Payload): Record<string, Uint8Array> {
  return Object.fromEntries(
    SHOWN_METADATA.flatMap((name) => {
      const text = metadataText(payload, name)
      return /^[\w./+-]{1,128}$/.test(text) && withoutSecrets(text) === text ? [[name, Buffer.from(text)] as const] : []
    }),
  )
}

function metadataText({ metadata }: Payload, name: string): string {
  const value = metadata?.[name]
  return value ? Buffer.from(value).toString('utf8') : ''
}

/** Undefined where the text is not JSON; JSON has no undefined. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
