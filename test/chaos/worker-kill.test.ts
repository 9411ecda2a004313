import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Rail } from '../../client/index.js'
import type { ManagedProcess } from '../../stack/processes.js'
import { type Wanted, driveToEnd, expectNothingUnwanted } from '../support/audited-journey.js'
import { type HistoryEvent, untilEvents, writtenTogether } from '../support/history.js'
import { journeyOf, startJourney, until } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/**
 * The worker dies by SIGKILL at every event of a recorded journey, and a new one takes over. Events that the server
 * wrote in one transaction become visible together, so there is one moment to kill at for all of them: each group is
 * one run, and together the groups are all events. Eko answers late, so that the moments of a call fall into the call.
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
const LATE_MS = 250
/** Levin's calls are carried out when the worker is dead already, DigiKhata's when it is still waiting. */
const LATENESS = { digikhata: 'delayAfterCommit', levin: 'delay' } as const

interface Kill {
  /** The events that became visible at the moment of the kill. */
  readonly events: readonly number[]
  readonly lane: string
  /** Codes that the person had to ask for once more, because the kill left a call in doubt. */
  readonly askedAgain: number
  readonly failure: string | null
}

async function makeEkoSlow(rail: Rail, mobile: string): Promise<void> {
  await stack.sandbox.addFaults({ fault: LATENESS[rail], ms: LATE_MS, rail, mobile, times: 100 })
}

/** The groups of events of an undisturbed journey. */
async function recordedGroups(rail: Rail): Promise<HistoryEvent[][]> {
  const facts = newPerson()
  await makeEkoSlow(rail, facts.mobile)
  const journey = await startJourney(stack, rail, { facts })
  await journey.person.finish(journey.view)
  await journey.handle.result()
  return writtenTogether(stack.client, journey.handle.workflowId)
}

/** Takes kills off the list until it is empty. The worker that replaces a killed one is the next one to be killed. */
async function runLane(rail: Rail, lane: string, groups: number[][], done: Kill[]): Promise<void> {
  const env = { ...WORKER_ENV, ONBOARDING_TASK_QUEUE: lane }
  const client = await stack.connect({ taskQueue: lane, deadlineMs: 60_000 })
  let count = 0
  const startWorker = (): Promise<ManagedProcess> => stack.local.startWorker(`${lane}-${(count += 1)}`, env)
  let worker = await startWorker()
  for (let events = groups.shift(); events; events = groups.shift()) {
    const facts = newPerson()
    const wanted: Wanted = {}
    const { handle, person } = journeyOf(stack, rail, facts, client)
    await makeEkoSlow(rail, facts.mobile)
    const journey = startJourney(stack, rail, { facts, client }).then(() => driveToEnd({ handle, person }, wanted))
    const crash = async (): Promise<void> => {
      await until(async () => (await handle.describe().catch(() => null)) !== null, 'the journey is there')
      await untilEvents(client, handle.workflowId, events[0] ?? 1)
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

function numbersOf(group: readonly HistoryEvent[]): number[] {
  return group.map(({ eventId }) => Number(eventId))
}

async function killAtEach(rail: Rail, groups: readonly HistoryEvent[][]): Promise<Kill[]> {
  const done: Kill[] = []
  const waiting = groups.map(numbersOf)
  const lanes = Array.from({ length: LANES }, (_, index) => runLane(rail, `kill-${rail}-${index + 1}`, waiting, done))
  await Promise.all(lanes)
  expect(done.filter(({ failure }) => failure !== null)).toEqual([])
  // Were it never so, the kills would have missed the calls, and shown nothing.
  expect(done.some(({ askedAgain }) => askedAgain > 0)).toBe(true)
  return done
}

describe('a journey whose worker is killed goes on where it was, and Eko is asked for nothing that was not wanted', () => {
  it('on DigiKhata, at every event of its history', async () => {
    const groups = await recordedGroups('digikhata')
    const all = groups.flatMap(numbersOf)
    expect(all).toEqual(Array.from({ length: all.length }, (_, index) => index + 1))
    expect(all.length).toBeGreaterThan(60)
    const done = await killAtEach('digikhata', groups)
    expect(done.flatMap(({ events }) => events).sort((a, b) => a - b)).toEqual(all)
  }, 300_000)

  // What is around the calls is the same code on both rails, so here the calls are enough.
  it('on Levin, at every call of its history', async () => {
    const groups = await recordedGroups('levin')
    const atCalls = groups.filter((group) => group.some((event) => event.activityTaskScheduledEventAttributes))
    expect(atCalls.length).toBeGreaterThan(6)
    expect(await killAtEach('levin', atCalls)).toHaveLength(atCalls.length)
  }, 300_000)
})
