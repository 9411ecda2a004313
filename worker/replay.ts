import { existsSync } from 'node:fs'
import { Client, isGrpcServiceError, type HistoryAndWorkflowId, WorkflowNotFoundError } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import type { DataConverter } from '@temporalio/common'
import { dataConverterOf, KeyFileError, readCodecKeys, readIdKey } from '../secrets/index.js'
import { findBundle, readTemporal } from './config.js'
import { redactText } from './redact.js'
import { type Listed, sampled } from './replay-sample.js'
import { workflowSource } from './worker.js'

/**
 * The deploy gate: histories of a namespace are replayed against a build. A history that would go another way there is a
 * journey that the build would wedge.
 */

/** Every workflow type that a worker registers. */
export const REPLAYED_TYPES = [
  'onboardingIncident',
  'onboardingLimit',
  'senderOnboarding',
  'sendTransactionOtp',
  'senderTransfer',
  'senderRecipients',
] as const

/** Runs of our types that are under way: what a deploy can break. No worker takes up a closed one again. */
export const DEFAULT_REPLAY_QUERY = `WorkflowType IN (${REPLAYED_TYPES.map((type) => `'${type}'`).join(', ')}) AND ExecutionStatus = 'Running'`

/** Runs that are listed; of more, these newest ones are what a sample is taken from. */
const LISTED_AT_MOST = 100_000

/** Histories that are fetched ahead of the one that is replayed. */
const FETCHED_AHEAD = 8
/** How long the list, or one history, may take, in ms. */
const CALL_DEADLINE_MS = 60_000
/** gRPC's INVALID_ARGUMENT. */
const INVALID_ARGUMENT = 3
const LONGEST_MESSAGE = 1_000

export interface ReplayOptions {
  /** Where `TEMPORAL_*`, `ONBOARDING_CODEC_KEYS_FILE` and `ONBOARDING_ID_KEY_FILE` are read. */
  readonly env: NodeJS.ProcessEnv
  /** In Temporal's visibility language. @default DEFAULT_REPLAY_QUERY */
  readonly query?: string
  /** At most this many runs: a sample of every type and age, open ones first (`sampled`). @default all that are listed */
  readonly limit?: number
  /** A candidate's workflow bundle. @default the bundle beside this build; from source, the sources */
  readonly bundle?: string
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
}

/** A run that the candidate cannot carry on. */
export interface ReplayFailure {
  readonly workflowId: string
  readonly runId: string
  readonly workflowType: string
  /** `DeterminismViolationError`, or `ReplayError` where the workflow failed in another way. */
  readonly error: string
  /** Numbers of people blanked, at most 1000 characters. */
  readonly message: string
}

export interface ReplayReport {
  readonly namespace: string
  readonly query: string
  /** Path of the bundle, or `sources`. */
  readonly candidate: string
  /** Runs that the query names; those beyond `limit` were not looked at. */
  readonly matched: number
  /** Runs that went as they went then. */
  readonly replayed: number
  readonly failed: number
  /** Runs of which nothing can be replayed: not begun yet, or removed since they were listed. */
  readonly skipped: number
  readonly failures: readonly ReplayFailure[]
}

/** Why the gate could not do its work at all. */
export class ReplayGateError extends Error {
  override readonly name = 'ReplayGateError'
  constructor(
    readonly code: 'NOT_CONFIGURED' | 'INVALID_INPUT' | 'UNREACHABLE',
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause })
  }
}

interface Run extends Listed {
  readonly workflowId: string
  readonly runId: string
}

/**
 * Replays the histories that a query names against a candidate build. Executes no activity and changes nothing.
 * @throws ReplayGateError where settings, bundle or query are wrong, or the server cannot be reached
 */
export async function replayNamespace(options: ReplayOptions): Promise<ReplayReport> {
  const { query = DEFAULT_REPLAY_QUERY, limit = Infinity, onProgress } = options
  const bundle = candidateBundle(options.bundle)
  const problems: string[] = []
  const { connection: address, namespace } = readTemporal(options.env, problems)
  if (problems.length > 0) throw new ReplayGateError('NOT_CONFIGURED', problems.join('; '))
  const dataConverter = await readDataConverter(options.env)
  const connection = await NativeConnection.connect(address).catch((error: unknown) => {
    throw unreachable(String(address.address), error)
  })
  try {
    const client = new Client({ connection, namespace, dataConverter })
    const { listed, matched } = await listRuns(client, query)
    const runs = sampled(listed, limit)
    const { histories, given } = fetched(client, runs)
    const failures: ReplayFailure[] = []
    let replayed = 0
    // Histories are replayed one by one, so that results come in the order in which histories were given.
    for await (const { error } of Worker.runReplayHistories({ dataConverter, ...workflowSource(bundle) }, histories)) {
      const { workflowId, runId, type: workflowType } = given[replayed + failures.length] as Run
      if (!error) replayed += 1
      else {
        const message = redactText(error.message, LONGEST_MESSAGE)
        failures.push({ workflowId, runId, workflowType, error: error.name, message })
      }
      onProgress?.({ done: replayed + failures.length, total: runs.length })
    }
    const failed = failures.length
    const counts = { replayed, failed, skipped: runs.length - replayed - failed }
    return { namespace, query, candidate: bundle ?? 'sources', matched, ...counts, failures }
  } finally {
    await connection.close()
  }
}

