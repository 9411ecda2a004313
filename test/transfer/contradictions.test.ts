import { describe, expect, it } from '@jest/globals'
import { TRANSFER } from '../../workflows/transfer/flow.js'
import { reference, TransferDrive, withCode, withDebit } from './support.js'

/** What Eko says of a debit that it refused, of somebody else's transaction, and what operators do with it. */

const MINUTE = 60_000

/** The first debit is refused for its code, the answer to the second one is lost. */
function secondUnknown(): TransferDrive {
  const drive = withDebit()
  drive.answer('WRONG_CODE')
  drive.send('enterTransactionOtp')
  drive.answer('UNKNOWN_OUTCOME')
  expect(drive.asked).toEqual({ clientRefId: reference(2) })
  return drive
}

/** Whether it still asks about the newest reference, and nothing was decided. */
function asksOn(drive: TransferDrive): void {
  expect(drive.journey.state).toBe('TRANSFER_IN_PROGRESS')
  drive.waitForIt()
  expect(drive.asked).toEqual({ clientRefId: reference(2) })
}

describe('a debit that was refused for its code, and that Eko keeps', () => {
  it.each([
    ['as failed', 'TRANSFER_FAILED', '1'],
    ['as pending', 'TRANSFER_PENDING', '2'],
  ] as const)('%s, says nothing of the one after it', (_how, answer, txStatus) => {
    const drive = secondUnknown()
    drive.answer('TRANSACTION_NOT_FOUND')
    expect(drive.asked).toEqual({ clientRefId: reference(1) })
    drive.tells(answer, { tid: '71', txStatus })
    asksOn(drive)
  })

  it.each(['TRANSFER_DONE', 'REFUND_PENDING', 'REFUNDED'] as const)(
    'and says that money moved (%s), is an operator’s case',
    (answer) => {
      const drive = secondUnknown()
      drive.answer('TRANSACTION_NOT_FOUND')
      drive.tells(answer, { tid: '71' })
      expect(drive.journey).toMatchObject({
        ...{ state: 'TRANSFER_IN_PROGRESS', attention: { reason: 'TRANSACTION_MISMATCH' }, transaction: null },
      })
    },
  )

  it('is known by its reference also where an operator named its id', () => {
    const drive = secondUnknown()
    while (!drive.journey.attention) {
      if (drive.calling === null) drive.waitForIt()
      else drive.answer('TRANSACTION_NOT_FOUND')
    }
    drive.send('inquireByTid')
    drive.tells('TRANSFER_FAILED', { tid: '88002', clientRefId: reference(1) })
    expect(drive.asked).toEqual({ clientRefId: reference(2) })
    drive.answer('TRANSACTION_NOT_FOUND')
    drive.answer('TRANSACTION_NOT_FOUND')
    asksOn(drive)
  })

  it('does not end a transfer that is begun again', () => {
    const drive = withDebit()
    drive.answer('WRONG_CODE')
    drive.send('reenter')
    expect(drive.asked).toEqual({ clientRefId: reference(1) })
    drive.tells('TRANSFER_FAILED', { txStatus: '1' })
    expect(drive.journey).toMatchObject({ state: 'TRANSACTION_OTP_REQUIRED', attention: null })
  })
})

describe('a transaction of somebody else', () => {
  it('of the same amount, whose id an operator mistyped, does not end the transfer', () => {
    const drive = secondUnknown()
    drive.answer('TRANSACTION_NOT_FOUND')
    drive.answer('TRANSACTION_NOT_FOUND')
    drive.send('inquireByTid')
    drive.tells('TRANSFER_DONE', { tid: '88002', clientRefId: 'another1' })
    expect(drive.journey.attention).toEqual(expect.objectContaining({ reason: 'TRANSACTION_MISMATCH' }))
  })

  it('that is pending and does not name its reference is left again by reenter, and by another id', () => {
    const drive = secondUnknown()
    drive.answer('TRANSACTION_NOT_FOUND')
    drive.answer('TRANSACTION_NOT_FOUND')
    drive.send('inquireByTid')
    drive.tells('TRANSFER_PENDING', { tid: '88002' })
    drive.send('inquireByTid', { tid: '88003' })
    expect(drive.asked).toEqual({ tid: '88003' })
    drive.tells('TRANSFER_PENDING', { tid: '88003' })
    drive.send('reenter')
    expect(drive.asked).toEqual({ clientRefId: reference(2) })
  })

  it('under a reference of ours keeps `reenter` from sending a code', () => {
    const drive = new TransferDrive()
    drive.tells('TRANSFER_DONE', { amountPaise: 22_000 })
    expect(drive.journey.attention).toEqual(expect.objectContaining({ reason: 'TRANSACTION_MISMATCH' }))
    drive.send('reenter')
    drive.nothingFound()
    expect(drive.journey).toMatchObject({ state: 'TRANSFER_IN_PROGRESS', call: { parked: {} } })
  })
})

