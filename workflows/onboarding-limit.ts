import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  setCurrentDetails,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { failure } from './failures.js'
import type { FieldErrors } from './shape.js'
import { iso } from './iso.js'
import { emptyAt, EMPTY_LEDGER, heldAt, LIMIT_BUCKETS, type LimitLedger, release, reserve } from './limit-ledger.js'
import {
  ledgerErrors,
  RELEASE_UPDATE,
  type Release,
  releaseErrors,
  RESERVATIONS_QUERY,
  RESERVE_UPDATE,
  type Reserve,
  type ReserveAnswer,
  reserveErrors,
} from './limit-messages.js'
import { bodyOf } from './message-body.js'
import { outlivesBuilds } from './outlives-builds.js'
import { ProvenClock } from './proven-clock.js'

/** Updates after which a run makes room for the next one; the server's own limit is 2,000. */
const UPDATES_PER_RUN = 1_000
/** How long a run waits in which nothing is held, in ms. */
const IDLE_MS = 10_000

/**
 * One limit that outlives journeys: the places held for one mobile, Aadhaar number or user_code. The first `reserve`
 * starts it, and it ends by itself when nothing is held any more. Native Cancel ends it as well: what it held is
 * forgotten.
 *
 * @param carried the ledger of the run before this one
 */
export async function onboardingLimit(carried?: LimitLedger): Promise<void> {
  if (carried !== undefined) refuse('INVALID_INPUT', 'The input of the limit is malformed.', ledgerErrors(carried))
  const clock = new ProvenClock()
  let ledger = carried ?? EMPTY_LEDGER
  let updates = 0
  const take = (next: LimitLedger): void => {
    ledger = next
    updates += 1
    setCurrentDetails(storyOf(ledger))
  }
  setCurrentDetails(storyOf(ledger))
  setHandler(
    defineUpdate<ReserveAnswer, unknown[]>(RESERVE_UPDATE),
    (body) => {
      const { ledger: next, answer } = reserve(ledger, body as Reserve, clock.now())
      take(next)
      return answer
    },
    {
      description: 'Takes a place where there is room; the same id again gets the same place.',
      validator: (...args: unknown[]) => refuse('INVALID_MESSAGE', MALFORMED, reserveErrors(bodyOf(args))),
    },
  )
  setHandler(
    defineUpdate<void, unknown[]>(RELEASE_UPDATE),
    (body) => {
      take(release(ledger, body as Release, clock.now()))
    },
    {
      description: 'Gives a place back; nothing happens where none is held.',
      validator: (...args: unknown[]) => refuse('INVALID_MESSAGE', MALFORMED, releaseErrors(bodyOf(args))),
    },
  )
  setHandler(defineQuery(RESERVATIONS_QUERY), () => heldAt(ledger, clock.now()), {
    description: 'Places held, by bucket.',
  })
  // What has no handler would be kept in memory for good.
  setDefaultSignalHandler(() => undefined)
  setDefaultUpdateHandler(() => {
    throw failure({ code: 'UNKNOWN_MESSAGE', message: 'There is no message of this name.' })
  })

  const isLong = (): boolean => updates >= UPDATES_PER_RUN || workflowInfo().continueAsNewSuggested
  for (;;) {
    const at = emptyAt(ledger) ?? clock.now() + IDLE_MS
    const restMs = Math.max(1, at - clock.now())
    // One timer, set for what is held now: places taken later are seen when it fires.
    if (!(await condition(() => isLong() && allHandlersFinished(), restMs, { summary: 'Last place frees' }))) {
      clock.reached(at)
    }
    if (!allHandlersFinished()) continue
    if (isLong()) return continueAsNew<typeof onboardingLimit>(ledger)
    if ((emptyAt(ledger) ?? 0) <= clock.now()) return
  }
}

// A limit that is always in use has no end.
outlivesBuilds(onboardingLimit)

const MALFORMED = 'The message to the limit is malformed.'

function refuse(code: string, message: string, fieldErrors: FieldErrors): void {
  if (Object.keys(fieldErrors).length > 0) throw failure({ code, message, details: { fieldErrors } })
}

/** The limit's page in Temporal UI. */
function storyOf(ledger: LimitLedger): string {
  const held = heldAt(ledger, ledger.clock)
  const end = emptyAt(ledger)
  const rows = LIMIT_BUCKETS.filter((bucket) => held[bucket] > 0).map((bucket) => `| ${bucket} | ${held[bucket]} |`)
  const table = ['| held | places |', '|---|---|', ...rows]
  return [...table, '', end === null ? 'Nothing is held.' : `Ends by itself at ${iso(end)}.`].join('\n')
}
