import {
  ATTENTION,
  OUTCOMES,
  type RecipientsAction,
  type RecipientsReceipt,
  type RecipientsView,
} from '../../workflows/messages.js'
import { RAIL_NAMES } from '../start.js'
import { aligned, codeText, type Row, statusText, table, when } from './text.js'

/** Lines about recipients, for people: short, aligned, masked. */

function next(action: RecipientsAction): string {
  switch (action.do) {
    case 'WAIT':
      return 'Wait: a call to Eko is on its way.'
    case 'WAIT_UNTIL':
      return `Wait: ${action.dependency} is away; tried again ${when(action.retryAt)}.`
    case 'ENTER_SENDER_OTP':
      return `Enter the code that proves the mobile: recipients sender-otp. ${codeText(action)}`
    case 'ENTER_RECIPIENT_OTP':
      return `Enter the code for the bank of recipient ${action.recipientId}: recipients confirm. ${codeText(action)}`
    case 'REQUEST_NEW_CODE':
      return `Ask for a code (${action.reason}), ${when(action.resendAvailableAt)}: recipients resend.`
    case 'CHOOSE':
      return 'List, add, or register a bank; `recipients finish` ends the session.'
    case 'CONTACT_SUPPORT':
      return `${action.reason}: ${ATTENTION[action.reason].action}`
    case 'NOTHING':
      return `Nothing: the session ended as ${action.state}.`
  }
}

export function recipientsLines(view: RecipientsView): string[] {
  const { recipients, lastOutcome } = view
  return [
    ...aligned([
      ['Session', view.workflowId],
      ['Sender', `${view.mobileMasked} · ${RAIL_NAMES[view.rail]} · agent ${view.userCode}`],
      ['State', `${view.state} · ${statusText(view.status)}`],
      ...(view.rejection ? [['Rejected', view.rejection] as Row] : []),
      ...(lastOutcome ? [['Last', `${lastOutcome.code}: ${lastOutcome.message}`] as Row] : []),
      ['Next', next(view.nextAction)],
    ]),
    ...(recipients ? ['', ...listLines(recipients)] : []),
  ]
}

function listLines(recipients: NonNullable<RecipientsView['recipients']>): string[] {
  if (recipients.length === 0) return ['No recipients.']
  return table([
    ['RECIPIENT', 'NAME', 'ACCOUNT', 'IFSC', 'BENEFICIARY'],
    ...recipients.map(({ recipientId, nameMasked, accountMasked, ifsc, beneficiaryId }) => [
      String(recipientId),
      nameMasked,
      accountMasked,
      ifsc ?? '-',
      beneficiaryId ?? 'bank not registered',
    ]),
  ])
}

export function recipientsReceiptLines({ outcome, detail, state, nextAction }: RecipientsReceipt): string[] {
  return aligned([
    ['Outcome', `${outcome}: ${OUTCOMES[outcome].cause}${detail ? ` (${detail})` : ''}`],
    ['State', state],
    ['Next', next(nextAction)],
  ])
}
