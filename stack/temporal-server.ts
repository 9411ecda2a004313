import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { messageOf } from './error-message.js'
import { LOOPBACK, freePort, isPortFree, preferPort } from './ports.js'
import { startProcess, type ManagedProcess } from './processes.js'
import { ONBOARDING_SEARCH_ATTRIBUTES, waitUntilReady, type SearchAttributes } from './temporal-ready.js'

export { findTemporalCli, type TemporalCli } from './find-temporal.js'

/** The usual ports of Temporal's frontend and Web UI. */
export const TEMPORAL_PORT = 7233
export const TEMPORAL_UI_PORT = 8233

/** As in `deploy/dynamic-config.yaml`, which says why. */
const SERVER_SETTINGS = {
  'system.enableActivityEagerExecution': 'true',
  'history.maximumSignalsPerExecution': '2000',
  'history.transferProcessorMaxPollRPS': '1000',
}
/**
 * How often a shard notes how far it is with its tasks; 10 s by default. Until then each look for tasks goes through all that
 * were done since, which one shard of a busy server has hundreds of. Many shards have few each, and these notes are writes.
 */
const ONE_SHARD_SETTINGS = {
  'history.transferProcessorUpdateAckInterval': '"1s"',
  'history.visibilityProcessorUpdateAckInterval': '"1s"',
}
/** Commits survive the end of the process, as tests have it; only the end of the machine may take the last ones. */
const SQLITE_PRAGMAS = ['journal_mode=wal', 'synchronous=normal']

const READY_WITHIN_MS = 60_000
const STOP_GRACE_MS = 10_000
const PORT_ATTEMPTS = 3

export interface TemporalServerOptions {
  /** From `findTemporalCli`. */
  readonly cliPath: string
  /** Default true: Temporal's own ports where they are free. Without, any free ones. */
  readonly usualPorts?: boolean
  /** Exactly this one, or an error; default: 7233 where it is free, otherwise any free one. */
  readonly port?: number
  /** As `port`, with 8233. */
  readonly uiPort?: number
  /** Default: kept in memory and lost at the end. The same file and port bring the same workflows back. */
  readonly dbFile?: string
  readonly logFile?: string
  /** Default `default`; made where it does not exist. */
  readonly namespace?: string
  /** Default: those of the onboarding journey. */
  readonly searchAttributes?: SearchAttributes
  /** JSON values by key, over our own (eager activity dispatch on). */
  readonly dynamicConfig?: Readonly<Record<string, string>>
  /** Without Web UI. */
  readonly headless?: boolean
  /** Where the Web UI has payloads decoded. Default: nowhere, it shows ciphertext. */
  readonly uiCodecEndpoint?: string
}

export interface TemporalServer {
  /** `127.0.0.1:port`, for TEMPORAL_ADDRESS. */
  readonly address: string
  readonly port: number
  readonly namespace: string
  /** Undefined when headless. */
  readonly uiPort: number | undefined
  /** Of the Web UI; undefined when headless. */
  readonly uiUrl: string | undefined
  readonly pid: number
  /** Default SIGKILL: the crash of tests. */
  kill(signal?: NodeJS.Signals): void
  stop(): Promise<void>
  /** The exit code, null after a signal. */
  readonly exited: Promise<number | null>
  lastLines(count: number): string[]
}

const commandLine = (options: TemporalServerOptions, port: number, uiPort: number | undefined): string[] => {
  const { dbFile, namespace = 'default', searchAttributes = ONBOARDING_SEARCH_ATTRIBUTES, uiCodecEndpoint } = options
  const config = { ...SERVER_SETTINGS, ...ONE_SHARD_SETTINGS, ...options.dynamicConfig }
  return [
    ...['server', 'start-dev', '--ip', LOOPBACK, '--port', String(port)],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(uiPort === undefined || uiCodecEndpoint === undefined ? [] : ['--ui-codec-endpoint', uiCodecEndpoint]),
    ...(dbFile === undefined
      ? []
      : ['--db-filename', dbFile, ...SQLITE_PRAGMAS.flatMap((one) => ['--sqlite-pragma', one])]),
    ...(namespace === 'default' ? [] : ['--namespace', namespace]),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ...Object.entries(config).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
    ...['--log-level', 'warn'],
  ]
}

