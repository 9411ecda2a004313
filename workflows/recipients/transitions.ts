import type { Answer } from '../calls.js'
import type { RecipientsState } from './contract.js'
import type { RecipientsCall } from './journey.js'

/** What is done on the way; each name is one function of `answers.ts`. */
export type RecipientsActionName =
  | 'openChallenge'
  | 'uncertainDispatch'
  | 'dispatchSenderOtp'
  | 'ready'
  | 'notOnboarded'
  | 'proveSenderAgain'
  | 'wrongCode'
  | 'codeExpired'
  | 'verificationUncertain'
  | 'unrecognisedCode'
  | 'codeFieldsRefused'
  | 'listed'
  | 'added'
  | 'readList'
  | 'refused'
  | 'bankAdded'
  | 'bankVerified'
  | 'recipientCodeUncertain'
  | 'refuseInput'
  | 'park'
  | 'limitReached'
  | 'needAttention'

/** One row: when this call gives this answer, the session does that and goes there. The first row that fits counts. */
export interface RecipientsTransition {
  readonly call: RecipientsCall | '*'
  readonly answers: readonly Answer[]
  readonly action: RecipientsActionName
  readonly to: readonly (RecipientsState | 'SAME')[]
}

const LOOKUP = 'SENDER_LOOKUP'
const PROOF = 'SENDER_OTP_REQUIRED'
const READY = 'RECIPIENTS_READY'
const OTP = 'RECIPIENT_OTP_REQUIRED'

/** Where each call is made from. */
export const RECIPIENTS_CALLED_FROM: Readonly<Record<RecipientsCall, readonly RecipientsState[]>> = {
  getSender: [LOOKUP, PROOF],
  generateSenderOtp: [LOOKUP, PROOF],
  verifySenderOtp: [PROOF],
  getRecipients: [READY, OTP],
  addRecipient: [READY, OTP],
  addRecipientBank: [READY],
  generateRecipientBankOtp: [READY, OTP],
  validateRecipientBankOtp: [OTP],
}

