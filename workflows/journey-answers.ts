import type { CallName, CallOutcome } from './calls.js'
import { isWalletOver, keepPan, walletOf } from './held.js'
import { dispatchPurpose, resendWindow } from './resend-window.js'
import type { PendingCall, Submission } from './journey.js'
import { iso } from './iso.js'
import { refusal } from './journey-gate.js'
import { MAX_UNANSWERED, parkedState } from './parking.js'
import type { AttentionCode, OutcomeCode, Purpose, StepDone } from './messages.js'
import type { ActionName } from './transitions.js'
import {
  ask,
  close,
  deadChallenge,
  enter,
  mintChallenge,
  needAttention,
  record,
  refuse,
  retireChallenge,
  set,
  type Turn,
} from './turn.js'

/** What each row of the transition table does. The call is over; its outcome is in hand. */
type Action = (turn: Turn, call: PendingCall, outcome: CallOutcome) => void

export const ACTIONS: Readonly<Record<ActionName, Action>> = {
  openChallenge(turn, call, outcome) {
    const { challenge, plan } = turn.journey
    const lifetime = (plan?.policy.otpLifetimeSeconds ?? 0) * 1000
    if (call.name === 'onboardSender') stepDone(turn, 'ENROLLED', outcome)
    if (challenge && outcome.otpRefId) {
      const expiresAt = turn.now + lifetime
      set(turn, { challenge: { ...challenge, dispatch: 'sent', ref: outcome.otpRefId, expiresAt } })
    }
    enter(turn, call.name === 'generateAadhaarOtp' ? 'AADHAAR_OTP_REQUIRED' : 'SENDER_OTP_REQUIRED')
    record(turn, call.submissions, call.sentMeans, facts(outcome))
  },

  uncertainDispatch(turn, call, outcome) {
    const { challenge } = turn.journey
    if (challenge) set(turn, { challenge: { ...challenge, dispatch: 'uncertain' } })
    enter(turn, call.name === 'generateAadhaarOtp' ? 'AADHAAR_OTP_REQUIRED' : 'SENDER_OTP_REQUIRED')
    record(turn, call.submissions, 'DISPATCH_UNCERTAIN', facts(outcome))
  },

  dispatchSenderOtp(turn, call, outcome) {
    const resend = turn.journey.plan?.resendSenderOtp
    // Levin's only way is Get Sender, which just answered without a reference: a code may be out already.
    if (resend === call.name) ACTIONS.uncertainDispatch(turn, call, outcome)
    else sendSenderOtp(turn, resend ?? 'getSender', call.submissions)
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
    sendSenderOtp(turn, 'getSender', call.submissions)
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

  unrecognisedCode(turn, call, outcome) {
    const inARow = turn.journey.unrecognisedInARow + 1
    set(turn, { unrecognisedInARow: inARow })
    if (inARow >= 2) needAttention(turn, 'UNRECOGNISED_ANSWER', call.submissions, outcome.facts)
    else countWrong(turn, call, 'UNRECOGNISED_ANSWER', outcome)
  },

  codeFieldsRefused(turn, call, outcome) {
    // Only the code is the user's to correct; it counts, so that this cannot go on for ever.
    if (outcome.fieldErrors?.otp === undefined) ACTIONS.needAttention(turn, call, outcome)
    else countWrong(turn, call, 'FIELDS_REFUSED', outcome)
  },

  codeExpired(turn, call, outcome) {
    retireChallenge(turn, 'CODE_EXPIRED')
    record(turn, call.submissions, 'CODE_EXPIRED', facts(outcome))
  },

  senderVerificationUncertain(turn, call, outcome) {
    retireChallenge(turn, 'VERIFICATION_UNCERTAIN')
    record(turn, call.submissions, 'VERIFICATION_UNCERTAIN', facts(outcome))
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

  park(turn, call, outcome) {
    const { unanswered = 0 } = call
    const lost = outcome.answer === 'UNKNOWN_OUTCOME' ? 1 : 0
    if (lost && unanswered >= MAX_UNANSWERED) {
      needAttention(turn, 'NO_ANSWER', call.submissions, outcome.facts)
      return
    }
    const parked = parkedState(turn.journey, call, outcome, turn.now)
    set(turn, { call: { ...call, parks: call.parks + 1, unanswered: unanswered + lost, parked } })
    record(turn, call.submissions, 'PARKED', { detail: parked.dependency, ...facts(outcome) })
  },

  limitReached(turn, call, { limit }) {
    const { code = 'MOBILE_LIMIT_REACHED', retryAt = turn.now + DEFAULT_LIMIT_MS } = limit ?? {}
    const purpose = dispatchPurpose(call.name) ?? 'SENDER'
    set(turn, { limitedUntil: { ...turn.journey.limitedUntil, [purpose]: retryAt } })
    if (call.name === 'onboardSender' || turn.journey.state === 'AADHAAR_REQUIRED') {
      set(turn, { ...(purpose === 'AADHAAR' && { aadhaar: null, consent: null }), lastError: code })
    } else {
      if (purpose === 'SENDER') enter(turn, 'SENDER_OTP_REQUIRED')
      deadChallenge(turn, purpose, 'LIMIT_REACHED')
    }
    const refused = refusal(code, { retryAt: iso(retryAt) })
    for (const submission of call.submissions) refuse(turn, submission, refused)
  },

  needAttention(turn, call, outcome) {
    const reasons: Partial<Record<CallOutcome['answer'], AttentionCode>> = {
      IDENTITY_ALREADY_USED: 'IDENTITY_ALREADY_USED',
      UNRECOGNISED_ANSWER: 'UNRECOGNISED_ANSWER',
      RUN_RESET: 'RUN_RESET',
    }
    needAttention(turn, reasons[outcome.answer] ?? 'REFUSED_BY_EKO', call.submissions, outcome.facts)
  },
}

function facts(outcome: CallOutcome): Pick<CallOutcome, 'facts'> {
  return outcome.facts ? { facts: outcome.facts } : {}
}

function stepDone(turn: Turn, step: StepDone, outcome: CallOutcome): void {
  const { steps, proofs } = turn.journey
  if (steps.includes(step)) return
  set(turn, { steps: [...steps, step], proofs: [...proofs, { step, at: iso(turn.now), ...facts(outcome) }] })
}

/** Sends a sender OTP by the journey itself, if the quota and the cooldown allow; else the user asks for it later. */
function sendSenderOtp(
  turn: Turn,
  name: CallName,
  submissions: readonly Submission[],
  sentMeans: OutcomeCode = 'OTP_SENT',
): void {
  if (resendWindow(turn.journey, 'SENDER', turn.now).at > turn.now) {
    enter(turn, 'SENDER_OTP_REQUIRED')
    deadChallenge(turn, 'SENDER', 'SENDER_OTP_AGAIN')
    record(turn, submissions, 'SENDER_OTP_AGAIN')
    return
  }
  enter(turn, 'SENDER_LOOKUP')
  mintChallenge(turn, 'SENDER')
  ask(turn, name, {}, submissions, { byItself: true, sentMeans })
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
  sendSenderOtp(turn, plan?.resendSenderOtp ?? 'getSender', submissions, 'SENDER_OTP_AGAIN')
}

function countWrong(turn: Turn, call: PendingCall, code: OutcomeCode, outcome: CallOutcome): void {
  const { challenge, wrong, plan } = turn.journey
  if (!challenge || !plan) return
  const purpose: Purpose = challenge.purpose
  const inJourney = wrong[purpose] + 1
  const forCode = challenge.wrong + 1
  set(turn, { wrong: { ...wrong, [purpose]: inJourney }, challenge: { ...challenge, wrong: forCode } })
  if (inJourney >= plan.policy.triesPerJourney) {
    close(turn, 'REJECTED', {
      rejection: purpose === 'SENDER' ? 'SENDER_OTP_TRIES_USED_UP' : 'AADHAAR_OTP_TRIES_USED_UP',
    })
  } else if (forCode >= plan.policy.triesPerCode) retireChallenge(turn, 'ATTEMPTS_USED_UP')
  record(turn, call.submissions, code, facts(outcome))
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

/** Where a limit does not say when there is room again. */
const DEFAULT_LIMIT_MS = 60_000
