import type { DueItem, DueResult, DueRun, ErasureLine, ErasureReport } from '../../erasure/index.js'
import { checkDueRequest, DEFAULT_ERASURE_LIMIT, DEFAULT_ERASURE_RATE } from '../../erasure/index.js'
import type { OnboardingError } from '../../errors.js'
import { parseMobile } from '../../../values/index.js'
import { UsageError } from '../io.js'
import { type CommandContext, withTarget } from '../command.js'
import type { Answer } from '../run.js'
import { type Session, SHELL_HISTORY_NOTE, type TargetOptions } from '../session.js'
import { aligned, type Row, table } from '../text.js'

interface EraseFlags extends TargetOptions {
  readonly reason?: string
  readonly withdraw?: boolean
  readonly withoutEvidence?: boolean
  readonly due?: boolean
  readonly dryRun?: boolean
  readonly rate?: string
  readonly limit?: string
}

/** `erase`: of one sender, or all that is due. */
export function addEraseCommand({ add, run }: CommandContext): void {
  withTarget(
    add('erase', 'Erase a sender’s closed journeys, or all whose time is over; evidence is kept, masked', [
      'onboard erase onboarding:digikhata:acme:… --reason "request 4711" --actor op-12',
      'onboard erase --id … --withdraw --reason "request 4711"',
      'onboard erase --due --dry-run',
      'onboard erase --due --rate 5 --json',
    ]),
  )
    .argument('[journey]', 'its workflow id, instead of --id')
    .option(
      '--reason <text>',
      'for the audit; kept with the evidence. No personal data. Asked for where it is left out',
    )
    .option('--actor <id>', 'who you are, as an opaque id (default: onboard-cli)')
    .option('--withdraw', 'the sender withdraws the consent: an open journey is ended first')
    .option('--without-evidence', 'erase also what cannot be read, e.g. since its codec key was destroyed')
    .option('--due', 'everything of the tenant that is due by ONBOARDING_RETENTION_FILE')
    .option('--dry-run', 'with --due: only list it')
    .option('--rate <n>', `with --due: at most this many a second (default: ${DEFAULT_ERASURE_RATE})`)
    .option('--limit <n>', `with --due: at most this many of each kind (default: ${DEFAULT_ERASURE_LIMIT})`)
    .addHelpText(
      'after',
      '\nEvidence goes to ONBOARDING_EVIDENCE_FOLDER. What is interrupted goes on when the command is given again.',
    )
    .action(run((session, flags: EraseFlags, [journey]) => erase(session, flags, journey)))
}

async function erase(session: Session, flags: EraseFlags, journey: string | undefined): Promise<Answer> {
  if (flags.due) return eraseDue(session, flags, journey)
  const { rate, limit, dryRun } = flags
  if (rate !== undefined || limit !== undefined || dryRun)
    throw new UsageError('--dry-run, --rate, --limit: with --due.')
  const workflowId = await session.targetId(withJourney(flags, journey))
  const reason = flags.reason ?? (await session.io.ask('Reason'))
  const client = await session.client()
  const { withdraw = false, withoutEvidence = false } = flags
  const report = await client.erase(workflowId, { reason, withdraw, withoutEvidence })
  const done = report.journeys.every(({ erasedAt }) => erasedAt !== null)
  return { json: report, lines: reportLines(report, session.program), done }
}

/** The target options with the journey that was given as an operand. */
export function withJourney<Flags extends TargetOptions>(flags: Flags, journey: string | undefined): Flags {
  if (journey === undefined) return flags
  // Taken for a workflow id, it would be refused without a word of where it now is.
  if (parseMobile(journey).ok)
    throw new UsageError(`The operand is a workflow id; a sender is named with --mobile. Note: ${SHELL_HISTORY_NOTE}`)
  if (flags.id !== undefined || flags.mobile !== undefined) {
    throw new UsageError('Give the journey once: as operand, or with --id or --mobile.')
  }
  return { ...flags, id: journey }
}

async function eraseDue(session: Session, flags: EraseFlags, journey: string | undefined): Promise<Answer> {
  const { id, mobile, reason, withdraw, withoutEvidence, rate, limit, dryRun = false } = flags
  if ([journey, id, mobile, reason, withdraw, withoutEvidence].some((given) => given !== undefined)) {
    throw new UsageError('--due takes no journey and no reason: the retention file says what goes and why.')
  }
  const request = {
    ...(rate !== undefined && { ratePerSecond: Number(rate) }),
    ...(limit !== undefined && { limit: Number(limit) }),
  }
  // Whoever mistypes a flag need not wait for a server to learn of it.
  checkDueRequest(request, (await session.settings()).actor)
  const due = await (await session.client()).eraseDue(request)
  for (const warning of due.warnings) session.io.note(`Warning: ${warning}`)
  const results: DueResult[] = []
  if (!dryRun) for await (const result of due) results.push(result)
  return dueAnswer(due, results, dryRun)
}

const KIND_NAMES: Readonly<Record<DueItem['kind'], string>> = {
  journey: 'Journeys',
  transactionOtp: 'Transaction OTPs',
  unfinished: 'Unfinished erasures',
  evidence: 'Evidence',
}

