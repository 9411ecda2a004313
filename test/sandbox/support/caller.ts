import { createHmac } from 'node:crypto'
import { SAMPLE_DEVELOPERS, startSandbox } from '../../../sandbox/index.js'
import type {
  Developer,
  InboxJson,
  InboxMessage,
  LedgerJson,
  RunningSandbox,
  SandboxOptions,
  SenderJson,
} from '../../../sandbox/index.js'

export type Body = Record<string, unknown> & { data?: Record<string, unknown> }
export interface Answered {
  http: number
  headers: Headers
  text: string
  body: Body
}

export interface CallOptions {
  method?: string
  developer?: Developer
  headers?: Record<string, string | undefined>
  /** Replaces the JSON text of the body. */
  rawBody?: string
  /** Sent instead of the developer's own common parameters where given; undefined leaves one out. */
  params?: Record<string, unknown>
  signal?: AbortSignal
}

export const [ONE, TWO] = SAMPLE_DEVELOPERS as [Developer, Developer]

/** The signature, written a second time for the tests: the sandbox's own is what they judge. */
export function sign(accessKey: string, timestamp: string): string {
  const key = Buffer.from(accessKey).toString('base64')
  return createHmac('sha256', key).update(timestamp).digest('base64')
}

/** A client of one sandbox that signs rightly unless told otherwise. */
export class Caller {
  readonly sandbox: RunningSandbox
  #lastTimestamp = 0

  constructor(sandbox: RunningSandbox) {
    this.sandbox = sandbox
  }

  static async start(options: SandboxOptions = {}): Promise<Caller> {
    return new Caller(await startSandbox(options))
  }

  timestamp(): string {
    this.#lastTimestamp = Math.max(this.#lastTimestamp + 1, Date.now())
    return String(this.#lastTimestamp)
  }

  /** One signed call; `path` is below `/customer/payment/ppi-`. */
  call(method: 'GET' | 'POST', path: string, options: CallOptions = {}): Promise<Answered> {
    return this.at(method, `/customer/payment/ppi-${path}`, options)
  }

  /** One signed call; `path` is below Eko's base. */
  async at(method: 'GET' | 'POST', path: string, options: CallOptions = {}): Promise<Answered> {
    const { developer = ONE, params = {} } = options
    const timestamp = this.timestamp()
    const all = { initiator_id: developer.initiatorId, user_code: developer.userCodes[0], ...params }
    const headers = {
      developer_key: developer.developerKey,
      'secret-key': sign(developer.accessKey, timestamp),
      'secret-key-timestamp': timestamp,
      'content-type': 'application/json',
      ...options.headers,
    }
    const sent = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const query = Object.entries(all).filter(([, value]) => value !== undefined)
    const url = `${this.sandbox.ekoBaseUrl}${path}`
    const target = method === 'GET' ? `${url}?${new URLSearchParams(query as [string, string][]).toString()}` : url
    const response = await fetch(target, {
      method: options.method ?? method,
      headers: sent,
      ...(method === 'GET' ? {} : { body: options.rawBody ?? JSON.stringify(all) }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { http: response.status, headers: response.headers, text, body: isJson ? (JSON.parse(text) as Body) : {} }
  }

  async control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.sandbox.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  ledger(mobile?: string): Promise<LedgerJson> {
    return this.control('GET', mobile === undefined ? '/ledger' : `/ledger?mobile=${mobile}`)
  }

  sender(rail: string, mobile: string): Promise<SenderJson> {
    return this.control('GET', `/senders/${rail}/${mobile}`)
  }

  seed(rail: string, mobile: string, stage: string, more: Record<string, unknown> = {}): Promise<SenderJson> {
    return this.control('PUT', `/senders/${rail}/${mobile}`, { stage, ...more })
  }

  faults(...faults: Record<string, unknown>[]): Promise<unknown> {
    return this.control('PUT', '/faults', { faults })
  }

  /** The newest SMS of a journey. */
  async newestSms(sender: string, purpose: string): Promise<InboxMessage> {
    const { messages } = await this.control<InboxJson>('GET', `/inbox?mobile=${sender}&purpose=${purpose}`)
    const newest = messages.at(-1)
    if (!newest) throw new Error(`No SMS for ${sender}`)
    return newest
  }
}

export const DETAILS = { name: 'Test Person', dob: '1990-05-15', residence_address: ['12 Example Road', 'Pune'] }

/** A code that is not the given one. */
export function wrongCode(code: string): string {
  return code === '111111' ? '222222' : '111111'
}
