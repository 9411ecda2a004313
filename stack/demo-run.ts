import { OnboardingClient, type OnboardingResult } from '../client/index.js'
import { type Dialect, SAMPLE_DEVELOPERS } from '../sandbox/index.js'
import type { Cast, Outcome } from './demo-text.js'
import type { Voice } from './demo-voice.js'
import { messageOf } from './error-message.js'
import { endOf, judge, type JourneyFacts, type Judgement } from './ledger-check.js'
import type { LocalStack } from './local-stack.js'
import { play } from './play.js'
import { SandboxControl } from './sandbox-control.js'
import { personOf, scenes } from './scenes.js'

/** Long enough for ten journeys at once on a small machine that does other things too. */
const DEADLINE_MS = 60_000

/** Plays all scenes at once on a running stack, then has them judged by the sandbox's ledger. */
export async function runDemo(stack: LocalStack, dialect: Dialect, paceMs: number, voice: Voice): Promise<Judgement> {
  const sandbox = new SandboxControl(stack.sandboxUrl)
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
        return settled(play({ ...given, onStep: (step) => voice.step(each, step) }), (error) =>
          voice.failed(each, error),
        )
      }),
    )
    const ledger = await sandbox.ledger()
    const facts = await Promise.all(cast.map((each, index) => factsOf(each, ends[index]?.result, sandbox)))
    const judgement = judge(facts, ledger)
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

interface Settled {
  readonly result: OnboardingResult | null
  readonly failure: string | null
}

/** A scene that fails must not hide the others. */
async function settled(playing: Promise<OnboardingResult>, onError: (error: unknown) => void): Promise<Settled> {
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
  sandbox: SandboxControl,
): Promise<JourneyFacts> {
  const { stage } = await sandbox.sender(rail, mobile)
  return { sender, rail, mobile, wanted, end: result ? endOf(result) : null, trueStage: stage }
}

function resultText(result: OnboardingResult | null): string {
  if (!result) return 'no result'
  return `${result.state}${result.capability ? ` (${result.capability})` : ''}`
}
