import { CodecServerConfigError, readCodecServerConfig } from './config.js'
import { type RunningCodecServer, startCodecServer } from './server.js'
import { CODEC_SERVER_SETTINGS } from './settings.js'

/** How a codec server's process ends. */
export const CODEC_SERVER_EXIT_CODES = { stopped: 0, cannotStart: 2 } as const

/** What standard output gets, once, when the server listens: one JSON object on a line. */
export interface CodecServerReadyLine {
  readonly codecServer: 'ready'
  readonly pid: number
  /** Without a capability. */
  readonly url: string
}

/**
 * A codec server's process from its environment to its exit code. The access log goes to standard error as JSON. Ends
 * after SIGINT or SIGTERM.
 */
export async function runCodecServer(env: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<number> {
  if (args.length > 0) {
    const isHelp = args.every((arg) => arg === '--help' || arg === '-h')
    process[isHelp ? 'stdout' : 'stderr'].write(helpText())
    return isHelp ? CODEC_SERVER_EXIT_CODES.stopped : CODEC_SERVER_EXIT_CODES.cannotStart
  }
  let server: RunningCodecServer
  try {
    server = await startCodecServer(await readCodecServerConfig(env))
  } catch (error) {
    const text = startFailure(error)
    if (text === null) throw error
    process.stderr.write(`${text}\n`)
    return CODEC_SERVER_EXIT_CODES.cannotStart
  }
  const ready: CodecServerReadyLine = { codecServer: 'ready', pid: process.pid, url: server.url }
  process.stdout.write(`${JSON.stringify(ready)}\n`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
  await server.close()
  return CODEC_SERVER_EXIT_CODES.stopped
}

/** What to tell of what kept it from starting; null for a defect. */
function startFailure(error: unknown): string | null {
  if (error instanceof CodecServerConfigError) return error.message
  const { code } = error as { code?: unknown }
  if (code === 'EADDRINUSE') return 'The port is taken. Set another one: ONBOARDING_CODEC_SERVER_ADDRESS.'
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES')
    return `It cannot listen there (${code}). Set another address: ONBOARDING_CODEC_SERVER_ADDRESS.`
  return null
}

function helpText(): string {
  const settings = CODEC_SERVER_SETTINGS.map(({ name, default: standard, required, meaning }) => {
    const mark = required ? ' (required)' : standard === null ? '' : ` (default ${standard})`
    return `  ${name}${mark}\n      ${meaning}`
  })
  return `Usage: onboard-codec-server

Decrypts payloads for Temporal UI and Temporal's command line tool. It takes no options; its settings are environment
variables:

${settings.join('\n')}

Exit codes: 0 stopped by a signal · 2 it could not start.
`
}
