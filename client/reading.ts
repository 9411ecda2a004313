import type { SharedReceipt, SharedView } from '../workflows/messages.js'
import { OnboardingError } from './errors.js'
import { describeJourney, journeyResult, type JourneyDescription } from './journeys.js'
import { receiptOf } from './submissions.js'
import { untilChange, untilNextAction, untilState, viewOf, type WaitOptions } from './watch.js'
import type { Wire } from './wire.js'

/** What can be read of any journey, whatever it is about. Methods throw `OnboardingError` and nothing else. */
export interface Reading<V extends SharedView, R extends SharedReceipt, Result extends { readonly view: V }> {
  readonly workflowId: string
  /** All that may be shown of the journey; of a closed one from its result. */
  view(): Promise<V>
  /** What became of a submission; null where the journey has not heard of it or has forgotten it. */
  receipt(message: R['message'], submissionId: string): Promise<R | null>
  /** The next view whose revision is another one. A closed journey answers at once. */
  waitForChange(revision: number, options?: WaitOptions): Promise<V>
  /**
   * The view, once the journey is in one of the states. Looks every 0.1 to 1 s, so that a state of no length may be
   * missed. Throws JOURNEY_CLOSED where it ended in another one.
   */
  waitForState(states: V['state'] | readonly V['state'][], options?: WaitOptions): Promise<V>
  /** The view, once this is to be done. Throws JOURNEY_CLOSED where the journey ended instead. */
  waitForNextAction(
    actions: V['nextAction']['do'] | readonly V['nextAction']['do'][],
    options?: WaitOptions,
  ): Promise<V>
  /** Waits for the end. Throws DEADLINE when `timeoutMs` is over, RUN_FAILED where the run was terminated. */
  result(options?: WaitOptions): Promise<Result>
  /** How Temporal sees it, without asking a worker. */
  describe(): Promise<JourneyDescription>
}

export function readingOf<V extends SharedView, R extends SharedReceipt, Result extends { readonly view: V }>(
  wire: Wire,
  workflowId: string,
): Reading<V, R, Result> {
  return {
    workflowId,
    view: () => viewOf<V>(wire, workflowId),
    receipt: (message, submissionId) => receiptOf<R>(wire, workflowId, { message, submissionId }),
    waitForChange: (revision, options) => untilChange<V>(wire, workflowId, revision, options),
    waitForState: (states, options) => untilState<V>(wire, workflowId, list(states), options),
    waitForNextAction: (actions, options) => untilNextAction<V>(wire, workflowId, list(actions), options),
    result: ({ timeoutMs = wire.settings.waitMs } = {}) => journeyResult<Result>(wire, workflowId, timeoutMs),
    describe: async () => {
      const description = await describeJourney(wire, workflowId)
      if (description) return description
      throw new OnboardingError('NOT_FOUND', { details: { workflowId } })
    },
  }
}

function list<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'string' ? [value] : value
}
