import { randomUUID } from 'node:crypto'
import { paiseFromRupees } from '../../../values/index.js'
import { UsageError } from '../io.js'
import { type CommandContext, withDeadline } from '../command.js'
import type { Answer } from '../run.js'
import { type CommonOptions, railOf, type Session } from '../session.js'
import { aligned, type Row } from '../text.js'

interface Flags extends CommonOptions {
  readonly rail: string
  readonly mobile?: string
  readonly userCode?: string
  readonly recipient: string
  readonly amount: string
  readonly beneficiary?: string
  readonly request?: string
}

export function addTransactionOtpCommand({ add, run }: CommandContext): void {
  withDeadline(
    add('transaction-otp', 'Have a transaction OTP sent to a sender', [
      'onboard transaction-otp --recipient 10017740 --amount 110 --user-code 20810200',
      'echo 9000000001 | onboard transaction-otp --mobile - --recipient 10017740 --amount 110 --request order-4711',
    ]),
  )
    .option('--rail <rail>', 'digikhata or levin', 'digikhata')
    .option('--mobile <number>', 'the sender’s mobile; asked for where it is left out or `-`')
    .option('--user-code <code>', 'Eko’s code of the agent (default: ONBOARDING_USER_CODE)')
    .requiredOption('--recipient <id>', 'Eko’s recipient_id')
    .requiredOption('--amount <rupees>', 'whole rupees')
    .option('--beneficiary <id>', 'Eko’s beneficiary_id')
    .option('--request <id>', 'your own id: the same one again is the same dispatch (default: a random one)')
    .action(run(sendOne))
}

async function sendOne(session: Session, flags: Flags): Promise<Answer> {
  const userCode = flags.userCode ?? session.env['ONBOARDING_USER_CODE']
  if (!userCode) throw new UsageError('--user-code is missing. Give it, or set ONBOARDING_USER_CODE.')
  const rail = railOf(flags.rail)
  const paise = paiseFromRupees(flags.amount)
  if (!paise.ok) throw new UsageError(`--amount: ${paise.message}`)
  const requestId = flags.request ?? randomUUID()
  const mobile = await session.mobile(flags.mobile)
  const answer = await (
    await session.client()
  ).sendTransactionOtp({
    requestId,
    rail,
    mobile,
    userCode,
    recipientId: Number(flags.recipient),
    amountPaise: paise.value,
    ...(flags.beneficiary ? { beneficiaryId: flags.beneficiary } : {}),
  })
  const { facts, inputCode } = answer
  const said = facts ? `status ${facts.status}, type ${facts.responseTypeId}, client_ref_id ${facts.clientRefId}` : ''
  return {
    json: { requestId, ...answer },
    lines: aligned([
      ['Answer', answer.answer],
      ...(inputCode ? [['Why', inputCode] as Row] : []),
      ['Request', requestId],
      ['Workflow', answer.workflowId],
      ...(said ? [['Eko said', said] as Row] : []),
    ]),
    done: answer.answer === 'OTP_SENT',
  }
}
