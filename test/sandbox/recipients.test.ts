import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { dayOf, monthOf } from '../../sandbox/money/limits.js'
import { Caller, wrongCode } from './support/caller.js'
import { expectConserved, letPass, MoneySteps, txStatus } from './support/money-steps.js'
import { ids } from './support/steps.js'

const HOUR_MS = 60 * 60_000
const RAILS = ['digikhata', 'levin']

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterEach(async () => {
  await caller.control('PUT', '/dialect', { dialect: 'portal-2026' })
  await expectConserved(caller)
})
afterAll(() => caller.sandbox.close())

let next = 9_000_001_000
async function active(rail: string): Promise<MoneySteps> {
  next += 1
  await caller.seed(rail, String(next), 'ACTIVE')
  return new MoneySteps(caller, rail, String(next))
}

function listOf(body: { data?: Record<string, unknown> }): Record<string, unknown>[] {
  return (body.data?.['recipient_list'] ?? []) as Record<string, unknown>[]
}

describe('the list of recipients', () => {
  it.each([
    ['portal-2026', 'digikhata', [0, -1, 22]],
    ['portal-2026', 'levin', [0, -1, 22]],
    ['docs-2025', 'digikhata', [0, 0, 23]],
    ['docs-2025', 'levin', [0, 0, 23]],
    ['wlc', 'digikhata', [0, -1, 22]],
    ['wlc', 'levin', [0, 0, 23]],
  ])('is empty in %s on %s as %j', async (dialect, rail, expected) => {
    await caller.control('PUT', '/dialect', { dialect })
    const answered = await (await active(rail)).recipients()
    expect(ids(answered)).toEqual(expected)
    expect(listOf(answered.body)).toEqual([])
    expect(answered.body.data === undefined).toBe(expected[2] === 22)
  })

  it.each(RAILS)('shows who was added on %s with a masked account and no beneficiary yet', async (rail) => {
    const steps = await active(rail)
    const added = await steps.addRecipient('50100012345678')
    expect(ids(added)).toEqual([0, 0, 43])
    const [recipient] = listOf((await steps.recipients()).body)
    expect(recipient).toMatchObject({
      recipient_id: added.body.data?.['recipient_id'],
      recipient_name: 'Some Recipient',
      account: '5XXXXXXXX45678',
      ifsc: 'SBXB0000002',
      beneficiary_id: null,
    })
  })

  it('is for senders who are onboarded', async () => {
    const steps = new MoneySteps(caller, 'digikhata', '9000001901')
    expect(ids(await steps.recipients())).toEqual([463, 1, -1])
    await caller.seed('digikhata', steps.mobile, 'PAN_PENDING')
    for (const answered of [
      await steps.recipients(),
      await steps.addRecipient(),
      await steps.load('100'),
      await steps.initiate(1, 100, '123456', 'ref'),
    ]) {
      expect(ids(answered)).toEqual([327, 1, 327])
    }
  })

  it('of one rail is not that of the other', async () => {
    const steps = await active('digikhata')
    await steps.addRecipient()
    await caller.seed('levin', steps.mobile, 'ACTIVE')
    expect(ids(await new MoneySteps(caller, 'levin', steps.mobile).recipients())).toEqual([0, -1, 22])
  })
})

describe('adding a recipient', () => {
  it('happens five times a day, and again the next day', async () => {
    const steps = await active('digikhata')
    for (let i = 0; i < 5; i += 1) expect(ids(await steps.addRecipient(`5010001234567${i}`))).toEqual([0, 0, 43])
    expect(ids(await steps.addRecipient('50100012345679'))).toEqual([39, 1, 39])
    await letPass(caller, 24 * HOUR_MS)
    expect(ids(await steps.addRecipient('50100012345679'))).toEqual([0, 0, 43])
  })

  it('counts calls only, not who the control API added', async () => {
    const steps = await active('levin')
    for (let i = 0; i < 5; i += 1) {
      await caller.control('POST', `/recipients/levin/${steps.mobile}`, { account: `6010001234567${i}` })
    }
    expect(ids(await steps.addRecipient())).toEqual([0, 0, 43])
  })

  it('counts by days that begin at midnight in India', () => {
    const midnight = Date.parse('2026-11-30T18:30:00Z')
    expect([dayOf(midnight - 1), dayOf(midnight)]).toEqual(['2026-11-30', '2026-12-01'])
    expect([monthOf(midnight - 1), monthOf(midnight)]).toEqual(['2026-11', '2026-12'])
  })

  it.each([
    ['portal-2026', 'digikhata', [342, 1, 342]],
    ['portal-2026', 'levin', [342, 1, 342]],
    ['docs-2025', 'levin', [2148, 1, 2148]],
  ])('a second time is told in %s on %s as %j and adds nobody', async (dialect, rail, expected) => {
    await caller.control('PUT', '/dialect', { dialect })
    const steps = await active(rail)
    await steps.addRecipient()
    expect(ids(await steps.addRecipient())).toEqual(expected)
    expect(listOf((await steps.recipients()).body)).toHaveLength(1)
  })

  it.each([
    [122, { recipient_name: 'A'.repeat(51) }],
    [131, { recipient_name: 'R2D2' }],
    [145, { recipient_mobile: '60000o0888' }],
    [140, { recipient_mobile: '600000088' }],
    [44, { bank_code: 'SBXB' }],
    [136, { bank_code: 'SBXB1000001' }],
    [102, { account: '12345' }],
    [48, { bank_id: 0 }],
  ])('is refused with %i for %j', async (status, more) => {
    const steps = await active('digikhata')
    expect(ids(await steps.addRecipient('50100012345678', more))).toEqual([status, 1, status])
    expect(listOf((await steps.recipients()).body)).toEqual([])
  })

  it('is refused without a field of its page', async () => {
    const steps = await active('digikhata')
    const answered = await steps.addRecipient('50100012345678', { bank_code: undefined, ifsc: 'SBXB0000001' })
    expect(ids(answered)).toEqual([97, 1, -1])
    expect(Object.keys(answered.body['invalid_params'] as object)).toEqual(['bank_code'])
  })
})

