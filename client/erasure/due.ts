import { z } from 'zod'
import { type Actor, RAILS, TRANSACTION_OTP_WORKFLOW_TYPE, WORKFLOW_TYPE } from '../../workflows/messages.js'
import { notConfigured, OnboardingError } from '../errors.js'
import type { JourneySummary } from '../journeys.js'
import { listRuns } from '../list.js'
import { actorSchema } from '../options.js'
import { paced } from '../pace.js'
import { check } from '../validation.js'
import type { Wire } from '../wire.js'
import { confirmDeletions, orderErasure, requestDeletions, requireStore, stored } from './erase.js'
import type { Evidence } from './evidence.js'
import { DAY_MS, type Retention } from './retention.js'
import { isGoneBy, isUnderWay, type JourneyRuns, requestDeletion } from './runs.js'
import type { ErasureCause, EvidenceKey } from './store.js'
import { emptyVault, requireStoreChosen } from './vault.js'
import { warningsOf } from './warnings.js'
import { findWithdrawn, journeyWith } from './withdrawn.js'

/** Erasures a second, unless told otherwise. */
export const DEFAULT_ERASURE_RATE = 5
/** Of each kind in one run, unless told otherwise. */
export const DEFAULT_ERASURE_LIMIT = 10_000
/** Erasures under way at the same time. */
const AT_ONCE = 5
/** How long a run is looked for after its deletion, in ms. The next time looks again. */
const CONFIRM_MS = 3_000
/** How a run ends for good; `ContinuedAsNew` is not among them. */
const ENDS = ['Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut']

/** What an erasure of all that is due takes. */
export interface DueRequest {
  /** At most this many erasures a second, 0.01 to 1000; journeys are only looked at ten times as fast. @default 5 */
  readonly ratePerSecond?: number
  /** At most this many of each kind, withdrawn journeys apart, 1 to 100000; the next run takes the rest. @default 10000 */
  readonly limit?: number
  /** @default the client's actor */
  readonly actor?: Actor
}

/** Something whose time is over. */
export type DueItem =
  | {
      readonly kind: 'journey'
      readonly workflowId: string
      /** The run in which it ended. */
      readonly runId: string
      readonly closedAt: string
      readonly cause: ErasureCause
      /** It was cancelled, and whether by a withdrawal could not be read: it is not erased, and its result is `failed`. */
      readonly unread?: OnboardingError
    }
  | { readonly kind: 'transactionOtp'; readonly workflowId: string; readonly runId: string; readonly closedAt: string }
  /** An erasure that was ordered and interrupted. */
  | ({ readonly kind: 'unfinished'; readonly closedAt: string; readonly evidence: Evidence } & EvidenceKey)
  | ({ readonly kind: 'evidence'; readonly closedAt: string } & EvidenceKey)

/** What became of it. */
export type DueResult =
  | { readonly kind: 'erased'; readonly item: DueItem }
  /** Temporal was told to delete it and still has it; the next run sees to it. */
  | { readonly kind: 'ordered'; readonly item: DueItem }
  /** It is not due after all: it went on, was reset, or is gone. */
  | { readonly kind: 'skipped'; readonly item: DueItem; readonly why: 'OPEN' | 'NOT_DUE' | 'GONE' }
  | { readonly kind: 'failed'; readonly item: DueItem; readonly error: OnboardingError }

/**
 * All that is due, and nothing erased yet: iterating over it erases, paced, and gives each result. It goes on past
 * failures, and ends early where the server cannot be reached or denies access.
 */
export interface DueRun extends AsyncIterable<DueResult> {
  readonly asOf: string
  readonly items: readonly DueItem[]
  /** Whether more is due than `limit` lets in. */
  readonly more: boolean
  /** What is wrong with the clocks, e.g. that Temporal deletes histories before evidence is kept. */
  readonly warnings: readonly string[]
}

const schema = z.strictObject({
  ratePerSecond: z
    .number()
    .min(0.01, 'Must be at least 0.01.')
    .max(1_000, 'Must be at most 1000.')
    .default(DEFAULT_ERASURE_RATE),
  limit: z
    .number()
    .int('Must be a whole number.')
    .min(1, 'Must be positive.')
    .max(100_000, 'Must be at most 100000.')
    .default(DEFAULT_ERASURE_LIMIT),
  actor: actorSchema,
})

/**
 * The request with its defaults; asks nothing of the server.
 * @param standard who erases where the request does not say
 * @throws OnboardingError INVALID_INPUT
 */
