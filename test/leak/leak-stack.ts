import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OnboardingClient } from '../../client/index.js'
import type { Developer } from '../../sandbox/index.js'
import { type CodecKeyRing, ensureKeysFolder, KEY_FILES, type SecretStoreMode } from '../../secrets/index.js'
import { freePort, LOOPBACK } from '../../stack/ports.js'
import { type ManagedProcess, startProcess } from '../../stack/processes.js'
import { findTemporalCli, startTemporalServer } from '../../stack/temporal-server.js'
import { type PatchedBuild, patchedBuild, type Patch } from '../../stack/patched-build.js'
import { ChaosSandbox } from '../chaos/chaos-sandbox.js'
import { type Canaries, canaryText } from './canaries.js'
import { type Recorder, startRecorder } from './recorder.js'
import { ALL_TENANTS, SETTINGS_NOT_USED, tenantEntries, TENANTS, userCodeOf, writeSecretFiles } from './settings.js'
import { LeakWorkers } from './workers.js'

const TASK_QUEUE = 'leak'
const DEADLINE_MS = 20_000

/** Everything that runs, each part with logs of its own, in a folder that looks like a clone with a `.local` folder. */
export interface LeakStack {
  readonly mode: SecretStoreMode
  readonly canaries: Canaries
  readonly folder: string
  /** Where the local stack keeps its files. */
  readonly local: string
  /** What programs are told to use for temporary files. */
  readonly temporary: string
  readonly build: PatchedBuild
  readonly sandbox: ChaosSandbox
  readonly recorder: Recorder
  /** Of the tenant `main`. */
  readonly client: OnboardingClient
  readonly workers: LeakWorkers
  readonly codecServer: { readonly url: string; readonly endpoint: string; readonly token: string }
  readonly temporalCli: string
  /** Settings of workers, and of clients; secrets by reference. */
  readonly workerEnv: Readonly<Record<string, string>>
  readonly clientEnv: Readonly<Record<string, string>>
  readonly taskQueue: string
  /** The client of a tenant. */
  connect(tenant: string): Promise<OnboardingClient>
  /** Ends everything; Temporal by SIGKILL, so that its write-ahead log stays on disk. The folder is left. */
  end(): Promise<void>
  remove(): Promise<void>
}

export interface LeakStackOptions {
  readonly mode: SecretStoreMode
  readonly canaries: Canaries
  /** What is broken on purpose. */
  readonly patches?: readonly Patch[]
}

