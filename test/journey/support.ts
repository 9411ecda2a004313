import {
  ANSWERS,
  type Answer,
  type CallName,
  type CallOutcome,
  CALLS,
  type JourneyPlan,
} from '../../workflows/calls.js'
import type { Advanced, Journey, JourneyEvent } from '../../workflows/journey.js'
import {
  DEFAULT_POLICY,
  type Message,
  type MessageName,
  type Messages,
  type Policy,
  type Rail,
} from '../../workflows/messages.js'
import { advance, openJourney, resumeJourney } from './machine.js'

export const JOURNEY_ID = 'onboarding:digikhata:acme:00112233445566778899aabbccddeeff'
export const START = Date.parse('2026-01-01T00:00:00Z')
const ACTOR = { type: 'operator', id: 'op-1' } as const

/** The outside of a sealed field: the gates read no more than its header. */
export function sealedShape(field: string, journey = JOURNEY_ID): string {
  const header = Buffer.from(JSON.stringify({ alg: 'ECDH-ES', enc: 'A256GCM', kid: 'k', field, journey })).toString(
    'base64url',
  )
  return `${header}..aXY.Y2lwaGVy.dGFn`
}

export const CONSENT = {
  consentId: 'c1',
  version: '1',
  language: 'English',
  text: 'I agree.',
  textSha256: 'a'.repeat(64),
}

/** A well-formed body of every message. */
export const BODIES: { readonly [Name in MessageName]: Messages[Name] } = {
  enterSenderDetails: { name: 'Asha Verma', dob: '1990-01-01', residenceAddress: ['1 Road', '411001'] },
  enterSenderOtp: { otp: sealedShape('otp') },
  requestConsent: { language: 'English' },
  enterAadhaar: {
    aadhaar: sealedShape('aadhaar'),
    consent: { consentId: 'c1', textSha256: CONSENT.textSha256, mode: 'self', acceptedAt: '2026-01-01T00:00:00Z' },
  },
  enterAadhaarOtp: { otp: sealedShape('otp') },
  enterPan: { pan: sealedShape('pan') },
  resendOtp: {},
  reenter: { actor: ACTOR, reason: 'test' },
  retryNow: { actor: ACTOR, reason: 'test' },
  takeOver: { actor: ACTOR, reason: 'test', userCode: '20810210' },
  withdrawConsent: { actor: ACTOR, reason: 'test' },
  cancel: { actor: ACTOR, reason: 'test' },
}
export const MESSAGE_NAMES = Object.keys(BODIES) as MessageName[]

export function message<Name extends MessageName>(name: Name, more: Partial<Messages[Name]> = {}): Message {
  return { name, body: { ...BODIES[name], ...more } } as Message
}

/** The outcome that a call of this name would bring with this answer. */
export function outcome(call: CallName, answer: Answer, more: Partial<CallOutcome> = {}): CallOutcome {
  const facts = {
    operation: `rail ${call}`,
    httpStatus: 200,
    status: 0,
    responseTypeId: 0,
    responseStatusId: 0,
    clientRefId: 'ref',
  }
  return {
    class: CLASS_OF[answer] ?? 'OK',
    answer,
    facts,
    ...(answer === 'OTP_SENT' && { otpRefId: sealedShape('otpRefId') }),
    ...(answer === 'LANGUAGES' && { languages: [{ id: '1', name: 'English' }] }),
    ...(answer === 'CONSENT' && { consent: CONSENT }),
    ...(answer === 'INPUT_REFUSED' && { inputCode: 'OTP_INVALID' }),
    ...more,
  }
}

const CLASS_OF: Partial<Record<Answer, CallOutcome['class']>> = {
  WRONG_CODE: 'BUSINESS_REJECT',
  CODE_EXPIRED: 'BUSINESS_REJECT',
  FIELDS_REFUSED: 'BUSINESS_REJECT',
  AADHAAR_REFUSED: 'BUSINESS_REJECT',
  PAN_REFUSED: 'BUSINESS_REJECT',
  WALLET_TOKEN_REFUSED: 'BUSINESS_REJECT',
  SENDER_UNKNOWN: 'BUSINESS_REJECT',
  IDENTITY_ALREADY_USED: 'BUSINESS_REJECT',
  REFUSED: 'BUSINESS_REJECT',
  INPUT_REFUSED: 'INPUT_REFUSED',
  NOT_SENT: 'NOT_SENT',
  BUSY: 'BUSY',
  CONFIGURATION: 'REJECTED_BEFORE_EXECUTION',
  UNKNOWN_OUTCOME: 'UNKNOWN_OUTCOME',
  UNRECOGNISED_ANSWER: 'UNRECOGNISED_ANSWER',
}

export interface PlanOptions {
  readonly rail?: Rail
  readonly policy?: Partial<Policy>
  readonly stopAt?: 'PAN_REQUIRED' | 'COMPLETED'
  readonly plaintext?: boolean
}

