import { setTimeout as sleep } from 'node:timers/promises'
import { QueryRejectedError, type WorkflowExecutionDescription } from '@temporalio/client'
import { defineSearchAttributeKey, type TypedSearchAttributes } from '@temporalio/common'
import {
  CLOSED_STATES,
  OPEN_STATES,
  type OnboardingResult,
  type Rail,
  RAILS,
  type Receipt,
  RECEIPT_QUERY,
  type State,
  STATUS_KINDS,
  type SharedReceipt,
  type SharedView,
  type StatusKind,
  type View,
  VIEW_QUERY,
} from '../workflows/messages.js'
import type { CallFacts } from './error-mapping.js'
import { OnboardingError } from './errors.js'
import { namingKeyTrouble } from './key-trouble.js'
import { call, type Wire, withinDeadline } from './wire.js'

/** The search attributes of a journey, all keywords; no value is personal. */
export const ATTRIBUTES = {
  state: defineSearchAttributeKey('OnboardingState', 'KEYWORD'),
  status: defineSearchAttributeKey('OnboardingStatus', 'KEYWORD'),
  rail: defineSearchAttributeKey('OnboardingRail', 'KEYWORD'),
  tenant: defineSearchAttributeKey('OnboardingTenant', 'KEYWORD'),
} as const

/** How a run stands, in Temporal's words, e.g. `RUNNING`, `COMPLETED`, `TERMINATED`. */
export type RunStatus = string

/** A journey as Temporal lists it: without asking a worker, and without anything personal. */
export interface JourneySummary {
  readonly workflowId: string
  readonly runId: string
  readonly rail: Rail | null
  readonly state: State | null
  readonly status: StatusKind | null
  readonly runStatus: RunStatus
  readonly startedAt: string
  readonly closedAt: string | null
}

/** An activity that runs now or waits for its next attempt. */
export interface PendingCall {
  readonly activity: string
  readonly attempt: number
  readonly nextAttemptAt: string | null
  /** The type of the failure of the attempt before, e.g. `LIMIT_UNREACHABLE`; null where there was none. */
  readonly lastFailure: string | null
}

export interface JourneyDescription extends JourneySummary {
  /** The run with which the journey began; all runs in which it went on, or to which it was reset, name the same one. */
  readonly firstRunId: string
  readonly historyLength: number
  readonly pendingCalls: readonly PendingCall[]
}

interface Run {
  readonly workflowId: string
  readonly runId: string
  readonly status: { readonly name: string }
  readonly startTime: Date
  readonly closeTime?: Date
  readonly typedSearchAttributes: TypedSearchAttributes
}

/** What a run says of its journey. */
export function summaryOf(run: Run): JourneySummary {
  const known = <T extends string>(text: string | undefined, values: readonly T[]): T | null =>
    values.find((value) => value === text) ?? null
  const attributes = run.typedSearchAttributes
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    rail: known(attributes.get(ATTRIBUTES.rail), RAILS),
    state: known<State>(attributes.get(ATTRIBUTES.state), [...OPEN_STATES, ...CLOSED_STATES]),
    status: known(attributes.get(ATTRIBUTES.status), STATUS_KINDS),
    runStatus: run.status.name,
    startedAt: run.startTime.toISOString(),
    closedAt: run.closeTime?.toISOString() ?? null,
  }
}

/**
 * A run of a journey, the last one unless `runId` names another, or null where there is none.
 * @throws OnboardingError
 */
export async function describeJourney(
  wire: Wire,
  workflowId: string,
  runId?: string,
): Promise<JourneyDescription | null> {
  const facts = { call: 'describe', workflowId }
  try {
    const run = await call(wire, facts, () => wire.workflows.getHandle(workflowId, runId).describe())
    return {
      ...summaryOf(run),
      firstRunId: run.raw.workflowExecutionInfo?.firstRunId || run.runId,
      historyLength: run.historyLength,
      pendingCalls: (run.raw.pendingActivities ?? []).map((pending) => ({
        activity: pending.activityType?.name ?? 'unknown',
        attempt: pending.attempt ?? 1,
        nextAttemptAt: isoTime(pending.nextAttemptScheduleTime?.seconds),
        lastFailure: typeOf(pending.lastFailure),
      })),
    }
  } catch (error) {
    if (error instanceof OnboardingError && error.code === 'NOT_FOUND') return null
    throw error
  }
}

