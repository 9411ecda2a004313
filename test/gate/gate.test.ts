import { beforeEach, describe, expect, it } from '@jest/globals'
import { type CallGate, createCallGate, type GateOptions } from '../../activities/gate/index.js'
import type { Admission, GateCall, GateNote } from '../../activities/gate/types.js'
import type { EkoAnswer } from '../../activities/eko/index.js'
import {
  AGENT_REFUSED,
  callOf,
  type Clock,
  clockAt,
  LOST,
  NOT_SENT,
  recordingLink,
  type RecordingLink,
  refusedByHttp,
  refusedWith,
  SUCCESS,
  tenantOf,
  tooMany,
} from './support.js'

let clock: Clock
let link: RecordingLink
let logged: string[]
let source = 0

beforeEach(() => {
  clock = clockAt(1_000)
  link = recordingLink()
  logged = []
})

function gateOf(options: Partial<GateOptions> = {}): CallGate {
  const log = (message: string): void => void logged.push(message)
  return createCallGate({
    ...{ taskQueue: 'sender-onboarding', log: { error: log, warn: log, info: log }, now: clock.now, link },
    // Every call is another journey's.
    source: () => `journey-${(source += 1)}`,
    ...options,
  })
}

/** The call goes out and is answered at once. @throws Error where it is kept back */
async function make(gate: CallGate, answer: EkoAnswer, call: GateCall = callOf()): Promise<GateNote> {
  const admission = await gate.admit(call)
  if (!admission.admitted) throw new Error(`kept back: ${JSON.stringify(admission.outcome)}`)
  return admission.done(answer)
}

async function keptBack(gate: CallGate, call: GateCall = callOf()): Promise<unknown> {
  const admission = await gate.admit(call)
  return admission.admitted ? 'admitted' : admission.outcome
}

function passed(admission: Admission): Extract<Admission, { admitted: true }> {
  if (!admission.admitted) throw new Error('kept back')
  return admission
}

const OTHER_AGENT = callOf({ userCode: '20810201' })
const AADHAAR = callOf({ operation: 'generateAadhaarOtp' })

describe('an outage', () => {
  it('stops all calls of the key after some failures, and lets them go one by one, then at the release rate', async () => {
    const gate = gateOf({ releasePerSecond: 4 })
    for (let i = 0; i < 5; i += 1) await make(gate, NOT_SENT)
    const outcome = await keptBack(gate, AADHAAR)
    expect(outcome).toMatchObject({ class: 'NOT_SENT', answer: 'NOT_SENT', dependency: 'EKO_TRANSPORT' })
    expect((outcome as GateNote).retryAfterMs).toBeGreaterThanOrEqual(10_000)
    const elsewhere = callOf({ tenant: tenantOf({ name: 'bharat' }, 'another-key') })
    await make(gate, SUCCESS, elsewhere)

    clock.pass(10_000)
    const canary = passed(await gate.admit(callOf()))
    expect(await keptBack(gate, OTHER_AGENT)).toMatchObject({ dependency: 'EKO_TRANSPORT' })
    await canary.done(SUCCESS)
    expect(await keptBack(gate)).toMatchObject({ dependency: 'RATE_CAP' })
    clock.pass(1_000)
    await make(gate, SUCCESS)
    const waits = await Promise.all(Array.from({ length: 8 }, () => keptBack(gate)))
    for (const wait of waits) expect(wait).toMatchObject({ answer: 'NOT_SENT', dependency: 'RATE_CAP' })
    expect(new Set(waits.map((wait) => (wait as GateNote).retryAfterMs)).size).toBe(8)
  })

  it('of UIDAI stops Aadhaar calls only', async () => {
    const gate = gateOf()
    await make(gate, SUCCESS)
    for (let i = 0; i < 5; i += 1) await make(gate, LOST, AADHAAR)
    expect(await keptBack(gate, AADHAAR)).toMatchObject({ answer: 'NOT_SENT', dependency: 'UIDAI' })
    expect(await make(gate, SUCCESS)).toEqual({})
  })

  it('shows in the note of the call that met it', async () => {
    const gate = gateOf()
    expect(await make(gate, NOT_SENT)).toEqual({ dependency: 'EKO_TRANSPORT' })
    expect(await make(gate, LOST, AADHAAR)).toEqual({ dependency: 'UIDAI' })
    for (let i = 0; i < 3; i += 1) await make(gate, NOT_SENT)
    const last = await make(gate, NOT_SENT)
    expect(last).toMatchObject({ dependency: 'EKO_TRANSPORT' })
    expect(last.retryAfterMs).toBeGreaterThanOrEqual(10_000)
  })
})

