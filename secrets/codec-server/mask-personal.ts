import { replaceIdentifiers } from '../../values/identifiers.js'

/** In every mask, so that `isForPeople` tells what was decoded for a person from what may be encoded. */
const DOTS = '••••'

/** Names of a person's name, as `plainKey` writes them. */
const NAME_KEYS = new Set(['name', 'fullname', 'firstname', 'middlename', 'lastname', 'sendername', 'customername'])
/** Of what is never shown, not even in part: it says little to an operator, and much of a person. */
const HIDDEN_KEYS = new Set(['dob', 'dateofbirth', 'address', 'residenceaddress', 'permanentaddress'])

/** As deep as `forPeople` looks. */
const DEEPEST = 64

/**
 * A decoded JSON value, secrets masked already, with the people in it masked: enough to recognise somebody whom one
 * knows, not enough to learn who it is. Mobiles go wherever they stand, as `98••••••10`; names by the field they are in,
 * as `A•••• S••••`; date of birth and address are not shown. The name of a message stays, beside its `body`, and so does
 * what is wrong with a field. A name in a sentence cannot be told from a word.
 */
export function maskPersonal(value: unknown): unknown {
  return masked(value, '', 0)
}

/** @param key names the value: the field that it is in, or that its list is in */
function masked(value: unknown, key: string, depth: number): unknown {
  if (typeof value === 'string') return maskedText(value, key)
  if (typeof value === 'number') {
    const text = withoutMobiles(String(value))
    return text === String(value) ? value : text
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST) return DOTS
  if (Array.isArray(value)) return value.map((item) => masked(item, key, depth + 1))
  const isMessage = 'body' in value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const plain = plainKey(name)
      // What a hidden field holds is hidden as well, whatever it is called in there.
      const isWord = (isMessage && plain === 'name') || key === 'fielderrors'
      const innerKey = HIDDEN_KEYS.has(key) ? key : isWord ? '' : plain
      return [withoutMobiles(name), masked(inner, innerKey, depth + 1)]
    }),
  )
}

function maskedText(text: string, key: string): string {
  if (text === '' || text.includes(DOTS)) return withoutMobiles(text)
  if (HIDDEN_KEYS.has(key)) return DOTS
  if (NAME_KEYS.has(key)) return initials(text)
  return withoutMobiles(text)
}

/** `A•••• S••••`: the number of letters says nothing. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  return words.map((word) => `${[...word][0] ?? ''}${DOTS}`).join(' ')
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
