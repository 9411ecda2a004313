import { pageOf } from '../engine/story.js'
import type { RecipientsAction, RecipientsView } from './contract.js'
import type { RecipientsCall } from './journey.js'

/** What people read of a session in Temporal UI. No secret and no personal data: these texts are not sealed. */

/** The summary of each activity in the timeline. */
export const RECIPIENTS_CALL_SUMMARY: Readonly<Record<RecipientsCall, string>> = {
  getSender: 'Eko: get sender',
  generateSenderOtp: 'Eko: generate sender OTP',
  verifySenderOtp: 'Eko: verify sender OTP',
  getRecipients: 'Eko: get recipients',
  addRecipient: 'Eko: add recipient',
  addRecipientBank: 'Eko: add recipient bank',
  generateRecipientBankOtp: 'Eko: recipient bank OTP',
  validateRecipientBankOtp: 'Eko: validate recipient bank OTP',
}

function actionText(action: RecipientsAction): string {
  switch (action.do) {
    case 'REQUEST_NEW_CODE':
      return `${action.do} (${action.reason}) from ${action.resendAvailableAt}, ${action.resendsLeft} left`
    case 'WAIT_UNTIL':
      return `${action.do} ${action.retryAt}`
    case 'CONTACT_SUPPORT':
      return `${action.do}: ${action.reason}`
    case 'NOTHING':
      return 'nothing: the session has ended'
    case 'WAIT':
      return 'WAIT'
    default:
      return `${action.do} until ${action.expiresAt}`
  }
}

/** The session's page, as markdown. */
export function recipientsStoryOf(view: RecipientsView): string {
  const { SENDER, RECIPIENT } = view.attempts
  return pageOf(view, {
    action: actionText(view.nextAction),
    codes: [
      ['Sender OTP', SENDER],
      ['Recipient OTP', RECIPIENT],
    ],
  })
}
