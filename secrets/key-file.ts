import { readFile, stat } from 'node:fs/promises'

/** A file of keys that cannot be used. The message names the file and what to do, and holds none of its content. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError'
}

/** @throws KeyFileError where the file cannot be read */
export async function readKeyText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new KeyFileError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`)
  }
}

/**
 * Reads a JSON file. The parser's own words are not passed on: they quote the file.
 * @throws KeyFileError
 */
export async function readKeyJson(path: string): Promise<unknown> {
  const text = await readKeyText(path)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) throw new KeyFileError(`${path} is not JSON.`)
    throw error
  }
}

/** @throws KeyFileError where others than its owner may read or write the file or folder */
export async function refuseIfShared(path: string): Promise<void> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new KeyFileError(`${path} cannot be read (${error.code ?? 'unknown error'}).`)
  })
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
    throw new KeyFileError(
      `${path} may be read by others than its owner. Run: chmod ${info.isDirectory() ? 700 : 600} ${path}`,
    )
  }
}
