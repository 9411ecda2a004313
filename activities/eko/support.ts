import type { SupportFacts } from '../../workflows/messages.js'
import { maskMessage } from '../../values/index.js'
import type { Verdict } from './classify.js'
import type { OperationTable } from './operations/index.js'

/** Longest shape that is kept, in characters, and most key names in it. */
const MAX_SHAPE = 300
const MAX_KEYS = 24

/** What a support case needs of an attempt: ids, and nothing that was sent or personal. */
export function supportFacts(
  table: OperationTable,
  verdict: Verdict,
  clientRefId: string,
  secrets: readonly string[],
): SupportFacts {
  const envelope = verdict.body.json ? verdict.body.envelope : null
  const message = envelope?.message ? safeText(envelope.message, secrets) : ''
  return {
    operation: `${table.rail} ${table.operation}`,
    httpStatus: verdict.httpStatus,
    status: envelope?.status ?? null,
    responseTypeId: envelope?.typeId ?? null,
    responseStatusId: envelope?.statusId ?? null,
    clientRefId,
    ...(message === '' ? {} : { message }),
    ...(verdict.class === 'UNRECOGNISED_ANSWER' && verdict.body.json ? { shape: shapeOf(verdict.body.value) } : {}),
  }
}

/** A text of Eko's without what was sent, long numbers, and anything that looks like a token; length is bounded. */
export function safeText(text: string, secrets: readonly string[]): string {
  const bounded = text.slice(0, 1_000)
  const unsent = secrets.filter((secret) => secret.length > 2).reduce((rest, secret) => blank(rest, secret), bounded)
  const plain = unsent
    .replace(/\{\d{1,2}\}/g, '') // Eko's own placeholders, which it forgets to fill
    .replace(/(?=[\w+/=~.-]*\d)[\w+/=~.-]{20,}/g, 'xxxx')
  return maskMessage(plain.replace(/\s+/g, ' ').trim())
}

function blank(text: string, secret: string): string {
  return text.replaceAll(new RegExp(secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi'), 'xxxx')
}

/** The form of an answer: key names, two levels deep, and no values. */
export function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  const keys = Object.entries(value)
    .slice(0, MAX_KEYS)
    .map(([key, inner]) => (isObject(inner) ? `${keyName(key)}{${keyNames(inner)}}` : keyName(key)))
  return `{${keys.join(',')}}`.slice(0, MAX_SHAPE)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function keyNames(value: object): string {
  return Object.keys(value).slice(0, MAX_KEYS).map(keyName).join(',')
}

/** A key may itself be data, a number of somebody's for instance: only what looks like a name is shown. */
function keyName(key: string): string {
  return /^[A-Za-z]\w{0,39}$/.test(key) && !/\d{4}/.test(key) ? key : '?'
}
