import { beforeEach, describe, expect, it } from '@jest/globals'
import { incidentIds } from '../../activities/gate/incident-ids.js'
import type { ProbeAnswer } from '../../activities/gate/incident-link.js'
import { createIncidents, INCIDENT_DEFAULTS, type Incidents } from '../../activities/gate/incidents.js'
import type { EkoAnswer } from '../../activities/eko/index.js'
import type { GateCall } from '../../activities/gate/types.js'
import { incidentInputErrors } from '../../workflows/incident.js'
import { incidentWorkflowId, TASK_QUEUE } from '../../workflows/messages.js'
import {
  AGENT_REFUSED,
  callOf,
  type Clock,
  clockAt,
  recordingLink,
  type RecordingLink,
  refusedByHttp,
  refusedWith,
  SUCCESS,
} from './support.js'

const { firstProbeMs, refreshMs } = INCIDENT_DEFAULTS
const LEVIN = callOf({ rail: 'levin' })

let clock: Clock
let link: RecordingLink
let incidents: Incidents
beforeEach(() => {
  clock = clockAt(1_000)
  link = recordingLink()
  const silent = (): void => undefined
  const log = { error: silent, warn: silent, info: silent }
  incidents = createIncidents({}, { taskQueue: TASK_QUEUE, link, log, now: clock.now })
})

/** A call that no incident keeps back; `null` where one does. */
async function call(answer: EkoAnswer, of: GateCall = callOf()): Promise<string | null> {
  const admission = await incidents.admit(of)
  if (!admission.admitted) return null
  const taken = incidents.enter(admission.pass)
  if (taken) return null
  await incidents.learn(of, admission.pass, answer)
  return answer.answer
}

function asks(): number {
  return link.told.filter((line) => line.startsWith('probe')).length
}

/** A call that went out before the incident began, and is answered when it is told to. */
async function early(of: GateCall = callOf()): Promise<(answer: EkoAnswer) => Promise<unknown>> {
  const admission = await incidents.admit(of)
  if (!admission.admitted) throw new Error('kept back')
  incidents.enter(admission.pass)
  return (answer) => incidents.learn(of, admission.pass, answer)
}

/** The next question to an incident's workflow stays open until it is answered. */
function heldQuestion(): { readonly asked: Promise<void>; answer(answer: ProbeAnswer): void } {
  let tellAsked: () => void = () => undefined
  let answer: (answer: ProbeAnswer) => void = () => undefined
  const asked = new Promise<void>((resolve) => (tellAsked = resolve))
  link.probe = () => {
    tellAsked()
    return new Promise<ProbeAnswer>((resolve) => (answer = resolve))
  }
  return { asked, answer: (given) => answer(given) }
}

describe('how often an incident’s workflow is asked', () => {
  it('is not raised by calls of the agent that work on the other rail', async () => {
    await call(AGENT_REFUSED, LEVIN)
    clock.pass(firstProbeMs)
    link.answers = { kind: 'GRANTED', nextMs: 60_000 }
    await call(SUCCESS)
    link.answers = { kind: 'WAIT', retryAfterMs: 60_000 }
    const before = asks()
    for (let i = 0; i < 10; i += 1) {
      await call(SUCCESS)
      expect(await call(SUCCESS, LEVIN)).toBeNull()
      clock.pass(100)
    }
    // The first success was news: something was mended.
    expect(asks() - before).toBe(1)
  })

  it('keeps to its wait while Temporal cannot be asked', async () => {
    await call(AGENT_REFUSED)
    clock.pass(refreshMs)
    link.answers = new Error('away')
    for (let i = 0; i < 40; i += 1) {
      expect(await call(SUCCESS)).toBeNull()
      clock.pass(100)
    }
    expect(asks()).toBe(1)
    clock.pass(1_000)
    expect(await call(SUCCESS)).toBeNull()
    expect(asks()).toBe(2)
  })
})

describe('an answer that comes late', () => {
  it('that an incident has ended does not end what was met anew while it was asked for', async () => {
    const answered = await early()
    await call(AGENT_REFUSED)
    clock.pass(refreshMs)
    const question = heldQuestion()
    const asking = call(SUCCESS)
    await question.asked
    await answered(AGENT_REFUSED)
    question.answer({ kind: 'ENDED' })
    expect(await asking).toBeNull()
    expect(await call(SUCCESS)).toBeNull()
  })

  it('does not end another one that began after the one that was asked for was over', async () => {
    const [good, bad] = [await early(), await early()]
    await call(AGENT_REFUSED)
    clock.pass(refreshMs)
    const granted = heldQuestion()
    const asking = call(SUCCESS)
    await granted.asked
    // The agent's calls that went out meanwhile as a probe of another incident: one works, the next one does not.
    await good(SUCCESS)
    await bad(AGENT_REFUSED)
    granted.answer({ kind: 'ENDED' })
    expect(await asking).toBeNull()
    expect(await call(SUCCESS)).toBeNull()
  })

  it('ends the incident where it was not met again', async () => {
    await call(AGENT_REFUSED)
    clock.pass(refreshMs)
    link.answers = { kind: 'ENDED' }
    expect(await call(SUCCESS)).toBe(SUCCESS.answer)
    expect(await call(SUCCESS)).toBe(SUCCESS.answer)
  })

  it('is followed by telling the workflow of what was met anew, although it has just been told of the old one', async () => {
    const [first, second] = [await early(), await early()]
    await call(AGENT_REFUSED)
    clock.pass(refreshMs)
    const question = heldQuestion()
    const asking = call(SUCCESS)
    await question.asked
    await first(AGENT_REFUSED)
    question.answer({ kind: 'ENDED' })
    await asking
    const before = link.told.length
    await second(AGENT_REFUSED)
    expect(link.told.slice(before)).toContain('observed agent-20810200 346 1')
  })
})

describe('the id of an incident', () => {
  const kinds = [refusedWith(2484), refusedWith(319), AGENT_REFUSED, refusedByHttp(404), refusedWith(97)]

  it('is another one on another task queue, so that no deployment waits for workers of another one', () => {
    const usual = incidentIds(TASK_QUEUE)(callOf(), 'credentials')
    expect(usual).toMatch(/^[0-9a-f]{8}:credentials$/)
    expect(incidentIds('west')(callOf(), 'credentials')).toBe(`${usual}:west`)
    expect(incidentIds('a queue')(callOf(), 'credentials')).toMatch(/^[0-9a-f]{8}:credentials:[0-9a-f]{16}$/)
  })

  it.each([TASK_QUEUE, 'west', `it's`, 'q'.repeat(1_000)])(
    'is one that its workflow takes: queue %#',
    async (queue) => {
      for (const answer of kinds) {
        const told: string[] = []
        const told1 = { ...recordingLink(), observed: (id: string) => Promise.resolve(void told.push(id)) }
        const log = { error: () => undefined, warn: () => undefined, info: () => undefined }
        incidents = createIncidents({}, { taskQueue: queue, link: told1, log, now: clock.now })
        await call(answer, callOf({ userCode: 'u'.repeat(64), operation: 'generateAadhaarOtp' }))
        const [id = ''] = told
        expect(incidentInputErrors({ id, firstProbeMs: 1, longestProbeMs: 1 }, incidentWorkflowId(id), false)).toEqual(
          {},
        )
      }
    },
  )
})
