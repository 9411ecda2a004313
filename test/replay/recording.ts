import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the recorded histories are, one file for each kind of journey. */
export const HISTORIES = join(import.meta.dirname, 'histories')

/** Where those are that were recorded with the payload codec. */
export const ENCRYPTED = join(import.meta.dirname, 'encrypted')
/** The key that they were written with: for these recordings only. */
export const TEST_ONLY_KEYS = join(ENCRYPTED, 'test-only-keys.jwks')
/** The kinds of them. No activity fails in these: its stack trace would name folders, where nobody sees them. */
export const ENCRYPTED_KINDS: readonly string[] = ['levin-new', 'digikhata-wrong-codes-and-resends']

/** A run as it was recorded. Code decides by the workflow id (secrets are sealed for it), so it belongs to the history. */
export interface Recording {
  readonly workflowId: string
  /** In Temporal's JSON form of a history. */
  readonly history: object
}

/** All recordings of a folder, by the name of their kind. */
export function readRecordings(folder: string = HISTORIES): Map<string, Recording> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  return new Map(
    files.map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording,
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
    Object.entries(value).map(([name, inner]) => {
      if (name === 'stackTrace') return [name, '']
      return [name, name === 'encodedAttributes' ? withoutStack(inner as { data: string }) : withoutPlaces(inner)]
    }),
  )
}

/** A failure's own attributes, which are a payload where the failure converter encodes them; left alone where encrypted. */
function withoutStack<P extends { readonly data: string }>(payload: P): P {
  const text = Buffer.from(payload.data, 'base64').toString('utf8')
  if (!text.startsWith('{')) return payload
  const attributes = { ...(JSON.parse(text) as object), stack_trace: '' }
  return { ...payload, data: Buffer.from(JSON.stringify(attributes)).toString('base64') }
}
