import type { CallName, CallOutcome } from './calls.js'
import {
  attentionAfter,
  codeDied,
  codeFieldsRefused,
  codeSent,
  countWrong,
  dispatchByItself,
  dispatchUncertain,
  factsOf as facts,
  limitReached,
  park,
  unrecognisedCode,
} from './engine/code-steps.js'
import {
  ask,
  close,
  deadChallenge,
  enter,
  mintChallenge,
  needAttention,
  record,
  retireChallenge,
  set,
  type Turn as AnyTurn,
} from './engine/turn.js'
import { isWalletOver, walletOf } from './engine/wallet.js'
import { iso } from './iso.js'
import type { Journey, PendingCall, Submission } from './journey.js'
import { keepPan } from './kept-pan.js'
import type { StepDone } from './messages.js'
import type { ActionName } from './transitions.js'

type Turn = AnyTurn<Journey>

/** What each row of the transition table does. The call is over; its outcome is in hand. */
type Action = (turn: Turn, call: PendingCall, outcome: CallOutcome) => void

export const ACTIONS: Readonly<Record<ActionName, Action>> = {
  openChallenge(turn, call, outcome) {
    if (call.name === 'onboardSender') stepDone(turn, 'ENROLLED', outcome)
    codeSent(turn, call, outcome)
  },

  uncertainDispatch: dispatchUncertain,

  dispatchSenderOtp(turn, call, outcome) {
    const resend = turn.journey.plan?.resendSenderOtp
    // Levin's only way is Get Sender, which just answered without a reference: a code may be out already.
    if (resend === call.name) dispatchUncertain(turn, call, outcome)
    else dispatchByItself(turn, resend ?? 'getSender', 'SENDER_LOOKUP', call.submissions)
  },

  trustLookupOrDispatch(turn, call, outcome) {
    if (turn.journey.plan?.policy.trustLookup) ACTIONS.complete(turn, call, outcome)
    else if (turn.journey.plan?.resendSenderOtp === call.name) {
      needAttention(turn, 'SENDER_OTP_UNAVAILABLE', call.submissions, outcome.facts)
    } else ACTIONS.dispatchSenderOtp(turn, call, outcome)
  },

  askDetailsOrOnboard(turn, call) {
    const { details } = turn.journey
    enter(turn, 'SENDER_DETAILS_REQUIRED')
    if (details) {
      mintChallenge(turn, 'SENDER')
      ask(turn, 'onboardSender', { details }, call.submissions, { byItself: true })
    } else record(turn, call.submissions, 'ADVANCED')
  },

  showFieldErrors(turn, call, outcome) {
    enter(turn, 'SENDER_DETAILS_REQUIRED')
    set(turn, { details: null, fieldErrors: outcome.fieldErrors ?? {} })
    record(turn, call.submissions, 'FIELDS_REFUSED', facts(outcome))
  },

  lookUpAgain(turn, call) {
    set(turn, { aadhaar: null, presented: null, keptChallenge: null })
    dispatchByItself(turn, 'getSender', 'SENDER_LOOKUP', call.submissions)
  },

  mobileVerified(turn, call, outcome) {
    stepDone(turn, 'MOBILE_VERIFIED', outcome)
    const kept = turn.journey.keptChallenge
    set(turn, { challenge: null, keptChallenge: null })
    if (outcome.answer === 'PAN_PENDING') {
      goToPan(turn, call, outcome)
    } else if (kept && kept.expiresAt > turn.now) {
      set(turn, { challenge: kept })
      enter(turn, 'AADHAAR_OTP_REQUIRED')
      record(turn, call.submissions, 'ADVANCED', facts(outcome))
    } else {
      enter(turn, 'AADHAAR_REQUIRED')
      record(turn, call.submissions, 'ADVANCED', facts(outcome))
    }
  },

  complete(turn, call, outcome) {
    const done: Partial<Record<CallName, StepDone>> = {
      verifySenderOtp: 'MOBILE_VERIFIED',
      validatePan: 'PAN_VERIFIED',
    }
    const step = done[call.name]
    if (step) stepDone(turn, step, outcome)
    // Eko's 585 says "approved before", which is not a success of this PAN.
    const panSuccess = call.name === 'validatePan' && outcome.facts?.status === 0
    endCompleted(turn, call, outcome, panSuccess ? 'full' : 'unconfirmed')
  },

  wrongCode(turn, call, outcome) {
    countWrong(turn, call, 'WRONG_CODE', outcome)
  },

  unrecognisedCode,
  codeFieldsRefused,

  codeExpired(turn, call, outcome) {
    codeDied(turn, call, outcome, 'CODE_EXPIRED')
  },

  senderVerificationUncertain(turn, call, outcome) {
    codeDied(turn, call, outcome, 'VERIFICATION_UNCERTAIN')
  },

  aadhaarVerificationUncertain(turn, call, outcome) {
    const { plan, input } = turn.journey
    set(turn, { aadhaar: null })
    if (plan?.onUnknown.verifyAadhaarOtp === 'PROBE_PAN' && input.stopAt !== 'PAN_REQUIRED') {
      set(turn, { challenge: null })
      enter(turn, 'PAN_REQUIRED')
      submitKeptPan(turn)
      record(turn, call.submissions, 'VERIFICATION_UNCERTAIN', facts(outcome))
    } else {
      enter(turn, 'SENDER_OTP_REQUIRED')
      deadChallenge(turn, 'SENDER', 'VERIFICATION_UNCERTAIN')
      record(turn, call.submissions, 'VERIFICATION_UNCERTAIN', facts(outcome))
    }
  },

  chooseLanguage(turn, call, outcome) {
    const languages = outcome.languages ?? []
    const wanted = turn.journey.consentWanted?.toLowerCase()
    const found = languages.find(({ id, name }) => name.toLowerCase() === wanted || id === wanted)
    set(turn, { consentLanguages: languages.map(({ name }) => name) })
    if (found) ask(turn, 'consentDetails', { consentLanguage: found.id }, call.submissions, { byItself: true })
    else record(turn, call.submissions, 'LANGUAGE_NOT_OFFERED', facts(outcome))
  },

  presentConsent(turn, call, outcome) {
    if (outcome.consent) set(turn, { presented: { ...outcome.consent, presentedAt: turn.now } })
    record(turn, call.submissions, 'CONSENT_PRESENTED', facts(outcome))
  },

  aadhaarRefused(turn, call, outcome) {
    backToAadhaar(turn, outcome.answer)
    record(turn, call.submissions, 'AADHAAR_REFUSED', facts(outcome))
  },

  aadhaarVerified(turn, call, outcome) {
    stepDone(turn, 'AADHAAR_VERIFIED', outcome)
    set(turn, { aadhaar: null, challenge: null })
    goToPan(turn, call, outcome)
  },

  aadhaarStillPending(turn, call, outcome) {
    const { pan } = call.request
    backToAadhaar(turn, null)
    if (pan) keepPan(turn, pan)
    record(turn, call.submissions, 'ADVANCED', facts(outcome))
  },

  panRefused(turn, call, outcome) {
    set(turn, { lastError: outcome.fieldErrors?.pan ?? outcome.answer })
    record(turn, call.submissions, 'PAN_REFUSED', facts(outcome))
  },

  proveMobileAgain(turn, call) {
    proveMobileAgain(turn, call.submissions, call)
  },

  refuseInput(turn, call, outcome) {
    const code = outcome.inputCode ?? 'UNREADABLE'
    if (call.name === 'generateAadhaarOtp') {
      set(turn, { aadhaar: null, consent: null })
      enter(turn, 'AADHAAR_REQUIRED')
      set(turn, { lastError: code })
    } else if (call.name === 'validatePan') set(turn, { lastError: code })
    else if (call.name === 'onboardSender') set(turn, { details: null, fieldErrors: outcome.fieldErrors ?? {} })
    else if (code === 'CODE_EXPIRED' || code === 'OTP_REF_UNREADABLE') {
      retireChallenge(turn, 'CODE_EXPIRED')
      record(turn, call.submissions, 'CODE_EXPIRED', { detail: code })
      return
    } else if (call.name !== 'verifySenderOtp' && call.name !== 'verifyAadhaarOtp') {
      needAttention(turn, 'REFUSED_BY_EKO', call.submissions)
      return
    }
    record(turn, call.submissions, 'INPUT_REFUSED', { detail: code })
  },

  park,

  limitReached(turn, call, outcome) {
    const purpose = turn.flow.dispatches[call.name] ?? 'SENDER'
    limitReached(turn, call, outcome, purpose, (code) => {
      if (call.name === 'onboardSender' || turn.journey.state === 'AADHAAR_REQUIRED') {
        set(turn, { ...(purpose === 'AADHAAR' && { aadhaar: null, consent: null }), lastError: code })
      } else {
        if (purpose === 'SENDER') enter(turn, 'SENDER_OTP_REQUIRED')
        deadChallenge(turn, purpose, 'LIMIT_REACHED')
      }
    })
  },

  needAttention: attentionAfter,
}

