import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LOOPBACK } from '../../stack/ports.js'
import type { Canaries } from './canaries.js'

/** What Eko alone gives out: by its names on the wire. */
const GIVEN = /"(otp_ref_id|wallet_token|wallet_id)"\s*:\s*"([^"]{8,})"/g

/**
 * Stands between workers and the sandbox and passes everything on: so the references and tokens that the sandbox makes
 * up are known, and it is seen which secrets truly went to Eko.
 */
export interface Recorder {
  /** For tenants, in place of the sandbox’s own. */
  readonly ekoBaseUrl: string
  /** Everything that workers sent: URLs and bodies. */
  sent(): string
  close(): Promise<void>
}

export async function startRecorder(ekoBaseUrl: string, canaries: Canaries): Promise<Recorder> {
  const target = new URL(ekoBaseUrl)
  const seen: string[] = []
  const server = createServer((request, response) => void relay(request, response))

  function relay(request: IncomingMessage, response: ServerResponse): void {
    const { method, headers, url = '/' } = request
    const outgoing = httpRequest({ host: target.hostname, port: target.port, method, headers, path: url, agent: false })
    seen.push(url)
    request.on('data', (chunk: Buffer) => seen.push(chunk.toString('utf8')))
    request.pipe(outgoing)
    outgoing.on('response', (answer) => {
      let text = ''
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8')
        learn(text, canaries)
      })
      answer.on('error', () => response.destroy())
      answer.pipe(response)
    })
    // The sandbox hangs up on purpose; whoever called must see the same.
    outgoing.on('error', () => response.destroy())
    response.on('close', () => outgoing.destroy())
  }

  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve))
  const { port } = server.address() as AddressInfo
  return {
    ekoBaseUrl: `http://${LOOPBACK}:${port}${target.pathname}`,
    sent: () => seen.join('\n'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** References of digits only and of the form with the mobile in it are canaries as well. */
function learn(text: string, canaries: Canaries): void {
  for (const [, field, value = ''] of text.matchAll(GIVEN)) {
    canaries.add(field === 'otp_ref_id' ? 'otpRefId' : field === 'wallet_id' ? 'walletId' : 'walletToken', value)
    const signature = field === 'wallet_token' ? value.split('.')[2] : undefined
    if (signature) canaries.add('walletToken', signature)
  }
}
