import type { Logger } from '@temporalio/common'
import { NativeConnection, type Worker } from '@temporalio/worker'
import { createEkoClient } from '../activities/eko/index.js'
import { createCallGate } from '../activities/gate/index.js'
import { createActivities } from '../activities/index.js'
import { createLimits } from '../activities/limits/index.js'
import { loadTenants, type TenantRegistry, TenantsFileError } from '../activities/tenants.js'
import {
  type CodecKeyRing,
  createFileKeyStore,
  dataConverterOf,
  KeyFileError,
  type KeySet,
  type KeySource,
  type KeyStore,
  parseCodecKeys,
  parseKeySet,
  readCodecKeys,
  readIdKey,
  requireOwnCodecKeys,
  requirePrivate,
  type Vault,
} from '../secrets/index.js'
import { NO_CODEC_KEYS, type WorkerConfig, WorkerConfigError } from './config.js'
import { startPublicKeysServer } from './public-keys-server.js'
import { openSecretStore, outlivedBy, storeProblems, windowProblems } from './secret-store.js'
import { createOnboardingWorker } from './worker.js'

export interface StartOptions {
  readonly logger: Logger
  /** Where the tenants file's secrets are looked up; default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv
  /** Instead of the tenants file: a store of one's own. */
  readonly tenants?: TenantRegistry
  /** Instead of the file-backed vault: the institution's own. Needs ONBOARDING_SECRET_STORE=vault. */
  readonly vault?: Vault
  /**
   * Instead of the files of sealing and codec keys, e.g. one that unwraps them by a KMS: both sets are read from it. Give it
   * to `readWorkerConfig`, too, which then wants no files of them.
   */
  readonly keyStore?: KeyStore
}

export interface StartedWorker {
  readonly worker: Worker
  /** Closes what the worker was given. Call it after `worker.run()` has settled. */
  close(): Promise<void>
}

/**
 * Everything between a configuration and a worker that is ready to run: keys, tenants, Eko client, connection.
 * @throws WorkerConfigError with all that is wrong with the files that the settings name; Error where Temporal cannot
 * be reached.
 */
