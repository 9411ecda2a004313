import type { CallOutcome } from '../calls.js'
import { openCore, wasExecuted } from '../engine/advance.js'
import type { Flow } from '../engine/flow.js'
import { judgeDispatch } from '../engine/gate.js'
import { refusal } from '../engine/refusal.js'
import { note, set, type Turn } from '../engine/turn.js'
import { JOURNEY_ATTRIBUTES } from '../journey-attributes.js'
import { moneyOutcomeOf } from '../outcome-guards.js'
import type { Refusal } from '../shared-messages.js'
import { TRANSFER_ACTIONS } from './answers.js'
import type { TransferMessage } from './contract.js'
import { transferForm, transferInputErrors } from './input.js'
import type { Opening, PendingCall, TransferJourney } from './journey.js'
import { BEFORE_DEBIT, TRANSFER_MESSAGES } from './message-table.js'
import { purposeIn, takeMessage } from './messages.js'
import { DEBITS, isDebit, isUnsentDebit } from './references.js'
import { begin } from './steps.js'
import { TRANSFER_CALL_SUMMARY, transferStoryOf } from './story.js'
import { transferTransitionFor } from './transitions.js'
import { TRANSFER_STANDING, transferActionOf, transferViewOf } from './view.js'

/** The transfer as the engine runs it: its tables, and what only it holds, judges and shows. */
export const TRANSFER: Flow<TransferJourney> = {
  ...TRANSFER_STANDING,
  first: 'REFERENCE_INQUIRY',
  messages: TRANSFER_MESSAGES,
  endings: ['cancel'],
  secrets: { enterSenderOtp: 'otp', enterTransactionOtp: 'otp', enterRefundOtp: 'otp' },
  codes: {
    SENDER: { state: 'SENDER_OTP_REQUIRED', message: 'enterSenderOtp', rejection: 'SENDER_OTP_TRIES_USED_UP' },
    TRANSACTION: {
      state: 'TRANSACTION_OTP_REQUIRED',
      message: 'enterTransactionOtp',
      rejection: 'TRANSACTION_OTP_TRIES_USED_UP',
    },
    // The sender's money is out until the refund: no number of wrong codes ends the transfer.
    REFUND: { state: 'REFUND_OTP_REQUIRED', message: 'enterRefundOtp', rejection: null },
  },
  dispatches: {
    getSender: 'SENDER',
    generateSenderOtp: 'SENDER',
    sendTransactionOtp: 'TRANSACTION',
    generateRefundOtp: 'REFUND',
  },
  keepsReference: DEBITS,
  calls: TRANSFER_CALL_SUMMARY,
  attributes: JOURNEY_ATTRIBUTES,

  open,
  inputForm: transferForm,
  inputErrors: transferInputErrors,
  joinedBy: ({ policy: _policy, opener: _opener, userCode: _userCode, ...input }) => ({ ...input }),
  begin(turn) {
    note(turn, { what: 'state:REFERENCE_INQUIRY', code: 'STARTED' })
    begin(turn)
  },
  isKept: () => false,
  judge,
  take: takeMessage,
  keep,
  react(turn, call, outcome) {
    TRANSFER_ACTIONS[transferTransitionFor(call.name, outcome.answer).action](turn, call, outcome)
  },
  wiped: () => ({}),
  answeredByEnd: () => undefined,
  times: () => [],
  clock: () => undefined,
  nextAction: transferActionOf,
  view: transferViewOf,
  story: (journey) => transferStoryOf(transferViewOf(journey)),
  readOutcome: moneyOutcomeOf,
}

function open(opening: Opening): TransferJourney {
  return {
    ...openCore({ state: 'REFERENCE_INQUIRY', purposes: ['SENDER', 'TRANSACTION', 'REFUND'] }, opening),
    profile: null,
    senderProven: false,
    provenAgain: false,
    initiations: [],
    transaction: null,
    unknownSince: null,
  }
}

function judge(journey: TransferJourney, { name }: TransferMessage, now: number): Refusal | null {
  switch (name) {
    case 'resendOtp':
      return judgeDispatch(journey, purposeIn(journey.state), now)
    case 'inquireByTid':
      return journey.attention || isAwaited(journey) ? null : refusal('NO_ATTENTION_NEEDED')
    case 'declareNotDebited':
      return journey.attention ? null : refusal('NO_ATTENTION_NEEDED')
    case 'cancel':
      return journey.state !== 'TRANSFER_IN_PROGRESS' || isUnsentDebit(journey)
        ? null
        : refusal('WRONG_STATE', { state: journey.state, legalIn: BEFORE_DEBIT })
    default:
      return null
  }
}

/** Whether nothing but an inquiry about a debit is left to do, and waits. */
function isAwaited({ state, call }: TransferJourney): boolean {
  return state !== 'REFERENCE_INQUIRY' && call?.name === 'transactionInquiry' && call.parked !== null
}

/** Remembers every debit that may have reached Eko, whatever the table then says. */
function keep(turn: Turn<TransferJourney>, call: PendingCall, outcome: CallOutcome): void {
  if (!isDebit(call)) return
  // A run that was reset does not know what became of the call that the run before it made.
  const mayBeAtEko = outcome.answer === 'RUN_RESET' || (wasExecuted(outcome) && outcome.class !== 'INPUT_REFUSED')
  if (!mayBeAtEko) return
  const asked = { clientRefId: call.request.clientRef, at: call.since, answer: outcome.answer }
  set(turn, { initiations: [...turn.journey.initiations, asked] })
}
