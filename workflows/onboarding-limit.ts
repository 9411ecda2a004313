import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  patched,
  setCurrentDetails,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { failure } from './failures.js'
import type { FieldErrors } from './shape.js'
import { type CarriedLedger, type LimitBucket, LimitLedger } from './limit-ledger.js'
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
 * Limits that outlive journeys: the places held for one user_code, or for some of all mobiles or Aadhaar numbers. The first
 * `reserve` starts it, and it ends by itself when nothing is held any more. Native Cancel ends it as well: what it held is
 * forgotten.
 *
 * @param carried the ledger of the run before this one
 */
export async function onboardingLimit(carried?: CarriedLedger): Promise<void> {
  if (carried !== undefined) refuse('INVALID_INPUT', 'The input of the limit is malformed.', ledgerErrors(carried))
  const clock = new ProvenClock()
  const ledger = new LimitLedger(carried)
  let updates = 0
  setCurrentDetails('Counts places across journeys. The query `reservations` tells how many are held now.')
  setHandler(
    defineUpdate<ReserveAnswer, unknown[]>(RESERVE_UPDATE),
    (body) => {
      updates += 1
      const answer = ledger.reserve(body as Reserve, clock.now())
      if (!answer) throw failure({ code: 'LIMIT_FULL', message: 'No more places can be remembered at once.' })
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
      updates += 1
      ledger.release(body as Release, clock.now())
    },
    {
      description: 'Gives a place back; nothing happens where none is held.',
      validator: (...args: unknown[]) => refuse('INVALID_MESSAGE', MALFORMED, releaseErrors(bodyOf(args))),
    },
  )
  setHandler(
    defineQuery<Readonly<Record<LimitBucket, number>>, [subject?: string]>(RESERVATIONS_QUERY),
    (subject) => ledger.held(clock.now(), subject),
    { description: 'Places held, by bucket; of one subject, where it is given.' },
  )
  // What has no handler would be kept in memory for good.
  setDefaultSignalHandler(() => undefined)
  setDefaultUpdateHandler(() => {
    throw failure({ code: 'UNKNOWN_MESSAGE', message: 'There is no message of this name.' })
  })

  const isLong = (): boolean => updates >= UPDATES_PER_RUN || workflowInfo().continueAsNewSuggested
  for (;;) {
    const at = ledger.emptyAt() ?? clock.now() + IDLE_MS
    const restMs = Math.max(1, at - clock.now())
    // One timer, set for what is held now: places taken later are seen when it fires.
    if (!(await condition(() => isLong() && allHandlersFinished(), restMs, { summary: 'Last place frees' }))) {
      clock.reached(at)
    }
    if (!allHandlersFinished()) continue
    const isEmpty = (ledger.emptyAt() ?? 0) <= clock.now()
    if (isEmpty && !isLong()) return
    // Then the history begins with what nobody counts any more. Runs from before there was this replay to where they were.
    if (isLong() || patched('limits-begin-anew')) {
      return continueAsNew<typeof onboardingLimit>(ledger.carried(clock.now()))
    }
  }
}

// A limit that is always in use has no end.
outlivesBuilds(onboardingLimit)

const MALFORMED = 'The message to the limit is malformed.'

function refuse(code: string, message: string, fieldErrors: FieldErrors): void {
  if (Object.keys(fieldErrors).length > 0) throw failure({ code, message, details: { fieldErrors } })
}
