import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the recorded histories are, one file for each kind of journey. */
export const HISTORIES = join(import.meta.dirname, 'histories')

/** A run as it was recorded. Code decides by the workflow id (secrets are sealed for it), so it belongs to the history. */
export interface Recording {
  readonly workflowId: string
  /** In Temporal's JSON form of a history. */
  readonly history: object
}

/** All recordings, by the name of their kind. */
export function readRecordings(): Map<string, Recording> {
  const files = readdirSync(HISTORIES).filter((file) => file.endsWith('.json'))
  return new Map(
    files.map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')) as Recording,
    ]),
  )
}

/** `<process id>@<machine>`, as workers and clients name themselves and their sticky queues. */
const PROCESS = /^\d+@.*/

/** A history without what belongs to the machine that it was recorded on. No decision of a journey rests on these. */
export function withoutPlaces(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(PROCESS, 'recorded')
  if (Array.isArray(value)) return value.map(withoutPlaces)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === 'stackTrace' ? '' : withoutPlaces(inner)]),
  )
}