describe('what nobody knows', () => {
  it('after a reset of the run is not sent anew by `reenter`: Eko not finding it is no proof', () => {
    const drive = withDebit()
    drive.answer('RUN_RESET')
    expect(drive.journey.initiations).toMatchObject([{ clientRefId: reference(1), answer: 'RUN_RESET' }])
    drive.send('reenter')
    drive.nothingFound()
    expect(drive.journey).toMatchObject({ state: 'TRANSFER_IN_PROGRESS', call: { parked: {} } })
    expect(drive.debits).toEqual([reference(1)])
  })

  it('of an id that an operator named before anything was sent keeps the transfer from going on', () => {
    const drive = new TransferDrive()
    drive.answer('REFUSED')
    drive.send('inquireByTid')
    for (let asked = 0; asked < 4; asked += 1) drive.answer('TRANSACTION_NOT_FOUND')
    drive.send('reenter')
    drive.nothingFound()
    expect(drive.journey).toMatchObject({ state: 'TRANSFER_IN_PROGRESS', call: { parked: {} } })
  })

  it('is asked about by every reference, also where Eko gave an id and does not find it', () => {
    const drive = withDebit()
    drive.answer('UNKNOWN_OUTCOME', { transfer: { ...unknownTransaction, tid: '71' } })
    expect(drive.asked).toEqual({ tid: '71' })
    drive.answer('TRANSACTION_NOT_FOUND')
    expect(drive.asked).toEqual({ clientRefId: reference(1) })
  })
})

const unknownTransaction = {
  ...{ tid: null, txStatus: null, amountPaise: null, feePaise: null, bankRefNum: null, clientRefId: null },
  ...{ timestamp: null, refundTid: null, refundedPaise: null },
} as const

describe('the quarantine', () => {
  it('begins with the first time that Eko does not find it, not while Eko cannot be asked', () => {
    const drive = withDebit()
    drive.answer('UNKNOWN_OUTCOME')
    const lostAt = drive.now
    while (drive.now < lostAt + 32 * MINUTE) {
      if (drive.calling === null) drive.waitForIt()
      else drive.answer('NOT_SENT')
    }
    if (drive.calling === null) drive.waitForIt()
    drive.answer('TRANSACTION_NOT_FOUND')
    expect(drive.journey).toMatchObject({ attention: null, unknownSince: drive.now })
  })

  it('ends with a last question, and no later', () => {
    const drive = withDebit()
    drive.answer('UNKNOWN_OUTCOME')
    const since = drive.now
    let questions = 0
    while (!drive.journey.attention) {
      if (drive.calling === null) drive.waitForIt()
      else {
        drive.answer('TRANSACTION_NOT_FOUND')
        questions += 1
      }
    }
    expect(drive.now - since).toBe(30 * MINUTE)
    expect(questions).toBeGreaterThan(5)
  })

  it('is not cut short by an answer to an inquiry that nobody knows', () => {
    const drive = withDebit()
    drive.answer('UNKNOWN_OUTCOME')
    drive.answer('UNRECOGNISED_ANSWER')
    expect(drive.journey).toMatchObject({ attention: null, call: { parked: { dependency: 'EKO_SETTLEMENT' } } })
    drive.waitForIt()
    drive.tells('TRANSFER_DONE')
    expect(drive.journey.state).toBe('COMPLETED')
  })
})

