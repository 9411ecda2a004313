import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { DIALECTS, TRANSFER_PATH_NAMES } from '../../sandbox/index.js'
import type { ScenariosJson, TransferPath } from '../../sandbox/index.js'
import { Caller, wrongCode } from './support/caller.js'
import { expectConserved, letPass, MoneySteps, txStatus } from './support/money-steps.js'
import { ids } from './support/steps.js'

const RAILS = ['digikhata', 'levin']
/** More than a settlement takes. */
const SETTLED_MS = 60_000

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterEach(() => expectConserved(caller))
afterAll(() => caller.sandbox.close())

let next = 100
function payer(rail: string): MoneySteps {
  next += 1
  return new MoneySteps(caller, rail, `6000017${next}`)
}

/** What each path must show: the answer, the truth at once and after settlement, and every movement of money. */
const PATHS: Record<TransferPath, { ids: number[]; first: string; last: string; moved: string[]; backPaise: number }> =
  {
    success: { ids: [0, 0, 325], first: '0', last: '0', moved: ['DEBIT', 'CREDIT', 'FEE'], backPaise: 0 },
    failBeforeDebit: { ids: [55, 1, 55], first: '1', last: '1', moved: [], backPaise: 10_400 },
    failAfterDebit: { ids: [55, 1, 55], first: '1', last: '1', moved: ['DEBIT', 'REVERSAL'], backPaise: 10_400 },
    pendingSuccess: { ids: [0, 2, 325], first: '2', last: '0', moved: ['DEBIT', 'CREDIT', 'FEE'], backPaise: 0 },
    pendingFailed: { ids: [0, 2, 325], first: '2', last: '1', moved: ['DEBIT', 'REVERSAL'], backPaise: 10_400 },
    pendingRefund: { ids: [0, 2, 325], first: '2', last: '3', moved: ['DEBIT'], backPaise: 0 },
    refundPending: { ids: [0, 3, 325], first: '3', last: '3', moved: ['DEBIT'], backPaise: 0 },
    onHold: { ids: [0, 5, 325], first: '5', last: '0', moved: ['DEBIT', 'CREDIT', 'FEE'], backPaise: 0 },
    awaited: { ids: [0, 2, 325], first: '6', last: '0', moved: ['DEBIT', 'CREDIT', 'FEE'], backPaise: 0 },
    unlisted: { ids: [0, 2, 325], first: '9', last: '0', moved: ['DEBIT', 'CREDIT', 'FEE'], backPaise: 0 },
    neverSettled: { ids: [0, 2, 325], first: '2', last: '2', moved: ['DEBIT'], backPaise: 0 },
  }

describe.each(RAILS)('on %s', (rail) => {
  it.each(TRANSFER_PATH_NAMES)('the path %s shows its tx_status at once and after settlement', async (path) => {
    const expected = PATHS[path]
    const steps = payer(rail)
    const before = await steps.balance()
    const clientRefId = steps.freshReference()
    const sent = await steps.transfer(await steps.recipientFor(path), 100, { clientRefId })
    expect([ids(sent), txStatus(sent)]).toEqual([expected.ids, expected.first])
    expect(sent.body.data).toMatchObject({ amount: '100.00', fee: '4.0', tid: expect.stringMatching(/^\d{10}$/) })
    const atOnce = await steps.inquireRef(clientRefId)
    expect([ids(atOnce), txStatus(atOnce)]).toEqual([[0, 0, 1472], expected.first])
    await expectConserved(caller)

    await letPass(caller, SETTLED_MS)
    expect(txStatus(await steps.inquireRef(clientRefId))).toBe(expected.last)
    expect(await steps.moved()).toEqual(expected.moved)
    expect(await steps.balance()).toBe(before - 10_400 + expected.backPaise)
    expect(await steps.transactions()).toMatchObject([
      { path, txStatus: expected.last, debited: expected.moved.length > 0, clientRefId },
    ])
  })
})

