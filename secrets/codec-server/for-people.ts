import { METADATA_ENCODING_KEY, type Payload } from '@temporalio/common'
import { replaceIdentifiers } from '../../values/identifiers.js'
import { sealedHeader } from '../../values/sealed-field.js'
import { maskPersonal } from './mask-personal.js'

/**
 * A decoded payload as a person may see it. Whatever stands in a history can be asked for here, also what a client sent
 * by mistake and the journey refused. So secrets are masked wherever they stand, sealed or not, people are masked but for
 * what an operator knows them by, and what cannot be looked into is not shown.
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

const OTP_IN_TEXT = /otp["'\\]{0,16}\s{0,16}[:=]\s{0,16}["'\\]{0,16}\d{4,8}/gi
/** A compact JWE (RFC 7516 §7.1) of AES-GCM, with its IV of 96 and its tag of 128 bits. */
const JWE = /^[\w-]+\.[\w-]*\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/

const DEEPEST = 64
/** What Temporal's tools need of a payload's metadata. Anybody could write anything into the rest. */
const SHOWN_METADATA = [METADATA_ENCODING_KEY, 'messageType', 'type']

/** The payload with every mask that it needs; JSON that needs none keeps its text, unless it has two fields of one name. */
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
  const shown = maskPersonal(masked(value, '', 0))
  const written = JSON.stringify(shown)
  // Written anew, a long number would lose digits. As it was sent, the first of two fields of one name would be shown unread.
  const isShownAsSent =
    !written.includes(MASK) && withoutSecrets(text) === text && fieldsWritten(text) === fieldsOf(shown)
  return { metadata: shownMetadata(payload), data: Buffer.from(isShownAsSent ? text : written) }
}

/** How many fields stand in a text of valid JSON, of one name or not: each has the one colon outside of strings. */
function fieldsWritten(text: string): number {
  let count = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '\\') at += 1
    else if (character === '"') inString = !inString
    else if (character === ':' && !inString) count += 1
  }
  return count
}

function fieldsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner: unknown[] = Object.values(value)
  const own = Array.isArray(value) ? 0 : inner.length
  return inner.reduce<number>((sum, one) => sum + fieldsOf(one), own)
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
    Object.entries(value).map(([name, inner]) => [withoutSecrets(name), masked(inner, innerKey(key, name), depth + 1)]),
  )
}

/** In views it names counts of codes, and not an Aadhaar number; one of those would be found by its form all the same. */
const PURPOSE = 'AADHAAR'

/** What a secret's field holds is the secret, whatever it is called in there: `{"otp": {"value": "482913"}}`. */
function innerKey(outer: string, name: string): string {
  const plain = name === PURPOSE ? '' : plainKey(name)
  if (SECRET_KEYS.has(outer)) return outer
  return LIKE_A_SECRET_KEY.test(outer) && !SECRET_KEYS.has(plain) ? outer : plain
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

/** Mobiles are left to `maskPersonal`: they are no secret, and shown in part. */
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
