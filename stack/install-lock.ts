import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A holder touches its lock this often; an untouched one was left behind, whatever now has its process id. */
const TOUCH_MS = 5_000
const ABANDONED_AFTER_MS = 60_000
const POLL_MS = 250

const errorCode = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false
    if (errorCode(error) === 'EPERM') return true
    throw error
  }
}

const create = async (path: string): Promise<boolean> => {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(`${process.pid}\n`)
    await file.close()
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** The holder's process id; undefined where the lock is gone or nobody keeps it. */
const liveHolder = async (path: string): Promise<number | undefined> => {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    const untouched = Date.now() - mtimeMs
    if (untouched > ABANDONED_AFTER_MS) return undefined
    const pid = Number.parseInt(text, 10)
    // Just created and not written yet: somebody is there.
    if (Number.isNaN(pid)) return 0
    return isAlive(pid) ? pid : undefined
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Moves an abandoned lock out of the way. Two processes may do this at once and one may then move the other's fresh
 * lock; both would install, and the later atomic rename wins: wasteful, never wrong.
 */
const clearAbandoned = async (path: string): Promise<void> => {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  await rm(aside, { force: true })
}

/**
 * Runs `work` while holding the lock file, so that one process of a machine does it at a time.
 * While another holds it: `waiting(pid, elapsedMs)` is called now and then, and `done` is asked; once it answers a
 * value, that value is the result and `work` is not run.
 */
export const withInstallLock = async <T>(
  path: string,
  steps: {
    readonly work: () => Promise<T>
    readonly done: () => Promise<T | undefined>
    readonly waiting: (holder: number, elapsedMs: number) => void
  },
): Promise<T> => {
  const since = Date.now()
  while (!(await create(path))) {
    const holder = await liveHolder(path)
    if (holder === undefined) {
      await clearAbandoned(path)
      continue
    }
    steps.waiting(holder, Date.now() - since)
    await sleep(POLL_MS)
    // Asked only once the other has let go: its answer costs running a large binary.
    if ((await liveHolder(path)) === holder) continue
    const ready = await steps.done()
    if (ready !== undefined) return ready
  }
  const touch = setInterval(() => {
    const now = new Date()
    // A lock that somebody removed needs no touching; the work goes on, and its rename is atomic.
    utimes(path, now, now).catch(() => clearInterval(touch))
  }, TOUCH_MS)
  try {
    return (await steps.done()) ?? (await steps.work())
  } finally {
    clearInterval(touch)
    await rm(path, { force: true })
  }
}
