import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Caller, ONE, TWO, wrongCode } from './support/caller.js'
import { expectConserved, letPass, MoneySteps, txStatus } from './support/money-steps.js'
import { ids } from './support/steps.js'

const RAILS = ['digikhata', 'levin']
const MONTH_MS = 32 * 24 * 60 * 60_000

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterEach(async () => {
  await caller.control('PUT', '/dialect', { dialect: 'portal-2026' })
  await expectConserved(caller)
})
afterAll(() => caller.sandbox.close())

let next = 100
/** A sender with 10,000 rupees and a recipient for each path. */
function payer(rail: string): MoneySteps {
  next += 1
  return new MoneySteps(caller, rail, `6000017${next}`)
}

describe('loading a wallet', () => {
  it('brings the whole amount in, and the fee on top of it', async () => {
    await caller.seed('digikhata', '9000002001', 'ACTIVE')
    const steps = new MoneySteps(caller, 'digikhata', '9000002001')
    const loaded = await steps.load('500', 'LOAD-1')
    expect(ids(loaded)).toEqual([0, 0, 2447])
    expect(loaded.body.data).toMatchObject({ fee: '5.0', tid: expect.stringMatching(/^\d{12}$/) })
    expect(await steps.balance()).toBe(50_000)
    expect(await steps.moved()).toEqual(['LOAD', 'LOAD_FEE'])
    expect((await steps.inquireRef('LOAD-1')).body.data).toMatchObject({ tx_status: '0', amount: '500.0' })
    expect(ids(await steps.load('500', 'LOAD-1'))).toEqual([461, 1, -1])
    expect(await steps.balance()).toBe(50_000)
  })

  it('stops where the wallet is full', async () => {
    await caller.seed('digikhata', '9000002002', 'ACTIVE')
    const steps = new MoneySteps(caller, 'digikhata', '9000002002')
    expect(ids(await steps.load('200001'))).toEqual([314, 1, 314])
    expect(ids(await steps.load('9'.repeat(60)))).toEqual([314, 1, 314])
    expect(ids(await steps.load('200000'))).toEqual([0, 0, 2447])
    expect(ids(await steps.load('1'))).toEqual([314, 1, 314])
  })

  it('is DigiKhata’s alone', async () => {
    expect((await new MoneySteps(caller, 'levin', '6000017001').load('500')).http).toBe(404)
  })
})

