import type { NewRecipient } from './recipients.js'
import type { TransferPath } from './paths.js'
import { TRANSFER_PATH_NAMES, TRANSFER_PATHS } from './paths.js'

/**
 * Bank accounts that make a transfer go a certain way, *sandbox policy*: accounts `99990000` + code + any three
 * digits. Any other account is paid at once.
 */
export interface AccountScenario {
  /** Two digits. */
  code: string
  scenario: TransferPath
  what: string
}

export const ACCOUNT_SCENARIOS: readonly AccountScenario[] = TRANSFER_PATH_NAMES.map((scenario, index) => ({
  code: String(index + 1).padStart(2, '0'),
  scenario,
  what: TRANSFER_PATHS[scenario].what,
}))

const ACCOUNT_BLOCK = /^99990000(\d{2})\d{3}$/

/** The scenario of a bank account, if it lies in one of the blocks. */
export function accountScenario(account: string): AccountScenario | undefined {
  const code = ACCOUNT_BLOCK.exec(account)?.[1]
  return ACCOUNT_SCENARIOS.find((scenario) => scenario.code === code)
}

/** An account of a scenario's block. */
export function accountOf(scenario: AccountScenario, last = 1): string {
  return `99990000${scenario.code}${String(last).padStart(3, '0')}`
}

/** The recipients that senders of a payer's scenario have from the start, one for each path. */
export const SCENARIO_RECIPIENTS: readonly NewRecipient[] = ACCOUNT_SCENARIOS.map((scenario) => ({
  name: `Sandbox ${scenario.scenario.replace(/([A-Z])/g, ' $1').toLowerCase()}`,
  recipientMobile: '6000000888',
  account: accountOf(scenario),
  ifsc: 'SBXB0000001',
  bankId: 12,
}))
