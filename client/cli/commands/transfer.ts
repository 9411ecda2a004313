import type { Command } from 'commander'
import { paiseFromRupees } from '../../../values/index.js'
import type { OutcomeCode, TransferReceipt } from '../../../workflows/messages.js'
import type { TransferHandle } from '../../transfer/handle.js'
import type { StartedTransfer, TransferRequest } from '../../transfer/start.js'
import { type CommandContext, subcommand, withDeadline } from '../command.js'
import { timelineLines } from '../explain.js'
import { UsageError } from '../io.js'
import type { Answer, Runner } from '../run.js'
import { type CommonOptions, railOf, type Session } from '../session.js'
import { transferLines, transferReceiptLines } from '../transfer-text.js'
import { parseJson, watchChanges } from './journey.js'
import { envelope } from './messages.js'

interface TransferTarget extends CommonOptions {
  readonly id?: string
  readonly transfer?: string
}
interface SendFlags extends TransferTarget {
  readonly submission?: string
}
interface CodeFlags extends SendFlags {
  readonly challenge?: string
}
interface OperatorFlags extends SendFlags {
  readonly reason?: string
  readonly userCode?: string
  readonly tid?: string
}
interface LoadFlags extends CommonOptions {
  readonly mobile?: string
  readonly userCode?: string
  readonly amount: string
  readonly load: string
}
interface StartFlags extends CommonOptions {
  readonly rail: string
  readonly mobile?: string
  readonly userCode?: string
  readonly recipient: string
  readonly amount: string
  readonly beneficiary?: string
  readonly transfer: string
  readonly location?: string
  readonly channel?: string
  readonly proveSender?: boolean
  readonly policy?: string
}

/** Outcomes after which what was asked for is done, or goes on by itself. */
const DONE: readonly OutcomeCode[] = ['OTP_SENT', 'ADVANCED', 'QUEUED', 'TAKEN_OVER', 'COMPLETED', 'REFUNDED', 'PARKED']

/** `transfer` and `refund`: an onboarded sender's money. */
export function addTransferCommands({ add, run }: CommandContext): void {
  const transfer = add('transfer', 'Send an onboarded sender’s money to a recipient, debited once', [
    'onboard transfer start --recipient 10017740 --amount 110 --user-code 20810200 --transfer order-4711',
    'onboard transfer confirm --transfer order-4711',
    'onboard transfer status --transfer order-4711 --watch',
  ])
  addStart(transfer, run)
  addLoad(transfer, run)
  addReading(transfer, run)
  addCodes(transfer, run)
  addOperators(transfer, run)

  const refund = add('refund', 'Have a transfer that failed after its debit refunded', [
    'onboard refund send-code --transfer order-4711',
    'onboard refund confirm --transfer order-4711',
  ])
  withSubmission(subcommand(refund, 'send-code', 'Have the refund’s code sent to the sender')).action(run(resend))
  withCode(subcommand(refund, 'confirm', 'Enter the refund’s code')).action(
    run((session, flags: CodeFlags) =>
      enterCode(session, flags, 'Refund OTP', (handle, code) => handle.enterRefundOtp(code)),
    ),
  )
}

function withTransfer(command: Command): Command {
  return withDeadline(command)
    .option('--id <workflowId>', 'the transfer, by its workflow id')
    .option('--transfer <transferId>', 'the transfer, by your own id of it')
}

function withSubmission(command: Command): Command {
  return withTransfer(command).option('--submission <id>', 'your own id: the same one again gets the first answer')
}

function withCode(command: Command): Command {
  return withSubmission(command).option('--challenge <id>', 'the challenge it answers (default: the one that is live)')
}

function addStart(transfer: Command, run: Runner): void {
  withDeadline(subcommand(transfer, 'start', 'Start a transfer, or join the one of this id'))
    .option('--rail <rail>', 'digikhata or levin', 'digikhata')
    .option('--mobile <number>', 'the sender’s mobile; asked for where it is left out or `-`')
    .option('--user-code <code>', 'Eko’s code of the agent (default: ONBOARDING_USER_CODE)')
    .requiredOption('--recipient <id>', 'Eko’s recipient_id')
    .requiredOption('--amount <rupees>', 'whole rupees')
    .option('--beneficiary <id>', 'Eko’s beneficiary_id')
    .requiredOption('--transfer <transferId>', 'your own id: the same one again is the same transfer')
    .option('--location <latlong>', 'where the sender is: latitude,longitude')
    .option('--channel <number>', 'as Eko’s page numbers them (default: 2)')
    .option('--prove-sender', 'have the sender prove the mobile first; costs an SMS. Levin’s always do')
    .option('--policy <json>', 'wishes, e.g. \'{"quarantineSeconds":3600}\'')
    .action(run(start))
}

