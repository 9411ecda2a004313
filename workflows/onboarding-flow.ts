import type { CallOutcome } from './calls.js'
import { openCore, sentBy, wasExecuted } from './engine/advance.js'
import type { Flow } from './engine/flow.js'
import { ask, enter, mintChallenge, note, set, type Turn } from './engine/turn.js'
import { onboardingInput } from './guards.js'
import { iso } from './iso.js'
import { ACTIONS } from './journey-answers.js'
import { isKept, judge } from './journey-gate.js'
import { JOURNEY_ATTRIBUTES } from './journey-attributes.js'
import { inputErrors } from './journey-input.js'
import { applyMessage } from './journey-messages.js'
import { nextActionOf, STANDING, viewOf } from './journey-view.js'
import type { Journey, Opening, PendingCall } from './journey.js'
import { dropKeptPan } from './kept-pan.js'
import { MESSAGES } from './messages.js'
import { outcomeOf } from './outcome-guards.js'
import { CALL_SUMMARY, storyOf } from './story.js'
import { transitionFor } from './transitions.js'

/** The onboarding journey as the engine runs it: its tables, and what only it holds, judges and shows. */
export const ONBOARDING: Flow<Journey> = {
  ...STANDING,
  first: 'SENDER_LOOKUP',
  messages: MESSAGES,
  endings: ['cancel', 'withdrawConsent'],
  secrets: { enterSenderOtp: 'otp', enterAadhaar: 'aadhaar', enterAadhaarOtp: 'otp', enterPan: 'pan' },
  codes: {
    SENDER: {
      state: 'SENDER_OTP_REQUIRED',
      message: 'enterSenderOtp',
      rejection: 'SENDER_OTP_TRIES_USED_UP',
    },
    AADHAAR: {
      state: 'AADHAAR_OTP_REQUIRED',
      message: 'enterAadhaarOtp',
      rejection: 'AADHAAR_OTP_TRIES_USED_UP',
    },
  },
  dispatches: {
    getSender: 'SENDER',
    onboardSender: 'SENDER',
    generateSenderOtp: 'SENDER',
    generateAadhaarOtp: 'AADHAAR',
  },
  calls: CALL_SUMMARY,
  attributes: JOURNEY_ATTRIBUTES,

  open,
  inputForm: (input) => onboardingInput(input),
  inputErrors,
  joinedBy: ({ tenant, rail, mobile, details, stopAt, policy }) => ({ tenant, rail, mobile, details, stopAt, policy }),
  begin,
  isKept,
  judge,
  take: applyMessage,
  keep,
  react(turn, call, outcome) {
    ACTIONS[transitionFor(call.name, outcome.answer).action](turn, call, outcome)
  },
  wiped: () => ({ keptChallenge: null, keptPan: null, aadhaar: null }),
  answeredByEnd(turn, message) {
    // The end came first, and answers it; that the consent was withdrawn stays true.
    if (message.name !== 'withdrawConsent') return
    const { actor, reason } = message.body
    set(turn, { withdrawal: { at: iso(turn.now), actor, reason } })
  },
  times: ({ keptPan }) => (keptPan ? [keptPan.until] : []),
  clock: dropKeptPan,
  nextAction: nextActionOf,
  view: viewOf,
  story: (journey) => storyOf(viewOf(journey)),
  readOutcome: outcomeOf,
}

function open(opening: Opening): Journey {
  return {
    ...openCore({ state: 'SENDER_LOOKUP', purposes: ['SENDER', 'AADHAAR'] }, opening),
    details: opening.input.details ?? null,
    keptChallenge: null,
    consentWanted: null,
    consentLanguages: null,
    presented: null,
    consent: null,
    consents: [],
    withdrawal: null,
    aadhaar: null,
    reverified: [],
    keptPan: null,
    steps: [],
    proofs: [],
    mobileHint: null,
    applicationId: null,
    profile: null,
    evidence: null,
    capability: null,
  }
}

/** The first step: the lookup, or the verification of a code that the caller already had sent. */
function begin(turn: Turn<Journey>): void {
  const { input, plan, sends } = turn.journey
  note(turn, { what: 'state:SENDER_LOOKUP', code: 'STARTED' })
  mintChallenge(turn, 'SENDER')
  const { challenge } = turn.journey
  if (!input.otpRefId || !challenge || !plan) {
    ask(turn, 'getSender', {}, [], { byItself: true })
    return
  }
  const expiresAt = turn.now + plan.policy.otpLifetimeSeconds * 1000
  set(turn, {
    challenge: { ...challenge, dispatch: 'sent', ref: input.otpRefId, expiresAt },
    sends: { ...sends, SENDER: [turn.now] },
  })
  enter(turn, 'SENDER_OTP_REQUIRED')
}

/** A journey lives for days and each consent costs its sender an SMS: more than these are not to be expected. */
const CONSENTS_KEPT = 50

/** What an outcome leaves in memory, whatever the table then says. A code that was sent uses up its consent. */
function keep(turn: Turn<Journey>, call: PendingCall, outcome: CallOutcome): void {
  set(turn, {
    mobileHint: outcome.mobileHint ?? turn.journey.mobileHint,
    applicationId: outcome.applicationId ?? turn.journey.applicationId,
    profile: outcome.profile ?? turn.journey.profile,
  })
  if (sentBy(turn, call.name, outcome) === 'AADHAAR') set(turn, { presented: null })
  if (wasExecuted(outcome)) keepConsent(turn, call)
}

/** Enters the consent into the ledger, once the Aadhaar number went to Eko under it. */
function keepConsent(turn: Turn<Journey>, { name }: PendingCall): void {
  const { consent, consents } = turn.journey
  if (name !== 'generateAadhaarOtp' || !consent) return
  // A code that is sent again goes under the same one.
  const last = consents.at(-1)
  if (last?.usedAt === consent.usedAt && last.acceptedAt === consent.acceptedAt) return
  set(turn, { consents: [...consents, consent].slice(-CONSENTS_KEPT) })
}
