import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The repository's folder. */
export const ROOT = join(import.meta.dirname, '..', '..')

const ROOMS = ['values', 'workflows', 'activities', 'secrets', 'worker', 'client', 'sandbox']

/**
 * Whether `dist/` holds all that the sources say. Processes of tests run the build, which starts faster; where it is
 * missing or older than a source, they run the sources, so that no test ever judges code of yesterday.
 */
export function isBuildFresh(): boolean {
  const bundle = join(ROOT, 'dist', 'workflow-bundle.js')
  const built = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs
  if (built === undefined) return false
  return ROOMS.every((room) => newest(join(ROOT, room)) <= built)
}

function newest(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs)
  return Math.max(0, ...times)
}
