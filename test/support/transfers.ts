import type { OnboardingClient, Policy, Rail, StartedTransfer, TransferRequest } from '../../client/index.js'
import { accountOf, ACCOUNT_SCENARIOS } from '../../sandbox/money/scenario-accounts.js'
import type { TransactionJson, TransferPath } from '../../sandbox/index.js'
import { NO_COOLDOWN, USER_CODE } from './journeys.js'
import { newMobile } from './people.js'
import type { TestStack } from './test-stack.js'

/** Settled within seconds; nothing waits for a cooldown. */
export const QUICK = { ...NO_COOLDOWN, parkFirstSeconds: 1, parkLongestSeconds: 1, quarantineSeconds: 2 }

let transfers = 0

export interface TestTransfer extends StartedTransfer {
  readonly request: TransferRequest
  readonly mobile: string
  /** The newest code of a purpose. */
  code(purpose: 'SENDER' | 'TRANSACTION' | 'REFUND'): Promise<string>
  /** Types in what is asked for until the transaction OTP was sent. */
  untilCode(): Promise<string>
  /** Confirms the transfer with the right code. */
  confirm(): ReturnType<StartedTransfer['handle']['enterTransactionOtp']>
  /** The transactions of the sender, by the sandbox's ledger. */
  transactions(): Promise<readonly TransactionJson[]>
}

export interface TransferOptions extends Partial<TransferRequest> {
  /** Beside `QUICK`. */
  readonly policy?: Partial<Policy>
  readonly client?: OnboardingClient
  /** How the transfer goes at the recipient's bank. @default 'success' */
  readonly path?: TransferPath
}

/** A sender with money, and a recipient for whom transfers go this way. */
export async function payer(stack: TestStack, rail: Rail, path: TransferPath = 'success') {
  const mobile = newMobile()
  await stack.sandbox.putSender(rail, mobile, { stage: 'ACTIVE', balancePaise: 1_000_000 })
  const scenario = ACCOUNT_SCENARIOS.find((one) => one.scenario === path)
  if (!scenario) throw new Error(`No account of the sandbox goes the way ${path}`)
  const { recipientId } = await stack.sandbox.addRecipient(rail, mobile, { account: accountOf(scenario) })
  return { mobile, recipientId }
}

/** Starts a transfer of a fresh sender. */
export async function startTransfer(stack: TestStack, rail: Rail, given: TransferOptions = {}): Promise<TestTransfer> {
  const { client = stack.client, path, policy, ...input } = given
  const own = input.mobile === undefined ? await payer(stack, rail, path) : { mobile: input.mobile }
  transfers += 1
  const request = {
    ...{ transferId: `transfer-${transfers}`, rail, userCode: USER_CODE, amountPaise: 11_000 },
    policy: { ...QUICK, ...policy },
    ...own,
    ...input,
  } as TransferRequest
  return follow(stack, request, await client.startTransfer(request))
}

/** A transfer as a test holds it. */
export function follow(stack: TestStack, request: TransferRequest, started: StartedTransfer): TestTransfer {
  const { handle } = started
  const { mobile } = request
  const code: TestTransfer['code'] = (purpose) => stack.sandbox.latestCode(mobile, purpose)
  const untilCode = async (): Promise<string> => {
    const view = await handle.waitForNextAction(['ENTER_SENDER_OTP', 'ENTER_TRANSACTION_OTP'])
    if (view.nextAction.do !== 'ENTER_SENDER_OTP') return challengeOf(view)
    await handle.enterSenderOtp({ otp: await code('SENDER'), challengeId: view.nextAction.challengeId })
    return challengeOf(await handle.waitForNextAction('ENTER_TRANSACTION_OTP'))
  }
  return {
    ...started,
    ...{ request, mobile, code, untilCode },
    confirm: async () => {
      const challengeId = await untilCode()
      return handle.enterTransactionOtp({ otp: await code('TRANSACTION'), challengeId })
    },
    transactions: () => stack.sandbox.transactions(mobile),
  }
}

/** The challenge whose code is asked for. */
export function challengeOf({ nextAction }: { readonly nextAction: AnyAction }): string {
  if (nextAction.challengeId === undefined) throw new Error(`No code is asked for: ${nextAction.do}`)
  return nextAction.challengeId
}

interface AnyAction {
  readonly do: string
  readonly challengeId?: string
}
