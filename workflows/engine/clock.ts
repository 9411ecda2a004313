import type { Core, PendingCall } from './core.js'
import type { Flow } from './flow.js'
import { isClosed } from './status.js'
import { clientRefOf, close, note, record, retireChallenge, runOf, set, type Turn } from './turn.js'

/** The next moment at which something happens by itself, in ms; null where only messages move the journey. */
export function wakeAt<J extends Core>(flow: Flow<J>, journey: J): number | null {
  if (isClosed(flow, journey) || journey.resolving) return null
  const { call, challenge, attention, journeyDeadline, stepDeadline }: Core = journey
  const mayExpire = flow.mayExpire(journey)
  const times = mayExpire ? [journeyDeadline] : []
  if (call?.parked) times.push(call.parked.retryAt, call.request.notAfter ?? Infinity)
  else if (call) return null
  else if (!attention && mayExpire) times.push(stepDeadline)
  if (challenge?.dispatch === 'sent' && !challenge.retired) times.push(challenge.expiresAt)
  times.push(...flow.times(journey))
  return times.length > 0 ? Math.min(...times) : null
}

/** Lets everything happen that is due. Not called while a call is in flight: its answer comes first. */
export function runClock(turn: Turn): void {
  const { journey, flow, now } = turn
  if (isClosed(flow, journey) || journey.resolving || isInFlight(journey)) return
  flow.clock(turn)
  if (isClosed(flow, turn.journey) || isInFlight(turn.journey)) return
  expireChallenge(turn)
  const mayExpire = flow.mayExpire(turn.journey)
  if (mayExpire && journey.journeyDeadline <= now) {
    note(turn, { what: 'timer:journey', code: 'EXPIRED' })
    close(turn, 'EXPIRED', { detail: 'JOURNEY_TOO_LONG' })
  } else if (turn.journey.call?.parked && turn.journey.call.parked.retryAt <= now) {
    unpark(turn)
  } else if (mayExpire && !turn.journey.call && !journey.attention && turn.journey.stepDeadline <= now) {
    note(turn, { what: 'timer:step', code: 'EXPIRED' })
    close(turn, 'EXPIRED', { detail: 'STEP_TOO_LONG' })
  }
}

function isInFlight({ call }: Core): boolean {
  return call !== null && call.parked === null
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
  const { place, clientRef } = call.request
  const keeps = turn.flow.keepsReference?.some((name) => name === call.name) ?? false
  const request = {
    ...call.request,
    ...runOf(turn.journey),
    clientRef: keeps ? clientRef : clientRefOf(turn.journey, sequence),
    ...(place && { place: { ...place, turn: sequence } }),
  }
  set(turn, {
    call: { ...call, request, sequence, parked: null, since: turn.now },
    sequence,
    stepDeadline: stepDeadline + parkedFor(call, turn.now),
    revision: turn.journey.revision + 1,
  })
}
