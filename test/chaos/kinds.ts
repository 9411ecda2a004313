import type { FaultSpec, OperationName } from '../../sandbox/index.js'
import type { Rail } from '../../client/index.js'
import { MONEY_KINDS, type MoneyKind } from './money/kinds.js'
import type { Rng } from './rng.js'

/** Everything that a chaos run injects, by name. Each name is a line of the table at the end of a run. */

/** What happens to processes. */
export const PROCESS_KINDS = {
  workerKillInCall: 'kill -9 of a worker inside a call, after Eko’s commit',
  workerStopInCall: 'SIGSTOP of a worker inside a call, SIGCONT after its attempt has timed out',
  workerTermInCall: 'SIGTERM of a worker inside a call, which may finish',
  workerTermKillInCall: 'SIGTERM of a worker inside a call that outlasts what the process is given',
  serverKillInCall: 'kill -9 of the Temporal server inside a call, and its restart',
  workerKill: 'kill -9 of a worker at a step boundary',
  workerStop: 'SIGSTOP and SIGCONT of a worker at a step boundary',
  workerTerm: 'SIGTERM of a worker at a step boundary',
} as const
export type ProcessKind = keyof typeof PROCESS_KINDS

/** What Eko, or the way to it, does. */
export const EKO_KINDS = {
  dropBeforeCommit: 'connection dropped before the commit',
  dropAfterCommit: 'connection dropped after the commit',
  delayThenCommit: 'delay past the timeout, then commit',
  duplicateDelivery: 'request delivered twice',
  html502: '502 with an HTML page',
  empty204: '204 without a body',
  truncatedBody: 'truncated JSON',
  status5xx: '500 or 503 in JSON',
  reusedTimestamp: '401/2485 by a reused timestamp',
  tooMany: '429 without Retry-After',
  tooManyRetryAfter: '429 with Retry-After',
  unknownTypeId: 'success of an unknown response_type_id',
  busy: 'response_status_id -2: another transaction in progress',
  uidaiDown: 'UIDAI away for a call or two of one sender',
  walletTokenExpired: 'wallet token expires between steps',
} as const
export type EkoKind = keyof typeof EKO_KINDS

/** Once a run, to everybody of a dialect at the same time; in flight: what parked because of it and came back unaided. */
export const OUTAGE_KINDS = {
  uidaiOutage: 'UIDAI away from a whole dialect; parked, and back by themselves',
} as const
export type OutageKind = keyof typeof OUTAGE_KINDS

/** What the person, or the service in between, does. */
export const HABITS = {
  concurrentStarts: 'two concurrent starts of one sender',
  earlyCode: 'a code submitted before the send returned',
  leadingZero: 'a code with leading zeros',
  lateCode: 'a late code for an old challenge',
  tripleSubmission: 'the same submission three times',
  givesUp: 'a client that gives up and comes back',
  nativeCancel: 'native cancel during a call',
  wrongCode: 'a wrong code',
  cancelAndRestart: 'cancel and start again',
  asksTooOften: 'more codes asked for than the quota allows',
  limitAcrossRuns: 'cancel and start again when the quota is used up',
  signals: 'messages as signals',
} as const
export type Habit = keyof typeof HABITS

/** Habits of those who meet the quota. */
export const SMALL_QUOTA: readonly Habit[] = ['asksTooOften', 'limitAcrossRuns']

/** A worker of every run has a clock that is 3 minutes off. */
export const CLOCK_KINDS = { clockSkew: '401/2485 by a worker’s clock that is 3 minutes off' } as const
export type ClockKind = keyof typeof CLOCK_KINDS

export type Kind = ProcessKind | EkoKind | OutageKind | Habit | ClockKind | MoneyKind
export const KINDS: Readonly<Record<Kind, string>> = {
  ...PROCESS_KINDS,
  ...EKO_KINDS,
  ...OUTAGE_KINDS,
  ...HABITS,
  ...CLOCK_KINDS,
  ...MONEY_KINDS,
}

/** Kinds for which there is no call that they could hit: to have happened is enough. */
export const WITHOUT_CALL: readonly Kind[] = [
  'workerKill',
  'workerStop',
  'workerTerm',
  'cancelAndRestart',
  'asksTooOften',
  'limitAcrossRuns',
]

/** Where a habit or a process fault strikes: the start, or what the journey asks for. */
export const PLACES = {
  START: 'getSender',
  ENTER_SENDER_DETAILS: 'onboardSender',
  ENTER_SENDER_OTP: 'verifySenderOtp',
  REQUEST_CONSENT: 'consentLanguages',
  ENTER_AADHAAR: 'generateAadhaarOtp',
  ENTER_AADHAAR_OTP: 'verifyAadhaarOtp',
  ENTER_PAN: 'validatePan',
} as const satisfies Record<string, OperationName>
export type Place = keyof typeof PLACES

