import { openCore } from '../engine/advance.js'
import type { Flow } from '../engine/flow.js'
import { judgeDispatch } from '../engine/gate.js'
import { note, set } from '../engine/turn.js'
import { recipientsInput } from '../guards.js'
import { JOURNEY_ATTRIBUTES } from '../journey-attributes.js'
import { moneyOutcomeOf } from '../outcome-guards.js'
import type { FieldErrors } from '../shape.js'
import type { Refusal } from '../shared-messages.js'
import { workflowIdErrors } from '../workflow-id.js'
import { RECIPIENTS_ACTIONS } from './answers.js'
import type { RecipientsInput, RecipientsMessage } from './contract.js'
import type { Opening, RecipientsJourney } from './journey.js'
import { RECIPIENTS_MESSAGES } from './message-table.js'
import { takeMessage } from './messages.js'
import { begin } from './steps.js'
import { RECIPIENTS_CALL_SUMMARY, recipientsStoryOf } from './story.js'
import { recipientsTransitionFor } from './transitions.js'
import { RECIPIENTS_STANDING, recipientsActionOf, recipientsViewOf } from './view.js'

/** The session of recipients as the engine runs it. */
export const RECIPIENTS: Flow<RecipientsJourney> = {
  ...RECIPIENTS_STANDING,
  first: 'SENDER_LOOKUP',
  messages: RECIPIENTS_MESSAGES,
  endings: ['cancel', 'finish'],
  secrets: { enterSenderOtp: 'otp', enterRecipientOtp: 'otp' },
  codes: {
    SENDER: { state: 'SENDER_OTP_REQUIRED', message: 'enterSenderOtp', rejection: 'SENDER_OTP_TRIES_USED_UP' },
    RECIPIENT: { state: 'RECIPIENT_OTP_REQUIRED', message: 'enterRecipientOtp', rejection: null },
  },
  dispatches: {
    getSender: 'SENDER',
    generateSenderOtp: 'SENDER',
    generateRecipientBankOtp: 'RECIPIENT',
  },
  calls: RECIPIENTS_CALL_SUMMARY,
  attributes: JOURNEY_ATTRIBUTES,

  open,
  inputForm: (input) => recipientsInput(input),
  inputErrors,
  joinedBy: ({ tenant, rail, mobile }) => ({ tenant, rail, mobile }),
  begin(turn) {
    note(turn, { what: 'state:SENDER_LOOKUP', code: 'STARTED' })
    begin(turn)
  },
  isKept: () => false,
  judge,
  take: takeMessage,
  keep: () => undefined,
  react(turn, call, outcome) {
    RECIPIENTS_ACTIONS[recipientsTransitionFor(call.name, outcome.answer).action](turn, call, outcome)
    // The account number is kept for its one call, and for the list that tells what became of it.
    if (!turn.journey.call) set(turn, { adding: null })
  },
  wiped: () => ({ adding: null, registering: null, reading: null }),
  answeredByEnd: () => undefined,
  times: () => [],
  clock: () => undefined,
  nextAction: recipientsActionOf,
  view: recipientsViewOf,
  story: (journey) => recipientsStoryOf(recipientsViewOf(journey)),
  readOutcome: moneyOutcomeOf,
}

function open(opening: Opening): RecipientsJourney {
  return {
    ...openCore({ state: 'SENDER_LOOKUP', purposes: ['SENDER', 'RECIPIENT'] }, opening),
    recipients: null,
    profile: null,
    adding: null,
    registering: null,
    reading: null,
  }
}

/** What is wrong with the input of a session of this workflow id. */
function inputErrors(input: RecipientsInput, workflowId: string): FieldErrors {
  const errors = recipientsInput(input)
  return Object.keys(errors).length > 0 ? errors : workflowIdErrors('recipients', input, workflowId)
}

function judge(journey: RecipientsJourney, { name }: RecipientsMessage, now: number): Refusal | null {
  const isBank = name === 'registerBank' || (name === 'resendOtp' && journey.state === 'RECIPIENT_OTP_REQUIRED')
  if (isBank) return journey.plan?.usesWallet ? null : judgeDispatch(journey, 'RECIPIENT', now)
  return name === 'resendOtp' ? judgeDispatch(journey, 'SENDER', now) : null
}
