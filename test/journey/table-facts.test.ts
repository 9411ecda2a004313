import { describe, expect, it } from '@jest/globals'
import { ANSWERS, type Answer, type CallName, type CallOutcome, CALLS } from '../../workflows/calls.js'
import { nextActionOf } from '../../workflows/journey-view.js'
import { RAILS } from '../../workflows/messages.js'
import { CALLED_FROM, OTHERWISE, transitionFor } from '../../workflows/transitions.js'
import { Drive, driveTo, type PlanOptions, presentConsent } from './support.js'

/** Brings a journey to where it makes each call. */
const MAKES: Readonly<Record<CallName, (options: PlanOptions) => Drive>> = {
  getSender: (options) => new Drive(options),
  onboardSender: (options) => sent(driveTo('SENDER_DETAILS_REQUIRED', options), 'enterSenderDetails'),
  generateSenderOtp: (options) => sent(later(driveTo('SENDER_OTP_REQUIRED', options)), 'resendOtp'),
  verifySenderOtp: (options) => sent(driveTo('SENDER_OTP_REQUIRED', options), 'enterSenderOtp'),
  consentLanguages: (options) => sent(driveTo('AADHAAR_REQUIRED', options), 'requestConsent'),
  consentDetails: (options) => answered(MAKES.consentLanguages(options), 'LANGUAGES'),
  generateAadhaarOtp: (options) => withAadhaar(driveTo('AADHAAR_REQUIRED', options)),
  verifyAadhaarOtp: (options) => sent(driveTo('AADHAAR_OTP_REQUIRED', options), 'enterAadhaarOtp'),
  validatePan: (options) => sent(driveTo('PAN_REQUIRED', options), 'enterPan'),
}

function sent(drive: Drive, name: Parameters<Drive['send']>[0]): Drive {
  drive.send(name)
  return drive
}

function answered(drive: Drive, ...answers: readonly Answer[]): Drive {
  for (const answer of answers) drive.answer(answer)
  return drive
}

function withAadhaar(drive: Drive): Drive {
  presentConsent(drive)
  return sent(drive, 'enterAadhaar')
}

/** The cooldown of a code is over. */
function later(drive: Drive): Drive {
  drive.now += 60_000
  return drive
}

/** A wallet token was refused, and the mobile has been proved again. */
function provedAgain(drive: Drive): Drive {
  answered(later(drive), 'WALLET_TOKEN_REFUSED', 'OTP_SENT')
  return answered(sent(drive, 'enterSenderOtp'), 'AADHAAR_PENDING')
}

/** The state, and what is next: the call that is made, or what the user is asked for and why. */
function seen({ journey, calling }: Drive): string {
  const action = nextActionOf(journey)
  if (calling) return `${journey.state} calls ${calling}`
  const reasons = ['reason', 'dependency', 'lastError'] as const
  const facts = action as { readonly [Key in (typeof reasons)[number]]?: string }
  return [journey.state, action.do, ...reasons.flatMap((name) => facts[name] ?? [])].join(' ')
}

const ASK_FOR_CODE = 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE SENDER_OTP_AGAIN'
const UNCERTAIN = 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE DISPATCH_UNCERTAIN'
const PARKED = 'SAME WAIT_UNTIL EKO_TRANSPORT'

/** What every call does at an answer that it has no row of its own for. */
const ANYWHERE: Partial<Record<Answer, string>> = {
  NOT_SENT: PARKED,
  BUSY: 'SAME WAIT_UNTIL EKO_BUSY',
  CONFIGURATION: 'SAME WAIT_UNTIL CONFIGURATION',
  IDENTITY_ALREADY_USED: 'SAME CONTACT_SUPPORT IDENTITY_ALREADY_USED',
  RUN_RESET: 'SAME CONTACT_SUPPORT RUN_RESET',
  UNRECOGNISED_ANSWER: 'SAME CONTACT_SUPPORT UNRECOGNISED_ANSWER',
}
const OPERATOR = 'SAME CONTACT_SUPPORT REFUSED_BY_EKO'

