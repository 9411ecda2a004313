import { ALL_KINDS, KINDS } from './kinds.js'
import type { Row } from './judge.js'
import { PLACES } from './places.js'
import type { LeakRun } from './run.js'

/** The table of a run: places down, secrets across; bytes searched and hits. */
export function tableText({ rows, mode, journeys, seconds, complaints }: LeakRun): string {
  const head = ['place', 'bytes', ...ALL_KINDS.map((kind) => KINDS[kind].short)]
  const lines = rows.map((row) => [row.title, bytesText(row.bytes), ...ALL_KINDS.map((kind) => cellText(row, kind))])
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => [...(line[column] ?? '')].length)))
  const lineText = (line: readonly string[]): string =>
    line
      .map((text, column) => (column === 0 ? padEnd(text, widths[0] ?? 0) : padStart(text, widths[column] ?? 0)))
      .join('  ')
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
  const byChance = rows.reduce((sum, row) => sum + row.byChance, 0)
  return [
    `Secrets ${mode}: ${journeys} senders, ${bytesText(bytes)} searched, ${seconds} s`,
    '',
    ...[head, ...lines].map(lineText),
    '',
    'Hits; (n): readable there by design, see below. By chance alone, a code of eight digits would have been met',
    `${byChance.toFixed(5)} times, if the digits of all numbers of that length in these places were random.`,
    complaints.length === 0 ? 'No leak.' : `${complaints.length} LEAKS OR COMPLAINTS:`,
    ...complaints.slice(0, MOST_COMPLAINTS).map((complaint) => `  - ${complaint}`),
  ].join('\n')
}

const MOST_COMPLAINTS = 40

/** What the short names of columns mean, and why a cell may hold a number in brackets. */
export function legendText(): string {
  const reasons = new Map<string, string[]>()
  for (const { title, readable } of Object.values(PLACES)) {
    for (const [kind, why] of Object.entries(readable)) {
      const where = `${KINDS[kind as keyof typeof KINDS].short} in “${title}”`
      reasons.set(why, [...(reasons.get(why) ?? []), where])
    }
  }
  return [
    'Columns:',
    ...ALL_KINDS.map((kind) => `  ${KINDS[kind].short.padEnd(9)} ${KINDS[kind].title}`),
    'Readable by design:',
    ...[...reasons].map(([why, where]) => `  ${why}:\n    ${where.join('; ')}`),
    'Each is searched as text, reversed, in UTF-16, in base64 (both alphabets, three alignments), in hex, percent-encoded,',
    'as a binary number, and within gzip, zlib, zstd, base64, hex, percent-encoding and escapes of JSON, four layers deep.',
    'A code counts where no other digit touches it.',
    'Not searched: memory, swap, core dumps, what the sandbox (here: Eko) keeps, bare deflate, and the files of keys.',
  ].join('\n')
}

function cellText({ cells }: Row, kind: keyof Row['cells']): string {
  const { hits, readable } = cells[kind]
  return readable === null ? String(hits) : `(${hits})`
}

function bytesText(bytes: number): string {
  return bytes.toLocaleString('en-US')
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length))
}

function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - [...text].length)) + text
}
