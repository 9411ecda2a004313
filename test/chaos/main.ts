import { randomInt } from 'node:crypto'
import { ArgumentsError, type ChaosArguments, parseChaosArguments, USAGE } from './arguments.js'
import { INTERRUPTED, untilInterrupted } from '../../stack/interrupt.js'
import { planRun, type RunPlan } from './plan.js'
import { proveAll } from './prove.js'
import { reportText, type Summary, summaryOf } from './report.js'
import { runChaos } from './run.js'
import { totalsOf, totalsText } from './totals.js'

/** `npm run chaos`: see `--help`. */

const interruption = new AbortController()

async function main(): Promise<number> {
  let args: ChaosArguments
  try {
    args = parseChaosArguments(process.argv.slice(2), () => randomInt(1, 1_000_000))
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error
    process.stderr.write(`${error.message}\n\n${USAGE}`)
    return 2
  }
  if (args.help) {
    process.stdout.write(USAGE)
    return 0
  }
  void untilInterrupted().then(() => interruption.abort())
  const report = (line: string): void => void (args.json ? process.stderr : process.stdout).write(`${line}\n`)
  return args.prove ? prove(args, report) : run(args, report)
}

async function run(args: ChaosArguments, report: (line: string) => void): Promise<number> {
  const { seed: first, seeds, journeys, minutes, json } = args
  const summaries: Summary[] = []
  for (let seed = first; seed < first + seeds && !interruption.signal.aborted; seed += 1) {
    const command = `npm run chaos -- --seed ${seed} --journeys ${journeys} --minutes ${minutes}`
    const summary = await runSeed(seed, args, report)
    summaries.push(summary)
    report(reportText(summary, command))
    if (json) process.stdout.write(`${JSON.stringify({ ...summary, command })}\n`)
  }
  if (seeds > 1) {
    const command = `npm run chaos -- --seed ${first} --seeds ${seeds} --journeys ${journeys} --minutes ${minutes}`
    const totals = totalsOf(summaries)
    report(totalsText(totals, command))
    if (json) process.stdout.write(`${JSON.stringify({ totals, command })}\n`)
  }
  if (interruption.signal.aborted) return INTERRUPTED
  return summaries.every(({ ok }) => ok) ? 0 : 1
}

async function runSeed(
  seed: number,
  { journeys, minutes, keep, only }: ChaosArguments,
  report: (line: string) => void,
): Promise<Summary> {
  report(`Chaos with seed ${seed}: ${journeys} journeys, ${minutes} minutes at most`)
  const plan = planned(seed, journeys, only)
  return summaryOf(await runChaos({ plan, limitMs: minutes * 60_000, report, keep, interrupted: interruption.signal }))
}

function planned(seed: number, journeys: number, only: string | null): RunPlan {
  const plan = planRun(seed, journeys)
  if (only === null) return plan
  const isWanted = ({ label }: { readonly label: string }): boolean => label === only
  return { ...plan, journeys: plan.journeys.filter(isWanted), transfers: plan.transfers.filter(isWanted) }
}

async function prove({ broken, json }: ChaosArguments, report: (line: string) => void): Promise<number> {
  const proofs = await proveAll(broken, report, interruption.signal)
  if (json) process.stdout.write(`${JSON.stringify({ proofs })}\n`)
  if (interruption.signal.aborted) return INTERRUPTED
  return proofs.length > 0 && proofs.every(({ reported }) => reported) ? 0 : 1
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
})
