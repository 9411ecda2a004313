import { parseArgs } from 'node:util'
import { FEWEST_JOURNEYS } from './plan.js'

export interface ChaosArguments {
  readonly seed: number
  /** How many seeds, from this one on, one after the other. */
  readonly seeds: number
  readonly journeys: number
  readonly minutes: number
  readonly json: boolean
  readonly keep: boolean
  readonly prove: boolean
  /** The one broken build to prove, or to run; null: all of them. */
  readonly broken: string | null
  /** Only this journey of the plan, e.g. `j007`; null: all of them. */
  readonly only: string | null
  readonly help: boolean
}

export const USAGE = `Runs many journeys through faults, and judges them by what truly happened at the sandbox.

  npm run chaos -- [--seed N] [--seeds N] [--journeys N] [--minutes N] [--json] [--keep]
  npm run chaos -- --prove [--broken NAME] [--json]

  --seed N       the plan: journeys, faults, and where they strike; default: a random one, which is printed
  --seeds N      so many seeds from that one on, one after the other, with the totals at the end; default 1
  --journeys N   how many journeys, at least ${FEWEST_JOURNEYS}; default 60; a fifth as many transfers beside them
  --minutes N    when the journeys are judged as they stand; default 5
  --prove        runs each deliberately broken build, and fails where the judge does not report it
  --broken NAME  with --prove: this broken build only
  --only LABEL   only this journey or transfer, e.g. j007 or t007, to look for a cause; fails as faults are missing
  --json         one JSON object a line on standard output; the rest goes to standard error
  --keep         leaves the folder with the database and the logs, as a run that violates something does
  --help         this text

Exit codes: 0 every invariant holds and every kind of fault struck; 1 not so; 2 wrong arguments;
130 interrupted.
`

/** What is wrong with the arguments, for the person who typed them. */
export class ArgumentsError extends Error {}

/** @throws ArgumentsError */
export function parseChaosArguments(args: readonly string[], randomSeed: () => number): ChaosArguments {
  const values = parsed(args)
  const number = (name: 'seed' | 'seeds' | 'journeys' | 'minutes', standard: number, least: number): number => {
    const text = values[name]
    if (text === undefined) return standard
    const value = Number(text)
    const whole = name === 'minutes' || Number.isInteger(value)
    if (!/^\d+(\.\d+)?$/.test(text) || !whole || value < least) {
      throw new ArgumentsError(
        `--${name} is a ${name === 'minutes' ? '' : 'whole '}number from ${least}, not "${text}".`,
      )
    }
    return value
  }
  return {
    seed: number('seed', randomSeed(), 0),
    seeds: number('seeds', 1, 1),
    journeys: number('journeys', 60, FEWEST_JOURNEYS),
    minutes: number('minutes', 5, 0.1),
    json: values.json === true,
    keep: values.keep === true,
    prove: values.prove === true,
    broken: values.broken ?? null,
    only: values.only ?? null,
    help: values.help === true,
  }
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        seeds: { type: 'string' },
        journeys: { type: 'string' },
        minutes: { type: 'string' },
        broken: { type: 'string' },
        only: { type: 'string' },
        prove: { type: 'boolean' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
    return values
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error))
  }
}
