import { randomBytes } from 'node:crypto'
import { access, constants, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { KeyFileError } from './key-file.js'
import { readPublicKeys } from './keys.js'
import type { KeySet } from './sealing.js'

/** All may read it: nothing in it is secret, and who sends secrets is often another user than the worker. */
const PUBLIC_MODE = 0o644

/**
 * Checks that the public set may be written to a path: no file of keys is there, by any name, and nothing else that is not a
 * public set. To be asked before keys are changed, so that a slip of the pen costs nothing.
 * @param keyFiles files that hold keys, whether they are there or not
 * @throws KeyFileError which says what is in the way
 */
export async function requirePublishTarget(path: string, keyFiles: readonly string[] = []): Promise<void> {
  const folder = dirname(path)
  await access(folder, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw cannotBeWritten(path, error)
  })
  const target = await identityOf(path)
  for (const file of keyFiles) {
    // The second is lock and safety copy while the first is changed.
    for (const secret of [file, `${file}.new`]) {
      const held = await identityOf(secret)
      if (held.place !== target.place && (held.inode === null || held.inode !== target.inode)) continue
      throw new KeyFileError(
        `${path} is the place of a file of keys, which the public set would destroy. Name another: --to …/sealing-keys.public.json`,
      )
    }
  }
  if (target.inode === null) return
  await readPublicKeys(path).catch((error: unknown) => {
    if (!(error instanceof KeyFileError)) throw error
    throw new KeyFileError(
      `${path} is there already and holds no public set of sealing keys, so it is not replaced. Name another file, or remove it.`,
    )
  })
}

/**
 * Writes the public set for whoever sends secrets, whole or not at all, readable by all.
 * @param keyFiles as in `requirePublishTarget`, which is asked first
 * @throws KeyFileError
 */
export async function publishKeys(path: string, set: KeySet, keyFiles: readonly string[] = []): Promise<void> {
  await requirePublishTarget(path, keyFiles)
  const text = `${JSON.stringify(set, null, 2)}\n`
  const draft = `${path}.${randomBytes(6).toString('hex')}.draft`
  const coded = (error: unknown): never => {
    throw cannotBeWritten(path, error)
  }
  const file = await open(draft, 'wx', PUBLIC_MODE).catch(coded)
  try {
    try {
      // Whatever the umask takes away.
      await file.chmod(PUBLIC_MODE)
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    coded(error)
  }
}

interface Identity {
  /** Where the name leads, links of folders followed. */
  readonly place: string
  /** Null where nothing is there. */
  readonly inode: string | null
}

async function identityOf(path: string): Promise<Identity> {
  const folder = await realpath(dirname(path)).catch(() => resolve(dirname(path)))
  const place = join(folder, basename(path))
  try {
    const { dev, ino } = await stat(path, { bigint: true })
    return { place: await realpath(path), inode: `${dev}:${ino}` }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return { place, inode: null }
    throw cannotBeWritten(path, error)
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

/** The system's errors, coded; others are none of this. */
function cannotBeWritten(path: string, error: unknown): unknown {
  const code = codeOf(error)
  return code === undefined ? error : new KeyFileError(`${path} cannot be written (${code}).`)
}
