import type { CallRequest } from './calls.js'
import { dispatch, verify } from './engine/code-steps.js'
import { finish, retryNow, startOver, takeOver } from './engine/operator-steps.js'
import { ask, enter, record, retireChallenge, set, type Turn as AnyTurn } from './engine/turn.js'
import { isWalletOver, walletOf } from './engine/wallet.js'
import { iso } from './iso.js'
import { proveMobileAgain } from './journey-answers.js'
import type { Journey, Submission } from './journey.js'
import { keepPan } from './kept-pan.js'
import type { Message, Messages } from './messages.js'

type Turn = AnyTurn<Journey>
type Apply<Name extends Message['name']> = (turn: Turn, body: Messages[Name], submission: Submission) => void

/** What each message does, once the gate let it through. */
export const APPLY: { readonly [Name in Message['name']]: Apply<Name> } = {
  enterSenderDetails(turn, { name, dob, residenceAddress }, submission) {
    const details = { name, dob, residenceAddress }
    set(turn, { details, fieldErrors: null })
    dispatch(turn, 'onboardSender', { details }, submission)
  },
  enterSenderOtp(turn, { otp }, submission) {
    verify(turn, 'verifySenderOtp', { otp }, submission)
  },
  requestConsent(turn, { language }, submission) {
    set(turn, { consentWanted: language, presented: null, lastError: null })
    ask(turn, 'consentLanguages', {}, [submission])
  },
  enterAadhaar(turn, { aadhaar, consent, actor }, submission) {
    const { presented } = turn.journey
    if (!presented) return
    const { version, language, presentedAt } = presented
    const { consentId, textSha256, mode, agent, acceptedAt, channel = actor?.channel } = consent
    set(turn, {
      aadhaar,
      lastError: null,
      consent: {
        ...{ consentId, textSha256, mode, ...(agent && { agent }), acceptedAt, version, language },
        ...(channel && { channel }),
        presentedAt: iso(presentedAt),
        usedAt: iso(turn.now),
        ...(actor && { actor }),
        userCode: turn.journey.userCode,
      },
    })
    withWallet(turn, submission, (wallet) => {
      dispatch(turn, 'generateAadhaarOtp', { aadhaar, ...wallet }, submission)
    })
  },
  enterAadhaarOtp(turn, { otp }, submission) {
    withWallet(turn, submission, (wallet) => {
      verify(turn, 'verifyAadhaarOtp', { otp, ...wallet }, submission)
    })
  },
  enterPan(turn, { pan }, submission) {
    keepPan(turn, pan)
    if (turn.journey.state !== 'PAN_REQUIRED') {
      record(turn, [submission], 'KEPT')
      return
    }
    withWallet(turn, submission, (wallet) => {
      set(turn, { keptPan: null, lastError: null })
      ask(turn, 'validatePan', { pan, ...wallet }, [submission])
    })
  },
  resendOtp(turn, _body, submission) {
    if (turn.journey.state === 'AADHAAR_OTP_REQUIRED') resendAadhaarOtp(turn, submission)
    else dispatch(turn, turn.journey.plan?.resendSenderOtp ?? 'getSender', {}, submission)
  },
  reenter(turn, { reason }, submission) {
    startOver(turn, reason, { keptChallenge: null, aadhaar: null, presented: null, reverified: [] })
    dispatch(turn, 'getSender', {}, submission)
  },
  retryNow,
  takeOver,
  withdrawConsent(turn, { actor, reason }, submission) {
    set(turn, { withdrawal: { at: iso(turn.now), actor, reason } })
    finish(turn, submission, 'CANCELLED', { operatorReason: reason, detail: 'CONSENT_WITHDRAWN', presented: null })
  },
  cancel(turn, { reason }, submission) {
    finish(turn, submission, 'CANCELLED', { operatorReason: reason, detail: 'CANCELLED_BY_REQUEST' })
  },
}

/** Applies a message that passed the gate. */
export function applyMessage(turn: Turn, submission: Submission): void {
  const { name, body } = submission.message
  const apply: (turn: Turn, body: never, submission: Submission) => void = APPLY[name]
  apply(turn, body as never, submission)
}

function resendAadhaarOtp(turn: Turn, submission: Submission): void {
  const { aadhaar, consent, plan } = turn.journey
  const age = consent ? turn.now - Date.parse(consent.presentedAt) : Infinity
  if (!aadhaar || age > (plan?.policy.consentSeconds ?? 0) * 1000) {
    retireChallenge(turn, 'CODE_EXPIRED')
    set(turn, { aadhaar: null, presented: null })
    enter(turn, 'AADHAAR_REQUIRED')
    record(turn, [submission], 'CONSENT_AGAIN')
    return
  }
  withWallet(turn, submission, (wallet) => {
    dispatch(turn, 'generateAadhaarOtp', { aadhaar, ...wallet }, submission)
  })
}

/** Levin's later calls carry the wallet token; one that is known to have expired is not even tried. */
function withWallet(turn: Turn, submission: Submission, then: (wallet: Pick<CallRequest, 'wallet'>) => void): void {
  if (isWalletOver(turn.journey, turn.now)) proveMobileAgain(turn, [submission])
  else then(walletOf(turn.journey))
}
