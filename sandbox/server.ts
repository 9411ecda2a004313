import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveControl } from './control.js'
import type { Developer } from './developers.js'
import { serveEko } from './eko-api.js'
import { requestUrl } from './http.js'
import type { Dialect } from './names.js'
import type { SandboxPolicy } from './policy.js'
import { EKO_BASE_PATH } from './routing.js'
import { World } from './world.js'

/** How a sandbox starts. Everything has a default. */
export interface SandboxOptions {
  /** Default 0: any free port. */
  port?: number
  /** Default 127.0.0.1. The control API has no authentication: bind it elsewhere only inside a closed network. */
  host?: string
  /** Default `portal-2026`. */
  dialect?: Dialect
  /** Default {@link SAMPLE_DEVELOPERS}. */
  developers?: readonly Developer[]
  /** Changes to {@link DEFAULT_POLICY}. */
  policy?: Partial<SandboxPolicy>
  /** Offset of the platform's clock, ms. Default 0. */
  clockOffsetMs?: number
}

/** A sandbox that accepts calls. */
export interface RunningSandbox {
  /** The control API and the inbox page: `http://127.0.0.1:<port>`. */
  url: string
  /** What a client takes as Eko's base URL. */
  ekoBaseUrl: string
  port: number
  /** Stops listening and destroys what is open; calls that wait in a delay are not carried out any more. */
  close(): Promise<void>
}

/**
 * Starts a sandbox.
 * @throws the listening error (`EADDRINUSE` when the port is taken)
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const { port = 0, host = '127.0.0.1', dialect, developers, policy, clockOffsetMs } = options
  const world = new World({ dialect, developers, policy, clockOffsetMs })
  const closing = new AbortController()
  let url = ''
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // Whoever asked is told by a broken connection; a closing sandbox has nothing to report.
      if (!closing.signal.aborted) console.error('sandbox: a request failed', error)
      response.destroy()
    })
  })
  server.requestTimeout = 30_000
  server.headersTimeout = 15_000

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = requestUrl(request).pathname
    const isEko = path === EKO_BASE_PATH || path.startsWith(`${EKO_BASE_PATH}/`)
    if (isEko) return serveEko(request, response, { world, origin: url, closing: closing.signal })
    return serveControl(request, response, world)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address() as AddressInfo
  const shownHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  url = `http://${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${address.port}`

  async function close(): Promise<void> {
    closing.abort()
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
  return { url, ekoBaseUrl: `${url}${EKO_BASE_PATH}`, port: address.port, close }
}
