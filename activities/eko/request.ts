import type { OperationTable, Parameter, ValueName } from './operations/index.js'
import { operationTable } from './operations/index.js'
import { callUrl, fillPath, namesSender } from './path.js'
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
    client_ref_id: request.clientRefId,
    ...(namesSender(urlTemplate) ? {} : { customer_id: request.mobile }),
    ...ownParameters(table, valuesOf(credentials, request)),
  }
  const isGet = table.method === 'GET'
  const path = fillPath(urlTemplate, request.mobile)
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
  // Checked here, since the error of an invalid URL would hold all of it, the number included.
  if (!/^https?:\/\//.test(credentials.baseUrl) || !URL.canParse(credentials.baseUrl)) {
    throw new EkoRequestError('baseUrl must be an http or https address.')
  }
  if (credentials.environment === 'production' && !credentials.baseUrl.startsWith('https://')) {
    throw new EkoRequestError('baseUrl must be https in production.')
  }
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
  }
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
  const { details, wallet } = request
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
    ...(details?.name.split(/\s+/) ?? []),
    ...(details?.residenceAddress ?? []),
  ].filter((secret) => secret !== undefined)
}
