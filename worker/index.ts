/** The package's `./worker`: what it takes to run journeys in a process of one's own. */
export { readWorkerConfig, SETTINGS, type Setting, type WorkerConfig, WorkerConfigError } from './config.js'
export { createLogger, type LoggerOptions, type Severity } from './logger.js'
export { installRuntime } from './runtime.js'
export {
  DEFAULT_REPLAY_QUERY,
  type ReplayFailure,
  ReplayGateError,
  replayNamespace,
  type ReplayOptions,
  type ReplayReport,
} from './replay.js'
export { EXIT_CODES, type ReadyLine, runWorker } from './run.js'
export { type CodecKeyRing, generateCodecKey } from '../secrets/index.js'
export type { KeySet, KeyStore, SecretStoreMode, Vault, VaultAnswer, VaultEntry } from '../secrets/index.js'
export { type StartedWorker, type StartOptions, startWorker } from './start.js'
export { createOnboardingWorker, type WorkerDependencies, type WorkerShape } from './worker.js'
export {
  clampPolicy,
  createRegistry,
  type Environment,
  loadTenants,
  type LoadTenantsOptions,
  type Tenant,
  type TenantRegistry,
  TenantsFileError,
} from '../activities/tenants.js'
