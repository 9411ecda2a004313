import { OPERATIONS } from './operations.js'
import type { Operation } from './operations.js'

/** Where Eko's API begins, as on Eko's staging host. */
export const EKO_BASE_PATH = '/ekoapi/v3'

const CUSTOMER_ID = '{customer_id}'

interface Route {
  operation: Operation
  matches: RegExp
}

const ROUTES: readonly Route[] = OPERATIONS.map((operation) => ({
  operation,
  matches: new RegExp(`^${operation.path.replace(CUSTOMER_ID, '([^/]+)')}$`),
}))

/** What a method and a path lead to. `mobile` is null where the path has none. */
export type Routed =
  | { kind: 'found'; operation: Operation; mobile: string | null }
  | { kind: 'wrongMethod'; allow: string }
  | { kind: 'unknown' }

/** @param path below {@link EKO_BASE_PATH} */
export function route(method: string, path: string): Routed {
  const candidates = ROUTES.flatMap(({ operation, matches }) => {
    const match = matches.exec(path)
    return match ? [{ operation, mobile: match[1] ?? null }] : []
  })
  const found = candidates.find(({ operation }) => operation.method === method)
  if (found) return { kind: 'found', ...found }
  if (candidates.length === 0) return { kind: 'unknown' }
  return { kind: 'wrongMethod', allow: candidates.map(({ operation }) => operation.method).join(', ') }
}
