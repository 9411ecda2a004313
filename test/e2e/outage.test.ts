import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runOutage } from '../support/outage.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** Fewer journeys and a shorter outage than `test/tools/outage.ts` has, so that it fits into the suite. */
const JOURNEYS = 60
const CALLS_PER_SECOND = 10

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

it('after an outage all journeys go on by themselves, at no more calls a second than the release allows', async () => {
  const report = await runOutage(stack, {
    ...{ journeys: JOURNEYS, outageMs: 15_000, callsPerSecond: CALLS_PER_SECOND },
  })
  expect(report).toMatchObject({ callsMeanwhile: 0, extraSms: 0 })
  expect(report.highestRate).toBeLessThanOrEqual(CALLS_PER_SECOND)
}, 300_000)
