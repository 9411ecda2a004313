import { describe, expect, it } from '@jest/globals'
import { nextActionOf, resultOf, statusOf, viewOf } from '../../workflows/journey-view.js'
import { wakeAt } from '../../workflows/journey-clock.js'
import { advance, compareInput } from '../../workflows/onboarding-journey.js'
import { Drive, driveTo, message, outcome, presentConsent, sealedShape, START } from './support.js'

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

describe('the lookup', () => {
  it('does not trust "already onboarded": the sender proves the mobile first', () => {
    const drive = new Drive()
    drive.answer('ONBOARDED')
    expect(drive.calling).toBe('generateSenderOtp')
    expect(viewOf(drive.journey).state).toBe('SENDER_LOOKUP')
  })

  it('trusts it where the policy says so, with an unconfirmed capability', () => {
    const drive = new Drive({ policy: { trustLookup: true } })
    drive.answer('ONBOARDED')
    expect(resultOf(drive.journey)).toMatchObject({
      state: 'COMPLETED',
      capability: 'unconfirmed',
      completionEvidence: { mobileVerifiedHere: false },
    })
  })

  it('needs an operator on Levin, where no call could send a code to an onboarded sender', () => {
    const drive = new Drive({ rail: 'levin' })
    drive.answer('ONBOARDED')
    expect(statusOf(drive.journey)).toMatchObject({ reason: 'SENDER_OTP_UNAVAILABLE' })
  })

  it('does not go in circles', () => {
    const drive = new Drive({ policy: { resendCooldownSeconds: 0 } })
    drive.answer('ONBOARDED')
    for (let hop = 0; hop < 20 && drive.calling; hop += 1) {
      drive.answer(drive.calling === 'generateSenderOtp' ? 'SENDER_UNKNOWN' : 'ONBOARDED')
    }
    expect(statusOf(drive.journey)).toMatchObject({ reason: 'GOING_IN_CIRCLES' })
  })
})

describe('consent', () => {
  it('must be the one that this journey presented', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    drive.send('enterAadhaar')
    expect(drive.settled).toEqual(['refused CONSENT_REQUIRED'])
    presentConsent(drive)
    const consent = {
      consentId: 'c1',
      textSha256: 'b'.repeat(64),
      mode: 'self',
      acceptedAt: '2026-01-01T00:00:00Z',
    } as const
    drive.send('enterAadhaar', { consent })
    expect(drive.settled).toEqual(['refused CONSENT_MISMATCH'])
  })

  it('is used up by the number it was given for', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    presentConsent(drive)
    drive.send('enterAadhaar')
    drive.answer('AADHAAR_REFUSED')
    drive.send('enterAadhaar')
    expect(drive.settled).toEqual(['refused CONSENT_REQUIRED'])
  })

  it('stays where the number never left us', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    presentConsent(drive)
    drive.send('enterAadhaar')
    drive.answer('INPUT_REFUSED', { inputCode: 'AADHAAR_CHECKSUM_INVALID' })
    expect(drive.last.settled).toMatchObject([
      { receipt: { outcome: 'INPUT_REFUSED', detail: 'AADHAAR_CHECKSUM_INVALID' } },
    ])
    expect(nextActionOf(drive.journey)).toMatchObject({ do: 'ENTER_AADHAAR', lastError: 'AADHAAR_CHECKSUM_INVALID' })
    expect(viewOf(drive.journey).consent).toBeNull()
  })

  it('grows old', () => {
    const drive = driveTo('AADHAAR_REQUIRED', { policy: { consentSeconds: 60 } })
    presentConsent(drive)
    drive.now += 61_000
    drive.send('enterAadhaar')
    expect(drive.settled).toEqual(['refused CONSENT_EXPIRED'])
  })

  it('is asked for again where a resend comes after it grew old', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED', { policy: { consentSeconds: 60 } })
    drive.now += 61_000
    drive.send('resendOtp')
    expect(drive.settled).toEqual(['CONSENT_AGAIN'])
    expect(nextActionOf(drive.journey)).toMatchObject({ do: 'REQUEST_CONSENT' })
  })

  it('offers the languages that there are', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    drive.send('requestConsent', { language: 'Klingon' })
    drive.answer('LANGUAGES')
    expect(drive.settled).toEqual(['LANGUAGE_NOT_OFFERED'])
    expect(nextActionOf(drive.journey)).toMatchObject({ do: 'REQUEST_CONSENT', languages: ['English'] })
  })
})

