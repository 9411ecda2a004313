import {
  TRANSFER_MESSAGES,
  type TransferMessageName,
  type TransferReceipt,
  type TransferResult,
  type TransferView,
} from '../../workflows/messages.js'
import { type HandleContext, methodsOf, type Sent, sendSignal } from '../handle.js'
import { type Reading, readingOf } from '../reading.js'
import { answerOf } from '../submissions.js'
import { prepareTransferMessage, type TransferInputs } from './messages.js'

/** A method for each message of a transfer. A code may be given in the clear, and is then checked and sealed here. */
export interface TransferMethods<Answer> {
  /** The code that was sent to the sender's mobile, in SENDER_OTP_REQUIRED. */
  enterSenderOtp(input: TransferInputs['enterSenderOtp']): Promise<Answer>
  /** The code that confirms the transfer, in TRANSACTION_OTP_REQUIRED: the debit is asked for with it, once. */
  enterTransactionOtp(input: TransferInputs['enterTransactionOtp']): Promise<Answer>
  /** The code that confirms the refund, in REFUND_OTP_REQUIRED. */
  enterRefundOtp(input: TransferInputs['enterRefundOtp']): Promise<Answer>
  /** A code, or another one, after the cooldown. A refund's is only ever sent so. */
  resendOtp(input?: TransferInputs['resendOtp']): Promise<Answer>
  /** Operator: inquires anew; before any debit was asked for, begins again. */
  reenter(input: TransferInputs['reenter']): Promise<Answer>
  /** Operator: runs a parked call now. */
  retryNow(input: TransferInputs['retryNow']): Promise<Answer>
  /** Operator: hands the transfer to another user_code of the tenant. */
  takeOver(input: TransferInputs['takeOver']): Promise<Answer>
  /** Operator, where it needs attention or waits for Eko: asks about the transaction that Eko's support named. */
  inquireByTid(input: TransferInputs['inquireByTid']): Promise<Answer>
  /** Operator, where it needs attention: Eko's support says that nothing was debited; the transfer ends. */
  declareNotDebited(input: TransferInputs['declareNotDebited']): Promise<Answer>
  /** Operator, where a refund is due: Eko's support says that the money was given back; the transfer ends. */
  declareRefunded(input: TransferInputs['declareRefunded']): Promise<Answer>
  /** Ends the transfer, until a debit was asked for; a wallet load while it waits to be sent. */
  cancel(input: TransferInputs['cancel']): Promise<Answer>
}

/**
 * One transfer. Every message is a method that waits for its outcome (a Temporal update) and again, under `signal`, one
 * that does not. Methods throw `OnboardingError` and nothing else. Settlement may put the end off for hours.
 */
export interface TransferHandle
  extends TransferMethods<TransferReceipt>, Reading<TransferView, TransferReceipt, TransferResult> {
  /** Fire and forget. A refusal shows in the timeline only. */
  readonly signal: TransferMethods<Sent>
}

export function createTransferHandle({ wire, sealFor }: HandleContext, workflowId: string): TransferHandle {
  const context = { actor: wire.settings.actor, sealFor }
  const update = async <Name extends TransferMessageName>(
    name: Name,
    input: TransferInputs[Name],
  ): Promise<TransferReceipt> =>
    answerOf<TransferReceipt>(wire, workflowId, await prepareTransferMessage(name, input, workflowId, context))
  const signal = async <Name extends TransferMessageName>(name: Name, input: TransferInputs[Name]): Promise<Sent> =>
    sendSignal(wire, workflowId, await prepareTransferMessage(name, input, workflowId, context))
  return {
    ...readingOf<TransferView, TransferReceipt, TransferResult>(wire, workflowId),
    ...methods(update),
    signal: methods(signal),
  }
}

function methods<Answer>(
  send: <Name extends TransferMessageName>(name: Name, input: TransferInputs[Name]) => Promise<Answer>,
): TransferMethods<Answer> {
  const names = Object.keys(TRANSFER_MESSAGES) as TransferMessageName[]
  return methodsOf(names, send) as unknown as TransferMethods<Answer>
}
