import { parseArgs } from 'node:util'

export interface BenchArguments {
  readonly quick: boolean
  readonly json: boolean
  /** On a server like production's instead of the local stack's. */
  readonly postgres: boolean
  /** How many journeys wait at once where that is measured. */
  readonly waiting: number
  /** Only what each setting of server and worker brings. */
  readonly settings: boolean
  readonly help: boolean
}

const WAITING = 10_000

export const USAGE = `npm run bench -- [--quick] [--json] [--postgres] [--waiting N]
npm run bench -- --settings

Measures the product against a floor: the least Temporal workflow that makes the same calls of Eko. Starts what it needs
on this machine and stops it again. Times mean little beside other work: leave the machine alone meanwhile.

  --quick     the figures of the last line only, in some minutes
  --waiting N journeys that wait at once, where that is measured (default 10000: some twenty minutes)
  --json      one line of JSON, the ratios of ours to the floor's, as the last line
  --postgres  on Temporal server 1.32 and PostgreSQL, as in production, instead of the local stack's server: builds the
              server with Go the first time, and needs PostgreSQL's programs (Debian: apt-get install postgresql)
  --settings  what each setting of server and worker brings, and nothing else: some twenty minutes
  --help      this text
`

/** @throws Error that names the argument that is not known */
export function benchArguments(args: readonly string[]): BenchArguments {
  const flag = { type: 'boolean', default: false } as const
  const waiting = { type: 'string', default: String(WAITING) } as const
  const { values } = parseArgs({
    args: [...args],
    options: { quick: flag, json: flag, postgres: flag, settings: flag, help: flag, waiting },
  })
  const count = Number(values.waiting)
  if (!Number.isInteger(count) || count < 1) throw new Error('--waiting must be a whole number above 0.')
  if (values.settings && args.length > 1) throw new Error('--settings goes without other arguments.')
  return { ...values, waiting: count }
}
