import type { CallEntry, OperationName } from '../../sandbox/index.js'
import type { Act, JourneyFacts, Purpose } from './facts.js'
import { isSurelyNotExecuted, type OwnLedger } from './own-ledger.js'

/** What people asked for, as the measure of what Eko may have been asked. */

export type Violations = readonly string[]
export const SMS_PURPOSES = ['SENDER', 'AADHAAR'] as const satisfies readonly Purpose[]

/** One act for each submission: the last one, which knows most. */
export function distinct(acts: readonly Act[]): Act[] {
  return acts.filter(
    ({ submissionId }, index) => acts.findLastIndex((other) => other.submissionId === submissionId) === index,
  )
}

/** Submissions that were taken, or of which nobody knows. */
function taken(acts: readonly Act[], message: Act['message'], purpose?: Purpose): number {
  const some = acts.filter(
    (act) => act.message === message && act.refusal === null && (purpose === undefined || act.purpose === purpose),
  )
  return distinct(some).length
}

/** Calls of an operation that may have been executed, as far as who called can know. */
export function maybeExecuted(calls: readonly CallEntry[], operation: OperationName): CallEntry[] {
  return calls.filter((call) => call.operation === operation && !isSurelyNotExecuted(call))
}

/** What Eko answers where it does not know the sender; and Levin, under type 1388, where it refuses the wallet token. */
const REFUSED_463 = 463
const LEVIN_TYPE = 1388

/**
 * Calls of Levin that were refused because the wallet token was not good any more: the journey has the sender prove the
 * mobile again, once a step, which costs an SMS.
 */
function walletRefusals({ calls }: OwnLedger): number {
  return calls.filter(
    ({ responseStatusId, responseTypeId, fault }) =>
      (responseStatusId === REFUSED_463 && responseTypeId === LEVIN_TYPE) ||
      // A token that was dead when it was given is not even presented.
      (fault === 'walletTokenExpired' && responseStatusId !== REFUSED_463),
  ).length
}

/** Answers of Eko that say that it does not know the sender: the journey looks again and enrols. */
function unknownSender({ calls }: OwnLedger): number {
  return calls.filter(({ status }) => status === REFUSED_463).length
}

/** How many SMS people asked for, at most. A start asks for one, whether the sender is known or is enrolled. */
export function askedSms({ acts, starts }: JourneyFacts, ledger: OwnLedger): Record<Purpose, number> {
  return {
    SENDER:
      starts +
      taken(acts, 'enterSenderDetails') +
      taken(acts, 'resendOtp', 'SENDER') +
      taken(acts, 'reenter') +
      walletRefusals(ledger),
    AADHAAR: taken(acts, 'enterAadhaar') + taken(acts, 'resendOtp', 'AADHAAR'),
  }
}

interface Excess {
  readonly operation: OperationName
  readonly calls: number
  readonly asked: number
}

/** Operations that must not be repeated, and were called more often than people asked for. */
export function callsAsked(journey: JourneyFacts, ledger: OwnLedger): Excess[] {
  const { acts, starts, rail } = journey
  const resends = taken(acts, 'resendOtp', 'SENDER')
  const lookUps = starts + taken(acts, 'reenter') + unknownSender(ledger)
  const answered = (operation: OperationName, ids: readonly number[] | null = null): number =>
    ledger.calls.filter(
      (call) => call.operation === operation && call.answered && (ids === null || ids.includes(call.status ?? -1)),
    ).length
  const asked: Readonly<Partial<Record<OperationName, number>>> = {
    getSender:
      lookUps + (rail === 'levin' ? resends + walletRefusals(ledger) + answered('onboardSender', [17, 300]) : 0),
    onboardSender: answered('getSender', [308, 463]) + taken(acts, 'enterSenderDetails'),
    generateSenderOtp: resends + answered('onboardSender') + answered('getSender', [0]),
    verifySenderOtp: taken(acts, 'enterSenderOtp'),
    generateAadhaarOtp: taken(acts, 'enterAadhaar') + taken(acts, 'resendOtp', 'AADHAAR'),
    verifyAadhaarOtp: taken(acts, 'enterAadhaarOtp'),
  }
  return (Object.entries(asked) as [OperationName, number][])
    .map(([operation, most]) => ({ operation, calls: maybeExecuted(ledger.calls, operation).length, asked: most }))
    .filter(({ calls, asked: most }) => calls > most)
}

const DISPATCHES: Readonly<Record<Purpose, readonly (string | null)[]>> = {
  SENDER: ['getSender', 'onboardSender', 'generateSenderOtp'],
  AADHAAR: ['generateAadhaarOtp'],
}

/** A dispatch of the same kind of code after the one whose reference this call presents, and before the call. */
export function newerDispatch({ calls, sms }: OwnLedger, call: CallEntry): CallEntry | undefined {
  const own = sms.find(({ otpRefId }) => otpRefId === call.otpRefId)
  const sent = own && calls.find(({ clientRefId }) => clientRefId !== null && clientRefId === own.clientRefId)
  if (!own || !sent || own.purpose === 'TRANSACTION') return undefined
  return calls.find(
    (other) =>
      DISPATCHES[own.purpose as Purpose].includes(other.operation) &&
      other.seq > sent.seq &&
      other.seq < call.seq &&
      !isSurelyNotExecuted(other) &&
      (!other.answered || sms.some(({ clientRefId }) => clientRefId === other.clientRefId)) &&
      other.clientRefId !== sent.clientRefId,
  )
}
