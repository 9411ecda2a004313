import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../stack/temporal-server.js'
import { type Keys, makeKeys, runHere } from './support.js'

let keys: Keys
let server: TemporalServer
beforeAll(async () => {
  keys = await makeKeys()
  const cli = await findTemporalCli(() => undefined)
  server = await startTemporalServer({ cliPath: cli.path, headless: true, usualPorts: false })
})
afterAll(async () => {
  await server?.stop()
  await keys?.remove()
})

function dryRun(rate: string): ReturnType<typeof runHere> {
  const env = { ...keys.env, TEMPORAL_ADDRESS: server.address }
  return runHere(['retry', '--where', 'parked', '--rate', rate, '--dry-run'], { env })
}

it.each(['5', '5/s', '0.5/s'])('the rate of a bulk run may be given as %s', async (rate) => {
  const { code, stdout } = await dryRun(rate)
  expect(stdout).toContain('0 matched; nothing was sent')
  expect(code).toBe(0)
})

it.each(['5/m', '/s', '', '5 per second', '2000/s', 'fast'])('%j is no rate', async (rate) => {
  const { code, stderr } = await dryRun(rate)
  expect(code).toBe(2)
  expect(stderr).toContain('ratePerSecond')
})
