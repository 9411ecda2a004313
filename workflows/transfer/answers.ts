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
import { clientRefOf, inquire, inquireLater, inquireNext, isQuarantineOver, stillNotFound } from './inquiries.js'
import type { PendingCall, TransferJourney } from './journey.js'
import { isDebit, isOwn, isRefused, nextReference } from './references.js'
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
    if (isContradicted(turn, call, outcome)) return
    close(turn, 'COMPLETED', { transaction: knownOf(turn.journey, outcome) })
    record(turn, call.submissions, 'COMPLETED', factsOf(outcome))
  },

  failed(turn, call, outcome) {
    if (isAboutRefused(turn, call, outcome) || isAnother(turn, call, outcome)) return
    close(turn, 'FAILED', { transaction: knownOf(turn.journey, outcome) })
    record(turn, call.submissions, 'FAILED', factsOf(outcome))
  },

  refunded(turn, call, outcome) {
    if (isContradicted(turn, call, outcome)) return
    close(turn, 'REFUNDED', { transaction: knownOf(turn.journey, outcome) })
    record(turn, call.submissions, 'REFUNDED', factsOf(outcome))
  },

  pending(turn, call, outcome) {
    if (isAboutRefused(turn, call, outcome) || isAnother(turn, call, outcome)) return
    set(turn, { transaction: knownOf(turn.journey, outcome), unknownSince: null })
    if (turn.journey.state !== 'REFUND_IN_PROGRESS') debitAsked(turn)
    inquireLater(turn, call, outcome)
  },

  refundDue(turn, call, outcome) {
    if (isContradicted(turn, call, outcome)) return
    const transaction = knownOf(turn.journey, outcome)
    set(turn, { transaction })
    const isRefunding = turn.journey.state === 'REFUND_IN_PROGRESS'
    if (!transaction?.tid || (isRefunding && !isQuarantineOver(turn))) {
      if (!isRefunding) debitAsked(turn)
      inquireLater(turn, call, outcome)
      return
    }
    set(turn, { unknownSince: null })
    enter(turn, 'REFUND_OTP_REQUIRED')
    deadChallenge(turn, 'REFUND', 'NOT_SENT_YET')
    record(turn, call.submissions, 'ADVANCED', factsOf(outcome))
  },

  notFound,

  initiationUnknown(turn, call, outcome) {
    set(turn, { transaction: knownOf(turn.journey, outcome), unknownSince: null })
    debitAsked(turn)
    inquire(turn, call.submissions)
  },

  refundUnknown(turn, call) {
    set(turn, { unknownSince: null, challenge: null })
    enter(turn, 'REFUND_IN_PROGRESS')
    inquire(turn, call.submissions)
  },

  inquiryUnanswered(turn, call, outcome) {
    // While money may be on its way, nothing ends the asking.
    const endless = turn.journey.state !== 'REFERENCE_INQUIRY'
    park(turn, endless ? { ...call, unanswered: 0 } : call, outcome)
  },

  inquiryUnrecognised(turn, call, outcome) {
    const isHeldBack = turn.journey.state !== 'REFERENCE_INQUIRY' && !isQuarantineOver(turn)
    if (isHeldBack) inquireLater(turn, call, outcome)
    else attentionAfter(turn, call, outcome)
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

/** None of ours that Eko knows: the next reference, or on to the code, or asked again through the quarantine. */
function notFound(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  if (inquireNext(turn, call)) return
  if (turn.journey.state === 'REFERENCE_INQUIRY') goOn(turn, call.submissions)
  else stillNotFound(turn, call, outcome)
}

/** What Eko keeps of a debit that it refused for its code says nothing of the other ones. */
function isAboutRefused(turn: Turn, call: PendingCall, outcome: CallOutcome): boolean {
  if (!isRefused(turn.journey, referenceTold(call, outcome))) return false
  notFound(turn, call, outcome)
  return true
}

/** Whether Eko's transaction is not ours, or money moved by a debit that was refused: then an operator must look. */
function isContradicted(turn: Turn, call: PendingCall, outcome: CallOutcome): boolean {
  if (!isRefused(turn.journey, referenceTold(call, outcome))) return isAnother(turn, call, outcome)
  mismatch(turn, call, outcome)
  return true
}

/** Whether Eko's transaction has another amount, or the reference of another transfer. */
function isAnother(turn: Turn, call: PendingCall, outcome: CallOutcome): boolean {
  if (call.name === 'initiateRefund') return false
  const { amountPaise, clientRefId } = outcome.transfer ?? {}
  const isSameAmount = amountPaise == null || amountPaise === turn.journey.input.amountPaise
  if (isSameAmount && (clientRefId == null || isOwn(turn.journey, clientRefId))) return false
  mismatch(turn, call, outcome)
  return true
}

function mismatch(turn: Turn, call: PendingCall, { facts }: CallOutcome): void {
  // Also after a `reenter` nothing may be sent before this is cleared.
  set(turn, { unknownSince: turn.now })
  debitAsked(turn)
  needAttention(turn, 'TRANSACTION_MISMATCH', call.submissions, facts)
}

/** The reference of the debit that an answer is about. */
function referenceTold(call: PendingCall, { transfer }: CallOutcome): string | null {
  if (call.name !== 'transactionInquiry') return null
  return transfer?.clientRefId ?? clientRefOf(call)
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

/** What is known of the transaction: an answer tells what is new, and not always all that was told before. */
function knownOf({ transaction }: TransferJourney, { transfer }: CallOutcome): TransferJourney['transaction'] {
  const isNew =
    transaction === null || (transfer?.tid != null && transaction.tid !== null && transfer.tid !== transaction.tid)
  if (!transfer || isNew) return transfer ?? transaction
  const told = Object.fromEntries(Object.entries(transfer).filter(([, value]) => value !== null))
  return { ...transaction, ...told }
}
