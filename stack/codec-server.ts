import { randomBytes } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entryPoint } from './entry-point.js'
import { LOOPBACK, preferPort } from './ports.js'
import { type ManagedProcess, startProcess } from './processes.js'

/** Where a person expects it; another free port is taken where this one is not. */
const CODEC_SERVER_PORT = 8081
const CAPABILITY_BYTES = 32

export interface LocalCodecServerOptions {
  readonly folder: string
  readonly keysFile: string
  readonly usualPorts: boolean
  /** Of Temporal UI, whose page may ask. Default: no page may. */
  readonly uiPort?: number
  readonly built?: boolean
}

export interface LocalCodecServer {
  readonly process: ManagedProcess
  /** With its capability: whoever has it may have payloads decoded. */
  readonly endpoint: string
}

/**
 * Starts the codec server on loopback. The development server can be given an endpoint and no token, so the way in is a
 * path that nobody can guess, a new one at each start. It keeps web pages and other machines out; it does not keep out
 * who may look into this machine's processes or open Temporal UI here, since both are told the endpoint.
 */
export async function startLocalCodecServer(options: LocalCodecServerOptions): Promise<LocalCodecServer> {
  const { folder, keysFile, usualPorts, uiPort, built } = options
  const capability = randomBytes(CAPABILITY_BYTES).toString('base64url')
  const capabilityFile = join(folder, 'codec-capability')
  await writeFile(capabilityFile, capability, { mode: 0o600 })
  await chmod(capabilityFile, 0o600)
  const origins = uiPort === undefined ? [] : [LOOPBACK, 'localhost'].map((host) => `http://${host}:${uiPort}`)
  const process = startProcess({
    name: 'codec server',
    ...entryPoint('secrets/codec-server/main', built),
    env: {
      ONBOARDING_ENVIRONMENT: 'sandbox',
      ONBOARDING_CODEC_KEYS_FILE: keysFile,
      ONBOARDING_CODEC_SERVER_ADDRESS: `${LOOPBACK}:${usualPorts ? await preferPort(CODEC_SERVER_PORT) : 0}`,
      ONBOARDING_CODEC_SERVER_ORIGINS: origins.join(','),
      ONBOARDING_CODEC_SERVER_CAPABILITY_FILE: capabilityFile,
    },
    logFile: join(folder, 'codec-server.log'),
  })
  try {
    const [line] = await process.waitForLine(/^\{"codecServer":"ready".*\}$/)
    const { url } = JSON.parse(line) as { url: string }
    return { process, endpoint: `${url}/${capability}` }
  } catch (error) {
    await process.stop()
    throw error
  }
}
