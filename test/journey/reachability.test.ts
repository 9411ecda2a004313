import { describe, expect, it } from '@jest/globals'
import { ANSWERS, type Answer } from '../../workflows/calls.js'
import { nextActionOf, viewOf } from '../../workflows/journey-view.js'
import type { Journey, JourneyEvent } from '../../workflows/journey.js'
import { isClosed, type Rail } from '../../workflows/messages.js'
import { transitionFor } from '../../workflows/transitions.js'
import { advance, isBusy, statusOf, wakeAt } from './machine.js'
import { Drive, MESSAGE_NAMES, agreedNow, message, outcome, planOf } from './support.js'

/** Small numbers, so that every counter's end is reached; no cooldown, so that time does not multiply the states. */
const POLICY = {
  triesPerCode: 2,
  triesPerJourney: 2,
  resendCooldownSeconds: 0,
  sendsPerWindow: 1_000,
  sendsPerDay: 1_000,
}

/**
 * What tells two journeys apart for the machine: everything but ids, times, texts, what a parked call waits for, and the
 * guard against going in circles, which has a test of its own.
 */
function signature(journey: Journey): string {
  const { call, challenge, keptChallenge, resolving } = journey
  const carried = [journey.wrong, journey.unrecognisedInARow, journey.details !== null, journey.keptPan !== null]
  // Out of attention only operators lead, and `reenter` forgets everything but this.
  if (journey.attention) return JSON.stringify([journey.state, 'attention', resolving !== null, ...carried])
  return JSON.stringify([
    journey.state,
    call && [call.name, call.parked !== null],
    resolving && [resolving.submission !== null],
    challenge && [challenge.purpose, challenge.dispatch, challenge.retired, challenge.wrong, challenge.ref !== null],
    keptChallenge !== null,
    carried,
    [journey.presented !== null, journey.aadhaar !== null],
    [journey.wallet?.token != null, journey.reverified],
  ])
}

/** Everything that can happen to a journey now. */
function eventsOf(
  journey: Journey,
  now: number,
): { readonly event: JourneyEvent; readonly byOperator: boolean; readonly later?: number }[] {
  const messages = MESSAGE_NAMES.map((name) => ({
    event: { type: 'arrived', message: agreedNow(message(name), now), via: 'signal' } as const,
    byOperator: ['reenter', 'retryNow', 'takeOver', 'cancel', 'withdrawConsent'].includes(name),
    // Whoever met a limit comes back when there is room again.
    later: Math.max(...Object.values(journey.limitedUntil)),
  }))
  const { call } = journey
  if (journey.resolving) {
    return [
      {
        event: { type: 'resolved', outcome: { plan: planOf({ rail: journey.input.rail, policy: POLICY }) } },
        byOperator: false,
      },
      { event: { type: 'resolved', outcome: { refused: 'USER_CODE_NOT_ALLOWED' } }, byOperator: false },
    ]
  }
  if (call && !call.parked) {
    return ANSWERS.map((answer) => ({
      event: { type: 'callEnded', outcome: outcome(call.name, answer) } as const,
      byOperator: false,
    }))
  }
  const wake = wakeAt(journey)
  return [
    ...messages,
    ...(wake === null ? [] : [{ event: { type: 'clock' } as const, byOperator: false, later: wake }]),
  ]
}

interface Node {
  readonly journey: Journey
  readonly now: number
  /** Whence it can be reached. */
  readonly from: Set<string>
}

interface Territory {
  readonly nodes: ReadonlyMap<string, Node>
  /** Steps that no row of the transition table allows. */
  readonly strays: readonly string[]
}

