import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'

/** gRPC's status for "try again". */
const UNAVAILABLE = 14

/** Something that the proxy keeps from going on until it is let go. */
export interface Hold {
  /** Settles when there is something to hold; rejects after a minute, so that a failing test ends. */
  readonly reached: Promise<void>
  release(): void
}

/** A call that went through, with its gRPC status. */
export interface SeenCall {
  readonly method: string
  /** https://grpc.io/docs/guides/status-codes/ */
  readonly status: number
}

/**
 * Between one worker and the Temporal server: passes gRPC on, and can hold the next call of a method before it reaches
 * the server, or the server's answer before it reaches the worker. So a test can stop a worker at an exact point.
 */
export interface GrpcProxy {
  /** For TEMPORAL_ADDRESS. */
  readonly address: string
  readonly seen: readonly SeenCall[]
  /** Holds the next call of this method; the server does not know of it until it is released. */
  holdCall(method: string): Hold
  /** Holds the answer to the next call of this method; the server has done its part. */
  holdAnswer(method: string): Hold
  /** Ends the worker's open polls at the server, so that no task is given to a worker that cannot take it. */
  cutPolls(): void
  close(): Promise<void>
}

interface Armed extends Hold {
  readonly method: string
  readonly at: 'call' | 'answer'
  /** Marks it as reached and answers when it may go on. */
  pass(): Promise<void>
}

function arm(method: string, at: Armed['at']): Armed {
  let reach: () => void = () => undefined
  let release: () => void = () => undefined
  const reached = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`In a minute no ${at} of ${method} came to be held.`)),
      60_000,
    ).unref()
    reach = () => {
      clearTimeout(timer)
      resolve()
    }
  })
  reached.catch(() => undefined) // where nobody waits for it, nobody misses it
  const released = new Promise<void>((resolve) => (release = resolve))
  const pass = (): Promise<void> => {
    reach()
    return released
  }
  return { method, at, reached, release: () => release(), pass }
}

/** @param target `host:port` of the server */
export async function startGrpcProxy(target: string): Promise<GrpcProxy> {
  const seen: SeenCall[] = []
  const armed: Armed[] = []
  const polls = new Set<() => void>()
  const upstream = new Set<ClientHttp2Session>()
  const downstream = new Set<{ destroy(): void }>()

  const take = (method: string, at: Armed['at']): Armed | undefined => {
    const index = armed.findIndex((hold) => hold.method === method && hold.at === at)
    return index < 0 ? undefined : armed.splice(index, 1)[0]
  }

  const server = createServer()
  server.on('session', (session) => {
    const server = connect(`http://${target}`)
    upstream.add(server)
    downstream.add(session)
    server.on('error', () => session.destroy())
    server.on('close', () => upstream.delete(server))
    session.on('error', () => server.destroy())
    session.on('close', () => {
      downstream.delete(session)
      server.destroy()
    })
    session.on('stream', (stream, headers) => void forward(server, stream, headers))
  })

  async function forward(server: ClientHttp2Session, stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    const method = String(headers[':path']).split('/').at(-1) ?? ''
    stream.on('error', () => undefined) // the worker is gone: its call goes with it
    await take(method, 'call')?.pass()
    if (server.destroyed || stream.destroyed) return
    const request = server.request({ ...headers, ':authority': target }, { endStream: false })
    request.on('error', () => stream.destroyed || stream.close(constants.NGHTTP2_INTERNAL_ERROR))
    stream.on('close', () => request.destroyed || request.close(constants.NGHTTP2_CANCEL))
    stream.pipe(request)
    if (method.startsWith('Poll')) {
      const cut = (): void => {
        request.removeAllListeners('end')
        request.close(constants.NGHTTP2_CANCEL)
        stream.respond({ 'content-type': 'application/grpc', 'grpc-status': String(UNAVAILABLE) }, { endStream: true })
      }
      polls.add(cut)
      request.once('close', () => polls.delete(cut))
    }
    const body: Buffer[] = []
    let head: IncomingHttpHeaders = {}
    let trailers: IncomingHttpHeaders = {}
    request.on('response', (first: IncomingHttpHeaders) => {
      head = first
    })
    request.on('trailers', (last: IncomingHttpHeaders) => {
      trailers = last
    })
    request.on('data', (chunk: Buffer) => body.push(chunk))
    request.on('end', () => void answer(method, stream, { head, trailers, body: Buffer.concat(body) }))
  }

  async function answer(
    method: string,
    stream: ServerHttp2Stream,
    { head, trailers, body }: { head: IncomingHttpHeaders; trailers: IncomingHttpHeaders; body: Buffer },
  ): Promise<void> {
    seen.push({ method, status: Number(trailers['grpc-status'] ?? head['grpc-status'] ?? -1) })
    await take(method, 'answer')?.pass()
    if (stream.destroyed) return
    const trailing = Object.keys(trailers).length > 0
    stream.respond({ ...head }, { waitForTrailers: trailing })
    if (trailing) stream.once('wantTrailers', () => stream.sendTrailers({ ...trailers }))
    stream.end(body)
  }

  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const bound = server.address()
  if (typeof bound !== 'object' || bound === null) throw new Error('The proxy got no port.')

  const hold = (method: string, at: Armed['at']): Hold => {
    const held = arm(method, at)
    armed.push(held)
    return held
  }
  return {
    address: `127.0.0.1:${bound.port}`,
    seen,
    holdCall: (method) => hold(method, 'call'),
    holdAnswer: (method) => hold(method, 'answer'),
    cutPolls() {
      for (const cut of polls) cut()
    },
    async close() {
      for (const session of [...upstream, ...downstream]) session.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
