import type { Rail } from '../../client/index.js'
import type { TransferPath } from '../../sandbox/index.js'
import { USER_CODE } from '../support/journeys.js'
import { newMobile } from '../support/people.js'
import { challengeOf, QUICK, startTransfer, type TestTransfer } from '../support/transfers.js'
import type { TestStack } from '../support/test-stack.js'

/** Takes one journey through, and answers its workflow id when it has ended. */
type Kind = (stack: TestStack) => Promise<string>

const operator = { actor: { type: 'operator', id: 'op-1' }, reason: 'for the record' } as const

/** Every kind of transfer, load and session of recipients that is recorded, by the name of its file. */
export const MONEY_KINDS: Readonly<Record<string, Kind>> = {
  'transfer-digikhata-done': transfer('digikhata', 'success'),
  'transfer-levin-settled-later': transfer('levin', 'pendingSuccess'),
  'transfer-failed': transfer('digikhata', 'failAfterDebit'),
  'transfer-refunded': refunded,
  'transfer-answer-lost': lost('dropAfterCommit'),
  'transfer-declared-not-debited': lost('dropBeforeCommit'),
  'transfer-wrong-codes': wrongCodes,
  'transfer-cancelled': cancelled,
  'wallet-load': walletLoad,
  'recipients-digikhata': recipients('digikhata'),
  'recipients-levin': recipients('levin'),
}

async function end({ handle }: TestTransfer): Promise<string> {
  await handle.result()
  return handle.workflowId
}

function transfer(rail: Rail, path: TransferPath): Kind {
  return async (stack) => {
    const started = await startTransfer(stack, rail, { path })
    await started.confirm()
    return end(started)
  }
}

async function refunded(stack: TestStack): Promise<string> {
  const started = await startTransfer(stack, 'digikhata', { path: 'refundPending' })
  await started.confirm()
  const sent = await started.handle.resendOtp()
  await started.handle.enterRefundOtp({ otp: await started.code('REFUND'), challengeId: challengeOf(sent) })
  return end(started)
}

function lost(fault: 'dropAfterCommit' | 'dropBeforeCommit'): Kind {
  return async (stack) => {
    const started = await startTransfer(stack, 'digikhata')
    await stack.sandbox.addFaults({ fault, operation: 'initiateTransaction', mobile: started.mobile })
    await started.confirm()
    if (fault === 'dropBeforeCommit') {
      await started.handle.waitForNextAction('CONTACT_SUPPORT')
      await started.handle.declareNotDebited(operator)
    }
    return end(started)
  }
}

async function wrongCodes(stack: TestStack): Promise<string> {
  const started = await startTransfer(stack, 'levin')
  const challengeId = await started.untilCode()
  const right = await started.code('TRANSACTION')
  const otp = right.replace(/.$/, (digit) => String((Number(digit) + 1) % 10))
  for (let entry = 0; entry < 3; entry += 1) await started.handle.enterTransactionOtp({ otp, challengeId })
  return end(started)
}

async function cancelled(stack: TestStack): Promise<string> {
  const started = await startTransfer(stack, 'digikhata')
  await started.untilCode()
  await started.handle.cancel(operator)
  return end(started)
}

async function walletLoad(stack: TestStack): Promise<string> {
  const mobile = newMobile()
  await stack.sandbox.putSender('digikhata', mobile, { stage: 'ACTIVE' })
  const request = { loadId: `load-${mobile}`, mobile, userCode: USER_CODE, amountPaise: 50_000, policy: QUICK }
  const { handle } = await stack.client.startWalletLoad(request)
  await handle.result()
  return handle.workflowId
}

function recipients(rail: Rail): Kind {
  return async (stack) => {
    const mobile = newMobile()
    await stack.sandbox.putSender(rail, mobile, { stage: 'ACTIVE' })
    const { handle, view } = await stack.client.openRecipients({ rail, mobile, userCode: USER_CODE, policy: QUICK })
    if (view.nextAction.do === 'ENTER_SENDER_OTP') {
      const otp = await stack.sandbox.latestCode(mobile, 'SENDER')
      await handle.enterSenderOtp({ otp, challengeId: view.nextAction.challengeId })
    }
    const recipient = {
      name: 'Ravi Kumar',
      mobile: '9000000002',
      account: '12345678901',
      ifsc: 'SBIN0000001',
      bankId: 12,
    }
    await stack.sandbox.addFaults({ fault: 'dropAfterCommit', operation: 'addRecipient', mobile })
    const added = await handle.addRecipient({ recipient })
    const registered = await handle.registerBank({ recipientId: Number(added.detail) })
    if (registered.nextAction.do === 'ENTER_RECIPIENT_OTP') {
      const otp = await stack.sandbox.latestCode(mobile, 'RECIPIENT')
      await handle.enterRecipientOtp({ otp, challengeId: challengeOf(registered) })
    }
    await handle.finish()
    await handle.result()
    return handle.workflowId
  }
}
