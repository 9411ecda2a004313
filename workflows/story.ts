import type { CallName } from './calls.js'
import type { NextAction, Status, TimelineEntry, View } from './messages.js'

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

/** The summary of the one timer: what it was set for. It is re-armed lazily, so it may fire earlier than what is due. */
export function timerSummary(view: View): string {
  if (view.status.kind === 'PARKED') return `Retry: ${view.status.dependency}`
  if ('challengeId' in view.nextAction) return 'Code expires'
  return 'Step expires'
}

function statusText(status: Status): string {
  switch (status.kind) {
    case 'CALLING_EKO':
      return `CALLING_EKO: ${status.call}`
    case 'PARKED':
      return `PARKED: ${status.dependency} since ${status.since}, retry at ${status.retryAt}`
    case 'NEEDS_ATTENTION':
      return `NEEDS_ATTENTION: ${status.reason}; unblocked by ${status.unblockedBy.join(', ')}`
    default:
      return status.kind
  }
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

/** `- 01-31 12:00:00 call verifySenderOtp → AADHAAR_PENDING`, or `- 01-31 12:00:00 **PAN_REQUIRED**` for a new state. */
function timelineText({ at, what, code }: TimelineEntry): string {
  const when = `${at.slice(5, 10)} ${at.slice(11, 19)}`
  return what.startsWith('state:') ? `- ${when} **${what.slice(6)}**` : `- ${when} ${what.replace(':', ' ')} → ${code}`
}

/** The journey's page, as markdown: state, next action, attempts, deadlines, last outcome, the last lines of the story. */
export function storyOf(view: View): string {
  const { attempts, lastOutcome } = view
  const facts = lastOutcome?.facts
  const rows: [string, string][] = [
    ['State', `**${view.state}** since ${view.stateSince}`],
    ['Status', statusText(view.status)],
    ['Next action', actionText(view.nextAction)],
    ['Sender', `${view.mobileMasked} on ${view.rail}, agent ${view.userCode}`],
    ['Sender OTP', `${attempts.SENDER.sent} sent, ${attempts.SENDER.wrongInJourney} wrong`],
    ['Aadhaar OTP', `${attempts.AADHAAR.sent} sent, ${attempts.AADHAAR.wrongInJourney} wrong`],
    ['Last outcome', lastOutcome ? `${lastOutcome.code}: ${lastOutcome.message}` : 'none yet'],
    [
      'Eko said',
      facts
        ? `${facts.operation}: status ${facts.status}, type ${facts.responseTypeId}, ref ${facts.clientRefId}`
        : '-',
    ],
    ['Ends by itself', view.expiresAt],
  ]
  const table = ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)]
  const lines = view.timeline.slice(-12).map(timelineText)
  return [...table, '', ...lines].join('\n')
}
