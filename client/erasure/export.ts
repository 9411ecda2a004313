import { OnboardingError } from '../errors.js'
import { requireOwnJourney } from '../ids.js'
import type { Wire } from '../wire.js'
import { journeysLeft, stored } from './erase.js'
import type { Evidence } from './evidence.js'
import { readEvidence } from './read.js'
import type { ErasureOrder } from './store.js'

/** The evidence of one journey, and whether its history is still there. */
export interface ExportedEvidence extends Evidence {
  /** Null while the history is there. */
  readonly erased: (ErasureOrder & { readonly doneAt: string | null }) | null
}

/** Everything that proves consent of one sender on one rail. */
export interface ConsentExport {
  readonly workflowId: string
  readonly exportedAt: string
  /** Each journey under this id, oldest first: from Temporal, and of erased ones from the evidence store. */
  readonly journeys: readonly ExportedEvidence[]
}

/**
 * The consent evidence of open, closed and erased journeys, masked. Changes nothing.
 * @throws OnboardingError NOT_FOUND, EVIDENCE_NOT_KEPT where the store cannot be read
 */
export async function exportConsent(wire: Wire, workflowId: string): Promise<ConsentExport> {
  requireOwnJourney(workflowId, wire.settings.tenant)
  const { evidence: store } = wire.settings
  const kept = store ? await stored(store.of(workflowId)) : []
  const found = new Map<string, ExportedEvidence>()
  for (const { evidence, order, done } of kept) {
    found.set(key(evidence), { ...evidence, erased: order && { ...order, doneAt: done?.at ?? null } })
  }
  for (const journey of await journeysLeft(wire, workflowId, kept)) {
    const evidence = await readEvidence(wire, journey)
    // What is kept was read when more of the journey was there.
    if (!found.has(key(evidence))) found.set(key(evidence), { ...evidence, erased: null })
  }
  if (found.size === 0) throw new OnboardingError('NOT_FOUND', { details: { workflowId } })
  const journeys = [...found.values()].sort((a, b) => a.startedAt.localeCompare(b.startedAt))
  return { workflowId, exportedAt: new Date().toISOString(), journeys }
}

function key({ firstRunId, runId }: Evidence): string {
  return `${firstRunId} ${runId}`
}