/** The answer of a query, or that the last run is closed and answers none. */
export type Queried<T> = { readonly open: true; readonly value: T } | { readonly open: false }

export function queryView<V extends SharedView = View>(
  wire: Wire,
  workflowId: string,
  deadlineMs?: number,
): Promise<Queried<V>> {
  const ask = (): Promise<V> => wire.workflows.getHandle(workflowId).query<V>(VIEW_QUERY)
  return query(wire, { call: VIEW_QUERY, workflowId }, ask, deadlineMs)
}

/** By what a journey remembers a message, and the server its update. */
export interface Submission {
  readonly message: string
  readonly submissionId: string
}

export function keyOf({ message, submissionId }: Submission): string {
  return `${message}:${submissionId}`
}

/** @param closedRunId asks this run, though it is closed: a worker replays it. Default: the last run, while it is open */
export function queryReceipt<R extends SharedReceipt = Receipt>(
  wire: Wire,
  workflowId: string,
  submission: Submission,
  closedRunId?: string,
): Promise<Queried<R | null>> {
  const workflows = closedRunId === undefined ? wire.workflows : wire.closedRuns
  const ask = (): Promise<R | null> =>
    workflows.getHandle(workflowId, closedRunId).query<R | null, [string]>(RECEIPT_QUERY, keyOf(submission))
  return query(wire, { call: RECEIPT_QUERY, workflowId }, ask)
}

/**
 * The result of the journey's last run; waits for its end.
 * @param firstRunId of the journey that is meant, where its sender may have started another; default: the last one
 * @throws OnboardingError RUN_FAILED where it did not end by the journey's rules, RESULT_UNREADABLE where its key is gone
 */
export async function journeyResult<R extends object = OnboardingResult>(
  wire: Wire,
  workflowId: string,
  deadlineMs?: number,
  firstRunId?: string,
): Promise<R> {
  const facts = { call: 'result', workflowId }
  const ask = (): Promise<R> => wire.workflows.result<() => Promise<R>>(workflowId, firstRunId)
  return readable(await call(wire, facts, ask, deadlineMs), facts)
}

/** What a run said at its end or before it. @throws OnboardingError RESULT_UNREADABLE where its key is gone */
export function readable<T extends object>(said: T, facts: CallFacts): T {
  if ('$undecodable' in said) throw new OnboardingError('RESULT_UNREADABLE', { details: { ...facts } })
  return said
}

/** gRPC's FAILED_PRECONDITION. */
const FAILED_PRECONDITION = 9
/** Temporal's WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW. */
const CONTINUED_AS_NEW = 6

/**
 * Whether the server dropped an update unheard: the run was about to end when something else came, so the server undid
 * that step, and with it the updates on their way. The same update may be sent again.
 */
export function wasDropped({ code, details }: OnboardingError): boolean {
  return code === 'TEMPORAL_ERROR' && details?.['grpcStatus'] === FAILED_PRECONDITION
}

/**
 * NOT_FOUND as it is meant: Temporal uses it for a closed journey too.
 * @returns JOURNEY_CLOSED where the journey has ended, STARTED_ANEW where the one with this first run has, and another
 * one is there; null where a run of it is there after all (it made room in its history, was started anew, or dropped the
 * call, in that moment), so that the call can be made again
 */
async function closedOrMissing(
  wire: Wire,
  error: OnboardingError,
  workflowId: string,
  firstRunId: string | undefined,
): Promise<OnboardingError | null> {
  if (error.code !== 'NOT_FOUND' && !wasDropped(error)) return error
  const last = await describeJourney(wire, workflowId)
  if (!last) return error
  if (firstRunId !== undefined && last.firstRunId !== firstRunId) {
    return new OnboardingError('STARTED_ANEW', { details: { workflowId }, cause: error.cause })
  }
  if (last.runStatus === 'RUNNING') return null
  return new OnboardingError('JOURNEY_CLOSED', {
    details: { ...error.details, state: last.state, runStatus: last.runStatus },
    cause: error.cause,
  })
}

