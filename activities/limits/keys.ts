import { createHash, createHmac } from 'node:crypto'
import type { TASK_QUEUE } from '../../workflows/messages.js'

/** The names under which limits are held, and under which places in them are held. None of them tells a number. */

/** The queue of a deployment that names none. */
const USUAL_QUEUE: typeof TASK_QUEUE = 'sender-onboarding'

/** Limits that mobiles are shared out to, and as many for Aadhaar numbers. Another number forgets what was counted. */
export const SHARDS = 64

/** Where something is counted, and under which name. */
export interface Counted {
  readonly workflowId: string
  readonly subject?: string
}

export interface LimitIds {
  mobile(mobile: string): Required<Counted>
  aadhaar(aadhaar: string): Required<Counted>
  userCode(tenant: string, userCode: string): Counted
}

/**
 * Workflow ids of limits: `limit:mobile:<00 to 3f>`, `limit:aadhaar:<00 to 3f>`, `limit:user-code:<tenant>:<userCode>`. A
 * number is counted under 96 bits of an HMAC-SHA256 under the id key, because ten or twelve digits behind a plain hash can be
 * tried out; another byte of it says where. A deployment on a queue of its own counts by itself, so that it never waits for
 * workers of another one: its ids end with `:<queue>`.
 */
export function limitIds(idKey: Uint8Array, taskQueue: string): LimitIds {
  const end = taskQueue === USUAL_QUEUE ? '' : `:${taskQueue}`
  const counted = (kind: string, number: string): Required<Counted> => {
    const hash = createHmac('sha256', idKey).update(`${kind}:${number}`).digest()
    const shard = (hash.readUInt8(SUBJECT_BYTES) % SHARDS).toString(16).padStart(2, '0')
    return { workflowId: `limit:${kind}:${shard}${end}`, subject: hash.toString('base64url', 0, SUBJECT_BYTES) }
  }
  return {
    mobile: (mobile) => counted('mobile', mobile),
    aadhaar: (aadhaar) => counted('aadhaar', aadhaar),
    userCode: (tenant, userCode) => ({ workflowId: `limit:user-code:${tenant}:${userCode}${end}` }),
  }
}

const SUBJECT_BYTES = 12

/** A short name for a place: thousands are carried from run to run, and an id may be long. */
export function placeId(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16)
}