it.each(DIALECTS)('%s tells every path by tx_status', async (dialect) => {
  const other = await Caller.start({ dialect })
  for (const path of TRANSFER_PATH_NAMES) {
    const steps = new MoneySteps(other, 'digikhata', '6000017001')
    const sent = await steps.transfer(await steps.recipientFor(path), 10)
    expect([path, txStatus(sent)]).toEqual([path, PATHS[path].first])
    if (dialect === 'wlc') expect(sent.body['response_status_id']).toBe(sent.body['status'] === 0 ? 0 : 1)
  }
  await expectConserved(other)
  await other.sandbox.close()
})

describe('a pending transfer', () => {
  it('is settled by the control API, once', async () => {
    const steps = payer('digikhata')
    const sent = await steps.transfer(await steps.recipientFor('neverSettled'), 100)
    const tid = String(sent.body.data?.['tid'])
    const settle = (txStatus: string) => caller.control('POST', `/transactions/${tid}`, { txStatus })
    await expect(settle('4')).rejects.toThrow(/409 .*only a refund that is pending/s)
    await settle('6')
    expect(txStatus(await steps.inquire(tid))).toBe('6')
    await settle('0')
    await expect(settle('1')).rejects.toThrow(/409 .*cannot become 1/s)
    await expect(settle('8')).rejects.toThrow('400')
    await expect(caller.control('POST', '/transactions/1', { txStatus: '0' })).rejects.toThrow('404')
    expect(await steps.moved()).toEqual(['DEBIT', 'CREDIT', 'FEE'])
  })

  it('holds its money where nobody else can spend it', async () => {
    const steps = payer('levin')
    await caller.seed('levin', steps.mobile, 'ACTIVE', { balancePaise: 10_400 })
    await steps.transfer(await steps.recipientFor('pendingFailed'), 100)
    const recipientId = await steps.recipientFor('success')
    expect(ids(await steps.transfer(recipientId, 100))).toEqual([347, 1, 347])
    await letPass(caller, SETTLED_MS)
    expect(txStatus(await steps.transfer(recipientId, 100))).toBe('0')
  })

  it('that failed does not count for the month', async () => {
    const steps = payer('digikhata')
    await steps.transfer(await steps.recipientFor('pendingFailed'), 100)
    const used = async () => (await caller.sender('digikhata', steps.mobile)).monthUsedPaise
    expect(await used()).toBe(10_000)
    await letPass(caller, SETTLED_MS)
    expect(await used()).toBe(0)
  })
})

describe.each(RAILS)('a refund on %s', (rail) => {
  async function refundable(): Promise<{ steps: MoneySteps; tid: string; clientRefId: string; before: number }> {
    const steps = payer(rail)
    const before = await steps.balance()
    const clientRefId = steps.freshReference()
    const sent = await steps.transfer(await steps.recipientFor('refundPending'), 5000, { clientRefId })
    return { steps, tid: String(sent.body.data?.['tid']), clientRefId, before }
  }

  it('gives amount and fee back, once, by the code of its own SMS', async () => {
    const { steps, tid, clientRefId, before } = await refundable()
    expect(ids(await steps.refundOtp(tid))).toEqual([2133, 1, 2133])
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'REFUND')
    expect(ids(await steps.refund(tid, wrongCode(code), otpRefId))).toEqual([302, 1, 302])
    expect(await steps.moved()).toEqual(['DEBIT'])
    const done = await steps.refund(tid, code, otpRefId)
    expect(ids(done)).toEqual([0, 0, 74])
    expect(done.body.data).toMatchObject({
      ...{ tid, amount: '5000.00', fee: '4.0', refunded_amount: '5004.00', currency: 'INR' },
      refund_tid: expect.stringMatching(/^\d{10}$/),
    })
    expect(await steps.balance()).toBe(before)
    expect(txStatus(await steps.inquireRef(clientRefId))).toBe('4')
    expect((await steps.refund(tid, code, otpRefId)).body['status']).toBe(1)
    expect((await steps.refundOtp(tid)).body['status']).toBe(1)
    expect(await steps.moved()).toEqual(['DEBIT', 'REFUND'])
    expect((await steps.transactions())[0]?.refundTid).toBe(done.body.data?.['refund_tid'])
  })

  it('takes the newest code where no reference is given', async () => {
    const { steps, tid } = await refundable()
    await steps.refundOtp(tid)
    const { code } = await caller.newestSms(steps.mobile, 'REFUND')
    expect(ids(await steps.refund(tid, code))).toEqual([0, 0, 74])
  })

  it('of one transfer does not open by the code of another', async () => {
    const { steps, tid } = await refundable()
    const other = await steps.transfer(await steps.recipientFor('refundPending'), 100)
    const otherTid = String(other.body.data?.['tid'])
    await steps.refundOtp(otherTid)
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'REFUND')
    expect(ids(await steps.refund(tid, code, otpRefId))).toEqual([302, 1, 302])
    expect((await caller.ledger(steps.mobile)).wrongCodes.at(-1)).toMatchObject({ refusal: 'OTHER_DETAILS' })
    expect(ids(await steps.refund(otherTid, code, otpRefId))).toEqual([0, 0, 74])
  })

  it('takes no reference of the caller’s', async () => {
    const { tid } = await refundable()
    for (const path of [`/customer/payment/refund/${tid}/otp`, `/customer/payment/refund/${tid}`]) {
      const params = { otp: '123456', client_ref_id: 'REF-1' }
      expect(Object.keys((await caller.at('POST', path, { params })).body['invalid_params'] as object)).toEqual([
        'client_ref_id',
      ])
    }
  })
})

