import { describe, expect, it } from '@jest/globals'
import { ANSWERS, type Answer, MONEY_ANSWERS } from '../../workflows/calls.js'
import { advance } from '../../workflows/engine/advance.js'
import { wakeAt } from '../../workflows/engine/clock.js'
import type { JourneyEvent } from '../../workflows/engine/core.js'
import { isBusy } from '../../workflows/engine/gate.js'
import { isClosed, statusOf } from '../../workflows/engine/status.js'
import type { Rail, TransferMessage, TransferPurpose } from '../../workflows/messages.js'
import { TRANSFER } from '../../workflows/transfer/flow.js'
import type { TransferJourney } from '../../workflows/transfer/journey.js'
import { isUnsettled } from '../../workflows/transfer/messages.js'
import { transferTransitionFor } from '../../workflows/transfer/transitions.js'
import { transferActionOf, transferViewOf } from '../../workflows/transfer/view.js'
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

/** Everything that can happen to a transfer now. */
function eventsOf(journey: TransferJourney, rail: Rail): { readonly event: JourneyEvent; readonly later?: number }[] {
  if (journey.resolving) return [{ event: { type: 'resolved', outcome: { plan: planOf({ rail, policy: POLICY }) } } }]
  if (isBusy(journey)) {
    const answers = [...ANSWERS, ...MONEY_ANSWERS].filter(
      (answer) => transferTransitionFor(journey.call?.name ?? 'getSender', answer).answers.length > 0,
    )
    return answers.map((answer) => ({ event: { type: 'callEnded', outcome: outcomeOf(journey, answer) } }))
  }
  const messages = MESSAGE_NAMES.map((name) => ({
    event: {
      ...{ type: 'arrived' as const, via: 'signal' as const },
      message: { name, body: BODIES[name](journey.workflowId) } as TransferMessage,
    },
    later: Math.max(...Object.values(journey.limitedUntil)),
  }))
  const wake = wakeAt(TRANSFER, journey)
  return [...messages, ...(wake === null ? [] : [{ event: { type: 'clock' } as const, later: wake }])]
}

interface Node {
  readonly journey: TransferJourney
  readonly now: number
  readonly from: Set<string>
}

/** Goes everywhere that a transfer can go. */
function explore(options: TransferOptions): { nodes: ReadonlyMap<string, Node>; strays: readonly string[] } {
  const nodes = new Map<string, Node>()
  const strays = new Set<string>()
  const open: string[] = []
  const arrive = (journey: TransferJourney, now: number, from: string | null): void => {
    const key = signature(journey)
    let node = nodes.get(key)
    if (!node) {
      node = { journey, now, from: new Set() }
      nodes.set(key, node)
      open.push(key)
    }
    if (from !== null) node.from.add(from)
  }
  const start = new TransferDrive({ ...options, policy: POLICY })
  arrive(start.journey, start.now, null)
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const node = nodes.get(key)
    if (!node || isClosed(TRANSFER, node.journey)) continue
    for (const { event, later } of eventsOf(node.journey, options.rail ?? 'digikhata')) {
      const now = Math.max(node.now + 1, later ?? 0)
      const { journey } = advance(TRANSFER, node.journey, event, now)
      if (event.type === 'callEnded') {
        const { call, state } = node.journey
        const { to } = transferTransitionFor(call?.name ?? 'getSender', event.outcome.answer)
        const allowed = to.map((each) => (each === 'SAME' ? state : each))
        if (!allowed.includes(journey.state))
          strays.add(`${state}: ${call?.name} ${event.outcome.answer} -> ${journey.state}`)
      }
      arrive(journey, now, key)
    }
  }
  return { nodes, strays: [...strays] }
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

describe.each([
  ['a transfer on digikhata', {}],
  ['a transfer on levin', { rail: 'levin' }],
  ['a wallet load', { input: { kind: 'WALLET_LOAD' } }],
] as const)('every way that %s can go', (what, options) => {
  const { nodes, strays } = explore(options)
  const all = [...nodes.values()]
  const open = [...nodes].filter(([, { journey }]) => !isClosed(TRANSFER, journey))

  it('is found by going everywhere', () => {
    const states = new Set(all.map(({ journey }) => journey.state))
    expect([what, states.size]).toEqual([what, what === 'a wallet load' ? 9 : 13])
  })

  it('goes only where the transition table says', () => {
    expect(strays).toEqual([])
  })

  it('has no dead end: from everywhere it can be completed, or a refund made', () => {
    for (const end of ['COMPLETED', 'REFUNDED']) {
      const ends = [...nodes].filter(([, { journey }]) => journey.state === end).map(([key]) => key)
      const leading = reaching(nodes, ends)
      expect([end, open.filter(([key]) => !leading.has(key)).map(([key]) => key)]).toEqual([end, []])
    }
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
