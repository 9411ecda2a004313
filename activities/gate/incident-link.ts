import { getClient } from '@temporalio/activity'
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common'
import {
  INCIDENT_OBSERVED,
  INCIDENT_PROBE,
  INCIDENT_RESOLVED,
  INCIDENT_WORKFLOW_TYPE,
  type IncidentInput,
  type IncidentObservation,
  type IncidentProbe,
  type IncidentResolution,
  incidentWorkflowId,
  PROBE_NOT_DUE,
} from '../../workflows/codes.js'
import { ENDED_UNDER_AN_UPDATE } from '../ended-under-update.js'

/** The incidents' workflows as the gate sees them. Every method rejects where Temporal does not answer in time. */
export interface IncidentLink {
  /** Tells of a call that met the incident; starts it where there is none. */
  observed(id: string, observation: IncidentObservation): Promise<void>
  /** Asks for a call that may try Eko. The same `askId` again gets the first answer. */
  probe(id: string, askId: string): Promise<ProbeAnswer>
  /** Tells that it is over; a no-op where there is none. */
  resolved(id: string, resolution: IncidentResolution): Promise<void>
}

export type ProbeAnswer =
  /** @property nextMs when the next one may be granted, in ms */
  | { readonly kind: 'GRANTED'; readonly nextMs: number }
  | { readonly kind: 'WAIT'; readonly retryAfterMs: number }
  | { readonly kind: 'ENDED' }

export interface IncidentLinkOptions {
  /** The queue of the workers that run incidents: the worker's own. */
  readonly taskQueue: string
  readonly firstProbeMs: number
  readonly longestProbeMs: number
  /** How long one question may take, in ms; what a call needs beside its HTTP attempt holds two of them. */
  readonly deadlineMs: number
}

const TENANT = defineSearchAttributeKey('OnboardingTenant', 'KEYWORD')

/** Over the Temporal client of the activity that is running. */
export function createIncidentLink(options: IncidentLinkOptions): IncidentLink {
  const { taskQueue, firstProbeMs, longestProbeMs, deadlineMs } = options
  const inTime = <T>(ask: () => Promise<T>): Promise<T> => getClient().withDeadline(Date.now() + deadlineMs, ask)
  return {
    async observed(id, observation) {
      await inTime(() =>
        getClient().workflow.signalWithStart<(input: IncidentInput) => Promise<unknown>, [IncidentObservation]>(
          INCIDENT_WORKFLOW_TYPE,
          {
            workflowId: incidentWorkflowId(id),
            taskQueue,
            args: [{ id, firstProbeMs, longestProbeMs }],
            signal: INCIDENT_OBSERVED,
            signalArgs: [observation],
            staticSummary: `Configuration incident ${id} · tenant ${observation.tenant}`,
            typedSearchAttributes: [{ key: TENANT, value: observation.tenant }],
          },
        ),
      )
    },
    async probe(id, askId) {
      try {
        const { nextMs } = await inTime(() =>
          getClient()
            .workflow.getHandle(incidentWorkflowId(id))
            .executeUpdate<IncidentProbe, []>(INCIDENT_PROBE, { updateId: askId }),
        )
        return { kind: 'GRANTED', nextMs }
      } catch (error) {
        return refusalOf(error)
      }
    },
    async resolved(id, resolution) {
      try {
        await inTime(() => getClient().workflow.getHandle(incidentWorkflowId(id)).signal(INCIDENT_RESOLVED, resolution))
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error
      }
    },
  }
}

/** @throws the error itself, where it says nothing of the incident */
function refusalOf(error: unknown): ProbeAnswer {
  if (error instanceof WorkflowNotFoundError) return { kind: 'ENDED' }
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined
  if (cause instanceof ApplicationFailure) {
    if (cause.type === ENDED_UNDER_AN_UPDATE) return { kind: 'ENDED' }
    const told = cause.details?.[0] as { readonly retryAfterMs?: unknown } | undefined
    if (cause.type === PROBE_NOT_DUE && typeof told?.retryAfterMs === 'number') {
      return { kind: 'WAIT', retryAfterMs: told.retryAfterMs }
    }
  }
  throw error
}