it('a transfer that is paid has no refund, and an unknown one is unknown', async () => {
  const steps = payer('digikhata')
  const sent = await steps.transfer(await steps.recipientFor('success'), 100)
  const tid = String(sent.body.data?.['tid'])
  const refused = await steps.refundOtp(tid)
  expect([ids(refused), refused.headers.get('x-sandbox-policy')]).toEqual([
    [1, 1, -1],
    expect.stringContaining('refund'),
  ])
  expect(ids(await steps.refund(tid, '123456'))).toEqual([1, 1, -1])
  expect(ids(await steps.refundOtp('2886522975'))).toEqual([168, 1, 168])
  expect((await caller.ledger(steps.mobile)).sms.filter(({ purpose }) => purpose === 'REFUND')).toEqual([])
})

it('an account of a scenario makes transfers go its way, added by whomever', async () => {
  const { recipientAccounts } = await caller.control<ScenariosJson>('GET', '/scenarios')
  expect(recipientAccounts.map(({ scenario }) => scenario)).toEqual([...TRANSFER_PATH_NAMES])
  const steps = new MoneySteps(caller, 'levin', '9000003001')
  await caller.seed('levin', steps.mobile, 'ACTIVE', { balancePaise: 1_000_000 })
  for (const { scenario, pattern } of recipientAccounts.slice(0, 5)) {
    const recipientId = await steps.registered(pattern.replace('nnn', '777'))
    expect([scenario, txStatus(await steps.transfer(recipientId, 10))]).toEqual([scenario, PATHS[scenario].first])
  }
})

it('the control API adds recipients that are ready, and lists the truth about them', async () => {
  const steps = new MoneySteps(caller, 'digikhata', '9000003002')
  await caller.seed('digikhata', steps.mobile, 'ACTIVE', { balancePaise: 100_000 })
  const path = `/recipients/digikhata/${steps.mobile}`
  const ready = await caller.control<{ recipientId: number }>('POST', path, { account: '9999000006001' })
  await caller.control('POST', path, { account: '50100000000001', registered: false })
  expect(await caller.control('GET', path)).toMatchObject({
    recipients: [{ path: 'pendingRefund' }, { path: 'success', beneficiaryId: null, usableFrom: null }],
  })
  expect(txStatus(await steps.transfer(ready.recipientId, 10))).toBe('2')
  await expect(caller.control('POST', path, { account: 'mine' })).rejects.toThrow('400')
})
