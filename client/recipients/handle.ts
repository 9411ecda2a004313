import {
  RECIPIENTS_MESSAGES,
  type RecipientsMessageName,
  type RecipientsReceipt,
  type RecipientsResult,
  type RecipientsView,
} from '../../workflows/messages.js'
import { type HandleContext, methodsOf, type Sent, sendSignal } from '../handle.js'
import { type Reading, readingOf } from '../reading.js'
import { answerOf } from '../submissions.js'
import { prepareRecipientsMessage, type RecipientsInputs } from './messages.js'

/** A method for each message of a session. A code may be given in the clear, and is then checked and sealed here. */
export interface RecipientsMethods<Answer> {
  /** The code that was sent to the sender's mobile, in SENDER_OTP_REQUIRED. */
  enterSenderOtp(input: RecipientsInputs['enterSenderOtp']): Promise<Answer>
  /** Reads the list from Eko; it is then `recipients` of the view. */
  listRecipients(input?: RecipientsInputs['listRecipients']): Promise<Answer>
  /** Adds a recipient; Eko takes five a day. `detail` of the answer is the recipient_id. */
  addRecipient(input: RecipientsInputs['addRecipient']): Promise<Answer>
  /** Registers a recipient's bank: on Levin at once, on DigiKhata a code is sent to the sender. */
  registerBank(input: RecipientsInputs['registerBank']): Promise<Answer>
  /** DigiKhata: the code that confirms the bank, in RECIPIENT_OTP_REQUIRED. Transfers begin an hour later. */
  enterRecipientOtp(input: RecipientsInputs['enterRecipientOtp']): Promise<Answer>
  /** Another code, after the cooldown. */
  resendOtp(input?: RecipientsInputs['resendOtp']): Promise<Answer>
  /** The session is over. */
  finish(input?: RecipientsInputs['finish']): Promise<Answer>
  /** Operator: begins the session again. */
  reenter(input: RecipientsInputs['reenter']): Promise<Answer>
  /** Operator: runs a parked call now. */
  retryNow(input: RecipientsInputs['retryNow']): Promise<Answer>
  /** Operator: hands the session to another user_code of the tenant. */
  takeOver(input: RecipientsInputs['takeOver']): Promise<Answer>
  /** Ends the session. */
  cancel(input: RecipientsInputs['cancel']): Promise<Answer>
}

/** A session of one sender's recipients. Methods throw `OnboardingError` and nothing else. */
export interface RecipientsHandle
  extends RecipientsMethods<RecipientsReceipt>, Reading<RecipientsView, RecipientsReceipt, RecipientsResult> {
  /** Fire and forget. A refusal shows in the timeline only. */
  readonly signal: RecipientsMethods<Sent>
}

export function createRecipientsHandle({ wire, sealFor }: HandleContext, workflowId: string): RecipientsHandle {
  const context = { actor: wire.settings.actor, sealFor }
  const update = async <Name extends RecipientsMessageName>(
    name: Name,
    input: RecipientsInputs[Name],
  ): Promise<RecipientsReceipt> =>
    answerOf<RecipientsReceipt>(wire, workflowId, await prepareRecipientsMessage(name, input, workflowId, context))
  const signal = async <Name extends RecipientsMessageName>(name: Name, input: RecipientsInputs[Name]): Promise<Sent> =>
    sendSignal(wire, workflowId, await prepareRecipientsMessage(name, input, workflowId, context))
  return {
    ...readingOf<RecipientsView, RecipientsReceipt, RecipientsResult>(wire, workflowId),
    ...methods(update),
    signal: methods(signal),
  }
}

function methods<Answer>(
  send: <Name extends RecipientsMessageName>(name: Name, input: RecipientsInputs[Name]) => Promise<Answer>,
): RecipientsMethods<Answer> {
  const names = Object.keys(RECIPIENTS_MESSAGES) as RecipientsMessageName[]
  return methodsOf(names, send) as unknown as RecipientsMethods<Answer>
}
