import type { Command } from 'commander'
import type { Runner } from './run.js'

/** What a command is made with. */
export interface CommandContext {
  readonly run: Runner
  /** A command with the options that all have; examples are written without the program's name. */
  readonly add: (command: string, description: string, examples: readonly string[]) => Command
}

/** A command under another one, with the options that all have. */
export function subcommand(outer: Command, name: string, description: string): Command {
  return outer
    .command(name)
    .description(description)
    .option('--json', 'print one JSON object')
    .option('--tenant <name>', 'tenant, instead of ONBOARDING_TENANT')
}

/** Options that say which journey, and how long to wait for it. */
export function withTarget(command: Command): Command {
  return withDeadline(command)
    .option('--id <workflowId>', 'the journey, by its workflow id')
    .option('--mobile <number>', 'the journey, by its sender; `-` asks for the number')
    .option('--rail <rail>', 'digikhata or levin; looked up where it is left out')
}

export function withDeadline(command: Command): Command {
  return command.option('--deadline <seconds>', 'how long a call may take (default: 10)')
}
