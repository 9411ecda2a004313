import { judgeMoney, MONEY_INVARIANTS } from './money/invariants.js'
import type { JourneyFacts, MessageCounts, RunFacts, RunRecord } from './facts.js'
import { ledgerOf, type OwnLedger } from './own-ledger.js'
import { askedSms, callsAsked, distinct, newerDispatch, SMS_PURPOSES, type Violations } from './asked.js'
import { aadhaarVerifyPerCode } from './aadhaar-verifies.js'

/** The judge of a run: pure. What each journey says, and what was asked of it, beside what truly happened. */

/** What must hold of journeys whatever happens. The key is the name in the table. */
const JOURNEY_INVARIANTS = {
  END_AGREES: 'every journey ends in a state that the ledger agrees with',
  NO_FALSE_SUCCESS: 'no success that Eko’s truth denies',
  SMS_WITHIN_QUOTA: 'SMS per sender within the quota',
  SMS_ASKED_FOR: 'no SMS that nobody asked for',
  AADHAAR_VERIFY_PER_CODE: 'Aadhaar verify calls per code never above the user’s submissions',
  NO_REPEAT_AFTER_UNKNOWN: 'no call repeated after an unknown outcome except where the policy allows',
  ONE_LIVE_CHALLENGE: 'never two live challenges',
  NOT_STUCK: 'no journey stuck without PARKED or NEEDS_ATTENTION',
  NO_MESSAGE_LOST: 'no message lost',
} as const
type JourneyInvariant = keyof typeof JOURNEY_INVARIANTS

/** What must hold whatever happens. */
export const INVARIANTS = { ...JOURNEY_INVARIANTS, ...MONEY_INVARIANTS } as const
export type Invariant = keyof typeof INVARIANTS

export interface Violation {
  readonly invariant: Invariant
  readonly journey: string
  readonly what: string
}

const DAY_MS = 86_400_000

type Check = (journey: JourneyFacts, ledger: OwnLedger) => Violations

const CHECKS: Readonly<Record<JourneyInvariant, Check>> = {
  END_AGREES: endAgrees,
  NO_FALSE_SUCCESS: noFalseSuccess,
  SMS_WITHIN_QUOTA: smsWithinQuota,
  SMS_ASKED_FOR: smsAskedFor,
  AADHAAR_VERIFY_PER_CODE: aadhaarVerifyPerCode,
  NO_REPEAT_AFTER_UNKNOWN: noRepeatAfterUnknown,
  ONE_LIVE_CHALLENGE: oneLiveChallenge,
  NOT_STUCK: notStuck,
  NO_MESSAGE_LOST: noMessageLost,
}

/** Every violation of a run. */
export function judgeRun({ journeys, transfers, books, ledgers }: RunFacts): Violation[] {
  const ofJourneys = journeys.flatMap((journey) => {
    const ledger = ledgerOf(journey, ledgers[journey.dialect])
    return (Object.keys(CHECKS) as JourneyInvariant[]).flatMap((invariant) =>
      CHECKS[invariant](journey, ledger).map((what) => ({ invariant, journey: journey.label, what })),
    )
  })
  return [...ofJourneys, ...judgeMoney({ transfers, books }, ledgers)]
}

function endAgrees({ end, unseen, acts, stage }: JourneyFacts, ledger: OwnLedger): Violations {
  if (!end) return [`the journey could not be looked at: ${unseen ?? 'no reason'}`]
  const knowsOfPan = end.story.includes('call:validatePan ONBOARDED')
  const wrongReceipts = (purpose: string): number =>
    distinct(acts.filter((act) => act.purpose === purpose && act.outcome === 'WRONG_CODE')).length
  return [
    ...(knowsOfPan && end.state !== 'COMPLETED' ? [`Eko took the PAN, and the journey ended as ${end.state}`] : []),
    ...(end.state === 'EXPIRED' ? ['the journey expired, and nobody was that slow'] : []),
    ...(stage !== 'ACTIVE' && end.capability === 'full' ? [`full capability, and Eko’s truth is ${stage}`] : []),
    ...SMS_PURPOSES.flatMap((purpose) => {
      const refused = ledger.wrongCodes.filter((entry) => entry.purpose === purpose).length
      const sent = ledger.smsByCall(purpose, end).length
      return [
        ...(wrongReceipts(purpose) > refused
          ? [`${wrongReceipts(purpose)} ${purpose} codes were called wrong, Eko refused ${refused}`]
          : []),
        ...(sent > end.sent[purpose] ? [`${sent} ${purpose} SMS, the journey counts ${end.sent[purpose]}`] : []),
      ]
    }),
    ...repeated(ledger.kycSteps).map((step) => `KYC step ${step} was done twice`),
  ]
}

