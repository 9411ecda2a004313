import {
  type IncidentEnd,
  type IncidentInput,
  type IncidentObservation,
  type IncidentProbe,
  type IncidentResolution,
  type IncidentView,
  incidentWorkflowId,
  MAX_INCIDENT_ID,
} from './incident-contract.js'
import { iso } from './iso.js'
import { type Check, type FieldErrors, record, shapeOfAnyBuild, text } from './shape.js'
import { type Rail, RAILS } from './states.js'

/** A configuration incident as a pure state: no Temporal, no clock, no I/O. Times in ms since the epoch. */
export interface Incident {
  readonly id: string
  readonly firstProbeMs: number
  readonly longestProbeMs: number
  readonly since: number
  readonly lastObservedAt: number
  readonly observations: number
  readonly cause: IncidentObservation | null
  /** Rails that it was met on and that are not known to work since. */
  readonly rails: readonly Rail[]
  readonly probes: number
  readonly lastProbeAt: number | null
  readonly nextProbeAt: number
  /** A probe was granted and nothing is known of it yet. */
  readonly probing: boolean
  readonly end: { readonly how: IncidentEnd; readonly at: number; readonly by: string | null } | null
}

/** Without any observation for so long, it ends by itself. */
export const LAPSE_MS = 7 * 24 * 3_600_000
/** A probe that nothing is heard of after this counts as lost. */
const PROBE_TAKES_MS = 40_000
/** Meanwhile the others are told to ask again soon: the probe's answer is about to come. */
const PROBING_WAIT_MS = 2_000
const MAX_TEXT = 64
const MAX_TIMES = 100_000

/** Longest wait that a worker may ask for, in ms: a day. */
const MAX_PROBE_MS = 86_400_000
const wait: Check = (value) =>
  typeof value === 'number' && value > 0 && value <= MAX_PROBE_MS ? null : `must be from 1 to ${MAX_PROBE_MS} ms`

const inputErrors = shapeOfAnyBuild({
  id: { check: text(MAX_INCIDENT_ID, /^[0-9a-f]{8}:[\w-]+(:[\w.-]+)?$/) },
  firstProbeMs: { check: wait },
  longestProbeMs: { check: wait },
  carried: { check: (value) => (record(value) ? null : 'must be an incident'), optional: true },
})

/**
 * What is wrong with the workflow's argument, by field; empty where nothing is.
 *
 * @param goesOn whether a run before this one hands over its incident: a caller could pretend anything
 */
export function incidentInputErrors(input: unknown, workflowId: string, goesOn: boolean): FieldErrors {
  const errors = inputErrors(input)
  if (Object.keys(errors).length > 0) return errors
  const { id, carried } = input as IncidentInput
  if (workflowId !== incidentWorkflowId(id)) return { id: 'must be what the workflow id says' }
  return carried == null || goesOn ? {} : { carried: 'must not be given by a caller' }
}

/** A new incident, or the one of the run before. */
export function openIncident(input: IncidentInput, now: number): Incident {
  const { id, firstProbeMs, longestProbeMs, carried } = input
  if (record(carried) && (carried as Incident).id === id) return carried as Incident
  return {
    ...{ id, firstProbeMs, longestProbeMs, since: now, lastObservedAt: now, observations: 0, cause: null, rails: [] },
    ...{ probes: 0, lastProbeAt: null, nextProbeAt: now + firstProbeMs, probing: false, end: null },
  }
}

/** A call met it. What cannot be read is ignored. One that comes after the end, but before it was told, opens it again. */
export function observe(incident: Incident, body: unknown, now: number): Incident {
  const seen = observationOf(body)
  if (!seen) return incident
  return {
    ...incident,
    cause: seen,
    rails: incident.rails.includes(seen.rail) ? incident.rails : [...incident.rails, seen.rail],
    lastObservedAt: now,
    observations: incident.observations + (seen.times ?? 1),
    probing: false,
    end: null,
  }
}

/** How long until a probe may be granted, in ms; null where one may be now. */
export function probeWaitMs(incident: Incident, now: number): number | null {
  const left = incident.nextProbeAt - now
  if (left <= 0) return null
  const { probing, lastProbeAt } = incident
  const underWay = probing && lastProbeAt !== null && now - lastProbeAt < PROBE_TAKES_MS
  return underWay ? Math.min(left, PROBING_WAIT_MS) : left
}

/** Grants a probe: only where one may be. */
export function grantProbe(incident: Incident, now: number): { incident: Incident; probe: IncidentProbe } {
  const { firstProbeMs, longestProbeMs } = incident
  const probes = incident.probes + 1
  const nextMs = Math.max(firstProbeMs, Math.min(firstProbeMs * 2 ** Math.min(probes, 30), longestProbeMs))
  return {
    incident: { ...incident, probes, lastProbeAt: now, nextProbeAt: now + nextMs, probing: true },
    probe: { nextMs },
  }
}

/** An answer proves that it is over. What cannot be read is ignored: it would end what may still be there. */
export function resolve(incident: Incident, body: unknown, now: number): Incident {
  const { by, rail } = (record(body) ?? {}) as Partial<IncidentResolution>
  if (typeof by !== 'string') return incident
  const rails = rail === undefined ? [] : incident.rails.filter((other) => other !== rail)
  // Something was mended: the other rail may be tried at once.
  if (rails.length > 0) return { ...incident, rails, probing: false, nextProbeAt: Math.min(incident.nextProbeAt, now) }
  return end({ ...incident, rails }, 'RESOLVED', now, by.slice(0, MAX_TEXT))
}

export function end(incident: Incident, how: IncidentEnd, now: number, by: string | null = null): Incident {
  return { ...incident, end: { how, at: now, by } }
}

/** When it ends by itself. */
export function lapsesAt({ lastObservedAt }: Incident): number {
  return lastObservedAt + LAPSE_MS
}

export function incidentView(incident: Incident): IncidentView {
  const { id, since, lastObservedAt, observations, cause, probes, lastProbeAt, nextProbeAt } = incident
  const ended = incident.end
  return {
    id,
    state: ended?.how ?? 'OPEN',
    since: iso(since),
    until: ended ? iso(ended.at) : null,
    resolvedBy: ended?.by ?? null,
    observations,
    lastObservedAt: iso(lastObservedAt),
    cause,
    probes,
    lastProbeAt: lastProbeAt === null ? null : iso(lastProbeAt),
    nextProbeAt: ended ? null : iso(nextProbeAt),
  }
}

/** An observation with known fields only; null where one is missing or of a wrong type. */
function observationOf(body: unknown): IncidentObservation | null {
  const given = record(body)
  if (!given) return null
  const rail = RAILS.find((known) => known === given['rail'])
  const texts = ['code', 'operation', 'environment', 'tenant', 'userCode', 'at'] as const
  const ids = ['http', 'status', 'responseTypeId', 'responseStatusId'] as const
  const times = given['times'] ?? 1
  const readable =
    rail !== undefined &&
    texts.every((name) => typeof given[name] === 'string') &&
    ids.every((name) => given[name] === null || typeof given[name] === 'number') &&
    typeof times === 'number' &&
    Number.isInteger(times) &&
    times >= 1
  if (!readable) return null
  const kept = texts.map((name): [string, string] => [name, (given[name] as string).slice(0, MAX_TEXT)])
  return {
    ...Object.fromEntries([...kept, ...ids.map((name) => [name, given[name]])]),
    rail,
    times: Math.min(times, MAX_TIMES),
  } as unknown as IncidentObservation
}