type Reactions = Partial<Record<Answer, string>>
/** What a journey does at each answer of each call, right after the code before it was sent. */
const REACTIONS: Readonly<Record<CallName, Reactions>> = {
  getSender: {
    OTP_SENT: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP',
    OTP_REF_MISSING: 'SENDER_LOOKUP calls generateSenderOtp',
    NOT_ENROLLED: 'SENDER_DETAILS_REQUIRED ENTER_SENDER_DETAILS',
    SENDER_UNKNOWN: 'SENDER_DETAILS_REQUIRED ENTER_SENDER_DETAILS',
    ONBOARDED: 'SENDER_LOOKUP calls generateSenderOtp',
    UNKNOWN_OUTCOME: UNCERTAIN,
    LIMIT_REACHED: 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE LIMIT_REACHED',
  },
  onboardSender: {
    OTP_SENT: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP',
    OTP_REF_MISSING: 'SENDER_LOOKUP calls generateSenderOtp',
    WALLET_EXISTS: 'SENDER_LOOKUP calls generateSenderOtp',
    FIELDS_REFUSED: 'SENDER_DETAILS_REQUIRED ENTER_SENDER_DETAILS',
    INPUT_REFUSED: 'SENDER_DETAILS_REQUIRED ENTER_SENDER_DETAILS',
    UNKNOWN_OUTCOME: UNCERTAIN,
    LIMIT_REACHED: 'SENDER_DETAILS_REQUIRED ENTER_SENDER_DETAILS',
  },
  generateSenderOtp: {
    OTP_SENT: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP',
    SENDER_UNKNOWN: 'SENDER_LOOKUP calls getSender',
    UNKNOWN_OUTCOME: UNCERTAIN,
    LIMIT_REACHED: 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE LIMIT_REACHED',
  },
  verifySenderOtp: {
    ONBOARDED: 'COMPLETED NOTHING',
    AADHAAR_PENDING: 'AADHAAR_REQUIRED REQUEST_CONSENT',
    PAN_PENDING: 'PAN_REQUIRED ENTER_PAN',
    WRONG_CODE: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP',
    CODE_EXPIRED: 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE CODE_EXPIRED',
    SENDER_UNKNOWN: ASK_FOR_CODE,
    INPUT_REFUSED: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP',
    UNKNOWN_OUTCOME: 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE VERIFICATION_UNCERTAIN',
    UNRECOGNISED_ANSWER: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP',
  },
  consentLanguages: {
    LANGUAGES: 'AADHAAR_REQUIRED calls consentDetails',
    SENDER_UNKNOWN: ASK_FOR_CODE,
    UNKNOWN_OUTCOME: PARKED,
  },
  consentDetails: { CONSENT: 'AADHAAR_REQUIRED ENTER_AADHAAR', SENDER_UNKNOWN: ASK_FOR_CODE, UNKNOWN_OUTCOME: PARKED },
  generateAadhaarOtp: {
    OTP_SENT: 'AADHAAR_OTP_REQUIRED ENTER_AADHAAR_OTP',
    AADHAAR_REFUSED: 'AADHAAR_REQUIRED REQUEST_CONSENT',
    FIELDS_REFUSED: 'AADHAAR_REQUIRED REQUEST_CONSENT',
    INPUT_REFUSED: 'AADHAAR_REQUIRED ENTER_AADHAAR OTP_INVALID',
    WALLET_TOKEN_REFUSED: ASK_FOR_CODE,
    SENDER_UNKNOWN: ASK_FOR_CODE,
    UNKNOWN_OUTCOME: 'AADHAAR_OTP_REQUIRED REQUEST_NEW_CODE DISPATCH_UNCERTAIN',
    LIMIT_REACHED: 'AADHAAR_REQUIRED ENTER_AADHAAR MOBILE_LIMIT_REACHED',
  },
  verifyAadhaarOtp: {
    PAN_PENDING: 'PAN_REQUIRED ENTER_PAN',
    WRONG_CODE: 'AADHAAR_OTP_REQUIRED ENTER_AADHAAR_OTP',
    CODE_EXPIRED: 'AADHAAR_OTP_REQUIRED REQUEST_NEW_CODE CODE_EXPIRED',
    WALLET_TOKEN_REFUSED: ASK_FOR_CODE,
    SENDER_UNKNOWN: ASK_FOR_CODE,
    INPUT_REFUSED: 'AADHAAR_OTP_REQUIRED ENTER_AADHAAR_OTP',
    UNKNOWN_OUTCOME: 'SENDER_OTP_REQUIRED REQUEST_NEW_CODE VERIFICATION_UNCERTAIN',
    UNRECOGNISED_ANSWER: 'AADHAAR_OTP_REQUIRED ENTER_AADHAAR_OTP',
  },
  validatePan: {
    ONBOARDED: 'COMPLETED NOTHING',
    AADHAAR_PENDING: 'AADHAAR_REQUIRED REQUEST_CONSENT',
    PAN_REFUSED: 'PAN_REQUIRED ENTER_PAN PAN_REFUSED',
    FIELDS_REFUSED: 'PAN_REQUIRED ENTER_PAN FIELDS_REFUSED',
    WALLET_TOKEN_REFUSED: ASK_FOR_CODE,
    SENDER_UNKNOWN: ASK_FOR_CODE,
    INPUT_REFUSED: 'PAN_REQUIRED ENTER_PAN OTP_INVALID',
    UNKNOWN_OUTCOME: PARKED,
  },
}
/** Levin has no call that only sends a code, and there the PAN tells whether the Aadhaar was verified. */
const ON_LEVIN: Partial<Record<CallName, Reactions>> = {
  getSender: { OTP_REF_MISSING: UNCERTAIN, ONBOARDED: 'SENDER_LOOKUP CONTACT_SUPPORT SENDER_OTP_UNAVAILABLE' },
  onboardSender: { OTP_REF_MISSING: 'SENDER_LOOKUP calls getSender', WALLET_EXISTS: 'SENDER_LOOKUP calls getSender' },
  verifyAadhaarOtp: { UNKNOWN_OUTCOME: 'PAN_REQUIRED ENTER_PAN' },
}

