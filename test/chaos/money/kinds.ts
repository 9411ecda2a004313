import type { FaultSpec, OperationName } from '../../../sandbox/index.js'
import type { ProcessKind } from '../kinds.js'
import type { Rng } from '../rng.js'

/** Everything that a chaos run injects into transfers, by name; each a line of the table at its end. */

/** What happens to processes, while Eko has debited and nobody has recorded it. */
export const MONEY_PROCESS_KINDS = {
  debitWorkerKill: 'transfer: kill -9 of a worker between Eko’s debit and its record',
  debitWorkerStop: 'transfer: SIGSTOP of a worker between Eko’s debit and its record',
  debitServerKill: 'transfer: kill -9 of the Temporal server between Eko’s debit and its record',
  otpWorkerKill: 'transfer: kill -9 of a worker while the transaction OTP is sent',
} as const
export type MoneyProcessKind = keyof typeof MONEY_PROCESS_KINDS

/** What Eko, or the way to it, does. */
export const MONEY_EKO_KINDS = {
  lateCommit: 'transfer: debited only after the inquiry said "not found"',
  debitNotMade: 'transfer: connection dropped before the debit',
  debitAnswerLost: 'transfer: connection dropped after the debit',
  debitDelayed: 'transfer: debit past the timeout',
  debitGarbled: 'transfer: debit answered by an HTML page, half a body, 204 or 5xx',
  debitUnknownType: 'transfer: debit answered by a response_type_id that nobody documents',
  debitTwiceOnTheWay: 'transfer: request of the debit delivered twice',
  debitTooMany: 'transfer: 429 to the debit',
  inquiryLost: 'transfer: inquiries without an answer',
  inquiryBlind: 'transfer: inquiries that do not find what there is',
  transactionOtpLost: 'transfer: answer to Send Transaction OTP lost',
  refundNotMade: 'transfer: connection dropped before the refund',
  refundAnswerLost: 'transfer: connection dropped after the refund',
} as const
export type MoneyEkoKind = keyof typeof MONEY_EKO_KINDS

/** What the person, or the service in between, does. */
export const MONEY_HABITS = {
  transferForgotten: 'transfer: the same transferId again after its history was deleted',
  transferStartedTwice: 'transfer: two concurrent starts of one transferId',
  transferStartedAgain: 'transfer: the same transferId again after its end',
  transferCodeWrong: 'transfer: a wrong transaction OTP',
  transferCodeThrice: 'transfer: the right transaction OTP submitted three times at once',
} as const
export type MoneyHabit = keyof typeof MONEY_HABITS

export const MONEY_KINDS = { ...MONEY_PROCESS_KINDS, ...MONEY_EKO_KINDS, ...MONEY_HABITS } as const
export type MoneyKind = keyof typeof MONEY_KINDS

/** Which blow, and inside which call. */
export const MONEY_BLOWS: Readonly<Record<MoneyProcessKind, { blow: ProcessKind; operation: OperationName }>> = {
  debitWorkerKill: { blow: 'workerKillInCall', operation: 'initiateTransaction' },
  debitWorkerStop: { blow: 'workerStopInCall', operation: 'initiateTransaction' },
  debitServerKill: { blow: 'serverKillInCall', operation: 'initiateTransaction' },
  otpWorkerKill: { blow: 'workerKillInCall', operation: 'sendTransactionOtp' },
}

/** Longer than the workers’ Eko timeout, ms: see `chaos-stack.ts`. */
const PAST_TIMEOUT_MS = 2_600

/** How each kind is asked of the sandbox. */
export const MONEY_FAULTS: Readonly<Record<MoneyEkoKind, (rng: Rng) => FaultSpec>> = {
  lateCommit: (rng) => ({
    ...{ fault: 'lateCommit', operation: 'initiateTransaction', afterInquiries: 1 + rng.int(2) },
    ...(rng.chance(0.5) && { ms: 1_500 }),
    ...(rng.chance(0.5) && { http: 503 }),
  }),
  debitNotMade: () => ({ fault: 'dropBeforeCommit', operation: 'initiateTransaction' }),
  debitAnswerLost: () => ({ fault: 'dropAfterCommit', operation: 'initiateTransaction' }),
  debitDelayed: () => ({ fault: 'delay', ms: PAST_TIMEOUT_MS, operation: 'initiateTransaction' }),
  debitGarbled: (rng) => {
    const operation = 'initiateTransaction'
    const executed = rng.chance(0.5)
    return rng.pick<FaultSpec>([
      { fault: 'htmlBody', http: 502, executed, operation },
      { fault: 'empty204', executed, operation },
      { fault: 'status5xx', http: 500, executed, operation },
      { fault: 'truncatedBody', operation },
    ])
  },
  debitUnknownType: () => ({ fault: 'unknownTypeId', operation: 'initiateTransaction' }),
  debitTwiceOnTheWay: (rng) => ({
    ...{ fault: 'duplicateDelivery', operation: 'initiateTransaction' },
    answer: rng.pick(['first', 'second'] as const),
  }),
  debitTooMany: () => ({ fault: 'tooMany429', operation: 'initiateTransaction' }),
  inquiryLost: () => ({ fault: 'dropBeforeCommit', operation: 'transactionInquiry', times: 3 }),
  inquiryBlind: () => ({ fault: 'inquiryNotFound', operation: 'transactionInquiry', times: 2 }),
  transactionOtpLost: () => ({ fault: 'dropAfterCommit', operation: 'sendTransactionOtp' }),
  refundNotMade: () => ({ fault: 'dropBeforeCommit', operation: 'initiateRefund' }),
  refundAnswerLost: () => ({ fault: 'dropAfterCommit', operation: 'initiateRefund' }),
}

/** Faults that only show where there is a refund. */
export const OF_REFUNDS: readonly MoneyEkoKind[] = ['refundNotMade', 'refundAnswerLost']
/** Faults that only show where a debit that was made is inquired about. */
export const OF_INQUIRIES: readonly MoneyEkoKind[] = ['inquiryLost', 'inquiryBlind']
