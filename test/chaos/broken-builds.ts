import type { Patch } from '../../stack/patched-build.js'
import type { Invariant } from './invariants.js'
import { BROKEN_MONEY_BUILDS } from './money/broken-builds.js'
import type { TransferPlan } from './money/plan.js'
import { type JourneyPlan, planJourney, type Wishes } from './plan.js'

/**
 * The product with a line broken on purpose, for each invariant: a judge that reports nothing on them would be worth
 * nothing. Each comes with journeys that aim at the broken line.
 */
export interface BrokenBuild {
  readonly name: string
  readonly invariant: Invariant
  readonly patches: readonly Patch[]
  readonly journeys?: readonly JourneyPlan[]
  readonly transfers?: readonly TransferPlan[]
  /** When it is judged as it stands, ms, where it cannot come to an end. */
  readonly limitMs?: number
}

const SEED = 1

/** The same wishes on a few journeys. */
function journeys(...wishes: readonly Wishes[]): JourneyPlan[] {
  return wishes.map((wish, index) => planJourney(SEED, index, wish))
}

const DIGIKHATA: Wishes = { rail: 'digikhata', dialect: 'portal-2026' }
const LEVIN: Wishes = { rail: 'levin', dialect: 'portal-2026' }

const BROKEN_JOURNEY_BUILDS: readonly BrokenBuild[] = [
  {
    name: 'unknown-is-wrong',
    invariant: 'END_AGREES',
    patches: [
      {
        file: 'workflows/transitions.ts',
        from: `answers: ['UNKNOWN_OUTCOME'], action: 'senderVerificationUncertain', to: [OTP] }`,
        to: `answers: ['UNKNOWN_OUTCOME'], action: 'wrongCode', to: [OTP] }`,
      },
    ],
    journeys: journeys(
      { ...DIGIKHATA, eko: [{ kind: 'dropAfterCommit', operation: 'verifySenderOtp' }] },
      { ...LEVIN, eko: [{ kind: 'dropAfterCommit', operation: 'verifySenderOtp' }] },
    ),
  },
  {
    name: 'unknown-is-success',
    invariant: 'NO_FALSE_SUCCESS',
    patches: [
      {
        file: 'workflows/transitions.ts',
        from: `{ call: 'validatePan', answers: ['UNKNOWN_OUTCOME'], action: 'park', to: ['SAME'] }`,
        to: `{ call: 'validatePan', answers: ['UNKNOWN_OUTCOME'], action: 'complete', to: ['COMPLETED'] }`,
      },
    ],
    journeys: journeys({ ...DIGIKHATA, eko: panNeverAnswered() }, { ...LEVIN, eko: panNeverAnswered() }),
  },
  {
    name: 'no-quota',
    invariant: 'SMS_WITHIN_QUOTA',
    patches: [
      {
        file: 'workflows/engine/gate.ts',
        from: '  if (window.at <= now) return null\n',
        to: '  if (window.at > 0) return null\n',
      },
      // The limits across journeys would save it.
      {
        file: 'activities/limits/index.ts',
        from: '{ count: quota.perWindow, seconds: quota.windowSeconds }',
        to: '{ count: 1_000, seconds: quota.windowSeconds }',
      },
      {
        file: 'activities/limits/index.ts',
        from: '{ count: quota.perDay, seconds: DAY_SECONDS }',
        to: '{ count: 1_000, seconds: DAY_SECONDS }',
      },
    ],
    journeys: journeys(
      { ...DIGIKHATA, habits: [{ kind: 'asksTooOften', place: 'ENTER_SENDER_OTP' }] },
      { ...LEVIN, habits: [{ kind: 'asksTooOften', place: 'ENTER_AADHAAR_OTP' }] },
    ),
  },
  {
    name: 'dispatches-again',
    invariant: 'SMS_ASKED_FOR',
    patches: [
      {
        file: 'workflows/transitions.ts',
        from: `{ call: 'onboardSender', answers: ['UNKNOWN_OUTCOME'], action: 'uncertainDispatch', to: [OTP] }`,
        to: `{ call: 'onboardSender', answers: ['UNKNOWN_OUTCOME'], action: 'dispatchSenderOtp', to: [OTP] }`,
      },
    ],
    journeys: journeys(
      { ...DIGIKHATA, eko: [{ kind: 'dropAfterCommit', operation: 'onboardSender' }] },
      { ...LEVIN, eko: [{ kind: 'dropAfterCommit', operation: 'onboardSender' }] },
    ),
  },
  {
    name: 'verifies-again',
    invariant: 'AADHAAR_VERIFY_PER_CODE',
    patches: [
      {
        file: 'activities/eko/operations/verify-aadhaar-otp.ts',
        from: `  repeatable: false,\n  onUnknown: 'FRESH_SENDER_OTP',`,
        to: `  repeatable: true,\n  onUnknown: 'FRESH_SENDER_OTP',`,
      },
    ],
    journeys: journeys({ ...DIGIKHATA, eko: [{ kind: 'dropAfterCommit', operation: 'verifyAadhaarOtp' }] }),
  },
  {
    name: 'no-fence',
    invariant: 'NO_REPEAT_AFTER_UNKNOWN',
    patches: [
      {
        file: 'activities/fence.ts',
        from: 'declaredBefore: before !== undefined && before?.intent !== null,',
        to: 'declaredBefore: before === undefined && before !== undefined,',
      },
    ],
    journeys: journeys(
      { ...DIGIKHATA, process: { kind: 'workerKillInCall', place: 'ENTER_SENDER_OTP' } },
      { ...LEVIN, process: { kind: 'workerKillInCall', place: 'ENTER_AADHAAR' } },
      { ...DIGIKHATA, process: { kind: 'workerKillInCall', place: 'START' } },
    ),
  },
  {
    name: 'old-challenge-lives',
    invariant: 'ONE_LIVE_CHALLENGE',
    patches: [
      {
        file: 'workflows/engine/gate.ts',
        from: `  if (challenge.id !== challengeId) return refusal('CHALLENGE_STALE')\n`,
        to: '',
      },
    ],
    journeys: journeys(
      { ...DIGIKHATA, habits: [{ kind: 'lateCode', place: 'ENTER_SENDER_OTP' }] },
      { ...LEVIN, habits: [{ kind: 'lateCode', place: 'ENTER_AADHAAR_OTP' }] },
    ),
  },
  {
    name: 'dead-worker-unnoticed',
    invariant: 'NOT_STUCK',
    patches: [
      {
        file: 'workflows/engine/call-runner.ts',
        from: 'startToCloseTimeout: journey.plan?.startToCloseMs ?? 35_000,',
        to: 'startToCloseTimeout: 3_600_000,',
      },
    ],
    limitMs: 40_000,
    journeys: journeys({ ...DIGIKHATA, process: { kind: 'workerKillInCall', place: 'ENTER_SENDER_OTP' } }),
  },
  {
    name: 'signals-dropped-while-busy',
    invariant: 'NO_MESSAGE_LOST',
    patches: [
      {
        file: 'workflows/engine/runner.ts',
        from: '    if (Object.hasOwn(this.flow.messages, name)) {\n',
        to: `    if (via === 'signal' && isBusy(this.journey)) return { journey: this.journey, settled: [], sequence: null }
    if (Object.hasOwn(this.flow.messages, name)) {\n`,
      },
    ],
    journeys: journeys(
      { ...DIGIKHATA, habits: [{ kind: 'signals', place: 'ENTER_SENDER_OTP' }] },
      { ...LEVIN, habits: [{ kind: 'signals', place: 'ENTER_AADHAAR_OTP' }] },
      { ...DIGIKHATA, habits: [{ kind: 'signals', place: 'ENTER_PAN' }] },
    ),
  },
]

/** As often as the activity tries, and once more. */
function panNeverAnswered(): NonNullable<Wishes['eko']> {
  return Array.from({ length: 5 }, () => ({ kind: 'dropBeforeCommit', operation: 'validatePan' }) as const)
}

export const BROKEN_BUILDS: readonly BrokenBuild[] = [...BROKEN_JOURNEY_BUILDS, ...BROKEN_MONEY_BUILDS]
