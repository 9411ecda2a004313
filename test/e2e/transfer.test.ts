import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { OnboardingError } from '../../client/index.js'
import { MoneyKind } from '../../sandbox/ledger.js'
import { codeOf, errorOf, RAILS, until, USER_CODE } from '../support/journeys.js'
import { newMobile } from '../support/people.js'
import { challengeOf, QUICK, startTransfer, type TestTransfer } from '../support/transfers.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** Transfers on the local stack; the sandbox's ledger of money is the judge. */

const audit = { reason: 'ticket 4711', actor: { type: 'operator', id: 'op-7' } } as const

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
  await stack.sandbox.putPolicy({ settlementMs: 1_000 })
})
afterEach(async () => {
  await stack.sandbox.clearFaults()
  expect(await stack.sandbox.money()).toMatchObject({ conserved: true, violations: [] })
})
afterAll(() => stack?.stop())

/** Debits of a sender that were not given back, in paise, by the ledger. */
async function debited({ mobile }: Pick<TestTransfer, 'mobile'>): Promise<number> {
  const { money } = await stack.sandbox.ledger(mobile)
  const sum = (kinds: readonly string[]): number =>
    money.reduce((total, entry) => total + (kinds.includes(entry.kind) ? entry.amountPaise : 0), 0)
  return sum([MoneyKind.DEBIT, MoneyKind.FEE]) - sum([MoneyKind.REVERSAL, MoneyKind.REFUND])
}

describe.each(RAILS)('on %s', (rail) => {
  it('a transfer is debited once, and its result says so', async () => {
    const transfer = await startTransfer(stack, rail)
    const receipt = await transfer.confirm()
    expect(receipt).toMatchObject({ outcome: 'COMPLETED', state: 'COMPLETED' })
    const { transaction, view } = await transfer.handle.result()
    const [entry, ...more] = await transfer.transactions()
    expect(more).toEqual([])
    expect(entry).toMatchObject({ tid: transaction?.tid, txStatus: '0', debited: true, amountPaise: 11_000 })
    expect(view.initiations).toMatchObject([{ clientRefId: entry?.clientRefId, answer: 'TRANSFER_DONE' }])
  })

  it.each([
    ['failBeforeDebit', 'FAILED'],
    ['failAfterDebit', 'FAILED'],
    ['pendingSuccess', 'COMPLETED'],
    ['pendingFailed', 'FAILED'],
    ['onHold', 'COMPLETED'],
    ['awaited', 'COMPLETED'],
    ['unlisted', 'COMPLETED'],
  ] as const)('one that goes %s ends as %s', async (path, state) => {
    const transfer = await startTransfer(stack, rail, { path })
    await transfer.confirm()
    expect((await transfer.handle.result()).state).toBe(state)
    expect(await transfer.transactions()).toMatchObject([{ txStatus: state === 'COMPLETED' ? '0' : '1' }])
  })

  it.each(['refundPending', 'pendingRefund'] as const)('one that goes %s is refunded by a code', async (path) => {
    const transfer = await startTransfer(stack, rail, { path })
    await transfer.confirm()
    const due = await transfer.handle.waitForNextAction('REQUEST_NEW_CODE')
    expect(due).toMatchObject({ state: 'REFUND_OTP_REQUIRED', nextAction: { reason: 'NOT_SENT_YET' } })
    const sent = await transfer.handle.resendOtp()
    const refunded = await transfer.handle.enterRefundOtp({
      ...{ otp: await transfer.code('REFUND'), challengeId: challengeOf(sent) },
    })
    expect(refunded).toMatchObject({ outcome: 'REFUNDED' })
    expect(await transfer.transactions()).toMatchObject([{ txStatus: '4' }])
    expect((await transfer.handle.result()).transaction).toMatchObject({ refundedPaise: 11_400 })
  })

  it('a wrong code spends nothing, and the right one then debits once', async () => {
    const transfer = await startTransfer(stack, rail)
    const challengeId = await transfer.untilCode()
    const right = await transfer.code('TRANSACTION')
    const wrong = right.replace(/.$/, digitAfter)
    expect(await transfer.handle.enterTransactionOtp({ otp: wrong, challengeId })).toMatchObject({
      outcome: 'WRONG_CODE',
    })
    expect(await transfer.handle.enterTransactionOtp({ otp: right, challengeId })).toMatchObject({
      outcome: 'COMPLETED',
    })
    expect(await transfer.transactions()).toHaveLength(1)
  })

  it.each([
    ['dropAfterCommit', 1],
    ['dropBeforeCommit', 0],
  ] as const)(
    'an answer that is lost by %s is inquired about, and the debit never asked for again',
    async (fault, times) => {
      const transfer = await startTransfer(stack, rail)
      await stack.sandbox.addFaults({ fault, operation: 'initiateTransaction', mobile: transfer.mobile })
      await transfer.confirm()
      if (times === 1) expect((await transfer.handle.result()).state).toBe('COMPLETED')
      else {
        const stuck = await transfer.handle.waitForNextAction('CONTACT_SUPPORT')
        expect(stuck).toMatchObject({ state: 'TRANSFER_IN_PROGRESS', status: { reason: 'TRANSACTION_NOT_FOUND' } })
        expect(await codeOf(transfer.handle.cancel(audit))).toBe('WRONG_STATE')
        expect(await transfer.handle.declareNotDebited(audit)).toMatchObject({ outcome: 'CANCELLED' })
      }
      const { calls } = await stack.sandbox.ledger(transfer.mobile)
      expect(calls.filter(({ operation }) => operation === 'initiateTransaction').length).toBeLessThanOrEqual(1)
      expect(await transfer.transactions()).toHaveLength(times)
    },
  )

  it('a debit that comes late, after Eko did not find it, is found; it stays one', async () => {
    const transfer = await startTransfer(stack, rail, { policy: { quarantineSeconds: 3_600 } })
    await stack.sandbox.addFaults({
      ...{ fault: 'lateCommit', afterInquiries: 2, operation: 'initiateTransaction', mobile: transfer.mobile },
    })
    await transfer.confirm()
    expect((await transfer.handle.result()).state).toBe('COMPLETED')
    expect(await transfer.transactions()).toMatchObject([{ txStatus: '0' }])
  })

  it('one that the wallet cannot pay is rejected, with nothing debited', async () => {
    const transfer = await startTransfer(stack, rail, { amountPaise: 2_000_000 })
    await transfer.confirm()
    expect(await transfer.handle.result()).toMatchObject({ state: 'REJECTED', rejection: 'INSUFFICIENT_BALANCE' })
    expect(await debited(transfer)).toBe(0)
  })

  it('asked for twice is one transfer, while it goes on, and after it has ended', async () => {
    const transfer = await startTransfer(stack, rail)
    const again = await stack.client.startTransfer(transfer.request)
    expect(again).toMatchObject({ joined: true, view: { workflowId: transfer.handle.workflowId } })
    await transfer.confirm()
    const after = await stack.client.startTransfer(transfer.request)
    expect(after).toMatchObject({ joined: true, view: { state: 'COMPLETED' } })
    const other = await errorOf(stack.client.startTransfer({ ...transfer.request, amountPaise: 12_000 }))
    expect(other).toMatchObject({ code: 'INPUT_CONFLICT', details: { fields: ['amountPaise'] } })
    expect(await transfer.transactions()).toHaveLength(1)
  })

  it('a sender whose KYC is not complete is rejected where that was to be shown', async () => {
    const unknown = { mobile: newMobile(), recipientId: 1, proveSender: true }
    expect(await codeOf(startTransfer(stack, rail, unknown))).toBe('SENDER_NOT_ONBOARDED')
  })
})

