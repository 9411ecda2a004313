import type { CallName } from './calls.js'
import { pageOf } from './engine/story.js'
import type { NextAction, View } from './messages.js'

/** What people read in Temporal UI. No secret and no personal data: these texts are not sealed. */

/** The summary of each activity in the timeline. */
export const CALL_SUMMARY: Readonly<Record<CallName, string>> = {
  getSender: 'Eko: get sender',
  onboardSender: 'Eko: onboard sender',
  generateSenderOtp: 'Eko: generate sender OTP',
  verifySenderOtp: 'Eko: verify sender OTP',
  consentLanguages: 'Eko: consent languages',
  consentDetails: 'Eko: consent text',
  generateAadhaarOtp: 'Eko: generate Aadhaar OTP',
  verifyAadhaarOtp: 'Eko: verify Aadhaar OTP',
  validatePan: 'Eko: validate PAN',
}

function actionText(action: NextAction): string {
  switch (action.do) {
    case 'ENTER_SENDER_OTP':
    case 'ENTER_AADHAAR_OTP':
      return `${action.do} until ${action.expiresAt}, ${action.attemptsLeft} tries left`
    case 'REQUEST_NEW_CODE':
      return `${action.do} (${action.reason}) from ${action.resendAvailableAt}, ${action.resendsLeft} left`
    case 'WAIT_UNTIL':
      return `${action.do} ${action.retryAt}`
    case 'CONTACT_SUPPORT':
      return `${action.do}: ${action.reason}`
    case 'NOTHING':
      return 'nothing: the journey has ended'
    case 'WAIT':
      return 'WAIT'
    default:
      return `${action.do} until ${action.expiresAt}`
  }
}

/** The journey's page, as markdown. */
export function storyOf(view: View): string {
  const { SENDER, AADHAAR } = view.attempts
  return pageOf(view, {
    action: actionText(view.nextAction),
    codes: [
      ['Sender OTP', SENDER],
      ['Aadhaar OTP', AADHAAR],
    ],
  })
}