function stepDone(turn: Turn, step: StepDone, outcome: CallOutcome): void {
  const { steps, proofs } = turn.journey
  if (steps.includes(step)) return
  set(turn, { steps: [...steps, step], proofs: [...proofs, { step, at: iso(turn.now), ...facts(outcome) }] })
}

/** A wallet token that is refused or known to be over: once per step, the sender proves the mobile again. */
export function proveMobileAgain(turn: Turn, submissions: readonly Submission[], call?: PendingCall): void {
  const { state, reverified, wallet, challenge, plan } = turn.journey
  const step = state as (typeof reverified)[number]
  if (reverified.includes(step)) {
    needAttention(turn, 'LEVIN_WALLET_TOKEN_MISSING', submissions)
    return
  }
  set(turn, {
    reverified: [...reverified, step],
    wallet: wallet && { ...wallet, token: null, expiresAt: null },
    keptChallenge:
      challenge?.purpose === 'AADHAAR' && challenge.dispatch === 'sent' && !challenge.retired ? challenge : null,
  })
  const pan = call?.request.pan
  if (pan) keepPan(turn, pan)
  const resend = plan?.resendSenderOtp ?? 'getSender'
  dispatchByItself(turn, resend, 'SENDER_LOOKUP', submissions, { sentMeans: 'SENDER_OTP_AGAIN' })
}