describe('a cancellation', () => {
  it.each([1, 2, 3])('during inquiry %i of the beginning waits for the last one, and then ends it', (during) => {
    const drive = new TransferDrive()
    for (let asked = 1; asked < during; asked += 1) drive.answer('TRANSACTION_NOT_FOUND')
    drive.send('cancel')
    while (drive.journey.state === 'REFERENCE_INQUIRY') drive.answer('TRANSACTION_NOT_FOUND')
    expect(drive.journey).toMatchObject({ state: 'CANCELLED', sends: { TRANSACTION: [] } })
    expect(drive.settled).toContain('CANCELLED')
  })

  it('during the beginning does not end a transfer that an earlier run has debited', () => {
    const drive = new TransferDrive()
    drive.send('cancel')
    drive.tells('TRANSFER_DONE')
    expect(drive.journey.state).toBe('COMPLETED')
  })

  it('ends a wallet load that waits to be sent, and none that was', () => {
    const load = { input: { kind: 'WALLET_LOAD' } } as const
    const waiting = new TransferDrive(load).nothingFound()
    waiting.answer('CONFIGURATION')
    waiting.send('cancel')
    expect(waiting.journey.state).toBe('CANCELLED')
    const sent = new TransferDrive(load).nothingFound()
    sent.answer('UNKNOWN_OUTCOME')
    sent.answer('TRANSACTION_NOT_FOUND')
    sent.send('cancel')
    expect(sent.settled).toEqual(['refused WRONG_STATE'])
  })
})

describe('a transfer that could not be begun for longer than it may take', () => {
  const DAYS = 24 * 60 * MINUTE * 9

  it('expires without a code, once Eko can be asked again', () => {
    const drive = new TransferDrive({ rail: 'levin' })
    drive.answer('NOT_SENT')
    drive.wait(DAYS)
    while (drive.calling === 'transactionInquiry') drive.answer('TRANSACTION_NOT_FOUND')
    expect(drive.journey).toMatchObject({ state: 'EXPIRED', sends: { SENDER: [], TRANSACTION: [] } })
  })

  it('expires as a wallet load that was never sent', () => {
    const drive = new TransferDrive({ input: { kind: 'WALLET_LOAD' } }).nothingFound()
    drive.answer('CONFIGURATION')
    drive.wait(DAYS)
    expect(drive.journey.state).toBe('EXPIRED')
  })
})

describe('a refund', () => {
  it('keeps Eko’s id of the transaction where an answer leaves it out', () => {
    const drive = withDebit()
    drive.tells('REFUND_PENDING', { tid: '71', txStatus: '3' })
    drive.send('resendOtp')
    drive.answer('OTP_SENT')
    drive.send('enterRefundOtp')
    drive.answer('UNKNOWN_OUTCOME')
    while (drive.journey.state === 'REFUND_IN_PROGRESS') {
      if (drive.calling === null) drive.waitForIt()
      else drive.tells('REFUND_PENDING', { tid: null, txStatus: '3' })
    }
    drive.send('resendOtp')
    expect(drive.asked).toEqual({ tid: '71' })
  })

  it('that Eko made by hand is declared by an operator', () => {
    const drive = withDebit()
    drive.tells('REFUND_PENDING', { tid: '71', txStatus: '3' })
    drive.send('declareRefunded')
    expect(drive.journey).toMatchObject({ state: 'REFUNDED', detail: 'DECLARED_REFUNDED', transaction: { tid: '71' } })
  })

  it('cannot be declared while the debit is not settled', () => {
    const drive = withDebit()
    drive.tells('TRANSFER_PENDING')
    drive.send('declareRefunded')
    expect(drive.settled).toEqual(['refused WRONG_STATE'])
  })

  it('that needs attention names only what is legal there', () => {
    const drive = withDebit()
    drive.tells('REFUND_PENDING', { tid: '71', txStatus: '3' })
    drive.send('resendOtp')
    drive.answer('REFUSED')
    expect(TRANSFER.nextAction(drive.journey)).toMatchObject({
      ...{ do: 'CONTACT_SUPPORT', unblockedBy: ['reenter', 'declareRefunded', 'takeOver'] },
    })
  })
})

it('a screen is told how often a code can still be entered: each entry is a debit, and there are three', () => {
  const drive = withCode()
  for (let left = 3; left > 1; left -= 1) {
    expect(TRANSFER.nextAction(drive.journey)).toMatchObject({ attemptsLeft: left })
    drive.send('enterTransactionOtp')
    drive.answer('CODE_EXPIRED')
    drive.wait(MINUTE)
    drive.send('resendOtp')
    drive.answer('OTP_SENT')
  }
  expect(TRANSFER.nextAction(drive.journey)).toMatchObject({ attemptsLeft: 1 })
})