/** Longer than the workers’ Eko timeout, ms: see `chaos-stack.ts`. */
const PAST_TIMEOUT_MS = 2_600

type Fault = FaultSpec extends infer Spec ? (Spec extends FaultSpec ? Omit<Spec, 'mobile' | 'rail'> : never) : never

interface EkoDefinition {
  /** Calls that meet it; every journey makes each of them at least once. */
  readonly operations: readonly OperationName[]
  readonly rails?: readonly Rail[]
  readonly fault: (rng: Rng) => Fault
}

const EVERY_CALL = [
  'getSender',
  'verifySenderOtp',
  'generateAadhaarOtp',
  'verifyAadhaarOtp',
  'validatePan',
] as const satisfies readonly OperationName[]
const AADHAAR = ['generateAadhaarOtp', 'verifyAadhaarOtp'] as const satisfies readonly OperationName[]

/** How each kind is asked of the sandbox. */
export const EKO_FAULTS: Readonly<Record<EkoKind, EkoDefinition>> = {
  dropBeforeCommit: { operations: EVERY_CALL, fault: () => ({ fault: 'dropBeforeCommit' }) },
  dropAfterCommit: { operations: EVERY_CALL, fault: () => ({ fault: 'dropAfterCommit' }) },
  delayThenCommit: { operations: EVERY_CALL, fault: () => ({ fault: 'delay', ms: PAST_TIMEOUT_MS }) },
  duplicateDelivery: { operations: EVERY_CALL, fault: () => ({ fault: 'duplicateDelivery', answer: 'first' }) },
  html502: { operations: EVERY_CALL, fault: (rng) => ({ fault: 'htmlBody', http: 502, executed: rng.chance(0.5) }) },
  empty204: { operations: EVERY_CALL, fault: (rng) => ({ fault: 'empty204', executed: rng.chance(0.5) }) },
  truncatedBody: { operations: EVERY_CALL, fault: () => ({ fault: 'truncatedBody' }) },
  status5xx: {
    operations: EVERY_CALL,
    fault: (rng) => ({ fault: 'status5xx', http: rng.pick([500, 503] as const), executed: rng.chance(0.5) }),
  },
  reusedTimestamp: { operations: EVERY_CALL, fault: () => ({ fault: 'expired2485' }) },
  tooMany: { operations: EVERY_CALL, fault: () => ({ fault: 'tooMany429' }) },
  tooManyRetryAfter: { operations: EVERY_CALL, fault: () => ({ fault: 'tooMany429', retryAfterSeconds: 1 }) },
  unknownTypeId: { operations: EVERY_CALL, fault: () => ({ fault: 'unknownTypeId' }) },
  busy: { operations: EVERY_CALL, fault: () => ({ fault: 'busy' }) },
  uidaiDown: { operations: AADHAAR, fault: () => ({ fault: 'uidaiDown', times: 2 }) },
  walletTokenExpired: {
    // At the verification of the sender’s code, a token that is dead when it is given.
    operations: ['verifySenderOtp', ...AADHAAR, 'validatePan'],
    rails: ['levin'],
    fault: () => ({ fault: 'walletTokenExpired' }),
  },
}

const CODE_PLACES = ['ENTER_SENDER_OTP', 'ENTER_AADHAAR_OTP'] as const satisfies readonly Place[]
const MESSAGES = ['ENTER_SENDER_OTP', 'ENTER_AADHAAR', 'ENTER_AADHAAR_OTP', 'ENTER_PAN'] as const

/** Where each habit can show. */
export const HABIT_PLACES: Readonly<Record<Habit, readonly Place[]>> = {
  concurrentStarts: ['START'],
  earlyCode: CODE_PLACES,
  leadingZero: CODE_PLACES,
  lateCode: CODE_PLACES,
  tripleSubmission: MESSAGES,
  givesUp: MESSAGES,
  nativeCancel: MESSAGES,
  wrongCode: CODE_PLACES,
  cancelAndRestart: MESSAGES,
  asksTooOften: CODE_PLACES,
  limitAcrossRuns: ['ENTER_SENDER_OTP'],
  signals: MESSAGES,
}

/** Where each process fault can strike. Inside a call only where a journey of either rail makes one. */
export const PROCESS_PLACES: Readonly<Record<ProcessKind, readonly Place[]>> = {
  workerKillInCall: ['START', ...MESSAGES],
  workerStopInCall: ['START', ...MESSAGES],
  workerTermInCall: ['START', ...MESSAGES],
  workerTermKillInCall: ['START', ...MESSAGES],
  serverKillInCall: ['START', ...MESSAGES],
  workerKill: ['START', 'REQUEST_CONSENT', ...MESSAGES],
  workerStop: ['START', 'REQUEST_CONSENT', ...MESSAGES],
  workerTerm: ['START', 'REQUEST_CONSENT', ...MESSAGES],
}
