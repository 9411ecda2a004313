import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Caller } from './support/caller.js'
import { expectConserved, letPass, MoneySteps, txStatus } from './support/money-steps.js'
import { ids } from './support/steps.js'

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterEach(async () => {
  await caller.faults()
  await expectConserved(caller)
})
afterAll(() => caller.sandbox.close())

let next = 100
function payer(rail = 'digikhata', code = '17'): MoneySteps {
  next += 1
  return new MoneySteps(caller, rail, `60000${code}${next}`)
}

/** One transfer of 100 rupees whose answer may not come. */
async function attempt(steps: MoneySteps, clientRefId: string, path = 'success' as const): Promise<unknown> {
  const sent = steps.transfer(await steps.recipientFor(path), 100, { clientRefId })
  return sent.then(
    (answered) => (answered.http === 200 ? (txStatus(answered) ?? answered.body['status']) : answered.http),
    () => 'lost',
  )
}

const FOUND = ['DEBIT', 'CREDIT', 'FEE']

describe.each(['digikhata', 'levin'])('a transfer on %s', (rail) => {
  it.each([
    [{ fault: 'dropBeforeCommit' }, 'lost', [], undefined],
    [{ fault: 'dropAfterCommit' }, 'lost', FOUND, '0'],
    [{ fault: 'truncatedBody' }, 'lost', FOUND, '0'],
    [{ fault: 'status5xx' }, 503, [], undefined],
    [{ fault: 'status5xx', executed: true }, 503, FOUND, '0'],
    [{ fault: 'htmlBody', executed: true }, 502, FOUND, '0'],
    [{ fault: 'empty204', executed: true }, 204, FOUND, '0'],
    [{ fault: 'tooMany429' }, 429, [], undefined],
    [{ fault: 'missingData' }, 0, FOUND, '0'],
    [{ fault: 'unknownTypeId' }, '0', FOUND, '0'],
    [{ fault: 'busy' }, 1, [], undefined],
    [{ fault: 'duplicateDelivery' }, '0', FOUND, '0'],
    [{ fault: 'duplicateDelivery', answer: 'second' }, 461, FOUND, '0'],
    [{ fault: 'transferPath', path: 'onHold' }, '5', ['DEBIT'], '5'],
  ])('that meets %j answers %j, has moved %j, and an inquiry finds %j', async (fault, answer, moved, status) => {
    const steps = payer(rail)
    const clientRefId = steps.freshReference()
    await caller.faults({ operation: 'initiateTransaction', mobile: steps.mobile, ...fault })
    expect(await attempt(steps, clientRefId)).toEqual(answer)
    expect(await steps.moved()).toEqual(moved)
    const inquired = await steps.inquireRef(clientRefId)
    expect([ids(inquired), txStatus(inquired)]).toEqual([status ? [0, 0, 1472] : [168, 1, 168], status])
  })

  it('that is delivered twice debits twice where references may', async () => {
    const steps = payer(rail)
    await caller.faults({ fault: 'duplicateDelivery', operation: 'initiateTransaction' })
    await caller.control('PUT', '/policy', { duplicateClientRef: 'debits' })
    expect(await attempt(steps, steps.freshReference())).toBe('0')
    await caller.control('PUT', '/policy', { duplicateClientRef: 'refused' })
    expect(await steps.moved()).toEqual([...FOUND, ...FOUND])
  })
})

describe('a late commit', () => {
  it('debits after an inquiry said "not found"', async () => {
    const steps = payer('levin')
    const clientRefId = steps.freshReference()
    const before = await steps.balance()
    await caller.faults({ fault: 'lateCommit' })
    expect(await attempt(steps, clientRefId)).toBe('lost')
    expect([await steps.moved(), await steps.balance()]).toEqual([[], before])
    expect((await expectConserved(caller)).held).toMatchObject([
      { clientRefId, mobile: steps.mobile, amountPaise: 10_000 },
    ])
    expect(ids(await steps.inquireRef(clientRefId))).toEqual([168, 1, 168])
    expect(txStatus(await steps.inquireRef(clientRefId))).toBe('0')
    expect([await steps.moved(), await steps.balance()]).toEqual([FOUND, before - 10_400])
    expect((await expectConserved(caller)).held).toEqual([])
  })

  it('comes after as many inquiries as asked for, and after so much time where both are', async () => {
    const steps = payer()
    const clientRefId = steps.freshReference()
    await caller.faults({ fault: 'lateCommit', afterInquiries: 2, ms: 60_000, http: 503 })
    expect(await attempt(steps, clientRefId)).toBe(503)
    for (let i = 0; i < 3; i += 1) expect(ids(await steps.inquireRef(clientRefId))).toEqual([168, 1, 168])
    await steps.inquireRef('SOMEBODY-ELSES')
    await letPass(caller, 60_000)
    expect(txStatus(await steps.inquireRef(clientRefId))).toBe('0')
  })

  it('comes by time alone, and goes the way of its recipient', async () => {
    const steps = payer()
    const clientRefId = steps.freshReference()
    await caller.faults({ fault: 'lateCommit', ms: 60_000 })
    const recipientId = await steps.recipientFor('pendingFailed')
    await expect(steps.transfer(recipientId, 100, { clientRefId })).rejects.toThrow()
    expect(ids(await steps.inquireRef(clientRefId))).toEqual([168, 1, 168])
    await letPass(caller, 60_000)
    expect(await steps.moved()).toEqual(['DEBIT'])
    await letPass(caller, 60_000)
    expect(await steps.moved()).toEqual(['DEBIT', 'REVERSAL'])
  })

  it('has taken its code: whoever sends again meanwhile with a new code and reference debits twice', async () => {
    const steps = payer()
    const [first, second] = [steps.freshReference(), steps.freshReference()]
    await caller.faults({ fault: 'lateCommit' })
    expect(await attempt(steps, first)).toBe('lost')
    expect(ids(await steps.inquireRef(first))).toEqual([168, 1, 168])
    expect(await attempt(steps, second)).toBe('0')
    expect((await steps.moved()).filter((kind) => kind === 'DEBIT')).toHaveLength(2)
  })

  it('refuses its reference a second time while it is held', async () => {
    const steps = payer()
    const clientRefId = steps.freshReference()
    await caller.faults({ fault: 'lateCommit' })
    expect(await attempt(steps, clientRefId)).toBe('lost')
    expect(await attempt(steps, clientRefId)).toBe(461)
  })

  it('of a wallet that is empty by then fails without a debit', async () => {
    const steps = payer()
    const clientRefId = steps.freshReference()
    await caller.faults({ fault: 'lateCommit' })
    await attempt(steps, clientRefId)
    await caller.seed('digikhata', steps.mobile, 'ACTIVE', { balancePaise: 0 })
    await steps.inquireRef(clientRefId)
    expect(txStatus(await steps.inquireRef(clientRefId))).toBe('1')
    expect(await steps.moved()).toEqual([])
  })

  it('is not made of a transfer that is refused', async () => {
    const steps = payer()
    const clientRefId = steps.freshReference()
    await caller.faults({ fault: 'lateCommit' })
    await expect(
      steps.initiate(await steps.recipientFor('success'), 100, '123456', 'x', { clientRefId }),
    ).rejects.toThrow()
    expect((await expectConserved(caller)).held.filter((one) => one.mobile === steps.mobile)).toEqual([])
  })
})

