import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { runCall, runResolve } from './call-runner.js'
import { failure } from './failures.js'
import type { FieldErrors } from './shape.js'
import { inputErrors } from './journey-input.js'
import { refusal } from './journey-gate.js'
import { JourneyRunner } from './journey-runner.js'
import type { Journey } from './journey.js'
import { resultOf, viewOf } from './journey-view.js'
import { bodyOf } from './message-body.js'
import {
  isClosed,
  type Message,
  type MessageName,
  MESSAGES,
  OPEN_UPDATE,
  type OnboardingInput,
  type OnboardingResult,
  type OpenRequest,
  RECEIPT_QUERY,
  VIEW_QUERY,
} from './messages.js'

/**
 * One durable journey of one sender: messages in, calls out, the pure journey in between. Every business end completes
 * the run; only malformed input fails it (`INVALID_INPUT`).
 *
 * @param carried the journey so far, where a long one goes on in a new run
 */
export async function senderOnboarding(input: OnboardingInput, carried?: Journey): Promise<OnboardingResult> {
  const { workflowId, continuedFromExecutionRunId } = workflowInfo()
  // Only a run before this one may hand over a journey: a caller could pretend anything.
  const fieldErrors: FieldErrors =
    carried === undefined || continuedFromExecutionRunId
      ? inputErrors(input, workflowId)
      : { carried: 'must not be given by a caller' }
  if (Object.keys(fieldErrors).length > 0) {
    throw failure({
      code: 'INVALID_INPUT',
      message: 'The input of the journey is malformed.',
      details: { fieldErrors },
    })
  }
  const runner = new JourneyRunner(input, carried)
  listen(runner)
  // Native Cancel means the message `cancel`: a call in flight finishes first, and COMPLETED wins.
  CancellationScope.current().cancelRequested.catch(() => {
    runner.submit('cancel', { actor: { type: 'operator', id: 'temporal' }, reason: 'Temporal cancellation' }, 'signal')
  })
  return CancellationScope.nonCancellable(async () => {
    while (!isClosed(runner.journey.state)) {
      if (runner.isRunFull()) {
        const journey = runner.answerQueued()
        await condition(allHandlersFinished)
        await continueAsNew<typeof senderOnboarding>(input, journey)
      }
      await runner.step(runResolve, runCall)
    }
    runner.publish()
    await condition(allHandlersFinished)
    return resultOf(runner.journey)
  })
}

/** Registers everything before the first await. The default handler first: it keeps the order of arrival across names. */
function listen(runner: JourneyRunner): void {
  setDefaultSignalHandler((name, ...args) => {
    runner.submit(name, bodyOf(args), 'signal')
  })
  for (const name of Object.keys(MESSAGES) as MessageName[]) {
    const { description } = MESSAGES[name]
    setHandler(
      defineSignal<unknown[]>(name),
      (...args) => {
        runner.submit(name, bodyOf(args), 'signal')
      },
      { description },
    )
    setHandler(defineUpdate<unknown, unknown[]>(name), (...args) => runner.submitAndWait(name, bodyOf(args)), {
      description,
      validator: (...args: unknown[]) => {
        const refused = runner.refusal({ name, body: bodyOf(args) } as Message)
        if (refused) throw failure(refused)
      },
    })
  }
  setHandler(defineUpdate<unknown, unknown[]>(OPEN_UPDATE), (...args) => runner.open(bodyOf(args) as OpenRequest), {
    description: 'Start or join: answers with the first state a user can be shown.',
    validator: (...args: unknown[]) => {
      const refused = runner.openRefusal(bodyOf(args) as OpenRequest)
      if (refused) throw failure(refused)
    },
  })
  // After the named ones: it takes at once what came with the start.
  setDefaultUpdateHandler(() => {
    throw failure(refusal('UNKNOWN_MESSAGE'))
  })
  setHandler(defineQuery(VIEW_QUERY), () => viewOf(runner.journey), { description: 'All that may be shown.' })
  setHandler(
    defineQuery<unknown, [string]>(RECEIPT_QUERY),
    (key) => runner.journey.answers.find((answer) => answer.key === key)?.receipt ?? null,
    { description: 'The receipt of `<message>:<submissionId>`, or null.' },
  )
}
