import { OnboardingClient, type OnboardingResult } from '../client/index.js'
import { type Dialect, SAMPLE_DEVELOPERS } from '../sandbox/index.js'
import type { Cast, Outcome } from './demo-text.js'
import type { Voice } from './demo-voice.js'
import { messageOf } from './error-message.js'
import { endOf, judge, type JourneyFacts, type Judgement } from './ledger-check.js'
import type { LocalStack } from './local-stack.js'
import { judgeMoney, type MoneyJudgement, type PaymentFacts } from './money-check.js'
import { type Paid, pay } from './pay.js'
import { play } from './play.js'
import { SandboxControl } from './sandbox-control.js'
import { personOf, scenes } from './scenes.js'

/** Long enough for ten journeys at once on a small machine that does other things too. */
const DEADLINE_MS = 60_000

/** What the judge found about the journeys and about the money. */
export interface DemoJudgement extends Judgement {
  readonly money: MoneyJudgement
}

/** Nobody waits an hour for a recipient's bank, or a bank for long, while somebody looks on. */
const DEMO_POLICY = { recipientCoolingMs: 0, settlementMs: 1_000 }

/**
 * Plays all scenes at once on a running stack: each sender onboards, then sends money once. Then has them judged by the
 * sandbox's ledger.
 */
export async function runDemo(
  stack: LocalStack,
  dialect: Dialect,
  paceMs: number,
  voice: Voice,
): Promise<DemoJudgement> {
  const sandbox = new SandboxControl(stack.sandboxUrl)
  await sandbox.putPolicy(DEMO_POLICY)
  const listed = await sandbox.scenarios()
  const cast = scenes(dialect).map((scene, index) => ({ scene, facts: personOf(scene, index, listed) }))
  const userCode = SAMPLE_DEVELOPERS[0]?.userCodes[0] ?? ''
  // Strict, unlike the local stack's own setting: the numbers of the sandbox pass every check.
  const options = { env: stack.clientEnv, strictness: 'strict', deadlineMs: DEADLINE_MS } as const
  const client = await OnboardingClient.fromEnvironment(options)
  try {
    voice.begin(cast)
    const ends = await Promise.all(
      cast.map(async (each) => {
        const given = { client, sandbox, userCode, paceMs, ...each }
        const onboarded = await settled(play({ ...given, onStep: (step) => voice.step(each, step) }), (error) =>
          voice.failed(each, error),
        )
        if (onboarded.result?.state !== 'COMPLETED') return { ...onboarded, paid: null }
        const { rail, pays: way } = each.scene
        const payment = { client, sandbox, userCode, rail, mobile: each.facts.mobile, way }
        const paid = await settled(pay({ ...payment, onStep: (step) => voice.paid(each, step) }), (error) =>
          voice.failed(each, error),
        )
        return { ...onboarded, failure: onboarded.failure ?? paid.failure, paid: paid.result }
      }),
    )
    const ledger = await sandbox.ledger()
    const facts = await Promise.all(
      cast.map((each, index) => factsOf(each, ends[index]?.result, ends[index]?.paid, sandbox)),
    )
    const payments = await Promise.all(cast.map((each, index) => paymentOf(each, ends[index]?.paid, sandbox)))
    const money = judgeMoney(payments, await sandbox.money())
    const journeys = judge(facts, ledger)
    const judgement = { ...journeys, money, agrees: journeys.agrees && money.differences.length === 0 }
    const outcomes = cast.map((each, index): Outcome => {
      const { result = null, failure = null } = ends[index] ?? {}
      return { ...each, result: resultText(result), failure }
    })
    voice.judged(outcomes, judgement)
    return judgement
  } finally {
    await client.close()
  }
}

interface Settled<T> {
  readonly result: T | null
  readonly failure: string | null
}

/** A scene that fails must not hide the others. */
async function settled<T>(playing: Promise<T>, onError: (error: unknown) => void): Promise<Settled<T>> {
  try {
    return { result: await playing, failure: null }
  } catch (error) {
    onError(error)
    return { result: null, failure: messageOf(error) }
  }
}

async function factsOf(
  { scene: { sender, rail, wanted }, facts: { mobile } }: Cast,
  result: OnboardingResult | null | undefined,
  paid: Paid | null | undefined,
  sandbox: SandboxControl,
): Promise<JourneyFacts> {
  const { stage } = await sandbox.sender(rail, mobile)
  const end = result ? endOf(result, paid?.senderCodes) : null
  return { sender, rail, mobile, wanted, end, trueStage: stage }
}

async function paymentOf(
  { scene: { sender, rail }, facts: { mobile } }: Cast,
  paid: Paid | null | undefined,
  sandbox: SandboxControl,
): Promise<PaymentFacts> {
  return { sender, rail, mobile, result: paid?.result ?? null, transactions: await sandbox.transactions(mobile) }
}

function resultText(result: OnboardingResult | null): string {
  if (!result) return 'no result'
  return `${result.state}${result.capability ? ` (${result.capability})` : ''}`
}
