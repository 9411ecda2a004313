import {
  createFileVault,
  createSealer,
  KeyFileError,
  type KeySource,
  publicKeySource,
  readCodecKeys,
  readIdKey,
  SECRET_STORE_MODES,
  type SecretStoreMode,
  type Vault,
} from '../secrets/index.js'
import type { Strictness } from '../values/index.js'
import { fileEvidenceStore } from './erasure/file-store.js'
import { readRetention } from './erasure/retention.js'
import { notConfigured } from './errors.js'
import { CLIENT_ENVIRONMENTS, type ClientEnvironment, type OnboardingClientOptions } from './options.js'

/** The settings of a client. Temporal's own (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, …) are read by its envconfig. */
export const CLIENT_SETTINGS = {
  ONBOARDING_TENANT: 'The tenant that the client serves.',
  ONBOARDING_ID_KEY_FILE: 'File with the id key: base64 of 32 random bytes, readable by its owner only.',
  ONBOARDING_SEALING_PUBLIC_KEYS_FILE:
    'File with the workers’ public sealing keys: a JWK set. Read anew when it changes.',
  ONBOARDING_SECRET_STORE:
    '`inline` or `vault`, as the workers’: where secrets are put, and from where an erasure deletes them. Must be chosen in production by a client that has sealing keys or erases; elsewhere `inline`.',
  ONBOARDING_VAULT_FOLDER: 'The folder of the file-backed vault, the same as the workers’. Needed with `vault`.',
  ONBOARDING_VAULT_SECONDS: 'How long a vault keeps a secret at most, as the workers’; default 604800.',
  ONBOARDING_CODEC_KEYS_FILE:
    'File with the payload codec’s keys: a JWK set, readable by its owner only, the same as the workers’. Needed in production.',
  ONBOARDING_ENVIRONMENT:
    '`production` (default), `uat` or `sandbox`, as the workers’. In production a client without codec keys is refused.',
  ONBOARDING_TASK_QUEUE: 'Task queue of the workers; default `sender-onboarding`.',
  ONBOARDING_EVIDENCE_FOLDER:
    'Folder where evidence of erased journeys is kept, for its owner only; made where there is none. Needed to erase.',
  ONBOARDING_RETENTION_FILE:
    'JSON file: how long each kind of data is kept, and on what legal basis. Needed to erase what is due.',
  ONBOARDING_STRICTNESS: '`strict` (default) or `format`: how Aadhaar numbers and PANs are checked.',
} as const
export type ClientSetting = keyof typeof CLIENT_SETTINGS

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The options of a client from environment variables. Keys are left out where no file is named.
 * @throws OnboardingError NOT_CONFIGURED with every setting that is wrong.
 */
export async function optionsFromEnvironment(env: Environment = process.env): Promise<OnboardingClientOptions> {
  const problems: Record<string, string> = {}
  const setting = (name: ClientSetting): string | undefined => env[name]?.trim() || undefined
  const keyFile = async <T>(name: ClientSetting, read: (path: string) => Promise<T>): Promise<T | undefined> => {
    const path = setting(name)
    if (!path) return undefined
    try {
      return await read(path)
    } catch (error) {
      if (!(error instanceof KeyFileError)) throw error
      problems[name] = error.message
      return undefined
    }
  }
  const tenant = setting('ONBOARDING_TENANT')
  if (!tenant) problems['ONBOARDING_TENANT'] = 'Is not set. Name the tenant that this client serves.'
  const strictness = setting('ONBOARDING_STRICTNESS') ?? 'strict'
  if (!isStrictness(strictness)) problems['ONBOARDING_STRICTNESS'] = 'Must be `strict` or `format`.'
  const environment = setting('ONBOARDING_ENVIRONMENT') ?? 'production'
  if (!isEnvironment(environment))
    problems['ONBOARDING_ENVIRONMENT'] = `Must be one of ${CLIENT_ENVIRONMENTS.join(', ')}.`
  const idKey = await keyFile('ONBOARDING_ID_KEY_FILE', readIdKey)
  const sealingKeys = await keyFile('ONBOARDING_SEALING_PUBLIC_KEYS_FILE', async (path) => {
    const source = publicKeySource(path)
    await source()
    return source
  })
  const store = storeSettings(setting, problems)
  const codecKeys = await keyFile('ONBOARDING_CODEC_KEYS_FILE', (path) => readCodecKeys(path, idKey ?? null))
  if (!tenant || !isStrictness(strictness) || !isEnvironment(environment) || Object.keys(problems).length > 0)
    throw notConfigured(problems)
  const taskQueue = setting('ONBOARDING_TASK_QUEUE')
  const evidenceFolder = setting('ONBOARDING_EVIDENCE_FOLDER')
  const retentionFile = setting('ONBOARDING_RETENTION_FILE')
  return {
    tenant,
    strictness,
    environment,
    ...(taskQueue ? { taskQueue } : {}),
    ...(idKey ? { idKey } : {}),
    ...(sealingKeys ? { sealingKeys } : {}),
    ...storeOptions(store, sealingKeys),
    ...(codecKeys ? { codecKeys } : {}),
    ...(evidenceFolder ? { evidence: fileEvidenceStore(evidenceFolder) } : {}),
    ...(retentionFile ? { retention: await readRetention(retentionFile) } : {}),
  }
}

interface StoreSettings {
  readonly mode: SecretStoreMode | undefined
  readonly folder: string | undefined
  readonly seconds: number | undefined
}

function storeSettings(
  setting: (name: ClientSetting) => string | undefined,
  problems: Record<string, string>,
): StoreSettings {
  const named = setting('ONBOARDING_SECRET_STORE')
  const mode = SECRET_STORE_MODES.find((known) => known === named)
  const folder = setting('ONBOARDING_VAULT_FOLDER')
  const seconds = setting('ONBOARDING_VAULT_SECONDS')
  if (named !== undefined && !mode)
    problems['ONBOARDING_SECRET_STORE'] = `Must be one of ${SECRET_STORE_MODES.join(', ')}.`
  if (mode === 'vault' && folder === undefined)
    problems['ONBOARDING_VAULT_FOLDER'] = 'Must be set where ONBOARDING_SECRET_STORE is `vault`.'
  if (mode !== 'vault' && folder !== undefined) {
    problems['ONBOARDING_SECRET_STORE'] ??=
      'Is not `vault`, but ONBOARDING_VAULT_FOLDER is set. Set it to vault, or leave the folder out.'
  }
  if (seconds !== undefined && !/^\d{1,8}$/.test(seconds))
    problems['ONBOARDING_VAULT_SECONDS'] = 'Must be a whole number of seconds.'
  return { mode, folder, seconds: seconds === undefined ? undefined : Number(seconds) }
}

function storeOptions(
  { mode, folder, seconds }: StoreSettings,
  keys: KeySource | undefined,
): { secretStore?: 'inline' | Vault; vaultSeconds?: number } {
  if (mode === 'inline') return { secretStore: mode }
  if (mode === undefined || folder === undefined) return {}
  // Without sealing keys it can only delete: what a client needs that erases and sends nothing.
  const secretStore = createFileVault({ folder, ...(keys && { sealer: createSealer(keys) }) })
  return { secretStore, ...(seconds !== undefined && { vaultSeconds: seconds }) }
}

function isStrictness(text: string): text is Strictness {
  return text === 'strict' || text === 'format'
}

function isEnvironment(text: string): text is ClientEnvironment {
  return CLIENT_ENVIRONMENTS.some((known) => known === text)
}
