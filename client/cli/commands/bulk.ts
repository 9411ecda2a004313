import type { Command } from 'commander'
import { OUTCOMES, type OutcomeCode } from '../../../workflows/messages.js'
import { type BulkMessage, type BulkRequest, type BulkResult, type BulkRun, DEFAULT_BULK_RATE } from '../../bulk.js'
import { ERROR_CODES, type ErrorCode } from '../../errors.js'
import { WHERE_WORDS } from '../../where.js'
import { UsageError } from '../io.js'
import type { Answer } from '../run.js'
import type { Session, TargetOptions } from '../session.js'
import { aligned, type Row, summaryLines } from '../text.js'

/** Between two lines of progress, in milliseconds. */
const PROGRESS_MS = 1_000

export interface BulkFlags extends TargetOptions {
  readonly where?: string
  readonly rate?: string
  readonly limit?: string
  readonly run?: string
  readonly dryRun?: boolean
  readonly reason?: string
  readonly submission?: string
  readonly userCode?: string
}

/** Options with which an operator's command acts on many journeys. */
export function withBulk(command: Command): Command {
  return command
    .option('--where <condition>', 'act on all live journeys that match: words, or a visibility query; see below')
    .option('--rate <n/s>', `with --where: at most this many a second, e.g. 2 or 2/s (default: ${DEFAULT_BULK_RATE})`)
    .option('--limit <n>', 'with --where: at most this many journeys, the newest (default: 10000)')
    .option('--run <id>', 'with --where: go on with an interrupted run; nothing is done twice')
    .option('--dry-run', 'with --where: show which journeys match, and send nothing')
    .addHelpText(
      'after',
      `\nWords for --where, all of which must hold: ${WHERE_WORDS.join(', ')}.\n` +
        `Or a query, e.g. --where "OnboardingStatus = 'PARKED' AND StartTime < '2026-01-31T00:00:00Z'".\n` +
        'In bulk the deadline is 60 seconds for each journey. Exit code 0 if no message failed; refusals are no failures.',
    )
}

/** Refuses options that only one of the two ways has. @returns whether the command acts in bulk */
export function isBulk(flags: BulkFlags): boolean {
  if (flags.where === undefined) {
    const only = (['rate', 'limit', 'run', 'dryRun'] as const).find((name) => flags[name] !== undefined)
    if (only) throw new UsageError(`--${only === 'dryRun' ? 'dry-run' : only} is for many journeys: add --where.`)
    return false
  }
  const one = (['id', 'mobile', 'rail', 'submission'] as const).find((name) => flags[name] !== undefined)
  if (one === 'submission') throw new UsageError('With --where, a run is repeated by --run, not by --submission.')
  if (one === 'rail') throw new UsageError('With --where, name the rail in it: --where "parked levin".')
  if (one) throw new UsageError(`--${one} names one journey and --where many: give one of them.`)
  return true
}

/** Sends a message to all journeys that `--where` names, and tells how it goes. */
export async function sendInBulk(session: Session, message: BulkMessage, flags: BulkFlags): Promise<Answer> {
  const { where = '', rate, limit, run: bulkId, userCode, deadline, dryRun } = flags
  // A dry run writes to nobody's timeline.
  const reason = flags.reason ?? (dryRun ? 'dry run' : await session.io.ask('Reason'))
  const request: BulkRequest = {
    ...{ message, where, reason },
    ...(rate !== undefined && { ratePerSecond: Number(rate.replace(/\/s$/, '')) }),
    ...(limit !== undefined && { limit: Number(limit) }),
    ...(bulkId !== undefined && { bulkId }),
    ...(userCode !== undefined && { userCode }),
    ...(deadline !== undefined && { deadlineMs: Math.round(Number(deadline) * 1_000) }),
  }
  const run = await (await session.client()).bulk(request)
  if (dryRun) return dryRunAnswer(run)
  const count = run.journeys.length
  session.io.note(`Run ${run.bulkId}: ${message} to ${count} ${count === 1 ? 'journey' : 'journeys'}.`)
  if (count > 0) session.io.note(`If it is interrupted, give the same command again with --run ${run.bulkId}`)
  const tally = new Tally(run)
  let toldAt = Date.now()
  for await (const result of run) {
    tally.add(result)
    if (result.kind !== 'applied') {
      session.io.note(`${result.kind} ${result.error.code} ${result.workflowId}`)
    }
    if (Date.now() - toldAt < PROGRESS_MS) continue
    session.io.note(tally.progress())
    toldAt = Date.now()
  }
  if (count > 0) session.io.note(tally.progress())
  return tally.answer()
}

