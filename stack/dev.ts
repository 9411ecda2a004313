import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command, Option } from 'commander'
import { LOCAL_SETTINGS_FILE } from '../client/cli/settings.js'
import { type Dialect, DIALECTS } from '../sandbox/index.js'
import { devLines } from './dev-text.js'
import { messageOf } from './error-message.js'
import { lockFolder } from './folder-lock.js'
import { untilInterrupted } from './interrupt.js'
import { type LocalStack, startLocalStack } from './local-stack.js'
import { deadPartText, firstToEnd } from './parts.js'
import { SandboxControl } from './sandbox-control.js'
import { hasColours, painter } from './terminal.js'

/** Where the CLI looks for the local stack's settings. */
const FOLDER = dirname(LOCAL_SETTINGS_FILE)

const command = new Command('dev')
  .description(
    `Keeps Temporal, a worker and a sandbox of Eko's platform running on this machine until Ctrl-C.
Keys, journeys and logs stay in the folder ${FOLDER}; remove it to begin anew.`,
  )
  .usage('[options]')
  .addOption(
    new Option('--dialect <name>', "which of Eko's documents the sandbox's answers follow")
      .choices([...DIALECTS])
      .default(DIALECTS[0]),
  )
  .allowExcessArguments(false)
  .addHelpText('after', '\nExit codes: 0 stopped by Ctrl-C · 1 it could not start, or a part of it ended by itself.')

/** What is there to be stopped, whenever and however it ends. */
const running: { stack?: LocalStack; unlock?: () => Promise<void> } = {}

/** @throws Error where the stack cannot be started, or a part of it ends */
async function dev(dialect: Dialect): Promise<never> {
  const paint = painter(hasColours(process.stdout))
  const folder = join(process.cwd(), FOLDER)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  running.unlock = await lockFolder(join(folder, 'dev.lock'))
  const stack = await startLocalStack({ folder, dialect, report: (line) => console.log(paint('dim', line)) })
  running.stack = stack
  const { numbers } = await new SandboxControl(stack.sandboxUrl).scenarios()
  for (const line of devLines(stack, { dialect, folder: FOLDER, numbers }, paint)) console.log(line)
  throw new Error(deadPartText(await firstToEnd(stack)))
}

async function main(): Promise<never> {
  const { dialect } = command.parse().opts<{ dialect: Dialect }>()
  const interrupted = untilInterrupted()
  const end = await Promise.race([dev(dialect).catch((error: unknown) => messageOf(error)), interrupted])
  if (end === 'interrupted') console.log('\nStopping.')
  else console.error(end)
  await running.stack?.stop()
  await running.unlock?.()
  process.exit(end === 'interrupted' ? 0 : 1)
}

await main()