export async function startWorker(config: WorkerConfig, options: StartOptions): Promise<StartedWorker> {
  const { logger } = options
  const { keys, idKey, codecKeys, tenants } = await readFiles(config, options)
  const opened: { close(): Promise<unknown> }[] = []
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((part) => part.close()))
  }
  try {
    const secrets = await openSecretStore(config, keys, { vault: options.vault, logger })
    opened.push(secrets)
    const eko = createEkoClient({
      timeoutMs: config.ekoTimeoutMs,
      ...(config.ekoProxyUrl === undefined ? {} : { proxyUrl: config.ekoProxyUrl }),
    })
    opened.push(eko)
    if (config.publicKeysAddress !== undefined)
      opened.push(await startPublicKeysServer(config.publicKeysAddress, keys, logger))
    const connection = await connect(config)
    opened.push(connection)
    const activities = createActivities({
      tenants,
      eko,
      secrets: secrets.store,
      gate: createCallGate({
        taskQueue: config.taskQueue,
        log: logger,
        callsPerSecond: config.maxCallsPerSecond,
        releasePerSecond: config.releaseCallsPerSecond,
        breaker: { openMs: config.breakerOpenMs },
        incidents: { firstProbeMs: config.incidentProbeMs },
      }),
      limits: createLimits({ idKey, taskQueue: config.taskQueue }),
      startToCloseMs: config.startToCloseMs,
      allowPlaintextCodes: config.allowPlaintextCodes,
    })
    return {
      worker: await createOnboardingWorker(config, {
        connection,
        activities,
        dataConverter: dataConverterOf(codecKeys, idKey),
      }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface WorkerFiles {
  /** Read anew when they have changed. */
  readonly keys: KeySource
  readonly idKey: Uint8Array
  /** Null where payloads stay in plain. */
  readonly codecKeys: CodecKeyRing | null
  readonly tenants: TenantRegistry
}

/** Reads all files, so that all files' problems are reported at once. */
async function readFiles(
  config: WorkerConfig,
  { logger, env = process.env, tenants, vault, keyStore }: StartOptions,
): Promise<WorkerFiles> {
  const problems = storeProblems(config, vault)
  const store = keyStore ?? createFileKeyStore({ sealing: config.sealingKeysFile })
  const noteKeyFile = (setting: string) => (error: unknown) => {
    if (!(error instanceof KeyFileError)) throw error
    problems.push(`${setting}: ${error.message}`)
  }
  const readIds = readIdKey(config.idKeyFile).catch(noteKeyFile('ONBOARDING_ID_KEY_FILE'))
  const readCodec = async (): Promise<CodecKeyRing | null | void> => {
    const ids = (await readIds) ?? null
    const note = noteKeyFile('ONBOARDING_CODEC_KEYS_FILE')
    if (keyStore) return readGivenCodecKeys(keyStore, ids).catch(note)
    return config.codecKeysFile === undefined ? null : readCodecKeys(config.codecKeysFile, ids).catch(note)
  }
  const [sealing, idKey, codecKeys, loaded] = await Promise.all([
    (keyStore ? readGivenSealingKeys(keyStore) : store.read('sealing')).catch(
      noteKeyFile('ONBOARDING_SEALING_KEYS_FILE'),
    ),
    readIds,
    readCodec(),
    tenants === undefined
      ? loadTenants(config.tenantsFile, { environment: config.environment, env }).catch((error: unknown) => {
          if (!(error instanceof TenantsFileError)) throw error
          problems.push(...error.problems.map((problem) => `ONBOARDING_TENANTS_FILE: ${error.path}: ${problem}`))
        })
      : { registry: tenants, warnings: [] },
  ])
  if (sealing && config.environment === 'production') {
    for (const problem of windowProblems(sealing, Date.now())) problems.push(`ONBOARDING_SEALING_KEYS_FILE: ${problem}`)
  }
  // The configuration may have been read for a key store that is not here.
  if (codecKeys === null && config.environment === 'production') problems.push(NO_CODEC_KEYS)
  if (!sealing || !idKey || codecKeys === undefined || !loaded || problems.length > 0)
    throw new WorkerConfigError(problems)
  const outlived = await outlivedBy(loaded.registry, sealing)
  const plain =
    codecKeys === null ? ['ONBOARDING_CODEC_KEYS_FILE: is not set, so all payloads are written in plain'] : []
  for (const warning of [...config.warnings, ...plain, ...loaded.warnings, ...outlived]) logger.warn(warning)
  return { keys: () => store.read('sealing'), idKey, codecKeys, tenants: loaded.registry }
}

/** Checked as a file's would be. */
async function readGivenCodecKeys(keyStore: KeyStore, idKey: Uint8Array | null): Promise<CodecKeyRing> {
  const where = 'The key store'
  const ring = parseCodecKeys(await keyStore.read('codec'), where)
  if (idKey) requireOwnCodecKeys(ring, idKey, where)
  return ring
}

/** Checked as a file's would be. */
async function readGivenSealingKeys(keyStore: KeyStore): Promise<KeySet> {
  const where = 'The key store'
  const set = parseKeySet(await keyStore.read('sealing'), where)
  requirePrivate(set, where)
  return set
}

async function connect(config: WorkerConfig): Promise<NativeConnection> {
  try {
    // What is encrypted does not get smaller.
    return await NativeConnection.connect({ ...config.temporal.connection, grpcCompression: { codec: 'none' } })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `Temporal cannot be reached at ${config.temporal.connection.address}: ${reason}. Check TEMPORAL_ADDRESS, TEMPORAL_TLS and TEMPORAL_API_KEY.`,
      { cause: error },
    )
  }
}
