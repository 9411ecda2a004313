import { replaceIdentifiers } from '../../values/identifiers.js'

/** In every mask, so that `isForPeople` tells what was decoded for a person from what may be encoded. */
const DOTS = '••••'

/** Names of a person's name, as `plainKey` writes them. */
const NAME_KEYS = new Set(
  ['', 'full', 'first', 'middle', 'last', 'given', 'family', 'sur', 'sender', 'customer', 'father', 'mother'].map(
    (which) => `${which}name`,
  ),
)
/** Of what is never shown, not even in part: it says little to an operator, and much of a person. */
const BIRTH_KEY = /^dob$|birth/
const PLACE_KEY =
  /address|pincode|postcode|postalcode|^zip(code)?$|^(city|town|village|district|street|landmark|locality|statename)$/
/** Of a bank account only the end is shown, as on a receipt. */
const ACCOUNT_KEY = /^(bank)?account(number|no)?$/
const SHOWN_OF_ACCOUNT = 4
/** Words that are a part of an address where they stand beside one, and something else otherwise: the journey's `state`. */
const BESIDE_AN_ADDRESS = new Set(['state', 'country', 'region', 'area', 'line', 'house', 'building', 'pin'])
/** `PAN_REQUIRED` is a journey's; no name of a place is written so. */
const STATE_OF_JOURNEY = /^[A-Z]+(_[A-Z]+)+$/

/** Names of messages stand beside their `body`; a person's name there is not of this form. */
const MESSAGE_NAME = /^(?:[a-z]+(?:[A-Z][a-z]+)+|cancel|finish|reenter)$/

/** As deep as `forPeople` looks. */
const DEEPEST = 64

/**
 * A decoded JSON value, secrets masked already, with the people in it masked: enough to recognise somebody whom one
 * knows, not enough to learn who it is. Mobiles go wherever they stand, as `98••••••10`; names by the field they are in,
 * as `A•••• S••••`; of a bank account the last four digits stay; date of birth and address are not shown. The name of a message stays, beside its `body`, where it has
 * the form of one, and so does what is wrong with a field. A name in a sentence cannot be told from a word.
 */
export function maskPersonal(value: unknown): unknown {
  return masked(value, '', 0)
}

/** @param key names the value: the field that it is in, or that its list is in */
function masked(value: unknown, key: string, depth: number): unknown {
  if (value === null || value === '') return value
  if (depth >= DEEPEST && typeof value === 'object') return DOTS
  if (Array.isArray(value)) return value.map((item) => masked(item, key, depth + 1))
  if (typeof value === 'object') return maskedFields(value, key, depth)
  // Also where a part is a mask already: what stands around it is not.
  if (isHidden(key)) return DOTS
  const isText = typeof value === 'string' || typeof value === 'number'
  if (isText && ACCOUNT_KEY.test(key)) return endOfAccount(String(value))
  if (typeof value === 'string') return NAME_KEYS.has(key) ? initials(value) : withoutMobiles(value)
  if (typeof value !== 'number') return value
  if (NAME_KEYS.has(key)) return DOTS
  const text = withoutMobiles(String(value))
  return text === String(value) ? value : text
}

function maskedFields(fields: object, key: string, depth: number): Record<string, unknown> {
  const isMessage = 'body' in fields
  const hasAddress = Object.keys(fields).some((name) => PLACE_KEY.test(plainKey(name)))
  return Object.fromEntries(
    Object.entries(fields).map(([name, inner]: [string, unknown]) => {
      const plain = plainKey(name)
      const isWord =
        typeof inner === 'string' &&
        (key === 'fielderrors' || (isMessage && plain === 'name' && MESSAGE_NAME.test(inner)))
      const isState = typeof inner === 'string' && STATE_OF_JOURNEY.test(inner)
      const isPlace = hasAddress && BESIDE_AN_ADDRESS.has(plain) && !isState
      return [withoutMobiles(name), masked(inner, innerKey(key, isWord ? '' : isPlace ? ADDRESS : plain), depth + 1)]
    }),
  )
}

const ADDRESS = 'address'

/** What a hidden field or a name holds is one as well, whatever it is called in there. */
function innerKey(outer: string, inner: string): string {
  if (isHidden(outer)) return outer
  return NAME_KEYS.has(outer) && !isHidden(inner) ? outer : inner
}

function isHidden(key: string): boolean {
  return BIRTH_KEY.test(key) || PLACE_KEY.test(key)
}

/** `••••5678`: nothing of a text that is too short to be a number of an account. */
function endOfAccount(account: string): string {
  return account.length >= 2 * SHOWN_OF_ACCOUNT ? `${DOTS}${account.slice(-SHOWN_OF_ACCOUNT)}` : DOTS
}

/** `A•••• S••••`: the number of letters says nothing. What is masked already stays as it is. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  return words.map((word) => (word === DOTS ? DOTS : `${[...word][0] ?? ''}${DOTS}`)).join(' ')
}

function withoutMobiles(text: string): string {
  return replaceIdentifiers(text, maskedMobile)
}

/** Ten digits, also after a 0, are a mobile. Of anything else nothing may stay: twelve could be an Aadhaar number. */
function maskedMobile(found: string): string {
  const [, first, last] = /^0?([6-9]\d)\d{6}(\d\d)$/.exec(found.replaceAll(/\D/g, '')) ?? []
  return first === undefined || last === undefined ? DOTS : `${first}${'•'.repeat(6)}${last}`
}

function plainKey(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '')
}
