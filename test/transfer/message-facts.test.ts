import { describe } from '@jest/globals'
import { admit } from '../../workflows/engine/gate.js'
import { OPEN_TRANSFER_STATES, type TransferMessage, type TransferMessageName } from '../../workflows/messages.js'
import { TRANSFER } from '../../workflows/transfer/flow.js'
import { TRANSFER_MESSAGES } from '../../workflows/transfer/message-table.js'
import { describeMessages, type MessageFact } from '../journey/message-contract.js'
import { BODIES, TRANSFER_ID, TransferDrive, withCode, withDebit } from './support.js'

const FACTS: Readonly<Record<TransferMessageName, MessageFact>> = {
  enterSenderOtp: { by: 'user', legal: ['SENDER_OTP_REQUIRED'], needs: ['otp'] },
  enterTransactionOtp: { by: 'user', legal: ['TRANSACTION_OTP_REQUIRED'], needs: ['otp'] },
  enterRefundOtp: { by: 'user', legal: ['REFUND_OTP_REQUIRED'], needs: ['otp'] },
  resendOtp: {
    ...{ by: 'user', needs: [] },
    legal: ['SENDER_OTP_REQUIRED', 'TRANSACTION_OTP_REQUIRED', 'REFUND_OTP_REQUIRED'],
  },
  reenter: { by: 'operator', legal: 'any', needs: [] },
  retryNow: { by: 'operator', legal: 'any', needs: [] },
  takeOver: { by: 'operator', legal: 'any', needs: ['userCode'] },
  // What Eko's support names or denies is a debit that was asked for, or may have been by an earlier run.
  inquireByTid: {
    ...{ by: 'operator', needs: ['tid'] },
    legal: ['REFERENCE_INQUIRY', 'TRANSFER_IN_PROGRESS', 'REFUND_IN_PROGRESS'],
  },
  declareNotDebited: { by: 'operator', legal: ['REFERENCE_INQUIRY', 'TRANSFER_IN_PROGRESS'], needs: [] },
  declareRefunded: { by: 'operator', legal: ['REFUND_OTP_REQUIRED', 'REFUND_IN_PROGRESS'], needs: [] },
  // Of a load that waits to be sent, nothing was debited.
  cancel: {
    ...{ by: 'operator', needs: [] },
    legal: ['SENDER_LOOKUP', 'SENDER_OTP_REQUIRED', 'TRANSACTION_OTP_REQUIRED', 'TRANSFER_IN_PROGRESS'],
  },
}

const SOON = { policy: { resendCooldownSeconds: 0 } }

function answered(drive: TransferDrive, ...answers: readonly Parameters<TransferDrive['answer']>[0][]): TransferDrive {
  for (const answer of answers) drive.answer(answer)
  return drive
}

const proving = (): TransferDrive => new TransferDrive({ ...SOON, input: { proveSender: true } }).nothingFound()
const loading = (): TransferDrive => new TransferDrive({ ...SOON, input: { kind: 'WALLET_LOAD' } }).nothingFound()
const refundDue = (): TransferDrive => {
  const drive = withDebit(SOON)
  drive.tells('REFUND_PENDING')
  return drive
}
const refunding = (): TransferDrive => {
  const drive = refundDue()
  drive.send('resendOtp')
  answered(drive, 'OTP_SENT').send('enterRefundOtp')
  return answered(drive, 'UNKNOWN_OUTCOME')
}

const codeIn =
  (make: () => TransferDrive) =>
  (name: string): string | null => {
    const { journey, now } = make()
    const body = BODIES[name as TransferMessageName](TRANSFER_ID)
    return admit(TRANSFER, journey, { name, body } as TransferMessage, now)?.code ?? null
  }

describe('the messages of a transfer', () => {
  describeMessages({
    messages: TRANSFER_MESSAGES,
    openStates: OPEN_TRANSFER_STATES,
    facts: FACTS,
    body: (name) => BODIES[name as TransferMessageName](TRANSFER_ID),
    inWaiting: {
      SENDER_OTP_REQUIRED: codeIn(() => answered(proving(), 'OTP_SENT')),
      TRANSACTION_OTP_REQUIRED: codeIn(() => withCode(SOON)),
      REFUND_OTP_REQUIRED: codeIn(refundDue),
    },
    inParked: {
      REFERENCE_INQUIRY: codeIn(() => answered(new TransferDrive(SOON), 'NOT_SENT')),
      SENDER_LOOKUP: codeIn(() => answered(proving(), 'NOT_SENT')),
      TRANSFER_IN_PROGRESS: codeIn(() => answered(loading(), 'NOT_SENT')),
      REFUND_IN_PROGRESS: codeIn(() => answered(refunding(), 'NOT_SENT')),
    },
    inAttention: codeIn(() => answered(withDebit(SOON), 'REFUSED')),
  })
})
