import { z } from 'zod'
import { parseAccountNumber, parseIfsc, parseMobile, parseRecipientName } from '../../values/index.js'
import type { Envelope, NewRecipient, RecipientsMessageName, RecipientsMessages } from '../../workflows/messages.js'
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
import { positiveSchema, valueSchema } from '../validation.js'

/** What the SDK takes for each message of a session: codes in the clear, which it checks and seals, or sealed already. */
export interface RecipientsInputs {
  enterSenderOtp: CodeInput
  listRecipients: Envelope
  addRecipient: Envelope & { readonly recipient: NewRecipient }
  registerBank: Envelope & { readonly recipientId: number }
  enterRecipientOtp: CodeInput
  resendOtp: Envelope
  finish: Envelope
  reenter: OperatorInput
  retryNow: OperatorInput
  takeOver: OperatorInput & { readonly userCode: string }
  cancel: OperatorInput
}

const code: MessageForm = { schema: codeSchema, secret: 'otp' }
const byOperator: MessageForm = { schema: operatorSchema }
const bare: MessageForm = { schema: z.strictObject(envelope) }

const recipient = z.strictObject({
  name: valueSchema(parseRecipientName),
  mobile: valueSchema(parseMobile),
  account: valueSchema(parseAccountNumber),
  ifsc: valueSchema(parseIfsc),
  bankId: positiveSchema,
})

const FORMS: Readonly<Record<RecipientsMessageName, MessageForm>> = {
  enterSenderOtp: code,
  listRecipients: bare,
  addRecipient: { schema: z.strictObject({ ...envelope, recipient }) },
  registerBank: { schema: z.strictObject({ ...envelope, recipientId: positiveSchema }) },
  enterRecipientOtp: code,
  resendOtp: bare,
  finish: bare,
  reenter: byOperator,
  retryNow: byOperator,
  takeOver: { schema: z.strictObject({ ...operator, userCode: userCodeSchema }) },
  cancel: byOperator,
}

/** A message of a session as it may be sent. @throws OnboardingError before anything is sent */
export function prepareRecipientsMessage<Name extends RecipientsMessageName>(
  name: Name,
  input: RecipientsInputs[Name],
  session: string,
  context: PrepareContext,
): Promise<Prepared<Name, RecipientsMessages[Name]>> {
  return prepare(name, FORMS[name], input, session, context)
}