/** A run gives way to the next one rarely; more often than this in a row is something else. */
const ATTEMPTS = 3
/** A run that is full gives way as soon as nobody writes to it for a moment; and one that drops calls is flooded. */
const LIVE_PAUSE_MS = 500

/**
 * Makes a call to the live run, again where that run gave way to the next one in that moment; and until the deadline
 * where it is full, or drops the call.
 * @param firstRunId that of the journey that the call is for, where it names one: then it is never made to another
 * @throws OnboardingError JOURNEY_CLOSED, NOT_FOUND, STARTED_ANEW, and whatever the call throws
 */
export async function callLive<T>(
  wire: Wire,
  facts: CallFacts & { readonly workflowId: string },
  make: () => Promise<T>,
  firstRunId?: string,
): Promise<T> {
  try {
    return await callLiveRun(wire, facts, make, firstRunId)
  } catch (error) {
    throw await namingKeyTrouble(wire, facts.workflowId, error)
  }
}

async function callLiveRun<T>(
  wire: Wire,
  facts: CallFacts & { readonly workflowId: string },
  make: () => Promise<T>,
  firstRunId: string | undefined,
): Promise<T> {
  const bounded = withinDeadline(wire)
  for (let gone = 0; ;) {
    try {
      return await call(bounded, facts, make)
    } catch (error) {
      if (!(error instanceof OnboardingError)) throw error
      const isFull = error.code === 'RUN_FULL'
      const meant = isFull ? null : await closedOrMissing(bounded, error, facts.workflowId, firstRunId)
      if (meant) throw meant
      if (isFull || wasDropped(error)) {
        if (Date.now() + LIVE_PAUSE_MS >= bounded.end) throw error
        await sleep(LIVE_PAUSE_MS)
      } else {
        gone += 1
        if (gone === ATTEMPTS) throw error
      }
    }
  }
}

/** What one attempt at a query may take of the time that is left. */
const ATTEMPT_SHARE = 0.5
const SHORTEST_ATTEMPT_MS = 1_000
/** Before the next attempt, where one ended without using its time up: what cancels calls may do so at once. */
const QUERY_PAUSE_MS = 100

/**
 * Asks, again within the deadline: a query that meets the moment in which a run gives way to the next one can be
 * rejected as one to a closed run, or stay unanswered (seen with server 1.29), and asking has no effect.
 */
async function query<T>(
  wire: Wire,
  facts: CallFacts & { readonly workflowId: string },
  make: () => Promise<T>,
  deadlineMs: number = wire.settings.deadlineMs,
): Promise<Queried<T>> {
  const ask = async (): Promise<Queried<T>> => {
    try {
      return { open: true, value: await make() }
    } catch (error) {
      if (!(error instanceof QueryRejectedError)) throw error
      // The next run is there, and is asked where time is left.
      if (Number(error.status) === CONTINUED_AS_NEW) {
        throw new OnboardingError('DEADLINE', { details: { ...facts }, cause: error })
      }
      return { open: false }
    }
  }
  const end = Math.min(Date.now() + deadlineMs, wire.end ?? Infinity)
  for (;;) {
    const begun = Date.now()
    const left = end - begun
    const attemptMs = Math.min(left, Math.max(SHORTEST_ATTEMPT_MS, left * ATTEMPT_SHARE))
    try {
      return await call(wire, facts, ask, attemptMs)
    } catch (error) {
      const pause = Date.now() < begun + attemptMs ? QUERY_PAUSE_MS : 0
      if (!isDeadlineError(error) || Date.now() + pause >= end)
        throw await namingKeyTrouble(wire, facts.workflowId, error)
      await sleep(pause)
    }
  }
}

function isDeadlineError(error: unknown): boolean {
  return error instanceof OnboardingError && error.code === 'DEADLINE'
}

type Failure = NonNullable<NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number]['lastFailure']>

/** The type alone: a message may hold anything. */
function typeOf(failure: Failure | null | undefined): string | null {
  if (!failure) return null
  return failure.applicationFailureInfo?.type || (failure.timeoutFailureInfo ? 'TIMEOUT' : 'unknown')
}

function isoTime(seconds: unknown): string | null {
  if (seconds === undefined || seconds === null) return null
  return new Date(Number(seconds) * 1_000).toISOString()
}
