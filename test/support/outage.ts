import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeLocalTenants } from '../../stack/local-tenants.js'
import { allGoOn, countJourneys, mostIn, startCrowd } from './crowd.js'
import { until } from './journeys.js'
import { startTcpGate } from './tcp-gate.js'
import type { TestStack } from './test-stack.js'

/** Breaker times as of {@link OUTAGE_ENV}: a minute here is what ten are with the defaults. */
export const OUTAGE_ENV = { ONBOARDING_BREAKER_OPEN_SECONDS: '1' } as const
/** A rate is judged over so long: single calls come a little earlier or later than they were let go. */
const WINDOW_MS = 5_000

export interface Outage {
  readonly journeys: number
  /** How long Eko cannot be reached, from before the first start, in ms. */
  readonly outageMs: number
  /** Most calls a second afterwards. */
  readonly callsPerSecond: number
}

export interface OutageReport {
  /** Calls that Eko received during the outage. */
  readonly callsMeanwhile: number
  /** Calls of Eko that the journeys needed to go on. */
  readonly callsAfter: number
  /** Highest rate of calls a second afterwards, over 5 s, by the sandbox's clock. */
  readonly highestRate: number
  /** The same within one second. */
  readonly mostInASecond: number
  /** From the end of the outage to the last of those calls, in ms. */
  readonly recoveredAfterMs: number
  /** SMS beyond the one that each sender may get. */
  readonly extraSms: number
}

/** A worker of its own loses its way to Eko; journeys are started, all park, and all go on when it is back. */
export async function runOutage(stack: TestStack, outage: Outage): Promise<OutageReport> {
  const { journeys, outageMs, callsPerSecond } = outage
  const gate = await startTcpGate(Number(new URL(stack.local.sandboxUrl).port))
  try {
    const tenantsFile = join(stack.folder, 'outage-tenants.json')
    await writeLocalTenants(tenantsFile, `http://127.0.0.1:${gate.port}/ekoapi/v3`)
    await stack.local.startWorker('outage-worker', {
      ...OUTAGE_ENV,
      // So many journeys on a small machine: an answer may take its time.
      ONBOARDING_EKO_TIMEOUT_MS: '10000',
      ONBOARDING_TASK_QUEUE: 'outage',
      ONBOARDING_TENANTS_FILE: tenantsFile,
      ONBOARDING_RELEASE_CALLS_PER_SECOND: String(callsPerSecond),
    })
    const client = await stack.connect({ taskQueue: 'outage' })
    const start = Date.now()
    await gate.shut()
    await startCrowd(client, journeys)
    await until(async () => (await countJourneys(client, `OnboardingStatus = 'PARKED'`)) === journeys, 'all park')
    await sleep(Math.max(0, start + outageMs - Date.now()))
    const callsMeanwhile = (await stack.sandbox.ledger()).calls.length
    const back = Date.now()
    await gate.open()
    await allGoOn(client, journeys)
    const { calls, sms } = await stack.sandbox.ledger()
    const times = calls.slice(callsMeanwhile).map(({ at }) => Date.parse(at))
    return {
      callsMeanwhile,
      callsAfter: times.length,
      highestRate: mostIn(times, WINDOW_MS) / (WINDOW_MS / 1_000),
      mostInASecond: mostIn(times, 1_000),
      recoveredAfterMs: Math.max(...times) - back,
      extraSms: sms.length - new Set(sms.map(({ mobile }) => mobile)).size,
    }
  } finally {
    await gate.shut()
  }
}