function backToAadhaar(turn: Turn, lastError: string | null): void {
  set(turn, { aadhaar: null, presented: null, challenge: null })
  enter(turn, 'AADHAAR_REQUIRED')
  set(turn, { lastError })
}

function goToPan(turn: Turn, call: PendingCall, outcome: CallOutcome): void {
  if (turn.journey.input.stopAt === 'PAN_REQUIRED') {
    endCompleted(turn, call, outcome, 'small')
    return
  }
  enter(turn, 'PAN_REQUIRED')
  submitKeptPan(turn)
  record(turn, call.submissions, 'ADVANCED', facts(outcome))
}

function submitKeptPan(turn: Turn): void {
  const { keptPan } = turn.journey
  if (!keptPan || keptPan.until <= turn.now) return
  if (isWalletOver(turn.journey, turn.now)) {
    proveMobileAgain(turn, [])
    return
  }
  set(turn, { keptPan: null })
  ask(turn, 'validatePan', { pan: keptPan.pan, ...walletOf(turn.journey) }, [], { byItself: true })
}

function endCompleted(
  turn: Turn,
  call: PendingCall,
  outcome: CallOutcome,
  capability: 'full' | 'small' | 'unconfirmed',
): void {
  const { steps, profile } = turn.journey
  close(turn, 'COMPLETED', {
    capability,
    profile: outcome.profile ?? profile,
    evidence: outcome.facts
      ? {
          facts: outcome.facts,
          kycStates: outcome.kycStates ?? null,
          steps,
          mobileVerifiedHere: steps.includes('MOBILE_VERIFIED'),
        }
      : null,
  })
  record(turn, call.submissions, 'COMPLETED', facts(outcome))
}
