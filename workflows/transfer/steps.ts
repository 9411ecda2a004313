import type { CallRequest } from '../calls.js'
import { dispatchByItself } from '../engine/code-steps.js'
import { ask, close, enter, needAttention, record, set, type Turn as AnyTurn } from '../engine/turn.js'
import { isWalletOver, walletOf } from '../engine/wallet.js'
import { inquire } from './inquiries.js'
import type { Submission, TransferJourney } from './journey.js'
import { nextReference } from './references.js'

type Turn = AnyTurn<TransferJourney>

/** The way of a transfer up to its code: no debit known, sender proven where that is needed, code sent. */

/** Asks Eko about every reference before anything is sent. */
export function begin(turn: Turn, submissions: readonly Submission[] = []): void {
  enter(turn, 'REFERENCE_INQUIRY')
  inquire(turn, submissions)
}

/** No debit is known: the sender's session, where there is none yet, then the code. */
export function goOn(turn: Turn, submissions: readonly Submission[]): void {
  const { plan, input, senderProven, journeyDeadline } = turn.journey
  if (journeyDeadline <= turn.now) {
    // Eko could not be asked for so long that nobody wants it any more.
    close(turn, 'EXPIRED', { detail: 'JOURNEY_TOO_LONG' })
    record(turn, submissions, 'EXPIRED')
    return
  }
  if (input.kind === 'WALLET_LOAD') {
    loadWallet(turn, submissions)
    return
  }
  const needsProof = Boolean(plan?.usesWallet) || input.proveSender === true
  if (needsProof && !senderProven) dispatchByItself(turn, 'getSender', 'SENDER_LOOKUP', submissions)
  else sendTransactionOtp(turn, submissions)
}

/** Asked for at once, since no code confirms it. */
function loadWallet(turn: Turn, submissions: readonly Submission[]): void {
  const clientRef = nextReference(turn.journey)
  enter(turn, 'TRANSFER_IN_PROGRESS')
  if (clientRef === null) needAttention(turn, 'REFUSED_BY_EKO', submissions)
  else
    ask(turn, 'loadWallet', { amountPaise: turn.journey.input.amountPaise, clientRef }, submissions, { byItself: true })
}

export function sendTransactionOtp(turn: Turn, submissions: readonly Submission[]): void {
  if (isWalletOver(turn.journey, turn.now)) {
    proveSender(turn, submissions)
    return
  }
  const request = moneyOf(turn.journey)
  dispatchByItself(turn, 'sendTransactionOtp', 'TRANSACTION_OTP_REQUIRED', submissions, {
    request,
    tooSoon: 'NOT_SENT_YET',
  })
}

/** A wallet token that is refused or known to be over: once per transfer, the sender proves the mobile again. */
export function proveSender(turn: Turn, submissions: readonly Submission[]): void {
  const { provenAgain, wallet, plan } = turn.journey
  if (provenAgain) {
    needAttention(turn, 'LEVIN_WALLET_TOKEN_MISSING', submissions)
    return
  }
  set(turn, {
    provenAgain: true,
    senderProven: false,
    challenge: null,
    wallet: wallet && { ...wallet, token: null, expiresAt: null },
  })
  const resend = plan?.resendSenderOtp ?? 'getSender'
  dispatchByItself(turn, resend, 'SENDER_LOOKUP', submissions, { sentMeans: 'SENDER_OTP_AGAIN' })
}

/** What each call about this transfer says of it. */
export function moneyOf(journey: TransferJourney): Partial<CallRequest> {
  const { recipientId, beneficiaryId, amountPaise, channel, location } = journey.input
  return {
    amountPaise,
    ...(recipientId !== undefined && { recipientId }),
    ...(beneficiaryId !== undefined && { beneficiaryId }),
    ...(channel !== undefined && { channel }),
    ...(location !== undefined && { location }),
    ...walletOf(journey),
  }
}
