import { parseArgs } from 'node:util'
import { runOutage } from '../support/outage.js'
import { startTestStack } from '../support/test-stack.js'

/**
 * An outage of Eko with many journeys, on a stack of its own: `npx tsx test/tools/outage.ts --journeys 500`. Breaker times
 * are a tenth of the defaults, so a minute stands for ten. Exits 0 if all journeys go on and the calls a second stay
 * under the cap.
 */
const { values } = parseArgs({
  options: {
    journeys: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '10' },
  },
})
const callsPerSecond = Number(values.rate)
const stack = await startTestStack()
try {
  const outage = { journeys: Number(values.journeys), outageMs: Number(values.seconds) * 1_000, callsPerSecond }
  const report = await runOutage(stack, outage)
  console.log(JSON.stringify({ ...outage, ...report }, null, 2))
  const kept = report.callsMeanwhile === 0 && report.extraSms === 0 && report.highestRate <= callsPerSecond
  console.log(kept ? 'All journeys went on, under the cap.' : 'NOT as it should be.')
  if (!kept) process.exitCode = 1
} finally {
  await stack.stop()
}
