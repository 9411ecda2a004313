import type { CallOutcome } from '../../workflows/calls.js'
import type { Dependency, Rail } from '../../workflows/messages.js'
import type { EkoAnswer, EkoOperation } from '../eko/index.js'
import type { Tenant } from '../tenants.js'

/** A call of Eko that is about to go out. */
export interface GateCall {
  readonly tenant: Tenant
  readonly rail: Rail
  readonly operation: EkoOperation
  readonly userCode: string
}

/** What the gate adds to the outcome of a call that it let through. */
export interface GateNote {
  readonly dependency?: Dependency
  readonly incident?: string
  readonly retryAfterMs?: number
}

export type Admission =
  | {
      readonly admitted: true
      /** To be called once with what became of the call; null where it was not made after all. */
      done(answer: EkoAnswer | null): Promise<GateNote>
    }
  /** Nothing goes out: `NOT_SENT` or `CONFIGURATION`, with `dependency` and `retryAfterMs`. */
  | { readonly admitted: false; readonly outcome: CallOutcome }

/**
 * Stands before every call of Eko: breakers per developer key and dependency, configuration incidents, rate caps. It
 * answers at once and never makes a call wait: a call that may not go out goes back to its journey, which parks.
 */
export interface CallGate {
  admit(call: GateCall): Promise<Admission>
}
