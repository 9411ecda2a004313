import { createHash, createHmac } from 'node:crypto'
import type { TASK_QUEUE } from '../../workflows/messages.js'

/** The names under which limits are held, and under which places in them are held. None of them tells a number. */

/** The queue of a deployment that names none. */
const USUAL_QUEUE: typeof TASK_QUEUE = 'sender-onboarding'

export interface LimitIds {
  mobile(mobile: string): string
  aadhaar(aadhaar: string): string
  userCode(tenant: string, userCode: string): string
}

/**
 * Workflow ids of limits: `limit:mobile:<hash>`, `limit:aadhaar:<hash>`, `limit:user-code:<tenant>:<userCode>`. The
 * hash is 128 bits of an HMAC-SHA256 under the id key, because ten or twelve digits behind a plain hash can be tried
 * out. A deployment on a queue of its own counts by itself, so that it never waits for workers of another one: its ids
 * end with `:<queue>`.
 */
export function limitIds(idKey: Uint8Array, taskQueue: string): LimitIds {
  const end = taskQueue === USUAL_QUEUE ? '' : `:${taskQueue}`
  const hashed = (text: string): string => createHmac('sha256', idKey).update(text).digest('hex').slice(0, 32)
  return {
    mobile: (mobile) => `limit:mobile:${hashed(`mobile:${mobile}`)}${end}`,
    aadhaar: (aadhaar) => `limit:aadhaar:${hashed(`aadhaar:${aadhaar}`)}${end}`,
    userCode: (tenant, userCode) => `limit:user-code:${tenant}:${userCode}${end}`,
  }
}

/** A short name for a place: thousands are carried from run to run, and an id may be long. */
export function placeId(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16)
}