describe.each(RAILS)('a transfer on %s', (rail) => {
  it('moves the amount and the fee, and answers with what Eko’s sample has', async () => {
    const steps = payer(rail)
    const recipientId = await steps.recipientFor('success')
    const answered = await steps.transfer(recipientId, 110, { clientRefId: steps.freshReference() })
    expect(ids(answered)).toEqual([0, 0, 325])
    expect(answered.body.data).toMatchObject({
      tx_status: '0',
      fee: '4.0',
      amount: '110.00',
      collectable_amount: '114.0',
      balance: '9886.0',
      recipient_id: recipientId,
      currency: 'INR',
    })
    expect(await steps.moved()).toEqual(['DEBIT', 'CREDIT', 'FEE'])
    expect(await steps.balance()).toBe(988_600)
    const { money } = await caller.ledger(steps.mobile)
    const tid = answered.body.data?.['tid']
    expect(money.at(-3)).toMatchObject({ kind: 'DEBIT', amountPaise: 11_400, to: 'suspense', tid })
    expect(money.at(-2)).toMatchObject({ kind: 'CREDIT', amountPaise: 11_000, to: `recipient:${recipientId}` })
    expect(money.at(-1)).toMatchObject({ kind: 'FEE', amountPaise: 400, to: 'fees' })
    expect(answered.headers.get('x-sandbox-policy')).toBeNull()
  })

  it('happens once for one code', async () => {
    const steps = payer(rail)
    const recipientId = await steps.recipientFor('success')
    await steps.transfer(recipientId, 100)
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'TRANSACTION')
    const again = await steps.initiate(recipientId, 100, code, otpRefId)
    expect([again.body['response_type_id'], txStatus(again)]).toEqual([302, undefined])
    expect((await caller.ledger(steps.mobile)).wrongCodes.at(-1)).toMatchObject({ refusal: 'CONSUMED' })
    expect(await steps.moved()).toEqual(['DEBIT', 'CREDIT', 'FEE'])
  })

  it.each([
    ['a wrong code', (code: string) => ({ otp: wrongCode(code) }), 'WRONG_CODE'],
    ['no code', () => ({ otp: undefined }), 'WRONG_CODE'],
    ['no reference', () => ({ otp_ref_id: '' }), 'UNKNOWN_REF'],
    ['a code for another amount', () => ({ amount: 101 }), 'OTHER_DETAILS'],
  ])('does not happen for %s', async (_, change, refusal) => {
    const steps = payer(rail)
    const recipientId = await steps.recipientFor('success')
    await steps.transactionOtp(recipientId, 100)
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'TRANSACTION')
    const refused = await steps.initiate(recipientId, 100, code, otpRefId, { more: change(code) })
    expect(ids(refused)).toEqual([302, 1, 302])
    expect((await caller.ledger(steps.mobile)).wrongCodes).toMatchObject([{ refusal, purpose: 'TRANSACTION' }])
    expect(await steps.moved()).toEqual([])
    expect(txStatus(await steps.initiate(recipientId, 100, code, otpRefId))).toBe('0')
  })

  it('does not happen for a code that is too old', async () => {
    const steps = payer(rail)
    const recipientId = await steps.recipientFor('success')
    await steps.transactionOtp(recipientId, 100)
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'TRANSACTION')
    await caller.control('PUT', '/policy', { codeLifetimeMs: 0 })
    const refused = await steps.initiate(recipientId, 100, code, otpRefId)
    await caller.control('PUT', '/policy', { codeLifetimeMs: 600_000 })
    expect(ids(refused)).toEqual([303, 1, 303])
    expect(await steps.moved()).toEqual([])
  })

  it('does not happen to a stranger, or to another account than the registered one', async () => {
    const steps = payer(rail)
    expect(ids(await steps.transfer(10017740, 100))).toEqual([313, 1, 313])
    const recipientId = await steps.recipientFor('success')
    const more = { beneficiary_id: '4202888' }
    expect(ids(await steps.transfer(recipientId, 100, { more }))).toEqual([46, 1, 46])
    expect(ids(await steps.transfer(recipientId, 100, { more: { channel: 1 } }))).toEqual([460, 1, 460])
    expect(await steps.moved()).toEqual([])
  })

  it('happens up to the last rupee that the wallet holds, and leaves the code usable where it does not', async () => {
    const steps = payer(rail)
    await caller.seed(rail, steps.mobile, 'ACTIVE', { balancePaise: 10_400 })
    const recipientId = await steps.recipientFor('success')
    expect(ids(await steps.transfer(recipientId, 101))).toEqual([347, 1, 347])
    expect(ids(await steps.transfer(recipientId, 100))).toEqual([0, 0, 325])
    expect(await steps.balance()).toBe(0)
    expect((await caller.ledger(steps.mobile)).wrongCodes).toEqual([])
  })

  it('happens up to the limit of the month, and again in the next one', async () => {
    const steps = payer(rail)
    await caller.seed(rail, steps.mobile, 'ACTIVE', { balancePaise: 10_000_000 })
    const recipientId = await steps.recipientFor('success')
    expect(txStatus(await steps.transfer(recipientId, 49_900))).toBe('0')
    expect(ids(await steps.transfer(recipientId, 101))).toEqual([314, 1, 314])
    expect(txStatus(await steps.transfer(recipientId, 100))).toBe('0')
    await letPass(caller, MONTH_MS)
    expect(txStatus(await steps.transfer(recipientId, 101))).toBe('0')
  })

  it.each([0, -5, 1.5, '10.00', 'ten', '', null, [100]])('refuses the amount %j as a field', async (amount) => {
    const steps = payer(rail)
    const recipientId = await steps.recipientFor('success')
    for (const answered of [
      await steps.transactionOtp(recipientId, amount),
      await steps.initiate(recipientId, amount, '123456', 'reference'),
    ]) {
      expect(ids(answered)).toEqual([97, 1, -1])
      expect(Object.keys(answered.body['invalid_params'] as object)).toEqual(['amount'])
    }
  })

  it('refuses amounts beyond all numbers by the limit', async () => {
    const steps = payer(rail)
    const recipientId = await steps.recipientFor('success')
    expect(ids(await steps.transfer(recipientId, '9'.repeat(80)))).toEqual([314, 1, 314])
    expect(await steps.moved()).toEqual([])
  })

  it('is looked at when its code is asked for, where the policy says so', async () => {
    const steps = payer(rail)
    const recipientId = await steps.recipientFor('success')
    await caller.control('PUT', '/policy', { transferCheckedAt: 'otp' })
    const answers = [await steps.transactionOtp(10017740, 100), await steps.transactionOtp(recipientId, 10_001)]
    await caller.control('PUT', '/policy', { transferCheckedAt: 'initiate' })
    expect(answers.map(ids)).toEqual([
      [313, 1, 313],
      [347, 1, 347],
    ])
    expect((await caller.ledger(steps.mobile)).sms).toEqual([])
  })
})

