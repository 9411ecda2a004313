import type { CallEntry } from '../../sandbox/index.js'
import type { JourneyFacts, RunFacts } from './facts.js'
import type { JourneyPlan } from './plan.js'

/** What is known of a journey, line by line and by time: for whoever looks for the cause of a violation. */
export function dossierOf(plan: JourneyPlan, { journeys, ledgers }: RunFacts): string[] {
  const facts = journeys.find(({ label }) => label === plan.label)
  if (!facts) return []
  const { calls } = ledgers[plan.dialect]
  const own = calls.filter((call) => call.rail === plan.rail && call.mobile === plan.person.mobile)
  const lines = [
    ...facts.acts.map(({ at, message, via, submissionId, typed, outcome, refusal }) => ({
      at,
      line: `${via} ${message} ${submissionId}${typed ? ` (${typed})` : ''}: ${outcome ?? refusal ?? 'no answer'}`,
    })),
    ...own.map((call) => ({ at: call.at, line: callLine(call) })),
  ].sort((a, b) => a.at.localeCompare(b.at))
  return [planLine(plan), endLine(facts), ...lines.map(({ at, line }) => `${at.slice(11, 23)} ${line}`)]
}

/** A call of Eko, and what became of it. */
export function callLine({ seq, operation, clientRefId, fault, executed, answered, http, status }: CallEntry): string {
  return (
    `call ${seq} ${operation ?? '?'} ${clientRefId ?? ''}${fault ? ` (${fault})` : ''}: ` +
    `${executed ? 'executed' : 'not executed'}, ${answered ? `answered ${http}/${status}` : 'not answered'}`
  )
}

function planLine({ label, rail, dialect, detailsGiven, ekoFaults, habits, processFault }: JourneyPlan): string {
  const faults = [
    ...ekoFaults.map(({ kind, operation }) => `${kind} at ${operation}`),
    ...habits.map(({ kind, place }) => `${kind} at ${place}`),
    ...(processFault ? [`${processFault.kind} at ${processFault.place}`] : []),
  ]
  return `${label}: ${rail}, ${dialect}, details ${detailsGiven ? 'given' : 'asked for'}; ${faults.join(', ')}`
}

function endLine({ workflowId, starts, end, stage }: JourneyFacts): string {
  const story = end?.story.join(' · ') ?? ''
  return `${workflowId}: ${starts} starts, ${end?.state ?? '?'} ${end?.status ?? '?'}, Eko ${stage}; ${story}`
}
