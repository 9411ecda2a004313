import { OUTCOMES } from '../client/index.js'
import type { NextAction, Rail } from '../client/index.js'
import { maskAadhaar, maskMobile, maskPan } from '../values/index.js'
import type { DemoJudgement } from './demo-run.js'
import type { PersonFacts } from './person.js'
import type { PayStep } from './pay.js'
import type { Did, Step } from './play.js'
import type { Scene } from './scenes.js'
import { columns, type Paint } from './terminal.js'

/** What the demo says to people. All of it fits into 120 columns; nothing of it is secret. */

const RAIL_TEXT: Readonly<Record<Rail, string>> = { digikhata: 'DigiKhata', levin: 'Levin' }

/** What Eko has of a sender, in words. The stages are the sandbox's own. */
const STAGE_TEXT: Readonly<Record<string, string>> = {
  NOT_ENROLLED: 'Eko does not know this mobile',
  OTP_PENDING: "Eko's truth: mobile next",
  AADHAAR_PENDING: "Eko's truth: Aadhaar next",
  PAN_PENDING: "Eko's truth: PAN next",
}

const NEXT_STEP_TEXT: Partial<Record<NextAction['do'], string>> = {
  REQUEST_CONSENT: 'mobile verified',
  ENTER_PAN: 'mobile verified, Aadhaar was before',
}

/** A person and a scene, as they go together through the demo. */
export interface Cast {
  readonly scene: Scene
  readonly facts: PersonFacts
}

export function castLines(cast: readonly Cast[], paint: Paint): string[] {
  const rows = cast.map(({ scene: { sender, rail, title }, facts }) => [
    `  ${sender}`,
    RAIL_TEXT[rail],
    maskMobile(facts.mobile),
    title,
  ])
  return [
    paint('bold', `${cast.length} senders onboard at the same time, each by one durable journey:`),
    '',
    ...columns(rows),
    '',
    'A sender proves the mobile by an SMS code, agrees to a consent, proves the Aadhaar number by a second',
    'code, and enters the PAN. Every journey says what is to be done next; the app only follows.',
    '',
    paint('dim', stepRow(['TIME', 'SENDER', 'RAIL', 'THE SENDER …', 'WHAT CAME OF IT', 'NEXT ACTION'])),
  ]
}

const WIDTHS = [7, 6, 9, 30, 38] as const

function stepRow(cells: readonly string[]): string {
  return cells
    .map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0))
    .join('  ')
    .trimEnd()
}

/** One line of the story. */
export function stepLine(elapsedMs: number, { scene, facts }: Cast, step: Step, paint: Paint): string {
  const time = `${(elapsedMs / 1_000).toFixed(2)} s`
  const done = happened(step)
  const [start, next] = [
    stepRow([time.padStart(WIDTHS[0]), scene.sender, RAIL_TEXT[scene.rail], didText(step.did, facts), '']),
    step.nextAction.do === 'NOTHING' ? '' : step.nextAction.do,
  ]
  const head = start.padEnd(WIDTHS.slice(0, 4).reduce((sum, width) => sum + width + 2, 0))
  return `${head}${paint(styleOf(step), done.padEnd(WIDTHS[4]))}  ${paint('dim', next)}`.trimEnd()
}

const PAID: Readonly<Record<PayStep['did'], string>> = {
  ADD_RECIPIENT: 'adds a recipient',
  LOAD_WALLET: 'has ₹500 put into the wallet',
  CONFIRM_TRANSFER: 'sends ₹110  ••••••',
  CONFIRM_REFUND: 'confirms the refund  ••••••',
}

/** One line about money. */
export function payLine(elapsedMs: number, { scene }: Cast, step: PayStep, paint: Paint): string {
  const { did, outcome, state } = step
  const time = `${(elapsedMs / 1_000).toFixed(2)} s`
  const start = stepRow([time.padStart(WIDTHS[0]), scene.sender, RAIL_TEXT[scene.rail], PAID[did], ''])
  const head = start.padEnd(WIDTHS.slice(0, 4).reduce((sum, width) => sum + width + 2, 0))
  const style = outcome === 'PARKED' ? 'yellow' : state === 'COMPLETED' || state === 'REFUNDED' ? 'green' : 'cyan'
  return `${head}${paint(style, paidText(step))}`.trimEnd()
}

function paidText({ did, outcome, state }: PayStep): string {
  if (outcome === 'PARKED') return 'answer lost, or on its way: Eko is asked'
  if (state === 'REFUND_OTP_REQUIRED') return 'failed after its debit: refund due'
  const texts: Partial<Record<string, string>> = {
    'ADD_RECIPIENT RECIPIENT_ADDED': 'recipient added, bank registered',
    'LOAD_WALLET COMPLETED': 'loaded, once',
    'CONFIRM_TRANSFER COMPLETED': 'debited, once',
    'CONFIRM_REFUND REFUNDED': 'refunded',
  }
  return texts[`${did} ${outcome}`] ?? outcome
}

