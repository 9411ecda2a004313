import { build } from '../stack/build.js'
import { benchArguments, USAGE } from './arguments.js'
import { runBench, runSettings } from './run.js'

/** `npm run bench`. */

let given
try {
  given = benchArguments(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
  process.exit(2)
}
if (given.help) {
  process.stdout.write(USAGE)
} else {
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  const note = (line: string): void => void process.stderr.write(`${line}\n`)
  await build(note)
  if (given.settings) {
    await runSettings({ say, note })
  } else {
    const ratios = await runBench(given, { say, note })
    if (given.json) say(JSON.stringify({ ratios }))
  }
}