describe('unknown outcomes of a verification', () => {
  it('lead on DigiKhata to a fresh sender OTP, and never repeat the Aadhaar verification', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED')
    drive.send('enterAadhaarOtp')
    drive.answer('UNKNOWN_OUTCOME')
    expect(drive.settled).toEqual(['VERIFICATION_UNCERTAIN'])
    expect(drive.journey.state).toBe('SENDER_OTP_REQUIRED')
    expect(nextActionOf(drive.journey)).toMatchObject({ do: 'REQUEST_NEW_CODE', reason: 'VERIFICATION_UNCERTAIN' })
  })

  it('lead on Levin forward: the PAN is the probe', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED', { rail: 'levin' })
    drive.send('enterAadhaarOtp')
    drive.answer('UNKNOWN_OUTCOME')
    expect(drive.journey.state).toBe('PAN_REQUIRED')
    drive.send('enterPan')
    drive.answer('AADHAAR_PENDING')
    expect(drive.journey.state).toBe('AADHAAR_REQUIRED')
    expect(drive.journey.keptPan).not.toBeNull()
  })

  it('do not probe where the journey is to stop before the PAN', () => {
    const input = { ...driveTo('AADHAAR_OTP_REQUIRED', { rail: 'levin' }).journey }
    const stopping = { ...input, input: { ...input.input, stopAt: 'PAN_REQUIRED' as const } }
    const sent = advance(stopping, { type: 'arrived', message: message('enterAadhaarOtp'), via: 'update' }, START)
    const after = advance(
      sent.journey,
      { type: 'callEnded', outcome: outcome('verifyAadhaarOtp', 'UNKNOWN_OUTCOME') },
      START,
    )
    expect(after.journey.state).toBe('SENDER_OTP_REQUIRED')
  })
})

describe('the Levin wallet token', () => {
  it('is replaced only by what is not empty', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED', { rail: 'levin' })
    drive.send('enterSenderOtp')
    drive.answer('AADHAAR_PENDING', { wallet: { token: sealedShape('walletToken'), id: 'w1', expiresAt: 5 } })
    presentConsent(drive)
    const { wallet } = drive.journey
    expect(wallet).toEqual({ token: sealedShape('walletToken'), id: 'w1', expiresAt: 5 })
    drive.journey = { ...drive.journey, wallet: wallet && { ...wallet, expiresAt: null } }
    drive.send('enterAadhaar')
    drive.answer('OTP_SENT', { wallet: { token: null, id: '', expiresAt: null } })
    expect(drive.journey.wallet).toMatchObject({ token: sealedShape('walletToken'), id: 'w1' })
  })

  it('is sent empty where none is held', () => {
    const drive = driveTo('AADHAAR_REQUIRED', { rail: 'levin' })
    presentConsent(drive)
    drive.send('enterAadhaar')
    expect(drive.journey.call?.request.wallet).toEqual({ token: null, id: '' })
  })

  it('refused: one new proof of the mobile per step, an unexpired Aadhaar code stays, then an operator', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED', { rail: 'levin', policy: { resendCooldownSeconds: 0 } })
    const { challenge } = drive.journey
    drive.send('enterAadhaarOtp')
    drive.answer('WALLET_TOKEN_REFUSED')
    expect(drive.settled).toEqual(['SENDER_OTP_AGAIN'])
    drive.answer('OTP_SENT')
    drive.send('enterSenderOtp')
    drive.answer('AADHAAR_PENDING')
    expect(drive.journey.state).toBe('AADHAAR_OTP_REQUIRED')
    expect(drive.journey.challenge).toEqual(challenge)
    drive.send('enterAadhaarOtp')
    drive.answer('WALLET_TOKEN_REFUSED')
    expect(statusOf(drive.journey)).toMatchObject({ reason: 'LEVIN_WALLET_TOKEN_MISSING' })
  })

  it('known to be over is not even tried', () => {
    const drive = driveTo('PAN_REQUIRED', { rail: 'levin' })
    drive.journey = { ...drive.journey, wallet: { token: sealedShape('walletToken'), id: '', expiresAt: drive.now } }
    drive.now += MINUTE
    drive.send('enterPan')
    expect(drive.calling).toBe('getSender')
  })
})

