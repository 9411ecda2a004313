import {
  type ClientHttp2Session,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
} from 'node:http2'

/** A gRPC status, https://grpc.io/docs/guides/status-codes/ */
export const CANCELLED = 1
export const NOT_FOUND = 5
export const FAILED_PRECONDITION = 9

/** Between a client and the Temporal server: passes gRPC on, but answers calls itself as it is told. */
export interface RefusingGateway {
  /** For TEMPORAL_ADDRESS. */
  readonly address: string
  /** Answers the next calls of a method with a status; the server does not hear of them. */
  refuse(method: string, status: number, times?: number): void
  /** How many calls of a method have come since it was last refused. */
  count(method: string): number
  /** How much time each of those calls was given, in ms. */
  timeouts(method: string): number[]
  close(): Promise<void>
}

const UNITS_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 }

/** gRPC's header, a number and a unit. */
function milliseconds(timeout: string | string[] | undefined): number {
  const [, amount, unit = ''] = /^(\d+)(\w)$/.exec(String(timeout)) ?? []
  return Number(amount ?? Infinity) * (UNITS_MS[unit] ?? 1)
}

/** @param target `host:port` of the server */
export async function startRefusingGateway(target: string): Promise<RefusingGateway> {
  const refusals = new Map<string, { status: number; left: number; timeouts: number[] }>()
  const sessions = new Set<ServerHttp2Session | ClientHttp2Session>()
  const server = createServer()
  server.on('session', (session) => {
    const upstream = connect(`http://${target}`)
    for (const side of [session, upstream]) {
      sessions.add(side)
      side.on('close', () => sessions.delete(side))
      // A side that breaks takes the other one with it, which the client notices.
      side.on('error', () => (side === session ? upstream : session).destroy())
    }
    session.on('stream', (stream, headers) => {
      const refusal = refusals.get(String(headers[':path']).split('/').at(-1) ?? '')
      refusal?.timeouts.push(milliseconds(headers['grpc-timeout']))
      if (refusal && refusal.left > 0) {
        refusal.left -= 1
        const trailers = { 'grpc-status': String(refusal.status), 'grpc-message': 'by a test' }
        stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...trailers }, { endStream: true })
        return
      }
      const request = upstream.request({ ...headers, ':authority': target }, { endStream: false })
      stream.pipe(request)
      stream.on('error', () => request.destroy())
      request.on('error', () => stream.destroy())
      stream.on('close', () => request.destroyed || request.close())
      request.on('response', (head, flags) => {
        const isAll = (flags & 1) !== 0
        stream.respond({ ...head }, isAll ? { endStream: true } : { waitForTrailers: true })
      })
      let trailers: IncomingHttpHeaders = {}
      request.on('trailers', (last: IncomingHttpHeaders) => {
        trailers = last
      })
      stream.on('wantTrailers', () => stream.sendTrailers({ ...trailers }))
      request.on('data', (chunk: Buffer) => stream.write(chunk))
      request.on('end', () => stream.end())
    })
  })
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const bound = server.address()
  if (typeof bound !== 'object' || bound === null) throw new Error('The gateway got no port.')
  return {
    address: `127.0.0.1:${bound.port}`,
    refuse: (method, status, times = Infinity) => refusals.set(method, { status, left: times, timeouts: [] }),
    count: (method) => refusals.get(method)?.timeouts.length ?? 0,
    timeouts: (method) => refusals.get(method)?.timeouts ?? [],
    async close() {
      for (const session of [...sessions]) session.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
