import type { OnboardingClient, Rail, RecipientsHandle, TransferHandle, TransferResult } from '../client/index.js'
import { waitUntil } from './person.js'
import type { SandboxControl } from './sandbox-control.js'

/** How a payment of the demo goes. */
export type PaymentWay = 'smooth' | 'answerLost' | 'refunded'

/** What a sender did about money, in words that hold no secret. */
export interface PayStep {
  readonly did: 'ADD_RECIPIENT' | 'LOAD_WALLET' | 'CONFIRM_TRANSFER' | 'CONFIRM_REFUND'
  readonly outcome: string
  readonly state: string
}

export interface Payment {
  readonly client: OnboardingClient
  readonly sandbox: SandboxControl
  readonly userCode: string
  readonly rail: Rail
  readonly mobile: string
  readonly way: PaymentWay
  readonly onStep: (step: PayStep) => void
}

/** What came of a payment. */
export interface Paid {
  readonly result: TransferResult
  /** Codes that proved the mobile, by the count of session and transfer. */
  readonly senderCodes: number
}

const LOAD_PAISE = 50_000
const AMOUNT_PAISE = 11_000

/** An onboarded sender adds a recipient, has money in the wallet, and sends some of it. */
export async function pay(payment: Payment): Promise<Paid> {
  const { client, sandbox, userCode, rail, mobile, way, onStep } = payment
  const { recipientId, senderCodes } = await addRecipient(payment)
  // Levin's wallets begin with money in the sandbox: Eko documents no way to load one.
  if (rail === 'digikhata') {
    const load = await client.startWalletLoad({ loadId: mobile, mobile, userCode, amountPaise: LOAD_PAISE })
    const { state } = await load.handle.result()
    onStep({ did: 'LOAD_WALLET', outcome: state, state })
  }
  if (way === 'answerLost') {
    await sandbox.addFaults({ fault: 'dropAfterCommit', operation: 'initiateTransaction', mobile })
  }
  const request = { transferId: mobile, rail, mobile, userCode, recipientId, amountPaise: AMOUNT_PAISE }
  const { handle } = await client.startTransfer(request)
  await confirm(payment, handle)
  if (way === 'refunded') await refund(payment, handle)
  const result = await handle.result()
  return { result, senderCodes: senderCodes + result.view.attempts.SENDER.sent }
}

async function addRecipient({ client, sandbox, userCode, rail, mobile, way, onStep }: Payment): Promise<{
  readonly recipientId: number
  readonly senderCodes: number
}> {
  const { handle, view } = await client.openRecipients({ rail, mobile, userCode })
  if (view.nextAction.do === 'ENTER_SENDER_OTP') {
    const otp = await sandbox.latestCode(mobile, 'SENDER')
    await handle.enterSenderOtp({ otp, challengeId: view.nextAction.challengeId })
  }
  const { recipientAccounts } = await sandbox.scenarios()
  const path = way === 'refunded' ? 'refundPending' : 'success'
  const account = recipientAccounts.find(({ scenario }) => scenario === path)?.example
  if (account === undefined) throw new Error(`The sandbox lists no account for ${path}.`)
  const recipient = { name: 'Ravi Sample', mobile: '6000000888', account, ifsc: 'SBXB0000001', bankId: 12 }
  const added = await handle.addRecipient({ recipient })
  const recipientId = Number(added.detail)
  await register({ sandbox, mobile }, handle, recipientId)
  const ended = await handle.view()
  onStep({ did: 'ADD_RECIPIENT', outcome: added.outcome, state: ended.state })
  await handle.finish()
  return { recipientId, senderCodes: ended.attempts.SENDER.sent }
}

/** On DigiKhata a code confirms the bank. */
async function register(
  { sandbox, mobile }: Pick<Payment, 'sandbox' | 'mobile'>,
  handle: RecipientsHandle,
  recipientId: number,
): Promise<void> {
  const { nextAction } = await handle.registerBank({ recipientId })
  if (nextAction.do !== 'ENTER_RECIPIENT_OTP') return
  const otp = await sandbox.latestCode(mobile, 'RECIPIENT')
  await handle.enterRecipientOtp({ otp, challengeId: nextAction.challengeId })
}

async function confirm({ sandbox, mobile, onStep }: Payment, handle: TransferHandle): Promise<void> {
  const first = await handle.waitForNextAction(['ENTER_SENDER_OTP', 'ENTER_TRANSACTION_OTP'])
  if (first.nextAction.do === 'ENTER_SENDER_OTP') {
    const otp = await sandbox.latestCode(mobile, 'SENDER')
    await handle.enterSenderOtp({ otp, challengeId: first.nextAction.challengeId })
  }
  const { nextAction } = await handle.waitForNextAction('ENTER_TRANSACTION_OTP')
  if (nextAction.do !== 'ENTER_TRANSACTION_OTP') return
  const otp = await sandbox.latestCode(mobile, 'TRANSACTION')
  const { outcome, state } = await handle.enterTransactionOtp({ otp, challengeId: nextAction.challengeId })
  onStep({ did: 'CONFIRM_TRANSFER', outcome, state })
}

async function refund({ sandbox, mobile, onStep }: Payment, handle: TransferHandle): Promise<void> {
  const { nextAction } = await handle.waitForNextAction('REQUEST_NEW_CODE')
  if (nextAction.do === 'REQUEST_NEW_CODE') await waitUntil(nextAction.resendAvailableAt)
  const sent = await handle.resendOtp()
  if (sent.nextAction.do !== 'ENTER_REFUND_OTP') throw new Error(`No refund code was sent: ${sent.outcome}.`)
  const otp = await sandbox.latestCode(mobile, 'REFUND')
  const { outcome, state } = await handle.enterRefundOtp({ otp, challengeId: sent.nextAction.challengeId })
  onStep({ did: 'CONFIRM_REFUND', outcome, state })
}