describe('a PAN that comes early', () => {
  it('is kept, and submitted at its step', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED')
    drive.send('enterPan')
    expect(drive.settled).toEqual(['KEPT'])
    drive.send('enterAadhaarOtp')
    drive.answer('PAN_PENDING')
    expect(drive.calling).toBe('validatePan')
  })

  it('is dropped after its time', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED')
    drive.send('enterPan')
    drive.wait(10 * MINUTE)
    expect(drive.journey.keptPan).toBeNull()
  })
})

describe('parked calls', () => {
  it('go on by themselves, later each time, and keep the step’s time', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('enterPan')
    const { stepDeadline } = drive.journey
    const waits: number[] = []
    for (let park = 0; park < 4; park += 1) {
      drive.answer('NOT_SENT')
      expect(statusOf(drive.journey)).toMatchObject({ kind: 'PARKED', dependency: 'EKO_TRANSPORT' })
      const wait = (wakeAt(drive.journey) ?? 0) - drive.now
      waits.push(wait)
      drive.wait(wait)
      expect(drive.calling).toBe('validatePan')
    }
    expect([...waits].sort((a, b) => a - b)).toEqual(waits)
    expect(drive.journey.stepDeadline).toBe(stepDeadline + waits.reduce((sum, wait) => sum + wait, 0))
  })

  it('settle whoever waits, and give the later outcome to the same submission', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('enterPan', { submissionId: 's1' })
    drive.answer('CONFIGURATION')
    expect(drive.settled).toEqual(['PARKED'])
    drive.send('retryNow')
    drive.answer('ONBOARDED')
    expect(drive.settled).toEqual(['COMPLETED', 'COMPLETED'])
    expect(drive.journey.answers).toMatchObject([{ key: 'enterPan:s1', receipt: { outcome: 'COMPLETED' } }])
  })

  it('drop a code when its time is over', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED', { policy: { otpLifetimeSeconds: 10 } })
    drive.send('enterSenderOtp')
    drive.answer('CONFIGURATION')
    drive.wait(10_000)
    expect(drive.journey.call).toBeNull()
    expect(drive.settled).toEqual(['CODE_EXPIRED'])
    expect(nextActionOf(drive.journey)).toMatchObject({ do: 'REQUEST_NEW_CODE', reason: 'CODE_EXPIRED' })
  })
})

describe('submissions', () => {
  it('with a submissionId seen before get the first answer, without a call', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.send('enterSenderOtp', { submissionId: 's1' })
    drive.answer('WRONG_CODE')
    drive.send('enterSenderOtp', { submissionId: 's1' })
    expect(drive.settled).toEqual(['WRONG_CODE'])
    expect(drive.calling).toBeNull()
  })

  it('sent twice while the first is on its way are one', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    const first = drive.send('enterSenderOtp', { submissionId: 's1' })
    const second = drive.send('enterSenderOtp', { submissionId: 's1' })
    expect(second.sequence).toBe(first.sequence)
    expect(drive.journey.queue).toEqual([])
  })

  it('that were refused are not remembered', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.send('resendOtp', { submissionId: 's1' })
    expect(drive.settled).toEqual(['refused RESEND_TOO_EARLY'])
    drive.now += MINUTE
    drive.send('resendOtp', { submissionId: 's1' })
    expect(drive.calling).toBe('generateSenderOtp')
  })

  it('beyond six in the queue are refused', () => {
    const drive = new Drive()
    for (let sent = 0; sent < 6; sent += 1) drive.send('enterPan')
    drive.send('enterPan')
    expect(drive.settled).toEqual(['refused QUEUE_FULL'])
  })

  it('that end the journey go first: no call is made after them', () => {
    const drive = new Drive()
    drive.send('enterSenderOtp')
    drive.send('cancel')
    drive.answer('OTP_SENT')
    expect(drive.journey.state).toBe('CANCELLED')
    expect(drive.calling).toBeNull()
  })

  it('do not win over a completion that was in flight', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('enterPan')
    drive.send('cancel')
    drive.answer('ONBOARDED')
    expect(drive.journey.state).toBe('COMPLETED')
  })
})

