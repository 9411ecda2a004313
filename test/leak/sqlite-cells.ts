/**
 * The records of a SQLite database file (sqlite.org/fileformat2.html), each in one piece. In the file itself a long one is
 * scattered over overflow pages, so that a search of the file could miss what lies across two of them. Reads every b-tree
 * page there is, also those that belong to no table any more; pages of the write-ahead log count instead of older ones.
 */

const FILE_HEADER = 100
const WAL_HEADER = 32
const WAL_FRAME_HEADER = 24
const LEAF_TABLE = 0x0d
const LEAF_INDEX = 0x0a
const INTERIOR_INDEX = 0x02

/** @throws Error where the file is no SQLite database */
export function sqliteRecords(file: Buffer, wal: Buffer = Buffer.alloc(0)): Buffer[] {
  if (file.toString('latin1', 0, 15) !== 'SQLite format 3') throw new Error('This is no SQLite database.')
  const stored = file.readUInt16BE(16)
  const pageSize = stored === 1 ? 65_536 : stored
  const usable = pageSize - (file[20] ?? 0)
  // Every version of a page that the log holds is looked at, with what else is newest.
  const versions = walPages(wal, pageSize)
  const newest = new Map(versions)
  const pageAt = (number: number): Buffer =>
    newest.get(number) ?? file.subarray((number - 1) * pageSize, number * pageSize)
  const count = Math.floor(file.length / pageSize)
  const records: Buffer[] = []
  for (let number = 1; number <= count; number += 1) {
    records.push(...recordsOf(file.subarray((number - 1) * pageSize, number * pageSize), number, usable, pageAt))
  }
  for (const [number, page] of versions) records.push(...recordsOf(page, number, usable, pageAt))
  return records
}

function walPages(wal: Buffer, pageSize: number): [number, Buffer][] {
  const pages: [number, Buffer][] = []
  const frame = WAL_FRAME_HEADER + pageSize
  for (let at = WAL_HEADER; at + frame <= wal.length; at += frame) {
    pages.push([wal.readUInt32BE(at), wal.subarray(at + WAL_FRAME_HEADER, at + frame)])
  }
  return pages
}

function recordsOf(page: Buffer, number: number, usable: number, pageAt: (number: number) => Buffer): Buffer[] {
  const header = number === 1 ? FILE_HEADER : 0
  const kind = page[header]
  if (kind !== LEAF_TABLE && kind !== LEAF_INDEX && kind !== INTERIOR_INDEX) return []
  const cells = page.readUInt16BE(header + 3)
  const pointers = header + (kind === INTERIOR_INDEX ? 12 : 8)
  return Array.from({ length: cells }, (_, index) => pointers + 2 * index)
    .filter((at) => at + 2 <= page.length)
    .map((at) => page.readUInt16BE(at))
    .filter((at) => at > 0 && at < page.length)
    .map((at) => recordAt(page, kind === INTERIOR_INDEX ? at + 4 : at, kind === LEAF_TABLE, usable, pageAt))
}

function recordAt(
  page: Buffer,
  start: number,
  isTable: boolean,
  usable: number,
  pageAt: (number: number) => Buffer,
): Buffer {
  const length = varint(page, start)
  const body = isTable ? varint(page, length.next).next : length.next
  const most = isTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23
  if (length.value <= most) return page.subarray(body, body + length.value)
  const least = Math.floor(((usable - 12) * 32) / 255) - 23
  const wanted = least + ((length.value - least) % (usable - 4))
  const local = wanted <= most ? wanted : least
  const parts = [page.subarray(body, body + local)]
  let left = length.value - local
  let next = body + local + 4 <= page.length ? page.readUInt32BE(body + local) : 0
  // A page of an old version may point anywhere: what is not there ends the record.
  for (let pages = 0; next > 0 && left > 0 && pages < 100_000; pages += 1) {
    const overflow = pageAt(next)
    if (overflow.length < usable) break
    parts.push(overflow.subarray(4, Math.min(usable, 4 + left)))
    left -= usable - 4
    next = overflow.readUInt32BE(0)
  }
  return Buffer.concat(parts)
}

function varint(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes[at + index] ?? 0
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return { value, next: at + index + 1 }
  }
  return { value: value * 256 + (bytes[at + 8] ?? 0), next: at + 9 }
}
