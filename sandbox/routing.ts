import { OPERATIONS } from './operations.js'
import type { Operation } from './operations.js'

/** Where Eko's API begins, as on Eko's staging host. */
export const EKO_BASE_PATH = '/ekoapi/v3'

interface Route {
  operation: Operation
  matches: RegExp
}

/** `{customer_id}` becomes the mobile; `{tid}` and `{transaction-reference}` are the path's reference. */
function pattern(path: string): RegExp {
  const named = path.replace('{customer_id}', '(?<mobile>[^/]+)')
  return new RegExp(`^${named.replace(/\{(tid|transaction-reference)\}/, '(?<reference>[^/]+)')}$`)
}

const ROUTES: readonly Route[] = OPERATIONS.map((operation) => ({
  operation,
  matches: pattern(operation.path),
}))

/** What a method and a path lead to. `mobile` and `reference` are null where the path has none. */
export type Routed =
  | { kind: 'found'; operation: Operation; mobile: string | null; reference: string | null }
  | { kind: 'wrongMethod'; allow: string }
  | { kind: 'unknown' }

/** @param path below {@link EKO_BASE_PATH} */
export function route(method: string, path: string): Routed {
  const candidates = ROUTES.flatMap(({ operation, matches }) => {
    const match = matches.exec(path)
    if (!match) return []
    const { mobile = null, reference = null } = match.groups ?? {}
    return [{ operation, mobile, reference: reference === null ? null : decoded(reference) }]
  })
  const found = candidates.find(({ operation }) => operation.method === method)
  if (found) return { kind: 'found', ...found }
  if (candidates.length === 0) return { kind: 'unknown' }
  return { kind: 'wrongMethod', allow: candidates.map(({ operation }) => operation.method).join(', ') }
}

/** A part of a path without its percent signs; as it is where they mean nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (error) {
    if (error instanceof URIError) return part
    throw error
  }
}
