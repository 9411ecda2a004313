import { isClosed, type View } from '../../client/index.js'
import { decodedHistoryOf } from '../support/history.js'
import type { Act, JourneyEnd, JourneyFacts, MessageCounts, RunRecord } from './facts.js'
import type { Life } from './life.js'

/** What a life leaves behind, read from the journey, from Temporal's history and from the sandbox. */
export async function gather(life: Life): Promise<JourneyFacts> {
  const { plan, context, handle, quota } = life
  const { sandbox } = context.world
  const looked = life.starts === 0 ? 'it was never started' : await endOf(life)
  const end = typeof looked === 'string' ? null : looked
  const runs = await Promise.all([...life.runIds].map((runId) => recordOf(life, runId)))
  return {
    ...{ label: plan.label, rail: plan.rail, dialect: plan.dialect, mobile: plan.person.mobile },
    ...{ workflowId: handle.workflowId, quota },
    starts: life.starts,
    acts: life.post.acts.map((act) => answeredByTheEnd(act, end, runs)),
    end,
    ...(typeof looked === 'string' && { unseen: looked }),
    runs,
    stage: (await sandbox.sender(plan.rail, plan.person.mobile)).stage,
  }
}

/** Or why it cannot be looked at. */
async function endOf({ handle }: Life): Promise<JourneyEnd | string> {
  const view = await handle.view().catch((error: unknown) => String(error))
  if (typeof view === 'string') return view
  const result = isClosed(view.state) ? await handle.result() : null
  return {
    state: view.state,
    status: view.status.kind,
    capability: result?.capability ?? null,
    steps: result?.completionEvidence?.steps ?? [],
    sent: { SENDER: view.attempts.SENDER.sent, AADHAAR: view.attempts.AADHAAR.sent },
    wrong: { SENDER: view.attempts.SENDER.wrongInJourney, AADHAAR: view.attempts.AADHAAR.wrongInJourney },
    story: storyOf(view),
    messages: (view as { messages?: MessageCounts }).messages ?? null,
  }
}

/**
 * A signal that waited behind the call with which the journey ended was answered by that end. No line tells, since a
 * closed journey keeps no receipts of signals: that it reached the run shows in the history.
 */
function answeredByTheEnd(act: Act, end: JourneyEnd | null, runs: readonly RunRecord[]): Act {
  const open = act.via === 'signal' && act.outcome === null && act.refusal === null
  const arrived = runs.some(({ signals }) => signals.includes(act.submissionId))
  return open && arrived && end?.status === 'CLOSED' ? { ...act, outcome: end.state } : act
}

function storyOf({ timeline }: View): string[] {
  return timeline.map(({ what, code }) => `${what} ${code}`)
}

async function recordOf({ context, handle }: Life, runId: string): Promise<RunRecord> {
  const events = await decodedHistoryOf(context.world.client, handle.workflowId, runId)
  const accepted: string[] = []
  const completed: string[] = []
  const signals: string[] = []
  for (const event of events) {
    const { acceptedRequest } = event.workflowExecutionUpdateAcceptedEventAttributes ?? {}
    if (acceptedRequest?.meta?.updateId) accepted.push(acceptedRequest.meta.updateId)
    const { meta } = event.workflowExecutionUpdateCompletedEventAttributes ?? {}
    if (meta?.updateId) completed.push(meta.updateId)
    const [payload] = event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? []
    if (payload?.data) signals.push(submissionIdIn(payload.data))
  }
  return { runId, accepted, completed, signals }
}

function submissionIdIn(data: Uint8Array): string {
  const { submissionId } = JSON.parse(Buffer.from(data).toString('utf8')) as { submissionId?: string }
  return submissionId ?? ''
}
