import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CodecKeyRing } from '../codec-keys.js'
import { type Access, createGatekeeper, type Gatekeeper, type Visitor } from './access.js'
import { type AccessLog, createAccessLog } from './access-log.js'
import { createPeopleCodec, type PeopleCodec } from './codec.js'
import { CodecServerRefusal } from './codes.js'
import { parsePayloads, payloadsText } from './wire.js'

export interface CodecServerLimits {
  /** Longest body, in bytes. @default 8 MiB: a payload of Temporal's has at most 2 MiB */
  readonly bodyBytes: number
  /** Most payloads in one request. @default 1000 */
  readonly payloads: number
  /** Most requests at the same time. @default 16 */
  readonly requests: number
}
export const DEFAULT_LIMITS: CodecServerLimits = { bodyBytes: 8 * 1024 * 1024, payloads: 1_000, requests: 16 }

export interface CodecServerOptions {
  readonly keys: CodecKeyRing
  readonly access: Access
  /** Exact origins of the web pages that may ask, e.g. `https://temporal.example.com`. @default none */
  readonly origins?: readonly string[]
  /** @default 127.0.0.1 */
  readonly host?: string
  /** @default 0: any free one */
  readonly port?: number
  readonly limits?: Partial<CodecServerLimits>
  /** @default standard error */
  readonly log?: AccessLog
}

export interface RunningCodecServer {
  /** `http://127.0.0.1:<port>`, without a capability. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

const OPERATIONS = { '/decode': 'decode', '/encode': 'encode' } as const
type Operation = (typeof OPERATIONS)[keyof typeof OPERATIONS]
/** Answers without a login: it says only that the server is there. */
const HEALTH_PATH = '/health'

/** What Temporal UI sends. `Authorization-Extras` is its id token, which is not read. */
const ALLOWED_HEADERS = 'Authorization, Authorization-Extras, Content-Type, X-Namespace'
const PREFLIGHT_SECONDS = 600

/** Gathered while a request is worked on. */
interface Facts {
  operation: Operation | 'other'
  visitor?: Visitor
  namespace?: string
  payloads?: number
  unreadable?: number
  bytes?: number
}

interface Reply {
  readonly http: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Temporal's codec server: decrypts payloads for Temporal UI and Temporal's command line tool, and encrypts what they
 * send. What it decodes is for people: secrets stay masked (see `for-people.ts`).
 * @throws the listening error (`EADDRINUSE` when the port is taken); Error where nobody could be let in
 */
export async function startCodecServer(options: CodecServerOptions): Promise<RunningCodecServer> {
  const { keys, access, origins = [], host = '127.0.0.1', port = 0, log = createAccessLog() } = options
  if (!access.capability && !access.token && !access.jwt)
    throw new Error('A codec server needs a capability, a token or a login provider: nobody could be let in.')
  const service: Service = {
    ...{ codec: createPeopleCodec(keys), gatekeeper: createGatekeeper(access), origins: new Set(origins) },
    ...{ limits: { ...DEFAULT_LIMITS, ...options.limits }, inFlight: 0 },
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const start = performance.now()
    const facts: Facts = { operation: 'other' }
    let refusal: CodecServerRefusal | undefined
    let reply: Reply
    try {
      reply = await answer(service, request, facts)
    } catch (error) {
      if (!(error instanceof CodecServerRefusal)) log.failed(error)
      refusal = error instanceof CodecServerRefusal ? error : new CodecServerRefusal('INTERNAL')
      reply = refusalReply(refusal)
    }
    send(response, reply, corsHeaders(service, request))
    const { visitor, ...rest } = facts
    const isHealth = facts.operation === 'other' && reply.http < 400
    if (isHealth) return
    const code = refusal && { code: refusal.code }
    log.request({ ...rest, ...visitor, ...code, http: reply.http, ms: Math.round(performance.now() - start) })
  }
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      log.failed(error)
      response.destroy()
    })
  })
  server.requestTimeout = 30_000
  server.headersTimeout = 15_000
  server.maxConnections = 256

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Service {
  readonly codec: PeopleCodec
  readonly gatekeeper: Gatekeeper
  readonly origins: ReadonlySet<string>
  readonly limits: CodecServerLimits
  inFlight: number
}

