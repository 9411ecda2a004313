import { describe, expect, it } from '@jest/globals'
import { clampPolicy } from '../../activities/tenants.js'
import { DEFAULT_POLICY, DEFAULT_RANGES, type PolicyNumber } from '../../workflows/policy.js'
import { load, problemsOf, productionTenant, sandboxTenant } from './support.js'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type Range = readonly [least: number, most: number]
interface Fact {
  /** What a journey gets that asks for nothing. */
  readonly value: number
  /** What it may ask for, of a tenant that says nothing. */
  readonly asked: Range
  /** As far as a tenant may go, in production and uat, and in a sandbox. */
  readonly outer: Range
  readonly sandbox: Range
  readonly why: string
}

const FACTS: Readonly<Record<PolicyNumber, Fact>> = {
  otpLifetimeSeconds: {
    ...{ value: 10 * MINUTE, asked: [30, 10 * MINUTE], outer: [30, 10 * MINUTE], sandbox: [1, DAY] },
    why: 'NIST SP 800-63B and OWASP ASVS 5.0: at most ten minutes; nobody types a code in less than half a minute',
  },
  resendCooldownSeconds: {
    ...{ value: MINUTE, asked: [MINUTE, HOUR], outer: [30, DAY], sandbox: [0, DAY] },
    why: "UIDAI's partners agree on 45 to 60 seconds",
  },
  sendsPerWindow: {
    ...{ value: 3, asked: [1, 3], outer: [1, 5], sandbox: [1, 1_000] },
    why: 'more than three codes in ten minutes is a flood for UIDAI',
  },
  sendWindowSeconds: {
    ...{ value: 10 * MINUTE, asked: [10 * MINUTE, DAY], outer: [5 * MINUTE, DAY], sandbox: [1, DAY] },
    why: 'the window of the three codes; a longer one is stricter',
  },
  sendsPerDay: {
    ...{ value: 6, asked: [1, 6], outer: [1, 10], sandbox: [1, 1_000] },
    why: "UIDAI's partners allow six codes",
  },
  triesPerCode: {
    ...{ value: 3, asked: [1, 3], outer: [1, 5], sandbox: [1, 1_000] },
    why: 'then a new code is sent',
  },
  triesPerJourney: {
    ...{ value: 10, asked: [1, 10], outer: [1, 20], sandbox: [1, 1_000] },
    why: 'guessing ends long before one code in a hundred thousand is hit',
  },
  stepSeconds: {
    ...{ value: DAY, asked: [MINUTE, DAY], outer: [MINUTE, 7 * DAY], sandbox: [1, 30 * DAY] },
    why: 'a user may come back the next day',
  },
  journeySeconds: {
    ...{ value: 7 * DAY, asked: [MINUTE, 7 * DAY], outer: [MINUTE, 30 * DAY], sandbox: [1, 30 * DAY] },
    why: 'a week for the whole journey',
  },
  consentSeconds: {
    ...{ value: DAY, asked: [MINUTE, DAY], outer: [MINUTE, DAY], sandbox: [1, 30 * DAY] },
    why: 'an Aadhaar consent is for this attempt, not for good',
  },
  keptPanSeconds: {
    ...{ value: 10 * MINUTE, asked: [1, 10 * MINUTE], outer: [1, 10 * MINUTE], sandbox: [1, DAY] },
    why: 'an early PAN is kept no longer than a code lives',
  },
  parkFirstSeconds: {
    ...{ value: 5, asked: [1, MINUTE], outer: [1, 5 * MINUTE], sandbox: [0, DAY] },
    why: 'a short outage is over soon',
  },
  parkLongestSeconds: {
    ...{ value: 5 * MINUTE, asked: [MINUTE, 15 * MINUTE], outer: [1, HOUR], sandbox: [0, DAY] },
    why: 'nobody waits longer than that after an outage is over',
  },
  quarantineSeconds: {
    ...{ value: 30 * MINUTE, asked: [30 * MINUTE, DAY], outer: [10 * MINUTE, 7 * DAY], sandbox: [1, 7 * DAY] },
    why: 'a bank may carry a transfer out minutes after Eko did not find it',
  },
}

