import { KEY_ID_METADATA } from '../secrets/index.js'
import type { CallFacts } from './error-mapping.js'
import { OnboardingError } from './errors.js'
import { call, type Wire } from './wire.js'

/** A run that cannot be carried on without a codec key. */
export interface KeyUse {
  readonly workflowId: string
  readonly runId: string
}

export interface KeyUseReport {
  /** Runs under way in the namespace that were looked through. */
  readonly runs: number
  /** Of these, the ones that hold something encrypted with the key; at most `AT_MOST`. */
  readonly usedBy: readonly KeyUse[]
  /** Whether there may be more of them than are named. */
  readonly more: boolean
}

/** So many are named; then the answer is clear. */
const AT_MOST = 20
/** Histories that are fetched at the same time. */
const AT_ONCE = 8
/** How long the list, or one history, may take, in ms. */
const DEADLINE_MS = 60_000

/**
 * Which runs under way hold anything that was encrypted with a key. All of the namespace are looked through, of every
 * workflow type: the payloads of their histories, and what is not in a history yet (heartbeats and last failures of
 * activities, summaries). Every payload names its key in its metadata, so none needs to be decrypted.
 * @throws OnboardingError
 */
export async function usesOfCodecKey(wire: Wire, kid: string): Promise<KeyUseReport> {
  const usedBy: KeyUse[] = []
  let runs = 0
  let batch: KeyUse[] = []
  const lookThrough = async (): Promise<void> => {
    const found = await Promise.all(batch.map(async (run) => ((await isUsed(wire, run, kid)) ? run : null)))
    usedBy.push(...found.filter((run) => run !== null))
    runs += batch.length
    batch = []
  }
  for (const run of await runningRuns(wire)) {
    batch.push(run)
    if (batch.length < AT_ONCE) continue
    await lookThrough()
    if (usedBy.length >= AT_MOST) return { runs, usedBy: usedBy.slice(0, AT_MOST), more: true }
  }
  await lookThrough()
  return { runs, usedBy, more: false }
}

async function runningRuns(wire: Wire): Promise<KeyUse[]> {
  return call(
    wire,
    { call: 'list' },
    async () => {
      const found: KeyUse[] = []
      for await (const { workflowId, runId } of wire.workflows.list({ query: `ExecutionStatus = 'Running'` }))
        found.push({ workflowId, runId })
      return found
    },
    DEADLINE_MS,
  )
}

/** One that has ended meanwhile and gone on in another run is looked at as it is now: the last run of its id. */
async function isUsed(wire: Wire, { workflowId, runId }: KeyUse, kid: string): Promise<boolean> {
  const facts: CallFacts = { call: 'describe', workflowId }
  const look = async (id: string | undefined): Promise<{ open: boolean; used: boolean }> => {
    const handle = wire.workflows.getHandle(workflowId, id)
    const [history, { raw, status }] = await Promise.all([handle.fetchHistory(), handle.describe()])
    return { open: status.name === 'RUNNING', used: namesCodecKey([history, raw], kid) }
  }
  const seen = await call(wire, facts, () => look(runId), DEADLINE_MS).catch(ifGone)
  if (seen?.open) return seen.used
  const last = await call(wire, facts, () => look(undefined), DEADLINE_MS).catch(ifGone)
  return last?.open === true && last.used
}

function ifGone(error: unknown): null {
  if (error instanceof OnboardingError && error.code === 'NOT_FOUND') return null
  throw error
}

/** Whether any payload, however deep in a protobuf message, names the key. */
export function namesCodecKey(value: unknown, kid: string): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false
  const named = (value as { [KEY_ID_METADATA]?: unknown })[KEY_ID_METADATA]
  if (named instanceof Uint8Array && Buffer.from(named).toString('utf8') === kid) return true
  return Object.values(value).some((inner) => namesCodecKey(inner, kid))
}
