import { setTimeout as sleep } from 'node:timers/promises'
import {
  type JourneyHandle,
  type OnboardingClient,
  OnboardingError,
  type Rail,
  type StartInput,
  type StartOptions,
  type View,
} from '../../client/index.js'
import { Person, type PersonFacts } from '../../stack/person.js'
import type { LedgerJson, OperationName } from '../../sandbox/index.js'
import { newPerson } from './people.js'
import type { TestStack } from './test-stack.js'

export const RAILS: readonly Rail[] = ['digikhata', 'levin']
export const DIALECTS = ['portal-2026', 'docs-2025', 'wlc'] as const

/** The agent of tenant `acme` that tests use. */
export const USER_CODE = '20810200'
/** No wait between two codes. */
export const NO_COOLDOWN = { resendCooldownSeconds: 0 }

export interface TestJourney {
  readonly handle: JourneyHandle
  /** As it was when the start was answered. */
  readonly view: View
  readonly joined: boolean
  readonly person: Person
  readonly mobile: string
  ledger(): Promise<LedgerJson>
}

export interface JourneyOptions extends Partial<StartInput> {
  readonly client?: OnboardingClient
  readonly facts?: PersonFacts
  readonly options?: StartOptions
  /** Puts the sender into this true state first. */
  readonly stage?: string
  /** The caller does not know the sender's details, so that the journey asks for them. */
  readonly unknownDetails?: true
}

/** Starts a journey of a fresh sender, enrolled with details at hand unless `details` is set otherwise. */
export async function startJourney(stack: TestStack, rail: Rail, given: JourneyOptions = {}): Promise<TestJourney> {
  const { client = stack.client, facts = newPerson(), options, stage, unknownDetails, ...input } = given
  if (stage !== undefined) await stack.sandbox.putSender(rail, facts.mobile, { stage })
  const started = await client.start(
    {
      rail,
      mobile: facts.mobile,
      userCode: USER_CODE,
      policy: NO_COOLDOWN,
      ...(!unknownDetails && { details: { ...facts.details } }),
      ...input,
    },
    options,
  )
  return { ...journeyOf(stack, rail, facts, client), view: started.view, joined: started.joined }
}

/** A journey that somebody else starts, or that has not answered yet. */
export function journeyOf(
  stack: TestStack,
  rail: Rail,
  facts: PersonFacts,
  client = stack.client,
): Omit<TestJourney, 'view' | 'joined'> {
  const handle = client.handleOf({ rail, mobile: facts.mobile })
  return {
    handle,
    person: new Person(facts, handle, stack.sandbox),
    mobile: facts.mobile,
    ledger: () => stack.sandbox.ledger(facts.mobile),
  }
}

/** The person does what is asked for until the view asks for this. @throws Error where the journey ends before */
export async function walkTo(
  journey: Pick<TestJourney, 'handle' | 'person'>,
  wanted: View['nextAction']['do'],
): Promise<View> {
  for (;;) {
    const view = await journey.handle.view()
    if (view.nextAction.do === wanted) return view
    if (view.nextAction.do === 'NOTHING') throw new Error(`The journey ended as ${view.state} before ${wanted}`)
    if (view.nextAction.do === 'WAIT' || view.nextAction.do === 'WAIT_UNTIL') {
      await journey.handle.waitForChange(view.revision)
    } else await journey.person.act(view.nextAction)
  }
}

/** The next action, which must be of this kind. */
export function action<Do extends View['nextAction']['do']>(
  view: Pick<View, 'nextAction'>,
  wanted: Do,
): Extract<View['nextAction'], { do: Do }> {
  const { nextAction } = view
  if (nextAction.do !== wanted) throw new Error(`The next action is ${nextAction.do}, not ${wanted}`)
  return nextAction as Extract<View['nextAction'], { do: Do }>
}

/** Calls of an operation that Eko received. */
export function calls(ledger: LedgerJson, operation: OperationName): LedgerJson['calls'] {
  return ledger.calls.filter((call) => call.operation === operation)
}

export function smsFor(ledger: LedgerJson, purpose: 'SENDER' | 'AADHAAR'): LedgerJson['sms'] {
  return ledger.sms.filter((sms) => sms.purpose === purpose)
}

/** How often each KYC step was done. */
export function steps(ledger: LedgerJson): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { step } of ledger.kycSteps) counts[step] = (counts[step] ?? 0) + 1
  return counts
}

export const ALL_STEPS_ONCE = { ENROLLED: 1, MOBILE_VERIFIED: 1, AADHAAR_VERIFIED: 1, PAN_VERIFIED: 1 }

/** The coded error that a call ends with. @throws Error where it does not end with one */
export async function errorOf(call: Promise<unknown>): Promise<OnboardingError> {
  try {
    await call
  } catch (error) {
    if (error instanceof OnboardingError) return error
    throw error
  }
  throw new Error('The call was expected to be refused, and was not')
}

/** The code of that error. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return (await errorOf(call)).code
}

/** Polls until the condition holds; gives up after a minute, so that a failing test ends. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`In a minute it did not come to this: ${what}`)
    await sleep(20)
  }
}
