import { describe, expect, it } from '@jest/globals'
import { viewOf } from '../../workflows/journey-view.js'
import type { ConsentGiven, View } from '../../workflows/messages.js'
import { CONSENT, type Drive, driveTo, presentConsent } from './support.js'

const MINUTE = 60_000

function given(drive: Drive, more: Partial<ConsentGiven> = {}): ConsentGiven {
  const acceptedAt = new Date(drive.now).toISOString()
  return { consentId: CONSENT.consentId, textSha256: CONSENT.textSha256, mode: 'self', acceptedAt, ...more }
}

const ledger = (drive: Drive): NonNullable<View['consents']> => viewOf(drive.journey).consents ?? []

describe('the consent ledger', () => {
  it('has who agreed to which words, how, where and when', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    presentConsent(drive)
    const consent = given(drive, { mode: 'assisted', agent: 'agent-7', channel: 'branch' })
    drive.send('enterAadhaar', { consent, actor: { type: 'agent', id: 'agent-7', channel: 'app' } })
    expect(ledger(drive)).toEqual([])
    drive.answer('OTP_SENT')
    const { consentId, version, language, textSha256 } = CONSENT
    expect(ledger(drive)).toEqual([
      {
        ...{ consentId, version, language, textSha256, mode: 'assisted', agent: 'agent-7', channel: 'branch' },
        ...{ acceptedAt: consent.acceptedAt, presentedAt: consent.acceptedAt, usedAt: consent.acceptedAt },
        ...{ actor: { type: 'agent', id: 'agent-7', channel: 'app' }, userCode: '20810200' },
      },
    ])
  })

  it('takes the channel of whoever sent the message where the consent names none', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    presentConsent(drive)
    drive.send('enterAadhaar', { consent: given(drive), actor: { type: 'service', id: 's', channel: 'ivr' } })
    drive.answer('OTP_SENT')
    expect(ledger(drive)).toMatchObject([{ channel: 'ivr' }])
  })

  it('keeps each consent of a journey, also the one before a refused number', () => {
    const drive = driveTo('AADHAAR_REQUIRED')
    presentConsent(drive)
    drive.send('enterAadhaar')
    drive.answer('AADHAAR_REFUSED')
    drive.now += MINUTE
    presentConsent(drive)
    drive.send('enterAadhaar')
    drive.answer('OTP_SENT')
    const [first, second, ...more] = ledger(drive)
    expect(more).toEqual([])
    expect(Date.parse(second?.usedAt ?? '') - Date.parse(first?.usedAt ?? '')).toBe(MINUTE)
  })

  it.each(['LIMIT_REACHED', 'INPUT_REFUSED'] as const)('has no consent that was not used (%s)', (answer) => {
    const drive = driveTo('AADHAAR_REQUIRED')
    presentConsent(drive)
    drive.send('enterAadhaar')
    drive.answer(answer)
    expect(ledger(drive)).toEqual([])
  })

  it('has a consent once, however often a code is sent under it and wherever the journey goes on', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED')
    drive.goOn()
    drive.apply({ type: 'resolved', outcome: { plan: drive.journey.plan as never } })
    drive.wait(2 * MINUTE)
    drive.send('resendOtp')
    drive.answer('OTP_SENT')
    expect(drive.settled).toEqual(['OTP_SENT'])
    expect(ledger(drive)).toHaveLength(1)
  })

  it('says when Eko confirmed each step, and what it said', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('enterPan')
    drive.now += MINUTE
    drive.answer('ONBOARDED')
    const proofs = viewOf(drive.journey).proofs ?? []
    expect(proofs.map(({ step }) => step)).toEqual(['MOBILE_VERIFIED', 'AADHAAR_VERIFIED', 'PAN_VERIFIED'])
    expect(proofs.at(-1)).toMatchObject({
      at: new Date(drive.now).toISOString(),
      facts: { operation: 'rail validatePan' },
    })
  })
})

describe('a withdrawal', () => {
  const operator = { actor: { type: 'operator', id: 'op-7' }, reason: 'the sender asks' } as const

  it('stands beside the consent that it withdraws', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('withdrawConsent', operator)
    const view = viewOf(drive.journey)
    expect(view).toMatchObject({
      state: 'CANCELLED',
      withdrawal: { at: new Date(drive.now).toISOString(), ...operator },
    })
    expect(view.consents).toHaveLength(1)
  })

  it('is recorded also where the journey completes before it is heard', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('enterPan')
    drive.send('withdrawConsent', operator)
    drive.answer('ONBOARDED')
    expect(viewOf(drive.journey)).toMatchObject({ state: 'COMPLETED', withdrawal: operator })
  })

  it('is not there where nobody withdrew', () => {
    expect(viewOf(driveTo('COMPLETED').journey).withdrawal).toBeNull()
  })
})
