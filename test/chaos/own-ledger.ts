import type { CallEntry, LedgerJson, SmsEntry } from '../../sandbox/index.js'
import type { JourneyEnd, JourneyFacts, Purpose } from './facts.js'

/** A `client_ref_id` begins with its run: ten characters of the journey, four of the run. */
export const RUN_PREFIX = 14
/** Then three for the call; the rest is the attempt's. */
export const CALL_PREFIX = 17

/** The part of a ledger that belongs to one sender, with what the judge asks of it. */
export interface OwnLedger {
  /** Oldest first. Of a request that was delivered twice on the way, only the first. */
  readonly calls: readonly CallEntry[]
  readonly sms: readonly SmsEntry[]
  readonly codesConsumed: LedgerJson['codesConsumed']
  readonly wrongCodes: LedgerJson['wrongCodes']
  readonly kycSteps: readonly string[]
  /** SMS of a purpose, one for each call; with `end`, those of the last run only. */
  smsByCall(purpose: Purpose, end?: JourneyEnd): readonly SmsEntry[]
  /** Operations that must not be repeated and were, by attempts of one and the same call. */
  repeatedAttempts(): readonly string[]
}

/** What may be repeated: reads, and the PAN, whose repetition changes nothing (see the operations' tables). */
const REPEATABLE: readonly (string | null)[] = ['consentLanguages', 'consentDetails', 'validatePan']

export function ledgerOf({ rail, mobile, runs }: JourneyFacts, ledger: LedgerJson): OwnLedger {
  const own = <T extends { rail: string | null; mobile: string | null }>(list: readonly T[]): T[] =>
    list.filter((entry) => entry.rail === rail && entry.mobile === mobile)
  const calls = withoutTwins(own(ledger.calls))
  const sms = ledger.sms.filter((entry) => entry.rail === rail && entry.sender === mobile)
  const smsByCall = sms.filter(
    ({ clientRefId }, index) =>
      clientRefId === null || sms.findIndex((other) => other.clientRefId === clientRefId) === index,
  )
  const runOf = ({ clientRefId }: SmsEntry | CallEntry): string => (clientRefId ?? '').slice(0, RUN_PREFIX)
  const prefixes = [...new Set(calls.map(runOf))].filter((prefix) => prefix !== '')
  // A run without a prefix made no call at all: that can only be the last one.
  const lastRun = prefixes.length < runs.length ? undefined : prefixes.at(-1)
  return {
    calls,
    sms,
    codesConsumed: own(ledger.codesConsumed),
    wrongCodes: own(ledger.wrongCodes),
    kycSteps: own(ledger.kycSteps).map(({ step }) => step),
    smsByCall: (purpose, end) =>
      smsByCall.filter((entry) => entry.purpose === purpose && (!end || runOf(entry) === lastRun)),
    repeatedAttempts() {
      const seen = new Set<string>()
      return calls.flatMap((call) => {
        if (isSurelyNotExecuted(call) || REPEATABLE.includes(call.operation) || call.clientRefId === null) return []
        const key = call.clientRefId.slice(0, CALL_PREFIX)
        const again = seen.has(key)
        seen.add(key)
        return again ? [call.operation ?? '?'] : []
      })
    },
  }
}

/** A request that something on the way delivered twice stands twice in the ledger; the product sent it once. */
function withoutTwins(calls: readonly CallEntry[]): CallEntry[] {
  return calls.filter(
    (call, index) =>
      call.fault !== 'duplicateDelivery' ||
      calls.findIndex((other) => other.fault === call.fault && other.clientRefId === call.clientRefId) === index,
  )
}

/** HTTP statuses that say that nothing was executed. 429 and 5xx say nothing about it. */
const REFUSED_BEFORE = [401, 403, 404, 405, 413, 415]

/** Whether whoever called knows that nothing was executed, so that it may be sent again. */
export function isSurelyNotExecuted({ answered, http, fault }: CallEntry): boolean {
  return answered && (REFUSED_BEFORE.includes(http ?? 0) || fault === 'busy')
}
