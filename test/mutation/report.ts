import type { Equivalent } from './equivalents.js'
import type { Fate, Verdict } from './protocol.js'
import type { Flip } from './source.js'

/** A flip and what became of it. */
export interface Tried {
  readonly flip: Flip
  readonly verdict: Verdict
  readonly equivalent: Equivalent | null
}

/** What a run came to. */
export interface Report {
  /** Flips that a test noticed, of those that one could notice. */
  readonly killed: number
  readonly counted: number
  readonly equivalent: readonly Tried[]
  readonly survivors: readonly Tried[]
  /** Flips that could not be tried, and equivalents that a test did notice or that fit no flip: to be mended. */
  readonly mistakes: readonly string[]
  readonly byFate: Readonly<Record<Fate, number>>
}

/** The equivalent that a flip is listed as. */
export function equivalentOf(flip: Flip, equivalents: readonly Equivalent[]): Equivalent | null {
  return equivalents.find(({ id }) => flip.id === id) ?? null
}

/**
 * Counts.
 *
 * @param unused equivalents that fit no flip of the whole list
 */
export function summarise(tried: readonly Tried[], unused: readonly Equivalent[] = []): Report {
  const byFate: Record<Fate, number> = { KILLED: 0, SURVIVED: 0, NEVER_ENDED: 0, BROKEN: 0 }
  for (const { verdict } of tried) byFate[verdict.fate] += 1
  const counted = tried.filter((one) => one.equivalent === null)
  const noticed = ({ verdict }: Tried): boolean => verdict.fate === 'KILLED' || verdict.fate === 'NEVER_ENDED'
  return {
    killed: counted.filter(noticed).length,
    counted: counted.length,
    equivalent: tried.filter((one) => one.equivalent !== null),
    survivors: counted.filter(({ verdict }) => verdict.fate === 'SURVIVED'),
    mistakes: [
      ...tried
        .filter(({ verdict }) => verdict.fate === 'BROKEN')
        .map(({ flip, verdict }) => `could not be tried: ${flip.id}: ${verdict.message ?? ''}`),
      ...tried
        .filter((one) => one.equivalent !== null && noticed(one))
        .map(({ flip, verdict }) => `is listed as equivalent, but noticed by ${verdict.by ?? 'no end'}: ${flip.id}`),
      ...unused.map(({ id }) => `is listed as equivalent, but there is no such flip: ${id}`),
    ],
    byFate,
  }
}

/** The lines at the end of a run. */
export function reportLines(report: Report): string[] {
  const { killed, counted, equivalent, survivors, mistakes, byFate } = report
  return [
    ...section(
      'Cannot be noticed, since the product does the same (not counted)',
      equivalent,
      ({ flip, equivalent: why }) => [
        `${flip.file}:${flip.line} ${flip.entry}: ${flip.change}`,
        `  ${why?.reason ?? ''}`,
      ],
    ),
    ...section('Survivors: no test failed', survivors, ({ flip }) => [
      `${flip.file}:${flip.line} ${flip.entry}: ${flip.change}`,
    ]),
    ...section('To be mended in test/mutation', mistakes, (mistake) => [mistake]),
    ...(byFate.NEVER_ENDED > 0 ? [`${byFate.NEVER_ENDED} of them by tests that never ended.`] : []),
    `${killed} of ${counted} flips made a test fail`,
  ]
}

function section<Item>(title: string, items: readonly Item[], lines: (item: Item) => string[]): string[] {
  if (items.length === 0) return []
  return [`${title}: ${items.length}`, ...items.flatMap(lines).map((line) => `  ${line}`), '']
}

/** 0: every flip was noticed; 1: some were not; 2: the run itself has a mistake. */
export function exitCodeOf({ survivors, mistakes }: Report): number {
  if (mistakes.length > 0) return 2
  return survivors.length > 0 ? 1 : 0
}
