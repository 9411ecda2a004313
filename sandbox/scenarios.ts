import type { FaultSpec } from './faults.js'
import { ACCOUNT_SCENARIOS, accountOf } from './money/scenario-accounts.js'
import type { AccountScenario } from './money/scenario-accounts.js'
import { Stage } from './names.js'
import { withVerhoeffDigit } from './verhoeff.js'

/**
 * Numbers that make something happen, all *sandbox policy*: Eko documents no test numbers. Mobiles trigger by block,
 * so that a number outside the blocks never triggers anything; Aadhaar numbers and PANs trigger by their exact value.
 */
export interface MobileScenario {
  /** Two digits: mobiles `60000` + code + any three digits. */
  code: string
  scenario: string
  what: string
  stage?: Stage
  faults?: FaultSpec[]
  /** Has a recipient for each path, and this much in the wallet, paise. */
  payer?: Payer
}

/** What a sender of a payer's scenario has from the start. */
export interface Payer {
  balancePaise: number
  /** What counts as sent in the month before anything was sent, paise. */
  monthUsedPaise?: number
}

export const MOBILE_SCENARIOS: readonly MobileScenario[] = [
  {
    code: '01',
    scenario: 'alreadyActive',
    what: 'finished before: sender OTP leads to the profile',
    stage: Stage.ACTIVE,
  },
  {
    code: '02',
    scenario: 'aadhaarPending',
    what: 'mobile verified before, Aadhaar is next',
    stage: Stage.AADHAAR_PENDING,
  },
  { code: '03', scenario: 'panPending', what: 'Aadhaar verified before, PAN is next', stage: Stage.PAN_PENDING },
  { code: '04', scenario: 'otpPending', what: 'enrolled before, mobile not verified', stage: Stage.OTP_PENDING },
  lostAnswer('05', 'onboardAnswerLost', 'onboardSender'),
  lostAnswer('06', 'senderVerifyAnswerLost', 'verifySenderOtp'),
  lostAnswer('07', 'aadhaarOtpAnswerLost', 'generateAadhaarOtp'),
  lostAnswer('08', 'aadhaarVerifyAnswerLost', 'verifyAadhaarOtp'),
  lostAnswer('09', 'panAnswerLost', 'validatePan'),
  {
    code: '10',
    scenario: 'smsAnswerLost',
    what: 'enrolled before; the first Get Sender sends its SMS and its answer is lost',
    stage: Stage.OTP_PENDING,
    faults: [{ fault: 'dropAfterCommit', operation: 'getSender' }],
  },
  {
    code: '11',
    scenario: 'gatewayHtml',
    what: 'the first Get Sender meets a 502 HTML page, nothing is executed',
    faults: [{ fault: 'htmlBody', operation: 'getSender' }],
  },
  {
    code: '12',
    scenario: 'busyOnce',
    what: 'the first sender OTP verification meets response_status_id -2',
    faults: [{ fault: 'busy', operation: 'verifySenderOtp' }],
  },
  {
    code: '13',
    scenario: 'tooManyOnce',
    what: 'the first Get Sender meets HTTP 429 with Retry-After 1',
    faults: [{ fault: 'tooMany429', operation: 'getSender', retryAfterSeconds: 1 }],
  },
  {
    code: '14',
    scenario: 'walletTokenExpiredOnce',
    what: 'Levin: the token is refused at the first Aadhaar OTP',
    faults: [{ fault: 'walletTokenExpired', operation: 'generateAadhaarOtp', rail: 'levin' }],
  },
  {
    code: '15',
    scenario: 'walletTokenMissingOnce',
    what: 'Levin: the first sender OTP verification gives no token although one is needed',
    faults: [{ fault: 'walletTokenMissing', operation: 'verifySenderOtp', rail: 'levin' }],
  },
  {
    code: '16',
    scenario: 'unknownAnswerOnce',
    what: 'the first sender OTP verification is executed and answers a type that nobody documents',
    faults: [{ fault: 'unknownTypeId', operation: 'verifySenderOtp' }],
  },
  payer('17', 'payer', 'ACTIVE, 10,000 rupees, and a recipient for each way that a transfer can go'),
  payer('18', 'payerWithoutMoney', 'a payer whose wallet is empty: 347', [], { balancePaise: 0 }),
  payer('19', 'payerAtLimit', 'a payer who has sent all of the month: 314', [], {
    balancePaise: 1_000_000,
    monthUsedPaise: 5_000_000,
  }),
  payer('20', 'debitAnswerLost', 'a payer: the first transfer is executed and its answer is lost', [
    { fault: 'dropAfterCommit', operation: 'initiateTransaction' },
  ]),
  payer('21', 'debitRequestLost', 'a payer: the first transfer never arrives', [
    { fault: 'dropBeforeCommit', operation: 'initiateTransaction' },
  ]),
  payer(
    '22',
    'debitLate',
    'a payer: the first transfer has no answer, and is debited after one inquiry found nothing',
    [{ fault: 'lateCommit', afterInquiries: 1 }],
  ),
  payer('23', 'inquiryBehind', 'a payer: the first two inquiries find nothing, whatever there is', [
    { fault: 'inquiryNotFound', times: 2 },
  ]),
  payer('24', 'refundAnswerLost', 'a payer: the first refund is executed and its answer is lost', [
    { fault: 'dropAfterCommit', operation: 'initiateRefund' },
  ]),
]

