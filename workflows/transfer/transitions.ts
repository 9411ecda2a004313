import type { Answer } from '../calls.js'
import type { TransferState } from './contract.js'
import type { TransferCall } from './journey.js'

/** What is done on the way; each name is one function of `answers.ts`. */
export type TransferActionName =
  | 'openChallenge'
  | 'uncertainDispatch'
  | 'dispatchSenderOtp'
  | 'senderProven'
  | 'notOnboarded'
  | 'proveSenderAgain'
  | 'wrongCode'
  | 'codeExpired'
  | 'verificationUncertain'
  | 'unrecognisedCode'
  | 'codeFieldsRefused'
  | 'done'
  | 'failed'
  | 'refunded'
  | 'pending'
  | 'refundDue'
  | 'notFound'
  | 'initiationUnknown'
  | 'refundUnknown'
  | 'inquiryUnanswered'
  | 'inquiryUnrecognised'
  | 'refused'
  | 'refuseInput'
  | 'park'
  | 'limitReached'
  | 'needAttention'

/** One row: when this call gives this answer, the transfer does that and goes there. The first row that fits counts. */
export interface TransferTransition {
  readonly call: TransferCall | '*'
  readonly answers: readonly Answer[]
  readonly action: TransferActionName
  readonly to: readonly (TransferState | 'SAME')[]
}

const START = 'REFERENCE_INQUIRY'
const LOOKUP = 'SENDER_LOOKUP'
const PROOF = 'SENDER_OTP_REQUIRED'
const OTP = 'TRANSACTION_OTP_REQUIRED'
const DEBIT = 'TRANSFER_IN_PROGRESS'
const REFUND_OTP = 'REFUND_OTP_REQUIRED'
const REFUND = 'REFUND_IN_PROGRESS'

/** Where each call is made from: together with the rows, the picture of the transfer. */
export const TRANSFER_CALLED_FROM: Readonly<Record<TransferCall, readonly TransferState[]>> = {
  transactionInquiry: [START, DEBIT, REFUND],
  getSender: [LOOKUP, PROOF],
  generateSenderOtp: [LOOKUP, PROOF],
  verifySenderOtp: [PROOF],
  sendTransactionOtp: [OTP],
  loadWallet: [DEBIT],
  initiateTransaction: [OTP],
  generateRefundOtp: [REFUND_OTP],
  initiateRefund: [REFUND_OTP],
}

