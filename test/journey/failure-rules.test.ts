import { describe, expect, it } from '@jest/globals'
import { outcomeOf } from '../../workflows/outcome-guards.js'
import { advance, openJourney, statusOf, wakeAt } from './machine.js'
import { Drive, driveTo, JOURNEY_ID, outcome, planOf, START } from './support.js'

describe('a consent text whose answer is lost', () => {
  it('is read again by itself', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    drive.send('requestConsent')
    for (const read of ['consentLanguages', 'consentDetails'] as const) {
      expect(drive.calling).toBe(read)
      drive.answer('UNKNOWN_OUTCOME')
      expect(statusOf(drive.journey).kind).toBe('PARKED')
      drive.wait((wakeAt(drive.journey) ?? 0) - drive.now)
      expect(drive.calling).toBe(read)
      drive.answer(read === 'consentLanguages' ? 'LANGUAGES' : 'CONSENT')
    }
    expect(drive.journey.presented).not.toBeNull()
  })
})

describe('a PAN whose answer is lost', () => {
  it('is submitted again by itself', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('enterPan')
    const pan = drive.journey.call?.request.pan
    drive.answer('UNKNOWN_OUTCOME')
    expect(statusOf(drive.journey).kind).toBe('PARKED')
    drive.wait((wakeAt(drive.journey) ?? 0) - drive.now)
    expect(drive.journey.call).toMatchObject({ name: 'validatePan', parked: null, request: { pan } })
  })
})

describe('what is no outcome', () => {
  it.each([null, 'OK', {}, { class: 'OK' }, { class: 'OK', answer: 'SUCCESS' }, { class: 'OK', answer: 'toString' }])(
    'proves nothing: %j',
    (brought) => {
      expect(outcomeOf(brought)).toBeNull()
    },
  )
})

describe('journeys that parked at the same moment', () => {
  /** How long the journey with this id waits after its first call did not get through, in ms. */
  function waitOf(journey: number): number {
    const workflowId = JOURNEY_ID.replace(/.{4}$/, journey.toString(16).padStart(4, '0'))
    const { input } = new Drive().journey
    const opened = openJourney({ workflowId, runId: `0199-${journey}`, input, now: START })
    const begun = advance(opened, { type: 'resolved', outcome: { plan: planOf() } }, START)
    const parked = advance(begun.journey, { type: 'callEnded', outcome: outcome('getSender', 'NOT_SENT') }, START)
    return (parked.journey.call?.parked?.retryAt ?? 0) - START
  }

  it('come back at moments of their own', () => {
    const waits = Array.from({ length: 200 }, (_, journey) => waitOf(journey))
    const shortest = Math.min(...waits)
    expect(new Set(waits).size).toBeGreaterThan(50)
    expect(Math.max(...waits)).toBeGreaterThan(shortest * 1.2)
    expect(Math.max(...waits)).toBeLessThanOrEqual(shortest * 1.25)
  })
})
