import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { clampPolicy } from '../../activities/tenants.js'
import { DEFAULT_POLICY, DEFAULT_RANGES, type Policy, type PolicyNumber } from '../../workflows/policy.js'
import { load, problemsOf, productionTenant, sandboxTenant } from './support.js'

const tenant = { policy: DEFAULT_POLICY, ranges: DEFAULT_RANGES }
const numbers = Object.keys(DEFAULT_RANGES) as PolicyNumber[]

describe('a journey’s wishes', () => {
  it('are granted inside the tenant’s ranges and moved to the nearest end outside', () => {
    expect(clampPolicy(tenant)).toEqual(DEFAULT_POLICY)
    expect(clampPolicy(tenant, { otpLifetimeSeconds: 120 }).otpLifetimeSeconds).toBe(120)
    expect(clampPolicy(tenant, { otpLifetimeSeconds: 86_400 }).otpLifetimeSeconds).toBe(600)
    expect(clampPolicy(tenant, { resendCooldownSeconds: 0 }).resendCooldownSeconds).toBe(60)
  })

  it('cannot gain trustLookup, but can give it up', () => {
    expect(clampPolicy(tenant, { trustLookup: true }).trustLookup).toBe(false)
    const trusting = { ...tenant, policy: { ...DEFAULT_POLICY, trustLookup: true } }
    expect(clampPolicy(trusting).trustLookup).toBe(true)
    expect(clampPolicy(trusting, { trustLookup: false }).trustLookup).toBe(false)
  })

  it('never leave the ranges, whatever JSON they are', () => {
    const wishes = fc.oneof(
      fc.record(Object.fromEntries(numbers.map((name) => [name, fc.oneof(fc.double(), fc.integer(), fc.jsonValue())]))),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(wishes, (wish) => {
        const granted = clampPolicy(tenant, wish as Partial<Policy>)
        expect(Object.keys(granted).sort()).toEqual(Object.keys(DEFAULT_POLICY).sort())
        expect(granted.trustLookup).toBe(false)
        for (const name of numbers) {
          const [least, most] = DEFAULT_RANGES[name]
          expect(Number.isInteger(granted[name]) && granted[name] >= least && granted[name] <= most).toBe(true)
        }
      }),
    )
  })
})

describe('a tenant’s own policy', () => {
  it('is taken inside its ranges, and defaults are moved into narrower ones', async () => {
    const { registry } = await load([
      productionTenant({ policy: { triesPerCode: 2 }, ranges: { otpLifetimeSeconds: [30, 300] } }),
    ])
    const found = await registry.find('fintech-one')
    expect(found?.policy).toEqual({ ...DEFAULT_POLICY, triesPerCode: 2, otpLifetimeSeconds: 300 })
    expect(found?.ranges).toEqual({ ...DEFAULT_RANGES, otpLifetimeSeconds: [30, 300] })
  })

  it('is refused outside them, and ranges are refused outside what the environment allows', async () => {
    const tenants = [
      productionTenant({
        policy: { sendsPerDay: 9, triesPerCode: 1.5 },
      }),
      productionTenant({ name: 'wide', userCodes: ['2'], ranges: { resendCooldownSeconds: [0, 60] } }),
      productionTenant({ name: 'upside-down', userCodes: ['3'], ranges: { triesPerCode: [3, 1] } }),
      productionTenant({ name: 'outside', userCodes: ['4'], policy: { sendsPerDay: 9 } }),
    ]
    expect(await problemsOf(load(tenants))).toEqual([
      expect.stringContaining('tenant "fintech-one": policy.triesPerCode: '),
      'tenant "wide": ranges.resendCooldownSeconds: must lie within [30, 86400] in production',
      expect.stringContaining('tenant "upside-down": ranges.triesPerCode: must be [least, most]'),
      'tenant "outside": policy.sendsPerDay: is 9, outside the tenant\'s range [1, 6]',
    ])
  })

  it('may be as quick as a test wants in a sandbox', async () => {
    const { registry } = await load(
      [sandboxTenant({ ranges: { resendCooldownSeconds: [0, 60] }, policy: { resendCooldownSeconds: 0 } })],
      'sandbox',
    )
    const found = await registry.find('demo')
    expect(found && clampPolicy(found, {}).resendCooldownSeconds).toBe(0)
  })

  it('turns trustLookup on only where the file says so, with a warning', async () => {
    const { registry, warnings } = await load([productionTenant({ policy: { trustLookup: true } })])
    expect((await registry.find('fintech-one'))?.policy.trustLookup).toBe(true)
    expect(warnings).toEqual([expect.stringContaining('policy.trustLookup')])
  })
})