/** Starts everything as processes of their own. Whatever fails, nothing is left running. */
export async function startLeakStack({ mode, canaries, patches = [] }: LeakStackOptions): Promise<LeakStack> {
  const folder = await mkdtemp(join(tmpdir(), 'leak-'))
  const [local, temporary] = [join(folder, '.local'), join(folder, 'tmp')]
  const started: (() => Promise<unknown>)[] = []
  const end = async (): Promise<void> => {
    for (const stop of started.splice(0).reverse()) await stop()
  }
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    for (const path of [local, temporary]) await mkdir(path, { mode: 0o700 })
    const keys = join(local, 'keys')
    await ensureKeysFolder(keys)
    await learnKeys(keys, canaries)
    const [build, cli] = await Promise.all([
      patchedBuild(join(folder, 'build'), { patches }),
      findTemporalCli(() => undefined),
    ])
    const temporal = await startTemporalServer({
      ...{ cliPath: cli.path, headless: true, usualPorts: false },
      ...{ dbFile: join(local, 'temporal.db'), logFile: join(local, 'temporal.log') },
    })
    started.push(() => killed(temporal))
    const developers = ALL_TENANTS.map((tenant, index) => developer(canaries, tenant, index))
    const sandbox = await startSandbox(build, local, developers)
    started.push(() => sandbox.process.stop())
    const recorder = await startRecorder(sandbox.ekoBaseUrl, canaries)
    started.push(() => recorder.close())
    const secretEnv = await writeSecretFiles(join(local, 'secrets'), developers)
    const tenantsFile = join(local, 'tenants.json')
    const closedPort = `http://${LOOPBACK}:${await freePort()}/ekoapi/v3`
    await writeFile(tenantsFile, JSON.stringify(tenantEntries(developers, recorder.ekoBaseUrl, closedPort)), {
      mode: 0o600,
    })
    const shared = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'default',
      TMPDIR: temporary,
      ONBOARDING_ENVIRONMENT: 'sandbox',
      ONBOARDING_TASK_QUEUE: TASK_QUEUE,
      ONBOARDING_ID_KEY_FILE: join(keys, KEY_FILES.id),
      ONBOARDING_CODEC_KEYS_FILE: join(keys, KEY_FILES.codec),
      ONBOARDING_SECRET_STORE: mode,
      ...(mode === 'vault' && { ONBOARDING_VAULT_FOLDER: join(local, 'vault') }),
      ...SETTINGS_NOT_USED,
    }
    canaries.add('apiKey', ...(Object.values(SETTINGS_NOT_USED) as [string]))
    const clientEnv = {
      ...shared,
      ONBOARDING_TENANT: TENANTS.main,
      ONBOARDING_SEALING_PUBLIC_KEYS_FILE: join(keys, KEY_FILES.sealingPublic),
      ONBOARDING_STRICTNESS: 'format',
      ONBOARDING_EVIDENCE_FOLDER: join(local, 'evidence'),
      ONBOARDING_USER_CODE: userCodeOf(TENANTS.main),
    }
    const workerEnv = {
      ...shared,
      ...secretEnv,
      ONBOARDING_TENANTS_FILE: tenantsFile,
      ONBOARDING_SEALING_KEYS_FILE: join(keys, KEY_FILES.sealing),
      ONBOARDING_EKO_TIMEOUT_MS: '4000',
      ONBOARDING_STICKY_TIMEOUT_MS: '500',
      ONBOARDING_BREAKER_OPEN_SECONDS: '1',
      ONBOARDING_INCIDENT_PROBE_SECONDS: '1',
      ONBOARDING_LOG_LEVEL: 'trace',
    }
    await writeFile(join(local, 'onboard.env'), environmentFile(clientEnv), { mode: 0o600 })
    const workers = new LeakWorkers(build, workerEnv, local)
    started.push(() => workers.stop())
    await workers.start(false)
    await workers.start(true)
    const codec = await startCodecServer(build, local, shared, canaries)
    started.push(() => codec.process.stop())
    const clients = new Map<string, Promise<OnboardingClient>>()
    const open = async (tenant: string): Promise<OnboardingClient> => {
      const client = await OnboardingClient.fromEnvironment({
        env: { ...clientEnv, ONBOARDING_TENANT: tenant },
        actor: { type: 'service', id: 'leak-test' },
        deadlineMs: DEADLINE_MS,
      })
      started.push(() => client.close())
      return client
    }
    const connect = (tenant: string): Promise<OnboardingClient> => {
      const client = clients.get(tenant) ?? open(tenant)
      clients.set(tenant, client)
      return client
    }
    const { endpoint, token, url } = codec
    return {
      ...{ mode, canaries, folder, local, temporary, build, recorder, workers, workerEnv, clientEnv, end, remove },
      ...{ sandbox: new ChaosSandbox(sandbox.url), client: await connect(TENANTS.main), connect },
      ...{ codecServer: { url, endpoint, token }, temporalCli: cli.path, taskQueue: TASK_QUEUE },
    }
  } catch (error) {
    await end()
    await remove()
    throw error
  }
}

async function killed(server: { kill(): void; readonly exited: Promise<unknown> }): Promise<void> {
  server.kill()
  await server.exited
}