/** A way to an answer, beside those of the reactions: how the call came about, and where it leads. */
interface Scene {
  readonly call: CallName
  readonly answer: Answer
  readonly wanted: string
  readonly make: () => Drive
  readonly more?: Partial<CallOutcome>
}

const reactions: Scene[] = RAILS.flatMap((rail) =>
  CALLS.filter((call) => rail === 'digikhata' || call !== 'generateSenderOtp').flatMap((call) =>
    ANSWERS.map((answer) => ({
      ...{ call, answer, make: () => MAKES[call]({ rail }) },
      wanted:
        (rail === 'levin' ? ON_LEVIN[call]?.[answer] : undefined) ??
        REACTIONS[call][answer] ??
        ANYWHERE[answer] ??
        OPERATOR,
    })),
  ),
)

const ONE_TRY = { triesPerJourney: 1 }
const BEFORE_PAN = { stopAt: 'PAN_REQUIRED' } as const
const levin = { rail: 'levin' } as const
const LOOKED_UP = 'SENDER_LOOKUP calls getSender'
/** The sender's mobile is unknown, or the wallet token refused, when another code may be sent already. */
const AFTER_COOLDOWN: Scene[] = (
  [
    'verifySenderOtp',
    'consentLanguages',
    'consentDetails',
    'generateAadhaarOtp',
    'verifyAadhaarOtp',
    'validatePan',
  ] as const
).map((call) => ({ call, answer: 'SENDER_UNKNOWN', wanted: LOOKED_UP, make: () => later(MAKES[call]({})) }))
const WITH_TOKEN = ['generateAadhaarOtp', 'verifyAadhaarOtp', 'validatePan'] as const
const TOKEN_AFTER_COOLDOWN: Scene[] = WITH_TOKEN.map((call) => ({
  ...{ call, answer: 'WALLET_TOKEN_REFUSED', wanted: LOOKED_UP, make: () => later(MAKES[call](levin)) },
}))
const CODE_CALLS = ['verifySenderOtp', 'verifyAadhaarOtp'] as const
const LAST_TRIES: Scene[] = CODE_CALLS.flatMap((call) =>
  (['WRONG_CODE', 'FIELDS_REFUSED', 'UNRECOGNISED_ANSWER'] as const).map((answer) => ({
    ...{ call, answer, wanted: 'REJECTED NOTHING', make: () => MAKES[call]({ policy: ONE_TRY }) },
    more: { fieldErrors: { otp: 'Wrong' } },
  })),
)

