import { dispatchByItself } from '../engine/code-steps.js'
import { enter, set, type Turn as AnyTurn } from '../engine/turn.js'
import type { RecipientsJourney, Submission } from './journey.js'

type Turn = AnyTurn<RecipientsJourney>

/** The way of a session up to its list: on Levin the sender proves the mobile, for the token that every call carries. */
export function begin(turn: Turn, submissions: readonly Submission[] = []): void {
  if (turn.journey.plan?.usesWallet) dispatchByItself(turn, 'getSender', 'SENDER_LOOKUP', submissions)
  else enter(turn, 'RECIPIENTS_READY')
}

/** A wallet token that is refused or known to be over: the sender proves the mobile again; what was asked for is not done. */
export function proveSender(turn: Turn, submissions: readonly Submission[]): void {
  const { wallet, plan } = turn.journey
  set(turn, {
    challenge: null,
    adding: null,
    registering: null,
    reading: null,
    wallet: wallet && { ...wallet, token: null, expiresAt: null },
  })
  const resend = plan?.resendSenderOtp ?? 'getSender'
  dispatchByItself(turn, resend, 'SENDER_LOOKUP', submissions, { sentMeans: 'SENDER_OTP_AGAIN' })
}
