import type { Answer, AttemptClass } from '../../workflows/calls.js'
import { dataField, type Envelope, parseBody, type ParsedBody, textOf } from './envelope.js'
import type { HttpResult } from './http.js'
import type { Match, Need, OperationTable, Row, TxStatus } from './operations/index.js'

/** What an HTTP attempt came to. */
export interface Verdict {
  readonly class: AttemptClass
  readonly answer: Answer
  /** The row that decided, or null where none did. */
  readonly row: Row | null
  readonly httpStatus: number | null
  readonly body: ParsedBody
  /** A fresh signature may help (2485). */
  readonly resign: boolean
}

/** HTTP statuses that decide by themselves, whatever the body. 429 and 5xx say nothing about what was executed. */
const HTTP_RULES: readonly {
  readonly http: (status: number) => boolean
  readonly class: AttemptClass
  readonly answer: Answer
  /** Only for reads that are safe to repeat. */
  readonly reads?: true
}[] = [
  { http: (status) => status === 401 || status === 403, class: 'REJECTED_BEFORE_EXECUTION', answer: 'CONFIGURATION' },
  {
    http: (status) => status === 404 || status === 405 || status === 415,
    class: 'REJECTED_BEFORE_EXECUTION',
    answer: 'CONFIGURATION',
  },
  { http: (status) => status === 429, reads: true, class: 'BUSY', answer: 'BUSY' },
  { http: (status) => status === 429 || status >= 500, class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME' },
]

/** Decides what an HTTP attempt means, from the operation's table and what came over the wire. Pure. */
export function classify(table: OperationTable, result: HttpResult): Verdict {
  const nothing = { row: null, httpStatus: null, body: { json: false }, resign: false } as const
  if (result.kind === 'NOT_SENT') return { ...nothing, class: 'NOT_SENT', answer: 'NOT_SENT' }
  if (result.kind === 'NO_ANSWER') return { ...nothing, class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME' }

  const { httpStatus } = result
  const body = parseBody(result.body)
  const verdict = { row: null, httpStatus, body, resign: false }
  if (body.json) {
    const row = table.rows.find((candidate) => fits(candidate, httpStatus, body.envelope))
    if (row) return { ...verdict, row, class: row.class, answer: row.answer, resign: row.resign === true }
  }
  const isRead = table.repeatable && table.method === 'GET'
  const rule = HTTP_RULES.find(({ http, reads }) => http(httpStatus) && (isRead || !reads))
  if (rule) return { ...verdict, class: rule.class, answer: rule.answer }
  return body.json
    ? { ...verdict, class: 'UNRECOGNISED_ANSWER', answer: 'UNRECOGNISED_ANSWER' }
    : { ...verdict, class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME' }
}

/** Values of `response_status_id` that successes are documented with; 1 stands under several whose `status` is not 0. */
const SUCCESS_STATUS_IDS = [-1, 0, 1] as const

/** Values of `response_status_id` that Eko documents beside the same `tx_status`. */
const TRANSACTION_STATUS_IDS = [2, 3, 4, 5] as const

/** Whether a row is what an answer means: it fits the match, and no success and no word about money contradicts itself. */
function fits(row: Row, httpStatus: number, envelope: Envelope): boolean {
  const { tx } = row.match
  const tellsOfMoney = tx !== undefined && tx !== 'there' && tx !== 'absent'
  const mayNotContradict = row.class === 'OK' || tellsOfMoney
  return matches(row.match, httpStatus, envelope) && !(mayNotContradict && contradictsItself(envelope, tx))
}

/**
 * Refused fields, or a `response_status_id` such as busy or a failure's code; beside a word that ends a transaction, another
 * word than it. What is only initiated, whatever it is called, may have any word of a transaction.
 */
function contradictsItself({ statusId, strangeStatusId, refusesFields, data }: Envelope, tx?: TxStatus): boolean {
  if (refusesFields || strangeStatusId) return true
  if (statusId === null || isOneOf(SUCCESS_STATUS_IDS, statusId)) return false
  const isWord = isOneOf(TRANSACTION_STATUS_IDS, statusId)
  return !(isWord && (tx === 'there' || (tx !== undefined && txStatusOf(data) === String(statusId))))
}

/** `tx_status` as text; what is neither text nor a number counts as there, and as none of the values. */
function txStatusOf(data: Envelope['data']): string {
  const value = dataField(data, 'tx_status')
  return textOf(value)?.trim() ?? (isAbsent(value) ? 'absent' : 'there')
}

function hasTx(wanted: TxStatus, data: Envelope['data']): boolean {
  const isThere = !isAbsent(dataField(data, 'tx_status'))
  if (wanted === 'absent') return !isThere
  return wanted === 'there' ? isThere : isThere && txStatusOf(data) === wanted
}

/** Whether an answer fits all that a match asks for. */
export function matches(match: Match, httpStatus: number, envelope: Envelope): boolean {
  const { status, typeId, statusId } = envelope
  return (
    isOneOf(match.http ?? 200, httpStatus) &&
    (match.status === undefined || isOneOf(match.status, status)) &&
    (match.type === undefined || isOneOf(match.type, typeId)) &&
    (match.statusId === undefined || isOneOf(match.statusId, statusId)) &&
    (match.failed === undefined || (status !== null && status !== 0)) &&
    (match.unsuccessful === undefined || status !== 0) &&
    (match.code === undefined || (status !== 0 && [status, typeId, statusId].some((id) => isOneOf(match.code, id)))) &&
    (match.tx === undefined || hasTx(match.tx, envelope.data)) &&
    (match.text === undefined || says(match.text, envelope)) &&
    (match.refuses === undefined || refuses(match.refuses, envelope)) &&
    Object.entries(match.data ?? {}).every(([path, need]) => meets(need, dataField(envelope.data, path)))
  )
}

function isOneOf(ids: number | readonly number[] | undefined, id: number | null): boolean {
  return id !== null && (typeof ids === 'number' ? ids === id : (ids ?? []).includes(id))
}

/** Each text by itself, so that a pattern's `^` and `$` are the text's own ends. */
function says(pattern: RegExp, { message, data }: Envelope): boolean {
  return [message, textOf(data.description) ?? ''].some((text) => pattern.test(text.trim()))
}

function refuses(fields: 'any' | readonly string[], { invalid }: Envelope): boolean {
  const names = Object.keys(invalid)
  return fields === 'any' ? names.length > 0 : names.some((name) => fields.includes(name))
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
}

function meets(need: Need, value: unknown): boolean {
  const absent = isAbsent(value)
  const zero = value === 0 || (typeof value === 'string' && !absent && Number(value) === 0)
  const yes = value === true || value === 'true' || value === 1 || value === '1'
  switch (need) {
    case 'filled':
      return textOf(value) !== null
    case 'absent':
      return absent
    case 'true':
      return yes
    case 'true or absent':
      return yes || absent
    case 'zero or absent':
      return zero || absent
    case 'not zero':
      return !zero && !absent
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    case 'list':
      return Array.isArray(value) && value.length > 0
    case 'any list':
      return Array.isArray(value)
    case 'no entries':
      return absent || (Array.isArray(value) && value.length === 0)
  }
}
