import {
  ATTENTION,
  OUTCOMES,
  type TransferAction,
  type TransferReceipt,
  type TransferView,
} from '../../workflows/messages.js'
import { RAIL_NAMES } from '../start.js'
import { aligned, codeText, type Row, statusText, when } from './text.js'

/** Lines about transfers, for people: short, aligned, masked. */

/** Integer paise as rupees: `₹110.00`. */
export function rupees(paise: number): string {
  return `₹${(paise / 100).toFixed(2)}`
}

/** What is to be done, and the command that does it. */
function next(action: TransferAction): { readonly text: string; readonly command?: string } {
  switch (action.do) {
    case 'WAIT':
      return { text: 'Wait: a call to Eko is on its way.', command: 'transfer status --watch' }
    case 'WAIT_UNTIL':
      return { text: `Wait: ${action.dependency}; asked again ${when(action.retryAt)}.`, command: 'transfer explain' }
    case 'ENTER_SENDER_OTP':
      return { text: `Enter the code that proves the mobile. ${codeText(action)}`, command: 'transfer sender-otp' }
    case 'ENTER_TRANSACTION_OTP':
      return { text: `Enter the code that confirms the transfer. ${codeText(action)}`, command: 'transfer confirm' }
    case 'ENTER_REFUND_OTP':
      return { text: `Enter the code that confirms the refund. ${codeText(action)}`, command: 'refund confirm' }
    case 'REQUEST_NEW_CODE': {
      const what = `Ask for a code (${action.reason}), ${when(action.resendAvailableAt)}; ${action.resendsLeft} left.`
      return { text: what, command: action.purpose === 'REFUND' ? 'refund send-code' : 'transfer resend' }
    }
    case 'CONTACT_SUPPORT':
      return { text: `${action.reason}: ${ATTENTION[action.reason].action}`, command: 'transfer explain' }
    case 'NOTHING':
      return { text: `Nothing: the transfer ended as ${action.state}.` }
  }
}

/** What is to be done as rows of a page. */
export function nextRows(action: TransferAction, id: string, program: string): Row[] {
  const { text, command } = next(action)
  return [['Next', text], ...(command ? [['', `${program} ${command} --id ${id}`] as Row] : [])]
}

export function transferLines(view: TransferView, program: string): string[] {
  const { lastOutcome, transaction, quarantineEndsAt, beneficiaryId, initiations } = view
  const bank = transaction?.bankRefNum ? `, bank reference ${transaction.bankRefNum}` : ''
  return aligned([
    ['Transfer', view.workflowId],
    ['Sender', `${view.mobileMasked} · ${RAIL_NAMES[view.rail]} · agent ${view.userCode}`],
    [
      'Amount',
      `${rupees(view.amountPaise)} to ${view.recipientId === null ? 'the sender’s own wallet' : `recipient ${view.recipientId}`}${beneficiaryId ? ` (${beneficiaryId})` : ''}`,
    ],
    ['State', `${view.state} · ${statusText(view.status)}`],
    ...(view.rejection ? [['Rejected', view.rejection] as Row] : []),
    ...(transaction?.tid
      ? [['Eko’s id', `${transaction.tid}, tx_status ${transaction.txStatus ?? '-'}${bank}`] as Row]
      : []),
    ...initiations.map(({ clientRefId, at, answer }): Row => ['Debit asked', `${clientRefId} at ${at}: ${answer}`]),
    ...(quarantineEndsAt ? [['Not found', `an operator must look ${when(quarantineEndsAt)}`] as Row] : []),
    ...(lastOutcome ? [['Last', `${lastOutcome.code}: ${lastOutcome.message}`] as Row] : []),
    ...nextRows(view.nextAction, view.workflowId, program),
  ])
}

export function transferReceiptLines(receipt: TransferReceipt, id: string, program: string): string[] {
  const { outcome, detail } = receipt
  return aligned([
    ['Outcome', `${outcome}: ${OUTCOMES[outcome].cause}${detail ? ` (${detail})` : ''}`],
    ['State', receipt.state],
    ...nextRows(receipt.nextAction, id, program),
  ])
}