function addLoad(transfer: Command, run: Runner): void {
  withDeadline(subcommand(transfer, 'load-wallet', 'Load a sender’s DigiKhata wallet with the agent’s money, once'))
    .option('--mobile <number>', 'the sender’s mobile; asked for where it is left out or `-`')
    .option('--user-code <code>', 'Eko’s code of the agent (default: ONBOARDING_USER_CODE)')
    .requiredOption('--amount <rupees>', 'whole rupees')
    .requiredOption('--load <loadId>', 'your own id: the same one again is the same load')
    .action(run(loadWallet))
}

function addReading(transfer: Command, run: Runner): void {
  withTransfer(subcommand(transfer, 'status', 'Show a transfer and what is to be done'))
    .option('--watch', 'go on showing changes until it ends')
    .action(run(status))
  withTransfer(subcommand(transfer, 'explain', 'Tell its story, for an operator and for Eko’s support')).action(
    run(async (session, flags: TransferTarget) => {
      const view = await (await target(session, flags)).view()
      return { json: view, lines: [...transferLines(view, session.program), '', ...timelineLines(view)] }
    }),
  )
}

function addCodes(transfer: Command, run: Runner): void {
  withCode(subcommand(transfer, 'sender-otp', 'Enter the code that proves the mobile')).action(
    run((session, flags: CodeFlags) =>
      enterCode(session, flags, 'Sender OTP', (handle, code) => handle.enterSenderOtp(code)),
    ),
  )
  withCode(subcommand(transfer, 'confirm', 'Enter the transaction OTP: the money is debited with it')).action(
    run((session, flags: CodeFlags) =>
      enterCode(session, flags, 'Transaction OTP', (handle, code) => handle.enterTransactionOtp(code)),
    ),
  )
  withSubmission(subcommand(transfer, 'resend', 'Have another code sent')).action(run(resend))
}

interface OperatorCommand {
  readonly command: string
  readonly description: string
  readonly send: (handle: TransferHandle, input: { reason: string }, flags: OperatorFlags) => Promise<TransferReceipt>
}

const OPERATOR_COMMANDS: readonly OperatorCommand[] = [
  {
    command: 'reenter',
    description: 'Have Eko asked anew; before any debit was asked for, begin again',
    send: (handle, input) => handle.reenter(input),
  },
  { command: 'retry', description: 'Run a parked call now', send: (handle, input) => handle.retryNow(input) },
  {
    command: 'take-over',
    description: 'Hand it to another user_code of the tenant',
    send: (handle, input, { userCode = '' }) => handle.takeOver({ ...input, userCode }),
  },
  {
    command: 'inquire',
    description: 'Ask Eko about the transaction of an id that its support named',
    send: (handle, input, { tid = '' }) => handle.inquireByTid({ ...input, tid }),
  },
  {
    command: 'declare-not-debited',
    description: 'End it: Eko’s support says that nothing was debited',
    send: (handle, input) => handle.declareNotDebited(input),
  },
  {
    command: 'declare-refunded',
    description: 'End it: Eko’s support says that the money was given back',
    send: (handle, input) => handle.declareRefunded(input),
  },
  {
    command: 'cancel',
    description: 'End it, until a debit was asked for',
    send: (handle, input) => handle.cancel(input),
  },
]

function addOperators(transfer: Command, run: Runner): void {
  for (const { command, description, send } of OPERATOR_COMMANDS) {
    const added = withSubmission(subcommand(transfer, command, description))
      .option('--reason <text>', 'for the audit; asked for where it is left out. No personal data')
      .option('--actor <id>', 'who you are, as an opaque id (default: onboard-cli)')
    if (command === 'take-over') added.requiredOption('--user-code <code>', 'the agent that goes on with it')
    if (command === 'inquire') added.requiredOption('--tid <id>', 'Eko’s id of the transaction')
    added.action(
      run(async (session: Session, flags: OperatorFlags) => {
        const handle = await target(session, flags)
        const reason = flags.reason ?? (await session.io.ask('Reason'))
        return told(session, handle, await send(handle, { ...envelope(flags), reason }, flags), ['CANCELLED'])
      }),
    )
  }
}

