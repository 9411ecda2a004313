import { join } from 'node:path'
import { startProcess } from './processes.js'

/**
 * Builds the Temporal CLI with Go into `folder` and answers the binary's path. Takes minutes the first time.
 * @throws Error with the last lines of Go's output.
 */
export const buildTemporal = async (options: {
  readonly version: string
  readonly folder: string
  /** The `go` program. */
  readonly go: string
  readonly progress: (text: string) => void
  readonly env?: Readonly<Record<string, string | undefined>>
}): Promise<string> => {
  const { version, folder, go, progress } = options
  const started = startProcess({
    name: 'go install',
    command: go,
    args: ['install', `github.com/temporalio/cli/cmd/temporal@v${version}`],
    // Outside of any module; GOBIN with a foreign GOOS or GOARCH is refused by Go.
    cwd: folder,
    env: { ...options.env, GOBIN: folder, GOOS: undefined, GOARCH: undefined },
    onLine: (line) => progress(line.slice(0, 100)),
  })
  const { code, signal } = await started.exited
  if (code !== 0) {
    const tail = started.lastLines(8).join('\n')
    throw new Error(`go install ended with ${signal ?? `exit code ${String(code)}`}:\n${tail}`)
  }
  return join(folder, 'temporal')
}
