/** Signed calls to Eko: every answer is decided by the operation's table, and every call is sent at most once. */
export { createEkoClient } from './client.js'
export { OPERATION_TABLES, operationTable } from './operations/index.js'
export type { CallDependency, EkoOperation, Match, Need, OperationTable, Parameter, Row } from './operations/index.js'
export type { TransactionName } from './path.js'
export { EkoRequestError } from './request.js'
export type {
  AttemptLog,
  CallHooks,
  EkoAnswer,
  EkoClient,
  EkoClientOptions,
  EkoCredentials,
  OpenedRequest,
} from './types.js'
