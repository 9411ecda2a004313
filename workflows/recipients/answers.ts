import type { Answer, CallOutcome, Recipient } from '../calls.js'
import type { OutcomeCode } from '../codes.js'
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
  ask,
  close,
  deadChallenge,
  enter,
  needAttention,
  record,
  retireChallenge,
  set,
  type Turn as AnyTurn,
} from '../engine/turn.js'
import { walletOf } from '../engine/wallet.js'
import type { PendingCall, RecipientsJourney } from './journey.js'
import { proveSender } from './steps.js'
import type { RecipientsActionName } from './transitions.js'

type Turn = AnyTurn<RecipientsJourney>

/** What each row of the transition table does. The call is over; its outcome is in hand. */
type Action = (turn: Turn, call: PendingCall, outcome: CallOutcome) => void

export const RECIPIENTS_ACTIONS: Readonly<Record<RecipientsActionName, Action>> = {
  openChallenge: codeSent,
  uncertainDispatch: dispatchUncertain,

  dispatchSenderOtp(turn, call, outcome) {
    const resend = turn.journey.plan?.resendSenderOtp ?? 'getSender'
    if (resend !== call.name) dispatchByItself(turn, resend, 'SENDER_LOOKUP', call.submissions)
    else if (outcome.answer === 'OTP_REF_MISSING') dispatchUncertain(turn, call, outcome)
    else needAttention(turn, 'SENDER_OTP_UNAVAILABLE', call.submissions, outcome.facts)
  },

  ready(turn, call, outcome) {
    set(turn, { profile: outcome.profile ?? turn.journey.profile, challenge: null })
    enter(turn, 'RECIPIENTS_READY')
    record(turn, call.submissions, 'ADVANCED', factsOf(outcome))
  },

  notOnboarded(turn, call, outcome) {
    close(turn, 'REJECTED', { rejection: 'SENDER_NOT_ONBOARDED' })
    record(turn, call.submissions, 'REJECTED', factsOf(outcome))
  },

  proveSenderAgain(turn, call) {
    proveSender(turn, call.submissions)
  },

  wrongCode(turn, call, outcome) {
    countWrong(turn, call, 'WRONG_CODE', outcome)
  },

  codeExpired(turn, call, outcome) {
    codeDied(turn, call, outcome, 'CODE_EXPIRED')
  },

  verificationUncertain(turn, call, outcome) {
    codeDied(turn, call, outcome, 'VERIFICATION_UNCERTAIN')
  },

  unrecognisedCode,
  codeFieldsRefused,

  listed(turn, call, outcome) {
    const { reading } = turn.journey
    const recipients = outcome.recipients ?? []
    set(turn, { recipients, reading: null })
    if (!reading) record(turn, call.submissions, 'RECIPIENTS_LISTED', factsOf(outcome))
    else settle(turn, call, outcome, reading)
  },

  added(turn, call, outcome) {
    set(turn, { adding: null })
    record(turn, call.submissions, 'RECIPIENT_ADDED', { ...idOf(outcome.recipientId), ...factsOf(outcome) })
  },

  readList(turn, call, { answer }) {
    if (call.name === 'validateRecipientBankOtp') {
      set(turn, { challenge: null })
      enter(turn, 'RECIPIENTS_READY')
    }
    set(turn, { reading: { call: call.name, answer } })
    ask(turn, 'getRecipients', walletOf(turn.journey), call.submissions, { byItself: true })
  },

  refused(turn, call, outcome) {
    if (BANK_CODE_CALLS.some((name) => name === call.name)) backToReady(turn)
    const code = REFUSED[outcome.answer] ?? 'RECIPIENT_REFUSED'
    const [field] = Object.keys(outcome.fieldErrors ?? {})
    record(turn, call.submissions, code, { ...idOf(field), ...factsOf(outcome) })
  },

  bankAdded(turn, call, outcome) {
    if (call.name === 'generateRecipientBankOtp') codeSent(turn, call, outcome)
    else {
      set(turn, { registering: null })
      record(turn, call.submissions, 'BANK_ADDED', { ...idOf(outcome.beneficiaryId), ...factsOf(outcome) })
    }
  },

  bankVerified(turn, call, outcome) {
    backToReady(turn)
    record(turn, call.submissions, 'BANK_VERIFIED', factsOf(outcome))
  },

  recipientCodeUncertain: dispatchUncertain,

  refuseInput(turn, call, outcome) {
    const code = outcome.inputCode ?? 'UNREADABLE'
    if (code === 'CODE_EXPIRED' || code === 'OTP_REF_UNREADABLE') {
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

  needAttention: attentionAfter,
}

/** After a refusal of these there is no code to type in. */
const BANK_CODE_CALLS = ['generateRecipientBankOtp', 'validateRecipientBankOtp'] as const

const REFUSED: Partial<Record<Answer, OutcomeCode>> = {
  COOLING: 'COOLING',
  RECIPIENT_LIMIT: 'RECIPIENT_LIMIT',
  RECIPIENT_REFUSED: 'RECIPIENT_REFUSED',
  FIELDS_REFUSED: 'FIELDS_REFUSED',
}

function idOf(id: number | string | undefined): { detail?: string } {
  return id === undefined ? {} : { detail: String(id) }
}

function backToReady(turn: Turn): void {
  set(turn, { challenge: null, registering: null })
  enter(turn, 'RECIPIENTS_READY')
}

/** The list tells what became of a call whose own answer did not. */
function settle(
  turn: Turn,
  call: PendingCall,
  outcome: CallOutcome,
  { call: name, answer }: NonNullable<RecipientsJourney['reading']>,
): void {
  const { adding, registering } = turn.journey
  const list = outcome.recipients ?? []
  const existed = answer === 'RECIPIENT_EXISTS'
  if (name === 'addRecipient') {
    const alike = list.filter((recipient) => isSame(recipient, adding))
    const [found] = alike.length === 1 ? alike : []
    const notTold = existed || alike.length > 1 ? 'RECIPIENT_UNCLEAR' : 'NOT_ADDED'
    const code = found ? (existed ? 'RECIPIENT_EXISTS' : 'RECIPIENT_ADDED') : notTold
    set(turn, { adding: null })
    record(turn, call.submissions, code, { ...idOf(found?.recipientId), ...factsOf(outcome) })
    return
  }
  const bank = list.find(({ recipientId }) => recipientId === registering)?.beneficiaryId ?? undefined
  // Eko names the bank from the day its code is asked for: that it is there does not say that the code was taken.
  const done = name === 'validateRecipientBankOtp' ? 'VERIFICATION_UNCERTAIN' : 'BANK_ADDED'
  if (turn.journey.state === 'RECIPIENT_OTP_REQUIRED') backToReady(turn)
  else set(turn, { registering: null })
  record(turn, call.submissions, bank === undefined ? 'NOT_ADDED' : done, { ...idOf(bank), ...factsOf(outcome) })
}

/** Whether Eko's entry, which is masked, may be whom we added: the account's last characters, the IFSC, the name. */
function isSame({ accountMasked, ifsc, nameMasked }: Recipient, adding: RecipientsJourney['adding']): boolean {
  if (!adding) return false
  const shown = accountMasked.replace(/^X+/, '')
  const isSameBank = shown !== '' && adding.account.endsWith(shown) && (ifsc === null || ifsc === adding.ifsc)
  return isSameBank && nameMasked.toUpperCase() === masked(adding.name).toUpperCase()
}

/** As the list's names are masked, for the letters that Eko takes in one. */
function masked(name: string): string {
  return name.replace(/([A-Za-z])([A-Za-z]*)/g, (_, first: string, rest: string) => first + '*'.repeat(rest.length))
}
