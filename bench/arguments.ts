import { parseArgs } from 'node:util'

export interface BenchArguments {
  readonly quick: boolean
  readonly json: boolean
  /** On a server like production's instead of the local stack's. */
  readonly postgres: boolean
  readonly help: boolean
}

export const USAGE = `npm run bench -- [--quick] [--json] [--postgres]

Measures the product against a floor: the least Temporal workflow that makes the same calls of Eko. Starts what it needs
on this machine and stops it again. Times mean little beside other work: leave the machine alone meanwhile.

  --quick     the figures of the last line only, in some minutes
  --json      one line of JSON, the ratios of ours to the floor's, as the last line
  --postgres  on Temporal server 1.32 and PostgreSQL, as in production, instead of the local stack's server: builds the
              server with Go the first time, and needs PostgreSQL's programs (Debian: apt-get install postgresql)
  --help      this text
`

/** @throws Error that names the argument that is not known */
export function benchArguments(args: readonly string[]): BenchArguments {
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({ args: [...args], options: { quick: flag, json: flag, postgres: flag, help: flag } })
  return values
}
