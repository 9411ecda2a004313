import type { Rail, RecipientsHandle, TransferHandle } from '../../client/index.js'
import type { Play } from './play.js'
import { TENANTS, userCodeOf } from './settings.js'

/** Everything about money, with lost answers and wrong codes on the way. */
export async function money(play: Play, rail: Rail): Promise<void> {
  const { client, sandbox } = play.stack
  const { mobile } = await play.person(rail)
  const userCode = userCodeOf(TENANTS.main)
  const heard = play.said.overhear(client)
  const policy = { resendCooldownSeconds: 0, parkFirstSeconds: 1, parkLongestSeconds: 1 }
  await sandbox.putPolicy({ recipientCoolingMs: 0, settlementMs: 500 })
  await sandbox.putSender(rail, mobile, { stage: 'ACTIVE', balancePaise: 1_000_000 })
  await sandbox.addFaults(
    ...['addRecipient', 'loadWallet'].map((operation) => ({
      ...{ fault: 'dropAfterCommit', operation, mobile },
    })),
  )
  const session = await heard.openRecipients({ rail, mobile, userCode, policy })
  const recipientId = await addRecipient(play, play.said.overhear(session.handle))
  if (rail === 'digikhata') {
    const load = await heard.startWalletLoad({ loadId: mobile, mobile, userCode, amountPaise: 50_000, policy })
    await play.said.overhear(load.handle).result()
  }
  for (const path of ['success', 'refundPending']) {
    if (path !== 'success') await sandbox.addFaults({ fault: 'transferPath', path, mobile })
    // Whoever uses a mobile as an id of a transfer shows it to nobody by it.
    const request = { transferId: `${path}-${mobile}`, recipientId, amountPaise: 11_000 }
    const { handle } = await heard.startTransfer({ ...request, rail, mobile, userCode, policy })
    await transfer(play, play.said.overhear(handle), mobile)
  }
}

async function addRecipient(play: Play, handle: RecipientsHandle): Promise<number> {
  const { codes } = play.stack.canaries
  const first = await handle.view()
  if (first.nextAction.do === 'ENTER_SENDER_OTP') {
    await handle.enterSenderOtp({ otp: codes.SENDER.right, challengeId: first.nextAction.challengeId })
  }
  const added = await handle.addRecipient({ recipient: play.stack.canaries.recipient() })
  const recipientId = Number(added.detail)
  const { nextAction } = await handle.registerBank({ recipientId })
  if (nextAction.do === 'ENTER_RECIPIENT_OTP') {
    const { challengeId } = nextAction
    await handle.enterRecipientOtp({ otp: codes.MONEY.wrong, challengeId })
    await handle.enterRecipientOtp({ otp: codes.MONEY.right, challengeId })
  }
  await handle.listRecipients()
  await play.tolerate(handle.addRecipient({ recipient: { ...play.stack.canaries.recipient(), ifsc: 'none' } }))
  await handle.finish()
  await handle.result()
  return recipientId
}

async function transfer(play: Play, handle: TransferHandle, mobile: string): Promise<void> {
  const { SENDER, MONEY } = play.stack.canaries.codes
  for (;;) {
    const { nextAction, revision } = await handle.view()
    if (nextAction.do === 'NOTHING') break
    if (nextAction.do === 'ENTER_SENDER_OTP') {
      await handle.enterSenderOtp({ otp: SENDER.right, challengeId: nextAction.challengeId })
    } else if (nextAction.do === 'ENTER_TRANSACTION_OTP') {
      const { challengeId } = nextAction
      await handle.enterTransactionOtp({ otp: MONEY.wrong, challengeId })
      await play.stack.sandbox.addFaults({ fault: 'dropAfterCommit', operation: 'initiateTransaction', mobile })
      await play.tolerate(handle.enterTransactionOtp({ otp: MONEY.right, challengeId }))
    } else if (nextAction.do === 'REQUEST_NEW_CODE') await handle.resendOtp()
    else if (nextAction.do === 'ENTER_REFUND_OTP') {
      await handle.enterRefundOtp({ otp: MONEY.right, challengeId: nextAction.challengeId })
    } else await handle.waitForChange(revision)
  }
  await handle.result()
}