function noFalseSuccess({ end, stage, acts }: JourneyFacts, ledger: OwnLedger): Violations {
  if (!end) return []
  const done = ledger.kycSteps
  const codeUsed = ledger.codesConsumed.some(({ purpose }) => purpose === 'SENDER')
  const isTrue = (step: string): boolean => (step === 'MOBILE_VERIFIED' ? codeUsed : done.includes(step))
  const claimed = distinct(acts.filter(({ outcome }) => outcome === 'OTP_SENT')).length
  return [
    ...(end.state === 'COMPLETED' && stage !== 'ACTIVE' ? [`COMPLETED, and Eko’s truth is ${stage}`] : []),
    ...(end.capability === 'full' && !done.includes('PAN_VERIFIED') ? ['full, and no PAN was ever verified'] : []),
    ...end.steps.filter((step) => !isTrue(step)).map((step) => `claims ${step}, the ledger has no such step`),
    ...(claimed > ledger.sms.length
      ? [`${claimed} codes are said to be sent, the ledger has ${ledger.sms.length}`]
      : []),
  ]
}

function smsWithinQuota({ quota }: JourneyFacts, ledger: OwnLedger): Violations {
  const { sendsPerWindow, sendWindowSeconds, sendsPerDay } = quota
  const spans = [
    { span: 'the window', ms: sendWindowSeconds * 1_000, allowed: sendsPerWindow },
    { span: 'a day', ms: DAY_MS, allowed: sendsPerDay },
  ]
  return SMS_PURPOSES.flatMap((purpose) => {
    // Over all runs: to cancel and start again gives no new quota.
    const times = ledger.smsByCall(purpose).map(({ at }) => Date.parse(at))
    return spans.flatMap(({ span, ms, allowed }) => {
      const within = (from: number): number => times.filter((at) => at >= from && at < from + ms).length
      const most = Math.max(0, ...times.map(within))
      return most > allowed ? [`${most} ${purpose} SMS within ${span}, ${allowed} are allowed`] : []
    })
  })
}

function smsAskedFor(journey: JourneyFacts, ledger: OwnLedger): Violations {
  const asked = askedSms(journey, ledger)
  return SMS_PURPOSES.flatMap((purpose) => {
    const sent = ledger.smsByCall(purpose).length
    return sent > asked[purpose] ? [`${sent} ${purpose} SMS were sent, ${asked[purpose]} were asked for`] : []
  })
}

function noRepeatAfterUnknown(journey: JourneyFacts, ledger: OwnLedger): Violations {
  return [
    ...ledger.repeatedAttempts().map((name) => `${name} was sent again by another attempt of the same call`),
    ...callsAsked(journey, ledger).map(
      ({ operation, calls, asked }) => `${calls} calls of ${operation} may have been executed, ${asked} were asked for`,
    ),
  ]
}

function oneLiveChallenge({ acts }: JourneyFacts, ledger: OwnLedger): Violations {
  return [
    ...distinct(acts.filter(({ typed, outcome }) => typed === 'late' && outcome !== null)).map(
      ({ outcome }) => `a code for an old challenge was taken: ${outcome}`,
    ),
    ...ledger.calls
      .filter((call) => call.otpRefId !== undefined && newerDispatch(ledger, call) !== undefined)
      .map((call) => `${call.operation} presented a reference although a newer code had been asked for`),
  ]
}

function notStuck({ end }: JourneyFacts): Violations {
  if (!end) return ['the journey never began, or nobody answers for it']
  const mayWait = ['CLOSED', 'PARKED', 'NEEDS_ATTENTION'].includes(end.status)
  return mayWait
    ? []
    : [`${end.status} in ${end.state} when the run was over; its story ends: ${end.story.slice(-3).join(', ')}`]
}

function noMessageLost({ acts, runs, end }: JourneyFacts): Violations {
  const open = runs.flatMap(({ accepted, completed }) => accepted.filter((id) => !completed.includes(id)))
  const ids = new Set(acts.map(({ submissionId }) => submissionId))
  return [
    ...(end?.messages ? miscounted(end.messages, end.status, runs.at(-1)) : []),
    ...open.map((id) => `the update ${id} was accepted and never answered`),
    ...[...ids].flatMap((id) => {
      const same = acts.filter(({ submissionId }) => submissionId === id)
      const answers = [...new Set(same.flatMap(({ outcome }) => outcome ?? []))]
      return [
        ...same
          .filter(({ outcome, refusal }) => outcome === null && refusal === null)
          .map(({ message, via }) => `nobody ever learned what became of ${message} (${via})`),
        ...(answers.length > 1 ? [`one submission was answered differently: ${answers.join(', ')}`] : []),
      ]
    }),
  ]
}

/** The journey's own book: what came in is what was taken, refused or repeated, and nothing came that it missed. */
function miscounted(counts: MessageCounts, status: string, lastRun: RunRecord | undefined): string[] {
  const { received, taken, refused, repeated: again } = counts
  const settled = taken + refused + again
  const messages = (lastRun?.accepted ?? []).filter((id) => !id.startsWith('open:'))
  const arrived = messages.length + (lastRun?.signals.length ?? 0)
  return [
    ...(status === 'CLOSED' && settled !== received
      ? [`the journey received ${received} messages, and says what became of ${settled}`]
      : []),
    ...(arrived > received ? [`${arrived} messages stand in the history, the journey received ${received}`] : []),
  ]
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))]
}
