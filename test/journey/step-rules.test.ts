import { describe, expect, it } from '@jest/globals'
import { nextActionOf, resultOf, viewOf } from '../../workflows/journey-view.js'
import { advance, statusOf } from './machine.js'
import { CONSENT, Drive, driveTo, message, outcome, presentConsent, sealedShape, START } from './support.js'

const MINUTE = 60_000

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

  it('must have been given after it was shown, and by whom', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    presentConsent(drive)
    const given = {
      consentId: 'c1',
      textSha256: CONSENT.textSha256,
      mode: 'self',
      acceptedAt: '1999-01-01T00:00:00Z',
    } as const
    drive.send('enterAadhaar', { consent: given })
    expect(drive.settled).toEqual(['refused CONSENT_MISMATCH'])
    drive.send('enterAadhaar', {
      consent: { ...given, acceptedAt: new Date(drive.now).toISOString(), mode: 'assisted' },
    })
    expect(drive.settled).toEqual(['refused INVALID_MESSAGE'])
    expect(drive.calling).toBeNull()
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
    expect(drive.settled).toEqual([])
    drive.answer('OTP_SENT')
    expect(drive.last.settled).toMatchObject([
      { receipt: { outcome: 'SENDER_OTP_AGAIN', nextAction: { do: 'ENTER_SENDER_OTP' } } },
    ])
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

  it('waits for a new proof of the mobile where the wallet token is known to be over', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED', { rail: 'levin', policy: { resendCooldownSeconds: 0 } })
    drive.send('enterPan')
    drive.send('enterAadhaarOtp')
    drive.answer('PAN_PENDING', { wallet: { token: sealedShape('walletToken'), id: '', expiresAt: drive.now } })
    expect(drive.calling).toBe('getSender')
    expect(drive.journey.keptPan).not.toBeNull()
  })

  it('is dropped after its time', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED')
    drive.send('enterPan')
    drive.wait(10 * MINUTE)
    expect(drive.journey.keptPan).toBeNull()
  })
})
