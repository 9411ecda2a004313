import type { Answer, CallOutcome } from '../calls.js'
import type { RejectionCode } from '../codes.js'
import {
  attentionAfter,
  codeDied,
  codeFieldsRefused,
  codeSent,
  countWrong,
  dispatchByItself,
  dispatchUncertain,
  factsOf,
  limitReached,
  park,
  unrecognisedCode,
} from '../engine/code-steps.js'
import {
  close,
  deadChallenge,
  enter,
  needAttention,
  record,
  retireChallenge,
  set,
  type Turn as AnyTurn,
} from '../engine/turn.js'
import { inquire, inquireLater, inquireOlder, isDecisive, isQuarantineOver, stillNotFound } from './inquiries.js'
import type { PendingCall, TransferJourney } from './journey.js'
import { isDebit, nextReference } from './references.js'
import { goOn, proveSender } from './steps.js'
import type { TransferActionName } from './transitions.js'

type Turn = AnyTurn<TransferJourney>

/** What each row of the transition table does. The call is over; its outcome is in hand. */
type Action = (turn: Turn, call: PendingCall, outcome: CallOutcome) => void

export const TRANSFER_ACTIONS: Readonly<Record<TransferActionName, Action>> = {
  openChallenge: codeSent,
  uncertainDispatch: dispatchUncertain,

  dispatchSenderOtp(turn, call, outcome) {
    const resend = turn.journey.plan?.resendSenderOtp ?? 'getSender'
    if (resend !== call.name) dispatchByItself(turn, resend, 'SENDER_LOOKUP', call.submissions)
    else if (outcome.answer === 'OTP_REF_MISSING') dispatchUncertain(turn, call, outcome)
    else needAttention(turn, 'SENDER_OTP_UNAVAILABLE', call.submissions, outcome.facts)
  },

  senderProven(turn, call, outcome) {
    set(turn, { senderProven: true, profile: outcome.profile ?? turn.journey.profile, challenge: null })
    goOn(turn, call.submissions)
  },

  notOnboarded(turn, call, outcome) {
    reject(turn, call, outcome, 'SENDER_NOT_ONBOARDED')
  },

  proveSenderAgain(turn, call, outcome) {
    if (isUsedUp(turn.journey)) reject(turn, call, outcome, 'TRANSACTION_OTP_TRIES_USED_UP')
    else proveSender(turn, call.submissions)
  },

  wrongCode(turn, call, outcome) {
    if (call.name === 'initiateTransaction' && isUsedUp(turn.journey)) usedUp(turn, call, outcome, 'WRONG_CODE')
    else countWrong(turn, call, 'WRONG_CODE', outcome)
  },

  codeExpired(turn, call, outcome) {
    if (call.name === 'initiateTransaction' && isUsedUp(turn.journey)) usedUp(turn, call, outcome, 'CODE_EXPIRED')
    else codeDied(turn, call, outcome, 'CODE_EXPIRED')
  },

  verificationUncertain(turn, call, outcome) {
    codeDied(turn, call, outcome, 'VERIFICATION_UNCERTAIN')
  },

  unrecognisedCode,

  codeFieldsRefused(turn, call, outcome) {
    if (call.name === 'initiateTransaction' && isUsedUp(turn.journey)) usedUp(turn, call, outcome, 'FIELDS_REFUSED')
    else codeFieldsRefused(turn, call, outcome)
  },

  done(turn, call, outcome) {
    if (isAnother(turn, call, outcome)) return
    close(turn, 'COMPLETED', { transaction: outcome.transfer ?? turn.journey.transaction })
    record(turn, call.submissions, 'COMPLETED', factsOf(outcome))
  },

  failed(turn, call, outcome) {
    // Of a reference before the last one: it was refused for its code, and Eko keeps that as a transaction.
    if (turn.journey.initiations.length > 0 && !isDecisive(turn.journey, call)) {
      if (!inquireOlder(turn, call)) stillNotFound(turn, call, outcome)
      return
    }
    if (isAnother(turn, call, outcome)) return
    close(turn, 'FAILED', { transaction: outcome.transfer ?? turn.journey.transaction })
    record(turn, call.submissions, 'FAILED', factsOf(outcome))
  },

  refunded(turn, call, outcome) {
    if (isAnother(turn, call, outcome)) return
    const { transaction } = turn.journey
    // The answer to a refund names the refund, and little of what is refunded.
    const told = call.name === 'initiateRefund' ? { ...transaction, ...onlyKnown(outcome.transfer) } : outcome.transfer
    close(turn, 'REFUNDED', { transaction: (told ?? transaction) as TransferJourney['transaction'] })
    record(turn, call.submissions, 'REFUNDED', factsOf(outcome))
  },

  pending(turn, call, outcome) {
    if (isAnother(turn, call, outcome)) return
    set(turn, { transaction: outcome.transfer ?? turn.journey.transaction, unknownSince: null })
    if (turn.journey.state !== 'REFUND_IN_PROGRESS') debitAsked(turn)
    inquireLater(turn, call, outcome)
  },

  refundDue(turn, call, outcome) {
    if (isAnother(turn, call, outcome)) return
    const transaction = outcome.transfer ?? turn.journey.transaction
    set(turn, { transaction })
    const isRefunding = turn.journey.state === 'REFUND_IN_PROGRESS'
    if (isRefunding ? !isQuarantineOver(turn) : !transaction?.tid) {
      if (!isRefunding) debitAsked(turn)
      inquireLater(turn, call, outcome)
      return
    }
    set(turn, { unknownSince: null })
    enter(turn, 'REFUND_OTP_REQUIRED')
    deadChallenge(turn, 'REFUND', 'NOT_SENT_YET')
    record(turn, call.submissions, 'ADVANCED', factsOf(outcome))
  },

  notFound(turn, call, outcome) {
    if (inquireOlder(turn, call)) return
    if (turn.journey.state === 'REFERENCE_INQUIRY') goOn(turn, call.submissions)
    else stillNotFound(turn, call, outcome)
  },

  initiationUnknown(turn, call, outcome) {
    set(turn, { transaction: outcome.transfer ?? turn.journey.transaction, unknownSince: turn.now })
    debitAsked(turn)
    inquire(turn, call.submissions)
  },

  refundUnknown(turn, call) {
    set(turn, { unknownSince: turn.now, challenge: null })
    enter(turn, 'REFUND_IN_PROGRESS')
    inquire(turn, call.submissions)
  },

  inquiryUnanswered(turn, call, outcome) {
    // While money may be on its way, nothing ends the asking.
    const endless = turn.journey.state !== 'REFERENCE_INQUIRY'
    park(turn, endless ? { ...call, unanswered: 0 } : call, outcome)
  },

  refused(turn, call, outcome) {
    const code = REFUSED[outcome.answer]
    if (code) reject(turn, call, outcome, code)
    else attentionAfter(turn, call, outcome)
  },

  refuseInput(turn, call, outcome) {
    const code = outcome.inputCode ?? 'UNREADABLE'
    if (!CODE_CALLS.some((name) => name === call.name)) {
      needAttention(turn, 'REFUSED_BY_EKO', call.submissions)
    } else if (code === 'CODE_EXPIRED' || code === 'OTP_REF_UNREADABLE') {
      retireChallenge(turn, 'CODE_EXPIRED')
      record(turn, call.submissions, 'CODE_EXPIRED', { detail: code })
    } else record(turn, call.submissions, 'INPUT_REFUSED', { detail: code })
  },

  park,

  limitReached(turn, call, outcome) {
    limitReached(turn, call, outcome, 'SENDER', () => {
      enter(turn, 'SENDER_OTP_REQUIRED')
      deadChallenge(turn, 'SENDER', 'LIMIT_REACHED')
    })
  },

  needAttention(turn, call, outcome) {
    // Also where nothing was sent: a run that was reset does not know what it did after that point.
    if (isDebit(call)) debitAsked(turn)
    attentionAfter(turn, call, outcome)
  },
}