function dueAnswer(due: DueRun, results: readonly DueResult[], dryRun: boolean): Answer {
  const { asOf, items, more, warnings } = due
  const of = <Kind extends DueResult['kind']>(kind: Kind) =>
    results.filter((result): result is Extract<DueResult, { kind: Kind }> => result.kind === kind)
  const failed = of('failed')
  const unread = dryRun ? items.flatMap((item) => unreadOf(item) ?? []).length : 0
  const notTried = dryRun ? 0 : items.length - results.length
  const counts = Object.entries(KIND_NAMES).map(([kind, name]): Row => {
    const count = items.filter((item) => item.kind === kind && !unreadOf(item)).length
    return [name, `${count} due`]
  })
  const rows: Row[] = [
    ['As of', asOf],
    ...counts,
    ...(more ? [['More', 'more is due than --limit lets in; run it again'] as Row] : []),
    ...(dryRun ? [['Erased', 'nothing: --dry-run'] as Row] : [['Erased', String(of('erased').length)] as Row]),
    ...(of('ordered').length > 0 ? [['Ordered', `${of('ordered').length}: Temporal still deletes`] as Row] : []),
    ...(of('skipped').length > 0 ? [['Skipped', `${of('skipped').length}: went on, or gone`] as Row] : []),
    ...(unread > 0 ? [['Unread', `${unread}: whether the consent was withdrawn cannot be read`] as Row] : []),
    ...(failed.length > 0 ? [['Failed', String(failed.length)] as Row] : []),
    ...(notTried > 0 ? [['Not tried', `${notTried}: a server or the store is away`] as Row] : []),
  ]
  const failures = failed.map(({ item, error }) => `${item.workflowId}  ${error.code}: ${error.message}`)
  const shown = items.map((item) => {
    const { kind, workflowId, closedAt } = item
    const error = unreadOf(item)
    return { kind, workflowId, closedAt, ...(error && { unread: error }) }
  })
  return {
    json: { asOf, dryRun, more, warnings, items: shown, results: results.map(resultJson), notTried },
    lines: [...aligned(rows), ...(dryRun ? listLines(items) : []), ...failures],
    done: failed.length === 0 && unread === 0 && notTried === 0,
  }
}

function unreadOf(item: DueItem): OnboardingError | undefined {
  return item.kind === 'journey' ? item.unread : undefined
}

function resultJson(result: DueResult): object {
  const { workflowId, kind } = result.item
  const more = result.kind === 'failed' ? { error: result.error } : result.kind === 'skipped' ? { why: result.why } : {}
  return { workflowId, of: kind, result: result.kind, ...more }
}

function listLines(items: readonly DueItem[]): string[] {
  if (items.length === 0) return []
  return [
    '',
    ...table([
      ['KIND', 'ENDED', 'ID'],
      ...items.map((item) => [unreadOf(item)?.code ?? item.kind, item.closedAt, item.workflowId]),
    ]),
  ]
}

function reportLines({ workflowId, journeys, went, stayed }: ErasureReport, program: string): string[] {
  const runs = journeys.reduce((sum, journey) => sum + journey.runIds.length, 0)
  return [
    ...aligned([
      ['Journey', workflowId],
      ['Deleted', runs === 0 ? 'nothing now: it was erased before' : `${runs} ${runs === 1 ? 'history' : 'histories'}`],
      ...journeys.map((one): Row => ['', `${one.state ?? 'state unknown'}, ${goneText(one)}${unread(one)}`]),
    ]),
    ...['', 'Went', ...table([['WHAT', 'WHERE', 'WHY'], ...went.map(cells)])],
    ...['', 'Stayed', ...stayed.flatMap(stayedText)],
    ...(stayed.every(({ basis }) => basis === null)
      ? ['', 'No legal basis is named for what stays: set ONBOARDING_RETENTION_FILE.']
      : []),
    ...(journeys.some(({ erasedAt }) => erasedAt === null)
      ? [
          '',
          'Not gone yet: Temporal takes minutes for what closed just now.',
          `Confirm with: ${program} erase ${workflowId} --reason "…"`,
        ]
      : []),
  ]
}

function goneText({ erasedAt }: ErasureReport['journeys'][number]): string {
  return erasedAt === null ? 'Temporal still deletes it' : `erased ${erasedAt}`
}

function unread({ evidence, consents }: ErasureReport['journeys'][number]): string {
  if (evidence === 'UNREADABLE') return '; its evidence could not be read'
  return `; ${consents} ${consents === 1 ? 'consent' : 'consents'} kept`
}

function cells({ what, where, why }: ErasureLine): string[] {
  return [what, where, why]
}

/** Reasons are long: a block for each, not a column. */
function stayedText({ what, where, why, basis, days, until }: ErasureLine): string[] {
  return [
    `- ${what} (${where})`,
    `    ${why}.`,
    ...(basis ? [`    Basis: ${basis}${days === null ? '' : ` (${days} days)`}`] : []),
    ...(until ? [`    Until: ${until}`] : []),
  ]
}
