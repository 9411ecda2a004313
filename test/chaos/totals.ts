import { INVARIANTS, type Invariant } from './invariants.js'
import { type Kind, KINDS, WITHOUT_CALL } from './kinds.js'
import { countsText, moneyText, type Summary } from './report.js'

/** Several runs, added up. */
export interface Totals {
  readonly seeds: readonly number[]
  readonly journeys: number
  readonly seconds: number
  readonly calls: number
  readonly sms: number
  readonly states: Readonly<Record<string, number>>
  readonly transfers: number
  readonly transferStates: Readonly<Record<string, number>>
  readonly debits: number
  readonly refunds: number
  readonly faults: Summary['faults']
  readonly invariants: Readonly<Record<string, number>>
  /** Seeds whose run failed, for whatever reason. */
  readonly failed: readonly number[]
}

export function totalsOf(runs: readonly Summary[]): Totals {
  const sum = (count: (run: Summary) => number): number => runs.reduce((total, run) => total + count(run), 0)
  const counts = (of: (run: Summary) => Readonly<Record<string, number>>): Record<string, number> => {
    const names = [...new Set(runs.flatMap((run) => Object.keys(of(run))))]
    return Object.fromEntries(names.map((name) => [name, sum((run) => of(run)[name] ?? 0)]))
  }
  return {
    seeds: runs.map(({ seed }) => seed),
    ...{ journeys: sum((run) => run.journeys), seconds: sum((run) => run.seconds) },
    ...{ calls: sum((run) => run.calls), sms: sum((run) => run.sms) },
    states: counts(({ states }) => states),
    transfers: sum(({ transfers }) => transfers),
    transferStates: counts(({ transferStates }) => transferStates),
    ...{ debits: sum(({ debits }) => debits), refunds: sum(({ refunds }) => refunds) },
    faults: Object.fromEntries(
      Object.keys(KINDS).map((kind) => [
        kind,
        {
          injected: sum(({ faults }) => faults[kind]?.injected ?? 0),
          inFlight: sum(({ faults }) => faults[kind]?.inFlight ?? 0),
        },
      ]),
    ),
    invariants: Object.fromEntries(
      Object.keys(INVARIANTS).map((name) => [name, sum(({ invariants }) => invariants[name] ?? 0)]),
    ),
    failed: runs.filter(({ ok }) => !ok).map(({ seed }) => seed),
  }
}

/** As tables in Markdown, to be kept. */
export function totalsText(totals: Totals, command: string): string {
  const { seeds, journeys, seconds, calls, sms, states, failed } = totals
  return [
    `${seeds.length} seeds (${seeds[0]} to ${seeds.at(-1)}), ${journeys} journeys in ${Math.round(seconds / 60)} minutes:`,
    `${countsText(states)}; ${calls} calls of Eko, ${sms} SMS.`,
    moneyText(totals),
    '',
    '| fault | injected | in flight |',
    '| --- | ---: | ---: |',
    ...(Object.keys(KINDS) as Kind[]).map((kind) => {
      const { injected = 0, inFlight = 0 } = totals.faults[kind] ?? {}
      return `| ${KINDS[kind]} | ${injected} | ${WITHOUT_CALL.includes(kind) ? '–' : inFlight} |`
    }),
    '',
    '| invariant | violations |',
    '| --- | ---: |',
    ...(Object.keys(INVARIANTS) as Invariant[]).map(
      (name) => `| ${INVARIANTS[name]} | ${totals.invariants[name] ?? 0} |`,
    ),
    '',
    failed.length === 0 ? 'Every run was good.' : `Runs that failed: ${failed.join(', ')}`,
    `Made by: ${command}`,
  ].join('\n')
}
