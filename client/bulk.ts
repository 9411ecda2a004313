import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type Actor, type MessageName, type Receipt, WORKFLOW_TYPE } from '../workflows/messages.js'
import { type ErrorCode, invalidInput, isJourneyCode, OnboardingError } from './errors.js'
import type { HandleContext } from './handle.js'
import { requireOwnJourney } from './ids.js'
import { describeJourney, type JourneySummary } from './journeys.js'
import { type Keep, listRuns } from './list.js'
import { type MessageInputs, type Prepared, prepareMessage } from './messages.js'
import { paced } from './pace.js'
import { answerOf } from './submissions.js'
import { check, textSchema } from './validation.js'
import { whereClause } from './where.js'
import type { Wire } from './wire.js'

/** The operator's messages that may go to many journeys at once. */
export const BULK_MESSAGES = ['retryNow', 'reenter', 'takeOver', 'cancel'] as const satisfies readonly MessageName[]
export type BulkMessage = (typeof BULK_MESSAGES)[number]

/** Messages a second, unless told otherwise. */
export const DEFAULT_BULK_RATE = 5
/** Journeys of one run, unless told otherwise. */
export const DEFAULT_BULK_LIMIT = 10_000
/** How long the answer of one journey, or the list of all, may take, in ms: Eko may be slow after an outage. */
const DEFAULT_BULK_DEADLINE_MS = 60_000
/** Messages whose answers are waited for at the same time. */
const AT_ONCE = 50
/** gRPC's INVALID_ARGUMENT: the server does not understand the query. */
const INVALID_ARGUMENT = 3

/** One message to every live journey that a condition names. */
export interface BulkRequest {
  readonly message: BulkMessage
  /**
   * Which journeys: words of `WHERE_WORDS`, all of which must hold (`parked levin`), or a condition in Temporal's
   * visibility language, e.g. `OnboardingStatus = 'PARKED' AND StartTime < '2026-01-31T00:00:00Z'`. It is always ANDed
   * with: journeys, of this client's tenant, still running.
   */
  readonly where: string
  /** For the audit in each journey's timeline. No personal data. */
  readonly reason: string
  /** @default the client's actor */
  readonly actor?: Actor
  /** `takeOver` needs it: the agent that goes on with the journeys. */
  readonly userCode?: string
  /** At most this many messages a second, 0.01 to 1000. @default 5 */
  readonly ratePerSecond?: number
  /** At most this many journeys, the newest ones, 1 to 100000. @default 10000 */
  readonly limit?: number
  /**
   * The id of an earlier run that was interrupted: a journey that took its message then gives the first answer again,
   * and does nothing. Journeys that were started after that run began are left out; those that only went on in a new
   * Temporal run since are not. @default a new id
   */
  readonly bulkId?: string
  /** How long the answer of one journey may take, in milliseconds. @default 60_000 */
  readonly deadlineMs?: number
}

/** What became of the message to one journey. */
export type BulkResult =
  /** The journey took it; the receipt's `outcome` says what came of it. Of a repeated run: the first receipt. */
  | { readonly kind: 'applied'; readonly workflowId: string; readonly receipt: Receipt }
  /** The journey refused it, e.g. USE_REENTER, NOTHING_TO_RETRY, JOURNEY_CLOSED. Nothing was done. */
  | { readonly kind: 'refused'; readonly workflowId: string; readonly error: OnboardingError }
  /** The listed journey has ended, and its sender has started another one: STARTED_ANEW. Nothing was done to either. */
  | { readonly kind: 'skipped'; readonly workflowId: string; readonly error: OnboardingError }
  /** Nobody knows, e.g. DEADLINE, UNREACHABLE: the same run again makes it certain. */
  | { readonly kind: 'failed'; readonly workflowId: string; readonly error: OnboardingError }

/**
 * A bulk run whose journeys are known and which has sent nothing yet: iterating over it sends, and gives the results as
 * they come. It goes on past refusals. Where the server cannot be reached or denies access it ends early; what it has
 * not tried has no result. Leaving the loop sends no further message and waits for the answers under way.
 */
export interface BulkRun extends AsyncIterable<BulkResult> {
  /** To be given again as `bulkId` if this run is interrupted. */
  readonly bulkId: string
  readonly message: BulkMessage
  /** The whole visibility query that was asked. */
  readonly query: string
  /** The journeys that the message goes to, each once; taken before the first message is sent. */
  readonly journeys: readonly JourneySummary[]
  /** Whether more journeys match than `limit` lets in. */
  readonly more: boolean
}

const schema = z.object({
  message: z.enum(BULK_MESSAGES),
  where: z.string(),
  ratePerSecond: z
    .number()
    .min(0.01, 'Must be at least 0.01.')
    .max(1_000, 'Must be at most 1000.')
    .default(DEFAULT_BULK_RATE),
  limit: z
    .number()
    .int('Must be a whole number.')
    .min(1, 'Must be positive.')
    .max(100_000, 'Must be at most 100000.')
    .default(DEFAULT_BULK_LIMIT),
  bulkId: textSchema(48, /^[A-Za-z0-9][\w.-]*$/).optional(),
  deadlineMs: z
    .number()
    .int('Must be whole milliseconds.')
    .min(1, 'Must be positive.')
    .max(86_400_000)
    .default(DEFAULT_BULK_DEADLINE_MS),
})

/**
 * Takes the list of journeys that a bulk run is for.
 * @throws OnboardingError INVALID_INPUT before anything is sent, also where the server does not understand `where`
 */
