import { setTimeout as sleep } from 'node:timers/promises'
import type {
  JourneyHandle,
  NextAction,
  OnboardingClient,
  OnboardingResult,
  OutcomeCode,
  Receipt,
  State,
  View,
} from '../client/index.js'
import { Person, type PersonFacts, waitUntil } from './person.js'
import type { SandboxControl } from './sandbox-control.js'
import type { Scene, Twist } from './scenes.js'

/** What a sender did and what came of it. Nothing in it is secret. */
export interface Step {
  readonly did: Did
  /** Null where nothing was asked of the journey. */
  readonly outcome: OutcomeCode | null
  readonly state: State
  readonly nextAction: NextAction
  /** With `OPEN_APP`: what Eko has of the sender, before anything is asked of it. */
  readonly trueStage?: string
}

/** What a sender does: follow the next action, or a twist of the scene. */
export type Did = 'OPEN_APP' | 'WAIT' | Twist['do'] | Receipt['message']

export interface Play {
  readonly client: OnboardingClient
  readonly sandbox: SandboxControl
  readonly userCode: string
  readonly scene: Scene
  readonly facts: PersonFacts
  /** Before each step, in ms; spread, so that people do not move in step. */
  readonly paceMs: number
  readonly onStep: (step: Step) => void
}

/** A scene has ten steps or so; more means that a journey goes round. */
const MOST_STEPS = 40

/**
 * Plays a scene to the journey's end, doing what `nextAction` says but for the scene's twists.
 * @throws Error where the journey asks for something that no sender can do
 */
export async function play({ scene, facts, ...given }: Play): Promise<OnboardingResult> {
  const { client, sandbox, userCode, paceMs, onStep } = given
  const { rail } = scene
  const twists = [...scene.twists]
  const pause = (): Promise<unknown> => sleep(paceMs * (0.5 + Math.random()))
  const open = (): ReturnType<OnboardingClient['start']> => client.start({ rail, mobile: facts.mobile, userCode })

  await pause()
  const { stage } = await sandbox.sender(rail, facts.mobile)
  const { handle, view: first } = await open()
  const person = new Person(facts, handle, sandbox)
  onStep({ ...seen('OPEN_APP', first), trueStage: stage })

  let view = first
  for (let steps = 1; view.status.kind !== 'CLOSED'; steps += 1) {
    if (steps > MOST_STEPS) throw new Error(`Still not done after ${MOST_STEPS} steps, in ${view.state}.`)
    const { nextAction } = view
    if (nextAction.do === 'CONTACT_SUPPORT') throw new Error(`The journey needs an operator: ${nextAction.reason}.`)
    if (nextAction.do === 'WAIT' || nextAction.do === 'WAIT_UNTIL') {
      view = await handle.waitForChange(view.revision)
      // A call under way that has ended is worth a line; one that was only seen to begin is not.
      if (view.nextAction.do !== 'WAIT') onStep(seen('WAIT', view))
      continue
    }
    await pause()
    const twist = twists[0]?.at === nextAction.do ? twists.shift() : undefined
    if (twist?.do === 'REOPEN_APP') {
      const again = await open()
      if (!again.joined) throw new Error('The app was opened again, and a second journey started.')
      view = again.view
      onStep({ ...seen('REOPEN_APP', view), outcome: null })
      continue
    }
    const receipt = twist ? await divert(twist, nextAction, person, handle) : await follow(nextAction, person)
    view = await handle.view()
    onStep(told(receipt, twist))
    // What was kept from before (a PAN) can bring the journey to its end without another step.
    if (view.status.kind === 'CLOSED' && receipt.status !== 'CLOSED') onStep(seen('WAIT', view))
  }
  return handle.result()
}

async function follow(action: NextAction, person: Person): Promise<Receipt> {
  if (action.do === 'REQUEST_NEW_CODE') await waitUntil(action.resendAvailableAt)
  return person.act(action)
}

async function divert(twist: Twist, action: NextAction, person: Person, handle: JourneyHandle): Promise<Receipt> {
  if (twist.do === 'TYPE_WRONG_CODE' && action.do === 'ENTER_SENDER_OTP')
    return handle.enterSenderOtp({ otp: await person.wrongCode('SENDER'), challengeId: action.challengeId })
  if (twist.do === 'TYPE_WRONG_CODE' && action.do === 'ENTER_AADHAAR_OTP')
    return handle.enterAadhaarOtp({ otp: await person.wrongCode('AADHAAR'), challengeId: action.challengeId })
  if (twist.do === 'ASK_FOR_NEW_CODE' && 'resendAvailableAt' in action) {
    await waitUntil(action.resendAvailableAt)
    return handle.resendOtp()
  }
  throw new Error(`The scene's ${twist.do} does not go with ${action.do}.`)
}

function seen(did: Did, { lastOutcome, state, nextAction }: View): Step {
  return { did, outcome: lastOutcome?.code ?? null, state, nextAction }
}

function told({ message, outcome, state, nextAction }: Receipt, twist: Twist | undefined): Step {
  return { did: twist?.do ?? message, outcome, state, nextAction }
}