describe('a client_ref_id that moved money before', () => {
  it('is refused as a field and debits nothing, with a new code and with the old one', async () => {
    const steps = payer('digikhata')
    const recipientId = await steps.recipientFor('success')
    const clientRefId = steps.freshReference()
    expect(txStatus(await steps.transfer(recipientId, 100, { clientRefId }))).toBe('0')
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'TRANSACTION')
    const old = await steps.initiate(recipientId, 100, code, otpRefId, { clientRefId })
    const fresh = await steps.transfer(recipientId, 100, { clientRefId })
    for (const refused of [old, fresh]) {
      expect(ids(refused)).toEqual([461, 1, -1])
      expect(Object.keys(refused.body['invalid_params'] as object)).toEqual(['client_ref_id'])
      expect(refused.headers.get('x-sandbox-policy')).toContain('duplicate')
    }
    expect(await steps.moved()).toEqual(['DEBIT', 'CREDIT', 'FEE'])
  })

  it('debits once where two calls with it arrive at the same time', async () => {
    const steps = payer('digikhata')
    const recipientId = await steps.recipientFor('success')
    const clientRefId = steps.freshReference()
    await steps.transactionOtp(recipientId, 100)
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'TRANSACTION')
    const send = () => steps.initiate(recipientId, 100, code, otpRefId, { clientRefId })
    const answers = await Promise.all([send(), send(), send()])
    expect(answers.map(txStatus).filter((status) => status === '0')).toHaveLength(1)
    expect(await steps.moved()).toEqual(['DEBIT', 'CREDIT', 'FEE'])
  })

  it('debits again where the policy says so, with a new code and with the old one', async () => {
    const steps = payer('levin')
    const recipientId = await steps.recipientFor('success')
    const clientRefId = steps.freshReference()
    await steps.transfer(recipientId, 100, { clientRefId })
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'TRANSACTION')
    await caller.control('PUT', '/policy', { duplicateClientRef: 'debits' })
    expect(txStatus(await steps.initiate(recipientId, 100, code, otpRefId, { clientRefId }))).toBe('0')
    expect(txStatus(await steps.transfer(recipientId, 100, { clientRefId }))).toBe('0')
    const other = await steps.initiate(recipientId, 100, code, otpRefId, { clientRefId: steps.freshReference() })
    await caller.control('PUT', '/policy', { duplicateClientRef: 'refused' })
    expect(ids(other)).toEqual([302, 1, 302])
    expect((await steps.moved()).filter((kind) => kind === 'DEBIT')).toHaveLength(3)
    expect(new Set((await steps.transactions()).map(({ tid }) => tid)).size).toBe(3)
  })

  it('is free where the call was refused', async () => {
    const steps = payer('digikhata')
    const clientRefId = steps.freshReference()
    expect(ids(await steps.transfer(10017740, 100, { clientRefId }))).toEqual([313, 1, 313])
    expect(ids(await steps.inquireRef(clientRefId))).toEqual([168, 1, 168])
    expect(txStatus(await steps.transfer(await steps.recipientFor('success'), 100, { clientRefId }))).toBe('0')
  })
})

