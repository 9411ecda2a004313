import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import type { EkoCredentials } from '../activities/eko/index.js'
import { OnboardingClient } from '../client/index.js'
import { fromSource } from '../stack/entry-point.js'
import { type LocalStack, startLocalStack } from '../stack/local-stack.js'
import { type ManagedProcess, startProcess } from '../stack/processes.js'
import { SandboxControl } from '../stack/sandbox-control.js'
import type { TemporalServer } from '../stack/temporal-server.js'
import type { Contender, TemporalContender } from './contender.js'
import { directContender } from './direct.js'
import { floorContender } from './floor/contender.js'
import { oursContender } from './ours.js'
import type { PostgresServer } from './postgres.js'

/** Of the floor, as ours is by default. */
const CACHED = 1_000
/** A cap is an owner's choice and says nothing of speed; the floor has none, and logs at `warn`, too. */
const LIKE_FLOOR = { ONBOARDING_MAX_CALLS_PER_SECOND: '10000', ONBOARDING_LOG_LEVEL: 'warn' }
const COLLECTS = `--expose-gc --import ${new URL('./collect.mjs', import.meta.url).href}`

export interface BenchStack {
  readonly local: LocalStack
  readonly sandbox: SandboxControl
  /** Without the codec's keys: for what is Temporal's own. */
  readonly temporal: Client
  readonly client: OnboardingClient
  readonly direct: Contender
  readonly floor: TemporalContender
  readonly ours: TemporalContender
  readonly pids: {
    readonly server: number
    readonly database?: number
    readonly sandbox: number
    readonly floor: number
    readonly ours: number
  }
  /** Every call of Eko takes so much longer, in ms. */
  delayEko(ms: number): Promise<void>
  stop(): Promise<void>
}

export interface BenchStackOptions {
  readonly report: (line: string) => void
  /** Settings of our worker. */
  readonly workerEnv?: Readonly<Record<string, string>>
  /** Default true. */
  readonly encrypted?: boolean
  /** Default: the local stack's own, on a file. */
  readonly server?: TemporalServer | PostgresServer
  /** JavaScript of another build's worker, instead of ours. */
  readonly workerProgram?: string
  /** JavaScript of another build’s client, instead of ours. */
  readonly clientModule?: string
  /** Default true: the build in `dist/`, as it is shipped. */
  readonly built?: boolean
  /** Default false: the floor’s worker is as the SDK has it by default. */
  readonly floorTuned?: boolean
}

/** One server, one sandbox, one worker of each contender, all processes of their own. Whatever fails, nothing stays. */
export async function startBenchStack({
  report,
  workerEnv = {},
  encrypted = true,
  built = true,
  floorTuned = false,
  workerProgram,
  clientModule,
  server,
}: BenchStackOptions): Promise<BenchStack> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  const started: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end()
  }
  try {
    const local = await startLocalStack({
      ...{ folder, report, encrypted, ui: false, usualPorts: false, built },
      ...(workerProgram !== undefined && { workerProgram }),
      ...(server && { temporal: server }),
      workerEnv: {
        ...LIKE_FLOOR,
        NODE_OPTIONS: COLLECTS,
        ...workerEnv,
      },
    })
    started.push(() => local.stop())
    const credentials = await credentialsOf(local)
    const floor = await startFloorWorker(local, credentials, folder, floorTuned)
    started.push(() => floor.stop())
    const connection = await Connection.connect({ address: local.temporal.address })
    started.push(() => connection.close())
    const temporal = new Client({ connection })
    const client = await (
      await clientOf(clientModule)
    ).fromEnvironment({
      env: local.clientEnv,
      actor: { type: 'service', id: 'bench' },
      deadlineMs: 120_000,
    })
    started.push(() => client.close())
    const direct = directContender(credentials)
    started.push(() => direct.close())
    const sandbox = new SandboxControl(local.sandboxUrl)
    return {
      ...{ local, sandbox, temporal, client, direct, stop },
      floor: floorContender(temporal),
      ours: oursContender(client),
      pids: {
        server: local.temporal.pid,
        ...(server && 'postgresPid' in server && { database: server.postgresPid }),
        sandbox: local.sandbox.pid,
        floor: floor.pid,
        ours: local.worker.pid,
      },
      async delayEko(ms) {
        await sandbox.clearFaults()
        if (ms > 0) await sandbox.addFaults({ fault: 'delay', ms, times: Number.MAX_SAFE_INTEGER })
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function clientOf(module: string | undefined): Promise<typeof OnboardingClient> {
  if (module === undefined) return OnboardingClient
  const build = (await import(pathToFileURL(module).href)) as { OnboardingClient: typeof OnboardingClient }
  return build.OnboardingClient
}

/** Those of the local stack's first tenant. */
async function credentialsOf({ tenantsFile }: LocalStack): Promise<EkoCredentials> {
  const { tenants } = JSON.parse(await readFile(tenantsFile, 'utf8')) as { tenants: { credentials: EkoCredentials }[] }
  const credentials = tenants[0]?.credentials
  if (!credentials) throw new Error('The local stack has no tenant.')
  return { ...credentials, environment: 'sandbox' }
}

async function startFloorWorker(
  { temporal }: LocalStack,
  credentials: EkoCredentials,
  folder: string,
  tuned: boolean,
): Promise<ManagedProcess> {
  const worker = startProcess({
    name: 'worker of the floor',
    ...fromSource(fileURLToPath(new URL('./floor/main.ts', import.meta.url))),
    env: {
      FLOOR_ADDRESS: temporal.address,
      FLOOR_CREDENTIALS: JSON.stringify(credentials),
      FLOOR_CACHE: String(CACHED),
      ...(tuned && { FLOOR_TUNED: 'yes' }),
      NODE_OPTIONS: COLLECTS,
    },
    logFile: join(folder, 'floor.log'),
  })
  try {
    await worker.waitForLine(/"floor":"ready"/)
    return worker
  } catch (error) {
    await worker.stop()
    throw error
  }
}
