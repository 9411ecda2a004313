import type { Logger } from '@temporalio/common'
import { NativeConnection, type Worker } from '@temporalio/worker'
import { createEkoClient } from '../activities/eko/index.js'
import { createCallGate } from '../activities/gate/index.js'
import { createActivities } from '../activities/index.js'
import { createLimits } from '../activities/limits/index.js'
import { loadTenants, type TenantRegistry, TenantsFileError } from '../activities/tenants.js'
import {
  type CodecKeyRing,
  createOpener,
  createSealer,
  dataConverterOf,
  KeyFileError,
  type KeySet,
  publicSet,
  readCodecKeys,
  readIdKey,
  readPrivateKeys,
} from '../secrets/index.js'
import { type WorkerConfig, WorkerConfigError } from './config.js'
import { createOnboardingWorker } from './worker.js'

export interface StartOptions {
  readonly logger: Logger
  /** Where the tenants file's secrets are looked up; default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv
  /** Instead of the tenants file: a store of one's own. */
  readonly tenants?: TenantRegistry
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
  const eko = createEkoClient({
    timeoutMs: config.ekoTimeoutMs,
    ...(config.ekoProxyUrl === undefined ? {} : { proxyUrl: config.ekoProxyUrl }),
    onAttempt: (attempt) => void logger.info('Eko attempt', { ...attempt }),
  })
  const connection = await connect(config).catch(async (error: unknown) => {
    await eko.close()
    throw error
  })
  const close = async (): Promise<void> => {
    await Promise.all([eko.close(), connection.close()])
  }
  try {
    const activities = createActivities({
      tenants,
      eko,
      opener: createOpener(keys),
      sealer: createSealer(publicSet(keys)),
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
  readonly keys: KeySet
  readonly idKey: Uint8Array
  /** Null where payloads stay in plain. */
  readonly codecKeys: CodecKeyRing | null
  readonly tenants: TenantRegistry
}

/** Reads all files, so that all files' problems are reported at once. */
async function readFiles(
  config: WorkerConfig,
  { logger, env = process.env, tenants }: StartOptions,
): Promise<WorkerFiles> {
  const problems: string[] = []
  const noteKeyFile = (setting: string) => (error: unknown) => {
    if (!(error instanceof KeyFileError)) throw error
    problems.push(`${setting}: ${error.message}`)
  }
  const readIds = readIdKey(config.idKeyFile).catch(noteKeyFile('ONBOARDING_ID_KEY_FILE'))
  const readCodec = async (path: string): Promise<CodecKeyRing | void> =>
    readCodecKeys(path, (await readIds) ?? null).catch(noteKeyFile('ONBOARDING_CODEC_KEYS_FILE'))
  const [keys, idKey, codecKeys, loaded] = await Promise.all([
    readPrivateKeys(config.sealingKeysFile).catch(noteKeyFile('ONBOARDING_SEALING_KEYS_FILE')),
    readIds,
    config.codecKeysFile === undefined ? null : readCodec(config.codecKeysFile),
    tenants === undefined
      ? loadTenants(config.tenantsFile, { environment: config.environment, env }).catch((error: unknown) => {
          if (!(error instanceof TenantsFileError)) throw error
          problems.push(...error.problems.map((problem) => `ONBOARDING_TENANTS_FILE: ${error.path}: ${problem}`))
        })
      : { registry: tenants, warnings: [] },
  ])
  if (!keys || !idKey || codecKeys === undefined || !loaded) throw new WorkerConfigError(problems)
  for (const warning of [...config.warnings, ...loaded.warnings]) logger.warn(warning)
  return { keys, idKey, codecKeys, tenants: loaded.registry }
}

async function connect(config: WorkerConfig): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(config.temporal.connection)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `Temporal cannot be reached at ${config.temporal.connection.address}: ${reason}. Check TEMPORAL_ADDRESS, TEMPORAL_TLS and TEMPORAL_API_KEY.`,
      { cause: error },
    )
  }
}
