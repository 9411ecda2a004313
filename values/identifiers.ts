/**
 * The forms in which numbers of people stand in texts: the one place that logs, evidence, views and the codec server
 * mask by. Sources: UIDAI (Aadhaar number of 12, Virtual ID of 16 digits), the Income Tax Department (PAN), and what our
 * own parsers take from a user (`parseMobile`, `parseAadhaar`, `parsePan`).
 */

/** Between two digits of one number: nothing, or up to four blanks of any kind, dots, dashes, and what lists are written with. */
const GAP_CHARACTER = '[\\s._/,:\\u2010-\\u2015\\u2212-]'
const GAP = `${GAP_CHARACTER}{0,4}`

/** `count` digits with gaps, the first one as given. No digit may touch them; a letter may. */
function digits(count: number, first = '\\d'): string {
  return `${first}(?:${GAP}\\d){${count - 1}}`
}

const ALONE = { from: '(?<!\\d)', to: '(?!\\d)' } as const
/** Aadhaar numbers and Virtual IDs as they are printed, also several in a row: where one ends cannot be told then. */
const GROUPS = `${ALONE.from}\\d{4}(?:${GAP_CHARACTER}{1,4}\\d{4}){2,63}${ALONE.to}`
const VID = `${ALONE.from}${digits(16)}${ALONE.to}`
const AADHAAR = `${ALONE.from}${digits(12)}${ALONE.to}`
/** With the prefixes that numbers are dialled with: `+91`, `91`, `0091`, `091`, `0`. */
const MOBILE = `${ALONE.from}(?:\\+?0{0,2}91${GAP}|0${GAP})?${digits(10, '[6-9]')}${ALONE.to}`
/** In one piece among other letters too; with gaps only where it begins and ends like a word. */
const PAN = `[A-Za-z]{5}\\d{4}[A-Za-z]|(?<![A-Za-z])[A-Za-z]{5}${GAP}\\d{4}${GAP}[A-Za-z](?![A-Za-z])`

/**
 * What only looks like such a number, and is needed whole by whoever reads a log: UUIDs, hashes and ids of 32 to 256 hex
 * digits, references of calls and ids of challenges (see `clientRefOf`, `mintChallenge`, `referenceOf`, `sendTransactionOtp`),
 * times in ms (until 2033), dates, times of a day, IPv4.
 */
const READABLE = [
  '(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])',
  '(?<![0-9A-Za-z])[0-9A-Fa-f]{32,256}(?![0-9A-Za-z])',
  // A letter among the hex digits: without one it could be a number with a word behind it.
  '(?<![0-9A-Za-z])(?=\\d{0,9}[a-f])[0-9a-f]{10}(?:[0-9a-z]{4}[0c][0-9a-z]{1,4}|t[0-9a-f]{6}[0-9a-z]{1,2})(?![0-9A-Za-z])',
  '(?<![0-9A-Za-z])(?=\\d{0,17}[a-f])[0-9a-f]{18}p\\d(?![0-9A-Za-z])',
  '(?<!\\d)1[5-9]\\d{11}(?!\\d)',
  '(?<!\\d|\\d-)(?:19|20)\\d\\d-[01]\\d-[0-3]\\d(?!-?\\d)',
  '(?<!\\d|\\d:)(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:[.,]\\d{1,9})?)?(?!:?\\d)',
  '(?<![\\d.])(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?![\\d.-])',
].join('|')

const WITHOUT_MOBILES = new RegExp(`(${READABLE})|${GROUPS}|${VID}|${AADHAAR}|${PAN}`, 'g')
const ALL = new RegExp(`(${READABLE})|${GROUPS}|${VID}|${AADHAAR}|${MOBILE}|${PAN}`, 'g')

/** Between the parts of a number in an id, which has no blanks. */
const MARK = '[._/,:-]'

/**
 * In an id: in one piece or in the usual groups, a PAN as a word of its own, also with a counter behind it. Ids of a
 * program's making (ULIDs, an agent with a counter behind it) hold the wider forms by chance, and must not fail by chance.
 */
const IN_ID = new RegExp(
  [
    `(${READABLE})`,
    `${ALONE.from}(?:\\d{16}|\\d{12}|\\d{4}(?:${MARK}\\d{4}){2,3})${ALONE.to}`,
    `${ALONE.from}(?:0{0,2}91${MARK}?|0)?[6-9](?:\\d{9}|\\d{4}${MARK}\\d{5}|\\d{2}${MARK}\\d{3}${MARK}\\d{4})${ALONE.to}`,
    `(?<![0-9A-Za-z])[A-Za-z]{5}${MARK}?\\d{4}${MARK}?[A-Za-z]\\d*(?![0-9A-Za-z])`,
  ].join('|'),
  'g',
)

/** Whether an id that somebody chose holds what could be a person's number: such an id must not go where nothing is hidden. */
export function idHoldsIdentifier(id: string): boolean {
  return [...id.matchAll(IN_ID)].some(([, readable]) => readable === undefined)
}

/** Every such number has as many; most texts have not, and this is looked at much faster. */
const FOUR_DIGITS = /\d(?:\D*\d){3}/

export interface ReplaceOptions {
  /** Whether mobile numbers go too; default true. Twelve digits go anyway: they could be an Aadhaar number. */
  readonly mobiles?: boolean
}

/** The text with every Aadhaar number, Virtual ID, PAN and mobile number replaced. */
export function replaceIdentifiers(
  text: string,
  replacement: (found: string) => string,
  { mobiles = true }: ReplaceOptions = {},
): string {
  if (!FOUR_DIGITS.test(text)) return text
  return text.replace(mobiles ? ALL : WITHOUT_MOBILES, (found: string, readable?: string) =>
    readable === undefined ? replacement(found) : found,
  )
}
