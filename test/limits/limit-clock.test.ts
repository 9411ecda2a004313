import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { ManagedProcess } from '../../stack/processes.js'
import { until } from '../support/journeys.js'
import { LimitStack } from './support.js'

/** A limit's timer fires while no worker is there, and a query comes before the workflow task that waits beside it. */

/** Whether the query or the task comes first is left to chance; of so many, some queries do. */
const LIMITS = 6
const QUERIES_EACH = 3
const WINDOW_SECONDS = 8
/** The server lets a query wait only for so long where nobody polls. */
const ASKED_BEFORE_MS = 2_000

let stack: LimitStack
let worker: ManagedProcess
beforeAll(async () => {
  stack = await LimitStack.start()
  worker = await stack.startWorker()
}, 600_000)
afterAll(() => stack?.stop())

const idOf = (number: number): string => `limit:mobile:clock-${number}`

async function timersFired(workflowId: string): Promise<number> {
  const { events = [] } = await stack.client.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).filter(({ timerFiredEventAttributes }) => timerFiredEventAttributes).length
}

it('ends when its last place is free, and waits no second time', async () => {
  const ids = Array.from({ length: LIMITS }, (_, number) => idOf(number))
  const rules = [{ count: 3, seconds: WINDOW_SECONDS }]
  await Promise.all(ids.map((id) => stack.reserve(id, { id: 'holder', bucket: 'SENDER', rules })))
  const frees = Math.min(...(await Promise.all(ids.map((id) => stack.lastPlaceFreesAt(id)))))
  worker.kill('SIGKILL')
  await worker.exited
  await until(() => Date.now() >= frees - ASKED_BEFORE_MS, 'the first place is about to be free')
  const asked = ids.flatMap((id) => Array.from({ length: QUERIES_EACH }, () => stack.held({ workflowId: id })))
  const answered = Promise.allSettled(asked)
  await until(async () => !(await Promise.all(ids.map(timersFired))).includes(0), 'all timers fired')
  worker = await stack.startWorker()
  await answered
  await Promise.all(ids.map((id) => stack.client.workflow.getHandle(id).result()))
  expect(await Promise.all(ids.map(timersFired))).toEqual(ids.map(() => 1))
}, 120_000)
