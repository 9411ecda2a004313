import { expect, it } from '@jest/globals'
import { planRun } from './plan.js'
import { summaryOf } from './report.js'
import { runChaos } from './run.js'

/** The short chaos run of `npm test`; `npm run chaos` has longer ones. */

const SEED = 20
const JOURNEYS = 24
const LIMIT_MS = 150_000

it('keeps every invariant while every kind of fault strikes', async () => {
  const said: string[] = []
  const result = await runChaos({
    plan: planRun(SEED, JOURNEYS),
    limitMs: LIMIT_MS,
    report: (line) => void said.push(line),
  })
  const { violations, troubles, unproved } = summaryOf(result)
  expect({ violations, troubles, unproved }).toEqual({ violations: [], troubles: [], unproved: [] })
}, 240_000)
