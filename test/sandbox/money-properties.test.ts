import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { DIALECTS, TRANSFER_PATH_NAMES } from '../../sandbox/index.js'
import type { MoneyEntry, MoneyJson } from '../../sandbox/index.js'
import { moneyViolations } from '../../sandbox/money/audit.js'
import type { Audited } from '../../sandbox/money/audit.js'
import { asDouble, paiseOfRupees, twoDecimals } from '../../sandbox/money/rupees.js'
import type { Transaction } from '../../sandbox/money/transactions.js'
import { Caller } from './support/caller.js'
import { expectConserved, letPass, MoneySteps } from './support/money-steps.js'

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterAll(() => caller.sandbox.close())

const RAILS = ['digikhata', 'levin'] as const
const rail = fc.constantFrom(...RAILS)
const FAULTS = [
  { fault: 'dropBeforeCommit' },
  { fault: 'dropAfterCommit' },
  { fault: 'duplicateDelivery' },
  { fault: 'status5xx', executed: true },
  { fault: 'truncatedBody' },
  { fault: 'lateCommit' },
  { fault: 'lateCommit', ms: 30_000 },
  { fault: 'inquiryNotFound' },
]
const MONEY_OPERATIONS = ['initiateTransaction', 'transactionInquiry', 'initiateRefund', 'loadWallet']

const act = fc.oneof(
  fc.record({
    do: fc.constant('transfer' as const),
    rail,
    path: fc.constantFrom(...TRANSFER_PATH_NAMES),
    amount: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: -10, max: 60_000 })),
    /** Which reference of a few: some come twice. */
    reference: fc.nat({ max: 6 }),
  }),
  fc.record({
    do: fc.constant('load' as const),
    amount: fc.integer({ min: 1, max: 5_000 }),
    reference: fc.nat({ max: 6 }),
  }),
  fc.record({ do: fc.constant('inquire' as const), rail, reference: fc.nat({ max: 6 }) }),
  fc.record({ do: fc.constant('refund' as const), rail }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 6_000, 60_000) }),
  fc.record({
    do: fc.constant('fault' as const),
    fault: fc.constantFrom(...FAULTS),
    on: fc.constantFrom(...MONEY_OPERATIONS),
  }),
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

/** Carries one act out; answers that never come are part of it. */
async function carryOut(one: Act, steps: Record<(typeof RAILS)[number], MoneySteps>): Promise<void> {
  switch (one.do) {
    case 'transfer': {
      const own = steps[one.rail]
      const recipientId = await own.recipientFor(one.path)
      return settled(own.transfer(recipientId, one.amount, { clientRefId: `P-${one.rail}-${one.reference}` }))
    }
    case 'load':
      return settled(steps.digikhata.load(String(one.amount), `L-${one.reference}`))
    case 'inquire':
      return settled(steps[one.rail].inquireRef(`P-${one.rail}-${one.reference}`))
    case 'refund': {
      const own = steps[one.rail]
      const pending = (await own.transactions()).find(({ txStatus }) => txStatus === '3')
      if (!pending) return
      await own.refundOtp(pending.tid)
      return settled(own.refund(pending.tid, (await own.caller.newestSms(own.mobile, 'REFUND')).code))
    }
    case 'wait':
      return letPass(caller, one.ms)
    case 'fault':
      await caller.control('POST', '/faults', { faults: [{ ...one.fault, operation: one.on }] })
  }
}

/** Waits for an answer, or for the news that none comes. */
async function settled(answer: Promise<unknown>): Promise<void> {
  await Promise.allSettled([answer])
}

describe('money', () => {
  it('is conserved after every act, in every dialect, and a reference debits at most once', async () => {
    const story = fc.tuple(fc.constantFrom(...DIALECTS), fc.array(act, { minLength: 5, maxLength: 25 }))
    await fc.assert(
      fc.asyncProperty(story, async ([dialect, acts]) => {
        await caller.control('POST', '/reset')
        await caller.control('PUT', '/dialect', { dialect })
        const steps = {
          digikhata: new MoneySteps(caller, 'digikhata', '6000017001'),
          levin: new MoneySteps(caller, 'levin', '6000017002'),
        }
        for (const one of acts) {
          await carryOut(one, steps)
          await expectConserved(caller)
        }
        const { money } = await caller.ledger()
        const debits = money.filter(({ kind }) => kind === 'DEBIT').map(({ clientRefId }) => clientRefId)
        expect(new Set(debits).size).toBe(debits.length)
      }),
      { numRuns: 25 },
    )
  })

  it('is conserved where references may debit again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 20 }), async (acts) => {
        await caller.control('POST', '/reset')
        await caller.control('PUT', '/policy', { duplicateClientRef: 'debits' })
        const steps = {
          digikhata: new MoneySteps(caller, 'digikhata', '6000017001'),
          levin: new MoneySteps(caller, 'levin', '6000017002'),
        }
        for (const one of acts) await carryOut(one, steps)
        await expectConserved(caller)
      }),
      { numRuns: 10 },
    )
  })

  it('is forgotten on reset', async () => {
    await caller.control('POST', '/reset')
    const money = await caller.control<MoneyJson>('GET', '/money')
    expect(money).toMatchObject({ accounts: [], held: [], broughtInPaise: 0, conserved: true })
    expect(await caller.control('GET', '/transactions')).toEqual({ transactions: [] })
    expect(await caller.control('GET', '/clock')).toMatchObject({ bankAheadMs: 0 })
  })
})

