import { describe, expect, it } from '@jest/globals'
import { resultOf, viewOf } from '../../workflows/journey-view.js'
import type { Advanced, Journey } from '../../workflows/journey.js'
import { storyOf } from '../../workflows/story.js'
import { advance, isUserFacing, lookUpOf, openJourney, resumeJourney } from './machine.js'
import { Drive, driveTo, JOURNEY_ID, message, planOf, START } from './support.js'

/** The look-up of tenant and agent at a journey's start, and for `takeOver`: what comes while it is under way. */

const INPUT = new Drive().journey.input
const opening = { workflowId: JOURNEY_ID, runId: 'first', input: INPUT, now: START }
const ENDINGS = ['cancel', 'withdrawConsent'] as const

function arrives(journey: Journey, name: Parameters<typeof message>[0], more: object = {}): Advanced {
  return advance(journey, { type: 'arrived', message: message(name, more), via: 'update' }, START + 1)
}

function outcomes({ settled }: Advanced): (string | undefined)[] {
  return settled.map((one) => ('receipt' in one ? one.receipt.outcome : one.refusal.code))
}

describe.each(ENDINGS)('%s that comes during a look-up ends the journey at once', (ending) => {
  it('at the start, although no plan is there yet', () => {
    const ended = arrives(openJourney(opening), ending)
    expect(ended.journey).toMatchObject({ state: 'CANCELLED', plan: null, resolving: null, queue: [] })
    expect(outcomes(ended)).toEqual(['CANCELLED'])
    expect(isUserFacing(ended.journey)).toBe(true)
    expect(resultOf(ended.journey).state).toBe('CANCELLED')
    expect(storyOf(viewOf(ended.journey))).toContain('CANCELLED')
  })

  it('of a takeOver, and answers who asked for it', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    drive.send('takeOver', { submissionId: 'hand-over' })
    drive.send(ending)
    expect(drive.journey).toMatchObject({ state: 'CANCELLED', userCode: INPUT.userCode })
    expect(drive.settled.sort()).toEqual(['CANCELLED', 'CANCELLED'])
    const { received, taken, refused, repeated } = drive.journey.messages
    expect(received).toBe(taken + refused + repeated)
    drive.send('takeOver', { submissionId: 'hand-over' })
    expect(drive.settled).toEqual(['CANCELLED'])
  })

  it('in a new run, with the call that it carries', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.send('enterSenderOtp', { submissionId: 'code' })
    drive.goOn()
    drive.send('enterPan', { submissionId: 'waits' })
    drive.send(ending)
    expect(drive.journey).toMatchObject({ state: 'CANCELLED', call: null, resolving: null, queue: [] })
    expect(drive.settled).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED'])
  })

  it('and what the look-up still brings changes nothing', () => {
    const { journey } = arrives(openJourney(opening), ending)
    for (const outcome of [{ plan: planOf() }, { refused: 'TENANT_UNKNOWN' }] as const) {
      expect(advance(journey, { type: 'resolved', outcome }, START + 2)).toMatchObject({ journey, settled: [] })
    }
  })

  it('and a malformed one does not', () => {
    const refused = arrives(openJourney(opening), ending, { reason: '' })
    expect(outcomes(refused)).toEqual(['INVALID_MESSAGE'])
    expect(refused.journey).toMatchObject({ state: 'SENDER_LOOKUP', resolving: { userCode: INPUT.userCode } })
  })

  it('but waits for the look-up in a run that was recorded while it did', () => {
    const waits = { type: 'arrived', message: message(ending), via: 'signal', afterLookUp: true } as const
    const { journey } = advance(openJourney(opening), waits, START)
    expect(journey).toMatchObject({ state: 'SENDER_LOOKUP', queue: [{ message: { name: ending } }] })
    const later = arrives(journey, 'enterPan').journey
    expect(later.queue).toHaveLength(2)
    const { journey: ended } = advance(later, { type: 'resolved', outcome: { plan: planOf() } }, START + 1)
    expect(ended.state).toBe('CANCELLED')
  })
})

describe('the look-up of a journey that goes on in a new run', () => {
  it('does not count the journey once more for its agent', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.goOn()
    expect(lookUpOf(drive.journey)).toEqual({ tenant: 'acme', rail: 'digikhata', userCode: '20810200', again: true })
  })

  it('counts it for an agent who takes it over, as one in the run before would have', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('takeOver', { userCode: '20810210' })
    const before = lookUpOf(drive.journey)
    drive.goOn()
    expect(lookUpOf(drive.journey)).toEqual(before)
    expect(before).toEqual({ tenant: 'acme', rail: 'digikhata', userCode: '20810210' })
    drive.apply({ type: 'resolved', outcome: { refused: 'USER_CODE_JOURNEYS_LIMIT', retryAt: START, run: 'second' } })
    expect(drive.settled).toEqual(['refused USER_CODE_JOURNEYS_LIMIT'])
    expect(drive.journey).toMatchObject({ userCode: '20810200', run: 'second', state: 'PAN_REQUIRED' })
  })
})

describe('a run that was filled before its first look-up', () => {
  const carried = JSON.parse(JSON.stringify(arrives(openJourney(opening), 'enterPan').journey)) as Journey
  const resumed = resumeJourney(carried, { ...opening, runId: 'second' })

  it('hands over a journey that begins in the next one, and is counted there', () => {
    expect(resumed.resolving).not.toHaveProperty('again')
    const outcome = { plan: planOf(), run: 'second' }
    const { journey } = advance(resumed, { type: 'resolved', outcome }, START + 1)
    expect(journey).toMatchObject({ run: 'second', call: { name: 'getSender' }, plan: outcome.plan })
  })

  it('and may be refused there', () => {
    const refused = { type: 'resolved', outcome: { refused: 'USER_CODE_NOT_ALLOWED' } } as const
    expect(advance(resumed, refused, START + 1).journey.state).toBe('REJECTED')
  })
})
