import type { Command } from 'commander'
import type { OutcomeCode, RecipientsReceipt } from '../../../workflows/messages.js'
import type { RecipientsHandle } from '../../recipients/handle.js'
import type { StartedRecipients } from '../../recipients/start.js'
import { type CommandContext, subcommand, withDeadline } from '../command.js'
import { UsageError } from '../io.js'
import { recipientsLines, recipientsReceiptLines } from '../recipients-text.js'
import type { Answer } from '../run.js'
import { type CommonOptions, railOf, type Session } from '../session.js'
import { envelope } from './messages.js'

interface Flags extends CommonOptions {
  readonly rail: string
  readonly mobile?: string
  readonly userCode?: string
  readonly submission?: string
}
interface AddFlags extends Flags {
  readonly name?: string
  readonly recipientMobile?: string
  readonly account?: string
  readonly ifsc: string
  readonly bank: string
}
interface BankFlags extends Flags {
  readonly recipient: string
}
interface OperatorFlags extends Flags {
  readonly reason?: string
}

/** Outcomes after which what was asked for is done, or goes on by itself. */
const DONE: readonly OutcomeCode[] = [
  ...(['RECIPIENTS_LISTED', 'RECIPIENT_ADDED', 'RECIPIENT_EXISTS', 'BANK_ADDED', 'BANK_VERIFIED'] as const),
  ...(['OTP_SENT', 'ADVANCED', 'COMPLETED', 'QUEUED', 'PARKED'] as const),
]

/** `recipients`: those whom a sender can send money to. Each command joins the sender's session, or starts one. */
export function addRecipientsCommand({ add, run }: CommandContext): void {
  const recipients = add('recipients', 'List and add those whom an onboarded sender can send money to', [
    'onboard recipients list --user-code 20810200',
    'onboard recipients add --ifsc SBIN0000001 --bank 12 --user-code 20810200',
    'onboard recipients register-bank --recipient 10017740 --user-code 20810200',
  ])
  const command = (name: string, description: string): Command =>
    withDeadline(subcommand(recipients, name, description))
      .option('--rail <rail>', 'digikhata or levin', 'digikhata')
      .option('--mobile <number>', 'the sender’s mobile; asked for where it is left out or `-`')
      .option('--user-code <code>', 'Eko’s code of the agent (default: ONBOARDING_USER_CODE)')
      .option('--submission <id>', 'your own id: the same one again gets the first answer')

  command('open', 'Start the session, or join the live one; on Levin that sends the sender a code').action(
    run(async (session, flags: Flags): Promise<Answer> => {
      const { joined, view } = await open(session, flags)
      const headline = joined ? 'Joined the live session.' : 'Started a session.'
      return { json: { joined, view }, lines: [headline, ...recipientsLines(view)], done: view.rejection === null }
    }),
  )
  command('list', 'Read the sender’s list from Eko, and show it').action(
    run(async (session, flags: Flags) => {
      const { handle } = await open(session, flags)
      const receipt = await handle.listRecipients(envelope(flags))
      const view = await handle.view()
      return { json: view, lines: recipientsLines(view), done: receipt.outcome === 'RECIPIENTS_LISTED' }
    }),
  )
  command('add', 'Add a recipient; Eko takes five a day')
    .option('--name <name>', 'as the bank knows it')
    .option('--recipient-mobile <number>', 'the recipient’s mobile; asked for where it is left out')
    .option('--account <number>', 'the bank account; asked for where it is left out')
    .requiredOption('--ifsc <code>', 'of the bank’s branch')
    .requiredOption('--bank <id>', 'Eko’s id of the bank')
    .action(run(addOne))
  command('register-bank', 'Register a recipient’s bank; on DigiKhata a code confirms it')
    .requiredOption('--recipient <id>', 'Eko’s recipient_id')
    .action(
      run((session, flags: BankFlags) =>
        send(session, flags, (handle) =>
          handle.registerBank({ ...envelope(flags), recipientId: Number(flags.recipient) }),
        ),
      ),
    )
  for (const [name, question, description] of [
    ['sender-otp', 'Sender OTP', 'Enter the code that proves the sender’s mobile'],
    ['confirm', 'Recipient OTP', 'Enter the code that confirms the recipient’s bank'],
  ] as const) {
    command(name, description).action(
      run((session, flags: Flags) => send(session, flags, (handle) => enterCode(session, flags, handle, question))),
    )
  }
  command('resend', 'Have another code sent').action(
    run((session, flags: Flags) => send(session, flags, (handle) => handle.resendOtp(envelope(flags)))),
  )
  command('finish', 'End the session').action(
    run((session, flags: Flags) => send(session, flags, (handle) => handle.finish(envelope(flags)))),
  )
  for (const [name, description] of [
    ['reenter', 'Begin the session again, where it needs attention'],
    ['retry', 'Run a parked call now'],
    ['cancel', 'End the session, whatever it waits for'],
  ] as const) {
    command(name, description)
      .option('--reason <text>', 'for the audit; asked for where it is left out. No personal data')
      .option('--actor <id>', 'who you are, as an opaque id (default: onboard-cli)')
      .action(run((session, flags: OperatorFlags) => byOperator(session, flags, name)))
  }
}

