import type { Dialect, KycStep, ScenariosJson } from '../sandbox/index.js'
import type { NextAction, Rail } from '../client/index.js'
import type { Wanted } from './ledger-check.js'
import type { PaymentWay } from './pay.js'
import type { PersonFacts } from './person.js'

/** Where a sender does something else than what is asked. Each is done once, in this order. */
export interface Twist {
  readonly at: NextAction['do']
  readonly do: 'TYPE_WRONG_CODE' | 'ASK_FOR_NEW_CODE' | 'REOPEN_APP'
}

/** What one sender of the demo goes through. */
export interface Scene {
  /** First name of an invented person. */
  readonly sender: string
  readonly rail: Rail
  readonly title: string
  /** The sandbox's scenario, by the sender's mobile number; none: a number that triggers nothing. */
  readonly scenario?: string
  readonly twists: readonly Twist[]
  /** With the codes of the payment. */
  readonly wanted: Wanted
  /** How the transfer goes that ends the scene. */
  readonly pays: PaymentWay
}

const ALL_STEPS: readonly KycStep[] = ['ENROLLED', 'MOBILE_VERIFIED', 'AADHAAR_VERIFIED', 'PAN_VERIFIED']

/** What a sender causes who is new and makes no mistake. */
const SMOOTH: Wanted = {
  sms: { SENDER: 1, AADHAAR: 1 },
  codesUsed: { SENDER: 1, AADHAAR: 1 },
  wrongCodes: { SENDER: 0, AADHAAR: 0 },
  steps: ALL_STEPS,
}

const MISTYPES: readonly Twist[] = [
  { at: 'ENTER_SENDER_OTP', do: 'TYPE_WRONG_CODE' },
  { at: 'ENTER_SENDER_OTP', do: 'ASK_FOR_NEW_CODE' },
  { at: 'ENTER_AADHAAR_OTP', do: 'TYPE_WRONG_CODE' },
]
const REOPENS: readonly Twist[] = [{ at: 'ENTER_SENDER_OTP', do: 'REOPEN_APP' }]

/** The demo's senders: five a rail, each with its own trouble, and a payment. */
export function scenes(dialect: Dialect): readonly Scene[] {
  return onboardings(dialect).map((scene, index) => ({
    ...scene,
    wanted: withPayment(scene),
    pays: (['smooth', 'answerLost', 'refunded'] as const)[index % 3] ?? 'smooth',
  }))
}

/** On Levin a session of recipients and a transfer each have the sender prove the mobile once more. */
function withPayment({ rail, wanted }: Omit<Scene, 'pays'>): Wanted {
  if (rail !== 'levin') return wanted
  const more = 2
  return {
    ...wanted,
    sms: { ...wanted.sms, SENDER: wanted.sms.SENDER + more },
    codesUsed: { ...wanted.codesUsed, SENDER: wanted.codesUsed.SENDER + more },
  }
}

/** What comes before the payments. The dialect matters where Eko's documents differ. */
function onboardings(dialect: Dialect): readonly Omit<Scene, 'pays'>[] {
  const newSender = { title: 'new to Eko, makes no mistake', twists: [], wanted: SMOOTH }
  const mistypes = {
    title: 'types wrong codes, asks for a new one',
    twists: MISTYPES,
    wanted: { ...SMOOTH, sms: { SENDER: 2, AADHAAR: 1 }, wrongCodes: { SENDER: 1, AADHAAR: 1 } },
  }
  // Levin answers this dialect's Aadhaar verification with a new wallet token. Where that answer is lost, the held
  // token is dead at the PAN, and the sender has to prove the mobile once more.
  const provesTwice = dialect === 'wlc' ? 2 : 1
  return [
    { sender: 'Asha', rail: 'digikhata', ...newSender },
    { sender: 'Bina', rail: 'digikhata', ...mistypes },
    {
      sender: 'Chetan',
      rail: 'digikhata',
      title: 'comes back: Eko waits for the Aadhaar',
      scenario: 'aadhaarPending',
      twists: REOPENS,
      wanted: { ...SMOOTH, steps: ['AADHAAR_VERIFIED', 'PAN_VERIFIED'] },
    },
    {
      sender: 'Deepa',
      rail: 'digikhata',
      title: 'first SMS: its answer is lost',
      scenario: 'smsAnswerLost',
      twists: [],
      wanted: { ...SMOOTH, sms: { SENDER: 2, AADHAAR: 1 }, steps: ALL_STEPS.slice(1) },
    },
    {
      sender: 'Eshan',
      rail: 'digikhata',
      title: 'check of the SMS code: its answer is lost',
      scenario: 'senderVerifyAnswerLost',
      twists: [],
      wanted: { ...SMOOTH, sms: { SENDER: 2, AADHAAR: 1 }, codesUsed: { SENDER: 2, AADHAAR: 1 } },
    },
    { sender: 'Farah', rail: 'levin', ...newSender },
    { sender: 'Gita', rail: 'levin', ...mistypes },
    {
      sender: 'Hari',
      rail: 'levin',
      title: 'comes back: only the PAN is missing',
      scenario: 'panPending',
      twists: REOPENS,
      wanted: {
        ...SMOOTH,
        sms: { SENDER: 1, AADHAAR: 0 },
        codesUsed: { SENDER: 1, AADHAAR: 0 },
        steps: ['PAN_VERIFIED'],
      },
    },
    {
      sender: 'Isha',
      rail: 'levin',
      title: 'Aadhaar SMS: its answer is lost',
      scenario: 'aadhaarOtpAnswerLost',
      twists: [],
      wanted: { ...SMOOTH, sms: { SENDER: 1, AADHAAR: 2 } },
    },
    {
      sender: 'Jaya',
      rail: 'levin',
      title: 'check of the Aadhaar code: its answer is lost',
      scenario: 'aadhaarVerifyAnswerLost',
      twists: [],
      wanted: {
        ...SMOOTH,
        sms: { SENDER: provesTwice, AADHAAR: 1 },
        codesUsed: { SENDER: provesTwice, AADHAAR: 1 },
      },
    },
  ]
}

/**
 * The numbers of the scene's person, all from the sandbox's list; `index` makes them this person's alone.
 * @throws Error where the sandbox has no such scenario or too few numbers
 */
export function personOf({ sender, scenario }: Scene, index: number, listed: ScenariosJson): PersonFacts {
  const { mobiles, aadhaarNumbers, pans } = listed.numbers
  const pattern = listed.mobiles.find((each) => each.scenario === scenario)?.pattern
  const mobile = scenario === undefined ? mobiles[index] : pattern?.replace('nnn', String(index + 1).padStart(3, '0'))
  const [aadhaar, pan] = [aadhaarNumbers[index], pans[index]]
  if (mobile === undefined || aadhaar === undefined || pan === undefined)
    throw new Error(`The sandbox lists no numbers for ${sender} (scenario ${scenario ?? 'none'}).`)
  const residenceAddress = ['12 MG Road', 'Pune', 'Maharashtra', '411001']
  return { mobile, aadhaar, pan, details: { name: `${sender} Sample`, dob: '1990-01-31', residenceAddress } }
}