const SCENES: readonly Scene[] = [
  ...reactions,
  ...AFTER_COOLDOWN,
  ...TOKEN_AFTER_COOLDOWN,
  ...LAST_TRIES,
  {
    ...{ call: 'getSender', answer: 'ONBOARDED', wanted: 'COMPLETED NOTHING' },
    make: () => new Drive({ policy: { trustLookup: true } }),
  },
  {
    ...{ call: 'getSender', answer: 'ONBOARDED', wanted: 'SAME CONTACT_SUPPORT SENDER_OTP_UNAVAILABLE' },
    make: () => sent(later(driveTo('SENDER_OTP_REQUIRED', levin)), 'resendOtp'),
  },
  {
    ...{ call: 'generateSenderOtp', answer: 'OTP_SENT', wanted: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP' },
    make: () => answered(new Drive(), 'ONBOARDED'),
  },
  {
    ...{ call: 'verifySenderOtp', answer: 'AADHAAR_PENDING', wanted: 'AADHAAR_OTP_REQUIRED ENTER_AADHAAR_OTP' },
    make: () => {
      const drive = answered(later(MAKES.verifyAadhaarOtp(levin)), 'WALLET_TOKEN_REFUSED', 'OTP_SENT')
      return sent(drive, 'enterSenderOtp')
    },
  },
  ...CODE_CALLS.map((call): Scene => ({
    ...{ call, answer: 'PAN_PENDING', wanted: 'COMPLETED NOTHING', make: () => MAKES[call](BEFORE_PAN) },
  })),
  {
    ...{ call: 'verifySenderOtp', answer: 'FIELDS_REFUSED', wanted: 'SENDER_OTP_REQUIRED ENTER_SENDER_OTP' },
    ...{ make: () => MAKES.verifySenderOtp({}), more: { fieldErrors: { otp: 'Wrong' } } },
  },
  {
    ...{ call: 'verifyAadhaarOtp', answer: 'FIELDS_REFUSED', wanted: 'AADHAAR_OTP_REQUIRED ENTER_AADHAAR_OTP' },
    ...{ make: () => MAKES.verifyAadhaarOtp({}), more: { fieldErrors: { otp: 'Wrong' } } },
  },
  {
    ...{ call: 'generateAadhaarOtp', answer: 'INPUT_REFUSED', wanted: 'AADHAAR_REQUIRED REQUEST_CONSENT' },
    make: () => sent(later(driveTo('AADHAAR_OTP_REQUIRED')), 'resendOtp'),
  },
  {
    ...{ call: 'generateAadhaarOtp', answer: 'LIMIT_REACHED' },
    wanted: 'AADHAAR_OTP_REQUIRED REQUEST_NEW_CODE LIMIT_REACHED',
    make: () => sent(later(driveTo('AADHAAR_OTP_REQUIRED')), 'resendOtp'),
  },
  {
    ...{ call: 'generateAadhaarOtp', answer: 'WALLET_TOKEN_REFUSED' },
    wanted: 'SAME CONTACT_SUPPORT LEVIN_WALLET_TOKEN_MISSING',
    make: () => withAadhaar(provedAgain(MAKES.generateAadhaarOtp(levin))),
  },
  {
    ...{ call: 'verifyAadhaarOtp', answer: 'WALLET_TOKEN_REFUSED' },
    wanted: 'SAME CONTACT_SUPPORT LEVIN_WALLET_TOKEN_MISSING',
    make: () => sent(provedAgain(MAKES.verifyAadhaarOtp(levin)), 'enterAadhaarOtp'),
  },
  {
    ...{ call: 'validatePan', answer: 'WALLET_TOKEN_REFUSED' },
    wanted: 'SAME CONTACT_SUPPORT LEVIN_WALLET_TOKEN_MISSING',
    // The PAN that was refused with the token is kept, and submitted by itself.
    make: () => {
      const drive = answered(later(MAKES.validatePan(levin)), 'WALLET_TOKEN_REFUSED', 'OTP_SENT')
      return answered(sent(drive, 'enterSenderOtp'), 'PAN_PENDING')
    },
  },
]

const named = SCENES.map((scene, index) => ({ ...scene, index }))

describe('A journey that gets an answer', () => {
  it.each(named)('$call $answer: $wanted ($index)', ({ call, answer, wanted, make, more }) => {
    const drive = make()
    const { state } = drive.journey
    expect(drive.calling).toBe(call)
    drive.answer(answer, more)
    expect(seen(drive)).toBe(wanted.replace(/^SAME/, state))
  })
})

/** Where a scene begins and ends. */
function walked({ call, answer, make, more }: Scene): {
  from: string
  to: string
  row: ReturnType<typeof transitionFor>
} {
  const drive = make()
  const from = drive.journey.state
  drive.answer(answer, more)
  return { from, to: drive.journey.state, row: transitionFor(call, answer) }
}

describe('The transition table', () => {
  const ways = () => SCENES.map((scene) => ({ scene, ...walked(scene) }))

  it('names every state that an answer leads to', () => {
    const strays = ways().filter(({ from, to, row }) => !row.to.some((one) => (one === 'SAME' ? from : one) === to))
    expect(strays.map(({ scene, to }) => `${scene.call} ${scene.answer} ${to}`)).toEqual([])
  })

  it('has a row of its own for what every call can come to', () => {
    for (const call of CALLS) {
      for (const answer of [
        'NOT_SENT',
        'BUSY',
        'CONFIGURATION',
        'INPUT_REFUSED',
        'RUN_RESET',
        'UNRECOGNISED_ANSWER',
      ] as const) {
        expect([call, answer, transitionFor(call, answer) === OTHERWISE]).toEqual([call, answer, false])
      }
    }
  })

  it('names the states that each call is made from, and no other', () => {
    const all = ways()
    for (const call of CALLS) {
      const froms = new Set(all.filter(({ scene }) => scene.call === call).map(({ from }) => from))
      expect({ [call]: [...froms].sort() }).toEqual({ [call]: [...CALLED_FROM[call]].sort() })
    }
  })
})
