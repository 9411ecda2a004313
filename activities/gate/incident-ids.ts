import { createHash } from 'node:crypto'
import type { TASK_QUEUE } from '../../workflows/messages.js'
import { scopeOf, type ScopeKind } from './answers.js'
import type { GateCall } from './types.js'

/** The queue of a deployment that names none. */
const USUAL_QUEUE: typeof TASK_QUEUE = 'sender-onboarding'
/** What of a queue's name can be read in an id. */
const PLAIN_QUEUE = /^[\w.-]{1,64}$/

/**
 * Ids of incidents: `<8 hex digits of the SHA-256 of the developer key>:<scope>`. A deployment on a queue of its own has
 * incidents of its own, so that its calls never wait for workers of another one: its ids end with `:<queue>`, or with 16
 * hex digits of the SHA-256 of a name that is long or unusual.
 */
export function incidentIds(taskQueue: string): (call: GateCall, kind: ScopeKind) => string {
  const queue = PLAIN_QUEUE.test(taskQueue) ? taskQueue : sha256(taskQueue).slice(0, 16)
  const end = taskQueue === USUAL_QUEUE ? '' : `:${queue}`
  return (call, kind) => `${sha256(call.tenant.credentials.developerKey).slice(0, 8)}:${scopeOf(kind, call)}${end}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