function dryRunAnswer({ message, query, journeys, more }: BulkRun): Answer {
  return {
    json: { dryRun: true, message, query, matched: journeys.length, more, journeys },
    lines: [...summaryLines(journeys), `${matchedText(journeys.length, more)}; nothing was sent. Query: ${query}`],
  }
}

function matchedText(count: number, more: boolean): string {
  return `${count} matched${more ? ', and more beyond --limit' : ''}`
}

type Counts = Map<string, number>

/** What a run has come to so far. */
class Tally {
  readonly #counts: Readonly<Record<BulkResult['kind'], Counts>> = {
    applied: new Map(),
    refused: new Map(),
    skipped: new Map(),
    failed: new Map(),
  }
  readonly #results: { readonly workflowId: string; readonly kind: string; readonly code: string }[] = []

  constructor(private readonly run: BulkRun) {}

  add(result: BulkResult): void {
    const { kind, workflowId } = result
    const code = result.kind === 'applied' ? result.receipt.outcome : result.error.code
    this.#results.push({ workflowId, kind, code })
    this.#counts[kind].set(code, (this.#counts[kind].get(code) ?? 0) + 1)
  }

  /** `3 of 12 · applied 2 (ADVANCED 2) · refused 1 (USE_REENTER 1)` */
  progress(): string {
    const parts = Object.entries(this.#counts).filter(([, counts]) => counts.size > 0)
    const told = parts.map(([kind, counts]) => `${kind} ${countText(counts)}`)
    return [`${this.#results.length} of ${this.run.journeys.length}`, ...told].join(' · ')
  }

  answer(): Answer {
    const { bulkId, message, query, journeys, more } = this.run
    const { applied, refused, skipped, failed } = this.#counts
    const notTried = journeys.length - this.#results.length
    const rows: Row[] = [
      ['Run', bulkId],
      ['Journeys', matchedText(journeys.length, more)],
      ['Applied', countText(applied)],
      ['Refused', countText(refused)],
      ...(skipped.size > 0 ? [['Skipped', countText(skipped)] as Row] : []),
      ['Failed', countText(failed)],
      ...(notTried > 0 ? [['Not tried', `${notTried}: Temporal is away or denies access`] as Row] : []),
    ]
    const again = failed.size > 0 ? [`To make certain of what failed, give the same command with --run ${bulkId}`] : []
    return {
      json: {
        ...{ bulkId, message, query, matched: journeys.length, more },
        applied: Object.fromEntries(applied),
        refused: Object.fromEntries(refused),
        skipped: Object.fromEntries(skipped),
        failed: Object.fromEntries(failed),
        notTried,
        results: this.#results,
      },
      lines: [...aligned(rows), ...meanings(applied, [refused, skipped, failed]), ...again],
      done: failed.size === 0,
    }
  }
}

/** `3 (PARKED 2, ADVANCED 1)` */
function countText(counts: Counts): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total === 0) return '0'
  const each = [...counts].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`)
  return `${total} (${each.join(', ')})`
}

/** What each code means and what to do about it. */
function meanings(applied: Counts, others: readonly Counts[]): string[] {
  const entries = [
    ...[...applied.keys()].map((code) => [code, OUTCOMES[code as OutcomeCode]] as const),
    ...others.flatMap((counts) => [...counts.keys()]).map((code) => [code, ERROR_CODES[code as ErrorCode]] as const),
  ]
  return entries.map(([code, { cause, action }]) => `${code}: ${cause} ${action}`)
}
