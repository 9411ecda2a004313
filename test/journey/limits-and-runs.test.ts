import { describe, expect, it } from '@jest/globals'
import type { LimitCode } from '../../workflows/codes.js'
import { nextActionOf, viewOf } from '../../workflows/journey-view.js'
import type { Journey } from '../../workflows/journey.js'
import { advance, resumeJourney, statusOf } from './machine.js'
import { Drive, driveTo, JOURNEY_ID, message, planOf, presentConsent } from './support.js'

const HOUR = 3_600_000
const limit = (drive: Drive, code: LimitCode = 'MOBILE_LIMIT_REACHED') => ({
  limit: { code, retryAt: drive.now + HOUR },
})

describe('a limit across journeys', () => {
  it('refuses the resend that met it, with its code and the time, and lets the next one through then', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED', { policy: { resendCooldownSeconds: 0 } })
    drive.send('resendOtp')
    drive.answer('LIMIT_REACHED', limit(drive))
    const refused = drive.last.settled[0]
    const retryAt = new Date(drive.now + HOUR).toISOString()
    expect(refused).toMatchObject({ refusal: { code: 'MOBILE_LIMIT_REACHED', details: { retryAt } } })
    expect(nextActionOf(drive.journey)).toMatchObject({
      ...{ do: 'REQUEST_NEW_CODE', reason: 'LIMIT_REACHED', resendAvailableAt: retryAt },
    })
    drive.send('resendOtp')
    expect(drive.settled).toEqual(['refused RESEND_LIMIT_REACHED'])
    drive.wait(HOUR)
    drive.send('resendOtp')
    expect(drive.calling).toBe('generateSenderOtp')
  })

  it('met at the start leads to a state in which the user sees when to ask for a code', () => {
    const drive = new Drive()
    drive.answer('LIMIT_REACHED', limit(drive))
    expect(drive.journey).toMatchObject({ state: 'SENDER_OTP_REQUIRED', call: null })
    expect(nextActionOf(drive.journey)).toMatchObject({ do: 'REQUEST_NEW_CODE', reason: 'LIMIT_REACHED' })
    expect(drive.journey.sends.SENDER).toEqual([])
  })

  it('met by the Aadhaar number leaves the consent unused and forgets the number', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    presentConsent(drive)
    drive.send('enterAadhaar')
    drive.answer('LIMIT_REACHED', limit(drive, 'AADHAAR_LIMIT_REACHED'))
    expect(drive.settled).toEqual(['refused AADHAAR_LIMIT_REACHED'])
    expect(drive.journey).toMatchObject({ state: 'AADHAAR_REQUIRED', aadhaar: null, consent: null })
    expect(nextActionOf(drive.journey)).toMatchObject({
      ...{ do: 'ENTER_AADHAAR', lastError: 'AADHAAR_LIMIT_REACHED' },
      availableAt: new Date(drive.now + HOUR).toISOString(),
    })
    drive.send('enterAadhaar')
    expect(drive.settled).toEqual(['refused RESEND_LIMIT_REACHED'])
  })

  it('met by the enrolment keeps the user at the details', () => {
    const drive = driveTo('SENDER_DETAILS_REQUIRED')
    drive.send('enterSenderDetails')
    drive.answer('LIMIT_REACHED', limit(drive))
    expect(drive.settled).toEqual(['refused MOBILE_LIMIT_REACHED'])
    expect(nextActionOf(drive.journey)).toMatchObject({
      ...{ do: 'ENTER_SENDER_DETAILS', availableAt: new Date(drive.now + HOUR).toISOString() },
    })
    drive.send('enterSenderDetails')
    expect(drive.settled).toEqual(['refused RESEND_LIMIT_REACHED'])
    drive.wait(HOUR)
    drive.send('enterSenderDetails')
    expect(drive.calling).toBe('onboardSender')
  })

  it('of journeys for one agent ends the journey at its start, and says when there is room', () => {
    const opening = { workflowId: JOURNEY_ID, runId: 'r', input: new Drive().journey.input, now: 0 }
    const begun: Journey = { ...new Drive().journey, ...resumeJourney(new Drive().journey, opening), plan: null }
    const resolving = { userCode: begun.userCode, submission: null, since: 0 }
    const refused = { refused: 'USER_CODE_JOURNEYS_LIMIT', retryAt: HOUR } as const
    const { journey } = advance({ ...begun, resolving }, { type: 'resolved', outcome: refused }, 0)
    expect(journey).toMatchObject({
      ...{ state: 'REJECTED', rejection: 'USER_CODE_JOURNEYS_LIMIT', detail: new Date(HOUR).toISOString() },
    })
  })

  it('is asked with the journey’s own quota, by dispatches only', () => {
    const drive = new Drive()
    expect(drive.journey.call?.request.quota).toEqual({ perWindow: 3, windowSeconds: 600, perDay: 6 })
    drive.answer('OTP_SENT')
    drive.send('enterSenderOtp')
    expect(drive.journey.call?.request).not.toHaveProperty('quota')
    expect(drive.journey.call?.request).not.toHaveProperty('place')
  })

  it('counts a dispatch that had to wait once: it keeps its place, in a later turn', () => {
    const drive = new Drive()
    const first = drive.journey.call?.request
    drive.answer('NOT_SENT')
    drive.wait(HOUR)
    const second = drive.journey.call?.request
    expect(second?.clientRef).not.toBe(first?.clientRef)
    expect(second?.place?.id).toBe(first?.place?.id)
    expect(second?.place?.turn).toBeGreaterThan(first?.place?.turn ?? Infinity)
  })
})

