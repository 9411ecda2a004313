import * as http from 'node:http'
import * as https from 'node:https'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'

/** Longest wait for the proxy to grant a connection, in ms. */
const TUNNEL_MS = 10_000

/** A connection through the proxy was not granted; nothing was sent to Eko. */
class ProxyError extends Error {
  override readonly name = 'ProxyError'
  readonly code = 'EPROXY'
}

type Created = (error: Error | null, socket: Duplex) => void

/** Opens a tunnel with CONNECT (RFC 9110 §9.3.6), then TLS inside it where the target is https. */
function tunnel(proxy: URL, target: https.RequestOptions, secure: boolean, created: Created): void {
  // Node calls back with an error alone; its types do not know that.
  const failed = (error: Error): void => (created as (error: Error) => void)(error)
  const authority = `${target.host ?? ''}:${target.port ?? (secure ? 443 : 80)}`
  const request = (proxy.protocol === 'https:' ? https : http).request({
    host: proxy.hostname,
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: authority,
    agent: false,
    headers: { host: authority, ...authorization(proxy) },
  })
  request.setTimeout(TUNNEL_MS, () => request.destroy(new ProxyError('The proxy did not answer in time.')))
  request.once('error', failed)
  request.once('connect', (response, socket) => {
    socket.setTimeout(0)
    if (response.statusCode !== 200) {
      socket.destroy()
      failed(new ProxyError(`The proxy refused the connection with HTTP ${response.statusCode ?? 0}.`))
    } else if (secure) {
      const inner = tls.connect({ ...(target as tls.ConnectionOptions), socket })
      inner.once('error', failed)
      inner.once('secureConnect', () => {
        inner.off('error', failed)
        created(null, inner)
      })
    } else created(null, socket)
  })
  request.end()
}

function authorization(proxy: URL): Record<string, string> {
  if (!proxy.username) return {}
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** Agents whose connections go through a proxy. */
export function proxyAgents(proxyUrl: string, options: http.AgentOptions): { http: http.Agent; https: https.Agent } {
  // The error of an invalid URL would hold all of it, a password included.
  if (!/^https?:\/\//.test(proxyUrl) || !URL.canParse(proxyUrl)) {
    throw new ProxyError("The proxy's address must be http(s)://[user:password@]host[:port].")
  }
  const proxy = new URL(proxyUrl)
  const through = <A extends http.Agent>(agent: A, secure: boolean): A => {
    agent.createConnection = (target: https.RequestOptions, created?: Created) => {
      if (created) tunnel(proxy, target, secure, created)
      return undefined
    }
    return agent
  }
  return { http: through(new http.Agent(options), false), https: through(new https.Agent(options), true) }
}
