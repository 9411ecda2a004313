import { sign } from '../../../activities/eko/signature.js'
import type { Check } from './check.js'

/** Eko's published example (eps.eko.in, "How authentication works"): a key that is nobody's. */
const GOLDEN = {
  accessKey: 'test-access-key-123',
  timestamp: '1700000000000',
  secretKey: '88lqTf9ew69XbVbeczjxVL8/B4vibfp1MvTi1mIj2Xo=',
} as const

/** Eko refuses timestamps that are further off than this. */
const EKO_TOLERANCE_MS = 120_000
/** Workers correct smaller differences by themselves; larger ones are worth mending. */
const NOTABLE_MS = 5_000
const REACH_WITHIN_MS = 10_000

export function checkSignature(): Check {
  const name = 'Signature'
  return sign(GOLDEN.accessKey, GOLDEN.timestamp) === GOLDEN.secretKey
    ? { name, verdict: 'ok', found: 'the published example comes out' }
    : { name, verdict: 'fail', found: 'the published example does not come out', advice: 'Reinstall this package.' }
}

/** Whether the base URL answers at all, and what its clock says. No credentials are sent, so that a 401 is fine. */
export async function checkEko(url: string | undefined): Promise<Check[]> {
  if (!url) {
    const found = 'not asked: give --eko-url or ONBOARDING_EKO_BASE_URL'
    return [
      { name: 'Eko', verdict: 'skip', found },
      { name: 'Clock, Eko', verdict: 'skip', found },
    ]
  }
  const sentAt = Date.now()
  try {
    const signal = AbortSignal.timeout(REACH_WITHIN_MS)
    const response = await fetch(url, { method: 'GET', redirect: 'manual', signal })
    await response.body?.cancel()
    const reachable: Check = { name: 'Eko', verdict: 'ok', found: `answers (HTTP ${response.status})` }
    return [reachable, compareClock(response.headers.get('date'), sentAt, Date.now())]
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
    const found = `${error instanceof Error ? error.message : String(error)}${cause}`
    const advice = 'Check the URL, DNS, proxy and firewall. Production also wants your IP address allow-listed by Eko.'
    return [
      { name: 'Eko', verdict: 'fail', found, advice },
      { name: 'Clock, Eko', verdict: 'skip', found: 'Eko did not answer' },
    ]
  }
}

/** The header has whole seconds and was written somewhere between `sentAt` and `answeredAt`. */
export function compareClock(header: string | null, sentAt: number, answeredAt: number): Check {
  const name = 'Clock, Eko'
  const theirs = header ? Date.parse(header) : Number.NaN
  if (Number.isNaN(theirs)) return { name, verdict: 'skip', found: 'the answer has no Date header' }
  const ahead = theirs > answeredAt ? theirs - answeredAt : 0
  const behind = theirs + 1_000 < sentAt ? sentAt - theirs - 1_000 : 0
  const skew = Math.max(ahead, behind)
  const found = `this clock is ${(skew / 1_000).toFixed(1)} s ${ahead > 0 ? 'behind' : 'ahead'}`
  const advice = 'Synchronise the clock (NTP): Eko refuses timestamps that are 2 minutes off.'
  if (skew >= EKO_TOLERANCE_MS) return { name, verdict: 'fail', found, advice }
  if (skew >= NOTABLE_MS) return { name, verdict: 'warn', found, advice }
  return { name, verdict: 'ok', found: skew === 0 ? 'within a second' : found }
}
