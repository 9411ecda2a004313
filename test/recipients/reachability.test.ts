import { describe, expect, it } from '@jest/globals'
import { ANSWERS, MONEY_ANSWERS } from '../../workflows/calls.js'
import { isClosed, statusOf } from '../../workflows/engine/status.js'
import {
  CLOSED_RECIPIENTS_STATES,
  OPEN_RECIPIENTS_STATES,
  type RecipientsMessage,
  type RecipientsPurpose,
} from '../../workflows/messages.js'
import { RECIPIENTS } from '../../workflows/recipients/flow.js'
import type { RecipientsCall, RecipientsJourney } from '../../workflows/recipients/journey.js'
import { RECIPIENTS_CALLED_FROM, recipientsTransitionFor } from '../../workflows/recipients/transitions.js'
import { recipientsActionOf, recipientsViewOf } from '../../workflows/recipients/view.js'
import { deadEnds, endsByItself, explore, placesOf, type Terrain, vainRequests } from '../journey/explore.js'
import { planOf } from '../journey/support.js'
import { BODIES, MESSAGE_NAMES, NEW, outcomeOf, Session } from './support.js'

/** Small numbers, so that every counter's end is reached; no cooldown, so that time does not multiply the states. */
const POLICY = {
  ...{ triesPerCode: 2, triesPerJourney: 2, resendCooldownSeconds: 0, sendsPerWindow: 1_000, sendsPerDay: 1_000 },
}

/** What tells two sessions apart for the machine: everything but ids, times, texts, and how often a call waited. */
function signature(journey: RecipientsJourney): string {
  const { state, call, challenge, resolving, attention, adding, registering, reading } = journey
  const wrong = (purpose: RecipientsPurpose): number => Math.min(journey.wrong[purpose], POLICY.triesPerJourney)
  return JSON.stringify([
    ...[state, attention !== null, resolving !== null, wrong('SENDER'), wrong('RECIPIENT')],
    call && [call.name, call.parked !== null],
    challenge && [challenge.purpose, challenge.dispatch, challenge.retired, challenge.wrong, challenge.ref !== null],
    [adding !== null, registering !== null, reading, Math.min(journey.unrecognisedInARow, 2)],
    [journey.wallet?.token != null, journey.recipients !== null],
  ])
}

function terrain(rail: 'digikhata' | 'levin'): Terrain<RecipientsJourney> {
  return {
    flow: RECIPIENTS,
    start: new Session({ rail, policy: POLICY }),
    signature,
    resolved: () => [{ type: 'resolved', outcome: { plan: planOf({ rail, policy: POLICY }) } }],
    answers: (call) =>
      [...ANSWERS, ...MONEY_ANSWERS].filter(
        (answer) => recipientsTransitionFor(call as RecipientsCall, answer).answers.length > 0,
      ),
    outcome: outcomeOf,
    messages: ({ workflowId }) =>
      MESSAGE_NAMES.map((name) => ({
        ...{ type: 'arrived', via: 'signal' },
        message: { name, body: BODIES[name](workflowId) } as RecipientsMessage,
      })),
    row: (call, answer) => recipientsTransitionFor(call as RecipientsCall, answer),
  }
}

/** On DigiKhata nothing asks for the sender's code. */
function isMet(state: string, rail: 'digikhata' | 'levin'): boolean {
  return rail === 'levin' ? state !== 'RECIPIENT_OTP_REQUIRED' : true
}

const madeFrom = new Map<string, Set<string>>()

describe.each(['digikhata', 'levin'] as const)('every way that a session of recipients on %s can go', (rail) => {
  const land = terrain(rail)
  const territory = explore(land)
  const all = [...territory.nodes.values()]
  for (const [call, states] of territory.madeFrom) {
    madeFrom.set(call, new Set([...(madeFrom.get(call) ?? []), ...states]))
  }

  it('is found by going everywhere', () => {
    expect([...new Set(all.map(({ journey }) => journey.state))].sort()).toEqual(
      [...OPEN_RECIPIENTS_STATES, ...CLOSED_RECIPIENTS_STATES].filter((state) => isMet(state, rail)).sort(),
    )
  })

  it('names an end that comes by itself exactly where one comes', () => {
    for (const { journey } of all) {
      const { state, expiresAt } = recipientsViewOf(journey)
      const ends = endsByItself(RECIPIENTS, journey)
      expect([state, expiresAt !== null]).toEqual([state, ends])
    }
  })

  it('goes only where the transition table says', () => {
    expect(territory.strays).toEqual([])
  })

  it('has no dead end: from everywhere it can be finished', () => {
    expect(deadEnds(land, territory, 'COMPLETED')).toEqual([])
  })

  it('asks the user for nothing that it does not take', () => {
    expect(vainRequests(land, territory)).toEqual([])
  })

  it('says everywhere what is to be done, and who must act', () => {
    const wrong = all.filter(({ journey }) => {
      const closed = isClosed(RECIPIENTS, journey)
      const { do: action } = recipientsActionOf(journey)
      return closed !== (action === 'NOTHING') || closed !== (statusOf(RECIPIENTS, journey).kind === 'CLOSED')
    })
    expect(wrong).toEqual([])
  })

  it('never shows the mobile or an account number, and keeps the latter for no longer than its call', () => {
    for (const { journey } of all) {
      const view = JSON.stringify(recipientsViewOf(journey))
      expect([view.includes(journey.input.mobile), view.includes(NEW.account)]).toEqual([false, false])
      if (!journey.call && !journey.resolving) expect(journey.adding).toBeNull()
    }
  })

  it('holds no secret once closed', () => {
    for (const { journey } of all.filter((node) => isClosed(RECIPIENTS, node.journey))) {
      const { wallet, challenge, call, queue, adding } = journey
      expect({ wallet, challenge, call, queue, adding }).toEqual({
        ...{ wallet: null, challenge: null, call: null, queue: [], adding: null },
      })
    }
  })
})

it('every call is made from the states that the table names, and from no other', () => {
  expect(placesOf(madeFrom)).toEqual(placesOf(Object.entries(RECIPIENTS_CALLED_FROM)))
})
