import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { OnboardingClient } from '../../client/index.js'
import type { ManagedProcess } from '../../stack/processes.js'
import { failedTasks } from '../support/failed-tasks.js'
import { historyOf } from '../support/history.js'
import {
  ALL_STEPS_ONCE,
  action,
  NO_COOLDOWN,
  startJourney,
  steps,
  type TestJourney,
  until,
} from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/**
 * A query that waits for a worker is answered before the workflow task that waits beside it, or after: as it comes. With so
 * many, some are answered before.
 */
const JOURNEYS = 6
const QUERIES_EACH = 3
/** The least that a caller may ask for. */
const OTP_LIFETIME_SECONDS = 30
/** The server lets a query wait only for so long where nobody polls. */
const ASKED_BEFORE_MS = 2_000

let stack: TestStack
let client: OnboardingClient
let worker: ManagedProcess
let started = 0

beforeAll(async () => {
  stack = await startTestStack()
  client = await stack.connect({ taskQueue: 'mortal', deadlineMs: 60_000 })
  await startWorker()
})
afterAll(() => stack?.stop())

async function startWorker(): Promise<void> {
  started += 1
  worker = await stack.local.startWorker(`mortal-${started}`, { ONBOARDING_TASK_QUEUE: 'mortal' })
}

async function killWorker(): Promise<void> {
  worker.kill('SIGKILL')
  await worker.exited
}

function journeyWithShortCode(): Promise<TestJourney> {
  const policy = { ...NO_COOLDOWN, otpLifetimeSeconds: OTP_LIFETIME_SECONDS }
  return startJourney(stack, 'digikhata', { client, policy })
}

async function timersFired({ handle }: TestJourney): Promise<number> {
  const events = await historyOf(client, handle.workflowId)
  return events.filter(({ timerFiredEventAttributes }) => timerFiredEventAttributes).length
}

it('a timer that fires while no worker is there is due for whichever comes, whatever it is asked first', async () => {
  const journeys = await Promise.all(Array.from({ length: JOURNEYS }, journeyWithShortCode))
  const once = journeys.map(() => 1)
  await killWorker()
  const firstEnd = Math.min(...journeys.map(({ view }) => Date.parse(action(view, 'ENTER_SENDER_OTP').expiresAt)))
  await sleep(firstEnd - ASKED_BEFORE_MS - Date.now())
  const asked = journeys.flatMap(({ handle }) => Array.from({ length: QUERIES_EACH }, () => handle.view()))
  await until(async () => !(await Promise.all(journeys.map(timersFired))).includes(0), 'all codes expired')
  await startWorker()
  await Promise.allSettled(asked)
  for (const { handle } of journeys) await handle.waitForNextAction('REQUEST_NEW_CODE')
  expect(await Promise.all(journeys.map(timersFired))).toEqual(once)

  await killWorker()
  await startWorker()
  for (const journey of journeys) {
    expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
    expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
    expect(await failedTasks(client, journey.handle.workflowId)).toEqual([])
  }
}, 180_000)
