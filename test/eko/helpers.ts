import { readdirSync, readFileSync } from 'node:fs'
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpResult } from '../../activities/eko/http.js'
import { OPERATION_TABLES, type EkoCredentials, type OpenedRequest } from '../../activities/eko/index.js'
import type { EkoOperation, OperationTable } from '../../activities/eko/index.js'
import { CALLS, MONEY_CALLS } from '../../workflows/calls.js'
import type { Rail } from '../../workflows/messages.js'

/** Facts about Eko's pages, as JSON. */
export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')) as T
}

export function fixtureNames(folder: string): string[] {
  return readdirSync(new URL(`fixtures/${folder}/`, import.meta.url)).sort()
}

export interface Expected {
  readonly class: string
  readonly answer: string
}
export interface DocumentedAnswer {
  readonly when: string
  readonly source: string
  readonly http: number
  readonly body: Body
  readonly expected: Expected
}
export interface Body {
  [key: string]: unknown
  status?: unknown
  response_type_id?: unknown
  response_status_id?: unknown
  message?: unknown
  data?: Record<string, unknown>
}

/** Made-up credentials; the identifiers are the public examples of Eko's pages. */
export function credentials(baseUrl = 'http://127.0.0.1:1', extra: Partial<EkoCredentials> = {}): EkoCredentials {
  return {
    environment: 'sandbox',
    baseUrl,
    developerKey: 'developer-key-for-tests',
    accessKey: 'access-key-for-tests',
    initiatorId: '9962981729',
    ...extra,
  }
}

/** Values that must not turn up anywhere they do not belong. */
export const SECRETS = {
  mobile: '6000000123',
  otp: '047216',
  otpRefId: 'ref+OF/the/sender8617==aBcDeFgHiJ',
  aadhaar: '123456789012',
  pan: 'ABCDE1234F',
  token: 'wallet-token-of-the-sender-1',
  account: '1234567890657',
  recipientMobile: '6000000321',
} as const

/** A call with everything that any operation could need. */
export function request(rail: Rail, operation: EkoOperation, extra: Partial<OpenedRequest> = {}): OpenedRequest {
  return {
    rail,
    operation,
    userCode: '20810200',
    mobile: SECRETS.mobile,
    clientRefId: 'J1a1',
    details: { name: 'Sample Sender', dob: '1990-05-15', residenceAddress: ['1 Sample Road', 'Sampletown', '560001'] },
    otp: SECRETS.otp,
    otpRefId: SECRETS.otpRefId,
    aadhaar: SECRETS.aadhaar,
    pan: SECRETS.pan,
    wallet: { token: SECRETS.token, id: 'wallet-id-1' },
    consentLanguage: '1',
    recipientId: 10_017_740,
    amountRupees: 110,
    recipient: {
      ...{ name: 'Sample Payee', mobile: SECRETS.recipientMobile, account: SECRETS.account },
      ...{ ifsc: 'KKBK0000878', bankId: 12 },
    },
    timestamp: '2026-01-21T07:07:20.562Z',
    transaction: { tid: '2886522975' },
    ...extra,
  }
}

/** Every table of the onboarding journey. */
export function tables(): OperationTable[] {
  return tablesOf(CALLS)
}

/** Every table of recipients and money. */
export function moneyTables(): OperationTable[] {
  return tablesOf(MONEY_CALLS)
}

/** Every table there is. */
export function allTables(): OperationTable[] {
  return tablesOf(Object.keys(OPERATION_TABLES) as EkoOperation[])
}

function tablesOf(operations: readonly EkoOperation[]): OperationTable[] {
  return operations.flatMap((name) => Object.values(OPERATION_TABLES[name]).filter((table) => table !== null))
}

export function tableName(table: OperationTable): string {
  return `${table.rail} ${table.operation}`
}

/** An HTTP answer as the client would see it. */
export function answered(body: unknown, httpStatus = 200): HttpResult {
  return { kind: 'ANSWER', httpStatus, headers: {}, headAt: 0, body: JSON.stringify(body) }
}

export interface TestServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => unknown

/** A real HTTP server on a free port. */
export async function serve(handler: Handler): Promise<TestServer> {
  const server = http.createServer((request, response) => void handler(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise<void>((resolve, reject) => {
        server.closeAllConnections()
        server.close((error) => (error ? reject(error) : resolve()))
      }),
  }
}

/** The whole body of a request. */
export async function bodyOf(incoming: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** A dispatched sender OTP, as DigiKhata's pages show it. */
export const OTP_SENT = {
  status: 0,
  response_status_id: 0,
  response_type_id: 2129,
  message: 'Validate the OTP',
  data: { intent_id: 19, otp_ref_id: 'opaque-reference' },
}
