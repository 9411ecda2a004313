import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  createEkoClient,
  type EkoAnswer,
  type EkoClient,
  type EkoCredentials,
  type EkoOperation,
  type OpenedRequest,
} from '../../activities/eko/index.js'
import {
  DIALECTS,
  type InboxJson,
  type RecipientJson,
  type RunningSandbox,
  SAMPLE_DEVELOPERS,
  startSandbox,
  type TransferPath,
} from '../../sandbox/index.js'
import type { Rail } from '../../workflows/messages.js'
import { moneyTables, request, tableName } from './helpers.js'

const WRONG_CODE = '000000'
/** Has money, and a recipient for each way that a transfer can go. */
const PAYER = '6000017001'
const AMOUNT = { amountRupees: 110 }
const HOUR_MS = 3_600_000

describe.each(DIALECTS)('Money against a sandbox that speaks %s', (dialect) => {
  let sandbox: RunningSandbox
  let eko: EkoClient
  let access: EkoCredentials
  const called = new Set<string>()

  beforeAll(async () => {
    sandbox = await startSandbox({ dialect })
    eko = createEkoClient()
    const [developer] = SAMPLE_DEVELOPERS
    if (!developer) throw new Error('the sandbox has no developer')
    const { developerKey, accessKey, initiatorId } = developer
    access = { environment: 'sandbox', baseUrl: sandbox.ekoBaseUrl, developerKey, accessKey, initiatorId }
  })
  afterAll(async () => {
    await eko.close()
    await sandbox.close()
  })

  async function control<T>(method: 'GET' | 'PUT' | 'POST', path: string, body?: object): Promise<T> {
    const response = await fetch(`${sandbox.url}/${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    expect([path, response.ok]).toEqual([path, true])
    return (await response.json()) as T
  }

  let references = 0
  function senderOf(rail: Rail, mobile = PAYER) {
    let otpRefId: string | undefined
    const sender = {
      async call(operation: EkoOperation, extra: Partial<OpenedRequest> = {}): Promise<EkoAnswer> {
        called.add(`${rail} ${operation}`)
        references += 1
        const held = { mobile, clientRefId: `M${references}`, ...(otpRefId !== undefined && { otpRefId }) }
        const { wallet: _, ...full } = request(rail, operation, { ...held, ...AMOUNT, ...extra })
        const answer = await eko.call(access, full)
        otpRefId = answer.otpRefId ?? otpRefId
        return answer
      },
      async code(): Promise<string> {
        const { messages } = await control<InboxJson>('GET', `inbox?mobile=${mobile}`)
        return messages.filter((message) => message.rail === rail).at(-1)?.code ?? ''
      },
      async recipientFor(path: TransferPath): Promise<number> {
        const { recipients } = await control<{ recipients: RecipientJson[] }>('GET', `recipients/${rail}/${mobile}`)
        return recipients.find((one) => one.path === path)?.recipientId ?? 0
      },
      /** With a code of its own. */
      async transfer(recipientId: number, clientRefId = `T${references}`): Promise<EkoAnswer> {
        expect((await sender.call('sendTransactionOtp', { recipientId })).answer).toBe('OTP_SENT')
        return sender.call('initiateTransaction', { recipientId, clientRefId, otp: await sender.code() })
      },
    }
    return sender
  }

  const rails = ['digikhata', 'levin'] as const

  it.each(rails)('a recipient of %s is listed, added, known, registered, cooled and paid', async (rail) => {
    const { call, code, transfer } = senderOf(rail)
    const recipient = { name: 'Sample Payee', mobile: '6000000321', account: '50100012345678', ifsc: 'SBXB0000002' }
    const added = await call('addRecipient', { recipient: { ...recipient, bankId: 12 } })
    expect(added.answer).toBe('RECIPIENT_ADDED')
    const { recipientId = 0 } = added
    const again = await call('addRecipient', { recipient: { ...recipient, bankId: 12 } })
    expect(again.answer).toBe('RECIPIENT_EXISTS')
    const bad = await call('addRecipient', { recipient: { ...recipient, ifsc: 'SBXB', bankId: 12 } })
    expect(bad.answer).toBe('RECIPIENT_REFUSED')
    expect((await call('sendTransactionOtp', { recipientId: 1 })).answer).toMatch(/OTP_SENT|RECIPIENT_REFUSED/)

    if (rail === 'levin') {
      const bank = await call('addRecipientBank', { recipientId })
      expect([bank.answer, typeof bank.beneficiaryId]).toEqual(['BANK_ADDED', 'string'])
    } else {
      const bank = await call('generateRecipientBankOtp', { recipientId })
      expect([bank.answer, typeof bank.otpRefId]).toEqual(['BANK_ADDED', 'string'])
      expect((await call('validateRecipientBankOtp', { otp: WRONG_CODE })).answer).toBe('WRONG_CODE')
      expect((await call('validateRecipientBankOtp', { otp: await code() })).answer).toBe('BANK_VERIFIED')
      const sent = await call('sendTransactionOtp', { recipientId })
      const early =
        sent.answer === 'OTP_SENT'
          ? await call('initiateTransaction', { recipientId, otp: await code(), clientRefId: 'early1' })
          : sent
      expect(early.answer).toBe('COOLING')
      await control('PUT', 'clock', { bankAheadMs: HOUR_MS + 1_000 })
    }
    const { recipients = [] } = await call('getRecipients')
    expect(recipients.find((one) => one.recipientId === recipientId)).toMatchObject({
      ...{ nameMasked: 'S***** P****', ifsc: 'SBXB0000002', accountMasked: 'XXXXXXXXXX5678' },
      beneficiaryId: expect.any(String),
    })
    expect((await transfer(recipientId)).answer).toBe('TRANSFER_DONE')
  })

  it.each([
    ['success', 'TRANSFER_DONE'],
    ['failBeforeDebit', 'TRANSFER_FAILED'],
    ['failAfterDebit', 'TRANSFER_FAILED'],
    ['refundPending', 'REFUND_PENDING'],
    ['neverSettled', 'TRANSFER_PENDING'],
    ['onHold', 'TRANSFER_PENDING'],
    ['awaited', 'TRANSFER_PENDING'],
    ['unlisted', 'TRANSFER_PENDING'],
  ] as const)('a transfer that goes %s is %s, and the inquiry by id and by reference agrees', async (path, answer) => {
    for (const rail of rails) {
      const { call, transfer, recipientFor } = senderOf(rail)
      const clientRefId = `${path}-${rail}`.slice(0, 20)
      const made = await transfer(await recipientFor(path), clientRefId)
      expect([made.class === 'UNRECOGNISED_ANSWER', made.answer]).toEqual([false, answer])
      const tid = made.transfer?.tid ?? ''
      for (const transaction of [{ tid }, { clientRefId }]) {
        const asked = await call('transactionInquiry', { transaction })
        expect(asked).toMatchObject({ answer, transfer: { tid, clientRefId, amountPaise: 11_000 } })
        expect(asked.transfer?.txStatus).toBe(made.transfer?.txStatus)
      }
    }
  })

  it('a transaction that there is not is not found', async () => {
    for (const rail of rails) {
      const { call } = senderOf(rail)
      for (const transaction of [{ tid: '1' }, { clientRefId: 'never-sent' }]) {
        expect((await call('transactionInquiry', { transaction })).answer).toBe('TRANSACTION_NOT_FOUND')
      }
      const transaction = { tid: '1' }
      expect((await call('generateRefundOtp', { transaction })).answer).toBe('TRANSACTION_NOT_FOUND')
    }
  })

  it.each(rails)('a pending refund of %s is made by its code, once', async (rail) => {
    const { call, code, transfer, recipientFor } = senderOf(rail)
    const pending = await transfer(await recipientFor('refundPending'), `refunds-${rail}`)
    const transaction = { tid: pending.transfer?.tid ?? '' }
    expect((await call('generateRefundOtp', { transaction })).answer).toBe('OTP_SENT')
    expect((await call('initiateRefund', { transaction, otp: WRONG_CODE })).answer).toBe('WRONG_CODE')
    const done = await call('initiateRefund', { transaction, otp: await code() })
    expect(done).toMatchObject({ answer: 'REFUND_DONE', transfer: { ...transaction, amountPaise: 11_000 } })
    expect(done.transfer?.refundedPaise).toBeGreaterThanOrEqual(11_000)
    expect((await call('transactionInquiry', { transaction })).answer).toBe('REFUNDED')
    // Eko documents no answer for it, so it is neither a refund nor a refusal: the inquiry above tells.
    expect((await call('initiateRefund', { transaction, otp: WRONG_CODE })).answer).toBe('UNRECOGNISED_ANSWER')
  })

  it.each(rails)(
    'a wrong code of %s debits nothing, and a reference that was used is not called a refusal',
    async (rail) => {
      const { call, code, recipientFor } = senderOf(rail)
      const recipientId = await recipientFor('success')
      await call('sendTransactionOtp', { recipientId })
      const clientRefId = `wrong-${rail}`
      const wrong = await call('initiateTransaction', { recipientId, clientRefId, otp: WRONG_CODE })
      expect(wrong).toMatchObject({ class: 'BUSINESS_REJECT', answer: 'WRONG_CODE' })
      const otp = await code()
      expect((await call('initiateTransaction', { recipientId, clientRefId, otp })).answer).toBe('TRANSFER_DONE')
      const twice = await call('initiateTransaction', { recipientId, clientRefId, otp })
      expect(twice).toMatchObject({ class: 'UNKNOWN_OUTCOME', answer: 'UNKNOWN_OUTCOME' })
    },
  )

  it('no money, and no more of it this month, are what they are', async () => {
    for (const rail of rails) {
      for (const [mobile, answer] of [
        ['6000018001', 'INSUFFICIENT_BALANCE'],
        ['6000019001', 'TRANSFER_LIMIT'],
      ] as const) {
        const { call, code, recipientFor } = senderOf(rail, mobile)
        const recipientId = await recipientFor('success')
        const sent = await call('sendTransactionOtp', { recipientId })
        const made =
          sent.answer === 'OTP_SENT' ? await call('initiateTransaction', { recipientId, otp: await code() }) : sent
        expect(made).toMatchObject({ class: 'BUSINESS_REJECT', answer })
      }
    }
  })

  it('a wallet is loaded, and one of a sender who is not onboarded is not', async () => {
    const loaded = await senderOf('digikhata').call('loadWallet')
    expect(loaded).toMatchObject({ answer: 'WALLET_LOADED', transfer: { tid: expect.any(String) } })
    expect((await senderOf('digikhata', '6000002001').call('loadWallet')).answer).toBe('REFUSED')
    expect((await senderOf('levin', '6000000077').call('getRecipients')).answer).toBe('SENDER_UNKNOWN')
  })

  it.each([
    ['dropAfterCommit', 'UNKNOWN_OUTCOME'],
    ['dropBeforeCommit', 'UNKNOWN_OUTCOME'],
    ['status5xx', 'UNKNOWN_OUTCOME'],
    ['missingData', 'UNRECOGNISED_ANSWER'],
  ] as const)('a debit that meets %s is known to nobody', async (fault, answer) => {
    const { call, code, recipientFor } = senderOf('levin')
    const recipientId = await recipientFor('success')
    await call('sendTransactionOtp', { recipientId })
    await control('PUT', 'faults', { faults: [{ fault, operation: 'initiateTransaction' }] })
    expect((await call('initiateTransaction', { recipientId, otp: await code() })).answer).toBe(answer)
  })

  it('every operation of money has been called', () => {
    expect([...called].sort()).toEqual(moneyTables().map(tableName).sort())
  })
})
