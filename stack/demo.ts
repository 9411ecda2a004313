import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type Dialect, DIALECTS } from '../sandbox/index.js'
import { runDemo } from './demo-run.js'
import { humanVoice, jsonVoice, type Voice } from './demo-voice.js'
import { messageOf } from './error-message.js'
import { INTERRUPTED, untilInterrupted } from './interrupt.js'
import { type LocalStack, startLocalStack } from './local-stack.js'
import { deadPartText, firstToEnd } from './parts.js'
import { hasColours, painter } from './terminal.js'

interface Flags {
  readonly dialect: Dialect
  readonly json?: boolean
  readonly keep?: boolean
  readonly pace?: number
}

/** A person's pause before each step where a person watches; programs need none. */
const WATCHED_PACE_MS = 400

const command = new Command('demo')
  .description(
    `Starts Temporal, a worker and a sandbox of Eko's platform on this machine, takes ten senders through the whole onboarding on both rails at the same time, and has the sandbox's ledger judge every result.`,
  )
  .usage('[options]')
  .addOption(
    new Option('--dialect <name>', "which of Eko's documents the sandbox's answers follow")
      .choices([...DIALECTS])
      .default(DIALECTS[0]),
  )
  .option('--json', 'one JSON object a line, the summary last; progress goes to stderr')
  .option('--keep', 'leave everything running until Ctrl-C, to look around')
  .option('--pace <ms>', `pause before each step (default: ${WATCHED_PACE_MS} on a terminal, else 0)`, milliseconds)
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    `
Exit codes: 0 every journey ended as the ledger says · 1 something differs or failed · ${INTERRUPTED} interrupted.

  npm run demo -- --dialect wlc
  npm run demo -- --keep
  npm run -s demo -- --json`,
  )

function milliseconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('It is a number of milliseconds, at most 99999.')
  return Number(text)
}

/** What is there to be stopped, whenever and however the demo ends. */
const running: { stack?: LocalStack; stopping: boolean } = { stopping: false }

/** What is said about parts that end, or scenes that fail, because everything is being stopped is noise. */
const say =
  (print: (line: string) => void) =>
  (line: string): void => {
    if (!running.stopping) print(line)
  }
const [out, err] = [say(console.log), say(console.error)]

/**
 * @returns the exit code
 * @throws Error where the stack cannot be started, or a part of it ends
 */
async function demo(flags: Flags, folder: string, voice: Voice, interrupted: Promise<'interrupted'>): Promise<number> {
  const { dialect, json, keep, pace = json || !process.stdout.isTTY ? 0 : WATCHED_PACE_MS } = flags
  const stack = await startLocalStack({ folder, dialect, report: voice.progress })
  running.stack = stack
  voice.ready(stack, dialect)
  const ended = firstToEnd(stack)
  const done = await Promise.race([runDemo(stack, dialect, pace, voice), ended])
  if ('lastLines' in done) throw new Error(deadPartText(done))
  voice.progress(keep ? KEPT : STOPPING)
  const after = keep ? await Promise.race([interrupted, ended]) : 'stop'
  if (typeof after !== 'string') throw new Error(deadPartText(after))
  return done.agrees ? 0 : 1
}

const KEPT = 'Everything stays up until Ctrl-C: look at the journeys in Temporal UI and at the SMS in the inbox.'
const STOPPING = `Temporal UI and inbox stop with the demo. To look around in them:   npm run demo -- --keep
To onboard somebody yourself, step by step, from the command line:  npm run dev`

async function main(): Promise<never> {
  const flags = command.parse().opts<Flags>()
  const paint = painter(hasColours(process.stdout))
  const voice = flags.json ? jsonVoice(out, err) : humanVoice(out, paint)
  const interrupted = untilInterrupted()
  const folder = mkdtempSync(join(tmpdir(), 'onboarding-demo-'))
  const ending = demo(flags, folder, voice, interrupted).catch((error: unknown) => {
    err(messageOf(error))
    return 1
  })
  // An interruption before the end is an end too; with --keep it is the end that the demo itself waits for.
  const code = await Promise.race([ending, interrupted.then(() => settledSoon(ending))])
  if (code === INTERRUPTED) err('\nStopping.')
  running.stopping = true
  await running.stack?.stop()
  // Registered last: parts that were still being started have been killed by then, and write no more.
  process.once('exit', () => {
    if (code !== 1) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  if (code === 1) console.error(`Logs of this run: ${folder}`)
  process.exit(code)
}

/** The demo's own code where it ends in this moment, else that it was interrupted. */
function settledSoon(ending: Promise<number>): Promise<number> {
  return Promise.race([ending, new Promise<number>((resolve) => setImmediate(resolve, INTERRUPTED))])
}

await main()
