import { INVARIANTS, type Invariant } from './invariants.js'
import { type Kind, KINDS, WITHOUT_CALL } from './kinds.js'
import type { RunResult } from './run.js'
import { dossierOf } from './dossier.js'
import { transferDossierOf } from './money/dossier.js'
import type { MoneyFacts } from './money/facts.js'
import { unproved } from './tally.js'

/** What a run says at its end. */

export interface Summary {
  readonly seed: number
  readonly journeys: number
  readonly seconds: number
  readonly states: Readonly<Record<string, number>>
  readonly transfers: number
  readonly transferStates: Readonly<Record<string, number>>
  /** Transfers that were debited for good, and those that were given back by a refund; by the sandbox’s book. */
  readonly debits: number
  readonly refunds: number
  readonly calls: number
  readonly sms: number
  readonly faults: Readonly<Record<string, { readonly injected: number; readonly inFlight: number }>>
  readonly unproved: readonly string[]
  readonly invariants: Readonly<Record<string, number>>
  readonly violations: RunResult['violations']
  readonly troubles: readonly string[]
  readonly misses: readonly string[]
  /** Of journeys that violate something: what is known of them, line by line. */
  readonly dossiers: readonly (readonly string[])[]
  readonly ok: boolean
}

/** A run counts as good where nothing is violated, every kind of fault struck, and nothing died by itself. */
export function summaryOf({ plan, tally, violations, troubles, ...rest }: RunResult): Summary {
  const missing = unproved(tally)
  const isConcerned = ({ label }: { readonly label: string }): boolean =>
    violations.some(({ journey }) => journey === label)
  return {
    ...{ seed: plan.seed, journeys: plan.journeys.length, seconds: rest.seconds, states: rest.states },
    ...{ calls: rest.calls, sms: rest.sms, transferStates: rest.transferStates },
    ...moneyOf(rest.facts),
    faults: Object.fromEntries((Object.keys(KINDS) as Kind[]).map((kind) => [kind, tally.of(kind)])),
    unproved: missing,
    invariants: Object.fromEntries(
      (Object.keys(INVARIANTS) as Invariant[]).map((name) => [
        name,
        violations.filter(({ invariant }) => invariant === name).length,
      ]),
    ),
    ...{ violations, troubles, misses: rest.misses },
    dossiers: [
      ...plan.journeys.filter(isConcerned).map((journey) => dossierOf(journey, rest.facts)),
      ...plan.transfers.filter(isConcerned).map((transfer) => transferDossierOf(transfer, rest.facts)),
    ],
    ok: missing.length === 0 && violations.length === 0 && troubles.length === 0,
  }
}

function moneyOf({ transfers }: MoneyFacts): Pick<Summary, 'transfers' | 'debits' | 'refunds'> {
  const all = transfers.flatMap(({ transactions }) => transactions)
  const count = (status: string): number => all.filter(({ txStatus }) => txStatus === status).length
  return { transfers: transfers.length, debits: count('0'), refunds: count('4') }
}

const MOST_LINES = 40
const MOST_DOSSIERS = 3

/** The tables, the seed and how to do it again. */
export function reportText(summary: Summary, command: string): string {
  const { seed, journeys, seconds, states, calls, sms, violations, troubles } = summary
  const faults = (Object.keys(KINDS) as Kind[]).map((kind) => {
    const { injected, inFlight } = summary.faults[kind] ?? { injected: 0, inFlight: 0 }
    const hits = WITHOUT_CALL.includes(kind) ? '-' : String(inFlight)
    const mark = summary.unproved.includes(kind) ? '  NOT PROVED' : ''
    return `  ${KINDS[kind].padEnd(72)} ${String(injected).padStart(8)} ${hits.padStart(9)}${mark}`
  })
  const invariants = (Object.keys(INVARIANTS) as Invariant[]).map((name) => {
    const count = summary.invariants[name] ?? 0
    return `  ${INVARIANTS[name].padEnd(72)} ${(count === 0 ? 'holds' : `${count} violated`).padStart(12)}`
  })
  const ends = countsText(states)
  return [
    '',
    `Seed ${seed}: ${journeys} journeys in ${seconds} s: ${ends}. ${calls} calls of Eko, ${sms} SMS.`,
    moneyText(summary),
    '',
    `  ${'FAULT'.padEnd(72)} ${'INJECTED'.padStart(8)} ${'IN FLIGHT'.padStart(9)}`,
    ...faults,
    '',
    `  ${'INVARIANT, judged by the sandbox’s ledger'.padEnd(72)} ${'RESULT'.padStart(12)}`,
    ...invariants,
    '',
    ...listed(violations.map(({ invariant, journey, what }) => `  ${journey} ${invariant}: ${what}`)),
    ...summary.dossiers.slice(0, MOST_DOSSIERS).flatMap((lines) => [...lines.map((line) => `  ${line}`), '']),
    ...listed(troubles.map((trouble) => `  trouble: ${trouble}`)),
    ...listed(summary.misses.map((miss) => `  missed: ${miss}`)),
    summary.ok ? 'Every invariant holds, and every kind of fault struck.' : 'The run has failed.',
    `Again: ${command}`,
    '',
  ].join('\n')
}

/** How many transfers ended how, and what became of the money. */
export function moneyText({
  transfers,
  transferStates,
  debits,
  refunds,
}: Pick<Summary, 'transfers' | 'transferStates' | 'debits' | 'refunds'>): string {
  return `${transfers} transfers: ${countsText(transferStates)}; ${debits} debits, ${refunds} refunds.`
}

export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

function listed(lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const more = lines.length > MOST_LINES ? [`  … and ${lines.length - MOST_LINES} more`] : []
  return [...lines.slice(0, MOST_LINES), ...more, '']
}
