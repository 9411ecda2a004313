import type { Answer, CallName } from './calls.js'
import type { State } from './states.js'

/** What is done on the way; each name is one function of `journey-answers.ts`. */
export type ActionName =
  | 'openChallenge'
  | 'uncertainDispatch'
  | 'dispatchSenderOtp'
  | 'askDetailsOrOnboard'
  | 'showFieldErrors'
  | 'lookUpAgain'
  | 'trustLookupOrDispatch'
  | 'mobileVerified'
  | 'complete'
  | 'wrongCode'
  | 'codeExpired'
  | 'senderVerificationUncertain'
  | 'aadhaarVerificationUncertain'
  | 'unrecognisedCode'
  | 'codeFieldsRefused'
  | 'chooseLanguage'
  | 'presentConsent'
  | 'aadhaarRefused'
  | 'aadhaarVerified'
  | 'aadhaarStillPending'
  | 'panRefused'
  | 'proveMobileAgain'
  | 'refuseInput'
  | 'park'
  | 'limitReached'
  | 'needAttention'

/**
 * One row: when this call gives this answer, the journey does that and goes there. The first row that fits counts;
 * `*` fits every call. Where `to` lists several states, the action chooses by policy, quota or what is held.
 */
export interface Transition {
  readonly call: CallName | '*'
  readonly answers: readonly Answer[]
  readonly action: ActionName
  readonly to: readonly (State | 'SAME')[]
}

/** Where each call is made from: together with the rows, the picture of the journey. */
export const CALLED_FROM: Readonly<Record<CallName, readonly State[]>> = {
  getSender: ['SENDER_LOOKUP', 'SENDER_OTP_REQUIRED'],
  onboardSender: ['SENDER_DETAILS_REQUIRED'],
  generateSenderOtp: ['SENDER_LOOKUP', 'SENDER_OTP_REQUIRED'],
  verifySenderOtp: ['SENDER_OTP_REQUIRED'],
  consentLanguages: ['AADHAAR_REQUIRED'],
  consentDetails: ['AADHAAR_REQUIRED'],
  generateAadhaarOtp: ['AADHAAR_REQUIRED', 'AADHAAR_OTP_REQUIRED'],
  verifyAadhaarOtp: ['AADHAAR_OTP_REQUIRED'],
  validatePan: ['PAN_REQUIRED'],
}

const OTP = 'SENDER_OTP_REQUIRED'
const LOOKUP = 'SENDER_LOOKUP'

