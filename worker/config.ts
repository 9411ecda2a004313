import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { NativeConnectionOptions } from '@temporalio/worker'
import type { Environment } from '../activities/tenants.js'
import type { KeyStore, SecretStoreMode } from '../secrets/index.js'
import { readTemporalConfig } from '../secrets/temporal-config.js'
import { parseSettings, type SettingValues } from './settings.js'

export { SETTINGS, type Setting } from './settings.js'

/** The address that is used where TEMPORAL_ADDRESS says nothing. */
const DEFAULT_ADDRESS = 'localhost:7233'
/** Beyond the HTTP timeout: opening secrets, the intent heartbeat, reading the answer. */
const CALL_MARGIN_MS = 5_000

/** What keeps a production worker without codec keys from starting. */
export const NO_CODEC_KEYS =
  'ONBOARDING_CODEC_KEYS_FILE: must be set in production; without it names and mobiles are in plain'

/** A worker's configuration, complete and checked. Times in ms. */
export interface WorkerConfig {
  readonly environment: Environment
  readonly temporal: { readonly connection: NativeConnectionOptions; readonly namespace: string }
  readonly taskQueue: string
  readonly tenantsFile: string
  /** Undefined only where the program that starts the worker brings a key store of its own. */
  readonly sealingKeysFile: string | undefined
  readonly idKeyFile: string
  /** In production it was chosen explicitly. */
  readonly secretStore: SecretStoreMode
  /** Undefined with `vault`: the program that starts the worker brings a vault of its own. */
  readonly vaultFolder: string | undefined
  readonly vaultSeconds: number
  readonly publicKeysAddress: string | undefined
  /** Undefined in production only where the program that starts the worker brings a key store of its own. */
  readonly codecKeysFile: string | undefined
  readonly allowPlaintextCodes: boolean
  readonly ekoTimeoutMs: number
  /** Upper bound of one attempt of an activity: the HTTP timeout and what is around it. */
  readonly startToCloseMs: number
  readonly ekoProxyUrl: string | undefined
  readonly shutdownGraceMs: number
  readonly maxCachedWorkflows: number
  readonly maxConcurrentActivities: number
  /** Calls to Eko a second. */
  readonly maxCallsPerSecond: number
  readonly releaseCallsPerSecond: number
  readonly breakerOpenMs: number
  readonly incidentProbeMs: number
  readonly stickyTimeoutMs: number
  /** Path of a prebuilt bundle; undefined: bundle the workflows at start. */
  readonly workflowBundle: string | undefined
  /** Set: worker versioning is on. */
  readonly version: { readonly deploymentName: string; readonly buildId: string } | undefined
  readonly metricsAddress: string | undefined
  readonly logLevel: SettingValues['ONBOARDING_LOG_LEVEL']
  /** What is allowed but probably not meant. */
  readonly warnings: readonly string[]
}

