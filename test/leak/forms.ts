/** How a secret may be written where nobody should find it. */
export const FORMS = ['text', 'reversed', 'utf16', 'base64', 'hex', 'url', 'number'] as const
export type Form = (typeof FORMS)[number]

/** Bytes that betray a secret. */
export interface Needle {
  readonly form: Form
  readonly bytes: Buffer
}

/** Shorter ones stand in any few megabytes by chance. */
export const SHORTEST = 8
/** Numbers below this many digits are too short to be told apart in binary. */
const SHORTEST_NUMBER = 10

/**
 * Everything that is searched for a secret: as text (in the usual ways to write it), reversed, as UTF-16, within base64 of
 * both alphabets in its three alignments, as hex, with each character percent-encoded, and, where it is a number, as
 * binary numbers. What is compressed or encoded twice is unwrapped first: see `unwrap.ts`.
 *
 * @param secret text, or the raw bytes of a key
 * @throws Error where the secret is too short to be told from chance
 */
export function needlesOf(secret: string | Buffer): Needle[] {
  if (secret.length < SHORTEST) throw new Error(`A canary must have ${SHORTEST} characters or more.`)
  const needles = typeof secret === 'string' ? writings(secret).flatMap(textForms) : byteForms(secret)
  const once = new Map(needles.map((needle) => [needle.bytes.toString('latin1'), needle]))
  return [...once.values()].filter(({ bytes }) => bytes.length >= SHORTEST)
}

/** A text in the ways in which programs write it: other case, groups of four digits, a space in a URL. */
function writings(text: string): string[] {
  const grouped = /^\d{12}$/.test(text) ? [' ', '-'].map((gap) => text.replace(/(\d{4})(?=\d)/g, `$1${gap}`)) : []
  return [text, text.toLowerCase(), text.toUpperCase(), ...grouped]
}

function textForms(text: string): Needle[] {
  const bytes = Buffer.from(text, 'utf8')
  return [
    { form: 'text', bytes },
    { form: 'reversed', bytes: Buffer.from([...text].reverse().join('')) },
    { form: 'utf16', bytes: Buffer.from(text, 'utf16le') },
    ...base64Cores(bytes),
    ...hexForms(bytes),
    ...urlForms(text),
    ...numberForms(text),
  ]
}

function byteForms(bytes: Buffer): Needle[] {
  return [{ form: 'text', bytes }, ...base64Cores(bytes), ...hexForms(bytes)]
}

/** Of base64 of a longer text that holds these bytes anywhere: the characters that their neighbours do not touch. */
function base64Cores(bytes: Buffer): Needle[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const core = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
    const inUrls = core.replaceAll('+', '-').replaceAll('/', '_')
    return [core, inUrls].map((text): Needle => ({ form: 'base64', bytes: Buffer.from(text) }))
  })
}

function hexForms(bytes: Buffer): Needle[] {
  const hex = bytes.toString('hex')
  return [hex, hex.toUpperCase()].map((text) => ({ form: 'hex', bytes: Buffer.from(text) }))
}

function urlForms(text: string): Needle[] {
  const all = [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const usual = encodeURIComponent(text)
  return [all, all.toUpperCase(), usual, usual.replaceAll('%20', '+')]
    .filter((encoded) => encoded !== text)
    .map((encoded) => ({ form: 'url', bytes: Buffer.from(encoded) }))
}

/** As a number of JavaScript, of 64 bits in both orders, as bytes of protobuf never are shorter than needed. */
function numberForms(text: string): Needle[] {
  if (!/^[1-9]\d*$/.test(text) || text.length < SHORTEST_NUMBER || text.length > 15) return []
  const [little, big, double] = [Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8)]
  little.writeBigUInt64LE(BigInt(text))
  big.writeBigUInt64BE(BigInt(text))
  double.writeDoubleLE(Number(text))
  return [little, big, double].map((bytes) => ({ form: 'number', bytes }))
}