describe('HTTP 429', () => {
  it('pauses the whole developer key for as long as Retry-After says', async () => {
    const gate = gateOf()
    const note = await make(gate, tooMany(60_000))
    expect(note).toMatchObject({ dependency: 'RATE_CAP' })
    expect(note.retryAfterMs).toBeGreaterThanOrEqual(60_000)
    clock.pass(59_999)
    expect(await keptBack(gate, AADHAAR)).toMatchObject({ answer: 'NOT_SENT', dependency: 'RATE_CAP' })
    clock.pass(1)
    await make(gate, SUCCESS, AADHAAR)
  })
})

describe('an agent that this worker has not seen to work', () => {
  it('gets one call at a time until an answer proves it; a slow one holds the others up for 2 s only', async () => {
    const gate = gateOf()
    const first = passed(await gate.admit(callOf()))
    const kept = await keptBack(gate)
    expect(kept).toMatchObject({ answer: 'NOT_SENT', dependency: 'RATE_CAP' })
    expect((kept as GateNote).retryAfterMs).toBeGreaterThanOrEqual(1_000)
    await make(gate, SUCCESS, OTHER_AGENT)
    clock.pass(2_000)
    const second = passed(await gate.admit(callOf()))
    expect(await keptBack(gate)).toMatchObject({ dependency: 'RATE_CAP' })
    await first.done(SUCCESS)
    await Promise.all(Array.from({ length: 20 }, () => make(gate, SUCCESS)))
    await second.done(null)
  })

  it('has to prove itself again after a minute without an answer', async () => {
    const gate = gateOf()
    await make(gate, SUCCESS)
    clock.pass(60_000)
    passed(await gate.admit(callOf()))
    expect(await keptBack(gate)).toMatchObject({ dependency: 'RATE_CAP' })
  })
})

