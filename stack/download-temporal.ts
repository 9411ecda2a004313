import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { messageOf } from './error-message.js'

/** Where the official archives are; tests put a server of their own here. */
export interface DownloadSource {
  /** For messages. */
  readonly name: string
  readonly archiveUrl: string
  /** `sha256  file name` lines, as the release publishes them. */
  readonly checksumsUrl?: string
}

export interface DownloadTimeouts {
  /** From the request to the answer's headers. In many places these hosts cannot be reached: give up early. */
  readonly answerMs: number
  /** Between two pieces of the body. */
  readonly stallMs: number
}

export const DOWNLOAD_TIMEOUTS: DownloadTimeouts = { answerMs: 5_000, stallMs: 30_000 }

const PLATFORMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin' }
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/**
 * The places that publish this version for this machine: the GitHub release, which comes with checksums, then
 * Temporal's own download host. Empty where none is published in a form that can be unpacked here.
 */
export const officialSources = (version: string, platform: string, architecture: string): DownloadSource[] => {
  const os = PLATFORMS[platform]
  const arch = ARCHITECTURES[architecture]
  if (os === undefined || arch === undefined) return []
  const release = `https://github.com/temporalio/cli/releases/download/v${version}`
  const archive = `temporal_cli_${version}_${os}_${arch}.tar.gz`
  return [
    { name: 'the GitHub release', archiveUrl: `${release}/${archive}`, checksumsUrl: `${release}/checksums.txt` },
    {
      name: 'temporal.download',
      archiveUrl: `https://temporal.download/cli/archive/v${version}?platform=${os}&arch=${arch}`,
    },
  ]
}

/** fetch that gives up when no headers come in time; the same signal stays armed for the body by `alive`. */
const request = async (
  url: string,
  timeouts: DownloadTimeouts,
): Promise<{ response: Response; alive: () => void; finish: () => void }> => {
  const controller = new AbortController()
  const arm = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => controller.abort(new Error(`${what} for ${ms} ms`)), ms)
  let timer = arm(timeouts.answerMs, 'no answer')
  const finish = (): void => clearTimeout(timer)
  try {
    const response = await fetch(url, { signal: controller.signal, redirect: 'follow' })
    if (!response.ok) throw new Error(`answered HTTP ${response.status}`)
    const alive = (): void => {
      clearTimeout(timer)
      timer = arm(timeouts.stallMs, 'nothing more came')
    }
    alive()
    return { response, alive, finish }
  } catch (error) {
    finish()
    throw error
  }
}

/** The published SHA-256 of the archive, in hex. */
const publishedChecksum = async (source: DownloadSource, timeouts: DownloadTimeouts): Promise<string | undefined> => {
  if (source.checksumsUrl === undefined) return undefined
  const { response, finish } = await request(source.checksumsUrl, timeouts)
  const text = await response.text().finally(finish)
  const file = new URL(source.archiveUrl).pathname.split('/').at(-1)
  for (const line of text.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/)
    if (name === file && sum !== undefined && /^[0-9a-f]{64}$/i.test(sum)) return sum.toLowerCase()
  }
  throw new Error(`its list of checksums does not name ${file}`)
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`

const saveArchive = async (
  source: DownloadSource,
  file: string,
  timeouts: DownloadTimeouts,
  progress: (text: string) => void,
): Promise<string> => {
  const { response, alive, finish } = await request(source.archiveUrl, timeouts)
  try {
    if (response.body === null) throw new Error('answered without a body')
    const length = Number(response.headers.get('content-length') ?? 0)
    const hash = createHash('sha256')
    let received = 0
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        alive()
        received += chunk.length
        hash.update(chunk)
        progress(`${megabytes(received)}${length > 0 ? ` of ${megabytes(length)}` : ''}`)
        next(null, chunk)
      },
    })
    await pipeline(Readable.fromWeb(response.body), meter, createWriteStream(file))
    return hash.digest('hex')
  } finally {
    finish()
  }
}

const unpack = (archive: string, folder: string): Promise<void> =>
  new Promise((resolve, reject) => {
    execFile('tar', ['-xzf', archive, '-C', folder, 'temporal'], (error) => {
      if (error === null) resolve()
      else reject(new Error(`the archive could not be unpacked with tar (${error.message.trim()})`))
    })
  })

/**
 * Downloads and unpacks `temporal` into `folder` from the first source that works, and answers its path. The archive
 * is compared with the published SHA-256 where the source has one.
 * @throws Error naming what failed at each source.
 */
export const downloadTemporal = async (options: {
  readonly sources: readonly DownloadSource[]
  readonly folder: string
  readonly report: (line: string) => void
  readonly progress: (text: string) => void
  readonly timeouts?: DownloadTimeouts
}): Promise<string> => {
  const { sources, folder, report, progress, timeouts = DOWNLOAD_TIMEOUTS } = options
  const failures: string[] = []
  for (const source of sources) {
    const archive = join(folder, 'temporal.tar.gz')
    try {
      report(`Downloading the Temporal CLI from ${source.name} …`)
      const expected = await publishedChecksum(source, timeouts)
      const actual = await saveArchive(source, archive, timeouts, progress)
      if (expected !== undefined && expected !== actual) {
        throw new Error(`the archive's SHA-256 is ${actual}, the release publishes ${expected}: not used`)
      }
      if (expected === undefined) report(`${source.name} publishes no checksum; the binary is checked by running it`)
      await unpack(archive, folder)
      return join(folder, 'temporal')
    } catch (error) {
      const failure = `${source.name}: ${messageOf(error)}`
      report(`Not downloaded from ${failure}`)
      failures.push(failure)
    } finally {
      await rm(archive, { force: true })
    }
  }
  throw new Error(failures.join('; '))
}
