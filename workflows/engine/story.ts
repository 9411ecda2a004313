import type { AttemptCounters, SharedView, StatusWith, TimelineEntry } from '../shared-messages.js'

/** What people read of any journey in Temporal UI. No secret and no personal data: these texts are not sealed. */

/** The summary of the one timer: what it was set for. It is re-armed lazily, so it may fire earlier than what is due. */
export function timerSummary({ status, nextAction }: Pick<SharedView, 'status' | 'nextAction'>): string {
  if (status.kind === 'PARKED') return `Retry: ${status.dependency}`
  if ('challengeId' in nextAction) return 'Code expires'
  return 'Step expires'
}

function statusText(status: StatusWith<string>): string {
  switch (status.kind) {
    case 'CALLING_EKO':
      return `CALLING_EKO: ${status.call}`
    case 'PARKED':
      return `PARKED: ${status.dependency} since ${status.since}, retry at ${status.retryAt}`
    case 'NEEDS_ATTENTION':
      return `NEEDS_ATTENTION: ${status.reason}; unblocked by ${status.unblockedBy.join(', ')}`
    default:
      return status.kind
  }
}

/** `- 01-31 12:00:00 call verifySenderOtp → AADHAAR_PENDING`, or `- 01-31 12:00:00 **PAN_REQUIRED**` for a new state. */
function timelineText({ at, what, code }: TimelineEntry): string {
  const when = `${at.slice(5, 10)} ${at.slice(11, 19)}`
  return what.startsWith('state:') ? `- ${when} **${what.slice(6)}**` : `- ${when} ${what.replace(':', ' ')} → ${code}`
}

/** What a journey says of itself on its page, in words of its own. */
export interface OwnWords {
  /** What there is to do next. */
  readonly action: string
  /** By what the codes are called, how they were sent and mistyped. */
  readonly codes: readonly (readonly [name: string, counters: AttemptCounters])[]
}

/** The journey's page, as markdown: state, next action, attempts, deadlines, last outcome, the last lines of the story. */
export function pageOf(view: SharedView, { action, codes }: OwnWords): string {
  const { lastOutcome } = view
  const facts = lastOutcome?.facts
  const rows: [string, string][] = [
    ['State', `**${view.state}** since ${view.stateSince}`],
    ['Status', statusText(view.status)],
    ['Next action', action],
    ['Sender', `${view.mobileMasked} on ${view.rail}, agent ${view.userCode}`],
    ...codes.map(([name, { sent, wrongInJourney }]): [string, string] => [
      name,
      `${sent} sent, ${wrongInJourney} wrong`,
    ]),
    ['Last outcome', lastOutcome ? `${lastOutcome.code}: ${lastOutcome.message}` : 'none yet'],
    [
      'Eko said',
      facts
        ? `${facts.operation}: status ${facts.status}, type ${facts.responseTypeId}, ref ${facts.clientRefId}`
        : '-',
    ],
    ['Ends by itself', view.expiresAt ?? '-'],
  ]
  const table = ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)]
  const lines = view.timeline.slice(-12).map(timelineText)
  return [...table, '', ...lines].join('\n')
}
