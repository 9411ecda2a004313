import { MESSAGES, type MessageName, type OnboardingResult, type Receipt, type View } from '../workflows/messages.js'
import { callLive } from './journeys.js'
import { type MessageInputs, type Prepared, prepareMessage, type SealFor } from './messages.js'
import { type Reading, readingOf } from './reading.js'
import { answerOf } from './submissions.js'
import type { Wire } from './wire.js'

/** A method for each message. A secret may be given in the clear, and is then checked and sealed here. */
export interface MessageMethods<Answer> {
  /** Name, date of birth and address, in SENDER_DETAILS_REQUIRED. */
  enterSenderDetails(input: MessageInputs['enterSenderDetails']): Promise<Answer>
  /** The code that was sent to the sender's mobile, in SENDER_OTP_REQUIRED. */
  enterSenderOtp(input: MessageInputs['enterSenderOtp']): Promise<Answer>
  /** Presents the Aadhaar consent in a language, in AADHAAR_REQUIRED: then `nextAction.consent` is to be shown. */
  requestConsent(input: MessageInputs['requestConsent']): Promise<Answer>
  /** The Aadhaar number and the sender's agreement to the consent as it was shown, in AADHAAR_REQUIRED. */
  enterAadhaar(input: MessageInputs['enterAadhaar']): Promise<Answer>
  /** The code that was sent to the Aadhaar-linked mobile, in AADHAAR_OTP_REQUIRED. */
  enterAadhaarOtp(input: MessageInputs['enterAadhaarOtp']): Promise<Answer>
  /** The PAN, in PAN_REQUIRED; before that it is kept for a while. */
  enterPan(input: MessageInputs['enterPan']): Promise<Answer>
  /** Another code, after the cooldown. */
  resendOtp(input?: MessageInputs['resendOtp']): Promise<Answer>
  /** Operator: back to the lookup. Costs an SMS. */
  reenter(input: MessageInputs['reenter']): Promise<Answer>
  /** Operator: runs a parked call now, if it was never executed. */
  retryNow(input: MessageInputs['retryNow']): Promise<Answer>
  /** Operator: hands the journey to another user_code of the tenant. */
  takeOver(input: MessageInputs['takeOver']): Promise<Answer>
  /** The sender withdraws the consent; the journey ends. */
  withdrawConsent(input: MessageInputs['withdrawConsent']): Promise<Answer>
  /** Ends the journey. */
  cancel(input: MessageInputs['cancel']): Promise<Answer>
}

/** By what a signal's outcome can be asked for: `handle.receipt(message, submissionId)`. */
export interface Sent {
  readonly submissionId: string
}

/**
 * One sender's journey. Every message is a method that waits for its outcome (a Temporal update) and again, under
 * `signal`, one that does not. Methods throw `OnboardingError` and nothing else.
 */
export interface JourneyHandle extends MessageMethods<Receipt>, Reading<View, Receipt, OnboardingResult> {
  /** Fire and forget. A refusal shows in the timeline only. */
  readonly signal: MessageMethods<Sent>
}

export interface HandleContext {
  readonly wire: Wire
  readonly sealFor: SealFor
}

export function createHandle({ wire, sealFor }: HandleContext, workflowId: string): JourneyHandle {
  const prepare = <Name extends MessageName>(name: Name, input: MessageInputs[Name]): Promise<Prepared> =>
    prepareMessage(name, input, workflowId, { actor: wire.settings.actor, sealFor })
  const update = async <Name extends MessageName>(name: Name, input: MessageInputs[Name]): Promise<Receipt> =>
    answerOf(wire, workflowId, await prepare(name, input))
  const signal = async <Name extends MessageName>(name: Name, input: MessageInputs[Name]): Promise<Sent> =>
    sendSignal(wire, workflowId, await prepare(name, input))
  return {
    ...readingOf<View, Receipt, OnboardingResult>(wire, workflowId),
    ...methods(update),
    signal: methods(signal),
  }
}

function methods<Answer>(
  send: <Name extends MessageName>(name: Name, input: MessageInputs[Name]) => Promise<Answer>,
): MessageMethods<Answer> {
  return methodsOf(Object.keys(MESSAGES) as MessageName[], send) as unknown as MessageMethods<Answer>
}

/** A method for each of the names. */
export function methodsOf<Name extends string>(
  names: readonly Name[],
  send: (name: Name, input: never) => Promise<unknown>,
): Record<string, (input: never) => Promise<unknown>> {
  return Object.fromEntries(names.map((name) => [name, (input: never) => send(name, input)]))
}

export async function sendSignal(
  wire: Wire,
  workflowId: string,
  { name, body, submissionId }: Prepared,
): Promise<Sent> {
  const facts = { call: name, workflowId, submissionId }
  await callLive(wire, facts, () => wire.workflows.getHandle(workflowId).signal(name, body))
  return { submissionId }
}
