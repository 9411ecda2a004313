import { describe, expect, it } from '@jest/globals'
import { ANSWERS, type CallName } from '../../workflows/calls.js'
import { nextActionOf, viewOf } from '../../workflows/journey-view.js'
import type { Journey } from '../../workflows/journey.js'
import { isClosed, type Rail } from '../../workflows/messages.js'
import { ONBOARDING } from '../../workflows/onboarding-flow.js'
import { transitionFor } from '../../workflows/transitions.js'
import { deadEnds, endsByItself, explore, type Terrain } from './explore.js'
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

function terrain(rail: Rail): Terrain<Journey> {
  return {
    flow: ONBOARDING,
    start: new Drive({ rail, policy: POLICY }),
    signature,
    resolved: () => [
      { type: 'resolved', outcome: { plan: planOf({ rail, policy: POLICY }) } },
      { type: 'resolved', outcome: { refused: 'USER_CODE_NOT_ALLOWED' } },
    ],
    answers: () => ANSWERS,
    outcome: ({ call }, answer) => outcome(call?.name ?? 'getSender', answer),
    messages: (_journey, now) =>
      MESSAGE_NAMES.map((name) => ({ type: 'arrived', message: agreedNow(message(name), now), via: 'signal' })),
    row: (call, answer) => transitionFor(call as CallName, answer),
  }
}

describe.each(['digikhata', 'levin'] as const)('every journey that %s can bring about', (rail) => {
  const land = terrain(rail)
  const territory = explore(land)
  const { nodes, strays } = territory
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
    expect(deadEnds(land, territory, 'COMPLETED')).toEqual([])
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

  it('names an end that comes by itself exactly where one comes', () => {
    for (const { journey } of all) {
      const { state, expiresAt } = viewOf(journey)
      const ends = endsByItself(ONBOARDING, journey)
      expect([state, expiresAt !== null]).toEqual([state, ends])
    }
  })

  it('goes only where the transition table says', () => {
    expect(strays).toEqual([])
  })
})
