import type { Journey, PendingCall } from './journey.js'
import { isClosed } from './messages.js'
import { clientRefOf, close, note, record, retireChallenge, runOf, set, type Turn } from './turn.js'

/** The next moment at which something happens by itself, in ms; null where only messages move the journey. */
export function wakeAt(journey: Journey): number | null {
  if (isClosed(journey.state) || journey.resolving) return null
  const { call, challenge, keptPan } = journey
  const times = [journey.journeyDeadline]
  if (call?.parked) times.push(call.parked.retryAt, call.request.notAfter ?? Infinity)
  else if (call) return null
  else if (!journey.attention) times.push(journey.stepDeadline)
  if (challenge?.dispatch === 'sent' && !challenge.retired) times.push(challenge.expiresAt)
  if (keptPan) times.push(keptPan.until)
  return Math.min(...times)
}

/** Lets everything happen that is due. Not called while a call is in flight: its answer comes first. */
export function runClock(turn: Turn): void {
  const { journey, now } = turn
  if (isClosed(journey.state) || journey.resolving || (journey.call && !journey.call.parked)) return
  if (journey.keptPan && journey.keptPan.until <= now) {
    set(turn, { keptPan: null })
    note(turn, { what: 'timer:keptPan', code: 'DROPPED' })
  }
  expireChallenge(turn)
  if (journey.journeyDeadline <= now) {
    note(turn, { what: 'timer:journey', code: 'EXPIRED' })
    close(turn, 'EXPIRED', { detail: 'JOURNEY_TOO_LONG' })
  } else if (turn.journey.call?.parked && turn.journey.call.parked.retryAt <= now) {
    unpark(turn)
  } else if (!turn.journey.call && !journey.attention && turn.journey.stepDeadline <= now) {
    note(turn, { what: 'timer:step', code: 'EXPIRED' })
    close(turn, 'EXPIRED', { detail: 'STEP_TOO_LONG' })
  }
}

function expireChallenge(turn: Turn): void {
  const { call } = turn.journey
  if (call?.parked && call.request.notAfter !== undefined && call.request.notAfter <= turn.now) {
    set(turn, { call: null, stepDeadline: turn.journey.stepDeadline + parkedFor(call, turn.now) })
    retireChallenge(turn, 'CODE_EXPIRED')
    record(turn, call.submissions, 'CODE_EXPIRED')
  }
  const { challenge } = turn.journey
  if (challenge?.dispatch === 'sent' && !challenge.retired && challenge.expiresAt <= turn.now) {
    retireChallenge(turn, 'CODE_EXPIRED')
    note(turn, { what: 'timer:code', code: 'CODE_EXPIRED' })
  }
}

/** A step's clock stands still while its call is parked. */
function parkedFor(call: PendingCall, now: number): number {
  return call.parked ? now - call.parked.since : 0
}

/** Runs the parked call again, under a new `client_ref_id`. The step's clock stood still meanwhile. */
export function unpark(turn: Turn): void {
  const { call, stepDeadline } = turn.journey
  if (!call?.parked) return
  const sequence = turn.journey.sequence + 1
  const { place } = call.request
  const request = {
    ...call.request,
    ...runOf(turn.journey),
    clientRef: clientRefOf(turn.journey, sequence),
    ...(place && { place: { ...place, turn: sequence } }),
  }
  set(turn, {
    call: { ...call, request, sequence, parked: null, since: turn.now },
    sequence,
    stepDeadline: stepDeadline + parkedFor(call, turn.now),
    revision: turn.journey.revision + 1,
  })
}
