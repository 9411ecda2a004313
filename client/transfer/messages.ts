import { z } from 'zod'
import type { Envelope, TransferMessageName, TransferMessages } from '../../workflows/messages.js'
import {
  type CodeInput,
  codeSchema,
  envelope,
  type MessageForm,
  operator,
  type OperatorInput,
  operatorSchema,
  prepare,
  type PrepareContext,
  type Prepared,
  userCodeSchema,
} from '../messages.js'
import { textSchema } from '../validation.js'

/** What the SDK takes for each message of a transfer: codes in the clear, which it checks and seals, or sealed already. */
export interface TransferInputs {
  enterSenderOtp: CodeInput
  enterTransactionOtp: CodeInput
  enterRefundOtp: CodeInput
  resendOtp: Envelope
  reenter: OperatorInput
  retryNow: OperatorInput
  takeOver: OperatorInput & { readonly userCode: string }
  inquireByTid: OperatorInput & { readonly tid: string }
  declareNotDebited: OperatorInput
  declareRefunded: OperatorInput
  cancel: OperatorInput
}

const code: MessageForm = { schema: codeSchema, secret: 'otp' }
const byOperator: MessageForm = { schema: operatorSchema }

const FORMS: Readonly<Record<TransferMessageName, MessageForm>> = {
  enterSenderOtp: code,
  enterTransactionOtp: code,
  enterRefundOtp: code,
  resendOtp: { schema: z.strictObject(envelope) },
  reenter: byOperator,
  retryNow: byOperator,
  takeOver: { schema: z.strictObject({ ...operator, userCode: userCodeSchema }) },
  inquireByTid: { schema: z.strictObject({ ...operator, tid: textSchema(40, /^[A-Za-z0-9_-]+$/) }) },
  declareNotDebited: byOperator,
  declareRefunded: byOperator,
  cancel: byOperator,
}

/** A message of a transfer as it may be sent. @throws OnboardingError before anything is sent */
export function prepareTransferMessage<Name extends TransferMessageName>(
  name: Name,
  input: TransferInputs[Name],
  transfer: string,
  context: PrepareContext,
): Promise<Prepared<Name, TransferMessages[Name]>> {
  return prepare(name, FORMS[name], input, transfer, context)
}