describe('faults of inquiries and refunds', () => {
  it('meet the mobile whose transaction it is, found or not', async () => {
    const [steps, other] = [payer(), payer()]
    const clientRefId = steps.freshReference()
    await caller.faults(
      { fault: 'dropBeforeCommit', operation: 'initiateTransaction', mobile: steps.mobile },
      { fault: 'inquiryNotFound', mobile: other.mobile },
      { fault: 'status5xx', operation: 'transactionInquiry', mobile: steps.mobile },
    )
    expect(await attempt(steps, clientRefId)).toBe('lost')
    expect((await steps.inquireRef(clientRefId)).http).toBe(503)
    expect(ids(await steps.inquireRef(clientRefId))).toEqual([168, 1, 168])
    const reference = other.freshReference()
    expect(await attempt(other, reference)).toBe('0')
    expect(ids(await other.inquireRef(reference))).toEqual([168, 1, 168])
    expect(txStatus(await other.inquireRef(reference))).toBe('0')
  })

  it.each([
    ['dropBeforeCommit', '3', ['DEBIT']],
    ['dropAfterCommit', '4', ['DEBIT', 'REFUND']],
    ['duplicateDelivery', '4', ['DEBIT', 'REFUND']],
  ])('a refund that meets %s leaves tx_status %s', async (fault, status, moved) => {
    const steps = payer('levin')
    const sent = await steps.transfer(await steps.recipientFor('refundPending'), 100)
    const tid = String(sent.body.data?.['tid'])
    await steps.refundOtp(tid)
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'REFUND')
    await caller.faults({ fault, operation: 'initiateRefund', rail: 'levin', mobile: steps.mobile })
    const answer = await steps.refund(tid, code, otpRefId).catch(() => 'lost')
    expect(answer === 'lost').toBe(fault !== 'duplicateDelivery')
    expect(txStatus(await steps.inquire(tid))).toBe(status)
    expect(await steps.moved()).toEqual(moved)
  })

  it('a load whose answer is lost is found by its reference', async () => {
    const steps = payer()
    await caller.faults({ fault: 'dropAfterCommit', operation: 'loadWallet' })
    await expect(steps.load('500', 'LOAD-LOST')).rejects.toThrow()
    expect((await steps.inquireRef('LOAD-LOST')).body.data).toMatchObject({ tx_status: '0', amount: '500.0' })
  })
})

describe('a mobile of a scenario', () => {
  it.each([
    ['17', '0', FOUND, [1472]],
    ['18', 347, [], [168]],
    ['19', 314, [], [168]],
    ['20', 'lost', FOUND, [1472]],
    ['21', 'lost', [], [168]],
    ['22', 'lost', FOUND, [168, 1472]],
    ['23', '0', FOUND, [168, 168, 1472]],
  ])('60000%snnn answers %j, has moved %j in the end, and inquiries find %j', async (code, answer, moved, found) => {
    for (const rail of ['digikhata', 'levin']) {
      const steps = payer(rail, code)
      const clientRefId = steps.freshReference()
      expect(await attempt(steps, clientRefId)).toEqual(answer)
      const types: unknown[] = []
      for (let i = 0; i < found.length; i += 1)
        types.push((await steps.inquireRef(clientRefId)).body['response_type_id'])
      expect([types, await steps.moved()]).toEqual([found, moved])
    }
  })

  it('6000024nnn loses the answer of its first refund', async () => {
    const steps = payer('digikhata', '24')
    const sent = await steps.transfer(await steps.recipientFor('refundPending'), 100)
    const tid = String(sent.body.data?.['tid'])
    await steps.refundOtp(tid)
    const { code } = await caller.newestSms(steps.mobile, 'REFUND')
    await expect(steps.refund(tid, code)).rejects.toThrow()
    expect(txStatus(await steps.inquire(tid))).toBe('4')
  })
})
