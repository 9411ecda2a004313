import { OnboardingError } from '../errors.js'
import type { JourneySummary } from '../journeys.js'
import { listRuns } from '../list.js'
import { paced } from '../pace.js'
import type { Wire } from '../wire.js'
import { journeysLeft, requireStore, stored } from './erase.js'
import { readEvidence } from './read.js'
import type { JourneyRuns } from './runs.js'

/** Cancelled journeys that one run looks at. */
export const MOST_LOOKED_AT = 100_000
/** Looking at a journey is a few reads; erasing one is ten calls and more. */
const LOOKS_PER_ERASURE = 10
/** Looks under way at the same time. */
const AT_ONCE = 5

/** Which cancelled journeys are withdrawals. */
export interface Withdrawals {
  readonly withdrawn: readonly JourneySummary[]
  /** Those of which it could not be read: nobody knows. */
  readonly unread: readonly { readonly run: JourneySummary; readonly error: OnboardingError }[]
  /** Whether there are more cancelled journeys than are looked at in one run. */
  readonly more: boolean
}

/**
 * Looks through cancelled journeys, paced, until `most` withdrawals are found: visibility does not tell a withdrawal from
 * another cancellation; the result does. One that cannot be read does not hinder the others.
 * @param clauses which runs; see `listRuns`
 * @throws OnboardingError UNREACHABLE, ACCESS_DENIED
 */
export async function findWithdrawn(
  wire: Wire,
  clauses: readonly string[],
  { most, ratePerSecond }: { readonly most: number; readonly ratePerSecond: number },
): Promise<Withdrawals> {
  const runs = await listRuns(wire, clauses, MOST_LOOKED_AT + 1)
  const withdrawn: JourneySummary[] = []
  const unread: { readonly run: JourneySummary; readonly error: OnboardingError }[] = []
  const look = async (run: JourneySummary): Promise<void> => {
    try {
      if (await isWithdrawn(wire, run)) withdrawn.push(run)
    } catch (error) {
      // No other journey would fare better.
      if (!(error instanceof OnboardingError) || ['UNREACHABLE', 'ACCESS_DENIED'].includes(error.code)) throw error
      unread.push({ run, error })
    }
  }
  const pace = { gapMs: 1_000 / (ratePerSecond * LOOKS_PER_ERASURE), atOnce: AT_ONCE }
  const looks = paced(runs.slice(0, MOST_LOOKED_AT), look, { ...pace, goOn: () => withdrawn.length < most })
  for (;;) if ((await looks.next()).done) break
  return { withdrawn, unread, more: runs.length > MOST_LOOKED_AT }
}

async function isWithdrawn(wire: Wire, run: JourneySummary): Promise<boolean> {
  const journey = await journeyWith(wire, run)
  if (!journey || journey.isOpen) return false
  const { withdrawal, sources } = await readEvidence(wire, journey)
  if (withdrawal !== null) return true
  const unreadable = sources.filter(({ from }) => from === 'UNREADABLE')
  if (unreadable.length === 0) return false
  throw new OnboardingError('EVIDENCE_UNREADABLE', { details: { workflowId: run.workflowId, runs: unreadable } })
}

/** The journey that ended in a run, unless its erasure is ordered: its sender may have had others under the same workflow id. */
export async function journeyWith(
  wire: Wire,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<JourneyRuns | undefined> {
  const records = await stored(requireStore(wire).of(workflowId))
  const journeys = await journeysLeft(wire, workflowId, records)
  return journeys.find(({ runs }) => runs.some((run) => run.runId === runId))
}