describe("a recipient's bank on DigiKhata", () => {
  it.each([
    ['portal-2026', [2131, 0, 2131]],
    ['docs-2025', [2131, 0, 2131]],
    ['wlc', [0, 0, 2131]],
  ])('is verified by a code in %s as %j, and cools for an hour before money goes there', async (dialect, verified) => {
    await caller.control('PUT', '/dialect', { dialect })
    const steps = await active('digikhata')
    await caller.seed('digikhata', steps.mobile, 'ACTIVE', { balancePaise: 100_000 })
    const recipientId = Number((await steps.addRecipient()).body.data?.['recipient_id'])
    expect(ids(await steps.transfer(recipientId, 100))).toEqual([313, 1, 313])

    const offered = await steps.bankOtp(recipientId)
    expect(ids(offered)).toEqual([0, 0, 1741])
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'RECIPIENT')
    const beneficiary = String(offered.body.data?.['beneficiary_id'])
    expect(otpRefId).toBe(`${steps.mobile}~${steps.mobile}~Channel4~${beneficiary}~${beneficiary}`)
    expect(offered.body.data?.['otp_ref_id']).toBe(otpRefId)
    expect(ids(await steps.transfer(recipientId, 100))).toEqual([313, 1, 313])
    expect(ids(await steps.verifyBank(wrongCode(code), otpRefId))).not.toEqual(verified)
    expect(ids(await steps.verifyBank(code, otpRefId))).toEqual(verified)
    expect(ids(await steps.verifyBank(code, otpRefId))).not.toEqual(verified)

    const early = await steps.transfer(recipientId, 100)
    expect([early.body['status'], early.headers.get('x-sandbox-policy')]).toEqual([
      1,
      expect.stringContaining('cooling'),
    ])
    expect(String(early.body['message'])).toMatch(/cooling/i)
    expect(await steps.moved()).toEqual([])
    await letPass(caller, HOUR_MS)
    expect(txStatus(await steps.transfer(recipientId, 100, { more: { beneficiary_id: beneficiary } }))).toBe('0')
    expect(await steps.moved()).toEqual(['DEBIT', 'CREDIT', 'FEE'])
  })

  it('is registered by its newest code only', async () => {
    const steps = await active('digikhata')
    const recipientId = Number((await steps.addRecipient()).body.data?.['recipient_id'])
    await steps.bankOtp(recipientId)
    const old = await caller.newestSms(steps.mobile, 'RECIPIENT')
    await steps.bankOtp(recipientId)
    const newest = await caller.newestSms(steps.mobile, 'RECIPIENT')
    expect(ids(await steps.verifyBank(old.code, old.otpRefId))).toEqual([302, 1, 302])
    expect(ids(await steps.verifyBank(newest.code, newest.otpRefId))).toEqual([2131, 0, 2131])
    expect(listOf((await steps.recipients()).body)[0]?.['beneficiary_id']).toBe(
      Number(newest.otpRefId.split('~').at(-1)),
    )
  })

  it('that nobody added has no code', async () => {
    const steps = await active('digikhata')
    expect(ids(await steps.bankOtp(10017740))).toEqual([313, 1, 313])
    expect((await caller.ledger(steps.mobile)).sms).toEqual([])
  })
})

describe("a recipient's bank on Levin", () => {
  it('is registered by one call, once, and money goes there at once', async () => {
    const steps = await active('levin')
    const recipientId = Number((await steps.addRecipient()).body.data?.['recipient_id'])
    const add = () => steps.post(`${steps.sender}/bank/recipient`, { recipient_id: String(recipientId) })
    const added = await add()
    expect(ids(added)).toEqual([0, 0, 1741])
    const again = await add()
    expect([ids(again), again.body.data?.['description']]).toEqual([[2148, 1, 2148], 'Beneficiary allready added!'])
    const more = { beneficiary_id: added.body.data?.['beneficiary_id'] }
    expect(txStatus(await steps.transfer(recipientId, 100, { more }))).toBe('0')
  })

  it('wants a good wallet token where one is presented, and always where the policy says so', async () => {
    const steps = await active('levin')
    const list = (params: Record<string, unknown>) => caller.call('GET', `${steps.sender}/recipients`, { params })
    expect(ids(await list({ wallet_token: 'stale', wallet_id: '' }))).toEqual([1, 463, 1388])
    expect(ids(await list({ wallet_token: '' }))).toEqual([0, -1, 22])
    await caller.control('PUT', '/policy', { levinMoneyToken: 'required' })
    expect(ids(await list({}))).toEqual([1, 463, 1388])
    await steps.lookUp()
    await steps.verifyNewest()
    expect(ids(await list(steps.walletParams()))).toEqual([0, -1, 22])
    expect(ids(await list({ wallet_token: steps.wallet?.wallet_token }))).toEqual([0, -1, 22])
    expect(ids(await list({ ...steps.walletParams(), wallet_id: 'wlt_0000000' }))).toEqual([1, 463, 1388])
    await caller.control('PUT', '/policy', { levinMoneyToken: 'ifPresented' })
  })
})
