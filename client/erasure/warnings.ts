import { type KeySet, KeyFileError } from '../../secrets/index.js'
import { call, type Wire } from '../wire.js'
import type { Retention } from './retention.js'
import { sealedSecretsWarnings } from './secrets-clock.js'

/**
 * What is wrong with the clocks of a retention: what Temporal's own clock and those of the sealing keys and the vault do
 * otherwise.
 * @param asOf in ms since 1970
 * @throws OnboardingError
 */
export async function warningsOf(wire: Wire, retention: Retention, asOf: number): Promise<string[]> {
  return [...(await historyWarnings(wire, retention)), ...(await secretsWarnings(wire, retention, asOf))]
}

/** Temporal has a clock of its own, which keeps no evidence. */
async function historyWarnings(wire: Wire, { history }: Retention): Promise<string[]> {
  const { namespace } = wire
  const answer = await call(wire, { call: 'describeNamespace' }, () =>
    wire.connection.workflowService.describeNamespace({ namespace }),
  )
  const seconds = Number(answer.config?.workflowExecutionRetentionTtl?.seconds ?? 0)
  const kept = seconds / 86_400
  if (kept === 0 || history.days < kept) return []
  return [
    `The namespace ${namespace} keeps closed histories for ${kept} days, and history.days is ${history.days}: Temporal deletes them before their evidence is kept. Give the namespace a longer retention, or history.days fewer days.`,
  ]
}

async function secretsWarnings({ settings }: Wire, retention: Retention, asOf: number): Promise<string[]> {
  const { sealingKeys, secretStore, vaultSeconds } = settings
  const vault = secretStore === 'inline' ? undefined : vaultSeconds
  let set: KeySet = { keys: [] }
  const unread: string[] = []
  if (sealingKeys === null) {
    unread.push(
      'No sealing keys are named, so sealedSecrets.days was not compared with their times. Set ONBOARDING_SEALING_PUBLIC_KEYS_FILE.',
    )
  } else {
    try {
      set = typeof sealingKeys === 'function' ? await sealingKeys() : sealingKeys
    } catch (error) {
      if (!(error instanceof KeyFileError)) throw error
      unread.push(`sealedSecrets.days was not compared with the sealing keys: ${error.message}`)
    }
  }
  return [...unread, ...sealedSecretsWarnings(retention, set, asOf, vault)]
}
