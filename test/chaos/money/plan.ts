import type { Rail } from '../../../client/index.js'
import { type Dialect, DIALECTS, type FaultSpec, type TransferPath } from '../../../sandbox/index.js'
import { type Rng, stream } from '../rng.js'
import {
  MONEY_EKO_KINDS,
  MONEY_FAULTS,
  MONEY_HABITS,
  MONEY_PROCESS_KINDS,
  type MoneyEkoKind,
  type MoneyHabit,
  type MoneyKind,
  type MoneyProcessKind,
  OF_INQUIRIES,
  OF_REFUNDS,
} from './kinds.js'

/** The transfers of a run, decided by its seed alone. */

export interface PlannedMoneyFault {
  readonly kind: MoneyEkoKind
  readonly spec: FaultSpec
}

export interface TransferPlan {
  /** E.g. `t007`. */
  readonly label: string
  readonly rail: Rail
  readonly dialect: Dialect
  readonly mobile: string
  readonly amountPaise: number
  /** How it goes at the recipient's bank. */
  readonly path: TransferPath
  readonly ekoFaults: readonly PlannedMoneyFault[]
  readonly habit: MoneyHabit | null
  readonly process: MoneyProcessKind | null
}

/** What a transfer is to have, before chance fills in the rest. */
export interface TransferWishes {
  readonly eko?: readonly MoneyEkoKind[]
  readonly habit?: MoneyHabit | null
  readonly process?: MoneyProcessKind | null
  readonly path?: TransferPath
  readonly dialect?: Dialect
}

const EKO = Object.keys(MONEY_EKO_KINDS) as MoneyEkoKind[]
const HABITS = Object.keys(MONEY_HABITS) as MoneyHabit[]
const SHORT_HABITS = HABITS.filter((habit) => habit !== 'transferForgotten')
const PROCESS = Object.keys(MONEY_PROCESS_KINDS) as MoneyProcessKind[]
/** With fewer, a kind would be missing. */
export const FEWEST_TRANSFERS = EKO.length + PROCESS.length
const REFUNDED: readonly TransferPath[] = ['refundPending', 'pendingRefund']
/** What settles by itself, and is debited. */
const PATHS: readonly TransferPath[] = [
  ...(['success', 'success', 'failBeforeDebit', 'failAfterDebit', 'pendingSuccess', 'pendingFailed'] as const),
  ...(['pendingRefund', 'refundPending', 'onHold', 'awaited', 'unlisted'] as const),
]

/** One in five of the journeys' number, and at least as many as hold every kind. */
export function planTransfers(seed: number, journeys: number): TransferPlan[] {
  const count = Math.max(FEWEST_TRANSFERS, Math.round(journeys / 5))
  return Array.from({ length: count }, (_, index) => planTransfer(seed, index, wishesOf(seed, index)))
}

/** The first ones have each kind in turn; after them chance decides. */
function wishesOf(seed: number, index: number): TransferWishes {
  const rng = stream(seed, `kinds of transfer ${index}`)
  if (index < EKO.length) {
    // Temporal takes a minute or two to delete a history: only the first one, which has the time for it.
    const habit = index === 0 ? 'transferForgotten' : SHORT_HABITS[index % SHORT_HABITS.length]
    return { eko: [EKO[index] as MoneyEkoKind], habit: habit as MoneyHabit }
  }
  if (index < FEWEST_TRANSFERS) return { process: PROCESS[index - EKO.length] as MoneyProcessKind }
  const isStruck = rng.chance(0.15)
  return {
    eko: !isStruck && rng.chance(0.8) ? [rng.pick(EKO)] : [],
    process: isStruck ? rng.pick(PROCESS) : null,
    habit: rng.chance(0.5) ? rng.pick(rng.chance(0.1) ? HABITS : SHORT_HABITS) : null,
  }
}

export function planTransfer(seed: number, index: number, wishes: TransferWishes): TransferPlan {
  const label = `t${String(index).padStart(3, '0')}`
  const rng = (what: string): Rng => stream(seed, `${label} ${what}`)
  const eko = wishes.eko ?? []
  const asks: MoneyEkoKind[] = eko.some((kind) => OF_INQUIRIES.includes(kind)) ? ['debitAnswerLost'] : []
  const faults = [...asks, ...eko].map((kind) => ({ kind, spec: MONEY_FAULTS[kind](rng(`fault ${kind}`)) }))
  return {
    ...{ label, mobile: `8${rng('mobile').digits(5)}${String(index).padStart(4, '0')}` },
    rail: rng('rail').chance(0.5) ? 'levin' : 'digikhata',
    dialect: wishes.dialect ?? (DIALECTS[index % DIALECTS.length] as Dialect),
    amountPaise: 100 * (1 + rng('amount').int(500)),
    path: wishes.path ?? rng('path').pick(eko.some((kind) => OF_REFUNDS.includes(kind)) ? REFUNDED : PATHS),
    ekoFaults: faults,
    habit: wishes.habit ?? null,
    process: wishes.process ?? null,
  }
}

/** How often each kind stands in a plan. */
export function moneyKindsIn(transfers: readonly TransferPlan[]): Map<MoneyKind, number> {
  const counts = new Map<MoneyKind, number>()
  for (const { ekoFaults, habit, process } of transfers) {
    for (const kind of [...ekoFaults.map((fault) => fault.kind), habit, process]) {
      if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    }
  }
  return counts
}
