import { expect } from '@jest/globals'
import type { MoneyJson, RecipientJson, TransactionJson, TransferPath } from '../../../sandbox/index.js'
import type { Answered, Caller } from './caller.js'
import { Steps } from './steps.js'

export interface TransferOptions {
  clientRefId?: string | undefined
  more?: Record<string, unknown>
}

/** One sender who moves money, as the thinnest honest client would do it. */
export class MoneySteps extends Steps {
  #references = 0

  get sender(): string {
    return `${this.rail}/sender/${this.mobile}`
  }

  post(path: string, params: Record<string, unknown>): Promise<Answered> {
    return this.caller.call('POST', path, { params })
  }

  recipients(): Promise<Answered> {
    return this.caller.call('GET', `${this.sender}/recipients`, { params: {} })
  }

  addRecipient(account = '50100012345678', more: Record<string, unknown> = {}): Promise<Answered> {
    const ifsc = 'SBXB0000002'
    const rails = this.rail === 'levin' ? { ifsc, recipient_type: '3' } : { bank_code: ifsc }
    const params = { bank_id: 12, recipient_name: 'Some Recipient', recipient_mobile: '6000000888', account, ...rails }
    return this.post(`${this.sender}/recipient`, { ...params, ...more })
  }

  bankOtp(recipientId: unknown): Promise<Answered> {
    return this.post(`${this.sender}/recipient/bank/otp`, { recipient_id: String(recipientId) })
  }

  verifyBank(otp: unknown, otpRefId: unknown): Promise<Answered> {
    return this.post(`${this.sender}/recipient/bank/otp/verify`, { otp, otp_ref_id: otpRefId })
  }

  /** Adds the recipient and registers the bank; on DigiKhata it still cools. */
  async registered(account?: string): Promise<number> {
    const recipientId = Number((await this.addRecipient(account)).body.data?.['recipient_id'])
    if (this.rail === 'levin') {
      await this.post(`${this.sender}/bank/recipient`, { recipient_id: String(recipientId) })
    } else {
      await this.bankOtp(recipientId)
      const { code, otpRefId } = await this.caller.newestSms(this.mobile, 'RECIPIENT')
      await this.verifyBank(code, otpRefId)
    }
    return recipientId
  }

  load(amount: unknown, clientRefId?: string): Promise<Answered> {
    const reference = clientRefId === undefined ? {} : { client_ref_id: clientRefId }
    return this.post(`${this.sender}/wallet/loadwallet`, { amount, org_id: '1', ...reference })
  }

  /** A recipient that is ready, without a call of Eko's. */
  async recipientFor(path: TransferPath): Promise<number> {
    const { recipients } = await this.caller.control<{ recipients: RecipientJson[] }>(
      'GET',
      `/recipients/${this.rail}/${this.mobile}`,
    )
    const found = recipients.find((recipient) => recipient.path === path)
    if (!found) throw new Error(`${this.mobile} has no recipient for ${path}`)
    return found.recipientId
  }

  transactionOtp(recipientId: number, amount: unknown): Promise<Answered> {
    return this.post(`${this.rail}/otp`, { customer_id: this.mobile, recipient_id: recipientId, amount })
  }

  initiate(
    recipientId: number,
    amount: unknown,
    otp: unknown,
    otpRefId: unknown,
    options: TransferOptions = {},
  ): Promise<Answered> {
    const { clientRefId, more = {} } = options
    return this.post(this.rail, {
      ...{ customer_id: this.mobile, recipient_id: recipientId, amount, otp, otp_ref_id: otpRefId },
      ...{ timestamp: new Date().toISOString(), currency: 'INR', channel: 2 },
      ...(clientRefId === undefined ? {} : { client_ref_id: clientRefId }),
      ...more,
    })
  }

  freshReference(): string {
    this.#references += 1
    return `T-${this.mobile}-${this.#references}`
  }

  /** Asks for a code and uses it. */
  async transfer(recipientId: number, amount: unknown, options: TransferOptions = {}): Promise<Answered> {
    await this.transactionOtp(recipientId, amount)
    const { code, otpRefId } = await this.caller.newestSms(this.mobile, 'TRANSACTION')
    return this.initiate(recipientId, amount, code, otpRefId, options)
  }

  inquire(reference: string): Promise<Answered> {
    return this.caller.at('GET', `/tools/reference/transaction/${encodeURIComponent(reference)}`)
  }

  inquireRef(clientRefId: string): Promise<Answered> {
    return this.inquire(`client_ref_id:${clientRefId}`)
  }

  refundOtp(tid: string): Promise<Answered> {
    return this.caller.at('POST', `/customer/payment/refund/${tid}/otp`)
  }

  refund(tid: string, otp: unknown, otpRefId?: unknown): Promise<Answered> {
    const params = { otp, ...(otpRefId === undefined ? {} : { otp_ref_id: otpRefId }) }
    return this.caller.at('POST', `/customer/payment/refund/${tid}`, { params })
  }

  async balance(): Promise<number> {
    return (await this.caller.sender(this.rail, this.mobile)).balancePaise
  }

  /** Kinds of the sender's movements of money, but for what was there before. */
  async moved(): Promise<string[]> {
    const { money } = await this.caller.ledger(this.mobile)
    return money.flatMap(({ kind, rail }) =>
      rail !== this.rail || kind === 'OPENING' || kind === 'SEED' ? [] : [kind],
    )
  }

  async transactions(): Promise<TransactionJson[]> {
    const path = `/transactions?mobile=${this.mobile}`
    const { transactions } = await this.caller.control<{ transactions: TransactionJson[] }>('GET', path)
    return transactions.filter(({ rail }) => rail === this.rail)
  }
}

/** Lets time pass for money alone. */
export async function letPass(caller: Caller, ms: number): Promise<void> {
  const { bankAheadMs } = await caller.control<{ bankAheadMs: number }>('GET', '/clock')
  await caller.control('PUT', '/clock', { bankAheadMs: bankAheadMs + ms })
}

/** Fails where the sum of money is not conserved. */
export async function expectConserved(caller: Caller): Promise<MoneyJson> {
  const money = await caller.control<MoneyJson>('GET', '/money')
  expect(money.violations).toEqual([])
  expect(money.conserved).toBe(true)
  const { walletsPaise, recipientsPaise, feesPaise, suspensePaise, broughtInPaise } = money
  expect(walletsPaise + recipientsPaise + feesPaise + suspensePaise).toBe(broughtInPaise)
  return money
}

/** `tx_status` of an answer. */
export function txStatus({ body }: Answered): unknown {
  return body.data?.['tx_status']
}
