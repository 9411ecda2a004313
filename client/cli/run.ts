import { type Command, CommanderError } from 'commander'
import { ERROR_CODES, OnboardingError } from '../errors.js'
import type { Environment } from '../environment.js'
import { Io, StoppedError, type Streams, UsageError } from './io.js'
import { buildProgram } from './program.js'
import { type CommonOptions, Session } from './session.js'
import { loadSettings } from './settings.js'

/** 0: done. 1: refused or failed. 2: wrong use, or a setting is missing. */
export const EXIT = { done: 0, refused: 1, usage: 2 } as const

/** What a command has to say: an object for programs, lines for people. */
export interface Answer {
  readonly json: unknown
  readonly lines: readonly string[]
  /** @default true */
  readonly done?: boolean
}

/** What a command does; `void` where it has printed by itself. */
export type Action<Options> = (
  session: Session,
  options: Options,
  operands: readonly string[],
) => Promise<Answer | void>

/** Makes an action of a command: session, printing, errors and exit code. */
export type Runner = <Options extends CommonOptions>(action: Action<Options>) => (...args: unknown[]) => Promise<void>

export interface Invocation extends Streams {
  /** The arguments after the program's name. */
  readonly argv: readonly string[]
  readonly env: Environment
  readonly folder: string
}

/** Errors that mean "your settings or arguments", not "the journey refuses". */
const USAGE_CODES: readonly string[] = ['INVALID_INPUT', 'NOT_CONFIGURED', 'TENANT_MISMATCH']

/** Runs one command line and answers its exit code. */
export async function runCli(invocation: Invocation): Promise<number> {
  const { argv, env, folder, stdout, stderr } = invocation
  let exit: number = EXIT.done
  const program = env['npm_lifecycle_event'] === 'onboard' ? 'npm run -s onboard --' : 'onboard'

  const run: Runner =
    (action) =>
    async (...args) => {
      const command = args.at(-1) as Command
      const options = command.optsWithGlobals<CommonOptions>()
      const io = new Io(invocation)
      let session: Session | undefined
      try {
        session = new Session(io, await loadSettings(env, folder), program, options)
        const answer = await action(session, options as never, command.args)
        if (!answer) return
        if (options.json) io.out(JSON.stringify(answer.json))
        else for (const line of answer.lines) io.out(line)
        if (answer.done === false) exit = EXIT.refused
      } catch (error) {
        exit = report(io, error, options.json === true)
      } finally {
        await session?.close()
      }
    }

  const cli = buildProgram(run, program)
  configure(cli, invocation)
  try {
    await cli.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Commander has printed its help or complaint by now.
    exit = error.exitCode === 0 ? EXIT.done : EXIT.usage
  }
  await Promise.all([flushed(stdout), flushed(stderr)])
  return exit
}

function configure(command: Command, { stdout, stderr }: Streams): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
  })
  for (const sub of command.commands) configure(sub, { stdout, stderr } as Streams)
}

function report(io: Io, error: unknown, json: boolean): number {
  // The second name is what the hidden prompt throws on Ctrl-C.
  if (error instanceof StoppedError || (error instanceof Error && error.name === 'ExitPromptError')) {
    io.note('Stopped.')
    return EXIT.refused
  }
  if (error instanceof UsageError) {
    if (json) io.out(JSON.stringify({ error: { code: 'USAGE', message: error.message } }))
    else io.note(`error: ${error.message}`)
    return EXIT.usage
  }
  if (!(error instanceof OnboardingError)) throw error
  if (json) io.out(JSON.stringify({ error }))
  else {
    io.note(`${error.code}: ${error.message}`)
    const { action } = ERROR_CODES[error.code]
    const named = error.details?.['fields'] ?? error.details?.['settings']
    if (!named && !error.message.includes(action)) io.note(action)
    for (const [name, value] of Object.entries(error.details ?? {})) {
      if (name !== 'fields' && name !== 'settings') io.note(`  ${name}: ${plain(value)}`)
    }
  }
  return USAGE_CODES.includes(error.code) ? EXIT.usage : EXIT.refused
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function flushed(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}
