import { readFile } from 'node:fs/promises'
import { isClosed, type SenderDetails, type SharedView, type View } from '../../../workflows/messages.js'
import type { StartInput } from '../../start.js'
import { explanation } from '../explain.js'
import { UsageError } from '../io.js'
import { type CommandContext, withDeadline, withTarget } from '../command.js'
import type { Answer } from '../run.js'
import { type CommonOptions, railOf, type Session, type TargetOptions } from '../session.js'
import { viewLines } from '../text.js'

interface StartFlags extends CommonOptions {
  readonly rail: string
  readonly mobile?: string
  readonly userCode?: string
  readonly details?: string
  readonly withOtpRefId?: boolean
  readonly stopAt?: string
  readonly policy?: string
  readonly force?: boolean
}

/** `start`, `status` and `explain`. */
export function addJourneyCommands({ add, run }: CommandContext): void {
  withDeadline(
    add('start', 'Start a sender’s journey, join the live one, or show the completed one’s result', [
      'onboard start --rail digikhata --user-code 20810200',
      'echo 9000000001 | onboard start --rail levin --user-code 20810200 --mobile -',
      'onboard start --rail digikhata --user-code 20810200 --details sender.json --stop-at PAN_REQUIRED',
    ]),
  )
    .requiredOption('--rail <rail>', 'digikhata or levin')
    .option('--mobile <number>', 'the sender’s mobile; asked for where it is left out or `-`')
    .option('--user-code <code>', 'Eko’s code of the agent (default: ONBOARDING_USER_CODE)')
    .option('--details <file>', 'JSON file {"name","dob","residenceAddress":[…]}, for a sender Eko does not know')
    .option('--with-otp-ref-id', 'ask for the otp_ref_id of a sender OTP that was already sent')
    .option('--stop-at <state>', 'PAN_REQUIRED or COMPLETED (default)')
    .option('--policy <json>', 'wishes, e.g. \'{"resendCooldownSeconds":90}\'')
    .option('--force', 'start anew although the last journey completed; costs an SMS')
    .action(run(start))

  withTarget(
    add('status', 'Show a journey and what is to be done', [
      'onboard status --id onboarding:digikhata:acme:…',
      'onboard status --rail levin --mobile - --watch',
    ]),
  )
    .option('--watch', 'go on showing changes until the journey ends')
    .action(run(status))

  withTarget(
    add('explain', 'Tell a journey’s story: why it waits, what unblocks it, what to tell Eko’s support', [
      'onboard explain --id onboarding:digikhata:acme:…',
    ]),
  ).action(run(explain))
}

async function start(session: Session, flags: StartFlags): Promise<Answer> {
  const userCode = flags.userCode ?? session.env['ONBOARDING_USER_CODE']
  if (!userCode) throw new UsageError('--user-code is missing. Give it, or set ONBOARDING_USER_CODE.')
  const rail = railOf(flags.rail)
  const mobile = await session.mobile(flags.mobile)
  const otpRefId = flags.withOtpRefId ? await session.io.askSecret('otp_ref_id') : undefined
  const input = {
    rail,
    mobile,
    userCode,
    ...(flags.details ? { details: await readDetails(flags.details) } : {}),
    ...(otpRefId ? { otpRefId } : {}),
    ...(flags.stopAt ? { stopAt: flags.stopAt } : {}),
    ...(flags.policy ? { policy: parseJson(flags.policy, '--policy') } : {}),
  }
  const client = await session.client()
  const { joined, view, handle, result } = await client.start(input as StartInput, { force: flags.force === true })
  const headline = result ? 'The sender’s last journey has ended.' : joined ? 'Joined the live journey.' : 'Started.'
  return {
    json: { joined, workflowId: handle.workflowId, view, ...(result ? { result } : {}) },
    lines: [headline, ...viewLines(view, session.program)],
    done: endedWell(view),
  }
}

async function status(session: Session, flags: TargetOptions & { readonly watch?: boolean }): Promise<Answer | void> {
  const handle = await session.target(flags)
  const view = await handle.view()
  const lines = (shown: View): string[] => viewLines(shown, session.program)
  if (!flags.watch) return { json: view, lines: lines(view) }
  await watchChanges(session, flags, view, lines, (revision) => handle.waitForChange(revision))
}

/** Shows every change until the end, however long that takes: the person ends it. */
export async function watchChanges<V extends SharedView>(
  { io }: Session,
  { json = false }: CommonOptions,
  first: V,
  lines: (view: V) => readonly string[],
  wait: (revision: number) => Promise<V>,
): Promise<void> {
  for (let view = first; ; view = await nextChange(wait, view)) {
    if (json) io.out(JSON.stringify(view))
    else for (const line of [...(view === first ? [] : ['']), ...lines(view)]) io.out(line)
    if (view.status.kind === 'CLOSED') return
  }
}

async function nextChange<V extends SharedView>(wait: (revision: number) => Promise<V>, view: V): Promise<V> {
  for (;;) {
    try {
      return await wait(view.revision)
    } catch (error) {
      if ((error as { code?: string }).code !== 'DEADLINE') throw error
    }
  }
}

async function explain(session: Session, flags: TargetOptions): Promise<Answer> {
  const handle = await session.target(flags)
  const [view, description] = await Promise.all([handle.view(), handle.describe()])
  return explanation(view, description, session.program)
}

function endedWell({ state }: View): boolean {
  return !isClosed(state) || state === 'COMPLETED'
}

export async function readDetails(path: string): Promise<SenderDetails> {
  try {
    return parseJson(await readFile(path, 'utf8'), path) as SenderDetails
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!code) throw error
    throw new UsageError(`${path} cannot be read (${code}).`)
  }
}

export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's own message quotes the text.
    if (error instanceof SyntaxError) throw new UsageError(`${what} is not JSON.`)
    throw error
  }
}