it.each([false, true])('a wallet is loaded once, where its answer is lost: %p', async (isLost) => {
  const mobile = newMobile()
  await stack.sandbox.putSender('digikhata', mobile, { stage: 'ACTIVE' })
  if (isLost) await stack.sandbox.addFaults({ fault: 'dropAfterCommit', operation: 'loadWallet', mobile })
  const request = { loadId: `load-${mobile}`, mobile, userCode: USER_CODE, amountPaise: 50_000, policy: QUICK }
  const { handle } = await stack.client.startWalletLoad(request)
  expect((await handle.result()).state).toBe('COMPLETED')
  expect(await stack.client.startWalletLoad(request)).toMatchObject({ joined: true, view: { state: 'COMPLETED' } })
  expect(await stack.sandbox.transactions(mobile)).toMatchObject([{ kind: 'LOAD', amountPaise: 50_000 }])
})

it('started again after its history is deleted, a transfer finds the debit that it made; it stays one', async () => {
  const transfer = await startTransfer(stack, 'levin')
  const challengeId = await transfer.untilCode()
  const otp = await transfer.code('TRANSACTION')
  // The debit is then the second one that was asked for.
  await transfer.handle.enterTransactionOtp({ otp: otp.replace(/.$/, digitAfter), challengeId })
  await transfer.handle.enterTransactionOtp({ otp, challengeId })
  const first = await transfer.handle.result()
  const { workflowService, options } = stack.client.temporal
  const execution = { workflowId: first.view.workflowId, runId: first.view.runId }
  await workflowService.deleteWorkflowExecution({ namespace: options.namespace, workflowExecution: execution })
  await until(async () => (await describedOrNull(transfer)) === null, 'its history is gone')
  const again = await stack.client.startTransfer(transfer.request)
  expect(again.joined).toBe(false)
  expect(await again.handle.result()).toMatchObject({
    ...{ state: 'COMPLETED', transaction: { tid: first.transaction?.tid } },
  })
  expect(await transfer.transactions()).toHaveLength(1)
  const { sms } = await stack.sandbox.ledger(transfer.mobile)
  expect(sms.filter(({ purpose }) => purpose === 'TRANSACTION')).toHaveLength(1)
}, 120_000)

function digitAfter(digit: string): string {
  return String((Number(digit) + 1) % 10)
}

async function describedOrNull({ handle }: TestTransfer): Promise<unknown> {
  return handle.describe().catch((error: unknown) => {
    if (error instanceof OnboardingError && error.code === 'NOT_FOUND') return null
    throw error
  })
}

describe('amounts that Eko cannot take', () => {
  it.each([0, -11_000, 11_050, 1.5, Number.NaN, 2 ** 53, '11000', 10_000_000_000_000, null])(
    '%p is refused before anything is asked',
    async (amountPaise) => {
      const before = (await stack.sandbox.ledger()).calls.length
      const error = await errorOf(startTransfer(stack, 'digikhata', { amountPaise: amountPaise as number }))
      expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { fields: { amountPaise: {} } } })
      expect((await stack.sandbox.ledger()).calls).toHaveLength(before)
    },
  )
})
