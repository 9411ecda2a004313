import { mkdir, mkdtemp, rename, rm, chmod } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { buildTemporal } from './build-temporal.js'
import { downloadTemporal, officialSources, type DownloadSource, type DownloadTimeouts } from './download-temporal.js'
import { messageOf } from './error-message.js'
import { withInstallLock } from './install-lock.js'
import { probeTemporalCli } from './temporal-cli-version.js'

/** The version that is downloaded or built. Later ones cannot be built by `go install`. */
export const TEMPORAL_CLI_VERSION = '1.5.1'

/** Where a Temporal CLI was found, in the order of looking. */
export const CliOrigin = {
  setting: 'TEMPORAL_CLI_PATH',
  path: 'PATH',
  cache: 'cache',
  download: 'download',
  build: 'go install',
} as const
export type CliOrigin = (typeof CliOrigin)[keyof typeof CliOrigin]

export interface TemporalCli {
  readonly path: string
  readonly origin: CliOrigin
  /** Of the command line tool, and of the server inside it: `1.5.1 (server 1.29.1)`. */
  readonly version: string
}

/** What tests replace; everything defaults to the real thing. */
export interface FindTemporalOptions {
  /** Read for TEMPORAL_CLI_PATH, PATH, XDG_CACHE_HOME and HOME. */
  readonly env?: NodeJS.ProcessEnv
  readonly sources?: readonly DownloadSource[]
  readonly timeouts?: DownloadTimeouts
  /** Between two progress lines; 10 s. */
  readonly progressEveryMs?: number
}

type Report = (line: string) => void

const WHAT_TO_DO = `Do one of these, then run the command again:
  - install the Temporal CLI (https://docs.temporal.io/cli) so that "temporal" is on PATH;
  - set TEMPORAL_CLI_PATH to a "temporal" binary;
  - install Go (https://go.dev/dl), so that it can be built here once (about 3 minutes);
  - allow this machine to reach github.com or temporal.download directly (the download uses no proxy).`

const onPath = (program: string, env: NodeJS.ProcessEnv): string[] =>
  (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .filter((file) => existsSync(file))

/** `$XDG_CACHE_HOME` or `~/.cache`, then a folder of our own for what is kept under this name. */
export const cacheFolder = (name: string, env: NodeJS.ProcessEnv = process.env): string => {
  const base = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache')
  return join(base, 'sender-onboarding', name)
}

/** Where Temporal's command line tool of our version is kept. */
export const temporalCacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  cacheFolder(`temporal-${TEMPORAL_CLI_VERSION}`, env)

const probe = async (path: string, origin: CliOrigin): Promise<TemporalCli | { problem: string }> => {
  const found = await probeTemporalCli(path)
  return 'problem' in found ? found : { path, origin, version: `${found.version} (server ${found.server})` }
}

/** A progress function that speaks every `everyMs` at most, with the time since it was made. */
const paced = (report: Report, everyMs: number, what: string): ((detail: string) => void) => {
  const since = Date.now()
  let last = since
  return (detail) => {
    const now = Date.now()
    if (now - last < everyMs) return
    last = now
    report(`${what}: ${Math.round((now - since) / 1_000)} s${detail === '' ? '' : ` (${detail})`}`)
  }
}

const makeCacheFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const advice = 'Set XDG_CACHE_HOME to a folder that can be written, or TEMPORAL_CLI_PATH to a "temporal" binary.'
    throw new Error(`The cache folder ${folder} cannot be made (${messageOf(error)}). ${advice}`, { cause: error })
  }
}