function payer(
  code: string,
  scenario: string,
  what: string,
  faults: FaultSpec[] = [],
  has: Payer = { balancePaise: 1_000_000 },
): MobileScenario {
  return { code, scenario, what, stage: Stage.ACTIVE, faults, payer: has }
}

function lostAnswer(code: string, scenario: string, operation: NonNullable<FaultSpec['operation']>): MobileScenario {
  return {
    code,
    scenario,
    what: `the first ${operation} is executed and its answer is lost`,
    faults: [{ fault: 'dropAfterCommit', operation }],
  }
}

const MOBILE_BLOCK = /^60000(\d{2})\d{3}$/

/** The scenario of a mobile, if it lies in one of the blocks. */
export function mobileScenario(mobile: string): MobileScenario | undefined {
  const code = MOBILE_BLOCK.exec(mobile)?.[1]
  return MOBILE_SCENARIOS.find((scenario) => scenario.code === code)
}

export type AadhaarEffect = 'refused' | 'otherMobile' | 'unavailable' | 'codeExpired'

export interface AadhaarScenario {
  number: string
  scenario: AadhaarEffect
  what: string
}

/** 12 digits that start with 9999, like the numbers of UIDAI's own staging systems, with a right check digit. */
function aadhaarNumber(index: number): string {
  return withVerhoeffDigit(`99990000${String(index).padStart(3, '0')}`)
}

export const AADHAAR_SCENARIOS: readonly AadhaarScenario[] = [
  { number: aadhaarNumber(901), scenario: 'refused', what: '2138 "Adhar Validation Failed", no SMS' },
  {
    number: aadhaarNumber(902),
    scenario: 'otherMobile',
    what: 'Aadhaar is linked to another phone: the SMS goes there',
  },
  { number: aadhaarNumber(903), scenario: 'unavailable', what: 'HTTP 503 every time, no SMS: the authority is down' },
  { number: aadhaarNumber(904), scenario: 'codeExpired', what: 'the code has expired when it arrives' },
]

/** The phone of scenario `otherMobile`. */
export const OTHER_MOBILE = '6000000777'

export type PanEffect = 'alreadyExists' | 'fieldRefused' | 'aadhaarPendingAgain' | 'unavailable'

export interface PanScenario {
  number: string
  scenario: PanEffect
  what: string
}

export const PAN_SCENARIOS: readonly PanScenario[] = [
  { number: 'SBXPR1237A', scenario: 'alreadyExists', what: '1237: the PAN belongs to another sender' },
  { number: 'SBXPR0097B', scenario: 'fieldRefused', what: '97 with the field pan_number refused' },
  { number: 'SBXPR2136C', scenario: 'aadhaarPendingAgain', what: '2136: Aadhaar has to be validated again' },
  { number: 'SBXPR0503D', scenario: 'unavailable', what: 'HTTP 503 every time, nothing is executed' },
]

/** The scenario of an Aadhaar number. */
export function aadhaarScenario(number: string): AadhaarEffect | undefined {
  return AADHAAR_SCENARIOS.find((scenario) => scenario.number === number)?.scenario
}

/** The scenario of a PAN. */
export function panScenario(number: string): PanEffect | undefined {
  return PAN_SCENARIOS.find((scenario) => scenario.number === number)?.scenario
}

/** Generated numbers that pass strict checks and trigger nothing. */
export interface PlainNumbers {
  mobiles: string[]
  aadhaarNumbers: string[]
  pans: string[]
}

const PLAIN_COUNT = 20

export function plainNumbers(): PlainNumbers {
  const indexes = Array.from({ length: PLAIN_COUNT }, (_, index) => index + 1)
  return {
    mobiles: indexes.map((index) => `6000000${String(index).padStart(3, '0')}`),
    aadhaarNumbers: indexes.map(aadhaarNumber),
    pans: indexes.map((index) => `SBXPA${String(index).padStart(4, '0')}Z`),
  }
}

/** `GET /scenarios`. */
export interface ScenariosJson {
  note: string
  numbers: PlainNumbers
  mobiles: (Omit<MobileScenario, 'faults' | 'payer'> & { pattern: string; example: string })[]
  aadhaarNumbers: readonly AadhaarScenario[]
  pans: readonly PanScenario[]
  /** Bank accounts of recipients, by which a transfer goes a certain way. */
  recipientAccounts: (AccountScenario & { pattern: string; example: string })[]
}

export function scenariosJson(): ScenariosJson {
  return {
    note: 'Sandbox policy: Eko documents no test numbers. Any other mobile, Aadhaar number, PAN or bank account triggers nothing.',
    numbers: plainNumbers(),
    mobiles: MOBILE_SCENARIOS.map(({ code, scenario, what, stage }) => ({
      code,
      scenario,
      what,
      ...(stage === undefined ? {} : { stage }),
      pattern: `60000${code}nnn`,
      example: `60000${code}001`,
    })),
    aadhaarNumbers: AADHAAR_SCENARIOS,
    pans: PAN_SCENARIOS,
    recipientAccounts: ACCOUNT_SCENARIOS.map((scenario) => ({
      ...scenario,
      pattern: `99990000${scenario.code}nnn`,
      example: accountOf(scenario),
    })),
  }
}
