import type { CallEntry, LedgerJson, OperationName, SmsEntry, MoneyJson } from '../../../sandbox/index.js'
import type { Act, JourneyEnd, JourneyFacts, RunFacts } from '../facts.js'

/** A run of one sender in which all went well, to be doctored. */

const MOBILE = '7000000001'
const RAIL = 'digikhata'
const AT = '2026-01-31T10:00:00.000Z'
const EMPTY: LedgerJson = { sms: [], calls: [], codesConsumed: [], kycSteps: [], wrongCodes: [], money: [] }

export interface Doctored {
  readonly journey: JourneyFacts & { acts: Act[]; end: JourneyEnd | null }
  readonly ledger: LedgerJson
}

let sequence = 0

/** A call that was executed and answered, unless it is said otherwise; the tenth call of its run. */
export function call(operation: OperationName, change: Partial<CallEntry> = {}): CallEntry {
  sequence += 1
  return {
    ...{ seq: sequence, at: AT, operation, rail: RAIL, mobile: MOBILE, method: 'POST', path: '/', developerKey: 'key' },
    ...{ executed: true, answered: true, http: 200, status: 0, responseTypeId: 0 },
    clientRefId: `abcdefghijrun1${String(sequence).padStart(3, '0')}1`,
    ...change,
  }
}

export function smsOf({ clientRefId }: CallEntry, purpose: SmsEntry['purpose'], otpRefId: string): SmsEntry {
  return { at: AT, rail: RAIL, mobile: MOBILE, sender: MOBILE, purpose, otpRefId, clientRefId }
}

/** The challenge that a journey mints right before this dispatch. */
export function challengeOf({ clientRefId }: CallEntry): string {
  const [run, call] = [clientRefId?.slice(0, 14) ?? '', clientRefId?.slice(14, 17) ?? '']
  return `${run}c${(Number.parseInt(call, 36) - 1).toString(36)}`
}

export function act(message: Act['message'], change: Partial<Act> = {}): Act {
  sequence += 1
  return {
    ...{ message, submissionId: `s${sequence}`, at: AT, via: 'update', outcome: 'ADVANCED', refusal: null },
    ...change,
  }
}

/** A sender from the lookup to the PAN, each step once. */
export function goodRun(): Doctored {
  const lookUp = call('getSender', { status: 308 })
  const enrol = call('onboardSender')
  const aadhaar = call('generateAadhaarOtp')
  const calls = [
    ...[lookUp, enrol, call('verifySenderOtp', { otpRefId: 'ref-s' }), call('consentLanguages')],
    ...[aadhaar, call('verifyAadhaarOtp', { otpRefId: 'ref-a' }), call('validatePan')],
  ]
  const owner = { at: AT, rail: RAIL, mobile: MOBILE } as const
  const acts: Act[] = [
    act('enterSenderOtp', { purpose: 'SENDER', challengeId: challengeOf(enrol), otpRefId: 'ref-s', typed: 'right' }),
    act('requestConsent', { outcome: 'CONSENT_PRESENTED' }),
    act('enterAadhaar', { outcome: 'OTP_SENT' }),
    act('enterAadhaarOtp', {
      purpose: 'AADHAAR',
      challengeId: challengeOf(aadhaar),
      otpRefId: 'ref-a',
      typed: 'right',
    }),
    act('enterPan', { outcome: 'COMPLETED' }),
  ]
  return {
    journey: {
      ...{ label: 'j000', rail: RAIL, dialect: 'portal-2026', mobile: MOBILE, workflowId: 'journey' },
      quota: { sendsPerWindow: 3, sendWindowSeconds: 600, sendsPerDay: 6 },
      ...{ starts: 1, acts, stage: 'ACTIVE' },
      end: {
        ...{ state: 'COMPLETED', status: 'CLOSED', capability: 'full' },
        steps: ['ENROLLED', 'MOBILE_VERIFIED', 'AADHAAR_VERIFIED', 'PAN_VERIFIED'],
        ...{ sent: { SENDER: 1, AADHAAR: 1 }, wrong: { SENDER: 0, AADHAAR: 0 } },
        story: ['call:validatePan ONBOARDED', 'state:COMPLETED COMPLETED'],
        messages: { received: 5, taken: 5, refused: 0, repeated: 0 },
      },
      runs: [{ runId: 'run', accepted: ['enterPan:s1'], completed: ['enterPan:s1'], signals: [] }],
    },
    ledger: {
      ...EMPTY,
      calls,
      sms: [smsOf(enrol, 'SENDER', 'ref-s'), smsOf(aadhaar, 'AADHAAR', 'ref-a')],
      codesConsumed: [
        { ...owner, purpose: 'SENDER', otpRefId: 'ref-s' },
        { ...owner, purpose: 'AADHAAR', otpRefId: 'ref-a' },
      ],
      kycSteps: (['ENROLLED', 'MOBILE_VERIFIED', 'AADHAAR_VERIFIED', 'PAN_VERIFIED'] as const).map((step) => ({
        ...owner,
        step,
      })),
    },
  }
}

export function runFacts({ journey, ledger }: Doctored): RunFacts {
  return {
    journeys: [journey],
    ledgers: { 'portal-2026': ledger, 'docs-2025': EMPTY, wlc: EMPTY },
    transfers: [],
    books: { 'portal-2026': SOUND, 'docs-2025': SOUND, wlc: SOUND },
  }
}

/** Books in which nothing is wrong. */
export const SOUND: MoneyJson = {
  ...{ conserved: true, violations: [], accounts: [], held: [] },
  ...{ broughtInPaise: 0, walletsPaise: 0, recipientsPaise: 0, feesPaise: 0, suspensePaise: 0 },
}