/** @throws CodecServerRefusal */
async function answer(service: Service, request: IncomingMessage, facts: Facts): Promise<Reply> {
  const { gatekeeper, origins, limits } = service
  const [pathname = '/'] = (request.url ?? '/').split('?')
  if (pathname === HEALTH_PATH && request.method === 'GET') return { http: 200, body: '{"codecServer":"ready"}' }
  const { path, hasCapability } = gatekeeper.pathOf(pathname)
  const operation = OPERATIONS[path as keyof typeof OPERATIONS] as Operation | undefined
  if (operation === undefined) throw new CodecServerRefusal('NOT_FOUND')
  facts.operation = operation
  const { origin, authorization } = request.headers
  // A browser always names the page's origin here; a tool names none.
  if (origin !== undefined && !origins.has(origin)) throw new CodecServerRefusal('ORIGIN_REFUSED')
  if (request.method === 'OPTIONS' && origin !== undefined) return { http: 204, headers: preflightHeaders() }
  if (request.method !== 'POST') throw new CodecServerRefusal('METHOD_NOT_ALLOWED')
  facts.visitor = hasCapability ? { by: 'capability' } : await gatekeeper.visitorOf(authorization)
  const namespace = request.headers['x-namespace']
  if (typeof namespace === 'string' && /^[\w.-]{1,64}$/.test(namespace)) facts.namespace = namespace
  if (!isJson(request)) throw new CodecServerRefusal('NOT_JSON')
  if (service.inFlight >= limits.requests) throw new CodecServerRefusal('BUSY')
  service.inFlight += 1
  try {
    return await work(service, request, operation, facts)
  } finally {
    service.inFlight -= 1
  }
}

async function work(
  { codec, limits }: Service,
  request: IncomingMessage,
  operation: Operation,
  facts: Facts,
): Promise<Reply> {
  const body = await readBody(request, limits.bodyBytes)
  facts.bytes = body.length
  const payloads = parsePayloads(body.toString('utf8'), limits.payloads)
  facts.payloads = payloads.length
  if (operation === 'encode') return { http: 200, body: payloadsText(await codec.encode(payloads)) }
  const decoded = await codec.decode(payloads)
  facts.unreadable = decoded.unreadable
  return { http: 200, body: payloadsText(decoded.payloads) }
}

function refusalReply({ code, http, message }: CodecServerRefusal): Reply {
  const extra: Partial<Record<typeof code, Record<string, string>>> = {
    UNAUTHENTICATED: { 'www-authenticate': 'Bearer' },
    METHOD_NOT_ALLOWED: { allow: 'POST' },
    TOO_LARGE: { connection: 'close' },
    BUSY: { 'retry-after': '1' },
  }
  return { http, body: JSON.stringify({ code, message }), headers: extra[code] ?? {} }
}

function send(response: ServerResponse, { http, body, headers }: Reply, cors: Record<string, string>): void {
  response.writeHead(http, {
    ...{ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
    ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
    ...cors,
    ...headers,
  })
  response.end(body)
}

/** Also with refusals, so that the page learns why. Never `*`, and no word on origins that are not listed. */
function corsHeaders({ origins }: Service, { headers: { origin } }: IncomingMessage): Record<string, string> {
  const isListed = origin !== undefined && origins.has(origin)
  return { vary: 'Origin', ...(isListed && { 'access-control-allow-origin': origin }) }
}

function preflightHeaders(): Record<string, string> {
  return {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  }
}

function isJson({ headers }: IncomingMessage): boolean {
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity'
  return isPlain && /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')
}

/** @throws CodecServerRefusal TOO_LARGE, or MALFORMED where the caller broke off */
async function readBody(request: IncomingMessage, most: number): Promise<Buffer> {
  const tooLarge = (): CodecServerRefusal => {
    // What still comes is thrown away, so that the caller reads the answer.
    request.removeAllListeners('data')
    request.resume()
    return new CodecServerRefusal('TOO_LARGE')
  }
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > most) reject(tooLarge())
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    const brokenOff = (): void => reject(new CodecServerRefusal('MALFORMED'))
    request.on('error', brokenOff)
    request.on('close', brokenOff)
  })
}