/** Makes the binary in a folder of its own, tries it there and moves it into the cache in one step. */
const install = async (
  target: string,
  origin: CliOrigin,
  make: (folder: string) => Promise<string>,
): Promise<TemporalCli> => {
  const folder = await mkdtemp(join(dirname(target), 'new-'))
  try {
    const made = await make(folder)
    await chmod(made, 0o755)
    const tried = await probe(made, origin)
    if ('problem' in tried) throw new Error(`the new binary ${tried.problem}`)
    await rename(made, target)
    return { ...tried, path: target }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const downloadOrBuild = async (target: string, report: Report, options: FindTemporalOptions): Promise<TemporalCli> => {
  const { env = process.env, progressEveryMs = 10_000, timeouts } = options
  const sources = options.sources ?? officialSources(TEMPORAL_CLI_VERSION, process.platform, process.arch)
  const failures: string[] = []
  if (sources.length === 0) failures.push(`download: none is published for ${process.platform} ${process.arch}`)
  else {
    try {
      const progress = paced(report, progressEveryMs, 'Downloading the Temporal CLI')
      return await install(target, CliOrigin.download, (folder) =>
        downloadTemporal({ sources, folder, report, progress, ...(timeouts === undefined ? {} : { timeouts }) }),
      )
    } catch (error) {
      failures.push(`download: ${messageOf(error)}`)
    }
  }

  const [go] = onPath('go', env)
  if (go === undefined) failures.push('build: there is no "go" on PATH')
  else {
    report(`Building the Temporal CLI ${TEMPORAL_CLI_VERSION} with ${go}; once, about 3 minutes on two cores …`)
    const progress = paced(report, progressEveryMs, 'Building the Temporal CLI')
    let lastLine = ''
    const ticking = setInterval(() => progress(lastLine), Math.min(1_000, progressEveryMs))
    try {
      return await install(target, CliOrigin.build, (folder) =>
        buildTemporal({
          version: TEMPORAL_CLI_VERSION,
          folder,
          go,
          env: options.env === undefined ? {} : { PATH: env['PATH'] },
          progress: (line) => {
            lastLine = line
          },
        }),
      )
    } catch (error) {
      failures.push(`build: ${messageOf(error)}`)
    } finally {
      clearInterval(ticking)
    }
  }
  throw new Error(`No Temporal server could be found, downloaded or built.\n${failures.join('\n')}\n${WHAT_TO_DO}`)
}

/**
 * Finds a Temporal CLI with a development server inside: TEMPORAL_CLI_PATH, `temporal` on PATH, the user's cache
 * folder, the official download, `go install`. Downloads and builds are kept in the cache; of several processes at
 * once, one makes the binary and the others wait for it. `report` gets a line for each thing that takes time.
 * @throws Error that says what was tried and what to do.
 */
export const findTemporalCli = async (report: Report, options: FindTemporalOptions = {}): Promise<TemporalCli> => {
  const { env = process.env, progressEveryMs = 10_000 } = options

  const setting = env['TEMPORAL_CLI_PATH']
  if (setting !== undefined && setting !== '') {
    const found = await probe(setting, CliOrigin.setting)
    if (!('problem' in found)) return found
    throw new Error(
      `TEMPORAL_CLI_PATH is ${setting}, which ${found.problem}. Point it at a "temporal" binary, or unset it to have one found.`,
    )
  }

  for (const path of onPath('temporal', env)) {
    const found = await probe(path, CliOrigin.path)
    if (!('problem' in found)) return found
    report(`${path} is passed over: it ${found.problem}`)
  }

  const target = join(temporalCacheFolder(env), 'temporal')
  const inCache = async (): Promise<TemporalCli | undefined> => {
    const found = await probe(target, CliOrigin.cache)
    return 'problem' in found ? undefined : found
  }
  const cached = await inCache()
  if (cached !== undefined) return cached

  await makeCacheFolder(dirname(target))
  const waiting = paced(report, progressEveryMs, 'Another process is installing the Temporal CLI')
  return withInstallLock(join(dirname(target), 'install.lock'), {
    done: inCache,
    waiting: (holder) => waiting(`process ${holder}`),
    work: () => downloadOrBuild(target, report, options),
  })
}
