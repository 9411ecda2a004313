import type { Logger } from '@temporalio/common'
import type { TenantRegistry } from '../activities/tenants.js'
import {
  createFileVault,
  createInlineStore,
  createOpener,
  createSealer,
  createVaultStore,
  type FileVault,
  isSealingNow,
  journeyItOutlives,
  type KeySet,
  type KeySource,
  NoSealingKeyError,
  publicHalf,
  type SecretStore,
  stateOf,
  type Vault,
} from '../secrets/index.js'
import type { WorkerConfig } from './config.js'

/** How often the file-backed vault is looked through for what is over. */
const SWEEP_MS = 600_000

export interface WorkerSecrets {
  readonly store: SecretStore
  close(): Promise<void>
}

type StoreConfig = Pick<WorkerConfig, 'secretStore' | 'vaultFolder' | 'vaultSeconds'>

/** What keeps a worker from using the store that it is configured for; each begins with the setting's name. */
export function storeProblems({ secretStore, vaultFolder }: StoreConfig, vault: Vault | undefined): string[] {
  if (secretStore === 'inline') {
    const unused = vault ? 'a vault was given to the worker' : vaultFolder && 'ONBOARDING_VAULT_FOLDER is set'
    return unused ? [`ONBOARDING_SECRET_STORE: is inline, but ${unused}; set it to vault, or leave the vault out`] : []
  }
  if (vault || vaultFolder !== undefined) return []
  return ['ONBOARDING_VAULT_FOLDER: must be set where ONBOARDING_SECRET_STORE is vault']
}

/** The store that the configuration names. Sealing keys are read anew when they change; a file vault is kept swept. */
export async function openSecretStore(
  config: StoreConfig,
  keys: KeySource,
  { vault: given, logger }: { readonly vault: Vault | undefined; readonly logger: Logger },
): Promise<WorkerSecrets> {
  const sealer = createSealer(publicHalf(keys))
  const waits = waitsForKey(await keys(), Date.now())
  if (waits !== null) logger.warn(waits)
  const opener = createOpener(keys)
  if (config.secretStore === 'inline')
    return { store: createInlineStore(sealer, opener), close: () => Promise.resolve() }
  if (given) return { store: createVaultStore(given, config.vaultSeconds, opener), close: () => Promise.resolve() }
  const vault = createFileVault({ folder: config.vaultFolder ?? '', sealer, opener })
  await vault.check().catch((error: unknown) => {
    // The folder is in order then; it is checked again before each call.
    if (waits === null || !(error instanceof NoSealingKeyError)) throw error
  })
  const stop = keepSwept(vault, logger)
  return { store: createVaultStore(vault, config.vaultSeconds, opener), close: stop }
}

function keepSwept(vault: FileVault, logger: Logger): () => Promise<void> {
  const sweep = (): Promise<void> =>
    vault.sweep().then(
      (deleted) => {
        if (deleted > 0) logger.info('Secrets whose time was over were deleted from the vault', { deleted })
      },
      (error: NodeJS.ErrnoException) => {
        logger.error('The vault could not be swept; secrets whose time is over are still there', {
          error: error.code ?? error.name,
        })
      },
    )
  let last = sweep()
  const timer = setInterval(() => {
    last = sweep()
  }, SWEEP_MS)
  return async () => {
    clearInterval(timer)
    await last
  }
}

/** What is wrong with the times of sealing keys, for a production worker; none of it stops a journey under way. */
export function windowProblems({ keys }: KeySet, nowMs: number): string[] {
  const endless = keys.filter((key) => journeyItOutlives(key) === null).map(({ kid = '' }) => kid)
  if (endless.length > 0) {
    return [
      `the sealing key ${endless.join(', ')} has no end, so it would never be destroyed. Run: onboard keys rotate`,
    ]
  }
  if (keys.some((key) => ['sealing', 'coming'].includes(stateOf(key, nowMs)))) return []
  return ['the time of all sealing keys is over. Run: onboard keys rotate']
}

/** What to say of a set of which no key is sealed to yet, but one will be; null of any other. */
export function waitsForKey({ keys }: KeySet, nowMs: number): string | null {
  const coming = keys.filter((key) => stateOf(key, nowMs) === 'coming')
  if (coming.length === 0 || keys.some((key) => isSealingNow(key, nowMs))) return null
  const from = Math.min(...coming.map(({ nbf = 0 }) => nbf)) * 1_000
  return `No sealing key may be sealed to before ${new Date(from).toISOString()}: until then calls whose answers hold secrets wait. At once: onboard keys rotate --now --lead 0`
}

/** Tenants whose journeys may take longer than the newest key is kept for them. */
export async function outlivedBy(tenants: TenantRegistry, { keys }: KeySet): Promise<string[]> {
  const [newest] = keys
  const longest = newest && journeyItOutlives(newest)
  if (longest == null) return []
  const found: string[] = []
  for (const name of tenants.names()) {
    const most = (await tenants.find(name))?.ranges.journeySeconds[1] ?? 0
    if (most > longest)
      found.push(
        `tenant "${name}": journeys may take ${most} s, but sealing keys are destroyed after the sealing and ${longest} s. Rotate with --longest-journey ${most}`,
      )
  }
  return found
}
