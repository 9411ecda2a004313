/** Erasure and retention: what of a journey goes, what is kept as evidence, and when. */
export {
  checkDueRequest,
  DEFAULT_ERASURE_LIMIT,
  DEFAULT_ERASURE_RATE,
  type DueItem,
  type DueRequest,
  type DueResult,
  type DueRun,
  planDue,
} from './due.js'
export { eraseJourneys, type EraseRequest } from './erase.js'
export { type Evidence, EVIDENCE_FORMAT, type JourneyRun } from './evidence.js'
export { type ConsentExport, exportConsent, type ExportedEvidence } from './export.js'
export { fileEvidenceStore } from './file-store.js'
export type { ErasedJourney, ErasureLine, ErasureReport } from './report.js'
export { parseRetention, readRetention, type Retention } from './retention.js'
export { sealedSecretsWarnings } from './secrets-clock.js'
export {
  ERASURE_CAUSES,
  type ErasureCause,
  type ErasureDone,
  type ErasureOrder,
  type EvidenceKey,
  type EvidenceStore,
  EvidenceStoreError,
  type KeptEvidence,
} from './store.js'