async function target(session: Session, { id, transfer }: TransferTarget): Promise<TransferHandle> {
  const client = await session.client()
  if (id !== undefined) return client.transfer(id)
  if (transfer !== undefined) return client.transferOf(transfer)
  throw new UsageError('Say which transfer, with --transfer or --id.')
}

async function start(session: Session, flags: StartFlags): Promise<Answer> {
  const { userCode, amountPaise } = givenBy(session, flags)
  const transferId = flags.transfer
  const request = {
    ...{ transferId, rail: railOf(flags.rail), mobile: await session.mobile(flags.mobile), userCode },
    ...{ recipientId: Number(flags.recipient), amountPaise },
    ...(flags.beneficiary ? { beneficiaryId: flags.beneficiary } : {}),
    ...(flags.location ? { location: flags.location } : {}),
    ...(flags.channel ? { channel: Number(flags.channel) } : {}),
    ...(flags.proveSender ? { proveSender: true } : {}),
    ...(flags.policy ? { policy: parseJson(flags.policy, '--policy') as TransferRequest['policy'] } : {}),
  } as TransferRequest
  return opened(
    session,
    `transfer ${transferId}`,
    { transferId },
    await (await session.client()).startTransfer(request),
  )
}

async function loadWallet(session: Session, flags: LoadFlags): Promise<Answer> {
  const loadId = flags.load
  const request = { loadId, mobile: await session.mobile(flags.mobile), ...givenBy(session, flags) }
  return opened(session, `load ${loadId}`, { loadId }, await (await session.client()).startWalletLoad(request))
}

/** What every start needs: the agent, and how much. */
function givenBy(
  { env }: Session,
  flags: { readonly userCode?: string; readonly amount: string },
): { readonly userCode: string; readonly amountPaise: number } {
  const userCode = flags.userCode ?? env['ONBOARDING_USER_CODE']
  if (!userCode) throw new UsageError('--user-code is missing. Give it, or set ONBOARDING_USER_CODE.')
  const paise = paiseFromRupees(flags.amount)
  if (!paise.ok) throw new UsageError(`--amount: ${paise.message}`)
  return { userCode, amountPaise: paise.value }
}

function opened(session: Session, what: string, ids: object, { joined, view, handle }: StartedTransfer): Answer {
  return {
    json: { ...ids, joined, workflowId: handle.workflowId, view },
    lines: [`${joined ? 'Joined' : 'Started'} the ${what}.`, ...transferLines(view, session.program)],
    done: view.status.kind !== 'CLOSED' || view.state === 'COMPLETED',
  }
}

async function status(session: Session, flags: TransferTarget & { readonly watch?: boolean }): Promise<Answer | void> {
  const handle = await target(session, flags)
  const view = await handle.view()
  const lines = (shown: typeof view): string[] => transferLines(shown, session.program)
  if (!flags.watch) return { json: view, lines: lines(view) }
  await watchChanges(session, flags, view, lines, (revision) => handle.waitForChange(revision))
}

async function enterCode(
  session: Session,
  flags: CodeFlags,
  question: string,
  send: (handle: TransferHandle, code: { otp: string; challengeId: string }) => Promise<TransferReceipt>,
): Promise<Answer> {
  const handle = await target(session, flags)
  // Read before the person types: the code belongs to the challenge that was live then.
  const challengeId = flags.challenge ?? challengeOf((await handle.view()).nextAction)
  const otp = await session.io.askSecret(question)
  return told(session, handle, await send(handle, { ...envelope(flags), otp, challengeId }))
}

function challengeOf(action: { readonly do: string; readonly challengeId?: string }): string {
  if (action.do.startsWith('ENTER_') && action.challengeId) return action.challengeId
  throw new UsageError(`No code is asked for now: the next action is ${action.do}. See \`transfer status\`.`)
}

async function resend(session: Session, flags: SendFlags): Promise<Answer> {
  const handle = await target(session, flags)
  return told(session, handle, await handle.resendOtp(envelope(flags)))
}

function told(
  session: Session,
  { workflowId }: TransferHandle,
  receipt: TransferReceipt,
  alsoDone: readonly OutcomeCode[] = [],
): Answer {
  return {
    json: receipt,
    lines: transferReceiptLines(receipt, workflowId, session.program),
    done: [...DONE, ...alsoDone].includes(receipt.outcome),
  }
}
