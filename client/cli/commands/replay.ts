import { replayNamespace, type ReplayReport } from '../../replay.js'
import { UsageError } from '../io.js'
import type { CommandContext } from '../command.js'
import type { Answer } from '../run.js'
import type { CommonOptions, Session } from '../session.js'

interface ReplayFlags extends CommonOptions {
  readonly query?: string
  readonly bundle?: string
  readonly limit?: string
  readonly atLeast?: string
}

/** `replay`. */
export function addReplayCommand({ add, run }: CommandContext): void {
  add('replay', 'Deploy gate: replay the namespace’s histories against a build before it is deployed', [
    'onboard replay',
    'onboard replay --query "ExecutionStatus = \'Running\'" --at-least 1',
    'onboard replay --bundle ../candidate/dist/workflow-bundle.js --json',
  ])
    .option('--query <query>', 'which runs, in Temporal’s visibility language (default: all of our types)')
    .option('--bundle <path>', 'the candidate’s workflow bundle (default: this build’s, or these sources)')
    .option('--limit <n>', 'at most this many runs, open ones first (default: all)')
    .option('--at-least <n>', 'fail where fewer histories were replayed (default: 0)')
    .addHelpText(
      'after',
      '\nReads histories of all tenants in the namespace; executes and changes nothing. Exit code 0 if all replayed.',
    )
    .action(run(replay))
}

async function replay(session: Session, { query, bundle, limit, atLeast }: ReplayFlags): Promise<Answer> {
  const least = atLeast === undefined ? 0 : count('--at-least', atLeast, 0)
  const request = {
    ...(query !== undefined && { query }),
    ...(bundle !== undefined && { bundle }),
    ...(limit !== undefined && { limit: count('--limit', limit, 1) }),
  }
  const report = await replayNamespace(request, { ...session.env }, (line) => session.io.note(line))
  const enough = report.replayed + report.failed >= least
  const passed = report.failed === 0 && enough
  return { json: { ...report, passed }, lines: reportLines(report, enough ? null : least), done: passed }
}

function count(option: string, text: string, least: number): number {
  const value = Number(text)
  if (text !== '' && Number.isSafeInteger(value) && value >= least) return value
  throw new UsageError(`${option} must be a whole number, at least ${least}.`)
}

function reportLines(report: ReplayReport, missed: number | null): string[] {
  const { namespace, candidate, query, replayed, failed, skipped, failures } = report
  return [
    ...failures.flatMap(({ workflowId, runId, workflowType, error, message }) => [
      `FAILED  ${workflowId}  run ${runId}  ${workflowType}`,
      `        ${error}: ${message.replaceAll('\n', ' ')}`,
    ]),
    `Namespace ${namespace} · candidate ${candidate} · query ${query}`,
    ...(failed > 0 ? ['Do not deploy this build where these journeys run. Give the change a version marker.'] : []),
    ...(missed !== null ? [`Fewer than ${missed} histories. Check TEMPORAL_NAMESPACE and the query.`] : []),
    ...(replayed + failed === 0 ? ['Nothing was replayed, so nothing is proved. Check TEMPORAL_NAMESPACE.'] : []),
    `${replayed} replayed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped (not begun, or removed)` : ''}`,
  ]
}
