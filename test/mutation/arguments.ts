import { parseArgs } from 'node:util'

/** What a run is asked for. */
export interface Wishes {
  /** Only flips whose id holds this text. */
  readonly only: string | null
  /** Switches the rules of the failure policy off, and flips nothing. */
  readonly rules: boolean
  /** Lists the flips and the rules, and runs nothing. */
  readonly list: boolean
  /** The i-th of n parts, both from 1. */
  readonly shard: readonly [part: number, of: number]
  /** Processes at the same time. */
  readonly workers: number
  readonly json: boolean
  readonly help: boolean
}

export const HELP = `npm run mutate -- [options]

Changes one entry of a table at a time (decision tables, HTTP rules, policies, limits, transitions, messages) and runs
the tests of that table; then switches off each rule of the failure policy, one at a time, and runs the test that keeps
it. A change that no test notices is a survivor. Exit code 0: none survived; 1: some did; 2: the tests fail without a
change, or a change could not be tried.

  --rules          only the rules of the failure policy
  --only <text>    only flips and rules whose name holds the text (see --list)
  --list           lists the flips and the rules, and runs nothing
  --shard <i>/<n>  only the i-th of n parts of both
  --workers <n>    processes at the same time; default 2
  --json           one JSON object instead of text
  --help           this text
`

/** Reads the arguments. Throws an error that says what to write instead. */
export function readWishes(args: readonly string[]): Wishes {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rules: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      shard: { type: 'string', default: '1/1' },
      workers: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [, part, of] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(values.shard) ?? []
  if (!part || !of || Number(part) > Number(of)) throw new Error('--shard: write i/n with 1 ≤ i ≤ n, such as 1/4.')
  if (!/^[1-9]\d?$/.test(values.workers)) throw new Error('--workers: write a number from 1 to 99.')
  const { only = null, rules, list, json, help } = values
  return { only, rules, list, json, help, shard: [Number(part), Number(of)], workers: Number(values.workers) }
}

/** The items of a part: every n-th, so that each part has some of every table. */
export function partOf<Item>(items: readonly Item[], [part, of]: Wishes['shard']): Item[] {
  return items.filter((_, index) => index % of === part - 1)
}
