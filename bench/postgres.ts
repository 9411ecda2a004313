import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chown, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Connection } from '@temporalio/client'
import { cacheFolder } from '../stack/find-temporal.js'
import { freePort, isPortFree, LOOPBACK } from '../stack/ports.js'
import { type ManagedProcess, startProcess } from '../stack/processes.js'
import { ONBOARDING_SEARCH_ATTRIBUTES, waitUntilReady } from '../stack/temporal-ready.js'
import type { TemporalServer } from '../stack/temporal-server.js'

/** A Temporal server as in production: PostgreSQL with its own durability, and the shards and settings of `deploy/`. */

const SERVER_VERSION = '1.32.0'
const SHARDS = 512
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CACHE = cacheFolder(`temporal-server-${SERVER_VERSION}`)
const USER = 'temporal'
/** Of a database that is there for this run, on loopback, in a folder that is removed. */
const PASSWORD = 'bench'

const run = promisify(execFile)

export interface PostgresServer extends TemporalServer {
  /** Of PostgreSQL's first process. */
  readonly postgresPid: number
}

/** Builds the server where it is not there yet, which takes minutes. @throws Error that says what is missing */
export async function startPostgresServer(folder: string, note: (line: string) => void): Promise<PostgresServer> {
  const programs = await buildServer(note)
  const started: ManagedProcess[] = []
  const stop = async (): Promise<void> => {
    for (const process of started.splice(0).reverse()) await process.stop()
  }
  try {
    const postgres = await startPostgres(join(folder, 'postgresql'))
    started.push(postgres.process)
    await setUpSchema(folder, programs.sqlTool, postgres.port, note)
    const { server, port } = await startServer(folder, programs.server, postgres.port)
    started.push(server)
    const address = `${LOOPBACK}:${port}`
    await registerNamespace(address, server)
    return {
      ...{ address, port, namespace: 'default', uiPort: undefined, uiUrl: undefined, stop },
      pid: server.pid,
      postgresPid: postgres.process.pid,
      kill: (signal = 'SIGKILL') => server.kill(signal),
      exited: server.exited.then((end) => end.code),
      lastLines: (count) => server.lastLines(count),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function buildServer(note: (line: string) => void): Promise<{ server: string; sqlTool: string }> {
  const programs = { server: join(CACHE, 'server'), sqlTool: join(CACHE, 'sql') }
  const built = await readdir(CACHE).catch((): string[] => [])
  if (built.includes('server') && built.includes('sql')) return programs
  await mkdir(CACHE, { recursive: true })
  note(`Building the Temporal server ${SERVER_VERSION} with Go, once; this takes minutes …`)
  const go = startProcess({
    name: 'go install',
    command: 'go',
    args: ['install', ...['server', 'tools/sql'].map((name) => `go.temporal.io/server/cmd/${name}@v${SERVER_VERSION}`)],
    cwd: CACHE,
    env: { GOBIN: CACHE },
  })
  const { code } = await go.exited
  if (code !== 0) throw new Error(`The Temporal server could not be built:\n${go.lastLines(8).join('\n')}`)
  return programs
}

/** PostgreSQL refuses to run as root: then its package's own user runs it. */
const asPostgres = (command: string, args: readonly string[]): { command: string; args: string[] } =>
  userInfo().uid === 0
    ? { command: 'setpriv', args: ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args] }
    : { command, args: [...args] }

async function startPostgres(folder: string): Promise<{ process: ManagedProcess; port: number }> {
  const programs = await postgresPrograms()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 })
  if (userInfo().uid === 0) await ownedByPostgres(folder, passwordFile)
  const data = join(folder, 'data')
  const initdb = asPostgres(join(programs, 'initdb'), [
    ...['--pgdata', data, '--username', USER, '--pwfile', passwordFile],
    ...['--auth', 'scram-sha-256', '--data-checksums', '--encoding', 'UTF8'],
  ])
  await run(initdb.command, initdb.args)
  const port = await freePort()
  const started = startProcess({
    name: 'PostgreSQL',
    ...asPostgres(join(programs, 'postgres'), [
      ...[
        '-D',
        data,
        '-p',
        String(port),
        '-c',
        `listen_addresses=${LOOPBACK}`,
        '-c',
        `unix_socket_directories=${folder}`,
      ],
    ]),
    logFile: join(folder, 'postgresql.log'),
  })
  try {
    await started.waitForLine(/database system is ready to accept connections/)
    return { process: started, port }
  } catch (error) {
    await started.stop()
    throw error
  }
}