describe('a configuration incident', () => {
  it('begins with one call; 300 others are told of it without asking Eko, each with a time of its own', async () => {
    const gate = gateOf()
    const note = await make(gate, AGENT_REFUSED)
    expect(note).toMatchObject({
      dependency: 'CONFIGURATION',
      incident: expect.stringMatching(/^[0-9a-f]{8}:agent-20810200$/),
    })
    const outcomes = await Promise.all(Array.from({ length: 300 }, () => keptBack(gate)))
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ class: 'NOT_SENT', answer: 'CONFIGURATION', incident: note.incident })
    }
    expect(new Set(outcomes.map((outcome) => (outcome as GateNote).retryAfterMs)).size).toBe(300)
    expect(link.told.filter((line) => line.startsWith('observed'))).toEqual(['observed agent-20810200 346 1'])
  })

  it('of an agent leaves other agents alone; of the credentials stops the whole key', async () => {
    const gate = gateOf()
    await make(gate, AGENT_REFUSED)
    await make(gate, SUCCESS, OTHER_AGENT)
    await make(gate, refusedWith(2484, 401), OTHER_AGENT)
    const operation = callOf({ userCode: '20810201', operation: 'validatePan', rail: 'levin' })
    expect(await keptBack(gate, operation)).toMatchObject({ incident: expect.stringMatching(/:credentials$/) })
  })

  it('of a path stops that operation only', async () => {
    const gate = gateOf()
    await make(gate, refusedByHttp(404), AADHAAR)
    expect(await keptBack(gate, AADHAAR)).toMatchObject({
      incident: expect.stringMatching(/:path-digikhata-generateAadhaarOtp$/),
    })
    await make(gate, SUCCESS)
  })

  it('lets one call try Eko when a probe is granted, and is over when that succeeds', async () => {
    const gate = gateOf()
    await make(gate, AGENT_REFUSED)
    clock.pass(30_000)
    const asked = await Promise.all(Array.from({ length: 20 }, () => gate.admit(callOf())))
    const probes = asked.filter(({ admitted }) => admitted)
    expect(probes).toHaveLength(1)
    expect(link.told.filter((line) => line.startsWith('probe'))).toHaveLength(1)
    for (const admission of probes) await passed(admission).done(SUCCESS)
    expect(link.told).toContain('resolved agent-20810200 digikhata getSender')
    await make(gate, SUCCESS)
  })

  it('waits for the next grant where the probe fails', async () => {
    const gate = gateOf()
    await make(gate, AGENT_REFUSED)
    clock.pass(30_000)
    const note = await make(gate, AGENT_REFUSED)
    expect(note.retryAfterMs).toBeGreaterThanOrEqual(60_000)
    expect(link.told).toEqual([
      ...['observed agent-20810200 346 1', 'resolved credentials digikhata getSender'],
      'resolved path-digikhata-getSender digikhata getSender',
      ...['probe agent-20810200', 'observed agent-20810200 346 1'],
    ])
  })

  it('keeps its grant for the next call where the granted one was not made', async () => {
    const gate = gateOf({ callsPerSecond: 1 })
    await make(gate, AGENT_REFUSED)
    clock.pass(30_000)
    await make(gate, SUCCESS, OTHER_AGENT)
    expect(await keptBack(gate)).toMatchObject({ dependency: 'RATE_CAP' })
    clock.pass(1_000)
    await make(gate, SUCCESS)
    expect(link.told.filter((line) => line.startsWith('probe'))).toHaveLength(1)
  })

  it('asks what other workers have learned after a while, and goes on where they saw its end', async () => {
    const gate = gateOf()
    await make(gate, AGENT_REFUSED)
    clock.pass(14_999)
    expect(await keptBack(gate)).toMatchObject({ answer: 'CONFIGURATION' })
    clock.pass(1)
    link.answers = { kind: 'WAIT', retryAfterMs: 2_000 }
    expect(await keptBack(gate)).toMatchObject({ answer: 'CONFIGURATION', retryAfterMs: 2_000 })
    clock.pass(2_000)
    link.answers = { kind: 'ENDED' }
    await make(gate, SUCCESS)
  })

  it('on one rail of an agent does not stop the other rail once that is seen to work', async () => {
    const gate = gateOf()
    const levin = callOf({ rail: 'levin' })
    await make(gate, AGENT_REFUSED, levin)
    clock.pass(30_000)
    await make(gate, SUCCESS)
    link.answers = { kind: 'WAIT', retryAfterMs: 60_000 }
    expect(await keptBack(gate, levin)).toMatchObject({ answer: 'CONFIGURATION' })
    await make(gate, SUCCESS)
    link.answers = { kind: 'GRANTED', nextMs: 60_000 }
    clock.pass(60_000)
    await make(gate, SUCCESS, levin)
    await make(gate, SUCCESS, levin)
  })

  it('is not ended by a call that went out before it began', async () => {
    const gate = gateOf()
    await make(gate, SUCCESS)
    const early = passed(await gate.admit(callOf()))
    clock.pass(10)
    await make(gate, AGENT_REFUSED)
    await early.done(SUCCESS)
    expect(await keptBack(gate)).toMatchObject({ answer: 'CONFIGURATION' })
  })

  it('left open by a worker of before is ended by the first success of a new one, told once', async () => {
    const gate = gateOf()
    await make(gate, SUCCESS)
    await make(gate, SUCCESS)
    expect(link.told.filter((line) => line === 'resolved agent-20810200 digikhata getSender')).toHaveLength(1)
    expect(link.told.filter((line) => line === 'resolved credentials digikhata getSender')).toHaveLength(1)
  })

  it('stands where Temporal cannot be told of it: the answer is not lost, and the error is logged', async () => {
    const gate = gateOf()
    link.observed = () => Promise.reject(new Error('away'))
    expect(await make(gate, AGENT_REFUSED)).toMatchObject({ dependency: 'CONFIGURATION' })
    expect(logged.join()).toMatch(/could not be told/)
    link.answers = new Error('away')
    clock.pass(30_000)
    expect(await keptBack(gate)).toMatchObject({ answer: 'CONFIGURATION', retryAfterMs: 5_000 })
    expect(logged.join()).toMatch(/could not be asked/)
  })
})

describe('caps', () => {
  it('keep a tenant to its calls a second and in flight, with a turn for each call that is kept back', async () => {
    const tenant = tenantOf({ caps: { callsPerSecond: 2, callsInFlight: 5 } })
    const gate = gateOf()
    await make(gate, SUCCESS, callOf({ tenant }))
    await make(gate, SUCCESS, callOf({ tenant }))
    expect(await keptBack(gate, callOf({ tenant }))).toMatchObject({ dependency: 'RATE_CAP', retryAfterMs: 1_000 })
    expect(await keptBack(gate, callOf({ tenant }))).toMatchObject({ dependency: 'RATE_CAP', retryAfterMs: 1_500 })
  })

  it('count a call until it is done, whatever became of it, and only once', async () => {
    const tenant = tenantOf({ caps: { callsInFlight: 1 } })
    const gate = gateOf()
    await make(gate, SUCCESS, callOf({ tenant }))
    const flying = passed(await gate.admit(callOf({ tenant })))
    expect(await keptBack(gate, callOf({ tenant }))).toMatchObject({ dependency: 'RATE_CAP' })
    await flying.done(null)
    await flying.done(null)
    passed(await gate.admit(callOf({ tenant })))
    expect(await keptBack(gate, callOf({ tenant }))).toMatchObject({ dependency: 'RATE_CAP' })
  })
})
