import { SECRET_STORE_MODES } from '../../secrets/index.js'
import { runLeakTest } from './run.js'
import { legendText, tableText } from './table.js'

const USAGE = `Runs journeys of every kind with made-up secrets, and searches everything that they leave for each of them.

  npm run leak-test                    with secrets inline, and in a vault
  npm run leak-test -- --mode inline   one of them: ${SECRET_STORE_MODES.join(', ')}
  npm run leak-test -- --keep          leaves the folder of each run

Exit codes: 0 no leak; 1 a leak, or a place where there was nothing to search; 2 wrong arguments.
`

/** `npm run leak-test`. */
async function main(args: readonly string[]): Promise<number> {
  const keep = args.includes('--keep')
  const asked = args.includes('--mode') ? args[args.indexOf('--mode') + 1] : undefined
  const modes = SECRET_STORE_MODES.filter((mode) => asked === undefined || mode === asked)
  const known = args.every((arg) => ['--keep', '--mode', '--help', asked].includes(arg))
  if (args.includes('--help') || !known || modes.length === 0) {
    process[args.includes('--help') ? 'stdout' : 'stderr'].write(USAGE)
    return args.includes('--help') ? 0 : 2
  }
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  let leaks = 0
  for (const mode of modes) {
    const run = await runLeakTest({ mode, keep, report: say })
    say(`\n${tableText(run)}\n`)
    leaks += run.complaints.length
  }
  say(legendText())
  return leaks === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