function styleOf({ outcome, state }: Step): 'green' | 'yellow' | 'cyan' {
  if (state === 'COMPLETED') return 'green'
  const trouble = ['WRONG_CODE', 'DISPATCH_UNCERTAIN', 'VERIFICATION_UNCERTAIN', 'SENDER_OTP_AGAIN', 'PARKED']
  return outcome !== null && trouble.includes(outcome) ? 'yellow' : 'cyan'
}

function didText(did: Did, { aadhaar, pan }: PersonFacts): string {
  const texts: Partial<Record<Did, string>> = {
    OPEN_APP: 'opens the app',
    REOPEN_APP: 'closes the app, opens it again',
    WAIT: 'waits',
    TYPE_WRONG_CODE: 'types a wrong code  ••••••',
    ASK_FOR_NEW_CODE: 'asks for a new code',
    resendOtp: 'asks for a new code',
    enterSenderDetails: 'enters name, birthday, address',
    enterSenderOtp: 'types the SMS code  ••••••',
    requestConsent: 'asks for the Aadhaar consent',
    enterAadhaar: `agrees; Aadhaar ${maskAadhaar(aadhaar)}`,
    enterAadhaarOtp: 'types the Aadhaar code  ••••••',
    enterPan: `enters the PAN ${maskPan(pan)}`,
  }
  return texts[did] ?? did
}

/** What came of a step, in words. */
export function happened({ did, outcome, state, nextAction, trueStage }: Step): string {
  if (did === 'REOPEN_APP') return 'joins the live journey, no second SMS'
  if (state === 'COMPLETED') return 'onboarded: COMPLETED'
  switch (outcome) {
    case 'OTP_SENT':
      return opening(trueStage, 'SMS sent') ?? sentText(nextAction)
    case 'DISPATCH_UNCERTAIN':
      return opening(trueStage, 'answer lost') ?? 'answer lost; that SMS is of no use'
    case 'VERIFICATION_UNCERTAIN':
      return nextAction.do === 'ENTER_PAN' ? 'answer lost; the PAN will tell' : 'answer lost; the code may be used up'
    case 'WRONG_CODE':
      return `wrong code${'attemptsLeft' in nextAction ? `, ${nextAction.attemptsLeft} tries left` : ''}`
    case 'ADVANCED':
      if (trueStage !== undefined) return STAGE_TEXT[trueStage] ?? trueStage
      if (did === 'enterAadhaarOtp') return 'Aadhaar verified'
      return NEXT_STEP_TEXT[nextAction.do] ?? 'done'
    case 'CONSENT_PRESENTED':
      return 'the text to agree to is shown'
    case 'SENDER_OTP_AGAIN':
      return 'wallet token dead: prove mobile again'
    case null:
      return ''
    default:
      return OUTCOMES[outcome].cause
  }
}

function opening(trueStage: string | undefined, what: string): string | undefined {
  if (trueStage === undefined) return undefined
  return `${STAGE_TEXT[trueStage] ?? trueStage}; ${what}`
}

function sentText(action: NextAction): string {
  if (action.do === 'ENTER_AADHAAR_OTP') return 'SMS sent to the Aadhaar-linked mobile'
  return 'SMS sent to the mobile'
}

export interface Outcome extends Cast {
  /** `COMPLETED (full)`, or why there is no result. */
  readonly result: string
  readonly failure: string | null
}

/** The judge's table, and every difference that was found. */
export function judgementLines(outcomes: readonly Outcome[], judgement: DemoJudgement, paint: Paint): string[] {
  const { verdicts, strays, smsSent, agrees, money } = judgement
  const agreeing = (at: number): boolean => verdicts[at]?.differences.length === 0
  const rows = outcomes.map(({ scene: { sender, rail, title }, result }, at) => [
    ...[`  ${sender}`, RAIL_TEXT[rail], title, result, String(verdicts[at]?.smsSent ?? 0)],
    agreeing(at) ? 'agrees' : 'DIFFERS',
  ])
  const [header = '', ...lines] = columns([['  SENDER', 'RAIL', 'SCENE', 'RESULT', 'SMS', 'LEDGER'], ...rows])
  const completed = outcomes.filter(({ result }) => result.startsWith('COMPLETED')).length
  const differences = [
    ...outcomes.flatMap(({ scene: { sender }, failure }, at) => [
      ...(failure === null ? [] : [`${sender}: ${failure}`]),
      ...(verdicts[at]?.differences ?? []).map((difference) => `${sender}: ${difference}`),
    ]),
    ...strays,
    ...money.differences,
  ]
  return [
    paint('bold', "The judge: the sandbox's ledger of what truly happened, beside what each journey says of itself"),
    '',
    paint('dim', header),
    ...lines.map((line, at) =>
      line.replace(/(agrees|DIFFERS)$/, (word) => paint(agreeing(at) ? 'green' : 'red', word)),
    ),
    '',
    `${completed} of ${outcomes.length} journeys completed, ${smsSent} SMS sent.`,
    `${money.transfers} transfers, ${money.debits} debits, ${money.refunds} refunds.`,
    agrees
      ? paint(
          'green',
          'The ledger agrees with every result: no SMS too many, no code or step twice, no rupee debited twice.',
        )
      : paint('red', 'The ledger does not agree:'),
    ...differences.map((difference) => `  - ${difference}`),
  ]
}
