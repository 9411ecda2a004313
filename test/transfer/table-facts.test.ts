import { describe, expect, it } from '@jest/globals'
import type { Answer, CallOutcome } from '../../workflows/calls.js'
import type { TransferCall } from '../../workflows/transfer/journey.js'
import { TRANSFER_OTHERWISE, transferTransitionFor } from '../../workflows/transfer/transitions.js'
import { transferActionOf } from '../../workflows/transfer/view.js'
import { ANYWHERE, EVERY_ANSWER, expectNamed, OPERATOR, type Reactions, seen, wantedOf } from '../journey/reactions.js'
import { reference, transaction, TransferDrive, type TransferOptions, withCode, withDebit } from './support.js'

const SOON = { policy: { resendCooldownSeconds: 0 } }
const PROVING = { ...SOON, input: { proveSender: true } }
const LEVIN = { ...SOON, rail: 'levin' } as const
const LOAD = { ...SOON, input: { kind: 'WALLET_LOAD' } } as const

const looksUp = (options: TransferOptions): TransferDrive => new TransferDrive(options).nothingFound()
const answered = (drive: TransferDrive, ...answers: readonly Answer[]): TransferDrive => {
  for (const answer of answers) drive.answer(answer)
  return drive
}
const sent = (drive: TransferDrive, name: Parameters<TransferDrive['send']>[0]): TransferDrive => {
  drive.send(name)
  return drive
}
const proving = (options: TransferOptions = PROVING): TransferDrive => answered(looksUp(options), 'OTP_SENT')
const refundDue = (): TransferDrive => {
  const drive = withDebit(SOON)
  drive.tells('REFUND_PENDING')
  return drive
}
const refunding = (): TransferDrive => sent(answered(sent(refundDue(), 'resendOtp'), 'OTP_SENT'), 'enterRefundOtp')

interface Scene {
  readonly what: string
  readonly call: TransferCall
  readonly make: () => TransferDrive
  readonly reactions: Reactions
  /** Where an operator must look; else where the transfer was. */
  readonly stuckIn?: string
}

const SETTLING = 'TRANSFER_IN_PROGRESS WAIT_UNTIL EKO_SETTLEMENT; PARKED'
const REFUND_DUE = 'REFUND_OTP_REQUIRED REQUEST_NEW_CODE NOT_SENT_YET; ADVANCED'
/** Eko's word on the transaction ends the transfer, wherever it is asked for. */
const ENDS: Reactions = {
  TRANSFER_DONE: 'COMPLETED NOTHING; COMPLETED',
  TRANSFER_FAILED: 'FAILED NOTHING; FAILED',
  REFUNDED: 'REFUNDED NOTHING; REFUNDED',
}
const NO_MONEY_MOVED: Reactions = {
  INSUFFICIENT_BALANCE: 'REJECTED NOTHING; REJECTED',
  TRANSFER_LIMIT: 'REJECTED NOTHING; REJECTED',
  SENDER_UNKNOWN: 'REJECTED NOTHING; REJECTED',
}
const REFUSED: Reactions = {
  ...NO_MONEY_MOVED,
  RECIPIENT_REFUSED: 'REJECTED NOTHING; REJECTED',
  COOLING: 'REJECTED NOTHING; REJECTED',
}
const CODE_SENT = 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP; OTP_SENT'
const CODE_UNCERTAIN = 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE DISPATCH_UNCERTAIN; DISPATCH_UNCERTAIN'
const CODE_LIMIT = 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE LIMIT_REACHED; refused MOBILE_LIMIT_REACHED'
const NOT_ONBOARDED = 'REJECTED NOTHING; REJECTED'
const LOOKED_UP: Reactions = {
  OTP_SENT: CODE_SENT,
  NOT_ENROLLED: NOT_ONBOARDED,
  SENDER_UNKNOWN: NOT_ONBOARDED,
  LIMIT_REACHED: CODE_LIMIT,
  UNKNOWN_OUTCOME: CODE_UNCERTAIN,
}
const CODE_AGAIN: Reactions = {
  OTP_SENT: CODE_SENT,
  SENDER_UNKNOWN: NOT_ONBOARDED,
  LIMIT_REACHED: CODE_LIMIT,
  UNKNOWN_OUTCOME: CODE_UNCERTAIN,
}
const INQUIRED = 'TRANSFER_IN_PROGRESS calls transactionInquiry'
const INITIATED: Reactions = {
  ...ENDS,
  ...REFUSED,
  TRANSFER_PENDING: SETTLING,
  REFUND_PENDING: REFUND_DUE,
  UNKNOWN_OUTCOME: INQUIRED,
  UNRECOGNISED_ANSWER: INQUIRED,
  WRONG_CODE: 'TRANSACTION_OTP_REQUIRED ENTER_TRANSACTION_OTP; WRONG_CODE',
  CODE_EXPIRED: 'TRANSACTION_OTP_REQUIRED REQUEST_NEW_CODE CODE_EXPIRED; CODE_EXPIRED',
  INPUT_REFUSED: 'TRANSACTION_OTP_REQUIRED ENTER_TRANSACTION_OTP; INPUT_REFUSED',
  // Eko took nothing: no debit was asked for.
  FIELDS_REFUSED: 'TRANSACTION_OTP_REQUIRED CONTACT_SUPPORT REFUSED_BY_EKO; NEEDS_ATTENTION',
}