/** THE TABLE: every answer of every call. */
export const TRANSFER_TRANSITIONS: readonly TransferTransition[] = [
  { call: 'transactionInquiry', answers: ['TRANSFER_DONE'], action: 'done', to: ['COMPLETED', DEBIT] },
  {
    call: 'transactionInquiry',
    answers: ['TRANSFER_FAILED'],
    action: 'failed',
    to: ['FAILED', START, LOOKUP, OTP, DEBIT, REFUND, 'EXPIRED'],
  },
  { call: 'transactionInquiry', answers: ['REFUNDED'], action: 'refunded', to: ['REFUNDED', DEBIT] },
  {
    call: 'transactionInquiry',
    answers: ['TRANSFER_PENDING'],
    action: 'pending',
    to: [START, LOOKUP, OTP, DEBIT, REFUND, 'EXPIRED'],
  },
  { call: 'transactionInquiry', answers: ['REFUND_PENDING'], action: 'refundDue', to: [REFUND_OTP, REFUND, DEBIT] },
  {
    call: 'transactionInquiry',
    answers: ['TRANSACTION_NOT_FOUND'],
    action: 'notFound',
    to: [START, LOOKUP, OTP, DEBIT, REFUND, 'EXPIRED'],
  },
  { call: 'transactionInquiry', answers: ['UNKNOWN_OUTCOME'], action: 'inquiryUnanswered', to: ['SAME'] },
  { call: 'transactionInquiry', answers: ['UNRECOGNISED_ANSWER'], action: 'inquiryUnrecognised', to: ['SAME'] },

  { call: 'getSender', answers: ['OTP_SENT'], action: 'openChallenge', to: [PROOF] },
  { call: 'getSender', answers: ['OTP_REF_MISSING'], action: 'dispatchSenderOtp', to: [LOOKUP, PROOF] },
  { call: 'getSender', answers: ['ONBOARDED'], action: 'dispatchSenderOtp', to: [LOOKUP, PROOF] },
  {
    call: 'getSender',
    answers: ['NOT_ENROLLED', 'SENDER_UNKNOWN'],
    action: 'notOnboarded',
    to: ['REJECTED'],
  },
  { call: 'getSender', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch', to: [PROOF] },
  { call: 'generateSenderOtp', answers: ['OTP_SENT'], action: 'openChallenge', to: [PROOF] },
  { call: 'generateSenderOtp', answers: ['SENDER_UNKNOWN'], action: 'notOnboarded', to: ['REJECTED'] },
  { call: 'generateSenderOtp', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch', to: [PROOF] },

  { call: 'verifySenderOtp', answers: ['ONBOARDED'], action: 'senderProven', to: [OTP] },
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

  { call: 'sendTransactionOtp', answers: ['OTP_SENT'], action: 'openChallenge', to: [OTP] },
  { call: 'sendTransactionOtp', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch', to: [OTP] },
  {
    call: 'sendTransactionOtp',
    answers: ['WALLET_TOKEN_REFUSED'],
    action: 'proveSenderAgain',
    to: [LOOKUP, PROOF, 'SAME'],
  },
  {
    call: 'sendTransactionOtp',
    answers: ['INSUFFICIENT_BALANCE', 'TRANSFER_LIMIT', 'RECIPIENT_REFUSED', 'COOLING'],
    action: 'refused',
    to: ['REJECTED'],
  },
  { call: 'sendTransactionOtp', answers: ['SENDER_UNKNOWN'], action: 'notOnboarded', to: ['REJECTED'] },

  { call: 'initiateTransaction', answers: ['TRANSFER_DONE'], action: 'done', to: ['COMPLETED', DEBIT] },
  { call: 'initiateTransaction', answers: ['TRANSFER_FAILED'], action: 'failed', to: ['FAILED', DEBIT] },
  { call: 'initiateTransaction', answers: ['REFUNDED'], action: 'refunded', to: ['REFUNDED', DEBIT] },
  { call: 'initiateTransaction', answers: ['TRANSFER_PENDING'], action: 'pending', to: [DEBIT] },
  { call: 'initiateTransaction', answers: ['REFUND_PENDING'], action: 'refundDue', to: [REFUND_OTP, DEBIT] },
  {
    call: 'initiateTransaction',
    answers: ['UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER'],
    action: 'initiationUnknown',
    to: [DEBIT],
  },
  { call: 'initiateTransaction', answers: ['WRONG_CODE'], action: 'wrongCode', to: [OTP, 'REJECTED'] },
  { call: 'initiateTransaction', answers: ['CODE_EXPIRED'], action: 'codeExpired', to: [OTP, 'REJECTED'] },
  {
    call: 'initiateTransaction',
    answers: ['WALLET_TOKEN_REFUSED'],
    action: 'proveSenderAgain',
    to: [LOOKUP, PROOF, 'SAME', 'REJECTED'],
  },
  {
    call: 'initiateTransaction',
    answers: ['INSUFFICIENT_BALANCE', 'TRANSFER_LIMIT', 'RECIPIENT_REFUSED', 'COOLING'],
    action: 'refused',
    to: ['REJECTED'],
  },
  { call: 'initiateTransaction', answers: ['SENDER_UNKNOWN'], action: 'notOnboarded', to: ['REJECTED'] },
  { call: 'initiateTransaction', answers: ['FIELDS_REFUSED'], action: 'codeFieldsRefused', to: [OTP, 'REJECTED'] },

  { call: 'loadWallet', answers: ['WALLET_LOADED'], action: 'done', to: ['COMPLETED', DEBIT] },
  { call: 'loadWallet', answers: ['TRANSFER_FAILED'], action: 'failed', to: ['FAILED', DEBIT] },
  { call: 'loadWallet', answers: ['TRANSFER_PENDING'], action: 'pending', to: [DEBIT] },
  {
    call: 'loadWallet',
    answers: ['UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER'],
    action: 'initiationUnknown',
    to: [DEBIT],
  },
  { call: 'loadWallet', answers: ['INSUFFICIENT_BALANCE', 'TRANSFER_LIMIT'], action: 'refused', to: ['REJECTED'] },
  { call: 'loadWallet', answers: ['SENDER_UNKNOWN'], action: 'notOnboarded', to: ['REJECTED'] },

  { call: 'generateRefundOtp', answers: ['OTP_SENT'], action: 'openChallenge', to: [REFUND_OTP] },
  { call: 'generateRefundOtp', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch', to: [REFUND_OTP] },
  { call: 'initiateRefund', answers: ['REFUND_DONE'], action: 'refunded', to: ['REFUNDED'] },
  {
    call: 'initiateRefund',
    answers: ['UNKNOWN_OUTCOME', 'UNRECOGNISED_ANSWER', 'TRANSFER_PENDING', 'TRANSACTION_NOT_FOUND'],
    action: 'refundUnknown',
    to: [REFUND],
  },
  { call: 'initiateRefund', answers: ['WRONG_CODE'], action: 'wrongCode', to: [REFUND_OTP] },
  { call: 'initiateRefund', answers: ['CODE_EXPIRED'], action: 'codeExpired', to: [REFUND_OTP] },
  { call: 'initiateRefund', answers: ['FIELDS_REFUSED'], action: 'codeFieldsRefused', to: [REFUND_OTP] },

  { call: '*', answers: ['INPUT_REFUSED'], action: 'refuseInput', to: ['SAME'] },
  { call: '*', answers: ['NOT_SENT', 'BUSY', 'CONFIGURATION'], action: 'park', to: ['SAME'] },
  { call: 'getSender', answers: ['LIMIT_REACHED'], action: 'limitReached', to: [PROOF] },
  { call: 'generateSenderOtp', answers: ['LIMIT_REACHED'], action: 'limitReached', to: [PROOF] },
  {
    call: '*',
    answers: [
      'FIELDS_REFUSED',
      'IDENTITY_ALREADY_USED',
      'SENDER_UNKNOWN',
      'TRANSACTION_NOT_FOUND',
      'REFUSED',
      'RUN_RESET',
      'UNRECOGNISED_ANSWER',
    ],
    action: 'needAttention',
    to: ['SAME', DEBIT],
  },
]

/** What no row names, since no table gives it: an operator must look. */
export const TRANSFER_OTHERWISE: TransferTransition = {
  call: '*',
  answers: [],
  action: 'needAttention',
  to: ['SAME', DEBIT],
}

export function transferTransitionFor(call: TransferCall, answer: Answer): TransferTransition {
  return (
    TRANSFER_TRANSITIONS.find((row) => (row.call === call || row.call === '*') && row.answers.includes(answer)) ??
    TRANSFER_OTHERWISE
  )
}
