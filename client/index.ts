/**
 * The SDK for services: start or join a sender's journey, pass on what the user typed, read what is to be done next.
 * Loads neither Temporal's native worker nor the sandbox.
 */
export {
  BULK_MESSAGES,
  type BulkMessage,
  type BulkRequest,
  type BulkResult,
  type BulkRun,
  DEFAULT_BULK_LIMIT,
  DEFAULT_BULK_RATE,
} from './bulk.js'
export { OnboardingClient } from './client.js'
export type { KeyUse, KeyUseReport } from './codec-key-use.js'
export { CLIENT_SETTINGS, type ClientSetting, optionsFromEnvironment } from './environment.js'
export {
  type ConsentExport,
  DEFAULT_ERASURE_LIMIT,
  DEFAULT_ERASURE_RATE,
  type DueItem,
  type DueRequest,
  type DueResult,
  type DueRun,
  type EraseRequest,
  type ErasedJourney,
  type ErasureCause,
  type ErasureDone,
  type ErasureLine,
  type ErasureOrder,
  type ErasureReport,
  type Evidence,
  type EvidenceKey,
  type EvidenceStore,
  EvidenceStoreError,
  type ExportedEvidence,
  fileEvidenceStore,
  type KeptEvidence,
  parseRetention,
  readRetention,
  type Retention,
} from './erasure/index.js'
export {
  CLIENT_CODES,
  type ClientCode,
  ERROR_CODES,
  type ErrorCode,
  type FieldError,
  OnboardingError,
} from './errors.js'
export type { JourneyHandle, MessageMethods, Sent } from './handle.js'
export type { IncidentFilter, IncidentSummary } from './incidents.js'
export type { JourneyDescription, JourneySummary, PendingCall, RunStatus } from './journeys.js'
export type { ListFilter } from './list.js'
export type { CodeInput, MessageInputs, OperatorInput } from './messages.js'
export {
  type ClientEnvironment,
  type ConnectOptions,
  DEFAULT_DEADLINE_MS,
  DEFAULT_WAIT_MS,
  type GivenClientOptions,
  type OnboardingClientOptions,
} from './options.js'
export type { Started, StartInput, StartOptions } from './start.js'
export type { TransactionOtpAnswer, TransactionOtpRequest } from './transaction-otp.js'
export type { RecipientsHandle, RecipientsMethods } from './recipients/handle.js'
export type { RecipientsInputs } from './recipients/messages.js'
export type { RecipientsRequest, StartedRecipients } from './recipients/start.js'
export type { TransferHandle, TransferMethods } from './transfer/handle.js'
export type { TransferInputs } from './transfer/messages.js'
export type { StartedTransfer, TransferRequest, WalletLoadRequest } from './transfer/start.js'
export type { WaitOptions } from './watch.js'
export { WHERE_WORDS } from './where.js'
export { type CodecKeyRing, readCodecKeys } from '../secrets/codec-keys.js'
export { dataConverterOf } from '../secrets/data-converter.js'
export { KeyFileError } from '../secrets/key-file.js'
export { readIdKey, readPublicKeys } from '../secrets/keys.js'
export { createFileVault, type FileVault, type FileVaultOptions } from '../secrets/file-vault.js'
export { publicKeySource } from '../secrets/key-store.js'
export { createSealer, type KeySet, type KeySource } from '../secrets/sealing.js'
export type { SecretStoreMode, Vault, VaultAnswer, VaultEntry } from '../secrets/secret-store.js'
export type { SecretField, Strictness } from '../values/index.js'
export * from '../workflows/messages.js'
