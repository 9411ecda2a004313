import type { IncidentSummary } from '../../incidents.js'
import { type CommandContext, withDeadline } from '../command.js'
import type { Answer } from '../run.js'
import type { CommonOptions, Session } from '../session.js'
import { aligned, type Row, when } from '../text.js'

interface IncidentFlags extends CommonOptions {
  readonly all?: boolean
  readonly limit?: string
}

/** `incidents`: what of the configuration keeps journeys from going on. */
export function addIncidentsCommand({ add, run }: CommandContext): void {
  withDeadline(
    add('incidents', 'List configuration incidents: cause, since, journeys that wait, what to do', [
      'onboard incidents',
      'onboard incidents --all --json',
    ]),
  )
    .option('--all', 'ended ones as well')
    .option('--limit <count>', 'at most this many (default: 50)')
    .action(run(incidents))
}

async function incidents(session: Session, { all, limit }: IncidentFlags): Promise<Answer> {
  const client = await session.client()
  const found = await client.incidents({ all: all === true, ...(limit ? { limit: Number(limit) } : {}) })
  return { json: { incidents: found }, lines: found.length === 0 ? ['No incidents.'] : linesOf(found) }
}

function linesOf(found: readonly IncidentSummary[]): string[] {
  return found.flatMap((incident, index) => [...(index > 0 ? [''] : []), ...aligned(rowsOf(incident))])
}

function rowsOf(incident: IncidentSummary): Row[] {
  const { cause, advice, until, resolvedBy, lastProbeAt, nextProbeAt, affectedJourneys } = incident
  const where = cause ? ` (${cause.rail} ${cause.operation}, agent ${cause.userCode})` : ''
  return [
    ['Incident', `${incident.id} · ${incident.state}`],
    ['Cause', `${cause?.code ?? 'not known'}: ${advice?.cause ?? 'no page of Eko names it.'}${where}`],
    ['To do', advice?.action ?? 'Read `onboard explain` of an affected journey, and ask Eko.'],
    ['Since', `${when(incident.since)}; met ${incident.observations} times, last ${when(incident.lastObservedAt)}`],
    ...(until === null ? [] : [['Ended', `${when(until)}${resolvedBy ? ` by ${resolvedBy}` : ''}`] as Row]),
    ['Journeys', affectedJourneys === 0 ? 'none waits for it' : `${affectedJourneys} wait; list them with:`],
    ...(affectedJourneys === 0 ? [] : [['', `temporal workflow list --query "${incident.affectedQuery}"`] as Row]),
    ['Last try', lastProbeAt === null ? 'none yet' : when(lastProbeAt)],
    ...(nextProbeAt === null ? [] : [['Next try', `${when(nextProbeAt)}, by itself`] as Row]),
  ]
}
