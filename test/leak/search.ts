import { type Form, type Needle, needlesOf, SHORTEST } from './forms.js'
import { unwrap } from './unwrap.js'

/** A secret that was found. */
export interface Hit {
  /** Which kind of secret. */
  readonly kind: string
  readonly form: Form
  /** What it was wrapped in, from the outside; empty where it lay open. */
  readonly within: readonly string[]
  /** What stands before and after it, with the secret itself blanked: where to look. */
  readonly around: string
}

export interface SearchResult {
  /** Of what was given, not of what was unwrapped. */
  readonly bytes: number
  readonly hits: readonly Hit[]
  /** Compressed pieces that could not be opened. */
  readonly unopened: number
  /** Runs of exactly eight digits, in all layers: so often a code could be met by chance. */
  readonly codeShapes: number
}

/** Searches for all secrets at once. */
export interface Searcher {
  search(bytes: Buffer): SearchResult
  /** How many needles are codes: eight digits. */
  readonly codeNeedles: number
}

/** Layers that are unwrapped, e.g. gzip in base64 in JSON in base64. */
const DEEPEST = 4
const CODE_DIGITS = 8
/**
 * A code counts only where no other digit touches it: any eight digits stand in some time, counter or id by chance. What a
 * leak glues to a code is a number that is searched for itself.
 */
function isAlone(bytes: Buffer, at: number, length: number): boolean {
  return !isDigit(bytes[at - 1]) && !isDigit(bytes[at + length])
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function isCode(needle: Needle): boolean {
  return needle.bytes.length === CODE_DIGITS && needle.bytes.every(isDigit)
}

/** Bits of a filter by how every needle begins. */
const FILTER_BITS = 20

type Found = (kind: string, needle: Needle, at: number) => void

/** @param secrets the values of each kind */
export function createSearcher(secrets: ReadonlyMap<string, ReadonlySet<string | Buffer>>): Searcher {
  const filter = new Uint8Array(1 << FILTER_BITS)
  const byStart = new Map<number, { kind: string; needle: Needle }[]>()
  const codes = new Set<string>()
  for (const [kind, values] of secrets) {
    for (const needle of [...values].flatMap(needlesOf)) {
      const start = mix(needle.bytes.readInt32BE(0), needle.bytes.readInt32BE(4))
      filter[slotOf(start)] = 1
      byStart.set(start, [...(byStart.get(start) ?? []), { kind, needle }])
      if (isCode(needle)) codes.add(needle.bytes.toString('latin1'))
    }
  }

  /** One pass over the bytes, whatever the number of needles. Answers how many runs of eight digits there are. */
  function scan(bytes: Buffer, found: Found): number {
    // The eight bytes behind `end`, as two signed words: those are the fastest numbers there are here.
    let [first, second] = [0, 0]
    let digits = 0
    let shapes = 0
    for (let end = 0; end < bytes.length; end += 1) {
      const byte = bytes[end] ?? 0
      first = (first << 8) | (second >>> 24)
      second = (second << 8) | byte
      if (isDigit(byte)) digits += 1
      else {
        if (digits === CODE_DIGITS) shapes += 1
        digits = 0
      }
      const start = mix(first, second)
      const at = end - SHORTEST + 1
      if (filter[slotOf(start)] === 0 || at < 0) continue
      for (const { kind, needle } of byStart.get(start) ?? []) {
        const { length } = needle.bytes
        if (!needle.bytes.equals(bytes.subarray(at, at + length))) continue
        if (!isCode(needle) || isAlone(bytes, at, length)) found(kind, needle, at)
      }
    }
    return digits === CODE_DIGITS ? shapes + 1 : shapes
  }

  function layer(bytes: Buffer, within: readonly string[]): Omit<SearchResult, 'bytes'> {
    const hits: Hit[] = []
    let codeShapes = scan(bytes, (kind, needle, at) =>
      hits.push({ kind, form: needle.form, within, around: aroundOf(bytes, at, needle.bytes.length) }),
    )
    if (within.length >= DEEPEST) return { hits, unopened: 0, codeShapes }
    const inner = unwrap(bytes)
    let { unopened } = inner
    for (const { by, bytes: opened } of inner.found) {
      const below = layer(opened, [...within, by])
      hits.push(...below.hits)
      unopened += below.unopened
      codeShapes += below.codeShapes
    }
    return { hits, unopened, codeShapes }
  }

  return { codeNeedles: codes.size, search: (bytes) => ({ bytes: bytes.length, ...layer(bytes, []) }) }
}

/** Looked up once: in jest each look at a global, as `Math` is, costs more than all else of the pass. */
const { imul } = Math

/** One word of the eight bytes with which every needle begins at least. */
function mix(first: number, second: number): number {
  return imul(first, 0x9e3779b1) ^ imul(second, 0x85ebca6b)
}

function slotOf(start: number): number {
  return start >>> (32 - FILTER_BITS)
}

const AROUND = 60

function aroundOf(bytes: Buffer, at: number, length: number): string {
  const before = bytes.toString('latin1', Math.max(0, at - AROUND), at)
  const after = bytes.toString('latin1', at + length, at + length + AROUND / 2)
  return `${before}[…]${after}`.replace(/[^\x20-\x7e…]/g, '.')
}
