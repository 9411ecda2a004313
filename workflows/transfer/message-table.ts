import * as guard from '../guards.js'
import type { MessageDescriptor } from '../message-table.js'
import { OPEN_TRANSFER_STATES, type OpenTransferState, type TransferMessageName } from './contract.js'

/**
 * Eko knows of no debit, and none was asked for since: only here may a transfer end without Eko's word. Before it was asked,
 * an earlier run's may be there.
 */
export const BEFORE_DEBIT = [
  'SENDER_LOOKUP',
  'SENDER_OTP_REQUIRED',
  'TRANSACTION_OTP_REQUIRED',
] as const satisfies readonly OpenTransferState[]
const CODES = ['SENDER_OTP_REQUIRED', 'TRANSACTION_OTP_REQUIRED', 'REFUND_OTP_REQUIRED'] as const

/** Every message of a transfer. Each is registered as a signal and as an update of the same name. */
export const TRANSFER_MESSAGES: Readonly<Record<TransferMessageName, MessageDescriptor<OpenTransferState>>> = {
  enterSenderOtp: {
    description: 'The code sent to the sender’s mobile, sealed as `otp`.',
    legalIn: ['SENDER_OTP_REQUIRED'],
    by: 'user',
    guard: guard.enterCode,
  },
  enterTransactionOtp: {
    description: 'The code that confirms the transfer, sealed as `otp`: the debit is asked for with it, once.',
    legalIn: ['TRANSACTION_OTP_REQUIRED'],
    by: 'user',
    guard: guard.enterCode,
  },
  enterRefundOtp: {
    description: 'The code that confirms the refund, sealed as `otp`.',
    legalIn: ['REFUND_OTP_REQUIRED'],
    by: 'user',
    guard: guard.enterCode,
  },
  resendOtp: {
    description: 'Send a code, or a new one; the one before is retired first.',
    legalIn: CODES,
    by: 'user',
    guard: guard.envelopeOnly,
  },
  reenter: {
    description: 'Operator: inquire anew. Before any debit was asked for, the transfer begins again from there.',
    legalIn: OPEN_TRANSFER_STATES,
    by: 'operator',
    guard: guard.operatorAction,
  },
  retryNow: {
    description: 'Operator: run the parked call now.',
    legalIn: OPEN_TRANSFER_STATES,
    by: 'operator',
    guard: guard.operatorAction,
  },
  takeOver: {
    description: 'Operator: hand the transfer to another user_code of the tenant.',
    legalIn: OPEN_TRANSFER_STATES,
    by: 'operator',
    guard: guard.takeOver,
  },
  inquireByTid: {
    description: 'Operator: ask Eko about the transaction of this id, which its support named.',
    legalIn: ['REFERENCE_INQUIRY', 'TRANSFER_IN_PROGRESS', 'REFUND_IN_PROGRESS'],
    by: 'operator',
    guard: guard.inquireByTid,
  },
  declareNotDebited: {
    description: 'Operator: Eko’s support says that nothing was debited; the transfer ends.',
    legalIn: ['REFERENCE_INQUIRY', 'TRANSFER_IN_PROGRESS'],
    by: 'operator',
    guard: guard.operatorAction,
  },
  declareRefunded: {
    description: 'Operator: Eko’s support says that the money was given back; the transfer ends.',
    legalIn: ['REFUND_OTP_REQUIRED', 'REFUND_IN_PROGRESS'],
    by: 'operator',
    guard: guard.operatorAction,
  },
  cancel: {
    description:
      'End the transfer, once Eko knows of no debit and until one is asked for; a wallet load while it waits to be sent. A call in flight finishes first.',
    legalIn: [...BEFORE_DEBIT, 'TRANSFER_IN_PROGRESS'],
    by: 'operator',
    guard: guard.operatorAction,
  },
}