/** What a transfer does at each answer of each call. */
const SCENES: readonly Scene[] = [
  {
    ...{ what: 'the first inquiry', call: 'transactionInquiry', make: () => new TransferDrive(SOON) },
    reactions: {
      ...ENDS,
      TRANSFER_PENDING: SETTLING,
      REFUND_PENDING: REFUND_DUE,
      UNKNOWN_OUTCOME: 'REFERENCE_INQUIRY WAIT_UNTIL EKO_TRANSPORT',
      TRANSACTION_NOT_FOUND: 'REFERENCE_INQUIRY calls transactionInquiry',
    },
  },
  {
    ...{ what: 'the inquiry after a debit', call: 'transactionInquiry' },
    make: () => answered(withDebit(SOON), 'UNKNOWN_OUTCOME'),
    reactions: {
      ...ENDS,
      TRANSFER_PENDING: SETTLING,
      REFUND_PENDING: REFUND_DUE,
      UNKNOWN_OUTCOME: 'TRANSFER_IN_PROGRESS WAIT_UNTIL EKO_TRANSPORT; PARKED',
      UNRECOGNISED_ANSWER: SETTLING,
      TRANSACTION_NOT_FOUND: SETTLING,
    },
  },
  {
    ...{ what: 'the inquiry after a refund', call: 'transactionInquiry' },
    make: () => answered(refunding(), 'UNKNOWN_OUTCOME'),
    reactions: {
      ...ENDS,
      TRANSFER_PENDING: 'REFUND_IN_PROGRESS WAIT_UNTIL EKO_SETTLEMENT; PARKED',
      REFUND_PENDING: 'REFUND_IN_PROGRESS WAIT_UNTIL EKO_SETTLEMENT; PARKED',
      UNKNOWN_OUTCOME: 'REFUND_IN_PROGRESS WAIT_UNTIL EKO_TRANSPORT; PARKED',
      UNRECOGNISED_ANSWER: 'REFUND_IN_PROGRESS WAIT_UNTIL EKO_SETTLEMENT; PARKED',
      // By the transaction's id first, then by the references.
      TRANSACTION_NOT_FOUND: 'REFUND_IN_PROGRESS calls transactionInquiry',
    },
  },
  {
    ...{ what: 'the look-up on digikhata', call: 'getSender', make: () => looksUp(PROVING) },
    reactions: {
      ...LOOKED_UP,
      OTP_REF_MISSING: 'SENDER_LOOKUP calls generateSenderOtp',
      ONBOARDED: 'SENDER_LOOKUP calls generateSenderOtp',
    },
  },
  {
    ...{ what: 'another code on levin', call: 'getSender', make: () => sent(proving(LEVIN), 'resendOtp') },
    reactions: {
      ...LOOKED_UP,
      OTP_REF_MISSING: CODE_UNCERTAIN,
      ONBOARDED: 'SAME CONTACT_SUPPORT SENDER_OTP_UNAVAILABLE; NEEDS_ATTENTION',
    },
  },
  {
    ...{ what: 'the code alone', call: 'generateSenderOtp', make: () => answered(looksUp(PROVING), 'ONBOARDED') },
    reactions: CODE_AGAIN,
  },
  {
    ...{ what: 'another code on digikhata', call: 'generateSenderOtp', make: () => sent(proving(), 'resendOtp') },
    reactions: CODE_AGAIN,
  },
  {
    ...{ what: 'the sender’s code', call: 'verifySenderOtp', make: () => sent(proving(), 'enterSenderOtp') },
    reactions: {
      ONBOARDED: 'TRANSACTION_OTP_REQUIRED calls sendTransactionOtp',
      AADHAAR_PENDING: NOT_ONBOARDED,
      PAN_PENDING: NOT_ONBOARDED,
      SENDER_UNKNOWN: NOT_ONBOARDED,
      WRONG_CODE: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP; WRONG_CODE',
      CODE_EXPIRED: 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE CODE_EXPIRED; CODE_EXPIRED',
      INPUT_REFUSED: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP; INPUT_REFUSED',
      UNKNOWN_OUTCOME: 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE VERIFICATION_UNCERTAIN; VERIFICATION_UNCERTAIN',
      UNRECOGNISED_ANSWER: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP; UNRECOGNISED_ANSWER',
    },
  },
  {
    ...{ what: 'the transaction’s code', call: 'sendTransactionOtp', make: () => sent(withCode(SOON), 'resendOtp') },
    reactions: {
      ...REFUSED,
      OTP_SENT: 'TRANSACTION_OTP_REQUIRED ENTER_TRANSACTION_OTP; OTP_SENT',
      WALLET_TOKEN_REFUSED: 'SENDER_LOOKUP calls generateSenderOtp',
      UNKNOWN_OUTCOME: 'TRANSACTION_OTP_REQUIRED REQUEST_NEW_CODE DISPATCH_UNCERTAIN; DISPATCH_UNCERTAIN',
    },
  },
  {
    ...{ what: 'a wallet load', call: 'loadWallet', make: () => looksUp(LOAD) },
    reactions: {
      ...NO_MONEY_MOVED,
      WALLET_LOADED: 'COMPLETED NOTHING',
      TRANSFER_FAILED: 'FAILED NOTHING',
      TRANSFER_PENDING: SETTLING,
      UNKNOWN_OUTCOME: INQUIRED,
      UNRECOGNISED_ANSWER: INQUIRED,
    },
  },
  {
    ...{ what: 'the debit on digikhata', call: 'initiateTransaction', make: () => withDebit(SOON) },
    reactions: { ...INITIATED, WALLET_TOKEN_REFUSED: 'SENDER_LOOKUP calls generateSenderOtp' },
    stuckIn: 'TRANSFER_IN_PROGRESS',
  },
  {
    ...{ what: 'the debit on levin', call: 'initiateTransaction', make: () => withDebit(LEVIN) },
    reactions: { ...INITIATED, WALLET_TOKEN_REFUSED: 'SENDER_LOOKUP calls getSender' },
    stuckIn: 'TRANSFER_IN_PROGRESS',
  },
  {
    ...{ what: 'the refund’s code', call: 'generateRefundOtp', make: () => sent(refundDue(), 'resendOtp') },
    reactions: {
      OTP_SENT: 'REFUND_OTP_REQUIRED ENTER_REFUND_OTP; OTP_SENT',
      UNKNOWN_OUTCOME: 'REFUND_OTP_REQUIRED REQUEST_NEW_CODE DISPATCH_UNCERTAIN; DISPATCH_UNCERTAIN',
    },
  },
  {
    ...{ what: 'the refund', call: 'initiateRefund', make: refunding },
    reactions: {
      REFUND_DONE: 'REFUNDED NOTHING; REFUNDED',
      WRONG_CODE: 'REFUND_OTP_REQUIRED ENTER_REFUND_OTP; WRONG_CODE',
      CODE_EXPIRED: 'REFUND_OTP_REQUIRED REQUEST_NEW_CODE CODE_EXPIRED; CODE_EXPIRED',
      INPUT_REFUSED: 'REFUND_OTP_REQUIRED ENTER_REFUND_OTP; INPUT_REFUSED',
      UNKNOWN_OUTCOME: 'REFUND_IN_PROGRESS calls transactionInquiry',
      UNRECOGNISED_ANSWER: 'REFUND_IN_PROGRESS calls transactionInquiry',
      TRANSFER_PENDING: 'REFUND_IN_PROGRESS calls transactionInquiry',
      TRANSACTION_NOT_FOUND: 'REFUND_IN_PROGRESS calls transactionInquiry',
    },
  },
]