export async function planBulk(context: HandleContext, request: BulkRequest): Promise<BulkRun> {
  const {
    message,
    where,
    reason,
    actor,
    userCode,
    ratePerSecond,
    limit,
    bulkId: given,
    deadlineMs,
    ...unknown
  } = request
  const checked = check(schema.strict(), {
    message,
    where,
    ratePerSecond,
    limit,
    bulkId: given,
    deadlineMs,
    ...unknown,
  })
  const wire = withDeadline(context.wire, checked.deadlineMs)
  const bulkId = checked.bulkId ?? newBulkId()
  const prepared = await prepareMessage(
    checked.message,
    {
      submissionId: `bulk-${bulkId}`,
      reason,
      ...(actor && { actor }),
      ...(userCode !== undefined && { userCode }),
    } as MessageInputs[BulkMessage],
    '',
    { actor: wire.settings.actor, sealFor: context.sealFor },
  )
  const clauses = [
    `WorkflowType = '${WORKFLOW_TYPE}'`,
    `OnboardingTenant = '${wire.settings.tenant}'`,
    `ExecutionStatus = 'Running'`,
    whereClause(checked.where),
  ]
  const found = await listRuns(wire, clauses, checked.limit + 1, startedBy(wire, bulkBegan(bulkId))).catch(
    notUnderstood,
  )
  const journeys = ownJourneys(found, wire.settings.tenant)
  const run = { bulkId, message: checked.message, query: clauses.join(' AND ') }
  const taken = journeys.slice(0, checked.limit)
  return {
    ...run,
    journeys: taken,
    more: journeys.length > taken.length,
    [Symbol.asyncIterator]: () => send(wire, taken, prepared, checked.ratePerSecond),
  }
}

async function* send(
  wire: Wire,
  journeys: readonly JourneySummary[],
  prepared: Prepared,
  ratePerSecond: number,
): AsyncGenerator<BulkResult, void, void> {
  let reachable = true
  const act = async (journey: JourneySummary): Promise<BulkResult> => {
    const result = await sendTo(wire, journey, prepared)
    if (result.kind === 'failed' && isAboutTheServer(result.error)) reachable = false
    return result
  }
  yield* paced(journeys, act, { gapMs: 1_000 / ratePerSecond, atOnce: AT_ONCE, goOn: () => reachable })
}

async function sendTo(wire: Wire, { workflowId, runId }: JourneySummary, prepared: Prepared): Promise<BulkResult> {
  try {
    const listed = await describeJourney(wire, workflowId, runId)
    if (!listed) throw new OnboardingError('JOURNEY_CLOSED', { details: { workflowId, runStatus: null } })
    // Its sender may have started another journey since: the server itself keeps the message from that one.
    const receipt = await answerOf(wire, workflowId, prepared, { runId, firstRunId: listed.firstRunId })
    return { kind: 'applied', workflowId, receipt }
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error
    return { kind: withoutAnswer(error.code), workflowId, error }
  }
}

function withoutAnswer(code: ErrorCode): Exclude<BulkResult['kind'], 'applied'> {
  if (code === 'STARTED_ANEW') return 'skipped'
  return isJourneyCode(code) ? 'refused' : 'failed'
}

/** What no other journey would fare better with. */
function isAboutTheServer({ code }: OnboardingError): boolean {
  return code === 'UNREACHABLE' || code === 'ACCESS_DENIED'
}

/** Each journey once, whatever changed while the pages were read; and, whatever the query says, only our own. */
function ownJourneys(found: readonly JourneySummary[], tenant: string): JourneySummary[] {
  for (const { workflowId } of found) requireOwnJourney(workflowId, tenant)
  return [...new Map(found.map((journey) => [journey.workflowId, journey])).values()]
}

/** The time that a run began is part of its id, so that a repeated run can leave out what came later. */
function newBulkId(): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  return `${time}-${randomBytes(3).toString('hex')}`
}

const BULK_ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{6}$/

/** When a bulk run began, in ms since the epoch; of an id of the caller's own making no time is known. */
function bulkBegan(bulkId: string): number {
  const [, year, month, day, hour, minute, second] = BULK_ID.exec(bulkId) ?? []
  return year === undefined ? Infinity : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.999Z`)
}

/** Leaves out journeys that were started after a moment. The query cannot: it knows only when a run began. */
function startedBy(wire: Wire, moment: number): Keep {
  return async (runs) => {
    const kept = await Promise.all(
      runs.map(async (run) => Date.parse(run.startedAt) <= moment || (await isContinued(wire, run, moment))),
    )
    return runs.filter((_, index) => kept[index])
  }
}

/** Whether the journey of a run that began after a moment was there before, in another run. */
async function isContinued(wire: Wire, { workflowId, runId }: JourneySummary, moment: number): Promise<boolean> {
  const run = await describeJourney(wire, workflowId, runId)
  if (!run || run.firstRunId === runId) return false
  const first = await describeJourney(wire, workflowId, run.firstRunId)
  // A run that the server has forgotten closed longer ago than any bulk run is worth repeating.
  return !first || Date.parse(first.startedAt) <= moment
}

function withDeadline(wire: Wire, deadlineMs: number): Wire {
  return { ...wire, settings: { ...wire.settings, deadlineMs } }
}

function notUnderstood(error: unknown): never {
  if (error instanceof OnboardingError && error.details?.['grpcStatus'] === INVALID_ARGUMENT) {
    const said = String(error.details['grpcMessage'])
    throw invalidInput({ where: { code: 'NOT_UNDERSTOOD', message: `Temporal does not understand it: ${said}` } })
  }
  throw error
}