describe('ends', () => {
  it('claim full capability only by a PAN success of this journey', () => {
    expect(resultOf(driveTo('COMPLETED').journey)).toMatchObject({
      capability: 'full',
      completionEvidence: { steps: ['MOBILE_VERIFIED', 'AADHAAR_VERIFIED', 'PAN_VERIFIED'], mobileVerifiedHere: true },
    })
    const approvedBefore = driveTo('PAN_REQUIRED')
    approvedBefore.send('enterPan')
    const facts = { ...outcome('validatePan', 'ONBOARDED').facts, status: 585 }
    approvedBefore.answer('ONBOARDED', { facts: facts as never })
    expect(resultOf(approvedBefore.journey).capability).toBe('unconfirmed')
    const known = driveTo('SENDER_OTP_REQUIRED')
    known.send('enterSenderOtp')
    known.answer('ONBOARDED')
    expect(resultOf(known.journey).capability).toBe('unconfirmed')
  })

  it('stop at the PAN where asked to', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED', { stopAt: 'PAN_REQUIRED' })
    drive.send('enterAadhaarOtp')
    drive.answer('PAN_PENDING')
    expect(resultOf(drive.journey)).toMatchObject({ state: 'COMPLETED', capability: 'small' })
  })

  it('come by themselves when a step or the journey takes too long', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.wait(86_400_000)
    expect(resultOf(drive.journey)).toMatchObject({ state: 'EXPIRED', detail: 'STEP_TOO_LONG' })
    const waiting = driveTo('PAN_REQUIRED', { policy: { journeySeconds: 60 } })
    waiting.wait(60_000)
    expect(resultOf(waiting.journey)).toMatchObject({ state: 'EXPIRED', detail: 'JOURNEY_TOO_LONG' })
  })
})

describe('joining', () => {
  const { journey } = driveTo('SENDER_OTP_REQUIRED')

  it('with the same input is taken', () => {
    expect(compareInput(journey, { ...journey.input, opener: 'other' })).toBeNull()
  })

  it('with other input says which fields differ', () => {
    const other = { ...journey.input, stopAt: 'PAN_REQUIRED' as const }
    expect(compareInput(journey, other)).toMatchObject({ code: 'INPUT_CONFLICT', details: { fields: ['stopAt'] } })
  })

  it('by another agent is refused, until an operator hands the journey over', () => {
    const other = { ...journey.input, userCode: '20810210' }
    expect(compareInput(journey, other)).toMatchObject({ code: 'OWNED_BY_ANOTHER_AGENT' })
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.send('takeOver')
    expect(drive.journey.resolving).toMatchObject({ userCode: '20810210' })
    drive.apply({ type: 'resolved', outcome: { refused: 'USER_CODE_NOT_ALLOWED' } })
    expect(drive.settled).toEqual(['INPUT_REFUSED'])
    expect(drive.journey.userCode).toBe('20810200')
  })
})

describe('client_ref_ids', () => {
  it('fit Eko’s 20 characters with room for the attempt, begin alike, and never repeat', () => {
    const drive = new Drive()
    const refs: string[] = []
    const take = (): void => void refs.push(drive.journey.call?.request.clientRef ?? '')
    take()
    for (let resend = 0; resend < 2; resend += 1) {
      drive.answer('UNKNOWN_OUTCOME')
      drive.now += MINUTE
      drive.send('resendOtp')
      take()
    }
    drive.answer('NOT_SENT')
    drive.now += MINUTE
    drive.send('retryNow')
    take()
    expect(new Set(refs).size).toBe(4)
    for (const ref of refs) {
      expect(ref).toMatch(/^[A-Za-z0-9]{1,17}$/)
      expect(ref.startsWith('0011223344')).toBe(true)
    }
  })
})
