import * as guard from '../guards.js'
import type { MessageDescriptor } from '../message-table.js'
import { OPEN_RECIPIENTS_STATES, type OpenRecipientsState, type RecipientsMessageName } from './contract.js'

const READY = ['RECIPIENTS_READY', 'RECIPIENT_OTP_REQUIRED'] as const

/** Every message of the session. Each is registered as a signal and as an update of the same name. */
export const RECIPIENTS_MESSAGES: Readonly<Record<RecipientsMessageName, MessageDescriptor<OpenRecipientsState>>> = {
  enterSenderOtp: {
    description: 'The code sent to the sender’s mobile, sealed as `otp`.',
    legalIn: ['SENDER_OTP_REQUIRED'],
    by: 'user',
    guard: guard.enterCode,
  },
  listRecipients: {
    description: 'Read the sender’s list from Eko; it is then in the view.',
    legalIn: READY,
    by: 'user',
    guard: guard.envelopeOnly,
  },
  addRecipient: {
    description: 'Add a recipient; Eko takes five a day.',
    legalIn: READY,
    by: 'user',
    guard: guard.addRecipient,
  },
  registerBank: {
    description: 'Register a recipient’s bank. On DigiKhata a code confirms it, and transfers begin an hour later.',
    legalIn: READY,
    by: 'user',
    guard: guard.registerBank,
  },
  enterRecipientOtp: {
    description: 'The code that confirms the recipient’s bank, sealed as `otp`.',
    legalIn: ['RECIPIENT_OTP_REQUIRED'],
    by: 'user',
    guard: guard.enterCode,
  },
  resendOtp: {
    description: 'Send a new code; the one before is retired first.',
    legalIn: ['SENDER_OTP_REQUIRED', 'RECIPIENT_OTP_REQUIRED'],
    by: 'user',
    guard: guard.envelopeOnly,
  },
  finish: {
    description: 'The session is over.',
    legalIn: OPEN_RECIPIENTS_STATES,
    by: 'user',
    guard: guard.envelopeOnly,
  },
  reenter: {
    description: 'Operator: begin the session again.',
    legalIn: OPEN_RECIPIENTS_STATES,
    by: 'operator',
    guard: guard.operatorAction,
  },
  retryNow: {
    description: 'Operator: run the parked call now.',
    legalIn: OPEN_RECIPIENTS_STATES,
    by: 'operator',
    guard: guard.operatorAction,
  },
  takeOver: {
    description: 'Operator: hand the session to another user_code of the tenant.',
    legalIn: OPEN_RECIPIENTS_STATES,
    by: 'operator',
    guard: guard.takeOver,
  },
  cancel: {
    description: 'End the session. A call in flight finishes first.',
    legalIn: OPEN_RECIPIENTS_STATES,
    by: 'operator',
    guard: guard.operatorAction,
  },
}
