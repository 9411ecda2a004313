import { execFile } from 'node:child_process'
import { access, constants, stat } from 'node:fs/promises'

/** The oldest server that answers update-with-start, which every journey begins with. */
export const OLDEST_SERVER = '1.28.0'

/** What `temporal --version` told. */
export interface TemporalCliVersion {
  /** Of the command line tool; a copy built by `go install` calls itself `0.0.0-DEV`. */
  readonly version: string
  /** Of the server inside it. */
  readonly server: string
}

/** A binary that cannot be used, with the reason in words that follow "<path> ". */
export interface UnusableCli {
  readonly problem: string
}

const ANSWER_TIMEOUT_MS = 20_000

const isOlder = (version: string, than: string): boolean => {
  const [left, right] = [version, than].map((text) => text.split('.').map(Number))
  for (const [index, wanted] of (right ?? []).entries()) {
    const had = left?.[index] ?? 0
    if (had !== wanted) return had < wanted
  }
  return false
}

const runVersion = (path: string): Promise<{ output: string } | UnusableCli> =>
  new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: ANSWER_TIMEOUT_MS, encoding: 'utf8' }, (error, stdout) => {
      if (error === null) resolve({ output: stdout.trim() })
      else resolve({ problem: `does not run (${error.message.trim()})` })
    })
  })

/** Whether the file is a Temporal CLI with a server that is new enough, asked by running `--version`. */
export const probeTemporalCli = async (path: string): Promise<TemporalCliVersion | UnusableCli> => {
  try {
    if (!(await stat(path)).isFile()) return { problem: 'is not a file' }
    await access(path, constants.X_OK)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return { problem: 'does not exist' }
    if (code === 'EACCES') return { problem: 'is not executable for this user' }
    throw error
  }
  const answer = await runVersion(path)
  if ('problem' in answer) return answer
  const match = /^temporal version (\S+) \(Server (\d+\.\d+\.\d+)/.exec(answer.output)
  const [, version, server] = match ?? []
  if (version === undefined || server === undefined) {
    return { problem: `is not a Temporal CLI with a server inside (--version printed: ${answer.output.slice(0, 80)})` }
  }
  if (isOlder(server, OLDEST_SERVER)) {
    return { problem: `holds Temporal server ${server}; ${OLDEST_SERVER} or newer is needed` }
  }
  return { version, server }
}
