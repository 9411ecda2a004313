import type { OperationTable, Parameter, ValueName } from './operations/index.js'
import { operationTable } from './operations/index.js'
import { callUrl, fillPath, namesSender, TID, TRANSACTION_REFERENCE } from './path.js'
import type { EkoCredentials, OpenedRequest } from './types.js'

/** A call that cannot be made as asked: a mistake of the caller. Its message names fields, never values. */
export class EkoRequestError extends Error {
  override readonly name = 'EkoRequestError'
}

export type WireValue = string | number | readonly string[]

/** A call as it goes over the wire, headers aside. */
export interface BuiltRequest {
  readonly table: OperationTable
  readonly method: 'GET' | 'POST'
  readonly urlTemplate: string
  readonly url: string
  /** What travels, by the names on the wire; in the query of a GET, in the body of a POST. */
  readonly parameters: Readonly<Record<string, WireValue>>
  readonly body?: string
}

/** Puts a call together from its table. */
export function buildRequest(credentials: EkoCredentials, request: OpenedRequest): BuiltRequest {
  const table = operationTable(request.rail, request.operation)
  if (table === null) throw new EkoRequestError(`The ${request.rail} rail has no operation ${request.operation}.`)
  checkEnvelope(credentials, request)
  const urlTemplate = credentials.pathOverrides?.[`${request.rail} ${request.operation}`] ?? table.path
  if (!urlTemplate.startsWith('/')) throw new EkoRequestError('A path override must begin with a slash.')
  const parameters = {
    initiator_id: credentials.initiatorId,
    user_code: request.userCode,
    ...(table.withoutClientRef ? {} : { client_ref_id: request.clientRefId }),
    // Where Eko's own path does not name the sender either, the table says whether a parameter does.
    ...(namesSender(table.path) && !namesSender(urlTemplate) ? { customer_id: request.mobile } : {}),
    ...ownParameters(table, valuesOf(credentials, request)),
  }
  const isGet = table.method === 'GET'
  // A path of the tenant that forgot the transaction would be about none, or about another one.
  const forgets = [TID, TRANSACTION_REFERENCE].some(
    (place) => table.path.includes(place) && !urlTemplate.includes(place),
  )
  const path = forgets ? null : fillPath(urlTemplate, request)
  if (path === null) throw new EkoRequestError(`${table.rail} ${table.operation} needs the transaction of its path.`)
  return {
    table,
    method: table.method,
    urlTemplate,
    url: callUrl(credentials.baseUrl, path, isGet ? asQuery(parameters) : {}),
    parameters,
    ...(isGet ? {} : { body: JSON.stringify(parameters) }),
  }
}

function checkEnvelope(credentials: EkoCredentials, request: OpenedRequest): void {
  const required = { initiatorId: credentials.initiatorId, userCode: request.userCode }
  for (const [name, value] of Object.entries(required)) {
    if (!value) throw new EkoRequestError(`${name} is missing: every call of Eko's needs it.`)
  }
  if (!/^\d{10}$/.test(request.mobile)) throw new EkoRequestError('mobile must be ten digits.')
  if (!/^[A-Za-z0-9_-]{1,20}$/.test(request.clientRefId)) {
    throw new EkoRequestError('clientRefId must be 1 to 20 letters, digits, _ or -.')
  }
  if (!namesTransaction(request.transaction)) {
    throw new EkoRequestError('transaction must be a tid of letters and digits, or a clientRefId as it was sent.')
  }
  // Checked here, since the error of an invalid URL would hold all of it, the number included.
  if (!/^https?:\/\//.test(credentials.baseUrl) || !URL.canParse(credentials.baseUrl)) {
    throw new EkoRequestError('baseUrl must be an http or https address.')
  }
  if (credentials.environment === 'production' && !credentials.baseUrl.startsWith('https://')) {
    throw new EkoRequestError('baseUrl must be https in production.')
  }
}

/** A reference that cannot be one would name another path. */
function namesTransaction(transaction: OpenedRequest['transaction']): boolean {
  if (transaction === undefined) return true
  return 'tid' in transaction
    ? /^[A-Za-z0-9_-]{1,40}$/.test(transaction.tid)
    : /^[A-Za-z0-9_-]{1,20}$/.test(transaction.clientRefId)
}

type Values = Readonly<Record<ValueName, WireValue | undefined>>

function valuesOf(credentials: EkoCredentials, request: OpenedRequest): Values {
  const code = credentials.integerOtp?.includes(request.operation) ? asInteger : (text: string | undefined) => text
  return {
    customerId: request.mobile,
    name: request.details?.name,
    dob: request.details?.dob,
    residenceAddress: request.details?.residenceAddress,
    otp: code(request.otp),
    otpRefId: code(request.otpRefId),
    aadhaar: request.aadhaar,
    pan: request.pan,
    walletToken: request.wallet?.token ?? '',
    walletId: request.wallet?.id ?? '',
    orgId: credentials.orgId,
    serviceCode: credentials.serviceCode,
    consentLanguage: request.consentLanguage,
    recipientId: request.recipientId,
    amount: request.amountRupees,
    beneficiaryId: request.beneficiaryId,
    recipientIdText: asText(request.recipientId),
    amountText: asText(request.amountRupees),
    recipientName: request.recipient?.name,
    recipientMobile: request.recipient?.mobile,
    account: request.recipient?.account,
    ifsc: request.recipient?.ifsc,
    bankId: request.recipient?.bankId,
    timestamp: request.timestamp,
    channel: request.channel,
    location: request.location,
    heldWalletToken: request.wallet?.token || undefined,
    heldWalletId: request.wallet?.id || undefined,
  }
}

function asText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

/** Digits as a number, unless that would change them: a leading zero counts, and 2^53 is the end of exactness. */
function asInteger(text: string | undefined): WireValue | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text
}

function ownParameters(table: OperationTable, values: Values): Record<string, WireValue> {
  return Object.fromEntries(
    table.parameters.flatMap((parameter) => {
      const value = valueFor(parameter, values)
      if (value !== undefined) return [[parameter.name, value] as const]
      if ('from' in parameter && parameter.optional) return []
      throw new EkoRequestError(`${table.rail} ${table.operation} needs ${parameter.name}.`)
    }),
  )
}

function valueFor(parameter: Parameter, values: Values): WireValue | undefined {
  return 'fixed' in parameter ? parameter.fixed : (values[parameter.from] ?? parameter.otherwise)
}

function asQuery(parameters: Readonly<Record<string, WireValue>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]))
}

/** What must never be repeated in a text: everything secret or personal that the call carries. */
export function secretsOf(credentials: EkoCredentials, request: OpenedRequest): string[] {
  const { details, wallet, recipient } = request
  return [
    credentials.developerKey,
    credentials.accessKey,
    request.mobile,
    request.otp,
    request.otpRefId,
    request.aadhaar,
    request.pan,
    wallet?.token,
    wallet?.id,
    details?.dob,
    recipient?.account,
    recipient?.mobile,
    request.location,
    ...(recipient?.name.split(/\s+/) ?? []),
    ...(details?.name.split(/\s+/) ?? []),
    ...(details?.residenceAddress ?? []),
  ].filter((secret) => secret !== undefined)
}
