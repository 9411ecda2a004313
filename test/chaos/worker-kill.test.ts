import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { JourneyHandle, OnboardingClient, Rail } from '../../client/index.js'
import type { LedgerJson, OperationName } from '../../sandbox/index.js'
import type { ManagedProcess } from '../../stack/processes.js'
import { type Wanted, driveToEnd, expectNothingUnwanted } from '../support/audited-journey.js'
import { type HistoryEvent, untilEvents, writtenTogether } from '../support/history.js'
import { calls, journeyOf, startJourney, until } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/**
 * The worker dies by SIGKILL at every event of a recorded journey, and a new one takes over. Events that the server
 * wrote in one transaction become visible together, so there is one moment to kill at for all of them: each group is
 * one run, and together the groups are all events. Where a group asks something of Eko, the kill waits until the call
 * is there: its answer is still to come.
 */

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

/** An attempt may take 5 s more than Eko's timeout; until then nobody knows that its worker is dead. */
const WORKER_ENV = { ONBOARDING_EKO_TIMEOUT_MS: '1500', ONBOARDING_STICKY_TIMEOUT_MS: '200' }
/** Journeys that are taken through at once, each in turn on the queue of its lane, with one worker there. */
const LANES = 5
const LATE_MS = 1_000
/** Levin's calls are carried out when the worker is dead already, DigiKhata's when it is still waiting. */
const LATENESS = { digikhata: 'delayAfterCommit', levin: 'delay' } as const

/** A moment to kill at. */
interface Moment {
  /** The events that become visible at it. */
  readonly events: readonly number[]
  /** The call that is asked of Eko then, and how many of its kind there were before. */
  readonly call: { readonly operation: OperationName; readonly before: number } | null
}

interface Kill {
  /** The events that became visible at the moment of the kill. */
  readonly events: readonly number[]
  readonly lane: string
  /** Codes that the person had to ask for once more, because the kill left a call in doubt. */
  readonly askedAgain: number
  readonly failure: string | null
}

/** The moments of an undisturbed journey, and how many events there are in all. */
async function recordedMoments(rail: Rail): Promise<{ moments: Moment[]; events: number[] }> {
  const facts = newPerson()
  const journey = await startJourney(stack, rail, { facts })
  await journey.person.finish(journey.view)
  await journey.handle.result()
  const ledger = await journey.ledger()
  const seen: OperationName[] = []
  const moments = (await writtenTogether(stack.client, journey.handle.workflowId)).map((group): Moment => {
    const operation = operationOf(group, ledger)
    const before = seen.filter((other) => other === operation).length
    if (operation) seen.push(operation)
    return { events: group.map(({ eventId }) => Number(eventId)), call: operation && { operation, before } }
  })
  return { moments, events: moments.flatMap(({ events }) => events) }
}

/** The operation that an event of the group asks of Eko; null where none does. */
function operationOf(group: readonly HistoryEvent[], ledger: LedgerJson): OperationName | null {
  const names = group.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name)
  return (
    ledger.calls.map(({ operation }) => operation).find((operation) => operation && names.includes(operation)) ?? null
  )
}

/** Waits until the moment has come. */
async function moment(client: OnboardingClient, handle: JourneyHandle, mobile: string, at: Moment): Promise<void> {
  await until(async () => (await handle.describe().catch(() => null)) !== null, 'the journey is there')
  await untilEvents(client, handle.workflowId, at.events[0] ?? 1)
  if (!at.call) return
  const { operation, before } = at.call
  await until(async () => calls(await stack.sandbox.ledger(mobile), operation).length > before, 'the call is at Eko')
}

/** Takes kills off the list until it is empty. The worker that replaces a killed one is the next one to be killed. */
async function runLane(rail: Rail, lane: string, moments: Moment[], done: Kill[]): Promise<void> {
  const env = { ...WORKER_ENV, ONBOARDING_TASK_QUEUE: lane }
  const client = await stack.connect({ taskQueue: lane, deadlineMs: 60_000 })
  let count = 0
  const startWorker = (): Promise<ManagedProcess> => stack.local.startWorker(`${lane}-${(count += 1)}`, env)
  let worker = await startWorker()
  for (let at = moments.shift(); at; at = moments.shift()) {
    const { events, call } = at
    const facts = newPerson()
    const wanted: Wanted = {}
    const { handle, person } = journeyOf(stack, rail, facts, client)
    if (call) {
      const { operation, before: skip } = call
      await stack.sandbox.addFaults({ fault: LATENESS[rail], ms: LATE_MS, rail, mobile: facts.mobile, operation, skip })
    }
    const journey = startJourney(stack, rail, { facts, client }).then(() => driveToEnd({ handle, person }, wanted))
    const crash = async (): Promise<void> => {
      await moment(client, handle, facts.mobile, at)
      worker.kill('SIGKILL')
      await worker.exited
      worker = await startWorker()
    }
    const failure = await Promise.all([journey, crash()])
      .then(async ([end]) => {
        expect(end).toMatchObject({ state: 'COMPLETED' })
        await expectNothingUnwanted(stack, rail, facts, wanted)
        return null
      })
      .catch((error: unknown) => String(error))
    const askedAgain = (wanted.RESEND_SENDER ?? 0) + (wanted.RESEND_AADHAAR ?? 0)
    done.push({ events, lane, askedAgain, failure })
    // Whatever failed, the next journey begins with a worker that runs.
    if (!worker.running) worker = await startWorker()
  }
  await worker.stop()
}

async function killAtEach(rail: Rail, moments: readonly Moment[]): Promise<Kill[]> {
  const done: Kill[] = []
  const waiting = [...moments]
  const lanes = Array.from({ length: LANES }, (_, index) => runLane(rail, `kill-${rail}-${index + 1}`, waiting, done))
  await Promise.all(lanes)
  expect(done.filter(({ failure }) => failure !== null)).toEqual([])
  // Were it never so, the kills would have missed the calls, and shown nothing.
  expect(done.some(({ askedAgain }) => askedAgain > 0)).toBe(true)
  return done
}

describe('a journey whose worker is killed goes on where it was, and Eko is asked for nothing that was not wanted', () => {
  it('on DigiKhata, at every event of its history', async () => {
    const { moments, events } = await recordedMoments('digikhata')
    expect(events).toEqual(Array.from({ length: events.length }, (_, index) => index + 1))
    expect(events.length).toBeGreaterThan(60)
    const done = await killAtEach('digikhata', moments)
    expect(done.flatMap((kill) => kill.events).sort((a, b) => a - b)).toEqual(events)
  }, 300_000)

  // What is around the calls is the same code on both rails, so here the calls are enough.
  it('on Levin, at every call of its history', async () => {
    const { moments } = await recordedMoments('levin')
    const atCalls = moments.filter(({ call }) => call !== null)
    expect(atCalls.length).toBeGreaterThan(5)
    expect(await killAtEach('levin', atCalls)).toHaveLength(atCalls.length)
  }, 300_000)
})
