import { Command } from 'commander'
import { addKeysCommand } from './commands/keys.js'
import { addEraseCommand } from './commands/erase.js'
import { addIncidentsCommand } from './commands/incidents.js'
import { addJourneyCommands } from './commands/journey.js'
import { addListCommands } from './commands/list.js'
import { addMessageCommands } from './commands/messages.js'
import { addOperatorCommands } from './commands/operator.js'
import { addRecipientsCommand } from './commands/recipients.js'
import { addReplayCommand } from './commands/replay.js'
import { addSecretCommands } from './commands/secrets.js'
import { addDoctorCommand } from './commands/doctor.js'
import { addTransactionOtpCommand } from './commands/transaction-otp.js'
import { addTransferCommands } from './commands/transfer.js'
import type { CommandContext } from './command.js'
import type { Runner } from './run.js'

const ABOUT = `Takes a sender through the onboarding of Eko’s prepaid wallets, and looks after journeys.

Settings come from ONBOARDING_* and TEMPORAL_* variables and, where those are not set, from .local/onboard.env in this folder, which the local stack writes.`

const EXIT_CODES = `
Exit codes: 0 done · 1 refused or failed · 2 wrong use, or a setting is missing.
Secrets are asked for without echo. Without a terminal, every question takes one line of stdin.`

/** All commands; `name` is how the person calls the program. */
export function buildProgram(run: Runner, name: string): Command {
  const program = new Command('onboard')
    .description(ABOUT)
    .usage('<command> [options]')
    .showHelpAfterError('Add --help to see how the command is used.')
    .addHelpText('after', `${EXIT_CODES}\n\nStart with: ${name} doctor`)
  const context: CommandContext = {
    run,
    add: (command, description, examples) =>
      program
        .command(command)
        .description(description)
        .option('--json', 'print one JSON object')
        .option('--tenant <name>', 'tenant, instead of ONBOARDING_TENANT')
        .addHelpText('after', exampleText(name, examples)),
  }
  addJourneyCommands(context)
  addMessageCommands(context)
  addOperatorCommands(context)
  addEraseCommand(context)
  addListCommands(context)
  addTransactionOtpCommand(context)
  addTransferCommands(context)
  addRecipientsCommand(context)
  addSecretCommands(context)
  addReplayCommand(context)
  addKeysCommand(context)
  addIncidentsCommand(context)
  addDoctorCommand(context)
  return program
}

function exampleText(name: string, examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  ${example.replaceAll('onboard ', `${name} `)}`).join('\n')}`
}
