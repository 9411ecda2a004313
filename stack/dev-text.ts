import { type Dialect, SAMPLE_DEVELOPERS, type ScenariosJson } from '../sandbox/index.js'
import { places } from './demo-voice.js'
import type { LocalStack } from './local-stack.js'
import { LOCAL_TENANTS } from './local-tenants.js'
import { columns, type Paint } from './terminal.js'

/** What `npm run dev` tells once everything is up. `folder` as the person would write it. */
export function devLines(
  stack: LocalStack,
  { dialect, folder, numbers }: { dialect: Dialect; folder: string; numbers: ScenariosJson['numbers'] },
  paint: Paint,
): string[] {
  const { temporalUi, inbox, ledger } = places(stack)
  const tenants = SAMPLE_DEVELOPERS.map(({ userCodes }, at) => `${LOCAL_TENANTS[at] ?? ''} (${userCodes.join(', ')})`)
  const rows = [
    ['Temporal UI', temporalUi, 'the story of each journey'],
    ['SMS inbox', inbox, 'where the codes arrive'],
    ['Ledger', ledger, 'what truly happened at Eko'],
    ['Test numbers', `${stack.sandboxUrl}/scenarios`, 'and numbers that make something happen'],
    ['Temporal', stack.temporal.address, `namespace ${stack.temporal.namespace}`],
  ]
  return [
    '',
    paint('bold', paint('green', 'Everything is up. One Ctrl-C stops it all.')),
    '',
    ...columns(rows).map((line) => `  ${line}`),
    `  Eko           a sandbox, dialect ${dialect}; it forgets its senders at the end, Temporal keeps the journeys`,
    `  Tenants       ${tenants.join(' and ')}: name and user_codes, from ${folder}/tenants.json`,
    `  Codec server  decrypts for Temporal UI, and for Temporal's own tool: export $(grep ^TEMPORAL_ ${folder}/onboard.env)`,
    `  Logs          ${folder}/temporal.log, sandbox.log, worker.log, codec-server.log`,
    '',
    paint('bold', 'To onboard somebody, in a second terminal, in this folder:'),
    '',
    ...walkLines(numbers),
    '  Each answer ends with the next action and the command for it. Also: status --watch, explain, list, doctor.',
    '  Add --help to any command.',
  ]
}

/** The whole way of a new sender on DigiKhata, with the sandbox's first numbers. */
function walkLines({ mobiles, aadhaarNumbers, pans }: ScenariosJson['numbers']): string[] {
  const [mobile = '', aadhaar = '', pan = ''] = [mobiles[0], aadhaarNumbers[0], pans[0]]
  const who = `--rail digikhata --mobile ${mobile}`
  const userCode = SAMPLE_DEVELOPERS[0]?.userCodes[0] ?? ''
  const commands = [
    `start ${who} --user-code ${userCode}`,
    `details ${who} --name "Asha Sample" --dob 1990-01-31 --address Pune`,
    ...['otp', 'consent', 'aadhaar', 'aadhaar-otp', 'pan'].map((name) => `${name} ${who}`),
  ]
  return [
    ...commands.map((each) => `  npm run -s onboard -- ${each}`),
    '',
    `  To be typed in: the codes from the inbox, the Aadhaar number ${aadhaar}, the PAN ${pan}.`,
    `  Other senders: mobiles ${mobile} to ${mobiles.at(-1) ?? ''}; take another Aadhaar number and PAN for each.`,
  ]
}