export function checkDueRequest(request: DueRequest, standard: Actor | null): Required<DueRequest> {
  const { actor, ...checked } = check(schema, { ...request, actor: request.actor ?? standard ?? undefined })
  return { ...checked, actor: actor as Actor }
}

/**
 * Takes the list of what is due at a moment, by the retention of the client's settings.
 * @param asOf in ms since 1970
 * @throws OnboardingError NOT_CONFIGURED, INVALID_INPUT, EVIDENCE_NOT_KEPT
 */
export async function planDue(wire: Wire, request: DueRequest, asOf: number): Promise<DueRun> {
  const { ratePerSecond, limit, actor } = checkDueRequest(request, wire.settings.actor)
  const retention = requireRetention(wire)
  requireStore(wire)
  requireStoreChosen(wire)
  const withdrawn = await dueWithdrawn(wire, retention, asOf, { most: limit + 1, ratePerSecond })
  const kinds = [
    withdrawn.due,
    await dueJourneys(wire, retention, asOf, limit + 1),
    await dueTransactionOtps(wire, retention, asOf, limit + 1),
    await dueRecords(wire, retention, asOf, limit + 1),
  ]
  const items = [...withdrawn.unread, ...kinds.flatMap((found) => found.slice(0, limit))]
  const by: By = { actor, retention, asOf }
  return {
    asOf: new Date(asOf).toISOString(),
    items,
    more: withdrawn.more || kinds.some((found) => found.length > limit),
    warnings: await warningsOf(wire, retention, asOf),
    [Symbol.asyncIterator]: () => eraseAll(wire, items, by, ratePerSecond),
  }
}

interface By {
  readonly actor: Actor
  readonly retention: Retention
  readonly asOf: number
}

async function* eraseAll(
  wire: Wire,
  items: readonly DueItem[],
  by: By,
  ratePerSecond: number,
): AsyncGenerator<DueResult, void, void> {
  let goOn = true
  const act = async (item: DueItem): Promise<DueResult> => {
    try {
      return await erase(wire, item, by)
    } catch (error) {
      if (!(error instanceof OnboardingError)) throw error
      // No other item would fare better.
      if (['UNREACHABLE', 'ACCESS_DENIED', 'EVIDENCE_NOT_KEPT'].includes(error.code)) goOn = false
      return { kind: 'failed', item, error }
    }
  }
  yield* paced(items, act, { gapMs: 1_000 / ratePerSecond, atOnce: AT_ONCE, goOn: () => goOn })
}

async function erase(wire: Wire, item: DueItem, { actor, retention, asOf }: By): Promise<DueResult> {
  switch (item.kind) {
    case 'transactionOtp':
      await requestDeletion(wire, item.workflowId, item.runId)
      return done(item, await isGoneBy(wire, item.workflowId, item.runId, Date.now() + CONFIRM_MS))
    case 'unfinished':
      return done(item, await carryOut(wire, item.evidence))
    case 'evidence':
      await stored(requireStore(wire).remove(item))
      return { kind: 'erased', item }
    case 'journey': {
      if (item.unread) return { kind: 'failed', item, error: item.unread }
      const journey = await journeyWith(wire, item)
      if (!journey) return { kind: 'skipped', item, why: 'GONE' }
      if (journey.isOpen) return { kind: 'skipped', item, why: 'OPEN' }
      const { cause } = item
      const isDue = cause === 'CONSENT_WITHDRAWN' || endOf(journey) < asOf - retention.history.days * DAY_MS
      if (!isDue) return { kind: 'skipped', item, why: 'NOT_DUE' }
      const reason = cause === 'RETENTION' ? `retention of ${retention.history.days} days is over` : 'consent withdrawn'
      const evidence = await orderErasure(wire, journey, { cause, reason, actor, withoutEvidence: false })
      return done(item, await carryOut(wire, evidence))
    }
  }
}

/** A sender who came back may be under way: what the vault holds of an open journey is needed, and it cannot tell them apart. */
async function carryOut(wire: Wire, evidence: Evidence): Promise<boolean> {
  const { workflowId } = evidence
  if (!(await isUnderWay(wire, workflowId))) await emptyVault(wire, workflowId)
  await requestDeletions(wire, evidence)
  return confirmDeletions(wire, evidence, Date.now() + CONFIRM_MS)
}

function done(item: DueItem, isGone: boolean): DueResult {
  return { kind: isGone ? 'erased' : 'ordered', item }
}

