import { QueryRejectedError } from '@temporalio/client'
import { z } from 'zod'
import {
  type CodeEntry,
  INCIDENT_CAUSES,
  INCIDENT_QUERY,
  INCIDENT_WAITING_ATTRIBUTE,
  INCIDENT_WORKFLOW_TYPE,
  type IncidentCode,
  type IncidentView,
  incidentWorkflowId,
  waitsForIncident,
} from '../workflows/messages.js'
import { OnboardingError } from './errors.js'
import { WORKFLOW_TYPES } from './list.js'
import { check } from './validation.js'
import { call, type Wire } from './wire.js'

/** Which incidents to list. */
export interface IncidentFilter {
  /** Ended ones as well, as long as Temporal keeps them. @default false */
  readonly all?: boolean
  /** The newest ones first. @default 50 */
  readonly limit?: number
}

/** A configuration incident with what it does to the tenant's journeys, and what to do about it. */
export interface IncidentSummary extends IncidentView {
  readonly workflowId: string
  readonly runId: string
  /** What Eko says by the code, in our words, and the fix; null where the cause is not known. */
  readonly advice: CodeEntry | null
  /** Live journeys of the tenant that wait for it; visibility lags a little behind. */
  readonly affectedJourneys: number
  /** Lists them, in Temporal's visibility language. */
  readonly affectedQuery: string
}

const filterSchema = z.strictObject({
  all: z.boolean().default(false),
  limit: z.number().int('Must be a whole number.').min(1, 'Must be positive.').max(1_000).default(50),
})

/** How many parked journeys are looked at for incidents that another tenant of the same developer key has met first. */
const SAMPLE = 200

interface Run {
  readonly workflowId: string
  readonly runId: string
}

/**
 * Incidents that this tenant's calls met, and open ones that its journeys wait for, the newest first.
 * @throws OnboardingError
 */
export async function listIncidents(wire: Wire, filter: IncidentFilter): Promise<IncidentSummary[]> {
  const { all, limit } = check(filterSchema, filter)
  const own = await runsOf(
    wire,
    [
      `WorkflowType = '${INCIDENT_WORKFLOW_TYPE}'`,
      `OnboardingTenant = '${wire.settings.tenant}'`,
      ...(all ? [] : [`ExecutionStatus = 'Running'`]),
    ],
    limit,
  )
  const listed = new Set(own.map(({ workflowId }) => workflowId))
  const shared = (await waitedFor(wire)).filter((id) => !listed.has(incidentWorkflowId(id)))
  const runs = [...shared.map((id) => ({ workflowId: incidentWorkflowId(id), runId: '' })), ...own]
  const summaries = await Promise.all(runs.slice(0, limit).map((run) => summaryOf(wire, run)))
  return summaries
    .filter((summary) => summary !== null)
    .filter(({ state }) => all || state === 'OPEN')
    .sort((one, other) => Date.parse(other.since) - Date.parse(one.since))
}

/** Runs for which all clauses hold. The values in them are words of the contract and a checked tenant. */
async function runsOf(wire: Wire, clauses: readonly string[], limit: number): Promise<Run[]> {
  return call(wire, { call: 'incidents' }, async () => {
    const found: Run[] = []
    for await (const { workflowId, runId } of wire.workflows.list({ query: clauses.join(' AND ') })) {
      found.push({ workflowId, runId })
      if (found.length >= limit) break
    }
    return found
  })
}

/** Incidents that some of the tenant's parked journeys wait for. */
async function waitedFor(wire: Wire): Promise<string[]> {
  const query = [...journeysOfTenant(wire), `${INCIDENT_WAITING_ATTRIBUTE} STARTS_WITH '${waitsForIncident('')}'`]
  return call(wire, { call: 'incidents' }, async () => {
    const found = new Set<string>()
    let seen = 0
    for await (const { searchAttributes } of wire.workflows.list({ query: query.join(' AND ') })) {
      const [value] = searchAttributes[INCIDENT_WAITING_ATTRIBUTE] ?? []
      if (typeof value === 'string') found.add(value.slice(waitsForIncident('').length))
      seen += 1
      if (seen >= SAMPLE) break
    }
    return [...found]
  })
}

function journeysOfTenant(wire: Wire): string[] {
  return [
    `WorkflowType IN (${Object.values(WORKFLOW_TYPES)
      .map((type) => `'${type}'`)
      .join(', ')})`,
    `ExecutionStatus = 'Running'`,
    `OnboardingTenant = '${wire.settings.tenant}'`,
  ]
}

/** Null where it is gone, or of a tenant's journey that waits for one that has just ended. */
async function summaryOf(wire: Wire, run: Run): Promise<IncidentSummary | null> {
  const view = await viewOf(wire, run)
  if (!view) return null
  const clauses = [...journeysOfTenant(wire), `${INCIDENT_WAITING_ATTRIBUTE} = '${waitsForIncident(view.id)}'`]
  const affectedQuery = clauses.join(' AND ')
  const { count } = await call(wire, { call: 'incidents' }, () => wire.workflows.count(affectedQuery))
  const code = view.cause?.code ?? ''
  const advice = Object.hasOwn(INCIDENT_CAUSES, code) ? INCIDENT_CAUSES[code as IncidentCode] : null
  return { ...view, ...run, advice, affectedJourneys: count, affectedQuery }
}

/** What the incident says of itself, or its result where it has ended. Null where it left neither. */
async function viewOf(wire: Wire, { workflowId, runId }: Run): Promise<IncidentView | null> {
  const handle = wire.workflows.getHandle(workflowId, runId || undefined)
  try {
    return await call(wire, { call: 'incidents', workflowId }, async () => {
      try {
        return await handle.query<IncidentView>(INCIDENT_QUERY)
      } catch (error) {
        if (!(error instanceof QueryRejectedError)) throw error
        return (await handle.result()) as IncidentView
      }
    })
  } catch (error) {
    const gone = error instanceof OnboardingError && (error.code === 'NOT_FOUND' || error.code === 'RUN_FAILED')
    if (gone) return null
    throw error
  }
}