describe('a run that was reset', () => {
  it('is shown to an operator, and goes on by `reenter` in the run that it is now', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED', { policy: { resendCooldownSeconds: 0 } })
    drive.send('enterSenderOtp')
    drive.answer('RUN_RESET', { run: 'the-new-run' })
    expect(statusOf(drive.journey)).toMatchObject({ kind: 'NEEDS_ATTENTION', reason: 'RUN_RESET' })
    drive.send('reenter')
    expect(drive.calling).toBe('getSender')
    expect(drive.journey.call?.request.run).toBe('the-new-run')
  })
})

describe('a journey that goes on in a new run', () => {
  const resume = (journey: Journey): Journey =>
    resumeJourney(JSON.parse(JSON.stringify(journey)) as Journey, {
      ...{ workflowId: JOURNEY_ID, runId: 'second', input: journey.input, now: journey.startedAt + 1 },
    })
  const resolved = (journey: Journey, run = 'second'): Journey =>
    advance(journey, { type: 'resolved', outcome: { plan: planOf(), run } }, journey.startedAt + 2).journey

  it('keeps everything but its run', () => {
    const before = driveTo('AADHAAR_OTP_REQUIRED').journey
    const { runId, run, resolving, revision, ...kept } = resolved(resume(before))
    const { runId: _id, run: _run, resolving: _resolving, revision: _revision, ...carried } = before
    expect(kept).toEqual(carried)
    expect({ runId, run, resolving, newer: revision > before.revision }).toEqual({
      ...{ runId: 'second', run: 'second', resolving: null, newer: true },
    })
  })

  it('is at another revision once it knows its run: who waits for a change sees it', () => {
    const carried = resume(driveTo('AADHAAR_REQUIRED').journey)
    expect(resolved(carried).revision).toBeGreaterThan(carried.revision)
  })

  it('answers a submission that the run before it had answered', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.send('enterSenderOtp', { submissionId: 'once' })
    drive.answer('WRONG_CODE')
    const journey = resolved(resume(drive.journey))
    const again = message('enterSenderOtp', { submissionId: 'once' })
    const { settled } = advance(journey, { type: 'arrived', message: again, via: 'update' }, drive.now)
    expect(settled).toMatchObject([{ receipt: { outcome: 'WRONG_CODE' } }])
  })

  it('makes the call that the run before it had not begun, once it knows its run', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.send('enterSenderOtp', { submissionId: 'once' })
    const carried = resume(drive.journey)
    expect(statusOf(carried)).toMatchObject({ call: 'resolveJourney' })
    expect(resolved(carried).call).toMatchObject({ name: 'verifySenderOtp', request: { run: 'second' } })
  })

  it('goes on although its tenant is not in the registry at that moment', () => {
    const carried = resume(driveTo('PAN_REQUIRED').journey)
    const refused = { type: 'resolved', outcome: { refused: 'TENANT_UNKNOWN', run: 'second' } } as const
    expect(advance(carried, refused, 1).journey).toMatchObject({ state: 'PAN_REQUIRED', rejection: null })
  })

  it('has values for what a journey of an older release did not know', () => {
    const { limitedUntil: _, messages: __, ...older } = driveTo('PAN_REQUIRED').journey
    expect(viewOf(resume(older as Journey)).messages).toEqual({ received: 0, taken: 0, refused: 0, repeated: 0 })
  })
})

