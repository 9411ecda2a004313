import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { ServiceError, type WorkflowHandle, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import fc from 'fast-check'
import {
  CLOSED_STATES,
  type MessageName,
  OnboardingError,
  OPEN_STATES,
  OUTCOMES,
  type Rail,
  type Receipt,
  REFUSALS,
  type View,
} from '../../client/index.js'
import { BODIES } from '../journey/support.js'
import { failedTasks } from '../support/failed-tasks.js'
import { NO_COOLDOWN, RAILS, smsFor, startJourney, type TestJourney } from '../support/journeys.js'
import { type Sent, type Step, steps } from '../support/random-messages.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

/** Each run is a real journey. */
const RUNS = 25
const LIMITS = { sendsPerWindow: 4, sendsPerDay: 5, triesPerJourney: 6 }

/** A message as it should be, in whatever state the journey is. */
async function bodyOf({ handle, person }: TestJourney, name: MessageName, view: View): Promise<object> {
  const seal = (field: 'otp' | 'aadhaar' | 'pan', value: string) => stack.client.seal(handle.workflowId, field, value)
  switch (name) {
    case 'enterSenderOtp':
      return { otp: await seal('otp', await person.code('SENDER')) }
    case 'enterAadhaarOtp': {
      const sent = view.attempts.AADHAAR.sent > 0
      return { otp: await seal('otp', sent ? await person.code('AADHAAR') : '123456') }
    }
    case 'enterAadhaar': {
      const { nextAction } = view
      const shown = nextAction.do === 'ENTER_AADHAAR' ? nextAction.consent : BODIES.enterAadhaar.consent
      const { consentId, textSha256 } = shown
      const consent = { consentId, textSha256, mode: 'self', acceptedAt: new Date().toISOString() }
      return { aadhaar: await seal('aadhaar', person.facts.aadhaar), consent }
    }
    case 'enterPan':
      return { pan: await seal('pan', person.facts.pan) }
    default:
      return BODIES[name]
  }
}

/** Sent again where the server dropped it with a step that it undid: a run was about to end when a signal came. */
async function outcomeOf(workflow: WorkflowHandle, name: string, body: unknown): Promise<string> {
  const options = { args: [body] as [unknown], updateId: randomUUID() }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await workflow.executeUpdate<Receipt, [unknown]>(name, options)).outcome
    } catch (error) {
      const dropped = error instanceof ServiceError && /unexpected workflow task failure/.test(String(error.cause))
      if (!dropped || attempt === 5) throw error
    }
  }
}

/** Sends by signal, or by update; what an update ends with must be a word of the contract. */
async function send(journey: TestJourney, sent: Sent, view: View): Promise<void> {
  const workflow = stack.client.temporal.workflow.getHandle(journey.handle.workflowId)
  const body = sent.kind === 'garbage' ? sent.body : { ...(await bodyOf(journey, sent.name, view)), ...sent.change }
  try {
    if (sent.via === 'signal') await workflow.signal(sent.name, body)
    else expect(Object.keys(OUTCOMES)).toContain(await outcomeOf(workflow, sent.name, body))
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return // the journey has ended
    if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) throw error
    expect([...Object.keys(REFUSALS), 'AcceptedUpdateCompletedWorkflow']).toContain(error.cause.type)
  }
}

/** The person does what is asked for; a refusal is an answer like another, since others are at work here too. */
async function act({ person, handle }: TestJourney, { nextAction, revision }: View): Promise<void> {
  try {
    switch (nextAction.do) {
      case 'NOTHING':
      case 'CONTACT_SUPPORT':
        return
      case 'WAIT':
      case 'WAIT_UNTIL':
        await handle.waitForChange(revision)
        return
      default:
        await person.act(nextAction)
    }
  } catch (error) {
    if (!(error instanceof OnboardingError) || !Object.hasOwn(REFUSALS, error.code)) throw error
  }
}

async function take(journey: TestJourney, step: Step, view: View): Promise<void> {
  const { handle, person } = journey
  const { nextAction } = view
  switch (step.kind) {
    case 'act':
      return act(journey, view)
    case 'burst':
      await Promise.all(step.sent.map((one) => send(journey, one, view)))
      return
    case 'wrongCode':
      if (nextAction.do !== 'ENTER_SENDER_OTP' && nextAction.do !== 'ENTER_AADHAAR_OTP') return
      return send(
        journey,
        {
          kind: 'message',
          via: 'update',
          name: nextAction.do === 'ENTER_SENDER_OTP' ? 'enterSenderOtp' : 'enterAadhaarOtp',
          change: {
            otp: await stack.client.seal(
              handle.workflowId,
              'otp',
              await person.wrongCode(nextAction.do === 'ENTER_SENDER_OTP' ? 'SENDER' : 'AADHAAR'),
            ),
          },
        },
        view,
      )
    default:
      return send(journey, step, view)
  }
}

