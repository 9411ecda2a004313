import { pageOf } from '../engine/story.js'
import type { TransferAction, TransferView } from './contract.js'
import type { TransferCall } from './journey.js'

/** What people read of a transfer in Temporal UI. No secret and no personal data: these texts are not sealed. */

/** The summary of each activity in the timeline. */
export const TRANSFER_CALL_SUMMARY: Readonly<Record<TransferCall, string>> = {
  transactionInquiry: 'Eko: transaction inquiry',
  getSender: 'Eko: get sender',
  generateSenderOtp: 'Eko: generate sender OTP',
  verifySenderOtp: 'Eko: verify sender OTP',
  sendTransactionOtp: 'Eko: send transaction OTP',
  initiateTransaction: 'Eko: initiate transaction',
  loadWallet: 'Eko: load wallet',
  generateRefundOtp: 'Eko: refund OTP',
  initiateRefund: 'Eko: initiate refund',
}

function actionText(action: TransferAction): string {
  switch (action.do) {
    case 'REQUEST_NEW_CODE':
      return `${action.do} (${action.reason}) from ${action.resendAvailableAt}, ${action.resendsLeft} left`
    case 'WAIT_UNTIL':
      return `${action.do} ${action.retryAt}`
    case 'CONTACT_SUPPORT':
      return `${action.do}: ${action.reason}`
    case 'NOTHING':
      return 'nothing: the transfer has ended'
    case 'WAIT':
      return 'WAIT'
    default:
      return `${action.do} until ${action.expiresAt}, ${action.attemptsLeft} tries left`
  }
}

/** The transfer's page, as markdown. Amounts and ids of the bank stay out of it: they are not sealed here. */
export function transferStoryOf(view: TransferView): string {
  const { SENDER, TRANSACTION, REFUND } = view.attempts
  return pageOf(view, {
    action: actionText(view.nextAction),
    codes: [
      ['Sender OTP', SENDER],
      ['Transaction OTP', TRANSACTION],
      ['Refund OTP', REFUND],
    ],
  })
}
