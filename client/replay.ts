import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ERROR_CODES, OnboardingError } from './errors.js'

/** Runs that the gate replays, unless told otherwise. */
export const DEFAULT_REPLAY_LIMIT = 200

/** What `worker/replay-main` takes, and what it answers: the two ends of a process boundary. */
export interface ReplayRequest {
  readonly query?: string
  readonly bundle?: string
  readonly limit: number
}
export interface ReplayReport {
  readonly namespace: string
  readonly query: string
  readonly candidate: string
  readonly matched: number
  readonly replayed: number
  readonly failed: number
  readonly skipped: number
  readonly failures: readonly {
    readonly workflowId: string
    readonly runId: string
    readonly workflowType: string
    readonly error: string
    readonly message: string
  }[]
}

/**
 * Replays a namespace's histories against a build, in a process of its own: Temporal's native worker does it, and that
 * must never be loaded into a client.
 * @throws OnboardingError NOT_CONFIGURED, INVALID_INPUT, UNREACHABLE; TEMPORAL_ERROR where the process broke down
 */
export async function replayNamespace(
  request: ReplayRequest,
  env: NodeJS.ProcessEnv,
  onProgress: (line: string) => void,
): Promise<ReplayReport> {
  const child = spawn(process.execPath, [...entryPoint(), JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => onProgress(text.trimEnd()))
  const [code] = (await once(child, 'close')) as [number | null]
  const answer = parsed(said)
  if (answer === null) {
    const message = `The replay broke down (exit code ${String(code)}). What it said stands above.`
    throw new OnboardingError('TEMPORAL_ERROR', { message })
  }
  if ('error' in answer) throw new OnboardingError(answer.error.code, { message: answer.error.message })
  return answer
}

/**
 * A gate that replayed nothing would pass whatever the build does.
 * @throws OnboardingError TOO_FEW_HISTORIES, which says why so few were replayed
 */
export function requireEnough(report: ReplayReport, atLeast: number): void {
  const { namespace, query, candidate, matched, replayed, failed, skipped } = report
  if (replayed + failed >= atLeast) return
  const why =
    matched === 0
      ? `No run in namespace ${namespace} matches the query.`
      : `In namespace ${namespace} ${matched} match the query` +
        (skipped > 0 ? `, of which ${skipped} hold nothing to replay (not begun yet, or removed).` : '.')
  throw new OnboardingError('TOO_FEW_HISTORIES', {
    message: `${replayed + failed} replayed, at least ${atLeast} asked for. ${why} ${ERROR_CODES.TOO_FEW_HISTORIES.action}`,
    details: { namespace, query, candidate, matched, replayed, failed, skipped, atLeast },
  })
}

type ReplayErrorCode = 'NOT_CONFIGURED' | 'INVALID_INPUT' | 'UNREACHABLE'
type Said = ReplayReport | { readonly error: { readonly code: ReplayErrorCode; readonly message: string } }

/** Null where the process ended before it had something to say. */
function parsed(text: string): Said | null {
  return text.trim() === '' ? null : (JSON.parse(text) as Said)
}

/** The TypeScript source from a clone, the JavaScript of the build from the package: whatever this file itself is. */
function entryPoint(): string[] {
  const source = import.meta.url.endsWith('.ts')
  const main = fileURLToPath(new URL(`../worker/replay-main.${source ? 'ts' : 'js'}`, import.meta.url))
  if (!source) return [main]
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, main]
}
