import { z } from 'zod'
import {
  CLOSED_RECIPIENTS_STATES,
  CLOSED_STATES,
  CLOSED_TRANSFER_STATES,
  OPEN_RECIPIENTS_STATES,
  OPEN_STATES,
  OPEN_TRANSFER_STATES,
  type Rail,
  RAILS,
  RECIPIENTS_WORKFLOW_TYPE,
  type RecipientsState,
  type State,
  STATUS_KINDS,
  type StatusKind,
  TRANSFER_WORKFLOW_TYPE,
  type TransferState,
  WORKFLOW_TYPE,
} from '../workflows/messages.js'
import { idPrefixesOfClientRef } from './ids.js'
import { type JourneySummary, summaryOf } from './journeys.js'
import { check } from './validation.js'
import { call, type Wire } from './wire.js'

/** Which journeys of the tenant to list. Visibility lags a little behind: it is for people, not for decisions. */
export interface ListFilter {
  /** Onboardings, transfers with wallet loads, or sessions of recipients. @default 'ONBOARDING' */
  readonly kind?: JourneyKind
  readonly rail?: Rail
  readonly state?: State | TransferState | RecipientsState
  readonly status?: StatusKind
  /** The newest ones first. @default 50 */
  readonly limit?: number
}

/** The kinds of journeys, by the name of a filter. */
export const JOURNEY_KINDS = ['ONBOARDING', 'TRANSFER', 'RECIPIENTS'] as const
export type JourneyKind = (typeof JOURNEY_KINDS)[number]

/** The workflow type of each kind. */
export const WORKFLOW_TYPES: Readonly<Record<JourneyKind, string>> = {
  ONBOARDING: WORKFLOW_TYPE,
  TRANSFER: TRANSFER_WORKFLOW_TYPE,
  RECIPIENTS: RECIPIENTS_WORKFLOW_TYPE,
}
const STATES = [
  ...[...OPEN_STATES, ...CLOSED_STATES, ...OPEN_TRANSFER_STATES, ...CLOSED_TRANSFER_STATES],
  ...[...OPEN_RECIPIENTS_STATES, ...CLOSED_RECIPIENTS_STATES],
] as const

const filterSchema = z.strictObject({
  kind: z.enum(JOURNEY_KINDS).default('ONBOARDING'),
  rail: z.enum(RAILS).optional(),
  state: z.enum(STATES).optional(),
  status: z.enum(STATUS_KINDS).optional(),
  limit: z.number().int('Must be a whole number.').min(1, 'Must be positive.').max(10_000).default(50),
})

/** @throws OnboardingError */
export async function listJourneys(wire: Wire, filter: ListFilter): Promise<JourneySummary[]> {
  const { kind, rail, state, status, limit } = check(filterSchema, filter)
  const clauses = [
    `WorkflowType = '${WORKFLOW_TYPES[kind]}'`,
    `OnboardingTenant = '${wire.settings.tenant}'`,
    ...(rail ? [`OnboardingRail = '${rail}'`] : []),
    ...(state ? [`OnboardingState = '${state}'`] : []),
    ...(status ? [`OnboardingStatus = '${status}'`] : []),
  ]
  return listRuns(wire, clauses, limit)
}

/**
 * What a `client_ref_id` can come from, usually one: a journey, or a transaction OTP, which has no state.
 * @throws OnboardingError
 */
export async function findByClientRef(wire: Wire, clientRef: string): Promise<JourneySummary[]> {
  const prefixes = idPrefixesOfClientRef(clientRef, wire.settings.tenant)
  return listRuns(wire, [prefixes.map((prefix) => `WorkflowId STARTS_WITH '${prefix}'`).join(' OR ')], 50)
}

/** Which of some listed runs are wanted, where the query cannot say it. */
export type Keep = (runs: readonly JourneySummary[]) => Promise<readonly JourneySummary[]>

/** Runs that are looked at together. */
const KEEP_AT_ONCE = 50

/**
 * The newest runs for which all clauses hold. Nothing is escaped here: values in the clauses are words of the contract,
 * a checked tenant, hex digits, or a caller's condition that `whereClause` has shut in.
 * @param limit of the runs that are kept
 * @param keep default: all
 * @throws OnboardingError
 */
export async function listRuns(
  wire: Wire,
  clauses: readonly string[],
  limit: number,
  keep: Keep = (runs) => Promise.resolve(runs),
): Promise<JourneySummary[]> {
  const query = clauses.join(' AND ')
  return call(wire, { call: 'list' }, async () => {
    const found: JourneySummary[] = []
    let looked: JourneySummary[] = []
    for await (const run of wire.workflows.list({ query, pageSize: Math.min(limit, 1_000) })) {
      looked.push(summaryOf(run))
      if (looked.length < Math.min(limit - found.length, KEEP_AT_ONCE)) continue
      found.push(...(await keep(looked)))
      looked = []
      if (found.length >= limit) break
    }
    found.push(...(await keep(looked)))
    return found
  })
}
