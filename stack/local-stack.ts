import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureKeysFolder, KEY_FILES } from '../secrets/index.js'
import { type LocalCodecServer, startLocalCodecServer } from './codec-server.js'
import { entryPoint } from './entry-point.js'
import { LOCAL_TENANTS, LOCAL_USER_CODE, writeLocalTenants } from './local-tenants.js'
import { freePort, preferPort } from './ports.js'
import { type ManagedProcess, startProcess } from './processes.js'
import { findTemporalCli, startTemporalServer, TEMPORAL_UI_PORT, type TemporalServer } from './temporal-server.js'

/** Where a person expects the sandbox; another free port is taken where this one is not. */
const SANDBOX_PORT = 4010

export interface LocalStackOptions {
  /** Keys, databases and logs; made if missing, readable by its owner only. */
  readonly folder: string
  readonly report: (line: string) => void
  /** Default: the sandbox's own default. */
  readonly dialect?: string
  /** Default true: the ports that a person expects, where they are free. Without, any free ones. */
  readonly usualPorts?: boolean
  /** Default true. Without, the server keeps its data in memory and shows no page. */
  readonly ui?: boolean
  /** Default true: the same folder brings the same journeys back. */
  readonly persistent?: boolean
  /** Run the build in `dist/` instead of the sources; default: whatever this file itself is. */
  readonly built?: boolean
  /** Default true. Without, worker and clients write payloads in plain: for recordings of old journeys. */
  readonly encrypted?: boolean
  /** Default: as `ui`. Without, Temporal's own tools show ciphertext. */
  readonly codecServer?: boolean
  /** A server that runs already, and is not stopped with the stack. Default: one of the stack's own. */
  readonly temporal?: TemporalServer
  /** A worker's program to run instead: JavaScript of another build. */
  readonly workerProgram?: string
  /** Settings of the worker beside the stack's own. */
  readonly workerEnv?: Readonly<Record<string, string>>
}

export interface LocalStack {
  readonly temporal: TemporalServer
  readonly sandboxUrl: string
  readonly sandbox: ManagedProcess
  readonly worker: ManagedProcess
  /** Undefined where it was not asked for. */
  readonly codecServer: LocalCodecServer | undefined
  /** Environment of clients, Temporal's own command line tool among them: Temporal's address, codec, tenant, keys. */
  readonly clientEnv: Readonly<Record<string, string>>
  readonly tenantsFile: string
  /** Starts one more worker on the same queue, unless `env` says otherwise. */
  startWorker(name: string, env?: Readonly<Record<string, string>>): Promise<ManagedProcess>
  /** Stops everything that was started, the newest first. */
  stop(): Promise<void>
}

