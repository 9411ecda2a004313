import { allHandlersFinished, CancellationScope, condition, continueAsNew, workflowInfo } from '@temporalio/workflow'
import { failure } from '../failures.js'
import type { FieldErrors } from '../shape.js'
import { runCall, runResolve } from './call-runner.js'
import type { Core } from './core.js'
import type { Flow } from './flow.js'
import { listen } from './listen.js'
import { JourneyRunner } from './runner.js'

/**
 * Runs a journey as a workflow: messages in, calls out, the pure journey in between. Every business end completes the
 * run; only malformed input fails it (`INVALID_INPUT`).
 *
 * @param carried the journey so far, where a long one goes on in a new run
 * @returns the journey at its end
 */
export async function runJourney<J extends Core>(flow: Flow<J>, input: J['input'], carried?: J): Promise<J> {
  const { workflowId, continuedFromExecutionRunId } = workflowInfo()
  // Only a run before this one may hand over a journey: a caller could pretend anything.
  const fieldErrors: FieldErrors =
    carried === undefined || continuedFromExecutionRunId
      ? flow.inputErrors(input, workflowId)
      : { carried: 'must not be given by a caller' }
  if (Object.keys(fieldErrors).length > 0) {
    throw failure({
      code: 'INVALID_INPUT',
      message: 'The input of the journey is malformed.',
      details: { fieldErrors },
    })
  }
  const runner = new JourneyRunner(flow, input, carried)
  listen(runner)
  // Native Cancel means the message `cancel`: a call in flight finishes first, and COMPLETED wins.
  CancellationScope.current().cancelRequested.catch(() => {
    runner.submit('cancel', { actor: { type: 'operator', id: 'temporal' }, reason: 'Temporal cancellation' }, 'signal')
  })
  return CancellationScope.nonCancellable(async () => {
    while (!runner.isClosed) {
      if (runner.isRunFull()) {
        const journey = runner.answerQueued()
        await condition(allHandlersFinished)
        await continueAsNew<(input: J['input'], carried: J) => Promise<unknown>>(input, journey)
      }
      await runner.step(runResolve, (journey, call) => runCall(flow, journey, call))
    }
    runner.publish()
    await condition(allHandlersFinished)
    return runner.journey
  })
}