/** Histories are replayed with the keys that they were written with; in plain ones are, with any. */
async function readDataConverter(env: NodeJS.ProcessEnv): Promise<DataConverter> {
  const { ONBOARDING_CODEC_KEYS_FILE: ringFile, ONBOARDING_ID_KEY_FILE: idKeyFile } = env
  try {
    const idKey = idKeyFile ? await readIdKey(idKeyFile) : null
    return dataConverterOf(ringFile ? await readCodecKeys(ringFile, idKey) : null, idKey)
  } catch (error) {
    if (error instanceof KeyFileError) throw new ReplayGateError('NOT_CONFIGURED', error.message, error)
    throw error
  }
}

function candidateBundle(path: string | undefined): string | undefined {
  if (path !== undefined && !existsSync(path)) {
    throw new ReplayGateError('INVALID_INPUT', `The bundle ${path} does not exist. Build the candidate: npm run build`)
  }
  return path ?? findBundle(undefined, [])
}

/** Taken before anything is replayed, so that a run that ends meanwhile is not met twice. */
async function listRuns(
  client: Client,
  query: string,
): Promise<{ readonly listed: readonly Run[]; readonly matched: number }> {
  try {
    return await client.connection.withDeadline(Date.now() + CALL_DEADLINE_MS, async () => {
      const listed: Run[] = []
      for await (const { workflowId, runId, type, status } of client.workflow.list({ query, pageSize: 1_000 })) {
        listed.push({ workflowId, runId, type, isOpen: status.name === 'RUNNING' })
        if (listed.length >= LISTED_AT_MOST) break
      }
      const isAll = listed.length < LISTED_AT_MOST
      return { listed, matched: isAll ? listed.length : (await client.workflow.count(query)).count }
    })
  } catch (error) {
    const grpc = grpcErrorIn(error)
    if (grpc?.code !== INVALID_ARGUMENT) throw unreachable('its address', error)
    throw new ReplayGateError('INVALID_INPUT', `Temporal does not understand the query: ${grpc.details}`, error)
  }
}

/** The histories, a few of them fetched ahead; `given` grows with what was really given, in its order. */
function fetched(
  client: Client,
  runs: readonly Run[],
): { readonly histories: AsyncIterable<HistoryAndWorkflowId>; readonly given: Run[] } {
  const given: Run[] = []
  async function* histories(): AsyncGenerator<HistoryAndWorkflowId> {
    const ahead: Promise<HistoryAndWorkflowId | null>[] = []
    try {
      for (let index = 0; index < runs.length; index += 1) {
        while (ahead.length < FETCHED_AHEAD && index + ahead.length < runs.length) {
          const coming = fetchOne(client, runs[index + ahead.length] as Run)
          // Its failure is met when its turn comes.
          coming.catch(() => undefined)
          ahead.push(coming)
        }
        const history = await ahead.shift()
        if (!history) continue
        given.push(runs[index] as Run)
        yield history
      }
    } finally {
      await Promise.allSettled(ahead)
    }
  }
  return { histories: histories(), given }
}

/** Null where there is nothing to replay: no decision was made yet, or retention has removed the run. */
async function fetchOne(client: Client, { workflowId, runId }: Run): Promise<HistoryAndWorkflowId | null> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId)
    const history = await client.connection.withDeadline(Date.now() + CALL_DEADLINE_MS, () => handle.fetchHistory())
    const begun = history.events?.some(({ workflowTaskCompletedEventAttributes: done }) => done != null)
    return begun ? { workflowId, history } : null
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw unreachable('its address', error)
  }
}

function unreachable(where: string, error: unknown): ReplayGateError {
  const reason = grpcErrorIn(error)?.details ?? (error instanceof Error ? error.message : String(error))
  return new ReplayGateError(
    'UNREACHABLE',
    `Temporal does not answer at ${where}: ${reason}. Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the server.`,
    error,
  )
}

function grpcErrorIn(error: unknown): { code: number; details: string } | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (isGrpcServiceError(at)) return { code: at.code, details: at.details }
  }
  return null
}
