import type { Answer, CallName, CallOutcome, MoneyCallName } from '../../workflows/calls.js'
import { advance } from '../../workflows/engine/advance.js'
import { wakeAt } from '../../workflows/engine/clock.js'
import type { Core, JourneyEvent } from '../../workflows/engine/core.js'
import type { Flow } from '../../workflows/engine/flow.js'
import { isBusy } from '../../workflows/engine/gate.js'
import { isClosed } from '../../workflows/engine/status.js'

type AnyCallName = CallName | MoneyCallName

/** A row of a transition table, as far as the walk looks at it. */
interface Row {
  readonly to: readonly string[]
}

/** A kind of journey, and what can happen to one. */
export interface Terrain<J extends Core> {
  readonly flow: Flow<J>
  readonly start: { readonly journey: J; readonly now: number }
  /** What tells two journeys apart for the machine. */
  signature(journey: J): string
  /** What the look-up of tenant and rail can come to. */
  resolved(journey: J): readonly JourneyEvent[]
  /** What Eko can answer to a call. */
  answers(call: AnyCallName): readonly Answer[]
  outcome(journey: J, answer: Answer): CallOutcome
  messages(journey: J, now: number): readonly JourneyEvent[]
  row(call: AnyCallName, answer: Answer): Row
}

export interface Node<J> {
  readonly journey: J
  readonly now: number
  /** Whence it can be reached. */
  readonly from: Set<string>
}

export interface Territory<J> {
  readonly nodes: ReadonlyMap<string, Node<J>>
  /** Steps that no row of the transition table allows. */
  readonly strays: readonly string[]
  /** The states that each call was made from. */
  readonly madeFrom: ReadonlyMap<string, ReadonlySet<string>>
}

interface Happening {
  readonly event: JourneyEvent
  readonly at: number
}

/** Everything that can happen to a journey now. */
function happenings<J extends Core>(terrain: Terrain<J>, { journey, now }: Node<J>): readonly Happening[] {
  const soon = now + 1
  const { call, resolving } = journey
  if (resolving) return terrain.resolved(journey).map((event) => ({ event, at: soon }))
  if (call && isBusy(journey)) {
    return terrain.answers(call.name as AnyCallName).map((answer) => ({
      event: { type: 'callEnded', outcome: terrain.outcome(journey, answer) },
      at: soon,
    }))
  }
  // Whoever met a limit comes back when there is room again.
  const later = Math.max(soon, ...Object.values<number>(journey.limitedUntil))
  const wake = wakeAt(terrain.flow, journey)
  return [
    ...terrain.messages(journey, now).map((event) => ({ event, at: later })),
    ...(wake === null ? [] : [{ event: { type: 'clock' } as const, at: Math.max(soon, wake) }]),
  ]
}

/** Goes everywhere that a journey can go. */
export function explore<J extends Core>(terrain: Terrain<J>): Territory<J> {
  const { flow, start } = terrain
  const nodes = new Map<string, Node<J>>()
  const strays = new Set<string>()
  const madeFrom = new Map<string, Set<string>>()
  const open: string[] = []
  const arrive = (journey: J, now: number, from: string | null): void => {
    const key = terrain.signature(journey)
    let node = nodes.get(key)
    if (!node) {
      node = { journey, now, from: new Set() }
      nodes.set(key, node)
      open.push(key)
    }
    if (from !== null) node.from.add(from)
  }
  arrive(start.journey, start.now, null)
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const node = nodes.get(key)
    if (!node || isClosed(flow, node.journey)) continue
    for (const { event, at } of happenings(terrain, node)) {
      const { journey } = advance(flow, node.journey, event, at)
      if (event.type === 'callEnded') {
        const { call, state } = node.journey
        const name = call?.name as AnyCallName
        madeFrom.set(name, (madeFrom.get(name) ?? new Set()).add(state))
        const allowed = terrain.row(name, event.outcome.answer).to.map((to) => (to === 'SAME' ? state : to))
        if (!allowed.includes(journey.state)) {
          strays.add(`${state}: ${name} ${event.outcome.answer} -> ${journey.state}`)
        }
      }
      arrive(journey, at, key)
    }
  }
  return { nodes, strays: [...strays], madeFrom }
}

/** Open journeys from which no journey of this state can be reached. */
export function deadEnds<J extends Core>({ flow }: Terrain<J>, { nodes }: Territory<J>, state: string): string[] {
  const open = [...nodes].filter(([, { journey }]) => journey.state === state).map(([key]) => key)
  const leading = new Set(open)
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const from of nodes.get(key)?.from ?? []) {
      if (leading.has(from)) continue
      leading.add(from)
      open.push(from)
    }
  }
  return [...nodes].filter(([key, { journey }]) => !leading.has(key) && !isClosed(flow, journey)).map(([key]) => key)
}

/** What a table says of where calls are made from, or a walk has seen: in one form. */
export function placesOf(places: Iterable<readonly [string, Iterable<string>]>): Record<string, string[]> {
  return Object.fromEntries([...places].map(([call, states]) => [call, [...states].sort()]))
}

/** By what `nextAction.do` asks for: the message that brings it. */
const BRINGS: Readonly<Record<string, string>> = {
  ENTER_SENDER_OTP: 'enterSenderOtp',
  ENTER_TRANSACTION_OTP: 'enterTransactionOtp',
  ENTER_REFUND_OTP: 'enterRefundOtp',
  ENTER_RECIPIENT_OTP: 'enterRecipientOtp',
  REQUEST_NEW_CODE: 'resendOtp',
}

/** Journeys that ask the user for what they do not take. */
export function vainRequests<J extends Core>({ flow }: Terrain<J>, { nodes }: Territory<J>): string[] {
  return [...nodes].flatMap(([key, { journey }]) => {
    const message = BRINGS[(flow.nextAction(journey) as { readonly do: string }).do]
    const { messages } = flow as unknown as Flow
    const isTaken = message === undefined || messages[message]?.legalIn.some((state) => state === journey.state)
    return isTaken ? [] : [`${journey.state} ${message}: ${key}`]
  })
}

/** Whether the journey, left alone for years, has ended; a call that is under way never ends by itself. */
export function endsByItself<J extends Core>(flow: Flow<J>, journey: J): boolean {
  if (isClosed(flow, journey)) return false
  const years = 1e12 + journey.journeyDeadline
  const { call } = journey
  const left = { ...journey, call: call?.parked ? call : null, resolving: null }
  return isClosed(flow, advance(flow, left, { type: 'clock' }, years).journey)
}
