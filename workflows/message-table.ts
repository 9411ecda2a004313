import * as guard from './guards.js'
import type { MessageName } from './messages.js'
import { OPEN_STATES, type OpenState } from './states.js'

export interface MessageDescriptor<State extends string = OpenState> {
  /** Shown in Temporal UI and in the docs. */
  readonly description: string
  /** Where it is taken. Behind a call in flight it waits, and is judged in the state that it then meets. */
  readonly legalIn: readonly State[]
  /** `user` messages are refused while a call is parked or an operator is needed (an early PAN is kept); `operator` messages
   * are what unblocks. */
  readonly by: 'user' | 'operator'
  /** Field name to complaint; empty where the body is well formed. */
  readonly guard: (body: unknown) => Readonly<Record<string, string>>
}

/** Every message. Each is registered as a signal and as an update of the same name. */
export const MESSAGES: Readonly<Record<MessageName, MessageDescriptor>> = {
  enterSenderDetails: {
    description: 'Name, date of birth and address of a sender whom Eko does not know.',
    legalIn: ['SENDER_DETAILS_REQUIRED'],
    by: 'user',
    guard: guard.enterSenderDetails,
  },
  enterSenderOtp: {
    description: 'The code sent to the sender’s mobile, sealed as `otp`.',
    legalIn: ['SENDER_OTP_REQUIRED'],
    by: 'user',
    guard: guard.enterCode,
  },
  requestConsent: {
    description: 'Present the Aadhaar consent in a language.',
    legalIn: ['AADHAAR_REQUIRED'],
    by: 'user',
    guard: guard.requestConsent,
  },
  enterAadhaar: {
    description: 'The Aadhaar number, sealed as `aadhaar`, with the consent that was presented.',
    legalIn: ['AADHAAR_REQUIRED'],
    by: 'user',
    guard: guard.enterAadhaar,
  },
  enterAadhaarOtp: {
    description: 'The code that UIDAI sent to the Aadhaar-linked mobile, sealed as `otp`.',
    legalIn: ['AADHAAR_OTP_REQUIRED'],
    by: 'user',
    guard: guard.enterCode,
  },
  enterPan: {
    description: 'The PAN, sealed as `pan`. Before its step it is kept for a while.',
    legalIn: OPEN_STATES,
    by: 'user',
    guard: guard.enterPan,
  },
  resendOtp: {
    description: 'Send a new code; the one before is retired first.',
    legalIn: ['SENDER_OTP_REQUIRED', 'AADHAAR_OTP_REQUIRED'],
    by: 'user',
    guard: guard.envelopeOnly,
  },
  reenter: {
    description: 'Operator: back to the lookup, where Eko’s answer is the truth. Costs an SMS.',
    legalIn: OPEN_STATES,
    by: 'operator',
    guard: guard.operatorAction,
  },
  retryNow: {
    description: 'Operator: run the parked call now, if it was never executed.',
    legalIn: OPEN_STATES,
    by: 'operator',
    guard: guard.operatorAction,
  },
  takeOver: {
    description: 'Operator: hand the journey to another user_code of the tenant.',
    legalIn: OPEN_STATES,
    by: 'operator',
    guard: guard.takeOver,
  },
  withdrawConsent: {
    description: 'The sender withdraws the consent; the journey ends.',
    legalIn: OPEN_STATES,
    by: 'operator',
    guard: guard.operatorAction,
  },
  cancel: {
    description: 'End the journey. A call in flight finishes first, and COMPLETED wins.',
    legalIn: OPEN_STATES,
    by: 'operator',
    guard: guard.operatorAction,
  },
}
