import {
  TRANSFER_MESSAGES,
  type TransferAction,
  type TransferMessageName,
  type TransferReceipt,
  type TransferResult,
  type TransferState,
  type TransferView,
} from '../../workflows/messages.js'
import { OnboardingError } from '../errors.js'
import { type HandleContext, list, type Sent, sendSignal } from '../handle.js'
import { describeJourney, journeyResult, type JourneyDescription } from '../journeys.js'
import { answerOf, receiptOf } from '../submissions.js'
import { untilChange, untilNextAction, untilState, viewOf, type WaitOptions } from '../watch.js'
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
  /** Operator, where it needs attention: asks about the transaction that Eko's support named. */
  inquireByTid(input: TransferInputs['inquireByTid']): Promise<Answer>
  /** Operator, where it needs attention: Eko's support says that nothing was debited; the transfer ends. */
  declareNotDebited(input: TransferInputs['declareNotDebited']): Promise<Answer>
  /** Ends the transfer, until a debit was asked for. */
  cancel(input: TransferInputs['cancel']): Promise<Answer>
}

/**
 * One transfer. Every message is a method that waits for its outcome (a Temporal update) and again, under `signal`, one
 * that does not. Methods throw `OnboardingError` and nothing else.
 */
export interface TransferHandle extends TransferMethods<TransferReceipt> {
  readonly workflowId: string
  /** Fire and forget. A refusal shows in the timeline only. */
  readonly signal: TransferMethods<Sent>
  /** All that may be shown of the transfer; of a closed one from its result. */
  view(): Promise<TransferView>
  /** What became of a submission; null where the transfer has not heard of it or has forgotten it. */
  receipt(message: TransferMessageName, submissionId: string): Promise<TransferReceipt | null>
  /** The next view whose revision is another one. A closed transfer answers at once. */
  waitForChange(revision: number, options?: WaitOptions): Promise<TransferView>
  /** The view, once the transfer is in one of the states. Throws JOURNEY_CLOSED where it ended in another one. */
  waitForState(states: TransferState | readonly TransferState[], options?: WaitOptions): Promise<TransferView>
  /** The view, once this is to be done. Throws JOURNEY_CLOSED where the transfer ended instead. */
  waitForNextAction(
    actions: TransferAction['do'] | readonly TransferAction['do'][],
    options?: WaitOptions,
  ): Promise<TransferView>
  /** Waits for the end, which settlement may put off for hours. Throws DEADLINE when `timeoutMs` is over. */
  result(options?: WaitOptions): Promise<TransferResult>
  /** How Temporal sees it, without asking a worker. */
  describe(): Promise<JourneyDescription>
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
    ...methods(update),
    workflowId,
    signal: methods(signal),
    view: () => viewOf<TransferView>(wire, workflowId),
    receipt: (message, submissionId) => receiptOf<TransferReceipt>(wire, workflowId, { message, submissionId }),
    waitForChange: (revision, options) => untilChange<TransferView>(wire, workflowId, revision, options),
    waitForState: (states, options) => untilState<TransferView>(wire, workflowId, list(states), options),
    waitForNextAction: (actions, options) => untilNextAction<TransferView>(wire, workflowId, list(actions), options),
    result: ({ timeoutMs = wire.settings.waitMs } = {}) => journeyResult<TransferResult>(wire, workflowId, timeoutMs),
    describe: async () => {
      const description = await describeJourney(wire, workflowId)
      if (description) return description
      throw new OnboardingError('NOT_FOUND', { details: { workflowId } })
    },
  }
}

function methods<Answer>(
  send: <Name extends TransferMessageName>(name: Name, input: TransferInputs[Name]) => Promise<Answer>,
): TransferMethods<Answer> {
  const names = Object.keys(TRANSFER_MESSAGES) as TransferMessageName[]
  return Object.fromEntries(
    names.map((name) => [name, (input: TransferInputs[typeof name]) => send(name, input)]),
  ) as unknown as TransferMethods<Answer>
}
