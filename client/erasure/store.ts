import type { Actor } from '../../workflows/messages.js'
import type { Evidence } from './evidence.js'

/** Why something is erased. */
export const ERASURE_CAUSES = ['REQUEST', 'CONSENT_WITHDRAWN', 'RETENTION'] as const
export type ErasureCause = (typeof ERASURE_CAUSES)[number]

/** That an erasure was asked for: kept before anything is deleted. */
export interface ErasureOrder {
  readonly at: string
  readonly cause: ErasureCause
  readonly reason: string
  readonly actor: Actor
}

/** That it is done: every run of the journey was seen to be gone. */
export interface ErasureDone {
  readonly at: string
}

/** Which record. */
export type EvidenceKey = Pick<Evidence, 'workflowId' | 'firstRunId' | 'runId'>

/** A record with what became of its journey. */
export interface KeptEvidence {
  readonly evidence: Evidence
  readonly order: ErasureOrder | null
  readonly done: ErasureDone | null
}

/**
 * PORT: where evidence is kept. Every part is written once: what is there already stays as it is, so that an erasure
 * which was interrupted can be repeated. A method resolves when what it wrote survives a crash, and throws
 * `EvidenceStoreError` for whatever goes wrong: then nothing is deleted.
 */
export interface EvidenceStore {
  keep(evidence: Evidence): Promise<void>
  order(key: EvidenceKey, order: ErasureOrder): Promise<void>
  done(key: EvidenceKey, done: ErasureDone): Promise<void>
  /** Records of the journeys with this workflow id, oldest first. */
  of(workflowId: string): Promise<readonly KeptEvidence[]>
  /** Every record of a tenant. */
  all(tenant: string): AsyncIterable<KeptEvidence>
  /** Nothing where it is not there. */
  remove(key: EvidenceKey): Promise<void>
}

/** The store cannot be used. The message says why and what to do, and holds nothing of a record. */
export class EvidenceStoreError extends Error {
  override readonly name = 'EvidenceStoreError'
}
