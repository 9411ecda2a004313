import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  end,
  grantProbe,
  incidentInputErrors,
  incidentView,
  LAPSE_MS,
  lapsesAt,
  observe,
  openIncident,
  probeWaitMs,
  resolve,
} from '../../workflows/incident.js'
import type { IncidentObservation } from '../../workflows/messages.js'

const ID = '0a1b2c3d:agent-20810200'
const INPUT = { id: ID, firstProbeMs: 30_000, longestProbeMs: 900_000 }
const SEEN: IncidentObservation = {
  ...{ code: '346', http: 200, status: 346, responseTypeId: 346, responseStatusId: 1, rail: 'digikhata' },
  ...{ operation: 'getSender', environment: 'sandbox', tenant: 'acme', userCode: '20810200' },
  at: '2026-01-01T00:00:00.000Z',
}
const START = Date.UTC(2026, 0, 1)
const met = observe(openIncident(INPUT, START), SEEN, START)

describe('probes of an incident', () => {
  it('are granted first after the first wait, then after twice as long each time, up to the longest', () => {
    let incident = met
    let now = START
    const waits: number[] = []
    for (let i = 0; i < 8; i += 1) {
      const wait = probeWaitMs(incident, now) ?? 0
      waits.push(wait / 1_000)
      now += wait
      expect(probeWaitMs(incident, now)).toBeNull()
      incident = observe(grantProbe(incident, now).incident, SEEN, now)
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900])
  })

  it('are one for all who ask: the others are told to ask again soon, since its answer is about to come', () => {
    const { incident } = grantProbe(met, START + 30_000)
    expect(probeWaitMs(incident, START + 30_001)).toBe(2_000)
    expect(probeWaitMs(incident, START + 72_000)).toBe(18_000)
    expect(probeWaitMs(observe(incident, SEEN, START + 30_100), START + 30_100)).toBe(59_900)
  })
})

describe('an incident', () => {
  it('counts what is met and keeps the latest cause', () => {
    const twice = observe(met, { ...SEEN, code: '1297', status: 1297, times: 40 }, START + 5_000)
    expect(incidentView(twice)).toMatchObject({
      ...{ id: ID, state: 'OPEN', since: new Date(START).toISOString(), until: null, observations: 41 },
      ...{ cause: { code: '1297', status: 1297 }, lastObservedAt: new Date(START + 5_000).toISOString() },
      nextProbeAt: new Date(START + 30_000).toISOString(),
    })
  })

  it('ends when an answer proves that it is over', () => {
    const over = resolve(met, { at: SEEN.at, by: 'digikhata getSender' }, START + 9_000)
    expect(incidentView(over)).toMatchObject({
      ...{ state: 'RESOLVED', until: new Date(START + 9_000).toISOString(), resolvedBy: 'digikhata getSender' },
      nextProbeAt: null,
    })
  })

  it('of an agent ends once each rail works that it was met on', () => {
    const both = observe(met, { ...SEEN, rail: 'levin' }, START)
    const one = resolve(both, { at: SEEN.at, by: 'digikhata getSender', rail: 'digikhata' }, START)
    expect(one.end).toBeNull()
    expect(probeWaitMs(one, START)).toBeNull()
    expect(resolve(one, { at: SEEN.at, by: 'levin getSender', rail: 'levin' }, START).end?.how).toBe('RESOLVED')
  })

  it('that is met again before its end was told goes on', () => {
    const over = end(met, 'RESOLVED', START)
    expect(observe(over, SEEN, START).end).toBeNull()
  })

  it('lapses seven days after it was last met', () => {
    expect(lapsesAt(observe(met, SEEN, START + 1_000))).toBe(START + 1_000 + LAPSE_MS)
  })

  it('goes on in the next run where it stood', () => {
    const carried = JSON.parse(JSON.stringify(met)) as unknown
    expect(openIncident({ ...INPUT, carried }, START + 99)).toEqual(met)
  })

  it('survives whatever it is told, and heeds nothing of it', () => {
    const almost = fc
      .tuple(fc.constantFrom(...Object.keys(SEEN)), fc.oneof(fc.jsonValue(), fc.constant(undefined)))
      .map(([name, value]) => ({ ...SEEN, [name]: value }))
    fc.assert(
      fc.property(fc.oneof(fc.anything(), almost, fc.record({ $undecodable: fc.string() })), (body) => {
        const after = observe(met, body, START)
        const { cause } = incidentView(after)
        expect(typeof cause?.code).toBe('string')
        expect(JSON.stringify(cause).length).toBeLessThan(1_000)
        expect(() => incidentView(resolve(after, body, START))).not.toThrow()
      }),
    )
    for (const body of [undefined, null, 7, [], {}, { by: 7 }, { $undecodable: 'x' }]) {
      expect(observe(met, body, START + 1)).toEqual(met)
      expect(resolve(met, body, START + 1)).toEqual(met)
    }
  })

  it('takes no argument that its workflow id does not name', () => {
    expect(incidentInputErrors(INPUT, `incident:${ID}`, false)).toEqual({})
    const bad = [null, {}, { ...INPUT, id: '0a1b2c3d:agent-1' }, { ...INPUT, firstProbeMs: 0 }]
    for (const input of [...bad, { ...INPUT, longestProbeMs: Infinity }, { ...INPUT, firstProbeMs: '1' }]) {
      expect(incidentInputErrors(input, `incident:${ID}`, false)).not.toEqual({})
    }
    const newer = { ...INPUT, more: 'of a newer build' }
    expect(incidentInputErrors(newer, `incident:${ID}`, false)).toEqual({})
  })

  it.each(['x', '', ':credentials', '0a1b2c3d', '0a1b2c3d:', '0A1B2C3D:credentials', `0a1b2c3d:a' OR x = '`])(
    'takes no id of another form, although its workflow id names it: %s',
    (id) => {
      expect(incidentInputErrors({ ...INPUT, id }, `incident:${id}`, false)).toHaveProperty('id')
    },
  )

  it.each(['0a1b2c3d:path-levin-validatePan', '0a1b2c3d:credentials:tenants-of-the.west_1'])('takes %s', (id) => {
    expect(incidentInputErrors({ ...INPUT, id }, `incident:${id}`, false)).toEqual({})
  })

  it('takes the incident of a run before it from that run only', () => {
    const input = { ...INPUT, carried: met }
    expect(incidentInputErrors(input, `incident:${ID}`, true)).toEqual({})
    expect(incidentInputErrors(input, `incident:${ID}`, false)).toHaveProperty('carried')
  })
})
