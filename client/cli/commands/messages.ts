import type { ConsentGiven, ConsentText, NextAction, OutcomeCode, Receipt, View } from '../../../workflows/messages.js'
import { type Io, UsageError } from '../io.js'
import { type CommandContext, withTarget } from '../command.js'
import type { Answer } from '../run.js'
import type { Session, TargetOptions } from '../session.js'
import type { JourneyHandle } from '../../handle.js'
import { receiptLines } from '../text.js'
import { addConsentExport } from './consent-export.js'
import { parseJson, readDetails } from './journey.js'

interface MessageFlags extends TargetOptions {
  readonly submission?: string
}
interface CodeFlags extends MessageFlags {
  readonly otp?: string
  readonly challenge?: string
}
interface DetailsFlags extends MessageFlags {
  readonly from?: string
  readonly name?: string
  readonly dob?: string
  readonly address?: string[]
}
interface AadhaarFlags extends MessageFlags {
  readonly consentAccepted?: boolean
  readonly assistedBy?: string
}

/** Outcomes after which what was asked for is done. */
const DONE: readonly OutcomeCode[] = [
  'OTP_SENT',
  'CONSENT_PRESENTED',
  'ADVANCED',
  'KEPT',
  'QUEUED',
  'TAKEN_OVER',
  'COMPLETED',
]

/** What the user of a journey sends: `details`, `otp`, `consent`, `aadhaar`, `aadhaar-otp`, `pan`, `resend`. */
export function addMessageCommands(context: CommandContext): void {
  const { run } = context
  const message = (name: string, description: string, examples: readonly string[]) =>
    withTarget(context.add(name, description, examples)).option(
      '--submission <id>',
      'your own id: the same one again gets the first answer',
    )

  message('details', 'Enter name, date of birth and address of a sender whom Eko does not know', [
    'onboard details --id … --name "Asha Rao" --dob 1990-01-31 --address "12 MG Road" --address "Pune" --address 411001',
    'onboard details --id … --from sender.json',
    'onboard details --id … --from - < sender.json',
  ])
    .option('--from <file>', 'JSON {"name","dob","residenceAddress":[…]}; `-` reads stdin')
    .option('--name <name>', 'as on the ID')
    .option('--dob <date>', 'YYYY-MM-DD')
    .option('--address <line>', 'one line of the address; repeat it', (line: string, lines: string[] = []) => [
      ...lines,
      line,
    ])
    .action(run(details))

  for (const [name, what] of [
    ['otp', 'the code sent to the sender’s mobile'],
    ['aadhaar-otp', 'the code sent to the Aadhaar-linked mobile'],
  ] as const) {
    message(name, `Enter ${what}`, [`onboard ${name} --id …`, `echo 123456 | onboard ${name} --id …`])
      .option('--otp <code>', 'not advised: arguments stay in the shell’s history and in process lists')
      .option('--challenge <id>', 'the challenge it answers (default: the one that is live)')
      .action(run((session, flags: CodeFlags) => enterCode(session, flags, name)))
  }

  const presenting = message('consent', 'Present the Aadhaar consent in a language, and print its text', [
    'onboard consent --id …',
    'onboard consent --id … --language Hindi',
    'onboard consent export onboarding:digikhata:acme:… --out evidence.json',
  ])
    .option('--language <language>', 'one of those that the journey offers (default: English where it is offered)')
    .allowExcessArguments()
    .action(run(consent))
  addConsentExport(presenting, run)

  message('aadhaar', 'Show the consent, record the sender’s agreement, enter the Aadhaar number', [
    'onboard aadhaar --id …',
    'onboard aadhaar --id … --assisted-by agent-7',
    'pass show aadhaar | onboard aadhaar --id … --consent-accepted',
  ])
    .option('--consent-accepted', 'the sender has agreed to the text that `consent` printed; nobody is asked')
    .option('--assisted-by <agent>', 'an agent operated the screen beside the sender')
    .action(run(aadhaar))

  message('pan', 'Enter the PAN', ['onboard pan --id …']).action(
    run(async (session, flags: MessageFlags) => {
      const handle = await session.target(flags)
      const pan = await session.io.askSecret('PAN')
      return told(session, handle, await handle.enterPan({ ...envelope(flags), pan }))
    }),
  )

  message('resend', 'Have another code sent', ['onboard resend --id …']).action(
    run(async (session, flags: MessageFlags) => {
      const handle = await session.target(flags)
      return told(session, handle, await handle.resendOtp(envelope(flags)))
    }),
  )
}

async function details(session: Session, flags: DetailsFlags): Promise<Answer> {
  const fromFile = flags.from === undefined ? undefined : await detailsFrom(session.io, flags.from)
  const handle = await session.target(flags)
  const given = fromFile ?? (await askDetails(session.io, flags))
  return told(session, handle, await handle.enterSenderDetails({ ...envelope(flags), ...given }))
}

async function detailsFrom(io: Io, from: string): ReturnType<typeof readDetails> {
  if (from !== '-') return readDetails(from)
  return parseJson(await io.readAll('The details'), 'stdin') as Awaited<ReturnType<typeof readDetails>>
}