async function ownedByPostgres(...paths: readonly string[]): Promise<void> {
  const ids = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)))
  for (const path of paths) await chown(path, ids[0] ?? 0, ids[1] ?? 0)
}

async function postgresPrograms(): Promise<string> {
  const base = '/usr/lib/postgresql'
  const versions = await readdir(base).catch((): string[] => [])
  const newest = versions.sort((one, other) => Number(one) - Number(other)).at(-1)
  if (newest === undefined) throw new Error('PostgreSQL is not installed. On Debian: apt-get install postgresql')
  return join(base, newest, 'bin')
}

/** By the script that sets up production's. */
async function setUpSchema(folder: string, sqlTool: string, port: number, note: (line: string) => void): Promise<void> {
  const programs = join(folder, 'bin')
  await mkdir(programs, { recursive: true })
  await symlink(sqlTool, join(programs, 'temporal-sql-tool'))
  note('Setting up the database …')
  await run('sh', [join(ROOT, 'deploy', 'setup-schema.sh')], {
    env: {
      ...process.env,
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
      ...{ POSTGRES_HOST: LOOPBACK, POSTGRES_PORT: String(port), POSTGRES_USER: USER, POSTGRES_PASSWORD: PASSWORD },
    },
    maxBuffer: 1 << 26,
  })
}

/** The database keeps this port in 16 bits with a sign. */
async function membershipPort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    if (await isPortFree(port)) return port
  }
}

async function startServer(
  folder: string,
  program: string,
  postgresPort: number,
): Promise<{ server: ManagedProcess; port: number }> {
  const services = ['frontend', 'history', 'matching', 'worker'] as const
  const ports = await Promise.all(
    services.map(async () => ({ grpc: await freePort(), membership: await membershipPort() })),
  )
  const port = ports[0]?.grpc ?? 0
  const sql = (databaseName: string): object => ({
    sql: {
      ...{ pluginName: 'postgres12', databaseName, connectAddr: `${LOOPBACK}:${postgresPort}`, connectProtocol: 'tcp' },
      ...{ user: USER, password: PASSWORD, maxConns: 20, maxIdleConns: 20, maxConnLifetime: '1h' },
    },
  })
  const rpc = ({ grpc, membership }: { grpc: number; membership: number }): object => ({
    rpc: { grpcPort: grpc, membershipPort: membership, bindOnLocalHost: true },
  })
  // JSON is YAML, too.
  const config = {
    log: { stdout: true, level: 'warn' },
    persistence: {
      ...{ defaultStore: 'default', visibilityStore: 'visibility', numHistoryShards: SHARDS },
      datastores: { default: sql('temporal'), visibility: sql('temporal_visibility') },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: LOOPBACK } },
    services: Object.fromEntries(
      services.map((name, index) => [name, rpc(ports[index] ?? { grpc: 0, membership: 0 })]),
    ),
    clusterMetadata: {
      ...{ enableGlobalNamespace: false, failoverVersionIncrement: 10 },
      ...{ masterClusterName: 'active', currentClusterName: 'active' },
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `${LOOPBACK}:${port}` },
      },
    },
    publicClient: { hostPort: `${LOOPBACK}:${port}` },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: join(ROOT, 'deploy', 'dynamic-config.yaml'), pollInterval: '60s' },
  }
  const configFile = join(folder, 'temporal.yaml')
  await writeFile(configFile, JSON.stringify(config, null, 2), { mode: 0o600 })
  const server = startProcess({
    name: 'Temporal server',
    command: program,
    args: ['--config-file', configFile, '--allow-no-auth', 'start'],
    logFile: join(folder, 'temporal.log'),
  })
  return { server, port }
}

const RETENTION_SECONDS = 3 * 86_400
const READY_WITHIN_MS = 120_000

async function registerNamespace(address: string, server: ManagedProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    try {
      const connection = await Connection.connect({ address })
      try {
        await connection.workflowService.registerNamespace({
          namespace: 'default',
          workflowExecutionRetentionPeriod: { seconds: RETENTION_SECONDS as never },
        })
      } finally {
        await connection.close()
      }
      break
    } catch (error) {
      if (!server.running || Date.now() > deadline)
        throw new Error(`The Temporal server did not start:\n${server.lastLines(15).join('\n')}`, { cause: error })
    }
  }
  await waitUntilReady({
    ...{ address, namespace: 'default', searchAttributes: ONBOARDING_SEARCH_ATTRIBUTES, timeoutMs: READY_WITHIN_MS },
    ...{ isAlive: () => server.running, hasPort: () => true },
  })
}
