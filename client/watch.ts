import { setTimeout as sleep } from 'node:timers/promises'
import type { SharedView, View } from '../workflows/messages.js'
import { type ErrorCode, OnboardingError } from './errors.js'
import { journeyResult, queryView } from './journeys.js'
import type { Wire } from './wire.js'

/** Between two looks at a journey that does not change, in milliseconds; each look is one query. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1_000
const PAUSE_GROWTH = 1.5

export interface WaitOptions {
  /** How long to wait, in milliseconds. @default the client's `waitMs` */
  readonly timeoutMs?: number
}

/** The view of a journey; of a closed one it stands in its result. */
export async function viewOf<V extends SharedView = View>(
  wire: Wire,
  workflowId: string,
  deadlineMs?: number,
): Promise<V> {
  const answer = await queryView<V>(wire, workflowId, deadlineMs)
  if (answer.open) return answer.value
  return (await journeyResult<{ readonly view: V }>(wire, workflowId, deadlineMs)).view
}

/**
 * Looks at a journey until `done` answers with something. A server or worker that is away for a while is waited for.
 * @throws OnboardingError DEADLINE when time is up; whatever `done` throws
 */
export async function watch<T, V extends SharedView = View>(
  wire: Wire,
  workflowId: string,
  done: (view: V) => T | undefined,
  { timeoutMs = wire.settings.waitMs }: WaitOptions = {},
): Promise<T> {
  const end = Date.now() + timeoutMs
  let lastTrouble: unknown
  let lastView: V | undefined
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * PAUSE_GROWTH)) {
    const left = end - Date.now()
    if (left <= 0) throw timeIsUp({ workflowId, timeoutMs, lastTrouble, lastView })
    try {
      lastView = await viewOf<V>(wire, workflowId, Math.min(left, wire.settings.deadlineMs))
      const answer = done(lastView)
      if (answer !== undefined) return answer
    } catch (error) {
      if (!isPassing(error)) throw error
      lastTrouble = error
    }
    await sleep(Math.max(0, Math.min(pause, end - Date.now())))
  }
}

/** Until the view's revision is another one; a closed journey answers at once. */
export function untilChange<V extends SharedView = View>(
  wire: Wire,
  workflowId: string,
  revision: number,
  options?: WaitOptions,
): Promise<V> {
  // Not `>`: a journey that was started again counts from the beginning.
  return watch<V, V>(
    wire,
    workflowId,
    (view) => (view.revision !== revision || hasEnded(view) ? view : undefined),
    options,
  )
}

/** Until one of the states; a journey that closes in another one never gets there. */
export function untilState<V extends SharedView = View>(
  wire: Wire,
  workflowId: string,
  states: readonly V['state'][],
  options?: WaitOptions,
): Promise<V> {
  return watch<V, V>(wire, workflowId, (view) => reached(view, states.includes(view.state)), options)
}

/** Until the user or an operator must do one of these. */
export function untilNextAction<V extends SharedView = View>(
  wire: Wire,
  workflowId: string,
  actions: readonly V['nextAction']['do'][],
  options?: WaitOptions,
): Promise<V> {
  return watch<V, V>(wire, workflowId, (view) => reached(view, actions.includes(view.nextAction.do)), options)
}

function hasEnded({ status }: SharedView): boolean {
  return status.kind === 'CLOSED'
}

function reached<V extends SharedView>(view: V, isThere: boolean): V | undefined {
  if (isThere) return view
  if (!hasEnded(view)) return undefined
  throw new OnboardingError('JOURNEY_CLOSED', {
    details: { workflowId: view.workflowId, state: view.state, rejection: view.rejection },
  })
}

function isPassing(error: unknown): boolean {
  return error instanceof OnboardingError && PASSING.includes(error.code)
}

const PASSING: readonly ErrorCode[] = ['UNREACHABLE', 'DEADLINE', 'WORKER_LACKS_KEY']

/** What a wait saw until its time was up. */
interface Waited {
  readonly workflowId: string
  readonly timeoutMs: number
  readonly lastTrouble: unknown
  readonly lastView: SharedView | undefined
}

function timeIsUp({ workflowId, timeoutMs, lastTrouble, lastView }: Waited): unknown {
  if (lastTrouble instanceof OnboardingError && lastTrouble.code !== 'DEADLINE') return lastTrouble
  const seen = lastView && { state: lastView.state, status: lastView.status, revision: lastView.revision }
  const where = seen ? ` It is at ${seen.state}, ${seen.status.kind}.` : ''
  return new OnboardingError('DEADLINE', {
    message: `The journey did not get there within ${timeoutMs} ms.${where} It goes on; wait again.`,
    details: { call: 'wait', workflowId, ...seen },
    cause: lastTrouble,
  })
}