/** Calls that bring a code. */
const CODE_CALLS = ['verifySenderOtp', 'initiateTransaction', 'initiateRefund'] as const

/** Refusals before any money moved, which end the transfer. */
const REFUSED: Partial<Record<Answer, RejectionCode>> = {
  INSUFFICIENT_BALANCE: 'INSUFFICIENT_BALANCE',
  TRANSFER_LIMIT: 'TRANSFER_LIMIT',
  RECIPIENT_REFUSED: 'RECIPIENT_REFUSED',
  COOLING: 'COOLING',
}

/** From here on only Eko's word, or an operator's, ends the transfer. */
function debitAsked(turn: Turn): void {
  set(turn, { challenge: null })
  enter(turn, 'TRANSFER_IN_PROGRESS')
}

/** Whether Eko's transaction is not ours: its amount is another one. Then an operator must look. */
function isAnother(turn: Turn, call: PendingCall, { transfer, facts }: CallOutcome): boolean {
  const amount = call.name === 'initiateRefund' ? null : (transfer?.amountPaise ?? null)
  if (amount === null || amount === turn.journey.input.amountPaise) return false
  debitAsked(turn)
  needAttention(turn, 'TRANSACTION_MISMATCH', call.submissions, facts)
  return true
}

function isUsedUp(journey: TransferJourney): boolean {
  return nextReference(journey) === null
}

function usedUp(
  turn: Turn,
  call: PendingCall,
  outcome: CallOutcome,
  code: 'WRONG_CODE' | 'CODE_EXPIRED' | 'FIELDS_REFUSED',
): void {
  close(turn, 'REJECTED', { rejection: 'TRANSACTION_OTP_TRIES_USED_UP' })
  record(turn, call.submissions, code, factsOf(outcome))
}

function reject(turn: Turn, call: PendingCall, outcome: CallOutcome, rejection: RejectionCode): void {
  close(turn, 'REJECTED', { rejection })
  record(turn, call.submissions, 'REJECTED', factsOf(outcome))
}

function onlyKnown(transfer: CallOutcome['transfer']): Partial<NonNullable<CallOutcome['transfer']>> {
  return Object.fromEntries(Object.entries(transfer ?? {}).filter(([, value]) => value !== null))
}
