import type { DispatchPlace } from '../calls.js'
import type { Core, PurposeOf, SharedRequest } from './core.js'

const DAY_MS = 86_400_000

/** What a dispatch counts against over all journeys, and as what: the same numbers as within the journey. */
export function countedBy({ plan }: Core, place: DispatchPlace): Pick<SharedRequest, 'quota' | 'place'> {
  if (!plan) return {}
  const { sendsPerWindow, sendWindowSeconds, sendsPerDay } = plan.policy
  return { quota: { perWindow: sendsPerWindow, windowSeconds: sendWindowSeconds, perDay: sendsPerDay }, place }
}

/** When a code of this kind may be sent again, and how many are left for 24 hours. */
export function resendWindow<J extends Core>(
  journey: J,
  purpose: PurposeOf<J>,
  now: number,
): { at: number; left: number; limited: boolean } {
  const core: Core = journey
  const policy = core.plan?.policy
  const sends = core.sends[purpose] ?? []
  if (!policy) return { at: now, left: 0, limited: false }
  const cooldown = (sends.at(-1) ?? -Infinity) + policy.resendCooldownSeconds * 1000
  const quota = Math.max(
    core.limitedUntil[purpose] ?? 0,
    freeAt(sends, policy.sendsPerWindow, policy.sendWindowSeconds * 1000),
    freeAt(sends, policy.sendsPerDay, DAY_MS),
  )
  const left = Math.max(0, policy.sendsPerDay - sends.filter((at) => at > now - DAY_MS).length)
  return { at: Math.max(cooldown, quota, 0), left, limited: quota > Math.max(now, cooldown) }
}

/** When one more fits: the moment the oldest of the last `limit` leaves the window. */
function freeAt(sends: readonly number[], limit: number, windowMs: number): number {
  const blocking = sends.at(-limit)
  return blocking === undefined ? -Infinity : blocking + windowMs
}