describe('the count of messages', () => {
  it('accounts for every message that came', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    const before = drive.journey.messages
    drive.send('enterPan', { submissionId: 'early' }) // kept
    drive.send('enterPan', { submissionId: 'early' }) // repeated
    drive.send('requestConsent') // refused: wrong state
    drive.send('enterSenderOtp')
    drive.send('resendOtp') // waits behind the call
    expect(drive.journey.messages).toEqual({
      ...{ received: before.received + 5, taken: before.taken + 2, refused: before.refused + 1, repeated: 1 },
    })
    expect(viewOf(drive.journey).pending).toBe(1)
    drive.answer('ONBOARDED')
    const { received, taken, refused, repeated } = drive.journey.messages
    expect(received).toBe(taken + refused + repeated)
  })
})

describe('a parked call', () => {
  it('says what it waits for, in the words of the gate', () => {
    const drive = new Drive()
    drive.answer('CONFIGURATION', {
      dependency: 'CONFIGURATION',
      incident: '0a1b2c3d:credentials',
      retryAfterMs: 30_000,
    })
    const retryAt = new Date(drive.now + 30_000).toISOString()
    const status = statusOf(drive.journey)
    expect(status).toMatchObject({ kind: 'PARKED', dependency: 'CONFIGURATION', incident: '0a1b2c3d:credentials' })
    expect('retryAt' in status && status.retryAt >= retryAt).toBe(true)
  })

  it.each([
    ['our own rate cap', { dependency: 'RATE_CAP' }],
    ['an incident', { dependency: 'CONFIGURATION', incident: '0a1b2c3d:credentials' }],
  ] as const)('waits as its turn says, where %s keeps it', (_, kept) => {
    const drive = new Drive()
    for (let parks = 0; parks < 8; parks += 1) {
      drive.answer('NOT_SENT', { ...kept, retryAfterMs: 1_000 })
      const waited = (drive.journey.call?.parked?.retryAt ?? 0) - drive.now
      expect(waited).toBeGreaterThanOrEqual(1_000)
      expect(waited).toBeLessThanOrEqual(1_250)
      drive.wait(waited)
    }
  })

  it('waits longer for a setting of ours that nobody has said when to try', () => {
    const drive = new Drive()
    drive.answer('CONFIGURATION')
    expect((drive.journey.call?.parked?.retryAt ?? 0) - drive.now).toBeGreaterThanOrEqual(30_000)
  })

  it('needs attention for lost answers alone, not because it waited out an outage', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('enterPan')
    for (let parks = 0; parks < 8; parks += 1) {
      drive.answer('NOT_SENT', { dependency: 'PAN', retryAfterMs: 1_000 })
      drive.wait((drive.journey.call?.parked?.retryAt ?? 0) - drive.now)
    }
    for (let lost = 0; lost < 5; lost += 1) {
      drive.answer('UNKNOWN_OUTCOME')
      expect(statusOf(drive.journey).kind).toBe('PARKED')
      drive.wait((drive.journey.call?.parked?.retryAt ?? 0) - drive.now)
    }
    drive.answer('UNKNOWN_OUTCOME')
    expect(statusOf(drive.journey)).toMatchObject({ kind: 'NEEDS_ATTENTION', reason: 'NO_ANSWER' })
  })

  it('doubles its wait up to the policy’s longest, and honours a longer one that it is told', () => {
    const drive = new Drive({ policy: { parkFirstSeconds: 2, parkLongestSeconds: 8 } })
    const waits = [2_000, 4_000, 8_000, 8_000].map((base) => {
      drive.answer('NOT_SENT', { dependency: 'UIDAI' })
      const waited = (drive.journey.call?.parked?.retryAt ?? 0) - drive.now
      drive.wait(waited)
      return waited >= base && waited <= base * 1.25
    })
    expect(waits).toEqual([true, true, true, true])
    drive.answer('NOT_SENT', { dependency: 'UIDAI', retryAfterMs: 60_000 })
    expect((drive.journey.call?.parked?.retryAt ?? 0) - drive.now).toBe(60_000)
  })
})
