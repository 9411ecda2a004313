import * as zlib from 'node:zlib'

/** Bytes that something else was made of, and how. */
export interface Unwrapped {
  readonly by: 'gzip' | 'zlib' | 'zstd' | 'base64' | 'hex' | 'url' | 'json'
  readonly bytes: Buffer
}

export interface Unwrapping {
  readonly found: readonly Unwrapped[]
  /** Compressed data that could not be opened here: what is in it is not known. */
  readonly unopened: number
}

/** Most that one compressed piece may become. */
const LARGEST = 64 * 1_048_576
/** Characters of each encoding, and how many of them in a row are worth a look. */
const RUNS = {
  base64: { members: table(/[A-Za-z0-9+/_-]/), least: 24 },
  hex: { members: table(/[0-9a-fA-F]/), least: 16 },
  text: { members: table(/[\x20-\x7e]/), least: 16 },
} as const
const ESCAPES = { url: /%([0-9a-f]{2})/gi, json: /\\u00([0-9a-f]{2})/gi } as const
/** No text that a person or program writes in one piece is longer; what is, is taken in pieces that overlap. */
const PIECE = 1_048_576
const OVERLAP = 4_096

/** Everything in these bytes that is compressed or encoded, opened by one layer. */
export function unwrap(bytes: Buffer): Unwrapping {
  const { found, unopened } = compressed(bytes)
  for (const run of runsOf(bytes, 'base64')) {
    // Characters in front may belong to it by accident, e.g. a length in protobuf.
    for (const skip of [0, 1, 2, 3]) found.push({ by: 'base64', bytes: Buffer.from(run.slice(skip), 'base64url') })
  }
  for (const run of runsOf(bytes, 'hex')) {
    for (const skip of [0, 1]) found.push({ by: 'hex', bytes: Buffer.from(run.slice(skip), 'hex') })
  }
  for (const run of runsOf(bytes, 'text')) {
    for (const by of ['url', 'json'] as const) {
      if (run.search(ESCAPES[by]) >= 0) found.push({ by, bytes: unescaped(run, ESCAPES[by]) })
    }
  }
  return { found, unopened }
}

function table(members: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (members.test(String.fromCharCode(byte)) ? 1 : 0))
}

/** The stretches of these bytes that consist of such characters only. */
function runsOf(bytes: Buffer, kind: keyof typeof RUNS): string[] {
  const { members, least } = RUNS[kind]
  const isMember = (at: number): boolean => members[bytes[at] ?? 0] === 1
  const runs: string[] = []
  for (let start = 0; start + least <= bytes.length;) {
    // From the far end: what is no member there spares a look at all before it.
    let at = start + least - 1
    while (at >= start && isMember(at)) at -= 1
    if (at >= start) {
      start = at + 1
      continue
    }
    let end = start + least
    while (end < bytes.length && end - start < PIECE && isMember(end)) end += 1
    runs.push(bytes.toString('latin1', start, end))
    start = end - start === PIECE ? end - OVERLAP : end + 1
  }
  return runs
}

function unescaped(text: string, escape: RegExp): Buffer {
  return Buffer.from(
    text.replace(escape, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    'latin1',
  )
}

const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
/** Newer versions of Node have it. */
const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Buffer) => Buffer }

/** Streams of gzip (RFC 1952), zlib (RFC 1950) and zstd (RFC 8878) that begin anywhere. Bare deflate has no beginning. */
function compressed(bytes: Buffer): { found: Unwrapped[]; unopened: number } {
  const found: Unwrapped[] = []
  let unopened = 0
  for (let at = bytes.indexOf(0x1f); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
    if (bytes[at + 1] !== 0x8b || bytes[at + 2] !== 8) continue
    const opened = opening(() => zlib.gunzipSync(bytes.subarray(at), OPTIONS))
    if (opened) found.push({ by: 'gzip', bytes: opened })
  }
  for (let at = bytes.indexOf(0x78); at >= 0; at = bytes.indexOf(0x78, at + 1)) {
    if ((0x7800 + (bytes[at + 1] ?? 1)) % 31 !== 0) continue
    const opened = opening(() => zlib.inflateSync(bytes.subarray(at), OPTIONS))
    if (opened) found.push({ by: 'zlib', bytes: opened })
  }
  for (let at = bytes.indexOf(ZSTD_MAGIC); at >= 0; at = bytes.indexOf(ZSTD_MAGIC, at + 1)) {
    const rest = bytes.subarray(at)
    const opened = zstdDecompressSync && opening(() => zstdDecompressSync(rest))
    if (opened) found.push({ by: 'zstd', bytes: opened })
    else unopened += 1
  }
  return { found, unopened }
}

/** What is cut off is read as far as it goes. */
const OPTIONS = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: LARGEST }

/** Null where the bytes only began like a compressed stream. */
function opening(open: () => Buffer): Buffer | null {
  try {
    const opened = open()
    return opened.length > 0 ? opened : null
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (/^(Z_|ERR_BUFFER_TOO_LARGE|ZSTD_)/.test(code)) return null
    throw error
  }
}
