import { classify } from '../../activities/eko/classify.js'
import type { OperationTable } from '../../activities/eko/index.js'
import { answered, type Body } from './helpers.js'

/** An id that no page of Eko's has. */
export const NO_ID = 77_777

/** A body with these ids; without `status` where it is null. */
export function ids(status: number | null, type: number, statusId: number, rest: Partial<Body> = {}): Body {
  return {
    ...(status === null ? {} : { status }),
    response_type_id: type,
    response_status_id: statusId,
    ...rest,
  }
}

/** What a table says of a body: class and answer. */
export function said(table: OperationTable, body: Body, http = 200): string {
  const verdict = classify(table, answered(body, http))
  return `${verdict.class} ${verdict.answer}`
}