/** THE TABLE: every answer of every call. */
export const RECIPIENTS_TRANSITIONS: readonly RecipientsTransition[] = [
  { call: 'getSender', answers: ['OTP_SENT'], action: 'openChallenge', to: [PROOF] },
  { call: 'getSender', answers: ['OTP_REF_MISSING', 'ONBOARDED'], action: 'dispatchSenderOtp', to: [LOOKUP, PROOF] },
  { call: 'getSender', answers: ['NOT_ENROLLED', 'SENDER_UNKNOWN'], action: 'notOnboarded', to: ['REJECTED'] },
  { call: 'getSender', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch', to: [PROOF] },
  { call: 'generateSenderOtp', answers: ['OTP_SENT'], action: 'openChallenge', to: [PROOF] },
  { call: 'generateSenderOtp', answers: ['SENDER_UNKNOWN'], action: 'notOnboarded', to: ['REJECTED'] },
  { call: 'generateSenderOtp', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch', to: [PROOF] },
  { call: 'verifySenderOtp', answers: ['ONBOARDED'], action: 'ready', to: [READY] },
  {
    call: 'verifySenderOtp',
    answers: ['AADHAAR_PENDING', 'PAN_PENDING', 'SENDER_UNKNOWN'],
    action: 'notOnboarded',
    to: ['REJECTED'],
  },
  { call: 'verifySenderOtp', answers: ['WRONG_CODE'], action: 'wrongCode', to: [PROOF, 'REJECTED'] },
  { call: 'verifySenderOtp', answers: ['CODE_EXPIRED'], action: 'codeExpired', to: [PROOF] },
  { call: 'verifySenderOtp', answers: ['UNKNOWN_OUTCOME'], action: 'verificationUncertain', to: [PROOF] },
  { call: 'verifySenderOtp', answers: ['FIELDS_REFUSED'], action: 'codeFieldsRefused', to: [PROOF, 'REJECTED'] },
  { call: 'verifySenderOtp', answers: ['UNRECOGNISED_ANSWER'], action: 'unrecognisedCode', to: [PROOF, 'REJECTED'] },
  { call: 'verifySenderOtp', answers: ['INPUT_REFUSED'], action: 'refuseInput', to: ['SAME'] },

  { call: 'getRecipients', answers: ['RECIPIENTS'], action: 'listed', to: ['SAME', READY] },
  { call: 'getRecipients', answers: ['UNKNOWN_OUTCOME'], action: 'park', to: ['SAME'] },

  { call: 'addRecipient', answers: ['RECIPIENT_ADDED'], action: 'added', to: ['SAME'] },
  { call: 'addRecipient', answers: ['RECIPIENT_EXISTS', 'UNKNOWN_OUTCOME'], action: 'readList', to: ['SAME'] },
  {
    call: 'addRecipient',
    answers: ['RECIPIENT_LIMIT', 'RECIPIENT_REFUSED', 'FIELDS_REFUSED'],
    action: 'refused',
    to: ['SAME'],
  },
  { call: 'addRecipient', answers: ['INPUT_REFUSED'], action: 'refuseInput', to: ['SAME'] },
  { call: 'addRecipientBank', answers: ['BANK_ADDED'], action: 'bankAdded', to: [READY] },
  { call: 'addRecipientBank', answers: ['RECIPIENT_EXISTS', 'UNKNOWN_OUTCOME'], action: 'readList', to: ['SAME'] },
  { call: 'addRecipientBank', answers: ['RECIPIENT_REFUSED'], action: 'refused', to: ['SAME'] },
  { call: 'generateRecipientBankOtp', answers: ['BANK_ADDED'], action: 'bankAdded', to: [OTP] },
  { call: 'generateRecipientBankOtp', answers: ['RECIPIENT_EXISTS'], action: 'readList', to: ['SAME'] },
  { call: 'generateRecipientBankOtp', answers: ['UNKNOWN_OUTCOME'], action: 'recipientCodeUncertain', to: [OTP] },
  { call: 'generateRecipientBankOtp', answers: ['RECIPIENT_REFUSED', 'COOLING'], action: 'refused', to: [READY] },

  { call: 'validateRecipientBankOtp', answers: ['BANK_VERIFIED'], action: 'bankVerified', to: [READY] },
  { call: 'validateRecipientBankOtp', answers: ['WRONG_CODE'], action: 'wrongCode', to: [OTP] },
  { call: 'validateRecipientBankOtp', answers: ['CODE_EXPIRED'], action: 'codeExpired', to: [OTP] },
  { call: 'validateRecipientBankOtp', answers: ['UNKNOWN_OUTCOME'], action: 'readList', to: [READY] },
  { call: 'validateRecipientBankOtp', answers: ['FIELDS_REFUSED'], action: 'codeFieldsRefused', to: [OTP] },
  { call: 'validateRecipientBankOtp', answers: ['INPUT_REFUSED'], action: 'refuseInput', to: ['SAME'] },
  { call: 'validateRecipientBankOtp', answers: ['RECIPIENT_REFUSED', 'COOLING'], action: 'refused', to: [READY] },

  { call: 'getRecipients', answers: ['WALLET_TOKEN_REFUSED'], action: 'proveSenderAgain', to: [LOOKUP, PROOF] },
  { call: 'addRecipient', answers: ['WALLET_TOKEN_REFUSED'], action: 'proveSenderAgain', to: [LOOKUP, PROOF] },
  { call: 'addRecipientBank', answers: ['WALLET_TOKEN_REFUSED'], action: 'proveSenderAgain', to: [LOOKUP, PROOF] },
  { call: '*', answers: ['NOT_SENT', 'BUSY', 'CONFIGURATION'], action: 'park', to: ['SAME'] },
  { call: 'getSender', answers: ['LIMIT_REACHED'], action: 'limitReached', to: [PROOF] },
  { call: 'generateSenderOtp', answers: ['LIMIT_REACHED'], action: 'limitReached', to: [PROOF] },
  {
    call: '*',
    answers: [
      'FIELDS_REFUSED',
      'IDENTITY_ALREADY_USED',
      'SENDER_UNKNOWN',
      'REFUSED',
      'INPUT_REFUSED',
      'RUN_RESET',
      'UNRECOGNISED_ANSWER',
    ],
    action: 'needAttention',
    to: ['SAME'],
  },
]

/** What no row names, since no table gives it: an operator must look. */
export const RECIPIENTS_OTHERWISE: RecipientsTransition = {
  call: '*',
  answers: [],
  action: 'needAttention',
  to: ['SAME'],
}

export function recipientsTransitionFor(call: RecipientsCall, answer: Answer): RecipientsTransition {
  return (
    RECIPIENTS_TRANSITIONS.find((row) => (row.call === call || row.call === '*') && row.answers.includes(answer)) ??
    RECIPIENTS_OTHERWISE
  )
}
