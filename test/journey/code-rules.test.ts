import { describe, expect, it } from '@jest/globals'
import { nextActionOf, resultOf } from '../../workflows/journey-view.js'
import { statusOf } from './machine.js'
import { Drive, driveTo, sealedShape, START } from './support.js'

const MINUTE = 60_000

describe('challenges', () => {
  it('are minted before the dispatch, and shown while it is in flight', () => {
    const drive = new Drive()
    expect(drive.calling).toBe('getSender')
    expect(nextActionOf(drive.journey)).toEqual({ do: 'WAIT', challengeId: drive.journey.challenge?.id })
  })

  it('bind an early code to the dispatch in flight, and verify it once the code was sent', () => {
    const drive = new Drive()
    drive.send('enterSenderOtp')
    expect(drive.calling).toBe('getSender')
    drive.answer('OTP_SENT')
    expect(drive.calling).toBe('verifySenderOtp')
    expect(drive.journey.call?.request.otpRefId).toBe(sealedShape('otpRefId'))
  })

  it('discard an early code when the dispatch ends unknown', () => {
    const drive = new Drive()
    drive.send('enterSenderOtp')
    drive.answer('UNKNOWN_OUTCOME')
    expect(drive.settled).toEqual(['refused CODE_UNUSABLE'])
    expect(drive.calling).toBeNull()
    expect(nextActionOf(drive.journey)).toMatchObject({ do: 'REQUEST_NEW_CODE', reason: 'DISPATCH_UNCERTAIN' })
  })

  it('refuse a code for an older challenge locally', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    const older = drive.journey.challenge?.id ?? ''
    drive.now += MINUTE
    drive.send('resendOtp')
    drive.answer('OTP_SENT')
    drive.send('enterSenderOtp', { challengeId: older })
    expect(drive.settled).toEqual(['refused CHALLENGE_STALE'])
    expect(drive.calling).toBeNull()
  })

  it('expire, and then take no code', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.wait(10 * MINUTE)
    expect(nextActionOf(drive.journey)).toMatchObject({ do: 'REQUEST_NEW_CODE', reason: 'CODE_EXPIRED' })
    drive.send('enterSenderOtp')
    expect(drive.settled).toEqual(['refused CODE_EXPIRED'])
  })

  it('pass the moment of expiry on with the code', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.send('enterSenderOtp')
    expect(drive.journey.call?.request.notAfter).toBe(START + 10 * MINUTE)
  })

  it('are retired before a resend is called, also if it then fails', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.now += MINUTE
    drive.send('resendOtp')
    drive.answer('REFUSED')
    drive.now += MINUTE
    drive.send('reenter')
    drive.answer('OTP_REF_MISSING')
    expect(drive.calling).toBe('generateSenderOtp')
    drive.answer('UNKNOWN_OUTCOME')
    expect(drive.journey.challenge).toMatchObject({ dispatch: 'uncertain', ref: null })
  })
})

describe('attempts', () => {
  it('count across resends, and end the journey at the limit', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED', {
      policy: { triesPerCode: 3, triesPerJourney: 5, resendCooldownSeconds: 0 },
    })
    for (let wrong = 1; wrong <= 5; wrong += 1) {
      if (nextActionOf(drive.journey).do === 'REQUEST_NEW_CODE') {
        drive.send('resendOtp')
        drive.answer('OTP_SENT')
      }
      drive.send('enterSenderOtp')
      drive.answer('WRONG_CODE')
    }
    expect(resultOf(drive.journey)).toMatchObject({ state: 'REJECTED', rejection: 'SENDER_OTP_TRIES_USED_UP' })
  })

  it('ask for a new code after the last try of one', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED', { policy: { triesPerCode: 1 } })
    drive.send('enterSenderOtp')
    drive.answer('WRONG_CODE')
    expect(nextActionOf(drive.journey)).toMatchObject({ do: 'REQUEST_NEW_CODE', reason: 'ATTEMPTS_USED_UP' })
    drive.send('enterSenderOtp')
    expect(drive.settled).toEqual(['refused ATTEMPTS_USED_UP'])
  })

  it('are not spent by malformed input, an expired code, or an unknown outcome', () => {
    for (const answer of ['INPUT_REFUSED', 'CODE_EXPIRED', 'UNKNOWN_OUTCOME'] as const) {
      const drive = driveTo('SENDER_OTP_REQUIRED')
      drive.send('enterSenderOtp')
      drive.answer(answer)
      expect(drive.journey.wrong.SENDER).toBe(0)
    }
  })

  it('count an unrecognised answer once; the second in a row needs attention', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.send('enterSenderOtp')
    drive.answer('UNRECOGNISED_ANSWER')
    expect(drive.settled).toEqual(['UNRECOGNISED_ANSWER'])
    expect(drive.journey.wrong.SENDER).toBe(1)
    drive.send('enterSenderOtp')
    drive.answer('UNRECOGNISED_ANSWER')
    expect(statusOf(drive.journey)).toMatchObject({ kind: 'NEEDS_ATTENTION', reason: 'UNRECOGNISED_ANSWER' })
  })
})

describe('resends', () => {
  it('wait for the cooldown, and say until when', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.now += MINUTE - 1
    drive.send('resendOtp')
    expect(drive.last.settled).toMatchObject([
      { refusal: { code: 'RESEND_TOO_EARLY', details: { resendAvailableAt: new Date(START + MINUTE).toISOString() } } },
    ])
  })

  it('keep to the quota of the window, also when dispatches were uncertain', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    for (const answer of ['UNKNOWN_OUTCOME', 'OTP_SENT'] as const) {
      drive.now += MINUTE
      drive.send('resendOtp')
      drive.answer(answer)
    }
    drive.now += MINUTE
    drive.send('resendOtp')
    expect(drive.last.settled).toMatchObject([{ refusal: { code: 'RESEND_LIMIT_REACHED' } }])
    drive.now = START + 10 * MINUTE
    drive.send('resendOtp')
    expect(drive.calling).toBe('generateSenderOtp')
  })

  it('wait also after a lookup without a reference on Levin: a code may be out', () => {
    const drive = new Drive({ rail: 'levin' })
    drive.answer('OTP_REF_MISSING')
    drive.send('resendOtp')
    expect(drive.settled).toEqual(['refused RESEND_TOO_EARLY'])
  })

  it('of the sender OTP on Levin look up again, and enrol again where that was lost', () => {
    const drive = new Drive({ rail: 'levin' })
    drive.answer('NOT_ENROLLED')
    drive.send('enterSenderDetails')
    drive.answer('UNKNOWN_OUTCOME')
    drive.now += MINUTE
    drive.send('resendOtp')
    expect(drive.calling).toBe('getSender')
    drive.answer('NOT_ENROLLED')
    expect(drive.calling).toBe('onboardSender')
  })
})
