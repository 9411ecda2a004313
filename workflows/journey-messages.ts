import type { CallName, CallRequest } from './calls.js'
import { unpark } from './journey-clock.js'
import { isWalletOver, keepPan, walletOf } from './held.js'
import { iso } from './iso.js'
import type { Journey, Submission } from './journey.js'
import type { Message, Messages, OutcomeCode, Purpose } from './messages.js'
import { proveMobileAgain } from './journey-answers.js'
import { ask, close, enter, mintChallenge, note, record, retireChallenge, set, type Turn, waitingFor } from './turn.js'

type Apply<Name extends Message['name']> = (turn: Turn, body: Messages[Name], submission: Submission) => void

/** What each message does, once the gate let it through. */
export const APPLY: { readonly [Name in Message['name']]: Apply<Name> } = {
  enterSenderDetails(turn, { name, dob, residenceAddress }, submission) {
    const details = { name, dob, residenceAddress }
    set(turn, { details, fieldErrors: null })
    dispatch(turn, 'SENDER', 'onboardSender', { details }, submission)
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
      dispatch(turn, 'AADHAAR', 'generateAadhaarOtp', { aadhaar, ...wallet }, submission)
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
    else dispatch(turn, 'SENDER', turn.journey.plan?.resendSenderOtp ?? 'getSender', {}, submission)
  },
  reenter(turn, { reason }, submission) {
    record(turn, turn.journey.call?.submissions ?? [], 'SUPERSEDED')
    set(turn, {
      operatorReason: reason,
      attention: null,
      call: null,
      keptChallenge: null,
      aadhaar: null,
      presented: null,
      reverified: [],
      unrecognisedInARow: 0,
    })
    enter(turn, 'SENDER_LOOKUP')
    dispatch(turn, 'SENDER', 'getSender', {}, submission)
  },
  retryNow(turn, { reason }, submission) {
    const { call } = turn.journey
    if (!call) return
    const submissions = [...call.submissions, submission]
    const request = { ...call.request, ...waitingFor(submissions) }
    set(turn, { operatorReason: reason, call: { ...call, request, submissions } })
    unpark(turn)
  },
  takeOver(turn, { userCode, reason }, submission) {
    set(turn, { operatorReason: reason, resolving: { userCode, submission, since: turn.now } })
  },
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
  const { actor, reason } = body as Partial<Messages['cancel']>
  note(turn, { what: `message:${name}`, code: 'TAKEN', ...(actor && { actor }), ...(reason && { reason }) })
  const apply: (turn: Turn, body: never, submission: Submission) => void = APPLY[name]
  apply(turn, body as never, submission)
}

function finish(turn: Turn, submission: Submission, state: 'CANCELLED' & OutcomeCode, change: Partial<Journey>): void {
  close(turn, state, change)
  record(turn, [submission], state)
}

function dispatch(
  turn: Turn,
  purpose: Purpose,
  name: CallName,
  request: Partial<CallRequest>,
  submission: Submission,
): void {
  mintChallenge(turn, purpose)
  ask(turn, name, request, [submission])
}

function verify(turn: Turn, name: CallName, request: Partial<CallRequest>, submission: Submission): void {
  const { challenge } = turn.journey
  if (!challenge?.ref) return
  ask(turn, name, { ...request, otpRefId: challenge.ref, notAfter: challenge.expiresAt }, [submission])
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
    dispatch(turn, 'AADHAAR', 'generateAadhaarOtp', { aadhaar, ...wallet }, submission)
  })
}

/** Levin's later calls carry the wallet token; one that is known to have expired is not even tried. */
function withWallet(turn: Turn, submission: Submission, then: (wallet: Pick<CallRequest, 'wallet'>) => void): void {
  if (isWalletOver(turn.journey, turn.now)) proveMobileAgain(turn, [submission])
  else then(walletOf(turn.journey))
}
