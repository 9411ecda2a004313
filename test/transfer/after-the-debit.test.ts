import { describe, expect, it } from '@jest/globals'
import { TRANSFER } from '../../workflows/transfer/flow.js'
import { transferForm } from '../../workflows/transfer/input.js'
import { transferResultOf } from '../../workflows/transfer/view.js'
import { reference, TransferDrive, withDebit } from './support.js'

/** What becomes of a transfer after its debit, of a wallet load, and what operators can do. */

const MINUTE = 60_000

describe('a refund', () => {
  function due(): TransferDrive {
    const drive = withDebit()
    drive.tells('REFUND_PENDING', { txStatus: '3' })
    return drive
  }

  it('waits until its code is asked for: settlement may take hours, and a code lives for minutes', () => {
    const drive = due()
    expect(drive.calling).toBeNull()
    expect(TRANSFER.nextAction(drive.journey)).toMatchObject({
      do: 'REQUEST_NEW_CODE',
      purpose: 'REFUND',
      reason: 'NOT_SENT_YET',
    })
    drive.send('resendOtp')
    expect(drive.calling).toBe('generateRefundOtp')
    expect(drive.asked).toEqual({ tid: '77001' })
    drive.answer('OTP_SENT')
    drive.send('enterRefundOtp')
    expect(drive.calling).toBe('initiateRefund')
    drive.answer('REFUND_DONE', {
      transfer: { ...drive.journey.transaction!, tid: null, amountPaise: null, refundTid: '9', refundedPaise: 11_000 },
    })
    expect(transferResultOf(drive.journey)).toMatchObject({
      ...{
        state: 'REFUNDED',
        transaction: { tid: '77001', amountPaise: 11_000, refundTid: '9', refundedPaise: 11_000 },
      },
    })
  })

  it('whose answer is lost is inquired about, and not asked for again before the quarantine is over', () => {
    const drive = due()
    drive.send('resendOtp')
    drive.answer('OTP_SENT')
    drive.send('enterRefundOtp')
    drive.answer('UNKNOWN_OUTCOME')
    const since = drive.now
    while (drive.journey.state === 'REFUND_IN_PROGRESS') {
      if (drive.calling === null) drive.waitForIt()
      else drive.tells('REFUND_PENDING', { txStatus: '3' })
    }
    expect(drive.now - since).toBeGreaterThanOrEqual(30 * MINUTE)
    expect(drive.journey.state).toBe('REFUND_OTP_REQUIRED')
  })

  it('is seen by the inquiry', () => {
    const drive = due()
    drive.send('resendOtp')
    drive.answer('OTP_SENT')
    drive.send('enterRefundOtp')
    drive.answer('UNKNOWN_OUTCOME')
    drive.tells('REFUNDED', { txStatus: '4' })
    expect(drive.journey.state).toBe('REFUNDED')
  })

  it('is not ended by wrong codes: an operator must look, and can send it on', () => {
    const drive = due()
    for (let code = 0; !drive.journey.attention; code += 1) {
      drive.now += 24 * 60 * MINUTE
      drive.send('resendOtp')
      drive.answer('OTP_SENT')
      for (let entry = 0; entry < 3 && !drive.journey.attention; entry += 1) {
        drive.send('enterRefundOtp')
        drive.answer('WRONG_CODE')
      }
    }
    expect(drive.journey).toMatchObject({ state: 'REFUND_OTP_REQUIRED', attention: { reason: 'CODE_TRIES_USED_UP' } })
    drive.send('reenter')
    expect(drive.calling).toBe('transactionInquiry')
    drive.tells('REFUND_PENDING', { txStatus: '3' })
    expect(drive.journey).toMatchObject({ state: 'REFUND_OTP_REQUIRED', attention: null })
  })
})

