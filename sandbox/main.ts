import { Command, InvalidArgumentError, Option } from 'commander'
import { readDevelopers, SAMPLE_DEVELOPERS } from './developers.js'
import type { Developer } from './developers.js'
import { Dialect, DIALECTS } from './names.js'
import { startSandbox } from './server.js'
import type { RunningSandbox } from './server.js'

interface Flags {
  port: number
  host: string
  dialect: Dialect
  developers?: string
  jsonReady: boolean
}

/** Exit code when the sandbox cannot start: taken port, unusable file. */
const CANNOT_START = 2

const command = new Command('sandbox')
  .description("A stateful double of Eko's PPI platform with an OTP inbox. It never calls anybody.")
  .option('--port <number>', 'port to listen on; 0 takes any free one', portNumber, 4010)
  .option('--host <address>', 'address to listen on; there is no authentication, so stay on loopback', '127.0.0.1')
  .addOption(
    new Option('--dialect <name>', "which of Eko's documents answers follow")
      .choices([...DIALECTS])
      .default(Dialect.portal2026),
  )
  .option('--developers <file>', 'JSON array of {developerKey, accessKey, initiatorId, userCodes, orgId?}')
  .option('--json-ready', 'print one JSON line first when ready', false)

function portNumber(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It is a number from 0 to 65535.')
  return port
}

async function main(): Promise<void> {
  const { port, host, dialect, developers: file, jsonReady } = command.parse().opts<Flags>()
  const developers = file === undefined ? SAMPLE_DEVELOPERS : readDevelopers(file)
  const sandbox = await startSandbox({ port, host, dialect, developers })
  stopOnSignal(sandbox)
  if (jsonReady) console.log(JSON.stringify({ sandbox: 'ready', url: sandbox.url, ekoBaseUrl: sandbox.ekoBaseUrl }))
  console.log(introduction(sandbox, dialect, file === undefined ? developers : []))
}

function introduction(sandbox: RunningSandbox, dialect: Dialect, samples: readonly Developer[]): string {
  const lines = [
    `Eko sandbox, dialect ${dialect}`,
    '',
    `  Inbox (open it in a browser)  ${sandbox.url}/`,
    `  What truly happened           ${sandbox.url}/ledger`,
    `  Test numbers and scenarios    ${sandbox.url}/scenarios`,
    `  Eko base URL for clients      ${sandbox.ekoBaseUrl}`,
  ]
  for (const { developerKey, accessKey, initiatorId, userCodes, orgId } of samples) {
    lines.push(
      '',
      `  developer_key ${developerKey}   access_key ${accessKey}`,
      `  initiator_id  ${initiatorId}   user_code ${userCodes.join(', ')}   org_id ${orgId ?? 'any'}`,
    )
  }
  if (samples.length > 0) lines.push('', '  These credentials exist in this sandbox only.')
  return `${lines.join('\n')}\n`
}

function stopOnSignal(sandbox: RunningSandbox): void {
  const stop = (): void => {
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

function fail(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const { port } = command.opts<Flags>()
  if (code === 'EADDRINUSE') {
    console.error(`Port ${port} is taken. Stop what listens there, or choose another: --port 0 takes any free one.`)
  } else {
    console.error(error instanceof Error ? error.message : String(error))
  }
  process.exitCode = CANNOT_START
}

main().catch(fail)
