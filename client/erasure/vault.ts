import { notConfigured, OnboardingError } from '../errors.js'
import type { Wire } from '../wire.js'

/**
 * An erasure that does not know of the vault would pass it by, and report that all is gone. So production must say.
 * @throws OnboardingError NOT_CONFIGURED
 */
export function requireStoreChosen({ settings }: Wire): void {
  if (settings.isStoreChosen || settings.environment !== 'production') return
  throw notConfigured({
    ONBOARDING_SECRET_STORE:
      'Must be chosen in production to erase, as the workers’: `inline`, or `vault`, which is then emptied (or the option `secretStore`).',
  })
}

/**
 * Deletes whatever a vault still holds for a workflow id, of which no journey may be open; inline secrets go with the
 * history.
 * @returns whether there is a vault, and it was emptied
 * @throws OnboardingError VAULT_UNAVAILABLE
 */
export async function emptyVault({ settings: { secretStore } }: Wire, workflowId: string): Promise<boolean> {
  if (secretStore === 'inline') return false
  try {
    await secretStore.deleteOf(workflowId)
    return true
  } catch (error) {
    throw new OnboardingError('VAULT_UNAVAILABLE', {
      message: 'The vault does not delete the sender’s secrets, so the histories stay too. Mend it, and erase again.',
      details: { workflowId },
      cause: error,
    })
  }
}