async function open(session: Session, flags: Flags): Promise<StartedRecipients> {
  const userCode = flags.userCode ?? session.env['ONBOARDING_USER_CODE']
  if (!userCode) throw new UsageError('--user-code is missing. Give it, or set ONBOARDING_USER_CODE.')
  const mobile = await session.mobile(flags.mobile)
  return (await session.client()).openRecipients({ rail: railOf(flags.rail), mobile, userCode })
}

async function send(
  session: Session,
  flags: Flags,
  message: (handle: RecipientsHandle) => Promise<RecipientsReceipt>,
): Promise<Answer> {
  const { handle } = await open(session, flags)
  return told(await message(handle))
}

function told(receipt: RecipientsReceipt, alsoDone: readonly OutcomeCode[] = []): Answer {
  return {
    json: receipt,
    lines: recipientsReceiptLines(receipt),
    done: [...DONE, ...alsoDone].includes(receipt.outcome),
  }
}

async function addOne(session: Session, flags: AddFlags): Promise<Answer> {
  const { io } = session
  const { handle } = await open(session, flags)
  const recipient = {
    name: flags.name ?? (await io.ask('Name of the recipient')),
    mobile: flags.recipientMobile ?? (await io.ask('Mobile of the recipient')),
    account: flags.account ?? (await io.ask('Account number of the recipient')),
    ...{ ifsc: flags.ifsc, bankId: Number(flags.bank) },
  }
  return told(await handle.addRecipient({ ...envelope(flags), recipient }))
}

async function enterCode(
  { io }: Session,
  flags: Flags,
  handle: RecipientsHandle,
  question: 'Sender OTP' | 'Recipient OTP',
): Promise<RecipientsReceipt> {
  const { nextAction } = await handle.view()
  const expected = question === 'Sender OTP' ? 'ENTER_SENDER_OTP' : 'ENTER_RECIPIENT_OTP'
  if (nextAction.do !== expected)
    throw new UsageError(`No such code is asked for: the next action is ${nextAction.do}.`)
  const input = { ...envelope(flags), otp: await io.askSecret(question), challengeId: nextAction.challengeId }
  return expected === 'ENTER_SENDER_OTP' ? handle.enterSenderOtp(input) : handle.enterRecipientOtp(input)
}

async function byOperator(
  session: Session,
  flags: OperatorFlags,
  name: 'reenter' | 'retry' | 'cancel',
): Promise<Answer> {
  const { handle } = await open(session, flags)
  const input = { ...envelope(flags), reason: flags.reason ?? (await session.io.ask('Reason')) }
  const message = { reenter: handle.reenter, retry: handle.retryNow, cancel: handle.cancel }[name]
  return told(await message(input), ['CANCELLED'])
}
