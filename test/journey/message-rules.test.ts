import { describe, expect, it } from '@jest/globals'
import { nextActionOf, resultOf } from '../../workflows/journey-view.js'
import type { PendingCall } from '../../workflows/journey.js'
import { advance, compareInput, openJourney, statusOf, wakeAt } from './machine.js'
import { Drive, driveTo, JOURNEY_ID, message, outcome, planOf, START } from './support.js'

const MINUTE = 60_000

/** The parked call with a retry so late that its code runs out first. */
function withoutRetry(call: PendingCall | null): PendingCall | null {
  return call?.parked ? { ...call, parked: { ...call.parked, retryAt: Infinity } } : call
}

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

  it('keep an early PAN, and refuse other input', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED')
    drive.send('enterSenderOtp')
    drive.answer('CONFIGURATION')
    drive.send('enterPan')
    expect(drive.settled).toEqual(['KEPT'])
    drive.send('enterSenderOtp')
    expect(drive.settled).toEqual(['refused PARKED'])
  })

  it('that an operator leaves behind tell their submission so', () => {
    const drive = driveTo('PAN_REQUIRED', { policy: { resendCooldownSeconds: 0 } })
    drive.send('enterPan', { submissionId: 's1' })
    drive.answer('CONFIGURATION')
    drive.send('reenter')
    expect(drive.journey.answers).toMatchObject([{ key: 'enterPan:s1', receipt: { outcome: 'SUPERSEDED' } }])
  })

  it('that never get an answer end up with an operator', () => {
    const drive = driveTo('PAN_REQUIRED')
    drive.send('enterPan')
    for (let park = 0; park < 5; park += 1) {
      drive.answer('UNKNOWN_OUTCOME')
      expect(statusOf(drive.journey).kind).toBe('PARKED')
      drive.wait((wakeAt(drive.journey) ?? 0) - drive.now)
    }
    drive.answer('UNKNOWN_OUTCOME')
    expect(statusOf(drive.journey)).toMatchObject({ kind: 'NEEDS_ATTENTION', reason: 'NO_ANSWER' })
  })

  it('do not use up the step’s time, also where their code is dropped', () => {
    const drive = driveTo('SENDER_OTP_REQUIRED', { policy: { otpLifetimeSeconds: 90, stepSeconds: 60 } })
    drive.now += 50_000
    drive.send('enterSenderOtp')
    drive.answer('CONFIGURATION')
    drive.journey = { ...drive.journey, call: withoutRetry(drive.journey.call) }
    drive.wait(40_000)
    expect(drive.settled).toEqual(['CODE_EXPIRED'])
    expect(drive.journey.state).toBe('SENDER_OTP_REQUIRED')
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

  it('go before the first call, where they came with the start', () => {
    const input = { tenant: 'acme', rail: 'digikhata', mobile: '9000000001', userCode: '20810200' } as const
    const opened = openJourney({ workflowId: JOURNEY_ID, runId: 'r', input, now: START })
    const cancelled = advance(opened, { type: 'arrived', message: message('cancel'), via: 'signal' }, START)
    const resolved = advance(cancelled.journey, { type: 'resolved', outcome: { plan: planOf() } }, START)
    expect(resolved.journey).toMatchObject({ state: 'CANCELLED', call: null })
  })

  it('go before a call that the journey would make by itself', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED')
    drive.send('enterPan')
    drive.send('enterAadhaarOtp')
    drive.send('withdrawConsent')
    drive.answer('PAN_PENDING')
    expect(drive.journey).toMatchObject({ state: 'CANCELLED', detail: 'CONSENT_WITHDRAWN', call: null })
  })

  it('are taken though the queue is full, once', () => {
    const drive = new Drive()
    for (let sent = 0; sent < 6; sent += 1) drive.send('enterPan')
    drive.send('cancel')
    expect(drive.settled).toEqual([])
    drive.send('withdrawConsent')
    expect(drive.settled).toEqual(['refused QUEUE_FULL'])
    drive.answer('OTP_SENT')
    expect(drive.journey.state).toBe('CANCELLED')
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
    expect(drive.settled).toEqual(['refused USER_CODE_NOT_ALLOWED'])
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
      expect(ref).toMatch(/^[A-Za-z0-9]{1,18}$/)
      expect(ref.startsWith('0011223344')).toBe(true)
    }
  })
})

describe('receipts', () => {
  it('never point to what the journey already does by itself', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED')
    drive.send('enterPan')
    drive.send('enterAadhaarOtp')
    drive.answer('PAN_PENDING')
    expect(drive.last.settled).toMatchObject([{ receipt: { outcome: 'ADVANCED', nextAction: { do: 'WAIT' } } }])
  })
})

describe('two runs of one sender', () => {
  it('share neither client_ref_ids nor challenge ids, though their run ids begin alike', () => {
    const input = { tenant: 'acme', rail: 'digikhata', mobile: '9000000001', userCode: '20810200' } as const
    const runs = ['019a2b3c-4d5e-7000-8000-00000000aaaa', '019a2b3c-4d5e-7000-8000-00000000bbbb'].map((runId) =>
      openJourney({ workflowId: JOURNEY_ID, runId, input, now: START }),
    )
    expect(new Set(runs.map(({ refPrefix }) => refPrefix)).size).toBe(2)
  })
})