async function askDetails(io: Io, flags: DetailsFlags): ReturnType<typeof readDetails> {
  const name = flags.name ?? (await io.ask('Name, as on the ID'))
  const dob = flags.dob ?? (await io.ask('Date of birth (YYYY-MM-DD)'))
  const residenceAddress = flags.address ?? (await io.ask('Address (lines separated by ;)')).split(';')
  return { name, dob, residenceAddress }
}

async function enterCode(session: Session, flags: CodeFlags, name: 'otp' | 'aadhaar-otp'): Promise<Answer> {
  const handle = await session.target(flags)
  const expected = name === 'otp' ? 'ENTER_SENDER_OTP' : 'ENTER_AADHAAR_OTP'
  // Read before the person types: the code belongs to the challenge that was live then.
  const challengeId = flags.challenge ?? challengeOf((await handle.view()).nextAction, expected)
  if (flags.otp !== undefined) session.io.note('Note: a code among the arguments stays in the shell’s history.')
  const otp = flags.otp ?? (await session.io.askSecret(name === 'otp' ? 'Sender OTP' : 'Aadhaar OTP'))
  const input = { ...envelope(flags), otp, challengeId }
  return told(session, handle, await (name === 'otp' ? handle.enterSenderOtp(input) : handle.enterAadhaarOtp(input)))
}

function challengeOf(action: NextAction, expected: NextAction['do']): string {
  if (action.do === expected && 'challengeId' in action && action.challengeId) return action.challengeId
  throw new UsageError(`No such code is asked for now: the next action is ${action.do}. See \`status\`.`)
}

/** Named only where it is a word: what was typed may as well be a number of the sender's. */
function unknownSubcommand(operand: string): UsageError {
  const named = /^[a-z-]{1,20}$/i.test(operand) ? `\`${operand}\`` : 'that'
  return new UsageError(
    `consent has no subcommand ${named}. There is \`export\`; the journey is named with --id or --mobile.`,
  )
}

async function consent(
  session: Session,
  flags: MessageFlags & { readonly language?: string },
  [operand]: readonly string[],
): Promise<Answer> {
  if (operand !== undefined) throw unknownSubcommand(operand)
  const handle = await session.target(flags)
  const language = flags.language ?? chooseLanguage((await handle.view()).nextAction)
  const receipt = await handle.requestConsent({ ...envelope(flags), language })
  const { nextAction } = receipt
  const answer = told(session, handle, receipt)
  return nextAction.do === 'ENTER_AADHAAR'
    ? { ...answer, lines: [...consentLines(nextAction.consent), '', ...answer.lines] }
    : answer
}

function chooseLanguage(action: NextAction): string {
  const offered = action.do === 'REQUEST_CONSENT' ? (action.languages ?? []) : []
  const english = offered.find((language) => /^en/i.test(language))
  const [first, second] = offered
  const choice = english ?? (second === undefined ? (first ?? 'English') : undefined)
  if (choice) return choice
  throw new UsageError(`Choose a language with --language: ${offered.join(', ')}.`)
}

async function aadhaar(session: Session, flags: AadhaarFlags): Promise<Answer> {
  const { io } = session
  const handle = await session.target(flags)
  const presented = presentedConsent(await handle.view(), session.program)
  if (!flags.consentAccepted) await askForConsent(io, presented)
  const acceptedAt = new Date().toISOString()
  const number = await io.askSecret('Aadhaar number')
  const agreed: ConsentGiven = {
    consentId: presented.consentId,
    textSha256: presented.textSha256,
    acceptedAt,
    ...(flags.assistedBy ? { mode: 'assisted', agent: flags.assistedBy } : { mode: 'self' }),
  }
  return told(session, handle, await handle.enterAadhaar({ ...envelope(flags), aadhaar: number, consent: agreed }))
}

function presentedConsent({ nextAction, workflowId }: View, program: string): ConsentText {
  if (nextAction.do === 'ENTER_AADHAAR') return nextAction.consent
  if (nextAction.do === 'REQUEST_CONSENT') {
    throw new UsageError(`The sender has not seen the consent yet. First: ${program} consent --id ${workflowId}`)
  }
  throw new UsageError(`No Aadhaar number is asked for now: the next action is ${nextAction.do}. See \`status\`.`)
}

async function askForConsent(io: Io, presented: ConsentText): Promise<void> {
  if (!io.interactive) {
    throw new UsageError('Without a terminal, say --consent-accepted once the sender has agreed to the shown text.')
  }
  for (const line of consentLines(presented)) io.note(line)
  if (!(await io.confirm('Does the sender agree?'))) throw new UsageError('Without consent nothing is sent.')
}

function consentLines({ text, language, version, consentId, textSha256 }: ConsentText): string[] {
  return [text, '', `Consent ${consentId}, version ${version}, ${language}, SHA-256 ${textSha256}`]
}

export function envelope({ submission }: MessageFlags): { submissionId?: string } {
  return submission === undefined ? {} : { submissionId: submission }
}

/** The answer for a receipt; `alsoDone` are outcomes that this message aims at. */
export function told(
  session: Session,
  { workflowId }: JourneyHandle,
  receipt: Receipt,
  alsoDone: readonly OutcomeCode[] = [],
): Answer {
  return {
    json: receipt,
    lines: receiptLines(receipt, workflowId, session.program),
    done: [...DONE, ...alsoDone].includes(receipt.outcome),
  }
}
