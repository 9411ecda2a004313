import {
  MESSAGES,
  type MessageName,
  type NextAction,
  type OnboardingResult,
  type Receipt,
  type State,
  type View,
} from '../workflows/messages.js'
import { OnboardingError } from './errors.js'
import { callLive, describeJourney, journeyResult, type JourneyDescription } from './journeys.js'
import { type MessageInputs, type Prepared, prepareMessage, type SealFor } from './messages.js'
import { answerOf, receiptOf } from './submissions.js'
import { untilChange, untilNextAction, untilState, viewOf, type WaitOptions } from './watch.js'
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
export interface JourneyHandle extends MessageMethods<Receipt> {
  readonly workflowId: string
  /** Fire and forget. A refusal shows in the timeline only. */
  readonly signal: MessageMethods<Sent>
  /** All that may be shown of the journey; of a closed one from its result. */
  view(): Promise<View>
  /** What became of a submission; null where the journey has not heard of it or has forgotten it. */
  receipt(message: MessageName, submissionId: string): Promise<Receipt | null>
  /** The next view whose revision is another one. A closed journey answers at once. */
  waitForChange(revision: number, options?: WaitOptions): Promise<View>
  /**
   * The view, once the journey is in one of the states. Looks every 0.1 to 1 s, so that a state of no length may be
   * missed. Throws JOURNEY_CLOSED where it ended in another one.
   */
  waitForState(states: State | readonly State[], options?: WaitOptions): Promise<View>
  /** The view, once this is to be done. Throws JOURNEY_CLOSED where the journey ended instead. */
  waitForNextAction(actions: NextAction['do'] | readonly NextAction['do'][], options?: WaitOptions): Promise<View>
  /** Waits for the end. Throws DEADLINE when `timeoutMs` is over, RUN_FAILED where the run was terminated. */
  result(options?: WaitOptions): Promise<OnboardingResult>
  /** How Temporal sees it, without asking a worker. */
  describe(): Promise<JourneyDescription>
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
    ...methods(update),
    workflowId,
    signal: methods(signal),
    view: () => viewOf(wire, workflowId),
    receipt: (message, submissionId) => receiptOf(wire, workflowId, { message, submissionId }),
    waitForChange: (revision, options) => untilChange(wire, workflowId, revision, options),
    waitForState: (states, options) => untilState(wire, workflowId, list(states), options),
    waitForNextAction: (actions, options) => untilNextAction(wire, workflowId, list(actions), options),
    result: ({ timeoutMs = wire.settings.waitMs } = {}) => journeyResult(wire, workflowId, timeoutMs),
    describe: async () => {
      const description = await describeJourney(wire, workflowId)
      if (description) return description
      throw new OnboardingError('NOT_FOUND', { details: { workflowId } })
    },
  }
}

function methods<Answer>(
  send: <Name extends MessageName>(name: Name, input: MessageInputs[Name]) => Promise<Answer>,
): MessageMethods<Answer> {
  const names = Object.keys(MESSAGES) as MessageName[]
  return Object.fromEntries(
    names.map((name) => [name, (input: MessageInputs[typeof name]) => send(name, input)]),
  ) as unknown as MessageMethods<Answer>
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

export function list<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'string' ? [value] : value
}
