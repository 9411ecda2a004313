import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { RecipientsReceipt, RecipientsView, TransferReceipt, TransferView } from '../../client/index.js'
import { RAILS, until, USER_CODE } from '../support/journeys.js'
import { newMobile } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { payer, QUICK, startTransfer } from '../support/transfers.js'
import { type CliRun, runHere } from './support.js'

/** A person moves money with `onboard` alone, on the whole stack. */

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterEach(() => stack.sandbox.clearFaults())
afterAll(() => stack?.stop())

function onboard(args: readonly string[], input = ''): Promise<CliRun> {
  return runHere(args, { env: { ...stack.local.clientEnv, ONBOARDING_USER_CODE: USER_CODE }, input })
}

async function json<T>(args: readonly string[], input = ''): Promise<T> {
  const { stdout } = await onboard([...args, '--json'], input)
  return JSON.parse(stdout) as T
}

const POLICY = ['--policy', JSON.stringify(QUICK)]

let transfers = 0
function newTransferId(): string {
  transfers += 1
  return `order-${transfers}`
}

describe.each(RAILS)('on %s', (rail) => {
  it('a transfer is started, confirmed and watched to its end, each command naming the next one', async () => {
    const { mobile, recipientId } = await payer(stack, rail)
    const own = ['--transfer', newTransferId()]
    const order = ['transfer', 'start', '--rail', rail, '--recipient', String(recipientId), '--amount', '110']
    const started = await onboard([...order, ...own, ...POLICY], mobile)
    expect(started).toMatchObject({ code: 0, stderr: '' })
    expect(started.stdout).toContain('₹110.00')
    if (rail === 'levin') {
      expect(started.stdout).toContain('onboard transfer sender-otp')
      const proven = await onboard(['transfer', 'sender-otp', ...own], await stack.sandbox.latestCode(mobile, 'SENDER'))
      expect(proven.stdout).toContain('onboard transfer confirm')
    } else expect(started.stdout).toContain('onboard transfer confirm')
    const code = await stack.sandbox.latestCode(mobile, 'TRANSACTION')
    const wrong = await onboard(
      ['transfer', 'confirm', ...own],
      code.replace(/\d$/, (last) => `${9 - Number(last)}`),
    )
    expect(wrong).toMatchObject({ code: 1 })
    expect(wrong.stdout).toContain('WRONG_CODE')
    const watching = onboard(['transfer', 'status', ...own, '--watch', '--json'])
    expect(await onboard(['transfer', 'confirm', ...own], code)).toMatchObject({ code: 0 })
    const views = (await watching).stdout.trim().split('\n')
    expect(JSON.parse(views.at(-1) ?? '')).toMatchObject({ state: 'COMPLETED', amountPaise: 11_000 })
    const story = await onboard(['transfer', 'explain', ...own])
    expect(story.stdout).toMatch(/message:enterTransactionOtp +TAKEN/)
    // Asked for again it is the same one.
    const again = await onboard([...order, ...own, ...POLICY], mobile)
    expect(again).toMatchObject({ code: 0 })
    expect(again.stdout).toContain('Joined')
    expect(await stack.sandbox.transactions(mobile)).toHaveLength(1)
    expect([started, wrong, story, again].map(({ stdout }) => stdout).join('\n')).not.toContain(mobile)
  })

  it('recipients are added and listed, up to one that money can be sent to', async () => {
    await stack.sandbox.putPolicy({ recipientCoolingMs: 0 })
    const mobile = newMobile()
    await stack.sandbox.putSender(rail, mobile, { stage: 'ACTIVE', balancePaise: 1_000_000 })
    const session = ['--rail', rail, '--mobile', '-']
    const opened = await json<{ view: RecipientsView }>(['recipients', 'open', ...session], mobile)
    if (opened.view.nextAction.do === 'ENTER_SENDER_OTP') {
      const code = await stack.sandbox.latestCode(mobile, 'SENDER')
      expect(await onboard(['recipients', 'sender-otp', ...session], `${mobile}\n${code}`)).toMatchObject({ code: 0 })
    }
    const person = ['--name', 'Ravi Kumar', '--recipient-mobile', '9000000002', '--ifsc', 'SBIN0000001', '--bank', '12']
    const typed = `${mobile}\n00123456789`
    const added = await json<RecipientsReceipt>(['recipients', 'add', ...session, ...person], typed)
    expect(added.outcome).toBe('RECIPIENT_ADDED')
    const recipient = ['--recipient', added.detail ?? '']
    const registered = await json<RecipientsReceipt>(['recipients', 'register-bank', ...session, ...recipient], mobile)
    if (registered.nextAction.do === 'ENTER_RECIPIENT_OTP') {
      const code = await stack.sandbox.latestCode(mobile, 'RECIPIENT')
      const confirmed = await onboard(['recipients', 'confirm', ...session], `${mobile}\n${code}`)
      expect(confirmed).toMatchObject({ code: 0 })
      expect(confirmed.stdout).toContain('BANK_VERIFIED')
    } else expect(registered.outcome).toBe('BANK_ADDED')
    const { stdout } = await onboard(['recipients', 'list', ...session], mobile)
    expect(stdout).toContain('R*** K****')
    for (const hidden of ['Ravi', '00123456789', mobile]) expect(stdout).not.toContain(hidden)
    expect(await onboard(['recipients', 'finish', ...session], mobile)).toMatchObject({ code: 0 })
  })
})