/** THE TABLE: every answer of every call. `npm run docs` draws the README's picture from it. */
export const TRANSITIONS: readonly Transition[] = [
  { call: 'getSender', answers: ['OTP_SENT'], action: 'openChallenge', to: [OTP] },
  { call: 'getSender', answers: ['OTP_REF_MISSING'], action: 'dispatchSenderOtp', to: [LOOKUP, OTP] },
  {
    call: 'getSender',
    answers: ['NOT_ENROLLED', 'SENDER_UNKNOWN'],
    action: 'askDetailsOrOnboard',
    to: ['SENDER_DETAILS_REQUIRED'],
  },
  { call: 'getSender', answers: ['ONBOARDED'], action: 'trustLookupOrDispatch', to: [LOOKUP, OTP, 'COMPLETED'] },
  { call: 'getSender', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch', to: [OTP] },

  { call: 'onboardSender', answers: ['OTP_SENT'], action: 'openChallenge', to: [OTP] },
  {
    call: 'onboardSender',
    answers: ['WALLET_EXISTS', 'OTP_REF_MISSING'],
    action: 'dispatchSenderOtp',
    to: [LOOKUP],
  },
  { call: 'onboardSender', answers: ['FIELDS_REFUSED'], action: 'showFieldErrors', to: ['SENDER_DETAILS_REQUIRED'] },
  { call: 'onboardSender', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch', to: [OTP] },

  { call: 'generateSenderOtp', answers: ['OTP_SENT'], action: 'openChallenge', to: [OTP] },
  { call: 'generateSenderOtp', answers: ['SENDER_UNKNOWN'], action: 'lookUpAgain', to: [LOOKUP] },
  { call: 'generateSenderOtp', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch', to: [OTP] },

  { call: 'verifySenderOtp', answers: ['ONBOARDED'], action: 'complete', to: ['COMPLETED'] },
  {
    call: 'verifySenderOtp',
    answers: ['AADHAAR_PENDING'],
    action: 'mobileVerified',
    to: ['AADHAAR_REQUIRED', 'AADHAAR_OTP_REQUIRED'],
  },
  { call: 'verifySenderOtp', answers: ['PAN_PENDING'], action: 'mobileVerified', to: ['PAN_REQUIRED', 'COMPLETED'] },
  { call: 'verifySenderOtp', answers: ['WRONG_CODE'], action: 'wrongCode', to: [OTP, 'REJECTED'] },
  { call: 'verifySenderOtp', answers: ['CODE_EXPIRED'], action: 'codeExpired', to: [OTP] },
  { call: 'verifySenderOtp', answers: ['SENDER_UNKNOWN'], action: 'lookUpAgain', to: [LOOKUP, OTP] },
  { call: 'verifySenderOtp', answers: ['UNKNOWN_OUTCOME'], action: 'senderVerificationUncertain', to: [OTP] },
  { call: 'verifySenderOtp', answers: ['FIELDS_REFUSED'], action: 'codeFieldsRefused', to: [OTP, 'REJECTED'] },
  { call: 'verifySenderOtp', answers: ['UNRECOGNISED_ANSWER'], action: 'unrecognisedCode', to: [OTP, 'REJECTED'] },

  { call: 'consentLanguages', answers: ['LANGUAGES'], action: 'chooseLanguage', to: ['AADHAAR_REQUIRED'] },
  { call: 'consentLanguages', answers: ['UNKNOWN_OUTCOME'], action: 'park', to: ['SAME'] },
  { call: 'consentLanguages', answers: ['SENDER_UNKNOWN'], action: 'lookUpAgain', to: [LOOKUP, OTP] },
  { call: 'consentDetails', answers: ['CONSENT'], action: 'presentConsent', to: ['AADHAAR_REQUIRED'] },
  { call: 'consentDetails', answers: ['UNKNOWN_OUTCOME'], action: 'park', to: ['SAME'] },
  { call: 'consentDetails', answers: ['SENDER_UNKNOWN'], action: 'lookUpAgain', to: [LOOKUP, OTP] },

  { call: 'generateAadhaarOtp', answers: ['OTP_SENT'], action: 'openChallenge', to: ['AADHAAR_OTP_REQUIRED'] },
  {
    call: 'generateAadhaarOtp',
    answers: ['AADHAAR_REFUSED', 'FIELDS_REFUSED'],
    action: 'aadhaarRefused',
    to: ['AADHAAR_REQUIRED'],
  },
  {
    call: 'generateAadhaarOtp',
    answers: ['WALLET_TOKEN_REFUSED'],
    action: 'proveMobileAgain',
    to: [LOOKUP, OTP, 'SAME'],
  },
  { call: 'generateAadhaarOtp', answers: ['SENDER_UNKNOWN'], action: 'lookUpAgain', to: [LOOKUP, OTP] },
  {
    call: 'generateAadhaarOtp',
    answers: ['UNKNOWN_OUTCOME'],
    action: 'uncertainDispatch',
    to: ['AADHAAR_OTP_REQUIRED'],
  },

  { call: 'verifyAadhaarOtp', answers: ['PAN_PENDING'], action: 'aadhaarVerified', to: ['PAN_REQUIRED', 'COMPLETED'] },
  { call: 'verifyAadhaarOtp', answers: ['WRONG_CODE'], action: 'wrongCode', to: ['AADHAAR_OTP_REQUIRED', 'REJECTED'] },
  { call: 'verifyAadhaarOtp', answers: ['CODE_EXPIRED'], action: 'codeExpired', to: ['AADHAAR_OTP_REQUIRED'] },
  {
    call: 'verifyAadhaarOtp',
    answers: ['WALLET_TOKEN_REFUSED'],
    action: 'proveMobileAgain',
    to: [LOOKUP, OTP, 'SAME'],
  },
  { call: 'verifyAadhaarOtp', answers: ['SENDER_UNKNOWN'], action: 'lookUpAgain', to: [LOOKUP, OTP] },
  {
    call: 'verifyAadhaarOtp',
    answers: ['UNKNOWN_OUTCOME'],
    action: 'aadhaarVerificationUncertain',
    to: [OTP, 'PAN_REQUIRED'],
  },
  {
    call: 'verifyAadhaarOtp',
    answers: ['FIELDS_REFUSED'],
    action: 'codeFieldsRefused',
    to: ['AADHAAR_OTP_REQUIRED', 'REJECTED'],
  },
  {
    call: 'verifyAadhaarOtp',
    answers: ['UNRECOGNISED_ANSWER'],
    action: 'unrecognisedCode',
    to: ['AADHAAR_OTP_REQUIRED', 'REJECTED'],
  },

  { call: 'validatePan', answers: ['ONBOARDED'], action: 'complete', to: ['COMPLETED'] },
  { call: 'validatePan', answers: ['AADHAAR_PENDING'], action: 'aadhaarStillPending', to: ['AADHAAR_REQUIRED'] },
  { call: 'validatePan', answers: ['PAN_REFUSED', 'FIELDS_REFUSED'], action: 'panRefused', to: ['PAN_REQUIRED'] },
  { call: 'validatePan', answers: ['WALLET_TOKEN_REFUSED'], action: 'proveMobileAgain', to: [LOOKUP, OTP, 'SAME'] },
  { call: 'validatePan', answers: ['SENDER_UNKNOWN'], action: 'lookUpAgain', to: [LOOKUP, OTP] },
  { call: 'validatePan', answers: ['UNKNOWN_OUTCOME'], action: 'park', to: ['SAME'] },

  { call: '*', answers: ['INPUT_REFUSED'], action: 'refuseInput', to: ['SAME', 'AADHAAR_REQUIRED'] },
  { call: '*', answers: ['NOT_SENT', 'BUSY', 'CONFIGURATION'], action: 'park', to: ['SAME'] },
  {
    call: 'onboardSender',
    answers: ['LIMIT_REACHED'],
    action: 'limitReached',
    to: ['SENDER_DETAILS_REQUIRED'],
  },
  {
    call: 'generateAadhaarOtp',
    answers: ['LIMIT_REACHED'],
    action: 'limitReached',
    to: ['AADHAAR_REQUIRED', 'AADHAAR_OTP_REQUIRED'],
  },
  { call: 'getSender', answers: ['LIMIT_REACHED'], action: 'limitReached', to: [OTP] },
  { call: 'generateSenderOtp', answers: ['LIMIT_REACHED'], action: 'limitReached', to: [OTP] },
  {
    call: '*',
    answers: [
      'IDENTITY_ALREADY_USED',
      'FIELDS_REFUSED',
      'SENDER_UNKNOWN',
      'REFUSED',
      'RUN_RESET',
      'UNRECOGNISED_ANSWER',
    ],
    action: 'needAttention',
    to: ['SAME'],
  },
]

/** What no row names, since no table gives it: an operator must look. */
export const OTHERWISE: Transition = { call: '*', answers: [], action: 'needAttention', to: ['SAME'] }

export function transitionFor(call: CallName, answer: Answer): Transition {
  return TRANSITIONS.find((row) => (row.call === call || row.call === '*') && row.answers.includes(answer)) ?? OTHERWISE
}
