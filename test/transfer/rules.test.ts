import { describe, expect, it } from '@jest/globals'
import { referencesOf } from '../../workflows/transfer/references.js'
import { transferResultOf, transferViewOf } from '../../workflows/transfer/view.js'
import { reference, TransferDrive, withCode, withDebit } from './support.js'

const MINUTE = 60_000

describe('before anything is sent', () => {
  it('Eko is asked about every reference that an earlier run may have used, newest first', () => {
    const drive = new TransferDrive()
    const asked: unknown[] = []
    while (drive.calling === 'transactionInquiry') {
      asked.push(drive.asked)
      drive.answer('TRANSACTION_NOT_FOUND')
    }
    expect(asked).toEqual([3, 2, 1].map((number) => ({ clientRefId: reference(number) })))
    expect(drive.calling).toBe('sendTransactionOtp')
    expect(drive.journey.call?.request).toMatchObject({ recipientId: 10_017_740, amountPaise: 11_000 })
  })

  it('a reference is the same in every run, and fits what Eko takes', () => {
    const one = new TransferDrive()
    const other = new TransferDrive()
    other.goOn()
    expect(referencesOf(one.journey)).toEqual(referencesOf(other.journey))
    for (const text of referencesOf(one.journey)) expect(text).toMatch(/^[A-Za-z0-9_-]{1,20}$/)
  })

  it.each([
    ['TRANSFER_DONE', 'COMPLETED'],
    ['TRANSFER_FAILED', 'FAILED'],
    ['REFUNDED', 'REFUNDED'],
    ['TRANSFER_PENDING', 'TRANSFER_IN_PROGRESS'],
    ['REFUND_PENDING', 'REFUND_OTP_REQUIRED'],
  ] as const)('a debit of an earlier run is found: %s leads to %s, and no code is sent', (answer, state) => {
    const drive = new TransferDrive()
    drive.answer('TRANSACTION_NOT_FOUND')
    drive.tells(answer)
    expect(drive.journey.state).toBe(state)
    expect(drive.calling).toBeNull()
    expect(drive.journey.sends.TRANSACTION).toEqual([])
  })

  it('a transaction of another amount is not taken for this one: an operator must look', () => {
    const drive = new TransferDrive()
    drive.tells('TRANSFER_DONE', { amountPaise: 12_000 })
    expect(drive.journey).toMatchObject({
      state: 'TRANSFER_IN_PROGRESS',
      attention: { reason: 'TRANSACTION_MISMATCH' },
    })
  })

  it('on Levin the sender proves the mobile first; on DigiKhata where it is asked for', () => {
    const levin = new TransferDrive({ rail: 'levin' }).nothingFound()
    expect(levin.calling).toBe('getSender')
    const asked = new TransferDrive({ input: { proveSender: true } }).nothingFound()
    expect(asked.calling).toBe('getSender')
    expect(new TransferDrive().nothingFound().calling).toBe('sendTransactionOtp')
  })

  it.each(['NOT_ENROLLED', 'SENDER_UNKNOWN'] as const)(
    'a sender who is %s is rejected, with nothing debited',
    (answer) => {
      const drive = new TransferDrive({ rail: 'levin' }).nothingFound()
      drive.answer(answer)
      expect(transferResultOf(drive.journey)).toMatchObject({ state: 'REJECTED', rejection: 'SENDER_NOT_ONBOARDED' })
    },
  )

  it('a sender whose KYC is not complete is rejected', () => {
    const drive = new TransferDrive({ rail: 'levin' }).nothingFound()
    drive.answer('OTP_SENT')
    drive.send('enterSenderOtp')
    drive.answer('PAN_PENDING')
    expect(drive.journey).toMatchObject({ state: 'REJECTED', rejection: 'SENDER_NOT_ONBOARDED' })
  })
})

