import type { OutcomeCode } from '../codes.js'
import type { OperatorAction } from '../shared-messages.js'
import { unpark } from './clock.js'
import type { Core, StateOf, Submission } from './core.js'
import { close, enter, record, set, type Turn, waitingFor } from './turn.js'

/** What the messages of operators do to any journey. A journey that takes one names it as here. */

/** `reenter`: back to the beginning. What is asked of Eko then is the journey's. */
export function startOver<J extends Core>(turn: Turn<J>, reason: string, change: Partial<NoInfer<J>>): void {
  record(turn, turn.journey.call?.submissions ?? [], 'SUPERSEDED')
  set(turn, change)
  set<Core>(turn, { operatorReason: reason, attention: null, call: null, unrecognisedInARow: 0 })
  enter(turn, turn.flow.first)
}

/** `retryNow`: runs the parked call. */
export function retryNow(turn: Turn, { reason }: OperatorAction, submission: Submission): void {
  const { call } = turn.journey
  if (!call) return
  const submissions = [...call.submissions, submission]
  const request = { ...call.request, ...waitingFor(submissions) }
  set(turn, { operatorReason: reason, call: { ...call, request, submissions } })
  unpark(turn)
}

/** `takeOver`: has the new agent looked up. */
export function takeOver(
  turn: Turn,
  { userCode, reason }: OperatorAction & { readonly userCode: string },
  submission: Submission,
): void {
  set(turn, { operatorReason: reason, resolving: { userCode, submission, since: turn.now } })
}

/** `cancel`, and what else ends a journey by somebody's will. */
export function finish<J extends Core>(
  turn: Turn<J>,
  submission: Submission,
  state: StateOf<J> & OutcomeCode,
  change: Partial<NoInfer<J>>,
): void {
  close(turn, state, change)
  record(turn, [submission], state)
}
