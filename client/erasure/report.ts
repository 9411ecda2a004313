import type { Actor } from '../../workflows/messages.js'
import type { Evidence } from './evidence.js'
import { DAY_MS, type Retention } from './retention.js'
import type { ErasureCause } from './store.js'

/** One kind of data, and what became of it. */
export interface ErasureLine {
  readonly what: string
  readonly where: string
  readonly why: string
  /** As the retention file names it; null where none is configured or none is ours to name. */
  readonly basis: string | null
  /** Days from the journey's end for which the retention file keeps it; null likewise. */
  readonly days: number | null
  /** Until when it is kept, ISO 8601; null where that is not ours to say. */
  readonly until: string | null
}

/** One journey of the report. */
export interface ErasedJourney {
  readonly firstRunId: string
  /** The runs whose histories were deleted now; empty where that had been done before. */
  readonly runIds: readonly string[]
  readonly state: string | null
  readonly closedAt: string | null
  /** When it was first seen to be gone. Null: Temporal was told to delete it and still has it; ask again in a while. */
  readonly erasedAt: string | null
  readonly consents: number
  /** Whether all that there was to read could be read before it was deleted. */
  readonly evidence: 'COMPLETE' | 'UNREADABLE'
}

/** What went, what stayed, and why. */
export interface ErasureReport {
  readonly workflowId: string
  readonly at: string
  readonly cause: ErasureCause
  readonly reason: string
  readonly actor: Actor
  readonly journeys: readonly ErasedJourney[]
  readonly went: readonly ErasureLine[]
  readonly stayed: readonly ErasureLine[]
}

const REQUESTED: Readonly<Record<ErasureCause, string>> = {
  REQUEST: 'asked for',
  CONSENT_WITHDRAWN: 'the sender withdrew the consent',
  RETENTION: 'the time for which it is kept is over',
}

const SEALED = 'sealed Aadhaar number, codes, PAN, tokens'

/** @param vaultEmptied whether the client knows a vault, and it deleted the sender's secrets */
export function wentLines(cause: ErasureCause, retention: Retention | null, vaultEmptied: boolean): ErasureLine[] {
  const line = { why: REQUESTED[cause], ...clockOf(retention?.history), until: null }
  const vault = vaultEmptied ? ', and the vault' : ''
  return [
    { ...line, what: 'mobile, name, date of birth, address, messages, answers', where: 'Temporal’s histories' },
    { ...line, what: SEALED, where: `Temporal’s histories${vault}`, ...clockOf(retention?.sealedSecrets) },
    { ...line, what: 'search attributes, result, view', where: 'Temporal’s visibility and histories' },
  ]
}

export function stayedLines(kept: readonly Evidence[], retention: Retention | null): ErasureLine[] {
  const ended = kept.flatMap(({ closedAt }) => (closedAt === null ? [] : [Date.parse(closedAt)]))
  const notOurs = { basis: null, days: null, until: null }
  return [
    {
      what: 'consents, withdrawal, what Eko confirmed, timeline; the mobile as 98xxxxxx10',
      where: 'evidence store',
      why: 'proof that the Aadhaar number was used with consent, and that it was erased',
      ...clockOf(retention?.evidence),
      until: retention && ended.length > 0 ? isoAfter(Math.max(...ended), retention.evidence.days) : null,
    },
    {
      what: 'hash of the mobile in the workflow id',
      where: 'evidence store, incidents, logs',
      why: 'a keyed hash: without the id key it leads to nobody',
      ...notOurs,
    },
    {
      what: 'counts of codes and tries',
      where: 'Temporal’s limit workflows',
      why: 'under a keyed hash of mobile and Aadhaar number, which cannot be read back to a person; a limit that could be erased would be none. Each count goes when its window is over',
      ...notOurs,
    },
    {
      what: 'transaction OTPs',
      where: 'Temporal’s histories',
      why: 'their workflow ids do not lead to a sender; `onboard erase --due` deletes them by age',
      ...clockOf(retention?.history),
      until: null,
    },
    {
      what: 'logs of workers, Temporal and proxies',
      where: 'the institution',
      why: 'not reached from here; they hold workflow ids, no personal data',
      ...clockOf(retention?.logs),
      until: null,
    },
    {
      what: 'backups and archives of Temporal’s database',
      where: 'the institution',
      why: 'not reached from here; payloads in them are encrypted',
      ...notOurs,
    },
    {
      what: `${SEALED}, in such copies`,
      where: 'the institution',
      why: 'not reached from here; nobody can open them when their sealing keys are destroyed: `onboard keys list` says when',
      ...clockOf(retention?.sealedSecrets),
      until: null,
    },
    {
      what: 'what Eko, its banks and UIDAI keep',
      where: 'Eko and others',
      why: 'they answer for their own records',
      ...notOurs,
    },
  ]
}

function clockOf(clock: Pick<ErasureLine, 'basis' | 'days'> | undefined): Pick<ErasureLine, 'basis' | 'days'> {
  return { basis: clock?.basis ?? null, days: clock?.days ?? null }
}

function isoAfter(fromMs: number, days: number): string {
  return new Date(fromMs + days * DAY_MS).toISOString()
}