describe('a wallet load', () => {
  const load = { input: { kind: 'WALLET_LOAD' } } as const

  it('is asked for once, under its reference, after Eko was asked, and without a code', () => {
    const drive = new TransferDrive(load).nothingFound()
    expect(drive.calling).toBe('loadWallet')
    expect(drive.journey.call?.request).toMatchObject({ clientRef: reference(1), amountPaise: 11_000 })
    drive.tells('WALLET_LOADED', { amountPaise: null })
    expect(drive.journey).toMatchObject({ state: 'COMPLETED', sends: { SENDER: [], TRANSACTION: [] } })
  })

  it('is inquired about after an unknown outcome, and never asked for again', () => {
    const drive = new TransferDrive(load).nothingFound()
    drive.answer('UNKNOWN_OUTCOME')
    expect(drive.asked).toEqual({ clientRefId: reference(1) })
    drive.answer('TRANSACTION_NOT_FOUND')
    drive.waitForIt()
    drive.tells('TRANSFER_DONE')
    expect(drive.journey.state).toBe('COMPLETED')
    expect(drive.debits).toEqual([reference(1)])
  })

  it('waits where it did not reach Eko, and keeps its reference', () => {
    const drive = new TransferDrive(load).nothingFound()
    drive.answer('NOT_SENT')
    drive.waitForIt()
    expect(drive.journey.call?.request.clientRef).toBe(reference(1))
  })

  it('is for DigiKhata alone, and a transfer needs a recipient', () => {
    const input = new TransferDrive(load).journey.input
    expect(transferForm(input)).toEqual({})
    expect(transferForm({ ...input, rail: 'levin' })).toHaveProperty('rail')
    const { recipientId: _recipient, ...without } = input
    expect(transferForm({ ...without, kind: 'TRANSFER' })).toHaveProperty('recipientId')
  })
})

describe('an operator', () => {
  function stuck(): TransferDrive {
    const drive = withDebit()
    drive.answer('UNKNOWN_OUTCOME')
    while (!drive.journey.attention) {
      if (drive.calling === null) drive.waitForIt()
      else drive.answer('TRANSACTION_NOT_FOUND')
    }
    return drive
  }

  it('has it inquired anew by reenter, and no new code is sent', () => {
    const drive = stuck()
    drive.send('reenter')
    expect(drive.calling).toBe('transactionInquiry')
    drive.answer('TRANSACTION_NOT_FOUND')
    expect(drive.journey).toMatchObject({ state: 'TRANSFER_IN_PROGRESS', attention: null, call: { parked: {} } })
  })

  it('has it inquired about by the id that Eko’s support named', () => {
    const drive = stuck()
    drive.send('inquireByTid')
    expect(drive.asked).toEqual({ tid: '88002' })
    drive.tells('TRANSFER_DONE', { tid: '88002' })
    expect(drive.journey.state).toBe('COMPLETED')
  })

  it('may declare that nothing was debited, where the transfer needs attention and not before', () => {
    const drive = withDebit()
    drive.answer('UNKNOWN_OUTCOME')
    drive.tells('TRANSFER_PENDING')
    drive.send('declareNotDebited')
    expect(drive.settled).toEqual(['refused NO_ATTENTION_NEEDED'])
    const declared = stuck()
    declared.send('declareNotDebited')
    expect(transferResultOf(declared.journey)).toMatchObject({ state: 'CANCELLED', detail: 'DECLARED_NOT_DEBITED' })
  })

  it('has it asked about at once by retryNow', () => {
    const drive = withDebit()
    drive.tells('TRANSFER_PENDING')
    drive.send('retryNow')
    expect(drive.calling).toBe('transactionInquiry')
  })

  it('of a reset run finds the debit that its history does not know', () => {
    const drive = withDebit()
    drive.answer('RUN_RESET')
    expect(drive.journey).toMatchObject({ state: 'TRANSFER_IN_PROGRESS', attention: { reason: 'RUN_RESET' } })
    drive.send('reenter')
    expect(drive.asked).toEqual({ clientRefId: reference(3) })
    drive.answer('TRANSACTION_NOT_FOUND')
    drive.answer('TRANSACTION_NOT_FOUND')
    drive.tells('TRANSFER_DONE')
    expect(drive.journey.state).toBe('COMPLETED')
    expect(drive.debits).toHaveLength(1)
  })
})
