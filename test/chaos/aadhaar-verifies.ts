import type { CallEntry, SmsEntry } from '../../sandbox/index.js'
import { distinct, maybeExecuted, type Violations } from './asked.js'
import type { JourneyFacts } from './facts.js'
import { CALL_PREFIX, type OwnLedger, RUN_PREFIX } from './own-ledger.js'

/**
 * No code is presented to UIDAI more often than the user entered one for its challenge. A reference whose challenge is
 * not certain is held against the challenges that no other reference belongs to.
 */
export function aadhaarVerifyPerCode({ acts }: JourneyFacts, ledger: OwnLedger): Violations {
  const entered = acts.filter(({ message }) => message === 'enterAadhaarOtp')
  const submissions = distinct(entered.filter(({ refusal }) => refusal === null))
  const calls = maybeExecuted(ledger.calls, 'verifyAadhaarOtp')
  const known = new Set(entered.flatMap(({ challengeId }) => challengeId ?? []))
  const challengeByRef = new Map(
    ledger.sms
      .filter(({ purpose }) => purpose === 'AADHAAR')
      .flatMap((sms): [string, string][] => {
        const challenge = challengeBefore(sms)
        return challenge !== null && known.has(challenge) ? [[sms.otpRefId, challenge]] : []
      }),
  )
  const paired = new Set(challengeByRef.values())
  const perChallenge = countedBy(submissions, ({ challengeId }) => challengeId)
  const mostUnpaired = Math.max(0, ...[...perChallenge].filter(([id]) => !paired.has(id)).map(([, count]) => count))
  const challengeOf = ({ otpRefId = '' }: CallEntry): string | undefined => challengeByRef.get(otpRefId)
  const certain = calls.filter((call) => challengeOf(call) !== undefined)
  const uncertain = calls.filter((call) => challengeOf(call) === undefined)
  return [
    ...(calls.length > submissions.length
      ? [`${calls.length} Aadhaar verify calls, the user submitted ${submissions.length} codes`]
      : []),
    ...[...countedBy(certain, challengeOf)]
      .map(([id, count]) => ({ id, count, submitted: perChallenge.get(id) ?? 0 }))
      .filter(({ count, submitted }) => count > submitted)
      .map(
        ({ id, count, submitted }) =>
          `${count} Aadhaar verify calls for the challenge ${id}, the user submitted ${submitted} codes for it`,
      ),
    ...[...countedBy(uncertain, ({ otpRefId }) => otpRefId).values()]
      .filter((count) => count > mostUnpaired)
      .map(
        (count) =>
          `${count} Aadhaar verify calls of one code, the user submitted at most ${mostUnpaired} that can be meant`,
      ),
  ]
}

/**
 * The id of the challenge that a journey mints right before a dispatch: the run, `c`, the number before the call's own.
 * Where the sender had to prove the mobile in between, no challenge has this id.
 */
function challengeBefore({ clientRefId }: SmsEntry): string | null {
  const sequence = Number.parseInt(clientRefId?.slice(RUN_PREFIX, CALL_PREFIX) ?? '', 36)
  if (clientRefId === null || Number.isNaN(sequence)) return null
  return `${clientRefId.slice(0, RUN_PREFIX)}c${(sequence - 1).toString(36)}`
}

function countedBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item) ?? '?', (counts.get(keyOf(item) ?? '?') ?? 0) + 1)
  return counts
}
