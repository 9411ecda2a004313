import { describe, expect, it } from '@jest/globals'
import type { Answer, CallOutcome } from '../../workflows/calls.js'
import type { RecipientsCall } from '../../workflows/recipients/journey.js'
import { RECIPIENTS_OTHERWISE, recipientsTransitionFor } from '../../workflows/recipients/transitions.js'
import { recipientsActionOf } from '../../workflows/recipients/view.js'
import { ANYWHERE, EVERY_ANSWER, expectNamed, OPERATOR, type Reactions, seen, wantedOf } from '../journey/reactions.js'
import { listed, readySession, Session, withBankCode } from './support.js'

const SOON = { policy: { resendCooldownSeconds: 0 } }
const LEVIN = { ...SOON, rail: 'levin' } as const

interface Scene {
  readonly what: string
  readonly call: RecipientsCall
  readonly make: () => Session
  readonly reactions: Reactions
}

const NOT_ONBOARDED = 'REJECTED NOTHING; REJECTED'
const CODE_UNCERTAIN = 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE DISPATCH_UNCERTAIN; DISPATCH_UNCERTAIN'
const CODE_AGAIN: Reactions = {
  SENDER_UNKNOWN: NOT_ONBOARDED,
  LIMIT_REACHED: 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE LIMIT_REACHED; refused MOBILE_LIMIT_REACHED',
  UNKNOWN_OUTCOME: CODE_UNCERTAIN,
}
const LOOKED_UP: Reactions = {
  ...CODE_AGAIN,
  OTP_SENT: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP; OTP_SENT',
  OTP_REF_MISSING: CODE_UNCERTAIN,
  NOT_ENROLLED: NOT_ONBOARDED,
  ONBOARDED: 'SAME CONTACT_SUPPORT SENDER_OTP_UNAVAILABLE; NEEDS_ATTENTION',
}
const PARKED: Reactions = { UNKNOWN_OUTCOME: 'SAME WAIT_UNTIL EKO_TRANSPORT; PARKED' }
const READ_LIST: Reactions = {
  UNKNOWN_OUTCOME: 'SAME calls getRecipients',
  RECIPIENT_EXISTS: 'SAME calls getRecipients',
}
const TOKEN_REFUSED: Reactions = { WALLET_TOKEN_REFUSED: 'SENDER_LOOKUP calls getSender' }

