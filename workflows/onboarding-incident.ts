import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { failure } from './failures.js'
import {
  end,
  grantProbe,
  type Incident,
  incidentInputErrors,
  incidentView,
  lapsesAt,
  observe,
  openIncident,
  probeWaitMs,
  resolve,
} from './incident.js'
import {
  INCIDENT_CAUSES,
  INCIDENT_OBSERVED,
  INCIDENT_PROBE,
  INCIDENT_QUERY,
  INCIDENT_RESOLVED,
  type IncidentCode,
  type IncidentInput,
  type IncidentProbe,
  type IncidentView,
  PROBE_NOT_DUE,
} from './incident-contract.js'
import { outlivesBuilds } from './outlives-builds.js'
import { ProvenClock } from './proven-clock.js'

/** Events after which a new run begins; far below Temporal's limits. */
const LONG_HISTORY = 4_000

/**
 * One configuration incident of a developer key, for all workers: started by the first call that meets it, it counts
 * what they meet, grants one probe an interval over all of them, and ends when an answer proves that it is over.
 */
export async function onboardingIncident(input: IncidentInput): Promise<IncidentView> {
  const { workflowId, continuedFromExecutionRunId } = workflowInfo()
  const fieldErrors = incidentInputErrors(input, workflowId, Boolean(continuedFromExecutionRunId))
  if (Object.keys(fieldErrors).length > 0) {
    throw failure({ code: 'INVALID_INPUT', message: 'The incident’s input is malformed.', details: { fieldErrors } })
  }
  const clock = new ProvenClock()
  let incident = openIncident(input, clock.now())
  const become = (next: Incident): void => {
    incident = next
    setCurrentDetails(detailsOf(incident))
  }
  setDefaultSignalHandler(() => undefined) // a name that nobody has: nothing to do
  setHandler(
    defineSignal<unknown[]>(INCIDENT_OBSERVED),
    (body) => {
      become(observe(incident, body, clock.now()))
    },
    { description: 'Worker: a call met it.' },
  )
  setHandler(
    defineSignal<unknown[]>(INCIDENT_RESOLVED),
    (body) => {
      become(resolve(incident, body, clock.now()))
    },
    { description: 'Worker: an answer of Eko proves that it is over.' },
  )
  setHandler(
    defineUpdate<IncidentProbe>(INCIDENT_PROBE),
    () => {
      const granted = grantProbe(incident, clock.now())
      become(granted.incident)
      return granted.probe
    },
    {
      description: 'Worker: may a call try Eko? One at a time.',
      // A refusal by the validator leaves nothing in the history.
      validator: () => {
        const retryAfterMs = probeWaitMs(incident, clock.now())
        if (retryAfterMs === null) return
        throw failure({ code: PROBE_NOT_DUE, message: 'Another probe is not due yet.', details: { retryAfterMs } })
      },
    },
  )
  setDefaultUpdateHandler(() => {
    throw failure({ code: 'UNKNOWN_MESSAGE', message: 'An incident takes no such message.' })
  })
  setHandler(defineQuery(INCIDENT_QUERY), () => incidentView(incident), { description: 'All that may be shown.' })
  CancellationScope.current().cancelRequested.catch(() => {
    become(end(incident, 'DISMISSED', clock.now()))
  })
  return CancellationScope.nonCancellable(async () => {
    while (!incident.end) {
      if (isLong()) {
        await condition(allHandlersFinished)
        await continueAsNew<typeof onboardingIncident>({ ...input, carried: incident })
      }
      const at = lapsesAt(incident)
      if (!(await condition(() => incident.end !== null || isLong(), Math.max(1, at - clock.now())))) clock.reached(at)
      if (!incident.end && lapsesAt(incident) <= clock.now()) become(end(incident, 'LAPSED', clock.now()))
    }
    await condition(allHandlersFinished)
    return incidentView(incident)
  })
}

outlivesBuilds(onboardingIncident)

function isLong(): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo()
  return historyLength > LONG_HISTORY || continueAsNewSuggested
}

function detailsOf(incident: Incident): string {
  const { cause, state, observations, nextProbeAt } = incidentView(incident)
  const known = Object.hasOwn(INCIDENT_CAUSES, cause?.code ?? '')
    ? INCIDENT_CAUSES[cause?.code as IncidentCode]
    : undefined
  return [
    `**${state}**: ${cause?.code ?? 'unknown'} · met ${observations} times`,
    ...(known ? [known.cause, known.action] : []),
    ...(nextProbeAt === null ? [] : [`Tried again at ${nextProbeAt}`]),
  ].join('\n\n')
}