function endOf({ runs }: JourneyRuns): number {
  return Math.max(...runs.map(({ closedAt }) => (closedAt === null ? Infinity : Date.parse(closedAt))))
}

/** Journeys that ended long enough ago. */
async function dueJourneys(wire: Wire, { history }: Retention, asOf: number, limit: number): Promise<DueItem[]> {
  const own = ownRuns(WORKFLOW_TYPE, 'onboarding', wire.settings.tenant)
  const old = await listRuns(wire, [...own, closedBefore(asOf, history.days)], limit)
  return old.map(({ workflowId, runId, closedAt }) => {
    return { kind: 'journey', workflowId, runId, closedAt: closedAt ?? '', cause: 'RETENTION' }
  })
}

/** Younger ones that ended because the consent was withdrawn. */
async function dueWithdrawn(
  wire: Wire,
  { history }: Retention,
  asOf: number,
  bounds: { readonly most: number; readonly ratePerSecond: number },
): Promise<{ due: DueItem[]; unread: DueItem[]; more: boolean }> {
  if (history.daysAfterWithdrawal >= history.days) return { due: [], unread: [], more: false }
  const clauses = [
    ...ownRuns(WORKFLOW_TYPE, 'onboarding', wire.settings.tenant),
    `OnboardingState = 'CANCELLED'`,
    closedBefore(asOf, history.daysAfterWithdrawal),
    `CloseTime >= '${cutOf(asOf, history.days)}'`,
  ]
  const { withdrawn, unread, more } = await findWithdrawn(wire, clauses, bounds)
  const itemOf = ({ workflowId, runId, closedAt }: JourneySummary): DueItem & { kind: 'journey' } => {
    return { kind: 'journey', workflowId, runId, closedAt: closedAt ?? '', cause: 'CONSENT_WITHDRAWN' }
  }
  return {
    due: withdrawn.map(itemOf),
    unread: unread.map(({ run, error }) => ({ ...itemOf(run), unread: error })),
    more,
  }
}

/** One call each, of the same data; there is nothing in them to prove. */
async function dueTransactionOtps(wire: Wire, { history }: Retention, asOf: number, limit: number): Promise<DueItem[]> {
  const own = ownRuns(TRANSACTION_OTP_WORKFLOW_TYPE, 'transaction-otp', wire.settings.tenant)
  const runs = await listRuns(wire, [...own, closedBefore(asOf, history.days)], limit)
  return runs.map(({ workflowId, runId, closedAt }) => {
    return { kind: 'transactionOtp', workflowId, runId, closedAt: closedAt ?? '' }
  })
}

/** Evidence whose history is known to be gone, and whose own time is over; and what an erasure left unfinished. */
async function dueRecords(wire: Wire, { evidence }: Retention, asOf: number, limit: number): Promise<DueItem[]> {
  const due: DueItem[] = []
  const before = asOf - evidence.days * DAY_MS
  try {
    for await (const { evidence: record, order, done } of requireStore(wire).all(wire.settings.tenant)) {
      const { workflowId, firstRunId, runId, closedAt } = record
      if (closedAt === null) continue
      const item = { workflowId, firstRunId, runId, closedAt }
      if (order && !done) due.push({ kind: 'unfinished', ...item, evidence: record })
      else if (done && Date.parse(closedAt) < before) due.push({ kind: 'evidence', ...item })
      if (due.length >= limit) break
    }
  } catch (error) {
    return await stored(Promise.reject(error as Error))
  }
  return due
}

/** Clauses for the closed runs of this tenant, by workflow id: it cannot be given to another tenant's journey. */
function ownRuns(type: string, prefix: string, tenant: string): string[] {
  const ids = RAILS.map((rail) => `WorkflowId STARTS_WITH '${prefix}:${rail}:${tenant}:'`).join(' OR ')
  const ends = ENDS.map((end) => `'${end}'`).join(', ')
  return [`WorkflowType = '${type}'`, `(${ids})`, `ExecutionStatus IN (${ends})`]
}

function closedBefore(asOf: number, days: number): string {
  return `CloseTime < '${cutOf(asOf, days)}'`
}

function cutOf(asOf: number, days: number): string {
  return new Date(asOf - days * DAY_MS).toISOString()
}

function requireRetention({ settings }: Wire): Retention {
  if (settings.retention) return settings.retention
  throw notConfigured({
    ONBOARDING_RETENTION_FILE: 'Is not set, so nothing is due. Name the file (or the option `retention`).',
  })
}