/** Values whose lax end is the small one: waiting less, or counting within a shorter time. */
const LAX_BELOW: readonly PolicyNumber[] = ['quarantineSeconds', 'resendCooldownSeconds', 'sendWindowSeconds']
/** How calls wait is about Eko's load, not about what a user may do. */
const NOT_A_RULE: readonly PolicyNumber[] = ['parkFirstSeconds', 'parkLongestSeconds']

const facts = Object.entries(FACTS).map(([name, fact]) => ({ name: name as PolicyNumber, ...fact }))
const tenant = { policy: DEFAULT_POLICY, ranges: DEFAULT_RANGES }

/** The complaints about a tenant's range; none where it is taken. */
async function complaints(name: PolicyNumber, range: Range, inSandbox: boolean): Promise<readonly string[]> {
  const entry = { ranges: { [name]: range } }
  const loading = inSandbox ? load([sandboxTenant(entry)], 'sandbox') : load([productionTenant(entry)])
  return loading.then(
    () => [],
    () => problemsOf(loading),
  )
}

it('every value of the policy is written down here', () => {
  expect(Object.keys(FACTS).sort()).toEqual(Object.keys(DEFAULT_RANGES).sort())
  expect(Object.keys(DEFAULT_POLICY).sort()).toEqual([...Object.keys(FACTS), 'trustLookup'].sort())
})

it('a profile is shown without proof of the mobile only where a tenant says so', () => {
  expect(DEFAULT_POLICY.trustLookup).toBe(false)
})

describe.each(facts)('$name: $why', ({ name, value, asked, outer, sandbox }) => {
  const [least, most] = asked
  const granted = (wish: number): number => clampPolicy(tenant, { [name]: wish })[name]

  it('has its value where nobody asks for another', () => {
    expect(clampPolicy(tenant)[name]).toBe(value)
  })

  it('is granted up to both ends and not beyond', () => {
    expect([least, most].map(granted)).toEqual([least, most])
    expect([least - 1, most + 1].map(granted)).toEqual([least, most])
  })

  if (!NOT_A_RULE.includes(name)) {
    it('can be made stricter by a caller and never laxer', () => {
      expect(DEFAULT_RANGES[name][LAX_BELOW.includes(name) ? 0 : 1]).toBe(value)
    })
  }

  it.each([
    { inSandbox: false, environment: 'production', range: outer },
    { inSandbox: true, environment: 'sandbox', range: sandbox },
  ])('a tenant may widen it so far in $environment', async ({ inSandbox, environment, range: [floor, ceiling] }) => {
    const problem = `: ranges.${name}: must lie within [${floor}, ${ceiling}] in ${environment}`
    // Beside the range, the tenant's own value must lie in it; the default is moved into it.
    expect(await complaints(name, [floor, ceiling], inSandbox)).toEqual([])
    expect(await complaints(name, [floor, ceiling + 1], inSandbox)).toEqual([expect.stringContaining(problem)])
    if (floor === 0) return
    expect(await complaints(name, [floor - 1, ceiling], inSandbox)).toEqual([expect.stringMatching(name)])
  })
})

describe('Journeys for one agent', () => {
  const limited = (environment: 'uat' | 'production' | 'sandbox', count: number, seconds: number) => {
    const limits = { limits: { journeysPerUserCode: { count, seconds } } }
    const entry = environment === 'sandbox' ? sandboxTenant(limits) : productionTenant({ environment, ...limits })
    return load([entry], environment)
  }

  it.each([
    ['production', MINUTE],
    ['uat', MINUTE],
    ['sandbox', 1],
  ] as const)('%s: 1 to 5,000 in %i seconds to a day', async (environment, shortest) => {
    for (const [count, seconds] of [
      [1, shortest],
      [5_000, DAY],
    ] as const) {
      const { registry } = await limited(environment, count, seconds)
      expect((await registry.find(registry.names()[0] ?? ''))?.limits.journeysPerUserCode).toEqual({ count, seconds })
    }
    for (const [count, seconds] of [
      [0, DAY],
      [5_001, DAY],
      [1, shortest - 1],
      [1, DAY + 1],
    ] as const) {
      expect(await problemsOf(limited(environment, count, seconds))).toEqual([
        expect.stringContaining('limits.journeysPerUserCode'),
      ])
    }
  })
})
