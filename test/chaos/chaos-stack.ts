import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { OnboardingClient } from '../../client/index.js'
import { type Developer, type Dialect, DIALECTS } from '../../sandbox/index.js'
import { ensureKeysFolder, KEY_FILES } from '../../secrets/index.js'
import { type ManagedProcess, startProcess } from '../../stack/processes.js'
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../stack/temporal-server.js'
import { type PatchedBuild, patchedBuild, type Patch } from '../../stack/patched-build.js'
import { ChaosSandbox } from './chaos-sandbox.js'
import { SKEWED_CLOCK, startWorkers, type WorkerPool } from './workers.js'

/** Longest HTTP attempt with Eko, ms. An activity may take 5 s more. */
export const EKO_TIMEOUT_MS = 1_500
/** The least that a worker takes: more than an attempt. */
const GRACE_SECONDS = 7
const WORKERS = 3
const PATIENT_MS = 15_000
const IMPATIENT_MS = 600

/** One dialect's world: a sandbox of its own, a tenant with a developer key of its own, clients of that tenant. */
export interface DialectWorld {
  readonly dialect: Dialect
  readonly sandbox: ChaosSandbox
  readonly userCode: string
  /** Waits as long as a service would. */
  readonly client: OnboardingClient
  /** A second client of the same tenant. */
  readonly other: OnboardingClient
  /** Gives up after a moment. */
  readonly impatient: OnboardingClient
}

export interface ChaosStack {
  readonly folder: string
  readonly worlds: Readonly<Record<Dialect, DialectWorld>>
  readonly workers: WorkerPool
  /** Kills the Temporal server, and starts it again with its database file on the same port. */
  restartServer(): Promise<void>
  /** Stops everything that was started; `keep` leaves the folder with the logs. */
  stop(keep?: boolean): Promise<void>
}

export interface ChaosStackOptions {
  readonly report: (line: string) => void
  /** What is broken on purpose. */
  readonly patches?: readonly Patch[]
}

