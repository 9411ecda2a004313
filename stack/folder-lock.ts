import { readFile, rm, writeFile } from 'node:fs/promises'

const errorCode = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false
    if (errorCode(error) === 'EPERM') return true
    throw error
  }
}

/**
 * Takes a folder for this process: two Temporal servers on one database file would destroy it.
 * A lock whose process is gone is taken over.
 * @returns lets it go
 * @throws Error where another process that is alive has it
 */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 })
      return () => rm(path, { force: true })
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
    const holder = Number.parseInt(await readFile(path, 'utf8').catch(nothingIfGone), 10)
    if (holder > 0 && isAlive(holder))
      throw new Error(
        `Another npm run dev (process ${holder}) uses this folder. Stop it first; if there is none, remove ${path}.`,
      )
    await rm(path, { force: true })
  }
}

function nothingIfGone(error: unknown): string {
  if (errorCode(error) === 'ENOENT') return ''
  throw error
}
