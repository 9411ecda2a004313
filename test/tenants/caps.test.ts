import { describe, expect, it } from '@jest/globals'
import { load, problemsOf, productionTenant } from './support.js'

describe('the caps of a tenant', () => {
  it('are as the file says, each by itself', async () => {
    const { registry } = await load([productionTenant({ caps: { callsPerSecond: 5 } })])
    expect((await registry.find('fintech-one'))?.caps).toEqual({ callsPerSecond: 5 })
  })

  it('are none where the file says none', async () => {
    const { registry } = await load([productionTenant()])
    expect(await registry.find('fintech-one')).not.toHaveProperty('caps')
  })

  it.each([{ callsPerSecond: 0 }, { callsPerSecond: 1.5 }, { callsInFlight: -1 }, { calls: 1 }])(
    'are refused where they are no positive whole numbers, or have another name: %j',
    async (caps: Record<string, number>) => {
      expect(await problemsOf(load([productionTenant({ caps })]))).toEqual([expect.stringMatching(/caps/)])
    },
  )
})