describe('the debit', () => {
  it('is asked for once for a code, under the first reference, with the wallet token on Levin', () => {
    const drive = withDebit({ rail: 'levin' })
    expect(drive.calling).toBe('initiateTransaction')
    expect(drive.journey.call?.request).toMatchObject({
      ...{ clientRef: reference(1), amountPaise: 11_000, recipientId: 10_017_740, wallet: { id: 'wlt_1' } },
    })
  })

  it.each([
    ['TRANSFER_DONE', 'COMPLETED'],
    ['TRANSFER_FAILED', 'FAILED'],
    ['REFUNDED', 'REFUNDED'],
  ] as const)('%s ends the transfer as %s', (answer, state) => {
    const drive = withDebit()
    drive.tells(answer)
    expect(drive.settled).toEqual([state])
    expect(transferResultOf(drive.journey)).toMatchObject({ state, transaction: { tid: '77001' } })
  })

  it.each(['UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER', 'TRANSFER_PENDING'] as const)(
    '%s is inquired about until Eko says what became of it; it is never asked for again',
    (answer) => {
      const drive = withDebit()
      if (answer === 'TRANSFER_PENDING') drive.tells(answer)
      else drive.answer(answer)
      for (let look = 0; look < 8; look += 1) {
        if (drive.calling === null) drive.waitForIt()
        expect(drive.calling).toBe('transactionInquiry')
        drive.tells('TRANSFER_PENDING')
        expect(drive.journey).toMatchObject({
          state: 'TRANSFER_IN_PROGRESS',
          call: { parked: { dependency: 'EKO_SETTLEMENT' } },
        })
      }
      drive.waitForIt()
      drive.tells('TRANSFER_DONE')
      expect(drive.journey.state).toBe('COMPLETED')
      expect(drive.debits).toEqual([reference(1)])
    },
  )

  it('not found is no proof: it is asked about through the quarantine, and then an operator must look', () => {
    const drive = withDebit()
    drive.answer('UNKNOWN_OUTCOME')
    const since = drive.now
    while (!drive.journey.attention) {
      if (drive.calling === null) drive.waitForIt()
      else drive.answer('TRANSACTION_NOT_FOUND')
    }
    expect(drive.now - since).toBeGreaterThanOrEqual(30 * MINUTE)
    expect(drive.journey).toMatchObject({
      state: 'TRANSFER_IN_PROGRESS',
      attention: { reason: 'TRANSACTION_NOT_FOUND' },
    })
    expect(transferViewOf(drive.journey).initiations).toMatchObject([
      { clientRefId: reference(1), answer: 'UNKNOWN_OUTCOME' },
    ])
    expect(drive.debits).toEqual([reference(1)])
    expect(drive.journey.sends.TRANSACTION).toHaveLength(1)
  })

  it('found late, after Eko did not find it: the transfer is done, once', () => {
    const drive = withDebit()
    drive.answer('UNKNOWN_OUTCOME')
    drive.answer('TRANSACTION_NOT_FOUND')
    drive.waitForIt()
    drive.tells('TRANSFER_DONE')
    expect(drive.journey.state).toBe('COMPLETED')
    expect(drive.debits).toHaveLength(1)
  })

  it('lost inquiries end nothing: it goes on asking', () => {
    const drive = withDebit()
    drive.answer('UNKNOWN_OUTCOME')
    for (let look = 0; look < 12; look += 1) {
      drive.answer('UNKNOWN_OUTCOME')
      expect(drive.journey.attention).toBeNull()
      drive.waitForIt()
    }
    drive.tells('TRANSFER_FAILED')
    expect(drive.journey.state).toBe('FAILED')
  })

  it('a wrong code leaves the next one a reference of its own; three are the end, and nothing is debited', () => {
    const drive = withDebit()
    drive.answer('WRONG_CODE')
    drive.send('enterTransactionOtp')
    drive.answer('WRONG_CODE')
    drive.send('enterTransactionOtp')
    drive.answer('WRONG_CODE')
    expect(drive.debits).toEqual([1, 2, 3].map(reference))
    expect(drive.journey).toMatchObject({ state: 'REJECTED', rejection: 'TRANSACTION_OTP_TRIES_USED_UP' })
  })

  it('a failed transaction of an older reference is no end: its code was wrong', () => {
    const drive = withDebit()
    drive.answer('WRONG_CODE')
    drive.send('enterTransactionOtp')
    drive.answer('UNKNOWN_OUTCOME')
    expect(drive.asked).toEqual({ clientRefId: reference(2) })
    drive.answer('TRANSACTION_NOT_FOUND')
    expect(drive.asked).toEqual({ clientRefId: reference(1) })
    drive.tells('TRANSFER_FAILED')
    expect(drive.journey).toMatchObject({ state: 'TRANSFER_IN_PROGRESS', call: { parked: {} } })
    drive.waitForIt()
    drive.tells('TRANSFER_FAILED')
    expect(drive.journey.state).toBe('FAILED')
  })

  it('a call that did not reach Eko waits, and keeps its reference', () => {
    const drive = withDebit()
    drive.answer('NOT_SENT')
    expect(drive.journey).toMatchObject({ state: 'TRANSACTION_OTP_REQUIRED', call: { parked: {} }, initiations: [] })
    drive.waitForIt()
    expect(drive.journey.call?.request.clientRef).toBe(reference(1))
  })

  it('a refusal that no row knows is an operator’s, from where the transfer cannot be cancelled', () => {
    const drive = withDebit()
    drive.answer('REFUSED')
    expect(drive.journey).toMatchObject({ state: 'TRANSFER_IN_PROGRESS', attention: { reason: 'REFUSED_BY_EKO' } })
    drive.send('cancel')
    expect(drive.settled).toEqual(['refused WRONG_STATE'])
  })

  it.each(['INSUFFICIENT_BALANCE', 'TRANSFER_LIMIT', 'RECIPIENT_REFUSED', 'COOLING'] as const)(
    '%s ends the transfer with that reason, before and after the code',
    (answer) => {
      const early = new TransferDrive().nothingFound()
      early.answer(answer)
      expect(early.journey).toMatchObject({ state: 'REJECTED', rejection: answer })
      const late = withDebit()
      late.answer(answer)
      expect(late.journey).toMatchObject({ state: 'REJECTED', rejection: answer })
    },
  )

  it('nothing ends it by itself or by cancel while money may be on its way', () => {
    const drive = withDebit()
    drive.answer('UNKNOWN_OUTCOME')
    drive.tells('TRANSFER_PENDING')
    drive.send('cancel')
    expect(drive.settled).toEqual(['refused WRONG_STATE'])
    drive.wait(60 * 24 * 60 * MINUTE)
    expect(drive.journey.state).toBe('TRANSFER_IN_PROGRESS')
    expect(drive.calling).toBe('transactionInquiry')
  })

  it('before a debit was asked for it may be cancelled, and ends by itself', () => {
    const cancelled = withCode()
    cancelled.send('cancel')
    expect(cancelled.journey.state).toBe('CANCELLED')
    const forgotten = withCode()
    forgotten.wait(8 * 24 * 60 * MINUTE)
    expect(forgotten.journey.state).toBe('EXPIRED')
  })
})

describe('a wallet token that Levin refuses', () => {
  it('has the sender prove the mobile again, once, and a new code sent', () => {
    const drive = withDebit({ rail: 'levin' })
    drive.now += 2 * MINUTE
    drive.answer('WALLET_TOKEN_REFUSED')
    expect(drive.calling).toBe('getSender')
    drive.answer('OTP_SENT')
    expect(drive.settled).toEqual(['SENDER_OTP_AGAIN'])
    drive.send('enterSenderOtp')
    drive.answer('ONBOARDED')
    expect(drive.calling).toBe('sendTransactionOtp')
    drive.answer('OTP_SENT')
    drive.send('enterTransactionOtp')
    expect(drive.journey.call?.request.clientRef).toBe(reference(2))
    drive.answer('WALLET_TOKEN_REFUSED')
    expect(drive.journey.attention).toMatchObject({ reason: 'LEVIN_WALLET_TOKEN_MISSING' })
  })
})
