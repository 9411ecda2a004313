import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { maskIdentifiers } from '../../values/index.js'
import type { Actor } from '../../workflows/messages.js'
import { notConfigured, OnboardingError } from '../errors.js'
import { createHandle, type HandleContext } from '../handle.js'
import { requireOwnJourney } from '../ids.js'
import { actorSchema } from '../options.js'
import { check, textSchema } from '../validation.js'
import type { Wire } from '../wire.js'
import type { Evidence } from './evidence.js'
import { readEvidence } from './read.js'
import { type ErasedJourney, type ErasureReport, stayedLines, wentLines } from './report.js'
import { endsOf, isGoneBy, isUnderWay, type JourneyRuns, journeysOf, requestDeletion, withoutRuns } from './runs.js'
import {
  type ErasureCause,
  type ErasureOrder,
  type EvidenceStore,
  EvidenceStoreError,
  type KeptEvidence,
} from './store.js'
import { emptyVault, requireStoreChosen } from './vault.js'

/** What an erasure of one sender's journeys takes. */
export interface EraseRequest {
  /** For the audit: it is kept with the evidence. No personal data. */
  readonly reason: string
  /** @default the client's actor */
  readonly actor?: Actor
  /** The sender withdraws the consent: an open journey is ended first. @default false: an open one is refused */
  readonly withdraw?: boolean
  /** Erase also where the evidence cannot be read, e.g. since its codec key was destroyed. @default false */
  readonly withoutEvidence?: boolean
}

const schema = z.strictObject({
  reason: textSchema(200),
  actor: actorSchema,
  withdraw: z.boolean().default(false),
  withoutEvidence: z.boolean().default(false),
})

/** Between two looks at whether a journey has ended, in ms. */
const LOOK_MS = 100

/**
 * Erases every journey under a workflow id: evidence is kept first, then each run is deleted. What is interrupted can be
 * asked for again, and goes on; what is erased already is reported as it is.
 * @throws OnboardingError JOURNEY_OPEN, NOT_FOUND, EVIDENCE_UNREADABLE, EVIDENCE_NOT_KEPT, VAULT_UNAVAILABLE,
 * NOT_CONFIGURED
 */
export async function eraseJourneys(
  context: HandleContext,
  workflowId: string,
  request: EraseRequest,
): Promise<ErasureReport> {
  const { wire } = context
  requireOwnJourney(workflowId, wire.settings.tenant)
  const { reason, actor, withdraw, withoutEvidence } = check(schema, {
    ...request,
    actor: request.actor ?? wire.settings.actor ?? undefined,
  })
  const cause: ErasureCause = withdraw ? 'CONSENT_WITHDRAWN' : 'REQUEST'
  const order: Order = { cause, reason, actor: actor as Actor, withoutEvidence }
  // Before anything is changed: an erasure that could keep no evidence must not withdraw a consent either.
  const store = requireStore(wire)
  requireStoreChosen(wire)
  const records = await stored(store.of(workflowId))
  let journeys = await journeysLeft(wire, workflowId, records)
  const isOpen = journeys.some((journey) => journey.isOpen)
  if (isOpen && !withdraw) throw new OnboardingError('JOURNEY_OPEN', { details: { workflowId } })
  if (isOpen) {
    await endJourney(context, workflowId, order)
    journeys = await journeysLeft(wire, workflowId, records)
  }
  if (journeys.length === 0 && records.length === 0) throw new OnboardingError('NOT_FOUND', { details: { workflowId } })
  for (const journey of journeys) await orderErasure(wire, journey, order)
  // Keeping evidence takes time, in which the sender may have come back: what the vault holds may be the new journey's.
  if (await isUnderWay(wire, workflowId)) throw new OnboardingError('JOURNEY_OPEN', { details: { workflowId } })
  const vaultEmptied = await emptyVault(wire, workflowId)
  const unfinished = (await stored(store.of(workflowId))).filter(({ done }) => done === null)
  for (const { evidence } of unfinished) {
    await stored(store.order(evidence, keptOrder(order)))
    await requestDeletions(wire, evidence)
  }
  const end = Date.now() + wire.settings.waitMs
  for (const { evidence } of unfinished) await confirmDeletions(wire, evidence, end)
  const deleted = new Set(unfinished.map(({ evidence }) => evidence.runId))
  return report(wire, workflowId, order, { deleted, vaultEmptied })
}

/** Why and by whom. */
export interface Order extends Omit<ErasureOrder, 'at'> {
  readonly withoutEvidence: boolean
}

/** The journeys that Temporal has, without the runs whose erasure is ordered: those it may still be deleting. */
export async function journeysLeft(
  wire: Wire,
  workflowId: string,
  records: readonly KeptEvidence[],
): Promise<JourneyRuns[]> {
  const ordered = records.filter(({ order }) => order !== null).flatMap(({ evidence }) => evidence.runs)
  return withoutRuns(await journeysOf(wire, workflowId), new Set(ordered.map(({ runId }) => runId)))
}

/**
 * Keeps the evidence of a closed journey, and the order to erase it. From then on the erasure can be finished, whatever
 * interrupts it.
 * @throws OnboardingError
 */
