import { idHoldsIdentifier, maskIdentifiers } from '../values/index.js'

/**
 * What may be logged. The SDK logs the error object of a failed activity or workflow whole, and an HTTP client's error
 * holds the request: body, headers and URL. So nothing is printed that was not chosen here.
 */

const HIDDEN = '[hidden]'
const LONGEST_TEXT = 2_000
const LONGEST_STACK = 8_000
const DEEPEST_CAUSE = 5
/** Names of fields whose values are secret or a person's, in whatever spelling. */
const SECRET_NAME =
  /otp|aadha?ar|^pan$|pan_?number|token|secret|passw|authori[sz]ation|cookie|api_?key|developer_?key|access_?key|mobile|phone|customer_?id|^dob$|birth|pincode|address$|body|headers?$|(full|first|middle|last|given|family|sur|sender|customer|person|father|mother)_?name/i

/** Ids that Temporal, this product or its deployer makes: nobody's number is in them, and an operator searches for them whole. */
const IDS = new Set(['runId', 'workflowRunId', 'firstExecutionRunId', 'activityId', 'taskQueue', 'buildId'])
/** A workflow's id is its starter's choice, and the references of its calls begin with characters of it. */
const CHOSEN_IDS = new Set(['workflowId', 'clientRef', 'clientRefId'])
/** Ends with a hash, and so do those of all that our client starts. */
const OWN_WORKFLOW_ID = /:[0-9a-f]{32}$/

/** A text with the numbers of people blanked. */
export function redactText(text: string, longest = LONGEST_TEXT): string {
  const masked = maskIdentifiers(text)
  return masked.length > longest ? `${masked.slice(0, longest)}…` : masked
}

/** An error as it may be logged. Fields of its own, e.g. the options of a request, are left out. */
export interface ErrorSummary {
  readonly name: string
  readonly message: string
  readonly code?: string | number
  /** Of an ApplicationFailure. */
  readonly type?: string
  readonly stack?: string
  readonly cause?: ErrorSummary
}

export function summariseError(error: Error, depth = 0): ErrorSummary {
  const { code, type } = error as { code?: unknown; type?: unknown }
  const { cause } = error
  return {
    name: error.name,
    message: redactText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof error.stack === 'string' ? { stack: redactText(error.stack, LONGEST_STACK) } : {}),
    ...(cause instanceof Error && depth < DEEPEST_CAUSE ? { cause: summariseError(cause, depth + 1) } : {}),
  }
}

/** Fields of a log entry as they may be printed: texts, numbers, flags and errors; anything else by its kind only. */
export function redactFields(fields: Readonly<Record<string | symbol, unknown>>): Record<string, unknown> {
  const { workflowId } = fields
  const isOurs = typeof workflowId === 'string' && OWN_WORKFLOW_ID.test(workflowId)
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (!CHOSEN_IDS.has(name) || typeof value !== 'string') return [name, redactValue(name, value)]
      return [name, isOurs ? ownId(name, value) : redactText(value)]
    }),
  )
}

/** Whole, unless what stands before the hash of a workflow's id holds what could be a person's number. */
function ownId(name: string, id: string): string {
  return name === 'workflowId' && idHoldsIdentifier(id) ? redactText(id) : id
}

function redactValue(name: string, value: unknown): unknown {
  if (isError(value)) return summariseError(value)
  if (value === null || value === undefined || typeof value === 'boolean') return value
  if (IDS.has(name) && typeof value === 'string') return value
  if (SECRET_NAME.test(name)) return HIDDEN
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'number') return redactNumber(value)
  if (typeof value === 'bigint') return String(value)
  return `[${Array.isArray(value) ? 'array' : typeof value}]`
}

/** A number that has the digits of a mobile or Aadhaar number could be one. */
function redactNumber(value: number): number | string {
  const text = String(value)
  return redactText(text) === text ? value : HIDDEN
}

/** Also of another realm: workflow errors come from a V8 context of their own. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}