/** What is secret in the files of keys, as text and as bytes. */
export async function learnKeys(folder: string, canaries: Canaries): Promise<void> {
  const read = async (file: string): Promise<string> => (await readFile(join(folder, file), 'utf8')).trim()
  const sealing = JSON.parse(await read(KEY_FILES.sealing)) as { keys: { d: string }[] }
  const codec = JSON.parse(await read(KEY_FILES.codec)) as CodecKeyRing
  for (const { d } of sealing.keys) canaries.add<string | Buffer>('sealingKey', d, Buffer.from(d, 'base64url'))
  for (const { k } of codec.keys) canaries.add<string | Buffer>('codecKey', k, Buffer.from(k, 'base64url'))
  const idKey = await read(KEY_FILES.id)
  canaries.add<string | Buffer>('idKey', idKey, Buffer.from(idKey, 'base64'))
}

function developer(canaries: Canaries, tenant: string, index: number): Developer {
  return {
    developerKey: canaries.add('developerKey', canaryText('leak-developer')),
    accessKey: canaries.add('accessKey', canaryText('leak-access')),
    initiatorId: `60000009${String(index).padStart(2, '0')}`,
    userCodes: [userCodeOf(tenant)],
    orgId: String(index + 1),
  }
}

function environmentFile(env: Readonly<Record<string, string>>): string {
  // Its readers need no API key of a server that has none; the file is searched like any other.
  const lines = Object.entries(env).filter(([name]) => !(name in SETTINGS_NOT_USED))
  return `${lines.map(([name, value]) => `${name}=${value}`).join('\n')}\n`
}

async function startSandbox(build: PatchedBuild, local: string, developers: readonly Developer[]) {
  const file = join(local, 'developers.json')
  await writeFile(file, JSON.stringify(developers), { mode: 0o600 })
  const flags = ['--json-ready', '--port', '0', '--dialect', 'wlc', '--developers', file]
  const process_ = startProcess({
    name: 'sandbox',
    command: process.execPath,
    args: [build.program('sandbox/main'), ...flags],
  })
  const { url, ekoBaseUrl } = await readyLine<{ url: string; ekoBaseUrl: string }>(
    process_,
    /^\{"sandbox":"ready".*\}$/,
  )
  return { process: process_, url, ekoBaseUrl }
}

/** With both ways in: Temporal’s tool has the token, its UI would have the capability. */
async function startCodecServer(
  build: PatchedBuild,
  local: string,
  shared: Readonly<Record<string, string>>,
  canaries: Canaries,
) {
  const [token, capability] = [randomBytes(32).toString('hex'), randomBytes(32).toString('base64url')]
  canaries.add('access', token, capability)
  const files = { TOKEN: join(local, 'codec-token'), CAPABILITY: join(local, 'codec-capability') }
  await writeFile(files.TOKEN, token, { mode: 0o600 })
  await writeFile(files.CAPABILITY, capability, { mode: 0o600 })
  const process_ = startProcess({
    name: 'codec server',
    command: process.execPath,
    args: ['--enable-source-maps', build.program('secrets/codec-server/main')],
    env: {
      ...shared,
      ONBOARDING_CODEC_SERVER_ADDRESS: `${LOOPBACK}:0`,
      ONBOARDING_CODEC_SERVER_TOKEN_FILE: files.TOKEN,
      ONBOARDING_CODEC_SERVER_CAPABILITY_FILE: files.CAPABILITY,
    },
    logFile: join(local, 'codec-server.log'),
  })
  const { url } = await readyLine<{ url: string }>(process_, /^\{"codecServer":"ready".*\}$/)
  return { process: process_, url, token, endpoint: `${url}/${capability}` }
}

async function readyLine<T>(process_: ManagedProcess, pattern: RegExp): Promise<T> {
  try {
    const [line] = await process_.waitForLine(pattern)
    return JSON.parse(line) as T
  } catch (error) {
    await process_.stop()
    throw error
  }
}