it('a refund is asked for and confirmed', async () => {
  const { handle, mobile, confirm } = await startTransfer(stack, 'digikhata', { path: 'refundPending' })
  await confirm()
  const target = ['--id', handle.workflowId]
  expect((await onboard(['transfer', 'status', ...target])).stdout).toContain('onboard refund send-code')
  expect((await onboard(['refund', 'send-code', ...target])).stdout).toContain('onboard refund confirm')
  const refunded = await onboard(['refund', 'confirm', ...target], await stack.sandbox.latestCode(mobile, 'REFUND'))
  expect(refunded).toMatchObject({ code: 0 })
  expect(refunded.stdout).toContain('REFUNDED')
})

it('a transfer that Eko does not find is told with what an operator can do, and ends by the declaration', async () => {
  const { handle, mobile, confirm } = await startTransfer(stack, 'digikhata')
  await stack.sandbox.addFaults({ fault: 'dropBeforeCommit', operation: 'initiateTransaction', mobile })
  await confirm()
  const { initiations } = await handle.waitForNextAction('CONTACT_SUPPORT')
  const target = ['--id', handle.workflowId]
  const { stdout } = await onboard(['transfer', 'status', ...target])
  expect(stdout).toContain('`declareNotDebited`')
  expect(stdout).toContain(initiations[0]?.clientRefId)
  await until(async () => {
    const { journeys } = await json<{ journeys: { workflowId: string }[] }>([
      ...['list', '--kind', 'transfer', '--status', 'NEEDS_ATTENTION'],
    ])
    return journeys.some(({ workflowId }) => workflowId === handle.workflowId)
  }, 'the list of what needs attention has it')
  const order = ['transfer', 'declare-not-debited', ...target, '--reason', 'ticket 4711']
  expect(await onboard(order)).toMatchObject({ code: 0 })
  const again = await onboard([...order, '--json'])
  expect(again.code).toBe(1)
  expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'JOURNEY_CLOSED' } })
})

it('a wallet is loaded once', async () => {
  const mobile = newMobile()
  await stack.sandbox.putSender('digikhata', mobile, { stage: 'ACTIVE' })
  const order = ['transfer', 'load-wallet', '--amount', '500', '--load', 'load-1']
  const { workflowId } = await json<{ workflowId: string }>(order, mobile)
  await json<TransferView>(['transfer', 'status', '--id', workflowId, '--watch'])
  expect((await onboard(order, mobile)).stdout).toContain('Joined')
  expect(await stack.sandbox.transactions(mobile)).toMatchObject([{ kind: 'LOAD', amountPaise: 50_000 }])
})

it.each(['0', '-5', '1.5', '1e3', 'abc', '99999999999999999999', '100000000'])(
  'an amount of "%s" rupees is refused before anything is asked',
  async (amount) => {
    const mobile = newMobile()
    const args = ['transfer', 'start', '--recipient', '10017740', `--amount=${amount}`, '--transfer', newTransferId()]
    const { code, stderr } = await onboard(args, mobile)
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/amount/i)
    expect((await stack.sandbox.ledger(mobile)).calls).toEqual([])
  },
)

it.each([
  ['transfer start', ['transfer', 'start', '--recipient', '1.5', '--amount', '1', '--transfer', 'x'], /recipientId/],
  ['transfer status', ['transfer', 'status'], /--transfer or --id/],
  ['transfer confirm', ['transfer', 'confirm', '--transfer', 'nobody-knows'], /NOT_FOUND|no transfer/i],
  ['transfer inquire', ['transfer', 'inquire', '--transfer', 'x'], /--tid/],
  ['recipients add', ['recipients', 'add', '--ifsc', 'SBIN0000001'], /--bank/],
])('`%s` with something missing says what', async (_name, args, says) => {
  const { code, stderr } = await onboard(args, newMobile())
  expect(code).not.toBe(0)
  expect(stderr).toMatch(says)
})

it('a receipt of a code that came before is given again for the same submission', async () => {
  const { handle, untilCode, code } = await startTransfer(stack, 'digikhata')
  const challenge = await untilCode()
  const args = ['transfer', 'confirm', '--id', handle.workflowId, '--submission', 'one', '--challenge', challenge]
  const otp = await code('TRANSACTION')
  const first = await json<TransferReceipt>(args, otp)
  expect(first).toMatchObject({ outcome: 'COMPLETED', submissionId: 'one' })
  expect(await json<TransferReceipt>(args, otp)).toEqual(first)
})
