import { type KeySet, ROTATION_SECONDS, type SealingKey } from '../../secrets/index.js'
import type { Retention } from './retention.js'

const DAY_SECONDS = 86_400

/**
 * What keeps sealed secrets longer than the retention allows. The clock of a sealed secret is its key's: it was sealed at
 * `nbf` at the earliest, its journey may have ended right then, and it can be opened until `destroyAfter`.
 *
 * @param vaultSeconds how long a vault keeps a secret; undefined where there is none
 */
export function sealedSecretsWarnings(
  { sealedSecrets: { days } }: Retention,
  { keys }: KeySet,
  nowMs: number,
  vaultSeconds?: number,
): string[] {
  const endless = keys.filter(({ nbf, destroyAfter }) => nbf === undefined || destroyAfter === undefined)
  const late = keys.filter((key) => nowMs / 1_000 > (key.destroyAfter ?? Infinity) + ROTATION_SECONDS)
  const longest = Math.max(0, ...keys.map(openableSeconds))
  const kept = daysOf(vaultSeconds ?? 0)
  return [
    ...(endless.length > 0
      ? [
          `The sealing key ${kidsOf(endless)} has no times, so nobody knows when what is sealed to it goes. Run: onboard keys rotate`,
        ]
      : []),
    ...(late.length > 0
      ? [
          `The sealing key ${kidsOf(late)} should have been destroyed more than a day ago, and still stands in the set. Run: onboard keys rotate`,
        ]
      : []),
    ...(longest > days * DAY_SECONDS
      ? [
          `sealedSecrets.days is ${days}, but sealing keys are kept so long that a secret can be opened for up to ${daysOf(longest)} days after its journey’s end. Rotate with a shorter --longest-journey, or give sealedSecrets more days.`,
        ]
      : []),
    ...(kept > days
      ? [
          `sealedSecrets.days is ${days}, but the vault keeps a secret for up to ${kept} days. Lower ONBOARDING_VAULT_SECONDS, or give sealedSecrets more days.`,
        ]
      : []),
  ]
}

/** How long a secret can be opened at most, in seconds; 0 where the key has no times to tell. */
function openableSeconds({ nbf, destroyAfter }: SealingKey): number {
  return nbf === undefined || destroyAfter === undefined ? 0 : destroyAfter - nbf
}

function daysOf(seconds: number): number {
  return Math.ceil((seconds * 10) / DAY_SECONDS) / 10
}

function kidsOf(keys: readonly SealingKey[]): string {
  return keys.map(({ kid = '' }) => kid).join(', ')
}