function expectLegal(view: View, before: View): void {
  expect([...OPEN_STATES, ...CLOSED_STATES]).toContain(view.state)
  expect(view.revision).toBeGreaterThanOrEqual(before.revision)
  const closed = CLOSED_STATES.some((state) => state === view.state)
  expect([view.nextAction.do === 'NOTHING', view.status.kind === 'CLOSED']).toEqual([closed, closed])
  if (before.status.kind === 'CLOSED') expect(view.state).toBe(before.state)
}

/** The last view once nothing is under way. */
async function idle({ handle }: TestJourney): Promise<View> {
  let view = await handle.view()
  while (view.nextAction.do === 'WAIT') view = await handle.waitForChange(view.revision)
  return view
}

/** On to the end as a person would go; cancelled where that would take an operator, or a day for the next code. */
async function bringToEnd(journey: TestJourney): Promise<View> {
  for (let acts = 0; acts < 20; acts += 1) {
    const view = await idle(journey)
    const { nextAction } = view
    if (nextAction.do === 'NOTHING') return view
    const stuck =
      nextAction.do === 'CONTACT_SUPPORT' ||
      (nextAction.do === 'REQUEST_NEW_CODE' && Date.parse(nextAction.resendAvailableAt) > Date.now())
    if (stuck) break
    await act(journey, view)
  }
  await journey.handle.cancel({ reason: 'no more codes today' })
  return journey.handle.view()
}

it('whatever is sent, in whatever order and form, a journey stays legal, spends no more than it may, and can be ended', async () => {
  const ends = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom<Rail>(...RAILS), steps, async (rail, sequence) => {
      const journey = await startJourney(stack, rail, { policy: { ...NO_COOLDOWN, ...LIMITS } })
      let view = journey.view
      for (const step of sequence) {
        if (view.status.kind === 'CLOSED') break
        await take(journey, step, view)
        const next = await journey.handle.view()
        expectLegal(next, view)
        view = next
      }
      const end = await bringToEnd(journey)
      expectLegal(end, view)
      expect(['COMPLETED', 'CANCELLED', 'REJECTED']).toContain(end.state)
      ends.add(end.state)

      const ledger = await journey.ledger()
      for (const purpose of ['SENDER', 'AADHAAR'] as const) {
        expect(smsFor(ledger, purpose).length).toBeLessThanOrEqual(LIMITS.sendsPerWindow)
        const wrong = ledger.wrongCodes.filter((entry) => entry.purpose === purpose)
        expect(wrong.length).toBeLessThanOrEqual(LIMITS.triesPerJourney)
      }
      const { stage } = await stack.sandbox.sender(rail, journey.mobile)
      if (end.state === 'COMPLETED') expect(stage).toBe('ACTIVE')
      expect(await failedTasks(stack.client, journey.handle.workflowId)).toEqual([])
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
  // Otherwise the sequences would be too tame, or too wild, to say anything.
  expect(ends.has('COMPLETED')).toBe(true)
}, 300_000)

it.each(RAILS)(
  'the order to end a journey is answered, whatever else arrives in that moment, on the %s rail',
  async (rail) => {
    for (let round = 0; round < 10; round += 1) {
      const { handle } = await startJourney(stack, rail)
      const signals = Array.from({ length: 5 }, () => handle.signal.requestConsent({ language: 'English' }))
      const [receipt] = await Promise.all([handle.cancel({ reason: 'seen enough' }), ...signals.map(ignoreClosed)])
      expect(receipt).toMatchObject({ outcome: 'CANCELLED', state: 'CANCELLED' })
      expect(await failedTasks(stack.client, handle.workflowId)).toEqual([])
    }
  },
)

async function ignoreClosed(sent: Promise<unknown>): Promise<void> {
  await sent.catch((error: unknown) => {
    if (!(error instanceof OnboardingError) || error.code !== 'JOURNEY_CLOSED') throw error
  })
}