export function planOf({ rail = 'digikhata', policy = {}, plaintext = false }: PlanOptions = {}): JourneyPlan {
  const levin = rail === 'levin'
  return {
    environment: 'sandbox',
    policy: { ...DEFAULT_POLICY, ...policy },
    allowPlaintextCodes: plaintext,
    startToCloseMs: 35_000,
    resendSenderOtp: levin ? 'getSender' : 'generateSenderOtp',
    usesWallet: levin,
    onUnknown: {
      getSender: 'UNCERTAIN_DISPATCH',
      onboardSender: 'UNCERTAIN_DISPATCH',
      generateSenderOtp: 'UNCERTAIN_DISPATCH',
      verifySenderOtp: 'FRESH_SENDER_OTP',
      consentLanguages: 'RUN_AGAIN',
      consentDetails: 'RUN_AGAIN',
      generateAadhaarOtp: 'UNCERTAIN_DISPATCH',
      verifyAadhaarOtp: levin ? 'PROBE_PAN' : 'FRESH_SENDER_OTP',
      validatePan: 'RUN_AGAIN',
    },
  }
}

/** Drives a pure journey, with a clock of its own. */
export class Drive {
  journey: Journey
  now = START
  last: Advanced

  constructor(readonly options: PlanOptions = {}) {
    const { rail = 'digikhata', stopAt } = options
    const input = { tenant: 'acme', rail, mobile: '9000000001', userCode: '20810200', ...(stopAt && { stopAt }) }
    this.journey = openJourney({ workflowId: JOURNEY_ID, runId: '0199-aaaa', input, now: this.now })
    this.last = this.apply({ type: 'resolved', outcome: { plan: planOf(options) } })
  }

  apply(event: JourneyEvent): Advanced {
    this.last = advance(this.journey, event, this.now)
    this.journey = this.last.journey
    return this.last
  }

  send<Name extends MessageName>(name: Name, more: Partial<Messages[Name]> = {}): Advanced {
    const sent = message(name, more)
    return this.apply({ type: 'arrived', message: 'consent' in more ? sent : agreedNow(sent, this.now), via: 'update' })
  }

  /** Answers the call in flight. */
  answer(answer: Answer, more: Partial<CallOutcome> = {}): Advanced {
    const { call } = this.journey
    if (!call || call.parked) throw new Error(`No call is in flight: ${this.journey.state}`)
    return this.apply({ type: 'callEnded', outcome: outcome(call.name, answer, more) })
  }

  wait(ms: number): Advanced {
    this.now += ms
    return this.apply({ type: 'clock' })
  }

  /** Goes on in a new run, as it is carried there. */
  goOn(): void {
    const { workflowId, input } = this.journey
    const carried = JSON.parse(JSON.stringify(this.journey)) as Journey
    this.journey = resumeJourney(carried, { workflowId, runId: `0199-${this.now}`, input, now: this.now })
  }

  /** What the last event settled: an outcome, or a refusal's code. */
  get settled(): string[] {
    return this.last.settled.map((one) => ('receipt' in one ? one.receipt.outcome : `refused ${one.refusal.code}`))
  }

  get calling(): string | null {
    const { call } = this.journey
    return call && !call.parked ? call.name : null
  }
}

/** A journey in each of its open states, waiting for the user; made by going there. */
export function driveTo(state: Journey['state'], options: PlanOptions = {}): Drive {
  const drive = new Drive(options)
  if (state === 'SENDER_LOOKUP') return drive
  if (state === 'SENDER_DETAILS_REQUIRED') {
    drive.answer('NOT_ENROLLED')
    return drive
  }
  drive.answer('OTP_SENT')
  if (state === 'SENDER_OTP_REQUIRED') return drive
  drive.send('enterSenderOtp')
  drive.answer('AADHAAR_PENDING')
  if (state === 'AADHAAR_REQUIRED') return drive
  presentConsent(drive)
  drive.send('enterAadhaar')
  drive.answer('OTP_SENT')
  if (state === 'AADHAAR_OTP_REQUIRED') return drive
  drive.send('enterAadhaarOtp')
  drive.answer('PAN_PENDING')
  if (state === 'PAN_REQUIRED') return drive
  drive.send('enterPan')
  drive.answer('ONBOARDED')
  return drive
}

export function presentConsent(drive: Drive): void {
  drive.send('requestConsent')
  drive.answer('LANGUAGES')
  drive.answer('CONSENT')
}

export { ANSWERS, CALLS }

/** The same message with an agreement given at this moment: a consent's time must fit its presentation. */
export function agreedNow(sent: Message, now: number): Message {
  if (sent.name !== 'enterAadhaar') return sent
  const consent = { ...sent.body.consent, acceptedAt: new Date(now).toISOString() }
  return { name: sent.name, body: { ...sent.body, consent } }
}
