import { dispatch, verify } from '../engine/code-steps.js'
import { finish, retryNow, startOver, takeOver } from '../engine/operator-steps.js'
import { ask, record, set, type Turn as AnyTurn } from '../engine/turn.js'
import { isWalletOver, walletOf } from '../engine/wallet.js'
import type { RecipientsMessage, RecipientsMessages } from './contract.js'
import type { RecipientsCall, RecipientsJourney, Submission } from './journey.js'
import { begin, proveSender } from './steps.js'

type Turn = AnyTurn<RecipientsJourney>
type Apply<Name extends RecipientsMessage['name']> = (
  turn: Turn,
  body: RecipientsMessages[Name],
  submission: Submission,
) => void

/** What each message does, once the gate let it through. */
const APPLY: { readonly [Name in RecipientsMessage['name']]: Apply<Name> } = {
  enterSenderOtp(turn, { otp }, submission) {
    verify(turn, 'verifySenderOtp', { otp }, submission)
  },
  listRecipients(turn, _body, submission) {
    call(turn, 'getRecipients', {}, submission)
  },
  addRecipient(turn, { recipient }, submission) {
    set(turn, { adding: recipient })
    call(turn, 'addRecipient', { recipient }, submission)
  },
  registerBank(turn, { recipientId }, submission) {
    set(turn, { registering: recipientId })
    if (turn.journey.plan?.usesWallet) call(turn, 'addRecipientBank', { recipientId }, submission)
    else dispatch(turn, 'generateRecipientBankOtp', { recipientId }, submission)
  },
  enterRecipientOtp(turn, { otp }, submission) {
    verify(turn, 'validateRecipientBankOtp', { otp }, submission)
  },
  resendOtp(turn, _body, submission) {
    const { state, plan, registering } = turn.journey
    if (state === 'RECIPIENT_OTP_REQUIRED' && registering !== null) {
      dispatch(turn, 'generateRecipientBankOtp', { recipientId: registering }, submission)
    } else dispatch(turn, plan?.resendSenderOtp ?? 'getSender', {}, submission)
  },
  finish(turn, _body, submission) {
    finish(turn, submission, 'COMPLETED', {})
  },
  reenter(turn, { reason }, submission) {
    startOver(turn, reason, { challenge: null, adding: null, registering: null, reading: null })
    begin(turn, [submission])
    if (!turn.journey.call) record(turn, [submission], 'ADVANCED')
  },
  retryNow,
  takeOver,
  cancel(turn, { reason }, submission) {
    finish(turn, submission, 'CANCELLED', { operatorReason: reason, detail: 'CANCELLED_BY_REQUEST' })
  },
}

export function takeMessage(turn: Turn, submission: Submission): void {
  const { name, body } = submission.message
  const apply: (turn: Turn, body: never, submission: Submission) => void = APPLY[name]
  apply(turn, body as never, submission)
}

/** Levin's calls carry the wallet token; one that is known to have expired is not even tried. */
function call(turn: Turn, name: RecipientsCall, request: object, submission: Submission): void {
  if (isWalletOver(turn.journey, turn.now)) proveSender(turn, [submission])
  else ask(turn, name, { ...request, ...walletOf(turn.journey) }, [submission])
}
