import { KeyFileError, readCodecKeys, readIdKey, readPublicKeys } from '../secrets/index.js'
import type { Strictness } from '../values/index.js'
import { notConfigured } from './errors.js'
import { CLIENT_ENVIRONMENTS, type ClientEnvironment, type OnboardingClientOptions } from './options.js'

/** The settings of a client. Temporal's own (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, …) are read by its envconfig. */
export const CLIENT_SETTINGS = {
  ONBOARDING_TENANT: 'The tenant that the client serves.',
  ONBOARDING_ID_KEY_FILE: 'File with the id key: base64 of 32 random bytes, readable by its owner only.',
  ONBOARDING_SEALING_PUBLIC_KEYS_FILE: 'File with the workers’ public sealing keys: a JWK set.',
  ONBOARDING_CODEC_KEYS_FILE:
    'File with the payload codec’s keys: a JWK set, readable by its owner only, the same as the workers’. Needed in production.',
  ONBOARDING_ENVIRONMENT:
    '`production` (default), `uat` or `sandbox`, as the workers’. In production a client without codec keys is refused.',
  ONBOARDING_TASK_QUEUE: 'Task queue of the workers; default `sender-onboarding`.',
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
  const sealingKeys = await keyFile('ONBOARDING_SEALING_PUBLIC_KEYS_FILE', readPublicKeys)
  const codecKeys = await keyFile('ONBOARDING_CODEC_KEYS_FILE', (path) => readCodecKeys(path, idKey ?? null))
  if (!tenant || !isStrictness(strictness) || !isEnvironment(environment) || Object.keys(problems).length > 0)
    throw notConfigured(problems)
  const taskQueue = setting('ONBOARDING_TASK_QUEUE')
  return {
    tenant,
    strictness,
    environment,
    ...(taskQueue ? { taskQueue } : {}),
    ...(idKey ? { idKey } : {}),
    ...(sealingKeys ? { sealingKeys } : {}),
    ...(codecKeys ? { codecKeys } : {}),
  }
}

function isStrictness(text: string): text is Strictness {
  return text === 'strict' || text === 'format'
}

function isEnvironment(text: string): text is ClientEnvironment {
  return CLIENT_ENVIRONMENTS.some((known) => known === text)
}
