import { ALL_KINDS, type Kind } from './kinds.js'
import { ALL_PLACES, type Material, PLACES, type Place, type PlaceName } from './places.js'
import { createSearcher, type Hit } from './search.js'

/** A cell of the table. */
export interface Cell {
  readonly hits: number
  /** Why it may be readable here; null where it must not. */
  readonly readable: string | null
}

/** A row of the table. */
export interface Row {
  readonly place: PlaceName
  readonly title: string
  readonly bytes: number
  readonly cells: Readonly<Record<Kind, Cell>>
  /** Where something was found that must not be: never what. */
  readonly leaks: readonly Hit[]
  readonly unopened: number
  /** How many hits of codes chance alone would give, if digits were random. */
  readonly byChance: number
}

export interface Judgement {
  readonly rows: readonly Row[]
  /** Whether each kind of secret was in use at all: else that none was found proves nothing. */
  readonly inUse: Readonly<Record<Kind, boolean>>
  /** Everything that is wrong, in words; empty: no leak. */
  readonly complaints: readonly string[]
}

/** Searches every place for every secret. @param sent what went to Eko, by which it is seen that secrets were in play */
export function judge(
  material: Material,
  secrets: ReadonlyMap<Kind, ReadonlySet<string | Buffer>>,
  sent: string,
): Judgement {
  const searcher = createSearcher(secrets)
  const rows = ALL_PLACES.map((place): Row => {
    const { readable, title }: Place = PLACES[place]
    const results = material[place].map((bytes) => searcher.search(bytes))
    const hits = results.flatMap((result) => result.hits)
    const sum = (of: (result: (typeof results)[number]) => number): number =>
      results.reduce((total, result) => total + of(result), 0)
    const cells = ALL_KINDS.map((kind): [Kind, Cell] => [
      kind,
      { hits: hits.filter((hit) => hit.kind === kind).length, readable: readable[kind] ?? null },
    ])
    return {
      ...{ place, title, bytes: sum(({ bytes }) => bytes), unopened: sum(({ unopened }) => unopened) },
      cells: Object.fromEntries(cells) as Row['cells'],
      leaks: hits.filter(({ kind }) => readable[kind as Kind] === undefined),
      byChance: (sum(({ codeShapes }) => codeShapes) * searcher.codeNeedles) / 1e8,
    }
  })
  const inUse = Object.fromEntries(ALL_KINDS.map((kind) => [kind, wasInUse(kind, secrets, sent, rows)]))
  return { rows, inUse: inUse as Judgement['inUse'], complaints: complaintsOf(rows, inUse as Judgement['inUse']) }
}

/** Sent to Eko in full; used to sign, seal or let in, which worked; or found where it may be. */
const USED_BY_WORKING: readonly Kind[] = [
  'accessKey',
  'sealingKey',
  'codecKey',
  'idKey',
  'access',
  'apiKey',
  'developerKey',
]

function wasInUse(
  kind: Kind,
  secrets: ReadonlyMap<Kind, ReadonlySet<string | Buffer>>,
  sent: string,
  rows: readonly Row[],
): boolean {
  const values = [...(secrets.get(kind) ?? [])]
  if (USED_BY_WORKING.includes(kind)) return values.length > 0
  if (rows.some(({ cells }) => cells[kind].readable !== null && cells[kind].hits > 0)) return true
  return values.some((value) => typeof value === 'string' && (sent.includes(value) || sent.includes(encodeURI(value))))
}

function complaintsOf(rows: readonly Row[], inUse: Judgement['inUse']): string[] {
  return [
    ...rows.flatMap(({ title, leaks, bytes, unopened }) => [
      ...(bytes === 0 ? [`${title}: nothing was searched`] : []),
      ...(unopened > 0 ? [`${title}: ${unopened} compressed pieces could not be opened`] : []),
      ...leaks.map(({ kind, form, within, around }) => {
        const how = [form, ...[...within].reverse()].join(' in ')
        return `${title}: ${kind} as ${how}: ${around}`
      }),
    ]),
    ...ALL_KINDS.filter((kind) => !inUse[kind]).map(
      (kind) => `${kind}: was never in use, so its search proves nothing`,
    ),
  ]
}
