import type { Dialect } from '../sandbox/index.js'
import { type Cast, castLines, happened, judgementLines, type Outcome, payLine, stepLine } from './demo-text.js'
import { messageOf } from './error-message.js'
import type { DemoJudgement } from './demo-run.js'
import type { LocalStack } from './local-stack.js'
import type { PayStep } from './pay.js'
import type { Step } from './play.js'
import type { Paint } from './terminal.js'

/** What there is to tell, as it happens. */
export interface Voice {
  /** The stack is being started; may take minutes where the Temporal server has to be built. */
  progress(line: string): void
  ready(stack: LocalStack, dialect: Dialect): void
  /** The scenes begin. */
  begin(cast: readonly Cast[]): void
  step(cast: Cast, step: Step): void
  paid(cast: Cast, step: PayStep): void
  failed(cast: Cast, error: unknown): void
  judged(outcomes: readonly Outcome[], judgement: DemoJudgement): void
}

/** Prints one line; `console.log` or a collector. */
type Print = (line: string) => void

/** Where a person looks while the stack is up. */
export function places({ temporal, sandboxUrl }: LocalStack): { temporalUi: string; inbox: string; ledger: string } {
  const temporalUi = `${temporal.uiUrl ?? ''}/namespaces/${temporal.namespace}/workflows`
  return { temporalUi, inbox: `${sandboxUrl}/`, ledger: `${sandboxUrl}/ledger` }
}

/** For people. */
export function humanVoice(print: Print, paint: Paint): Voice {
  let since = Date.now()
  const elapsed = (): number => Date.now() - since
  return {
    progress: (line) => print(paint('dim', line)),
    ready(stack, dialect) {
      const { temporalUi, inbox, ledger } = places(stack)
      print('')
      print(`Temporal UI  ${temporalUi}`)
      print(`SMS inbox    ${inbox}`)
      print(`Ledger       ${ledger}`)
      print(`Eko          a sandbox on this machine, dialect ${dialect}; nobody else is called`)
      print('')
    },
    begin(cast) {
      for (const line of castLines(cast, paint)) print(line)
      since = Date.now()
    },
    step: (cast, step) => print(stepLine(elapsed(), cast, step, paint)),
    paid: (cast, step) => print(payLine(elapsed(), cast, step, paint)),
    failed: (cast, error) => print(paint('red', `${cast.scene.sender} cannot go on: ${messageOf(error)}`)),
    judged(outcomes, judgement) {
      print('')
      for (const line of judgementLines(outcomes, judgement, paint)) print(line)
      print('')
    },
  }
}

/** For programs: one JSON object a line, the summary last; progress goes to `note`. */
export function jsonVoice(print: Print, note: Print): Voice {
  const event = (name: string, facts: Readonly<Record<string, unknown>>): void =>
    print(JSON.stringify({ event: name, at: new Date().toISOString(), ...facts }))
  const who = ({ scene: { sender, rail, title } }: Cast) => ({ sender, rail, scene: title })
  return {
    progress: note,
    ready: (stack, dialect) => event('ready', { dialect, temporal: stack.temporal.address, ...places(stack) }),
    begin: (cast) => event('begin', { senders: cast.map(who) }),
    step(cast, step) {
      const { did, outcome, state, nextAction, trueStage } = step
      const facts = { did, outcome, state, nextAction: nextAction.do, ...(trueStage && { trueStage }) }
      event('step', { ...who(cast), ...facts, happened: happened(step) })
    },
    paid: (cast, step) => event('payment', { ...who(cast), ...step }),
    failed: (cast, error) => event('failed', { ...who(cast), message: messageOf(error) }),
    judged(outcomes, { verdicts, strays, smsSent, agrees, money }) {
      outcomes.forEach((outcome, at) => {
        const { smsSent: sms = 0, differences = [] } = verdicts[at] ?? {}
        const agreesHere = differences.length === 0
        event('verdict', {
          ...who(outcome),
          ...{ result: outcome.result, smsSent: sms, ledgerAgrees: agreesHere, differences },
        })
      })
      for (const stray of [...strays, ...money.differences]) event('stray', { message: stray })
      const { transfers, debits, refunds } = money
      const completed = outcomes.filter(({ result }) => result.startsWith('COMPLETED')).length
      print(
        JSON.stringify({
          summary: { journeys: outcomes.length, completed, smsSent, transfers, debits, refunds, ledgerAgrees: agrees },
        }),
      )
    },
  }
}
