import { DEFAULT_REPLAY_LIMIT, replayNamespace, type ReplayReport, requireEnough } from '../../replay.js'
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

/** A gate that has looked at nothing must not pass. */
const DEFAULT_AT_LEAST = 1

/** `replay`. */
export function addReplayCommand({ add, run }: CommandContext): void {
  add('replay', 'Deploy gate: replay the histories of journeys under way against a build before it is deployed', [
    'onboard replay',
    'onboard replay --limit 5000 --at-least 100',
    'onboard replay --query "WorkflowType = \'senderOnboarding\'"',
    'onboard replay --bundle ../candidate/dist/workflow-bundle.js --json',
  ])
    .option('--query <query>', 'which runs, in Temporal’s visibility language (default: of our types, running)')
    .option('--bundle <path>', 'the candidate’s workflow bundle (default: this build’s, or these sources)')
    .option(
      '--limit <n>',
      `at most this many runs, open ones first, of each type and age (default: ${DEFAULT_REPLAY_LIMIT})`,
    )
    .option('--at-least <n>', `fail where fewer histories were replayed (default: ${DEFAULT_AT_LEAST})`)
    .addHelpText(
      'after',
      '\nReads histories of all tenants in the namespace; executes and changes nothing. Exit code 0 if all replayed.',
    )
    .action(run(replay))
}

async function replay(session: Session, { query, bundle, limit, atLeast }: ReplayFlags): Promise<Answer> {
  const least = atLeast === undefined ? DEFAULT_AT_LEAST : count('--at-least', atLeast, 0)
  const most = limit === undefined ? DEFAULT_REPLAY_LIMIT : count('--limit', limit, 1)
  if (least > most) throw new UsageError(`--at-least ${least} is more than --limit ${most} lets in: raise --limit.`)
  const request = {
    ...(query !== undefined && { query }),
    ...(bundle !== undefined && { bundle }),
    limit: most,
  }
  const report = await replayNamespace(request, { ...session.env }, (line) => session.io.note(line))
  const passed = report.failed === 0
  // What failed is the better reason, and names the journeys.
  if (passed) requireEnough(report, least)
  return { json: { ...report, passed }, lines: reportLines(report), done: passed }
}

function count(option: string, text: string, least: number): number {
  const value = Number(text)
  if (text !== '' && Number.isSafeInteger(value) && value >= least) return value
  throw new UsageError(`${option} must be a whole number, at least ${least}.`)
}

function reportLines(report: ReplayReport): string[] {
  const { namespace, candidate, query, matched, replayed, failed, skipped, failures } = report
  const taken = replayed + failed + skipped
  return [
    ...failures.flatMap(({ workflowId, runId, workflowType, error, message }) => [
      `FAILED  ${workflowId}  run ${runId}  ${workflowType}`,
      `        ${error}: ${message.replaceAll('\n', ' ')}`,
    ]),
    `Namespace ${namespace} · candidate ${candidate} · query ${query}`,
    ...(failed > 0 ? ['Do not deploy this build where these journeys run. Give the change a version marker.'] : []),
    `${matched} ${matched === 1 ? 'run matches' : 'runs match'}` +
      (taken < matched ? `; ${taken} taken, of each type and age. To take more: --limit` : ', all taken'),
    ...(replayed + failed === 0 ? ['Nothing was replayed, so nothing is proved. Check TEMPORAL_NAMESPACE.'] : []),
    `${replayed} replayed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped (not begun, or removed)` : ''}`,
  ]
}