/** Starts everything as processes of their own. Whatever fails, nothing is left running. */
export async function startChaosStack({ report, patches = [] }: ChaosStackOptions): Promise<ChaosStack> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'))
  // Another run's workers might find this server where theirs was: they must find nothing to do there.
  const taskQueue = basename(folder)
  const started: { stop(): Promise<void> }[] = []
  const stop = async (keep = false): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.stop()
    if (!keep) await rm(folder, { recursive: true, force: true })
  }
  try {
    const build = await patchedBuild(join(folder, 'build'), { patches, beside: [SKEWED_CLOCK] })
    const keys = join(folder, 'keys')
    await ensureKeysFolder(keys)
    const cli = await findTemporalCli(report)
    const server = await restartableServer(cli.path, folder)
    started.push(server)
    const sandboxes = await Promise.all(
      DIALECTS.map(async (dialect, index) => {
        const running = await startSandboxProcess(build, folder, dialect, developerOf(index))
        started.push(running.process)
        return { dialect, developer: developerOf(index), ...running }
      }),
    )
    const tenantsFile = join(folder, 'tenants.json')
    await writeFile(tenantsFile, JSON.stringify({ tenants: sandboxes.map(tenantOf) }, null, 2), { mode: 0o600 })
    const temporalEnv = { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'default' }
    const clientEnv = {
      ...temporalEnv,
      ONBOARDING_ID_KEY_FILE: join(keys, KEY_FILES.id),
      ONBOARDING_SEALING_PUBLIC_KEYS_FILE: join(keys, KEY_FILES.sealingPublic),
      ONBOARDING_CODEC_KEYS_FILE: join(keys, KEY_FILES.codec),
      ONBOARDING_ENVIRONMENT: 'sandbox',
      ONBOARDING_STRICTNESS: 'format',
      ONBOARDING_TASK_QUEUE: taskQueue,
    }
    const workers = await startWorkers({
      build,
      size: WORKERS,
      logs: folder,
      env: {
        ...temporalEnv,
        ONBOARDING_ENVIRONMENT: 'sandbox',
        ONBOARDING_TENANTS_FILE: tenantsFile,
        ONBOARDING_SEALING_KEYS_FILE: join(keys, KEY_FILES.sealing),
        ONBOARDING_ID_KEY_FILE: join(keys, KEY_FILES.id),
        ONBOARDING_CODEC_KEYS_FILE: join(keys, KEY_FILES.codec),
        ONBOARDING_TASK_QUEUE: taskQueue,
        ONBOARDING_EKO_TIMEOUT_MS: String(EKO_TIMEOUT_MS),
        ONBOARDING_STICKY_TIMEOUT_MS: '500',
        ONBOARDING_SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS),
        ONBOARDING_LOG_LEVEL: 'warn',
      },
    })
    started.push(workers)
    const connect = async (dialect: Dialect, deadlineMs: number): Promise<OnboardingClient> => {
      const client = await OnboardingClient.fromEnvironment({
        env: { ...clientEnv, ONBOARDING_TENANT: tenantNameOf(dialect) },
        actor: { type: 'service', id: 'chaos' },
        deadlineMs,
      })
      started.push({ stop: () => client.close() })
      return client
    }
    const worlds: DialectWorld[] = []
    for (const { dialect, url, developer } of sandboxes) {
      worlds.push({
        dialect,
        sandbox: new ChaosSandbox(url),
        userCode: developer.userCodes[0] ?? '',
        client: await connect(dialect, PATIENT_MS),
        other: await connect(dialect, PATIENT_MS),
        impatient: await connect(dialect, IMPATIENT_MS),
      })
    }
    return {
      folder,
      worlds: Object.fromEntries(worlds.map((world) => [world.dialect, world])) as Record<Dialect, DialectWorld>,
      workers,
      restartServer: () => server.restart(),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const tenantNameOf = (dialect: Dialect): string => `chaos-${dialect}`

/** Made up; they open nothing but this run's sandboxes. */
function developerOf(index: number): Developer {
  return {
    developerKey: `chaos-developer-key-${index + 1}`,
    accessKey: `chaos-access-key-${index + 1}`,
    initiatorId: `600000090${index + 1}`,
    userCodes: [`2081090${index}`],
    orgId: String(index + 1),
  }
}

const CONSENT =
  'I agree that my Aadhaar number is used, with a one-time password, to verify my identity for this wallet.'

interface SandboxOfTenant {
  readonly dialect: Dialect
  readonly developer: Developer
  readonly ekoBaseUrl: string
}

/** Wide ranges: what a journey allows is in its plan. */
function tenantOf({ dialect, developer, ekoBaseUrl }: SandboxOfTenant): Readonly<Record<string, unknown>> {
  const { developerKey, accessKey, initiatorId, orgId, userCodes } = developer
  return {
    name: tenantNameOf(dialect),
    environment: 'sandbox',
    credentials: { baseUrl: ekoBaseUrl, developerKey, accessKey, initiatorId, orgId },
    userCodes,
    rails: ['digikhata', 'levin'],
    policy: { resendCooldownSeconds: 0, sendsPerWindow: 50, sendsPerDay: 100 },
    ranges: {
      ...{ resendCooldownSeconds: [0, 3_600], sendsPerWindow: [1, 50], sendsPerDay: [1, 100] },
      ...{ parkFirstSeconds: [1, 300], parkLongestSeconds: [1, 3_600], quarantineSeconds: [1, 3_600] },
    },
    consents: [{ consentId: 'chaos-en-1', version: '1', language: 'English', text: CONSENT }],
  }
}

async function startSandboxProcess(
  build: PatchedBuild,
  folder: string,
  dialect: Dialect,
  developer: Developer,
): Promise<{ process: ManagedProcess; url: string; ekoBaseUrl: string }> {
  const developers = join(folder, `developers-${dialect}.json`)
  await mkdir(folder, { recursive: true })
  await writeFile(developers, JSON.stringify([developer]), { mode: 0o600 })
  const sandbox = startProcess({
    name: `sandbox ${dialect}`,
    command: process.execPath,
    args: [
      build.program('sandbox/main'),
      ...['--json-ready', '--port', '0', '--dialect', dialect, '--developers', developers],
    ],
    logFile: join(folder, `sandbox-${dialect}.log`),
  })
  try {
    const [line] = await sandbox.waitForLine(/^\{"sandbox":"ready".*\}$/)
    const { url, ekoBaseUrl } = JSON.parse(line) as { url: string; ekoBaseUrl: string }
    return { process: sandbox, url, ekoBaseUrl }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}

interface RestartableServer {
  readonly address: string
  restart(): Promise<void>
  stop(): Promise<void>
}

async function restartableServer(cliPath: string, folder: string): Promise<RestartableServer> {
  const options = {
    cliPath,
    dbFile: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
    headless: true,
    // While the server is down its port must stay free.
    usualPorts: false,
  }
  let server: TemporalServer = await startTemporalServer(options)
  const { address, port } = server
  let restarting: Promise<void> = Promise.resolve()
  const restart = async (): Promise<void> => {
    server.kill('SIGKILL')
    await server.exited
    server = await startTemporalServer({ ...options, port })
  }
  return {
    address,
    restart: () => (restarting = restarting.then(restart)),
    async stop() {
      await restarting
      await server.stop()
    },
  }
}
