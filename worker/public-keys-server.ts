import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '@temporalio/common'
import { type KeySource, publicKeysHandler } from '../secrets/index.js'

/** Where the public sealing keys are on the server. */
export const PUBLIC_KEYS_PATH = '/sealing-keys.json'

/** Longest wait for a request's head, in ms. */
const HEAD_MS = 5_000

export interface PublicKeysServer {
  /** Of the key set. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Publishes the public sealing keys over HTTP. Without TLS: whoever could change the answer on its way could have secrets
 * sealed to a key of their own.
 * @param address host:port; port 0 is any free one
 */
export async function startPublicKeysServer(
  address: string,
  keys: KeySource,
  logger: Logger,
): Promise<PublicKeysServer> {
  const handle = publicKeysHandler(keys, (error) => {
    logger.error('The public sealing keys could not be read', {
      error: error instanceof Error ? error.name : 'unknown',
    })
  })
  const server = createServer({ headersTimeout: HEAD_MS, requestTimeout: HEAD_MS }, (request, response) => {
    if (request.url?.split('?')[0] === PUBLIC_KEYS_PATH) void handle(request, response)
    else response.writeHead(404).end()
  })
  const { hostname, port } = new URL(`http://${address}`)
  server.listen(Number(port || 80), hostname.replace(/^\[|\]$/g, ''))
  await once(server, 'listening')
  const bound = server.address() as AddressInfo
  return {
    url: `http://${hostname}:${bound.port}${PUBLIC_KEYS_PATH}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      }),
  }
}