/** The CLI reads TEMPORAL_* for its client commands; a setting meant for another server must not reach this one. */
const withoutTemporalSettings = (): Record<string, undefined> =>
  Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => name.startsWith('TEMPORAL_'))
      .map((name) => [name, undefined]),
  )

const exactPort = async (port: number, what: string): Promise<number> => {
  if (await isPortFree(port)) return port
  throw new Error(`${what} port ${port} is taken. Stop what listens there, or choose another port.`)
}

const choosePorts = async (
  options: TemporalServerOptions,
  usual: boolean,
): Promise<{ port: number; uiPort: number | undefined }> => {
  const choose = (wanted: number | undefined, preferred: number, what: string): Promise<number> => {
    if (wanted !== undefined) return exactPort(wanted, what)
    return usual ? preferPort(preferred) : freePort()
  }
  const port = await choose(options.port, TEMPORAL_PORT, 'Temporal frontend')
  const uiPort = options.headless === true ? undefined : await choose(options.uiPort, TEMPORAL_UI_PORT, 'Temporal UI')
  return { port, uiPort }
}

const lostARaceForAPort = (server: ManagedProcess): boolean =>
  server.lastLines(400).some((line) => /can't set .*port|address already in use/.test(line))

/**
 * Runs Temporal's development server on loopback and waits until it answers in the namespace and its search
 * attributes can be used. It ends with this process, whatever ends this process.
 * @throws Error with the end of its log, when it ends early or is not ready in 60 s.
 */
export const startTemporalServer = async (options: TemporalServerOptions): Promise<TemporalServer> => {
  const { cliPath, dbFile, logFile, namespace = 'default' } = options
  const { searchAttributes = ONBOARDING_SEARCH_ATTRIBUTES } = options
  if (dbFile !== undefined) mkdirSync(dirname(dbFile), { recursive: true, mode: 0o700 })

  for (let attempt = 1; ; attempt += 1) {
    const { port, uiPort } = await choosePorts(options, attempt === 1 && options.usualPorts !== false)
    const server = startProcess({
      name: 'Temporal server',
      command: cliPath,
      args: commandLine(options, port, uiPort),
      env: withoutTemporalSettings(),
      ...(logFile === undefined ? {} : { logFile }),
    })
    const address = `${LOOPBACK}:${port}`
    try {
      const isAlive = (): boolean => server.running
      // On its port another server may answer, that was quicker: only its own word tells that it has the port.
      const hasPort = (): boolean => server.lastLines(100).some((line) => /\bServer:\s/.test(line))
      await waitUntilReady({ address, namespace, searchAttributes, isAlive, hasPort, timeoutMs: READY_WITHIN_MS })
    } catch (error) {
      await server.stop(0)
      const portsAreOurs = options.port === undefined || (options.uiPort === undefined && uiPort !== undefined)
      if (portsAreOurs && attempt < PORT_ATTEMPTS && lostARaceForAPort(server)) continue
      const where = logFile === undefined ? '' : ` (whole log: ${logFile})`
      throw new Error(
        `The Temporal server did not start: ${messageOf(error)}${where}\n${server.lastLines(20).join('\n')}`,
        {
          cause: error,
        },
      )
    }
    return {
      address,
      port,
      namespace,
      uiPort,
      uiUrl: uiPort === undefined ? undefined : `http://${LOOPBACK}:${uiPort}`,
      pid: server.pid,
      kill: (signal = 'SIGKILL') => server.kill(signal),
      stop: () => server.stop(STOP_GRACE_MS),
      exited: server.exited.then((end) => end.code),
      lastLines: (count) => server.lastLines(count),
    }
  }
}
