import type { FileHandle } from 'node:fs/promises'

/** What an overwriting needs of an open file. */
export type WritableFile = Pick<FileHandle, 'stat' | 'write' | 'sync' | 'truncate'>

/** Puts a content in the place of a file's. The bytes behind the new end are wiped before they are cut off. */
export async function overwrite(file: WritableFile, content: Buffer): Promise<void> {
  const { size } = await file.stat()
  const wiped = Buffer.alloc(Math.max(size, content.length), ' ')
  content.copy(wiped)
  // The system may take less than it is given, and says so.
  for (let done = 0; done < wiped.length;) {
    const { bytesWritten } = await file.write(wiped, done, wiped.length - done, done)
    if (bytesWritten === 0) throw new Error(`Only ${done} of ${wiped.length} bytes could be written.`)
    done += bytesWritten
  }
  await file.sync()
  await file.truncate(content.length)
  await file.sync()
}