describe('a wallet token of Levin', () => {
  it('is wanted for a transfer where the policy says so, and a dead one is refused always', async () => {
    const steps = payer('levin')
    const recipientId = await steps.recipientFor('success')
    await caller.control('PUT', '/policy', { levinMoneyToken: 'required' })
    const without = await steps.transactionOtp(recipientId, 100)
    await steps.lookUp()
    await steps.verifyNewest()
    const params = { customer_id: steps.mobile, recipient_id: recipientId, amount: 100, ...steps.walletParams() }
    const having = await steps.post('levin/otp', params)
    await caller.control('PUT', '/policy', { levinMoneyToken: 'ifPresented' })
    expect([without, having].map(ids)).toEqual([
      [1, 463, 1388],
      [2133, 1, 2133],
    ])
    await caller.faults({ fault: 'walletTokenExpired', operation: 'initiateTransaction', mobile: steps.mobile })
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'TRANSACTION')
    const dead = await steps.initiate(recipientId, 100, code, otpRefId, { more: steps.walletParams() })
    expect(ids(dead)).toEqual([1, 463, 1388])
    expect(await steps.moved()).toEqual([])
  })
})

describe('an inquiry', () => {
  it('finds a transfer by its tid and by its client_ref_id', async () => {
    const steps = payer('levin')
    const clientRefId = steps.freshReference()
    const sent = await steps.transfer(await steps.recipientFor('success'), 250, { clientRefId })
    const tid = String(sent.body.data?.['tid'])
    const [byTid, byRef] = [await steps.inquire(tid), await steps.inquireRef(clientRefId)]
    expect(ids(byTid)).toEqual([0, 0, 1472])
    expect(byRef.body).toEqual(byTid.body)
    expect(byTid.body.data).toMatchObject({
      tid,
      client_ref_id: clientRefId,
      tx_status: '0',
      amount: '250.0',
      fee: '4.0',
    })
    const calls = (await caller.ledger(steps.mobile)).calls.filter(
      ({ operation }) => operation === 'transactionInquiry',
    )
    expect(calls.map(({ rail, executed }) => [rail, executed])).toEqual([
      ['levin', true],
      ['levin', true],
    ])
  })

  it.each(['2886522975', 'client_ref_id:NOBODYS', 'client_ref_id:', '%', 'x'.repeat(500)])(
    'of %.30s finds nothing',
    async (reference) => {
      expect(ids(await payer('digikhata').inquire(reference))).toEqual([168, 1, 168])
    },
  )

  it('of somebody else’s transaction finds nothing', async () => {
    const steps = payer('digikhata')
    const sent = await steps.transfer(await steps.recipientFor('success'), 100)
    const path = `/tools/reference/transaction/${String(sent.body.data?.['tid'])}`
    expect(ids(await caller.at('GET', path, { developer: TWO }))).toEqual([168, 1, 168])
    expect(ids(await caller.at('GET', path, { developer: ONE }))).toEqual([0, 0, 1472])
  })

  it('writes amounts as numbers where the dialect does', async () => {
    const steps = payer('digikhata')
    await caller.control('PUT', '/dialect', { dialect: 'wlc' })
    const sent = await steps.transfer(await steps.recipientFor('success'), 100)
    expect(sent.body.data).toMatchObject({ amount: 100, fee: 4, balance: 9896, tx_status: '0' })
  })
})