/** Starts Temporal, sandbox and worker as processes of their own. Whatever fails, nothing is left running. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { folder, report, ui = true, encrypted = true } = options
  const started: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.stop()
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const keys = join(folder, 'keys')
    const { created } = await ensureKeysFolder(keys)
    if (created.length > 0) report(`Keys generated in ${keys} (yours alone; not in git)`)

    const uiPort = ui ? await chooseUiPort(options) : undefined
    const codecServer = await startCodecServerIfWanted(options, join(keys, KEY_FILES.codec), uiPort)
    if (codecServer) started.push(codecServer.process)
    const temporal = options.temporal ?? (await startOwnServer(options, uiPort, codecServer))
    if (!options.temporal) started.push(temporal)
    report(`Temporal server at ${temporal.address}`)
    if (codecServer) report('Codec server decrypts for Temporal UI and Temporal’s command line tool')

    const { sandbox, url, ekoBaseUrl } = await startSandboxProcess(options)
    started.push(sandbox)
    report(`Eko sandbox at ${url}`)

    const tenantsFile = join(folder, 'tenants.json')
    await writeLocalTenants(tenantsFile, ekoBaseUrl)
    const codec = encrypted ? { ONBOARDING_CODEC_KEYS_FILE: join(keys, KEY_FILES.codec) } : {}
    const clientEnv = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      ...(codecServer && { TEMPORAL_CODEC_ENDPOINT: codecServer.endpoint }),
      ONBOARDING_TENANT: LOCAL_TENANTS[0],
      ONBOARDING_ID_KEY_FILE: join(keys, KEY_FILES.id),
      ONBOARDING_SEALING_PUBLIC_KEYS_FILE: join(keys, KEY_FILES.sealingPublic),
      ...codec,
      ONBOARDING_ENVIRONMENT: 'sandbox',
      ONBOARDING_STRICTNESS: 'format',
      ONBOARDING_TENANTS_FILE: tenantsFile,
      ONBOARDING_EKO_BASE_URL: ekoBaseUrl,
      ONBOARDING_USER_CODE: LOCAL_USER_CODE,
    }
    const workerEnv = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      ONBOARDING_ENVIRONMENT: 'sandbox',
      ONBOARDING_TENANTS_FILE: tenantsFile,
      ONBOARDING_SEALING_KEYS_FILE: join(keys, KEY_FILES.sealing),
      ONBOARDING_ID_KEY_FILE: join(keys, KEY_FILES.id),
      ...codec,
      ...options.workerEnv,
    }
    const startWorker = async (name: string, env: Readonly<Record<string, string>> = {}): Promise<ManagedProcess> => {
      const worker = startProcess({
        name,
        ...(options.workerProgram === undefined
          ? entryPoint('worker/main', options.built)
          : { command: process.execPath, args: [options.workerProgram] }),
        env: { ...workerEnv, ...env },
        logFile: join(folder, `${name}.log`),
      })
      started.push(worker)
      await worker.waitForLine(/"worker":"ready"/)
      return worker
    }
    const worker = await startWorker('worker')
    report('Worker polls for journeys')
    await writeClientSettings(folder, clientEnv)
    return { temporal, sandboxUrl: url, sandbox, worker, codecServer, clientEnv, tenantsFile, startWorker, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startOwnServer(
  { folder, report, persistent = true, ui = true, usualPorts }: LocalStackOptions,
  uiPort: number | undefined,
  codecServer: LocalCodecServer | undefined,
): Promise<TemporalServer> {
  const cli = await findTemporalCli(report)
  // Built with `go install`, it does not know its version.
  report(`Temporal CLI ${cli.version.replace('0.0.0-DEV', 'built from source')} (${cli.origin})`)
  return startTemporalServer({
    cliPath: cli.path,
    ...(uiPort !== undefined && { uiPort }),
    ...(codecServer && { uiCodecEndpoint: codecServer.endpoint }),
    ...(persistent && { dbFile: join(folder, 'temporal.db') }),
    logFile: join(folder, 'temporal.log'),
    headless: !ui,
    ...(usualPorts !== undefined && { usualPorts }),
  })
}

/** Chosen before the server that listens there, since the codec server must know which page may ask it. */
function chooseUiPort({ usualPorts = true }: LocalStackOptions): Promise<number> {
  return usualPorts ? preferPort(TEMPORAL_UI_PORT) : freePort()
}

async function startCodecServerIfWanted(
  { folder, ui = true, codecServer = ui, usualPorts = true, built }: LocalStackOptions,
  keysFile: string,
  uiPort: number | undefined,
): Promise<LocalCodecServer | undefined> {
  if (!codecServer) return undefined
  return startLocalCodecServer({
    ...{ folder, keysFile, usualPorts },
    ...(uiPort !== undefined && { uiPort }),
    ...(built !== undefined && { built }),
  })
}

async function startSandboxProcess({
  folder,
  dialect,
  built,
  usualPorts = true,
}: LocalStackOptions): Promise<{ sandbox: ManagedProcess; url: string; ekoBaseUrl: string }> {
  const { command, args } = entryPoint('sandbox/main', built)
  const sandbox = startProcess({
    name: 'sandbox',
    command,
    args: [
      ...args,
      '--json-ready',
      '--port',
      // 0 is any free one.
      String(usualPorts ? await preferPort(SANDBOX_PORT) : 0),
      ...(dialect ? ['--dialect', dialect] : []),
    ],
    logFile: join(folder, 'sandbox.log'),
  })
  try {
    const [line] = await sandbox.waitForLine(/^\{"sandbox":"ready".*\}$/)
    const { url, ekoBaseUrl } = JSON.parse(line) as { url: string; ekoBaseUrl: string }
    return { sandbox, url, ekoBaseUrl }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}

/** The settings that `onboard` reads by itself when it runs beside the stack. */
async function writeClientSettings(folder: string, env: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  await writeFile(join(folder, 'onboard.env'), `${lines.join('\n')}\n`, { mode: 0o600 })
}
