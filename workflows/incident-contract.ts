import type { CodeEntry } from './codes.js'
import type { Rail } from './states.js'

/**
 * The contract of a configuration incident: one entity workflow for all calls of a developer key that fail for the same
 * reason of configuration. Workers tell it what they meet and ask it for probes; clients read it.
 */

/** The workflow type. The workflow id is `incident:<incident id>`. */
export const INCIDENT_WORKFLOW_TYPE = 'onboardingIncident'
export const INCIDENT_WORKFLOW_PREFIX = 'incident:'

/** Signal, with an {@link IncidentObservation}: a call met it. */
export const INCIDENT_OBSERVED = 'observed'
/** Signal, with an {@link IncidentResolution}: an answer of Eko proves that it is over. */
export const INCIDENT_RESOLVED = 'resolved'
/** Update: asks for one call that may try Eko; answers an {@link IncidentProbe}, or fails with `PROBE_NOT_DUE`. */
export const INCIDENT_PROBE = 'probe'
/** The failure of that update; its details hold `retryAfterMs`. */
export const PROBE_NOT_DUE = 'PROBE_NOT_DUE'
/** Query: the {@link IncidentView}. */
export const INCIDENT_QUERY = 'incident'

/** The search attribute of parked journeys that says what they wait for. */
export const INCIDENT_WAITING_ATTRIBUTE = 'OnboardingWaitsFor'

/** Its value on journeys that wait for an incident. */
export function waitsForIncident(id: string): string {
  return `CONFIGURATION ${id}`
}

/** Longest id of an incident: with the words before it, it fits a search attribute (255 characters). */
export const MAX_INCIDENT_ID = 160

/** The workflow id of an incident. */
export function incidentWorkflowId(id: string): string {
  return `${INCIDENT_WORKFLOW_PREFIX}${id}`
}

/** What a call met: Eko's ids, no secret and nothing personal. */
export interface IncidentObservation {
  /** A code of {@link INCIDENT_CAUSES}. */
  readonly code: string
  readonly http: number | null
  readonly status: number | null
  readonly responseTypeId: number | null
  readonly responseStatusId: number | null
  readonly rail: Rail
  readonly operation: string
  readonly environment: string
  readonly tenant: string
  /** The agent that the call was made for. */
  readonly userCode: string
  /** How many calls this tells of; default 1. */
  readonly times?: number
  /** By the worker's clock, ISO 8601. */
  readonly at: string
}

export interface IncidentResolution {
  readonly at: string
  /** The operation whose answer proved it, e.g. `digikhata getSender`. */
  readonly by: string
  /** Of an agent's incident: the rail that works again; it ends once each rail that it was met on does. */
  readonly rail?: Rail
}

/** A granted probe. */
export interface IncidentProbe {
  /** When the next one may be granted, in ms from now. */
  readonly nextMs: number
}

/** The workflow's argument. */
export interface IncidentInput {
  /**
   * `<8 hex digits of the SHA-256 of the developer key>:<scope>`; on a task queue that is not the usual one,
   * `:<queue>` comes after it.
   */
  readonly id: string
  /** From the first observation to the first probe, in ms; doubles with each. */
  readonly firstProbeMs: number
  /** Longest time between two probes, in ms. */
  readonly longestProbeMs: number
  /** The state of the run before, where this one goes on for it. */
  readonly carried?: unknown
}

/** `LAPSED`: nothing was met for seven days. `DISMISSED`: the workflow was cancelled by hand. */
export const INCIDENT_ENDS = ['RESOLVED', 'LAPSED', 'DISMISSED'] as const
export type IncidentEnd = (typeof INCIDENT_ENDS)[number]

/** All that may be shown of an incident; also the workflow's result. Times in ISO 8601, UTC. */
export interface IncidentView {
  readonly id: string
  readonly state: 'OPEN' | IncidentEnd
  readonly since: string
  readonly until: string | null
  /** The operation that proved its end. */
  readonly resolvedBy: string | null
  readonly observations: number
  readonly lastObservedAt: string
  /** The last observation; null where none could be read. */
  readonly cause: IncidentObservation | null
  readonly probes: number
  readonly lastProbeAt: string | null
  /** When the next call may try Eko; null once it has ended. */
  readonly nextProbeAt: string | null
}

const DOCUMENTED_NUMBERS = 'Staging and production have different ones.'

/** What Eko says by each code of an incident, in our words, and what an operator does about it. */
export const INCIDENT_CAUSES = {
  '2483': {
    cause: 'Eko does not know the developer key.',
    action: `Correct \`credentials.developerKey\` of the tenant and restart the workers. ${DOCUMENTED_NUMBERS}`,
  },
  '2484': {
    cause: 'Eko finds the signature wrong.',
    action: `Correct \`credentials.accessKey\` of the tenant; compare with \`onboard sign\`. ${DOCUMENTED_NUMBERS}`,
  },
  '2485': {
    cause: 'Eko finds the signature’s time more than two minutes off, or used before, even after signing afresh.',
    action: 'Check the clock of the workers’ hosts (`onboard doctor`), and that nobody else signs with the same key.',
  },
  '2486': {
    cause: 'Eko does not take the signature’s timestamp for milliseconds.',
    action: 'Check that no proxy changes the header `secret-key-timestamp`; compare with `onboard sign`.',
  },
  '2487': {
    cause: 'The headers of the signature did not reach Eko.',
    action: 'Check that no proxy removes `secret-key` or `secret-key-timestamp`.',
  },
  '319': {
    cause: 'Eko does not know the initiator.',
    action: 'Correct `credentials.initiatorId` of the tenant and restart the workers.',
  },
  '346': {
    cause: 'The agent may not use this service.',
    action: 'Have Eko activate the service for the user_code, or hand the journeys over (`onboard take-over`).',
  },
  '1297': {
    cause: 'The agent is not onboarded for this service.',
    action: 'Have Eko onboard the user_code, or hand the journeys over (`onboard take-over`).',
  },
  'HTTP 401': {
    cause: 'Eko refuses to authenticate, without saying why.',
    action: 'Check the keys of the tenant (`onboard sign`), and with Eko whether the key is active.',
  },
  'HTTP 403': {
    cause: 'Eko refuses access, without saying why.',
    action: 'Check with Eko that the workers’ outgoing address is allow-listed and that the key is active.',
  },
  'HTTP 404': {
    cause: 'Eko does not serve this path.',
    action:
      'Check `credentials.baseUrl`; set the operation’s path in `credentials.pathOverrides`; restart the workers.',
  },
  'HTTP 405': {
    cause: 'Eko does not take this method on this path.',
    action:
      'Check `credentials.baseUrl`; set the operation’s path in `credentials.pathOverrides`; restart the workers.',
  },
  'HTTP 415': {
    cause: 'Eko does not take this content type on this path.',
    action: 'Check that no proxy changes the header `content-type`; ask Eko which path serves JSON.',
  },
  SETTINGS: {
    cause: 'Eko or its gateway refuses a setting of the tenant for this operation.',
    action:
      'Check `orgId`, `serviceCode`, `baseUrl` and `pathOverrides` of the tenant, and the agent’s services with Eko.',
  },
} as const satisfies Record<string, CodeEntry>
export type IncidentCode = keyof typeof INCIDENT_CAUSES
