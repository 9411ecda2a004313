import { describe, expect, it } from '@jest/globals'
import { ANSWERS, type Answer, MONEY_ANSWERS } from '../../workflows/calls.js'
import { advance } from '../../workflows/engine/advance.js'
import { isClosed, statusOf } from '../../workflows/engine/status.js'
import type { TransferMessage, TransferPurpose } from '../../workflows/messages.js'
import { TRANSFER } from '../../workflows/transfer/flow.js'
import type { TransferCall, TransferJourney } from '../../workflows/transfer/journey.js'
import { isUnsettled } from '../../workflows/transfer/messages.js'
import { TRANSFER_CALLED_FROM, transferTransitionFor } from '../../workflows/transfer/transitions.js'
import { transferActionOf, transferViewOf } from '../../workflows/transfer/view.js'
import { deadEnds, endsByItself, explore, placesOf, type Terrain, vainRequests } from '../journey/explore.js'
import { outcome, planOf, sealedShape } from '../journey/support.js'
import { BODIES, MESSAGE_NAMES, transaction, TransferDrive, type TransferOptions } from './support.js'

/** Small numbers, so that every counter's end is reached; no cooldown, so that time does not multiply the states. */
const POLICY = {
  ...{ triesPerCode: 2, triesPerJourney: 3, resendCooldownSeconds: 0, sendsPerWindow: 1_000, sendsPerDay: 1_000 },
}

/** What tells two transfers apart for the machine: everything but ids, times, texts, and how often a call waited. */
function signature(journey: TransferJourney): string {
  const { state, call, challenge, resolving, initiations, transaction: known, unknownSince } = journey
  const wrong = (purpose: TransferPurpose): number => Math.min(journey.wrong[purpose], POLICY.triesPerJourney)
  // Once Eko has a transaction, how it came to be does not matter any more.
  const before = [wrong('SENDER'), wrong('TRANSACTION'), journey.provenAgain, journey.senderProven, initiations.length]
  return JSON.stringify([
    ...[state, journey.attention !== null, resolving !== null],
    call && [call.name, call.parked !== null, Object.values(call.request.transaction ?? {})],
    challenge && [challenge.purpose, challenge.dispatch, challenge.retired, challenge.wrong, challenge.ref !== null],
    [wrong('REFUND'), Math.min(journey.unrecognisedInARow, 2), isUnsettled(journey), known?.tid, unknownSince !== null],
    ...[isUnsettled(journey) ? null : before, journey.wallet?.token != null],
  ])
}

function outcomeOf(journey: TransferJourney, answer: Answer) {
  const told = MONEY_ANSWERS.some((money) => money === answer) && answer !== 'TRANSACTION_NOT_FOUND'
  const sealed = answer === 'OTP_SENT' && { otpRefId: sealedShape('otpRefId', journey.workflowId) }
  return outcome('getSender', answer, { ...sealed, ...(told && { transfer: transaction() }) })
}

function terrain(options: TransferOptions): Terrain<TransferJourney> {
  return {
    flow: TRANSFER,
    start: new TransferDrive({ ...options, policy: POLICY }),
    signature,
    resolved: () => [{ type: 'resolved', outcome: { plan: planOf({ ...options, policy: POLICY }) } }],
    answers: (call) =>
      [...ANSWERS, ...MONEY_ANSWERS].filter(
        (answer) => transferTransitionFor(call as TransferCall, answer).answers.length > 0,
      ),
    outcome: outcomeOf,
    messages: ({ workflowId }) =>
      MESSAGE_NAMES.map((name) => ({
        ...{ type: 'arrived', via: 'signal' },
        message: { name, body: BODIES[name](workflowId) } as TransferMessage,
      })),
    row: (call, answer) => transferTransitionFor(call as TransferCall, answer),
  }
}

const madeFrom = new Map<string, Set<string>>()

describe.each([
  ['a transfer on digikhata', {}],
  ['a transfer on digikhata whose sender proves the mobile', { input: { proveSender: true } }],
  ['a transfer on levin', { rail: 'levin' }],
  ['a wallet load', { input: { kind: 'WALLET_LOAD' } }],
] as const)('every way that %s can go', (what, options) => {
  const land = terrain(options)
  const territory = explore(land)
  const { nodes, strays } = territory
  for (const [call, states] of territory.madeFrom) {
    madeFrom.set(call, new Set([...(madeFrom.get(call) ?? []), ...states]))
  }
  const all = [...nodes.values()]
  const open = [...nodes].filter(([, { journey }]) => !isClosed(TRANSFER, journey))

  it('is found by going everywhere', () => {
    const states = new Set(all.map(({ journey }) => journey.state))
    expect([what, states.size]).toEqual([what, what === 'a wallet load' ? 9 : 13])
  })

  it('names an end that comes by itself exactly where one comes', () => {
    for (const { journey } of all) {
      const { state, expiresAt } = transferViewOf(journey)
      const ends = endsByItself(TRANSFER, journey)
      expect([state, expiresAt !== null]).toEqual([state, ends])
    }
  })

  it('goes only where the transition table says', () => {
    expect(strays).toEqual([])
  })

  it('has no dead end: from everywhere it can be completed, or a refund made', () => {
    for (const end of ['COMPLETED', 'REFUNDED']) {
      expect([end, deadEnds(land, territory, end)]).toEqual([end, []])
    }
  })

  it('asks the user for nothing that it does not take', () => {
    expect(vainRequests(land, territory)).toEqual([])
  })

  it('says everywhere what is to be done, and who must act', () => {
    const wrong = all.filter(({ journey }) => {
      const closed = isClosed(TRANSFER, journey)
      const { do: action } = transferActionOf(journey)
      return closed !== (action === 'NOTHING') || closed !== (statusOf(TRANSFER, journey).kind === 'CLOSED')
    })
    expect(wrong).toEqual([])
  })

  it('once a debit may have been carried out, ends by Eko’s word alone, or an operator’s', () => {
    for (const [, { journey, now }] of open) {
      const { initiations, attention } = journey
      if (initiations.length === 0 || journey.state !== 'TRANSFER_IN_PROGRESS' || attention) continue
      const cancel = { name: 'cancel', body: BODIES.cancel(journey.workflowId) } as TransferMessage
      const cancelled = advance(TRANSFER, journey, { type: 'arrived', message: cancel, via: 'update' }, now + 1)
      expect(isClosed(TRANSFER, cancelled.journey)).toBe(false)
      const years = advance(TRANSFER, journey, { type: 'clock' }, now + 1e11)
      expect(isClosed(TRANSFER, years.journey)).toBe(false)
    }
  })

  it('never shows the mobile in the clear, and holds no secret once closed', () => {
    for (const { journey } of all) {
      expect(JSON.stringify(transferViewOf(journey))).not.toContain(journey.input.mobile)
      if (!isClosed(TRANSFER, journey)) continue
      const { wallet, challenge, call, queue } = journey
      expect({ wallet, challenge, call, queue }).toEqual({ wallet: null, challenge: null, call: null, queue: [] })
    }
  })
})

it('every call is made from the states that the table names, and from no other', () => {
  expect(placesOf(madeFrom)).toEqual(placesOf(Object.entries(TRANSFER_CALLED_FROM)))
})