/** Everything that keeps a worker from starting. Holds no secret. */
export class WorkerConfigError extends Error {
  override readonly name = 'WorkerConfigError'
  constructor(readonly problems: readonly string[]) {
    super(`The worker cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
  }
}

/**
 * Reads the settings that `SETTINGS` lists.
 * @param given what the program that starts the worker brings: with a key store, no file of sealing or codec keys need be
 *   named. `startWorker` must be given the same one.
 * @throws WorkerConfigError with every problem, each beginning with the setting's name.
 */
export function readWorkerConfig(
  env: NodeJS.ProcessEnv,
  { keyStore }: { readonly keyStore?: KeyStore | undefined } = {},
): WorkerConfig {
  const { values, problems, warnings } = parseSettings(env, keyStore ? ['ONBOARDING_SEALING_KEYS_FILE'] : [])
  const temporal = readTemporal(env, problems, warnings)
  const environment = values.ONBOARDING_ENVIRONMENT
  if (environment === 'production' && values.ONBOARDING_ALLOW_PLAINTEXT_CODES)
    problems.push('ONBOARDING_ALLOW_PLAINTEXT_CODES: is impossible in production; unset it')
  if (!keyStore && values.ONBOARDING_CODEC_KEYS_FILE === undefined && environment === 'production')
    problems.push(NO_CODEC_KEYS)
  if (values.ONBOARDING_SECRET_STORE === undefined && environment === 'production')
    problems.push(
      'ONBOARDING_SECRET_STORE: must be set in production, to inline or vault: whether history may hold secrets as ciphertext is for you to decide',
    )
  if (env['NODE_DEBUG']) {
    const printed = 'Node prints URLs and headers of requests, so mobiles and the developer key are in the log'
    if (environment === 'production')
      problems.push(`NODE_DEBUG: is impossible in production, since ${printed}; unset it`)
    else warnings.push(`NODE_DEBUG: ${printed}`)
  }
  const startToCloseMs = values.ONBOARDING_EKO_TIMEOUT_MS + CALL_MARGIN_MS
  const shutdownGraceMs = shutdownGrace(values.ONBOARDING_SHUTDOWN_GRACE_SECONDS, startToCloseMs, problems)
  const version = readVersion(values, problems)
  const workflowBundle = findBundle(values.ONBOARDING_WORKFLOW_BUNDLE, problems)
  if (problems.length > 0) throw new WorkerConfigError(problems)
  return {
    environment,
    temporal,
    taskQueue: values.ONBOARDING_TASK_QUEUE,
    tenantsFile: values.ONBOARDING_TENANTS_FILE,
    sealingKeysFile: values.ONBOARDING_SEALING_KEYS_FILE,
    idKeyFile: values.ONBOARDING_ID_KEY_FILE,
    secretStore: values.ONBOARDING_SECRET_STORE ?? 'inline',
    vaultFolder: values.ONBOARDING_VAULT_FOLDER,
    vaultSeconds: values.ONBOARDING_VAULT_SECONDS,
    publicKeysAddress: values.ONBOARDING_PUBLIC_KEYS_ADDRESS,
    codecKeysFile: values.ONBOARDING_CODEC_KEYS_FILE,
    allowPlaintextCodes: values.ONBOARDING_ALLOW_PLAINTEXT_CODES,
    ekoTimeoutMs: values.ONBOARDING_EKO_TIMEOUT_MS,
    startToCloseMs,
    ekoProxyUrl: values.ONBOARDING_EKO_PROXY_URL,
    shutdownGraceMs,
    maxCachedWorkflows: values.ONBOARDING_MAX_CACHED_WORKFLOWS,
    maxConcurrentActivities: values.ONBOARDING_MAX_CONCURRENT_ACTIVITIES,
    maxCallsPerSecond: values.ONBOARDING_MAX_CALLS_PER_SECOND,
    releaseCallsPerSecond: values.ONBOARDING_RELEASE_CALLS_PER_SECOND,
    breakerOpenMs: values.ONBOARDING_BREAKER_OPEN_SECONDS * 1_000,
    incidentProbeMs: values.ONBOARDING_INCIDENT_PROBE_SECONDS * 1_000,
    stickyTimeoutMs: values.ONBOARDING_STICKY_TIMEOUT_MS,
    workflowBundle,
    version,
    metricsAddress: values.ONBOARDING_METRICS_ADDRESS,
    logLevel: values.ONBOARDING_LOG_LEVEL,
    warnings,
  }
}

/** A call that is cut off by a shutdown has an unknown outcome, so it gets the time that it may take. */
function shutdownGrace(seconds: number | undefined, startToCloseMs: number, problems: string[]): number {
  if (seconds === undefined) return startToCloseMs + 5_000
  if (seconds * 1_000 <= startToCloseMs)
    problems.push(
      `ONBOARDING_SHUTDOWN_GRACE_SECONDS: must be above ${startToCloseMs / 1_000}, the longest call (ONBOARDING_EKO_TIMEOUT_MS + 5 s)`,
    )
  return seconds * 1_000
}

function readVersion(values: SettingValues, problems: string[]): WorkerConfig['version'] {
  const { ONBOARDING_DEPLOYMENT_NAME: deploymentName, ONBOARDING_BUILD_ID: buildId } = values
  if (deploymentName !== undefined && buildId !== undefined) return { deploymentName, buildId }
  if (deploymentName !== undefined) problems.push('ONBOARDING_BUILD_ID: must be set with ONBOARDING_DEPLOYMENT_NAME')
  if (buildId !== undefined) problems.push('ONBOARDING_DEPLOYMENT_NAME: must be set with ONBOARDING_BUILD_ID')
  return undefined
}

/** `dist/worker/config.js` stands beside `dist/workflow-bundle.js`; from source there is none. */
export function findBundle(setting: string | undefined, problems: string[]): string | undefined {
  if (setting === undefined) {
    const beside = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url))
    return existsSync(beside) ? beside : undefined
  }
  if (!existsSync(setting)) problems.push(`ONBOARDING_WORKFLOW_BUNDLE: ${setting} does not exist. Run: npm run build`)
  return setting
}

/** The server as `TEMPORAL_*` variables and Temporal's configuration file name it; what is wrong is added to `problems`. */
export function readTemporal(
  env: NodeJS.ProcessEnv,
  problems: string[],
  warnings: string[] = [],
): WorkerConfig['temporal'] {
  const read = readTemporalConfig(env)
  const said = (complaints: Readonly<Record<string, string>>): string[] =>
    Object.entries(complaints).map(([name, complaint]) => `${name}: ${complaint}`)
  problems.push(...said(read.problems))
  warnings.push(...said(read.warnings))
  const { connectionOptions, namespace } = read.config
  const address = connectionOptions.address || DEFAULT_ADDRESS
  if (!/^[\w.:[\]-]+$/.test(address)) problems.push('TEMPORAL_ADDRESS: must be host:port')
  return { connection: { ...connectionOptions, address }, namespace: namespace || 'default' }
}