export async function orderErasure(wire: Wire, journey: JourneyRuns, order: Order): Promise<Evidence> {
  const store = requireStore(wire)
  if (journey.isOpen) throw new OnboardingError('JOURNEY_OPEN', { details: { workflowId: journey.workflowId } })
  const evidence = await evidenceFor(wire, store, journey, order)
  await stored(store.order(evidence, keptOrder(order)))
  return evidence
}

/** The order as it is kept and told: what people wrote is masked, as in the evidence. */
function keptOrder({ cause, reason, actor: { type, id, channel } }: Order): ErasureOrder {
  const actor = { type, id: maskIdentifiers(id), ...(channel && { channel: maskIdentifiers(channel) }) }
  return { at: now(), cause, reason: maskIdentifiers(reason), actor }
}

/** Has every run deleted that the evidence names: they are closed, and closed runs stay so. */
export async function requestDeletions(wire: Wire, { workflowId, runs }: Evidence): Promise<void> {
  for (const { runId } of runs) await requestDeletion(wire, workflowId, runId)
}

/** Whether every run is seen to be gone by a time in ms since 1970; then that is kept too. */
export async function confirmDeletions(wire: Wire, evidence: Evidence, end: number): Promise<boolean> {
  for (const { runId } of evidence.runs) if (!(await isGoneBy(wire, evidence.workflowId, runId, end))) return false
  await stored(requireStore(wire).done(evidence, { at: now() }))
  return true
}

/** The evidence, kept. An earlier, interrupted erasure read it when more of the journey was there: its record stands. */
async function evidenceFor(
  wire: Wire,
  store: EvidenceStore,
  journey: JourneyRuns,
  { withoutEvidence }: Order,
): Promise<Evidence> {
  const { workflowId, firstRunId } = journey
  const lastRunId = endsOf(journey).at(-1)?.runId
  const kept = (await stored(store.of(workflowId))).find(
    ({ evidence }) => evidence.firstRunId === firstRunId && evidence.runId === lastRunId,
  )
  if (kept) return kept.evidence
  const evidence = await readEvidence(wire, journey)
  const unreadable = evidence.sources.filter(({ from }) => from === 'UNREADABLE')
  if (unreadable.length > 0 && !withoutEvidence) {
    throw new OnboardingError('EVIDENCE_UNREADABLE', { details: { workflowId, runs: unreadable } })
  }
  await stored(store.keep(evidence))
  return evidence
}

/** The consent is withdrawn, and the journey's run ended. */
async function endJourney(context: HandleContext, workflowId: string, { reason, actor }: Order): Promise<void> {
  const { wire } = context
  try {
    await createHandle(context, workflowId).withdrawConsent({ reason, actor })
  } catch (error) {
    // It has ended by itself in this moment.
    if (!(error instanceof OnboardingError) || error.code !== 'JOURNEY_CLOSED') throw error
  }
  const end = Date.now() + wire.settings.waitMs
  while (await isUnderWay(wire, workflowId)) {
    if (Date.now() >= end) {
      throw new OnboardingError('DEADLINE', {
        message: 'The consent is withdrawn, but the journey has not ended yet. Erase again in a while.',
        details: { call: 'withdrawConsent', workflowId },
      })
    }
    await sleep(LOOK_MS)
  }
}

async function report(
  wire: Wire,
  workflowId: string,
  order: Order,
  { deleted, vaultEmptied }: { readonly deleted: ReadonlySet<string>; readonly vaultEmptied: boolean },
): Promise<ErasureReport> {
  const records = await stored(requireStore(wire).of(workflowId))
  const { retention } = wire.settings
  return {
    ...{ workflowId, ...keptOrder(order) },
    journeys: records.map((record) => erasedJourney(record, deleted)),
    went: wentLines(order.cause, retention, vaultEmptied),
    stayed: stayedLines(
      records.map(({ evidence }) => evidence),
      retention,
    ),
  }
}

function erasedJourney({ evidence, done }: KeptEvidence, deleted: ReadonlySet<string>): ErasedJourney {
  const { firstRunId, runId, runs, state, closedAt, consents, sources } = evidence
  return {
    firstRunId,
    runIds: deleted.has(runId) ? runs.map((run) => run.runId) : [],
    ...{ state, closedAt, consents: consents.length, erasedAt: done?.at ?? null },
    evidence: sources.some(({ from }) => from === 'UNREADABLE') ? 'UNREADABLE' : 'COMPLETE',
  }
}

/** @throws OnboardingError NOT_CONFIGURED */
export function requireStore({ settings }: Wire): EvidenceStore {
  if (settings.evidence) return settings.evidence
  throw notConfigured({
    ONBOARDING_EVIDENCE_FOLDER:
      'Is not set, so nothing is erased: evidence must be kept first. Name a folder (or the option `evidence`).',
  })
}

/** What the store answers; that it cannot is coded. */
export async function stored<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof EvidenceStoreError)) throw error
    throw new OnboardingError('EVIDENCE_NOT_KEPT', { message: error.message, cause: error })
  }
}

function now(): string {
  return new Date().toISOString()
}
