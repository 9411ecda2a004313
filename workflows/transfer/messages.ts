import { dispatch, verify } from '../engine/code-steps.js'
import { finish, retryNow, startOver, takeOver } from '../engine/operator-steps.js'
import { enter, record, set, type Turn as AnyTurn } from '../engine/turn.js'
import { isWalletOver } from '../engine/wallet.js'
import type { TransferMessage, TransferMessages, TransferPurpose, TransferState } from './contract.js'
import { inquire, inquireAbout } from './inquiries.js'
import type { Submission, TransferJourney } from './journey.js'
import { BEFORE_DEBIT } from './message-table.js'
import { isUnsentDebit, mayHaveMoved, nextReference } from './references.js'
import { begin, moneyOf, proveSender } from './steps.js'

type Turn = AnyTurn<TransferJourney>
type Apply<Name extends TransferMessage['name']> = (
  turn: Turn,
  body: TransferMessages[Name],
  submission: Submission,
) => void

/** What each message does, once the gate let it through. */
const APPLY: { readonly [Name in TransferMessage['name']]: Apply<Name> } = {
  enterSenderOtp(turn, { otp }, submission) {
    verify(turn, 'verifySenderOtp', { otp }, submission)
  },
  enterTransactionOtp(turn, { otp }, submission) {
    const clientRef = nextReference(turn.journey)
    if (isWalletOver(turn.journey, turn.now)) proveSender(turn, [submission])
    else if (clientRef !== null) {
      verify(turn, 'initiateTransaction', { otp, ...moneyOf(turn.journey), clientRef }, submission)
    }
  },
  enterRefundOtp(turn, { otp }, submission) {
    verify(turn, 'initiateRefund', { otp, ...transactionOf(turn.journey) }, submission)
  },
  resendOtp(turn, _body, submission) {
    const { state, plan } = turn.journey
    if (state === 'REFUND_OTP_REQUIRED') {
      dispatch(turn, 'generateRefundOtp', transactionOf(turn.journey), submission)
    } else if (state === 'SENDER_OTP_REQUIRED') {
      dispatch(turn, plan?.resendSenderOtp ?? 'getSender', {}, submission)
    } else if (isWalletOver(turn.journey, turn.now)) proveSender(turn, [submission])
    else dispatch(turn, 'sendTransactionOtp', moneyOf(turn.journey), submission)
  },
  reenter(turn, { reason }, submission) {
    if (isUnsettled(turn.journey)) {
      lookAnew(turn, reason)
      inquire(turn, [submission])
    } else {
      startOver(turn, reason, { provenAgain: false, unknownSince: null, challenge: null })
      begin(turn, [submission])
    }
  },
  retryNow,
  takeOver,
  inquireByTid(turn, { reason, tid }, submission) {
    lookAnew(turn, reason)
    inquireAbout(turn, { tid }, [submission])
  },
  declareNotDebited(turn, { reason }, submission) {
    finish(turn, submission, 'CANCELLED', { operatorReason: reason, detail: 'DECLARED_NOT_DEBITED' })
  },
  declareRefunded(turn, { reason }, submission) {
    finish(turn, submission, 'REFUNDED', { operatorReason: reason, detail: 'DECLARED_REFUNDED' })
  },
  cancel(turn, { reason }, submission) {
    finish(turn, submission, 'CANCELLED', { operatorReason: reason, detail: 'CANCELLED_BY_REQUEST' })
  },
}

export function takeMessage(turn: Turn, submission: Submission): void {
  const { name, body } = submission.message
  const apply: (turn: Turn, body: never, submission: Submission) => void = APPLY[name]
  apply(turn, body as never, submission)
}

/** Whether a debit may have been carried out, or was. */
export function isUnsettled(journey: TransferJourney): boolean {
  const { initiations, transaction, unknownSince, state } = journey
  const isBefore = state === 'REFERENCE_INQUIRY' || BEFORE_DEBIT.some((early) => early === state)
  const isTold = transaction !== null || unknownSince !== null || initiations.some(mayHaveMoved)
  return isTold || !(isBefore || isUnsentDebit(journey))
}

/** Back to asking, with a new quarantine; a refund that may be on its way stays one. */
function lookAnew(turn: Turn, reason: string): void {
  record(turn, turn.journey.call?.submissions ?? [], 'SUPERSEDED')
  // What was taken for the transaction is in the story; by its references Eko finds the right one.
  set(turn, { operatorReason: reason, attention: null, call: null, challenge: null })
  set(turn, { unknownSince: null, transaction: null })
  enter(turn, turn.journey.state === 'REFUND_IN_PROGRESS' ? 'REFUND_IN_PROGRESS' : 'TRANSFER_IN_PROGRESS')
}

function transactionOf({ transaction }: TransferJourney): { transaction?: { tid: string } } {
  return transaction?.tid ? { transaction: { tid: transaction.tid } } : {}
}

/** The kind of code that is sent in a state. */
export function purposeIn(state: TransferState): TransferPurpose {
  if (state === 'REFUND_OTP_REQUIRED') return 'REFUND'
  return state === 'TRANSACTION_OTP_REQUIRED' ? 'TRANSACTION' : 'SENDER'
}