describe('the auditor of money', () => {
  const WALLET = 'wallet:levin:6000017001'
  const cause = { at: '', rail: 'levin', mobile: '6000017001', tid: '7', clientRefId: 'R' } as const
  const PAID: Transaction = {
    ...{ tid: '7', kind: 'TRANSFER', rail: 'levin', mobile: '6000017001', initiatorId: '1', clientRefId: 'R' },
    ...{ otpRefId: 'o', recipientId: 2, amountPaise: 100, feePaise: 4, path: 'success', txStatus: '0', debited: true },
    ...{ at: 0, settlesAt: null, settlesTo: null, bankRefNum: '', refundTid: null },
  }
  const OPENING: MoneyEntry = {
    ...cause,
    tid: null,
    clientRefId: null,
    kind: 'OPENING',
    from: 'outside',
    to: WALLET,
    amountPaise: 500,
  }
  const DEBIT: MoneyEntry = { ...cause, kind: 'DEBIT', from: WALLET, to: 'suspense', amountPaise: 104 }
  const CREDIT: MoneyEntry = { ...cause, kind: 'CREDIT', from: 'suspense', to: 'recipient:2', amountPaise: 100 }
  const FEE: MoneyEntry = { ...cause, kind: 'FEE', from: 'suspense', to: 'fees', amountPaise: 4 }
  const ENTRIES = [OPENING, DEBIT, CREDIT, FEE]

  /** Books in which every balance is what the entries come to. */
  function books(
    entries: readonly MoneyEntry[],
    transactions: readonly Transaction[],
    change: [string, number][] = [],
  ): Audited {
    const balances = new Map<string, number>()
    for (const { from, to, amountPaise } of entries) {
      balances.set(from, (balances.get(from) ?? 0) - amountPaise)
      balances.set(to, (balances.get(to) ?? 0) + amountPaise)
    }
    for (const [account, more] of change) balances.set(account, (balances.get(account) ?? 0) + more)
    return { balances, entries, transactions }
  }

  it('finds nothing where nothing is wrong', () => {
    expect(moneyViolations(books(ENTRIES, [PAID]))).toEqual([])
    expect(moneyViolations(books([OPENING, DEBIT], [{ ...PAID, txStatus: '2' }]))).toEqual([])
    expect(moneyViolations(books([], []))).toEqual([])
  })

  const back = { from: 'suspense', to: WALLET, amountPaise: 104 }
  const WRONGS: [string, Audited, RegExp][] = [
    ['money out of nowhere', books(ENTRIES, [PAID], [['fees', 1]]), /come to 1 paise/],
    [
      'a balance that its entries do not make',
      books(
        ENTRIES,
        [PAID],
        [
          ['fees', 1],
          ['recipient:2', -1],
        ],
      ),
      /fees holds 5 paise/,
    ],
    ['a wallet below nothing', books(ENTRIES.slice(1), [PAID]), /less than nothing/],
    ['a debit that arrived nowhere', books([OPENING, DEBIT], [PAID]), /Suspense holds 104 paise, open transactions 0/],
    ['a second debit', books([...ENTRIES, DEBIT], [PAID]), /DEBIT 104, CREDIT 100, FEE 4, DEBIT 104 in place of/],
    ['a success without a debit', books([OPENING], [PAID]), /no entry in place of DEBIT 104/],
    [
      'a failure that kept the money',
      books(ENTRIES, [{ ...PAID, txStatus: '1' }]),
      /in place of DEBIT 104, REVERSAL 104/,
    ],
    [
      'a failure before a debit that debited',
      books(ENTRIES, [{ ...PAID, txStatus: '1', debited: false }]),
      /in place of none/,
    ],
    [
      'a refund that was a reversal',
      books([OPENING, DEBIT, { ...cause, ...back, kind: 'REVERSAL' }], [{ ...PAID, txStatus: '4' }]),
      /in place of DEBIT 104, REFUND 104/,
    ],
    [
      'a pending transfer that was paid',
      books(ENTRIES, [{ ...PAID, txStatus: '6' }]),
      /Suspense holds 0 paise, open transactions 104/,
    ],
    ['entries of no transaction', books(ENTRIES, []), /DEBIT of 7, which is no transaction/],
    ['a load that was not loaded', books([], [{ ...PAID, kind: 'LOAD' }]), /in place of LOAD 100, LOAD_FEE 4/],
  ]
  it.each(WRONGS)('finds %s', (_, audited, complaint) => {
    expect(moneyViolations(audited).join('\n')).toMatch(complaint)
  })
})

describe('rupees', () => {
  const paise = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 })

  it('as text are exactly the paise, in both forms', () => {
    fc.assert(
      fc.property(paise, (amount) => {
        expect(twoDecimals(amount)).toMatch(/^-?\d+\.\d\d$/)
        expect(Math.round(Number(twoDecimals(amount)) * 100)).toBe(amount)
        expect(Math.round(Number(asDouble(amount)) * 100)).toBe(amount)
      }),
    )
  })

  it.each([
    [11_400, '114.0'],
    [61, '0.61'],
    [999_999_999, '9999999.99'],
    [1_000_000_000, '1.0E7'],
    [222_263_731_286, '2.22263731286E9'],
    [-400, '-4.0'],
  ])('%i paise are printed as %s', (amount, text) => {
    expect(asDouble(amount)).toBe(text)
  })

  it('of the wire never become a number that is not exact', () => {
    expect(paiseOfRupees('110')).toBe(11_000)
    expect(paiseOfRupees('007')).toBe(700)
    expect(paiseOfRupees('9'.repeat(40))).toBe(Number.MAX_SAFE_INTEGER)
  })
})
