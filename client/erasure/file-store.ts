import { randomBytes } from 'node:crypto'
import { chmod, link, lstat, mkdir, open, readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseJourneyId } from '../../secrets/index.js'
import type { Evidence } from './evidence.js'
import { type EvidenceKey, type EvidenceStore, EvidenceStoreError, type KeptEvidence } from './store.js'

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
/** Rights of anybody but the owner. */
const OTHERS = 0o077
const RUN_ID = /^[\w-]{1,64}$/
const PARTS = { evidence: 'evidence.json', order: 'ordered.json', done: 'erased.json' } as const

/**
 * Evidence as files in a folder that only its owner can enter: for each sender `<rail>.<tenant>.<hash>/`, in it for each
 * journey `<first run>.<last run>.evidence.json`, and beside it `….ordered.json` and `….erased.json`. The folder is made
 * where there is none. Put it on storage that is backed up: after an erasure it is the only record.
 */
export function fileEvidenceStore(folder: string): EvidenceStore {
  const folderOf = (workflowId: string): string => join(folder, folderName(workflowId))
  const fileOf = (key: EvidenceKey, part: keyof typeof PARTS): string =>
    join(folderOf(key.workflowId), `${stem(key)}.${PARTS[part]}`)
  const put = (key: EvidenceKey, part: keyof typeof PARTS, content: unknown): Promise<void> =>
    guarded(folder, async () => {
      const file = fileOf(key, part)
      await ownFolder(folder)
      await ownFolder(dirname(file))
      await writeOnce(file, `${JSON.stringify(content, null, 2)}\n`)
    })
  const readOf = async (path: string): Promise<KeptEvidence[]> => {
    const names = (await namesIn(path)).filter((name) => name.endsWith(`.${PARTS.evidence}`)).sort()
    const kept = await Promise.all(names.map((name) => readRecord(join(path, name))))
    return kept.sort((a, b) => a.evidence.startedAt.localeCompare(b.evidence.startedAt))
  }
  return {
    keep: (evidence) => put(evidence, 'evidence', evidence),
    order: (key, order) => put(key, 'order', order),
    done: (key, done) => put(key, 'done', done),
    of: (workflowId) => guarded(folder, () => readOf(folderOf(workflowId))),
    async *all(tenant) {
      const names = await guarded(folder, () => namesIn(folder))
      for (const name of names.filter((each) => each.split('.')[1] === tenant)) {
        yield* await guarded(folder, () => readOf(join(folder, name)))
      }
    },
    remove: (key) =>
      guarded(folder, async () => {
        const path = folderOf(key.workflowId)
        const parts = (await namesIn(path)).filter((name) => name.startsWith(`${stem(key)}.`))
        // The evidence last: what is interrupted is found, and removed, the next time.
        const last = `${stem(key)}.${PARTS.evidence}`
        for (const name of parts.filter((part) => part !== last)) await rm(join(path, name), { force: true })
        await rm(join(path, last), { force: true })
        if ((await namesIn(path)).length === 0) await rmdir(path).catch(unless('ENOENT', 'ENOTEMPTY'))
      }),
  }
}

function folderName(workflowId: string): string {
  const parts = parseJourneyId(workflowId)
  if (!parts) throw new EvidenceStoreError('Evidence is kept of journeys only, by their workflow id.')
  return `${parts.rail}.${parts.tenant}.${parts.hash}`
}

function stem({ firstRunId, runId }: EvidenceKey): string {
  for (const id of [firstRunId, runId]) {
    if (!RUN_ID.test(id)) throw new EvidenceStoreError('A run id has characters that cannot be part of a file’s name.')
  }
  return `${firstRunId}.${runId}`
}

async function readRecord(path: string): Promise<KeptEvidence> {
  const beside = (part: keyof typeof PARTS): string => path.replace(PARTS.evidence, PARTS[part])
  const evidence = await readPart<Evidence>(path)
  if (!evidence) throw new EvidenceStoreError(`${path} was removed while it was read. Ask again.`)
  const [order, done] = await Promise.all([readPart<never>(beside('order')), readPart<never>(beside('done'))])
  return { evidence, order, done }
}

async function readPart<T>(path: string): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(unless('ENOENT'))
  if (text === undefined) return null
  try {
    return JSON.parse(text) as T
  } catch (error) {
    if (error instanceof SyntaxError) throw new EvidenceStoreError(`${path} is not JSON. Restore it from a backup.`)
    throw error
  }
}

/** @throws EvidenceStoreError where others than the owner may enter it */
async function ownFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: FOLDER_MODE })
  if (made !== undefined) await chmod(path, FOLDER_MODE)
  const info = await lstat(path)
  if (!info.isDirectory()) throw new EvidenceStoreError(`${path} is not a folder. Name another one.`)
  if (process.platform !== 'win32' && (info.mode & OTHERS) !== 0) {
    throw new EvidenceStoreError(`${path} may be entered by others than its owner. Run: chmod 700 ${path}`)
  }
}

/** Whole or not at all, and never over what is there: the content gets its name when it is on the disk. */
async function writeOnce(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.draft`
  try {
    const file = await open(draft, 'wx', FILE_MODE)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await link(draft, path).catch(unless('EEXIST'))
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolder(dirname(path))
}

async function syncFolder(path: string): Promise<void> {
  // Windows has no such thing.
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function namesIn(path: string): Promise<string[]> {
  return (await readdir(path).catch(unless('ENOENT'))) ?? []
}

/** Lets an error with one of these codes pass, and no other. */
function unless(...codes: readonly string[]): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (codes.includes(error.code ?? '')) return undefined
    throw error
  }
}

/** The system's own errors, coded: they name paths and nothing else. */
async function guarded<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof EvidenceStoreError) throw error
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new EvidenceStoreError(`The folder ${folder} cannot be used (${syscall ?? 'access'}: ${code}).`, {
      cause: error,
    })
  }
}