/** What a session does at each answer of each call. */
const SCENES: readonly Scene[] = [
  { what: 'the look-up', call: 'getSender', make: () => new Session(LEVIN), reactions: LOOKED_UP },
  {
    ...{ what: 'another code on levin', call: 'getSender', reactions: LOOKED_UP },
    make: () => new Session(LEVIN).answer('OTP_SENT').send('resendOtp'),
  },
  {
    ...{ what: 'the code alone, for a token that was refused', call: 'generateSenderOtp' },
    make: () => readySession(SOON).send('listRecipients').answer('WALLET_TOKEN_REFUSED'),
    reactions: { ...CODE_AGAIN, OTP_SENT: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP; SENDER_OTP_AGAIN' },
  },
  {
    ...{ what: 'the sender’s code', call: 'verifySenderOtp' },
    make: () => new Session(LEVIN).answer('OTP_SENT').send('enterSenderOtp'),
    reactions: {
      ONBOARDED: 'RECIPIENTS_READY CHOOSE; ADVANCED',
      AADHAAR_PENDING: NOT_ONBOARDED,
      PAN_PENDING: NOT_ONBOARDED,
      SENDER_UNKNOWN: NOT_ONBOARDED,
      WRONG_CODE: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP; WRONG_CODE',
      CODE_EXPIRED: 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE CODE_EXPIRED; CODE_EXPIRED',
      INPUT_REFUSED: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP; INPUT_REFUSED',
      UNKNOWN_OUTCOME: 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE VERIFICATION_UNCERTAIN; VERIFICATION_UNCERTAIN',
      UNRECOGNISED_ANSWER: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP; UNRECOGNISED_ANSWER',
    },
  },
  {
    ...{ what: 'the list', call: 'getRecipients', make: () => readySession(LEVIN).send('listRecipients') },
    reactions: { ...PARKED, ...TOKEN_REFUSED, RECIPIENTS: 'RECIPIENTS_READY CHOOSE; RECIPIENTS_LISTED' },
  },
  {
    ...{ what: 'the list while a bank’s code is awaited', call: 'getRecipients' },
    make: () => withBankCode(SOON).send('listRecipients'),
    reactions: {
      ...PARKED,
      RECIPIENTS: 'RECIPIENT_OTP_REQUIRED ENTER_RECIPIENT_OTP; RECIPIENTS_LISTED',
      // Nothing that DigiKhata answers; without a token the mobile would be proved.
      WALLET_TOKEN_REFUSED: 'SENDER_LOOKUP calls generateSenderOtp',
    },
  },
  {
    ...{ what: 'a recipient', call: 'addRecipient', make: () => readySession(LEVIN).send('addRecipient') },
    reactions: {
      ...READ_LIST,
      ...TOKEN_REFUSED,
      RECIPIENT_ADDED: 'RECIPIENTS_READY CHOOSE; RECIPIENT_ADDED',
      RECIPIENT_LIMIT: 'RECIPIENTS_READY CHOOSE; RECIPIENT_LIMIT',
      RECIPIENT_REFUSED: 'RECIPIENTS_READY CHOOSE; RECIPIENT_REFUSED',
      FIELDS_REFUSED: 'RECIPIENTS_READY CHOOSE; FIELDS_REFUSED',
      INPUT_REFUSED: 'RECIPIENTS_READY CHOOSE; INPUT_REFUSED',
    },
  },
  {
    ...{ what: 'a recipient while a bank’s code is awaited', call: 'addRecipient' },
    make: () => withBankCode(SOON).send('addRecipient'),
    reactions: {
      ...READ_LIST,
      WALLET_TOKEN_REFUSED: 'SENDER_LOOKUP calls generateSenderOtp',
      RECIPIENT_ADDED: 'RECIPIENT_OTP_REQUIRED ENTER_RECIPIENT_OTP; RECIPIENT_ADDED',
      RECIPIENT_LIMIT: 'RECIPIENT_OTP_REQUIRED ENTER_RECIPIENT_OTP; RECIPIENT_LIMIT',
      RECIPIENT_REFUSED: 'RECIPIENT_OTP_REQUIRED ENTER_RECIPIENT_OTP; RECIPIENT_REFUSED',
      FIELDS_REFUSED: 'RECIPIENT_OTP_REQUIRED ENTER_RECIPIENT_OTP; FIELDS_REFUSED',
      INPUT_REFUSED: 'RECIPIENT_OTP_REQUIRED ENTER_RECIPIENT_OTP; INPUT_REFUSED',
    },
  },
  {
    ...{ what: 'a bank on levin', call: 'addRecipientBank', make: () => readySession(LEVIN).send('registerBank') },
    reactions: {
      ...READ_LIST,
      ...TOKEN_REFUSED,
      BANK_ADDED: 'RECIPIENTS_READY CHOOSE; BANK_ADDED',
      RECIPIENT_REFUSED: 'RECIPIENTS_READY CHOOSE; RECIPIENT_REFUSED',
    },
  },
  {
    ...{ what: 'a bank on digikhata', call: 'generateRecipientBankOtp' },
    make: () => readySession(SOON).send('registerBank'),
    reactions: {
      BANK_ADDED: 'RECIPIENT_OTP_REQUIRED ENTER_RECIPIENT_OTP; OTP_SENT',
      RECIPIENT_EXISTS: 'RECIPIENTS_READY calls getRecipients',
      RECIPIENT_REFUSED: 'RECIPIENTS_READY CHOOSE; RECIPIENT_REFUSED',
      COOLING: 'RECIPIENTS_READY CHOOSE; COOLING',
      UNKNOWN_OUTCOME: 'RECIPIENT_OTP_REQUIRED REQUEST_NEW_CODE DISPATCH_UNCERTAIN; DISPATCH_UNCERTAIN',
    },
  },
  {
    ...{ what: 'another code of a bank', call: 'generateRecipientBankOtp' },
    make: () => withBankCode(SOON).send('resendOtp'),
    reactions: {
      BANK_ADDED: 'RECIPIENT_OTP_REQUIRED ENTER_RECIPIENT_OTP; OTP_SENT',
      RECIPIENT_EXISTS: 'RECIPIENT_OTP_REQUIRED calls getRecipients',
      // There is no code any more that could be typed in.
      RECIPIENT_REFUSED: 'RECIPIENTS_READY CHOOSE; RECIPIENT_REFUSED',
      COOLING: 'RECIPIENTS_READY CHOOSE; COOLING',
      UNKNOWN_OUTCOME: 'RECIPIENT_OTP_REQUIRED REQUEST_NEW_CODE DISPATCH_UNCERTAIN; DISPATCH_UNCERTAIN',
    },
  },
  {
    ...{ what: 'the bank’s code', call: 'validateRecipientBankOtp' },
    make: () => withBankCode(SOON).send('enterRecipientOtp'),
    reactions: {
      BANK_VERIFIED: 'RECIPIENTS_READY CHOOSE; BANK_VERIFIED',
      RECIPIENT_REFUSED: 'RECIPIENTS_READY CHOOSE; RECIPIENT_REFUSED',
      COOLING: 'RECIPIENTS_READY CHOOSE; COOLING',
      UNKNOWN_OUTCOME: 'RECIPIENTS_READY calls getRecipients',
      WRONG_CODE: 'RECIPIENT_OTP_REQUIRED ENTER_RECIPIENT_OTP; WRONG_CODE',
      CODE_EXPIRED: 'RECIPIENT_OTP_REQUIRED REQUEST_NEW_CODE CODE_EXPIRED; CODE_EXPIRED',
      INPUT_REFUSED: 'RECIPIENT_OTP_REQUIRED ENTER_RECIPIENT_OTP; INPUT_REFUSED',
    },
  },
]

/** What the last event told whoever waits, without its detail. */
function told({ last }: Session): string[] {
  return last.settled.map((one) => ('receipt' in one ? one.receipt.outcome : `refused ${one.refusal.code}`))
}

function answer(session: Session, given: Answer, more: Partial<CallOutcome> = {}): string {
  const { state, call } = session.journey
  session.answer(given, more)
  const { journey, calling } = session
  expectNamed(recipientsTransitionFor(call?.name ?? 'getSender', given), state, journey.state)
  return seen({ state: journey.state, action: recipientsActionOf(journey), calling, told: told(session) })
}

describe.each(SCENES)('$what', ({ call, make, reactions }) => {
  it.each(EVERY_ANSWER)('%s', (given) => {
    const session = make()
    const { state, call: pending } = session.journey
    expect(session.calling).toBe(call)
    const isWaitedFor = (pending?.submissions.length ?? 0) > 0
    const wanted = reactions[given] ?? ANYWHERE[given] ?? OPERATOR
    expect(answer(session, given)).toBe(wantedOf(wanted, state, isWaitedFor))
  })
})

const ONE_TRY = { triesPerJourney: 1, resendCooldownSeconds: 0 }
const OTP_WRONG = { fieldErrors: { otp: 'Wrong' } }

describe('codes', () => {
  it.each([
    ['WRONG_CODE', {}],
    ['UNRECOGNISED_ANSWER', {}],
    ['FIELDS_REFUSED', OTP_WRONG],
  ] as const)('the sender’s last try that ends in %s ends the session', (given, more) => {
    const session = new Session({ ...LEVIN, policy: ONE_TRY }).answer('OTP_SENT').send('enterSenderOtp')
    expect(answer(session, given, more)).toBe(`REJECTED NOTHING; ${given}`)
    expect(session.journey.rejection).toBe('SENDER_OTP_TRIES_USED_UP')
  })

  it.each([
    ['verifySenderOtp', () => new Session(LEVIN).answer('OTP_SENT').send('enterSenderOtp'), 'SENDER'],
    ['validateRecipientBankOtp', () => withBankCode(SOON).send('enterRecipientOtp'), 'RECIPIENT'],
  ] as const)('%s: one that Eko refuses as a field may be typed again', (_call, make, purpose) => {
    const wanted = `${purpose}_OTP_REQUIRED ENTER_${purpose}_OTP; FIELDS_REFUSED`
    expect(answer(make(), 'FIELDS_REFUSED', OTP_WRONG)).toBe(wanted)
  })
})

it.each(['getRecipients', 'addRecipient', 'addRecipientBank'] as const)(
  'within the cooldown a token that %s has refused leaves it to the user when to ask for a code',
  (call) => {
    const message = { getRecipients: 'listRecipients', addRecipient: 'addRecipient', addRecipientBank: 'registerBank' }
    const session = readySession({ rail: 'levin' }).send(message[call] as 'listRecipients')
    expect(session.calling).toBe(call)
    const wanted = 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE SENDER_OTP_AGAIN; SENDER_OTP_AGAIN'
    expect(answer(session, 'WALLET_TOKEN_REFUSED')).toBe(wanted)
  },
)

it('a bank that was there already ends the wait for its code', () => {
  const session = withBankCode(SOON).send('resendOtp').answer('RECIPIENT_EXISTS')
  const recipients = [listed({ beneficiaryId: '42' })]
  expect(answer(session, 'RECIPIENTS', { recipients })).toBe('RECIPIENTS_READY CHOOSE; BANK_ADDED')
})

it('every call has a row of its own for what it can come to at any time', () => {
  for (const { call } of SCENES) {
    for (const given of [
      'NOT_SENT',
      'BUSY',
      'CONFIGURATION',
      'INPUT_REFUSED',
      'RUN_RESET',
      'UNRECOGNISED_ANSWER',
    ] as const) {
      expect([call, given, recipientsTransitionFor(call, given) === RECIPIENTS_OTHERWISE]).toEqual([call, given, false])
    }
  }
})
