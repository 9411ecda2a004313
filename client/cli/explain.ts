import type { JourneyDescription, PendingCall } from '../journeys.js'
import {
  ATTENTION,
  type Dependency,
  isClosed,
  type NextAction,
  OUTCOMES,
  REJECTIONS,
  type SupportFacts,
  type TimelineEntry,
  type SharedView,
  type View,
} from '../../workflows/messages.js'
import type { Answer } from './run.js'
import { aligned, nextLines, type Row, table, viewLines } from './text.js'

interface Why {
  readonly waits: string
  readonly unblockedBy: string
}

const DEPENDENCY: Readonly<Record<Dependency, Why>> = {
  EKO_TRANSPORT: {
    waits: 'Eko could not be reached, or its answer to a call that is safe to repeat was lost.',
    unblockedBy: 'Nothing to do: the call runs again by itself. `retry` runs it now.',
  },
  EKO_BUSY: {
    waits: 'Eko is busy with the sender; the call was not executed.',
    unblockedBy: 'Nothing to do: the call runs again by itself. `retry` runs it now.',
  },
  EKO_SETTLEMENT: {
    waits: 'Eko or the bank has not said yet what became of the money.',
    unblockedBy: 'Nothing to do: Eko is asked again by itself. `retry` asks now.',
  },
  UIDAI: {
    waits: 'Aadhaar calls do not get through, though Eko answers others: UIDAI seems to be away.',
    unblockedBy: 'Nothing to do: the call runs again by itself. `retry` runs it now.',
  },
  PAN: {
    waits: 'PAN calls do not get through, though Eko answers others: the PAN service seems to be away.',
    unblockedBy: 'Nothing to do: the call runs again by itself. `retry` runs it now.',
  },
  RATE_CAP: {
    waits: 'The worker’s or the tenant’s own rate cap is used up; the call has its turn later.',
    unblockedBy: 'Nothing to do: the call runs at its turn.',
  },
  CONFIGURATION: {
    waits: 'Eko refuses the tenant’s configuration (keys, permissions, service), for all of its journeys.',
    unblockedBy: 'Correct the tenant’s configuration or clear it with Eko; all journeys then go on by themselves.',
  },
}

/** A journey's story: what happened, why it waits, what unblocks it, what to tell Eko's support. */
export function explanation(view: View, description: JourneyDescription, program: string): Answer {
  const why = reason(view)
  const support = supportCase(view)
  const { pendingCalls } = description
  return {
    json: { view, description, why, support },
    lines: [
      ...viewLines(view, program),
      '',
      'Why it waits',
      `  ${why.waits}`,
      ...pendingCalls.map(pendingLine),
      ...(isClosed(view.state) ? [] : ['What unblocks it', ...unblockedLines(why, view, program)]),
      '',
      ...timelineLines(view),
    ],
  }
}

/** What happened, and what to tell Eko's support. */
export function timelineLines(view: SharedView): string[] {
  const support = supportCase(view)
  return [
    `What happened (${view.timeline.length} of ${view.timelineTotal} entries)`,
    ...table(view.timeline.map(timelineCells)).map((line) => `  ${line}`),
    '',
    'For Eko’s support',
    ...(support ? aligned(supportRows(support)).map((line) => `  ${line}`) : ['  Eko has answered nothing yet.']),
  ]
}

function pendingLine({ activity, attempt, lastFailure }: PendingCall): string {
  const before = lastFailure === null ? '' : `; the one before it failed: ${lastFailure}`
  return `  Activity ${activity}, attempt ${attempt}${before}.`
}

function unblockedLines({ unblockedBy }: Why, view: View, program: string): string[] {
  return [unblockedBy, ...nextLines(view.nextAction, view.workflowId, program)].map((line) => `  ${line}`)
}

function reason(view: View): Why {
  const { status, rejection, state } = view
  switch (status.kind) {
    case 'PARKED':
      return DEPENDENCY[status.dependency]
    case 'NEEDS_ATTENTION':
      return { waits: ATTENTION[status.reason].cause, unblockedBy: ATTENTION[status.reason].action }
    case 'CALLING_EKO':
      return {
        waits: `The call ${status.call} has been on its way since ${status.since}.`,
        unblockedBy: 'Nothing to do: its answer, or its time-out.',
      }
    case 'CLOSED':
      return rejection
        ? { waits: REJECTIONS[rejection].cause, unblockedBy: REJECTIONS[rejection].action }
        : { waits: `It does not: it ended as ${state}.`, unblockedBy: 'Nothing.' }
    case 'WAITING_FOR_USER':
      return { waits: userReason(view.nextAction), unblockedBy: 'The user’s next step:' }
  }
}

function userReason(action: NextAction): string {
  switch (action.do) {
    case 'REQUEST_NEW_CODE':
      return action.reason === 'DISPATCH_UNCERTAIN'
        ? OUTCOMES.DISPATCH_UNCERTAIN.cause
        : action.reason === 'VERIFICATION_UNCERTAIN'
          ? OUTCOMES.VERIFICATION_UNCERTAIN.cause
          : `The code cannot be used any more: ${action.reason}.`
    case 'ENTER_SENDER_OTP':
    case 'ENTER_AADHAAR_OTP':
      return 'A code was sent and has not been entered.'
    default:
      return `The user has not done this yet: ${action.do}.`
  }
}

interface SupportCase {
  readonly at: string
  readonly facts: SupportFacts
}

/** The last thing that Eko said. */
function supportCase(view: SharedView): SupportCase | null {
  const entry = view.timeline.findLast(({ facts }) => facts !== undefined)
  if (entry?.facts) return { at: entry.at, facts: entry.facts }
  const last = view.lastOutcome
  return last?.facts ? { at: last.at, facts: last.facts } : null
}

function supportRows({ at, facts }: SupportCase): Row[] {
  return [
    ['Operation', facts.operation],
    ['client_ref_id', facts.clientRefId],
    ['Time', at],
    ['HTTP status', String(facts.httpStatus ?? 'no answer')],
    ['status', String(facts.status ?? '-')],
    ['response_type_id', String(facts.responseTypeId ?? '-')],
    ['response_status_id', String(facts.responseStatusId ?? '-')],
    ...(facts.message ? [['Message', facts.message] as Row] : []),
    ...(facts.shape ? [['Shape', facts.shape] as Row] : []),
  ]
}

function timelineCells({ at, what, code, actor, reason: why, facts }: TimelineEntry): string[] {
  const by = actor ? `by ${actor.type} ${actor.id}${why ? `: ${why}` : ''}` : ''
  const ids = facts ? `status ${facts.status ?? '-'} type ${facts.responseTypeId ?? '-'} ref ${facts.clientRefId}` : ''
  return [at, what, code, [by, ids].filter(Boolean).join(' · ')]
}
