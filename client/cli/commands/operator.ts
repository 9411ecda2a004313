import type { MessageName, OutcomeCode, Receipt } from '../../../workflows/messages.js'
import { BULK_MESSAGES } from '../../bulk.js'
import type { JourneyHandle } from '../../handle.js'
import { type CommandContext, withTarget } from '../command.js'
import type { Answer } from '../run.js'
import type { Session } from '../session.js'
import { type BulkFlags, isBulk, sendInBulk, withBulk } from './bulk.js'
import { envelope, told } from './messages.js'

interface OperatorFlags extends BulkFlags {
  readonly userCode: string
}

interface OperatorCommand {
  readonly command: string
  readonly message: MessageName
  readonly description: string
  readonly send: (handle: JourneyHandle, input: { reason: string }, flags: OperatorFlags) => Promise<Receipt>
  /** How the journey answers when it does as it is told. */
  readonly aimsAt?: readonly OutcomeCode[]
}

const COMMANDS: readonly OperatorCommand[] = [
  {
    command: 'reenter',
    message: 'reenter',
    description: 'Send journeys back to the lookup, where Eko’s answer is the truth; costs an SMS each',
    send: (handle, input) => handle.reenter(input),
  },
  {
    command: 'retry',
    message: 'retryNow',
    description: 'Run parked calls now, if they were never executed',
    send: (handle, input) => handle.retryNow(input),
  },
  {
    command: 'take-over',
    message: 'takeOver',
    description: 'Hand journeys to another user_code of the tenant',
    send: (handle, input, { userCode }) => handle.takeOver({ ...input, userCode }),
  },
  {
    command: 'withdraw-consent',
    message: 'withdrawConsent',
    description: 'The sender withdraws the consent; the journey ends',
    send: (handle, input) => handle.withdrawConsent(input),
    aimsAt: ['CANCELLED'],
  },
  {
    command: 'cancel',
    message: 'cancel',
    description: 'End journeys; a call in flight finishes first',
    send: (handle, input) => handle.cancel(input),
    aimsAt: ['CANCELLED'],
  },
]

/** What an operator sends, to one journey or to many. */
export function addOperatorCommands({ add, run }: CommandContext): void {
  for (const { command, message, description, send, aimsAt } of COMMANDS) {
    const bulkMessage = BULK_MESSAGES.find((name) => name === message)
    const extra = command === 'take-over' ? ' --user-code 20810201' : ''
    const how = `${extra} --reason "ticket 4711" --actor op-12`
    const examples = [
      `onboard ${command} --id …${how}`,
      ...(bulkMessage
        ? [`onboard ${command} --where ${command === 'retry' ? 'parked' : 'needs-attention'}${how}`]
        : []),
    ]
    const added = withTarget(add(command, description, examples))
      .option('--reason <text>', 'for the audit; asked for where it is left out. No personal data')
      .option('--actor <id>', 'who you are, as an opaque id (default: onboard-cli)')
      .option('--submission <id>', 'your own id: the same one again gets the first answer')
    if (command === 'take-over') added.requiredOption('--user-code <code>', 'the agent that goes on with it')
    if (bulkMessage) withBulk(added)
    added.action(
      run(async (session: Session, flags: OperatorFlags) => {
        if (bulkMessage && isBulk(flags)) return sendInBulk(session, bulkMessage, flags)
        const handle = await session.target(flags)
        const reason = flags.reason ?? (await session.io.ask('Reason'))
        const answer = told(session, handle, await send(handle, { ...envelope(flags), reason }, flags), aimsAt)
        return message === 'withdrawConsent' ? withErasure(session, handle, answer) : answer
      }),
    )
  }
}

/** The journey has ended; what it left is erased by another command, which works for closed journeys too. */
function withErasure({ program }: Session, { workflowId }: JourneyHandle, answer: Answer): Answer {
  const command = `${program} erase ${workflowId} --withdraw --reason "…"`
  return { ...answer, lines: [...answer.lines, `To erase what it left: ${command}`] }
}
