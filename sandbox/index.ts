/** A stateful HTTP double of Eko's PPI platform, with an OTP inbox, faults and a ledger of what truly happened. */
export { startSandbox } from './server.js'
export type { RunningSandbox, SandboxOptions } from './server.js'
export { SAMPLE_DEVELOPERS } from './developers.js'
export type { Developer } from './developers.js'
export { DEFAULT_POLICY } from './policy.js'
export type { SandboxPolicy } from './policy.js'
export { Dialect, DIALECTS, KycStep, OperationName, Purpose, Rail, Stage } from './names.js'
export type { InboxJson, InboxMessage } from './inbox.js'
export type {
  CallEntry,
  CodeConsumedEntry,
  KycStepEntry,
  LedgerJson,
  MoneyEntry,
  MoneyKind,
  SmsEntry,
  WrongCodeEntry,
} from './ledger.js'
export type { ActiveFault, FaultName, FaultSpec } from './faults.js'
export type { MoneyJson } from './money/audit.js'
export type { AnyTxStatus, TransferPath } from './money/paths.js'
export { TRANSFER_PATH_NAMES, TxStatus } from './money/paths.js'
export type { RecipientJson, TransactionJson } from './control-money.js'
export type { SenderJson } from './sender-json.js'
export type { AadhaarScenario, PanScenario, PlainNumbers, ScenariosJson } from './scenarios.js'