/** Answers that tell something of the transaction. */
const TELLING: readonly Answer[] = [
  ...(['TRANSFER_DONE', 'TRANSFER_FAILED', 'TRANSFER_PENDING', 'REFUND_PENDING', 'REFUNDED'] as const),
  ...(['WALLET_LOADED', 'REFUND_DONE'] as const),
]

function lookedAt(drive: TransferDrive): string {
  const { journey, calling, settled } = drive
  return seen({ state: journey.state, action: transferActionOf(journey), calling, told: settled })
}

function answer(drive: TransferDrive, given: Answer, more: Partial<CallOutcome> = {}): string {
  const { state, call } = drive.journey
  drive.answer(given, { ...(TELLING.includes(given) && { transfer: transaction() }), ...more })
  expectNamed(transferTransitionFor(call?.name ?? 'getSender', given), state, drive.journey.state)
  return lookedAt(drive)
}

describe.each(SCENES)('$what', ({ call, make, reactions, stuckIn }) => {
  it.each(EVERY_ANSWER)('%s', (given) => {
    const drive = make()
    const { state, call: pending } = drive.journey
    expect(drive.calling).toBe(call)
    const isWaitedFor = (pending?.submissions.length ?? 0) > 0
    const isStuck = reactions[given] === undefined && !ANYWHERE[given]?.includes('PARKED')
    const wanted = reactions[given] ?? ANYWHERE[given] ?? OPERATOR
    expect(answer(drive, given)).toBe(wantedOf(wanted, isStuck ? (stuckIn ?? state) : state, isWaitedFor))
  })
})