/** Goes everywhere that a journey can go. */
function explore(rail: Rail): Territory {
  const nodes = new Map<string, Node>()
  const strays: string[] = []
  const open: string[] = []
  const arrive = (journey: Journey, now: number, from: string | null): void => {
    const key = signature(journey)
    let node = nodes.get(key)
    if (!node) {
      node = { journey, now, from: new Set() }
      nodes.set(key, node)
      open.push(key)
    }
    if (from !== null) node.from.add(from)
  }
  const start = new Drive({ rail, policy: POLICY })
  arrive(start.journey, start.now, null)
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const node = nodes.get(key)
    if (!node || isClosed(node.journey.state)) continue
    for (const { event, later } of eventsOf(node.journey, node.now)) {
      const now = Math.max(node.now + 1, later ?? 0)
      const { journey } = advance(node.journey, event, now)
      const stray = event.type === 'callEnded' ? strayFrom(node.journey, event.outcome.answer, journey) : null
      if (stray) strays.push(stray)
      arrive(journey, now, key)
    }
  }
  return { nodes, strays }
}

/** Says so where an answer led elsewhere than its row says. */
function strayFrom(before: Journey, answer: Answer, after: Journey): string | null {
  const { call, state } = before
  if (!call) return `${state}: ${answer} without a call`
  const allowed = transitionFor(call.name, answer).to.map((to) => (to === 'SAME' ? state : to))
  return allowed.includes(after.state) ? null : `${state}: ${call.name} ${answer} -> ${after.state}`
}

/** The keys from which one of `targets` can be reached. */
function reaching(nodes: ReadonlyMap<string, Node>, targets: readonly string[]): ReadonlySet<string> {
  const found = new Set(targets)
  const open = [...targets]
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const from of nodes.get(key)?.from ?? []) {
      if (found.has(from)) continue
      found.add(from)
      open.push(from)
    }
  }
  return found
}

describe.each(['digikhata', 'levin'] as const)('every journey that %s can bring about', (rail) => {
  const { nodes, strays } = explore(rail)
  const all = [...nodes.values()]

  it('is found by going everywhere', () => {
    const states = new Set(all.map(({ journey }) => journey.state))
    expect(states.size).toBe(10)
    expect(all.length).toBeGreaterThan(500)
  })

  it('has a next action in every open state, and says who must act', () => {
    const wrong = all.filter(({ journey }) => {
      const closed = isClosed(journey.state)
      const { do: action } = nextActionOf(journey)
      return !action || closed !== (action === 'NOTHING') || closed !== (statusOf(journey).kind === 'CLOSED')
    })
    expect(wrong).toEqual([])
  })

  it('never shows the mobile in the clear', () => {
    expect(all.filter(({ journey }) => JSON.stringify(viewOf(journey)).includes(journey.input.mobile))).toEqual([])
  })

  it('has no dead end: from every open state COMPLETED can be reached', () => {
    const completed = [...nodes].filter(([, { journey }]) => journey.state === 'COMPLETED').map(([key]) => key)
    const leading = reaching(nodes, completed)
    const stuck = [...nodes].filter(([key, { journey }]) => !leading.has(key) && !isClosed(journey.state))
    expect(stuck.map(([key]) => key)).toEqual([])
  })

  it('wakes by itself in every open state that waits', () => {
    const asleep = all.filter(({ journey }) => !isClosed(journey.state) && !isBusy(journey) && wakeAt(journey) === null)
    expect(asleep).toEqual([])
  })

  it('stays closed once closed, whatever comes', () => {
    for (const { journey, now } of all.filter((node) => isClosed(node.journey.state))) {
      for (const name of MESSAGE_NAMES) {
        const after = advance(journey, { type: 'arrived', message: message(name), via: 'update' }, now + 1)
        expect(after.journey.state).toBe(journey.state)
        expect(after.settled).toMatchObject([{ refusal: { code: 'JOURNEY_CLOSED' } }])
      }
      expect(advance(journey, { type: 'clock' }, now + 1e10).journey.state).toBe(journey.state)
    }
  })

  it('holds no secret once closed', () => {
    for (const { journey } of all.filter((node) => isClosed(node.journey.state))) {
      const { aadhaar, wallet, keptPan, challenge, keptChallenge, call, queue } = journey
      expect({ aadhaar, wallet, keptPan, challenge, keptChallenge, call, queue }).toEqual({
        ...{ aadhaar: null, wallet: null, keptPan: null, challenge: null, keptChallenge: null, call: null, queue: [] },
      })
    }
  })

  it('goes only where the transition table says', () => {
    expect(strays).toEqual([])
  })
})
