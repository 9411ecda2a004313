import type { LimitCode } from '../../workflows/codes.js'
import type { SendQuota } from '../../workflows/calls.js'
import type { Purpose } from '../../workflows/messages.js'
import type { Tenant } from '../tenants.js'

/** A dispatch of a code that is about to be made. */
export interface Dispatch {
  /** The same for every attempt, so that a repeated reservation counts once. */
  readonly id: string
  /** Grows with each attempt: a release that comes late does not free what a later attempt holds. */
  readonly turn: number
  readonly purpose: Purpose
  /** Normalised, ten digits. */
  readonly mobile: string
  /** In the clear; only a keyed hash of it leaves the activity. Given for Aadhaar OTPs. */
  readonly aadhaar?: string
  readonly quota: SendQuota
}

export type Reserved =
  | { readonly granted: true }
  /** @property retryAt when there is room again, in ms since the epoch */
  | { readonly granted: false; readonly code: LimitCode; readonly retryAt: number }

export type JourneyReserved = { readonly granted: true } | { readonly granted: false; readonly retryAt: number }

/**
 * Limits that outlive journeys, workers and restarts: held by workflows that are reached by update-with-start. A reservation
 * stands unless it is released because its call was never executed.
 */
export interface Limits {
  /** @param withinMs how long that may take, in ms; default: what the limits are given */
  reserveDispatch(dispatch: Dispatch, withinMs?: number): Promise<Reserved>
  /** Gives the room back; a no-op where it was not held. Without its number, an Aadhaar OTP's on the mobile alone. */
  releaseDispatch(dispatch: Dispatch): Promise<void>
  /** A journey that starts, by its workflow id and run id. */
  reserveJourney(journey: {
    readonly id: string
    readonly tenant: Tenant
    readonly userCode: string
  }): Promise<JourneyReserved>
}