const ONE_TRY = { triesPerJourney: 1, resendCooldownSeconds: 0 }
const OTP_WRONG = { fieldErrors: { otp: 'Wrong' } }
/** The code of the last reference that a debit can go under. */
const lastDebit = (options: TransferOptions = SOON): TransferDrive => {
  const drive = withDebit(options)
  for (let spent = 1; spent < 3; spent += 1) sent(answered(drive, 'WRONG_CODE'), 'enterTransactionOtp')
  return drive
}

describe('tries that are used up', () => {
  it.each([
    ['verifySenderOtp', 'WRONG_CODE', {}],
    ['verifySenderOtp', 'UNRECOGNISED_ANSWER', {}],
    ['verifySenderOtp', 'FIELDS_REFUSED', OTP_WRONG],
  ] as const)('%s %s ends the transfer', (_call, given, more) => {
    const drive = sent(proving({ ...PROVING, policy: ONE_TRY }), 'enterSenderOtp')
    expect(answer(drive, given, more)).toBe(`REJECTED NOTHING; ${given}`)
    expect(drive.journey.rejection).toBe('SENDER_OTP_TRIES_USED_UP')
  })

  it.each([
    ['WRONG_CODE', 'WRONG_CODE', {}],
    ['CODE_EXPIRED', 'CODE_EXPIRED', {}],
    ['FIELDS_REFUSED', 'FIELDS_REFUSED', OTP_WRONG],
    ['WALLET_TOKEN_REFUSED', 'REJECTED', {}],
  ] as const)('the third debit that is refused by %s ends the transfer', (given, told, more) => {
    const drive = lastDebit()
    expect(answer(drive, given, more)).toBe(`REJECTED NOTHING; ${told}`)
    expect(drive.journey.rejection).toBe('TRANSACTION_OTP_TRIES_USED_UP')
  })

  it.each([
    ['initiateTransaction', () => withDebit(SOON), 'TRANSACTION_OTP_REQUIRED ENTER_TRANSACTION_OTP'],
    ['initiateRefund', refunding, 'REFUND_OTP_REQUIRED ENTER_REFUND_OTP'],
    ['verifySenderOtp', () => sent(proving(), 'enterSenderOtp'), 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP'],
  ] as const)('%s: a code that Eko refuses as a field may be typed again', (_call, make, what) => {
    expect(answer(make(), 'FIELDS_REFUSED', OTP_WRONG)).toBe(`${what}; FIELDS_REFUSED`)
  })
})

describe('Eko’s word on a transaction', () => {
  const TOLD = ['TRANSFER_DONE', 'TRANSFER_FAILED', 'TRANSFER_PENDING', 'REFUND_PENDING', 'REFUNDED'] as const
  const another = { transfer: transaction({ amountPaise: 12_000 }) }
  const MISMATCH = 'TRANSFER_IN_PROGRESS CONTACT_SUPPORT TRANSACTION_MISMATCH'

  it.each(TOLD)('%s of another one needs an operator', (given) => {
    expect(answer(new TransferDrive(SOON), given, another)).toBe(MISMATCH)
    expect(answer(withDebit(SOON), given, another)).toBe(`${MISMATCH}; NEEDS_ATTENTION`)
  })

  it.each(['WALLET_LOADED', 'TRANSFER_FAILED', 'TRANSFER_PENDING'] as const)(
    '%s of another load needs an operator',
    (given) => {
      expect(answer(looksUp(LOAD), given, another)).toBe(MISMATCH)
    },
  )

  it.each(['TRANSFER_FAILED', 'TRANSFER_PENDING', 'TRANSACTION_NOT_FOUND'] as const)(
    '%s of a debit that was refused for its code says nothing of the next one',
    (given) => {
      const refused = { transfer: transaction({ clientRefId: reference(1) }) }
      const drive = sent(answered(withDebit(SOON), 'WRONG_CODE'), 'enterTransactionOtp')
      drive.answer('UNKNOWN_OUTCOME')
      while (drive.calling) answer(drive, given, refused)
      expect([drive.journey.state, ...drive.settled]).toEqual(['TRANSFER_IN_PROGRESS', 'PARKED'])

      const second = sent(answered(withDebit(SOON), 'WRONG_CODE'), 'enterTransactionOtp')
      second.tells('REFUND_PENDING')
      sent(answered(sent(second, 'resendOtp'), 'OTP_SENT'), 'enterRefundOtp')
      second.answer('UNKNOWN_OUTCOME')
      while (second.calling) answer(second, given, refused)
      expect([second.journey.state, ...second.settled]).toEqual(['REFUND_IN_PROGRESS', 'PARKED'])
    },
  )

  it.each(['TRANSFER_FAILED', 'TRANSFER_PENDING', 'TRANSACTION_NOT_FOUND'] as const)(
    '%s of a refused debit does not go on with a transfer whose time is over',
    (given) => {
      const refused = { transfer: transaction({ clientRefId: reference(1) }) }
      const drive = answered(withDebit({ policy: { resendCooldownSeconds: 0, journeySeconds: 600 } }), 'WRONG_CODE')
      drive.send('reenter')
      expect(drive.journey.state).toBe('REFERENCE_INQUIRY')
      drive.now += 600_000
      expect(answer(drive, given, refused)).toBe('EXPIRED NOTHING; EXPIRED')
    },
  )
})

it('within the cooldown a token that is refused leaves it to the user when to ask for a code', () => {
  const AGAIN = 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE SENDER_OTP_AGAIN; SENDER_OTP_AGAIN'
  const drive = answered(looksUp({ rail: 'levin' }), 'OTP_SENT')
  sent(drive, 'enterSenderOtp').answer('ONBOARDED')
  expect(drive.calling).toBe('sendTransactionOtp')
  expect(answer(drive, 'WALLET_TOKEN_REFUSED')).toBe(AGAIN)
  expect(answer(withDebit({ rail: 'levin' }), 'WALLET_TOKEN_REFUSED')).toBe(AGAIN)
})

it('every call has a row of its own for what it can come to at any time', () => {
  for (const { call } of SCENES) {
    for (const given of [
      'NOT_SENT',
      'BUSY',
      'CONFIGURATION',
      'INPUT_REFUSED',
      'RUN_RESET',
      'UNRECOGNISED_ANSWER',
    ] as const) {
      expect([call, given, transferTransitionFor(call, given) === TRANSFER_OTHERWISE]).toEqual([call, given, false])
    }
  }
})
