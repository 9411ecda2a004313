import { describe, expect, it } from '@jest/globals'
import type { CallEntry, LedgerJson, TransactionJson } from '../../../sandbox/index.js'
import { SOUND } from '../support/doctored.js'
import type { TransferFacts } from './facts.js'
import { judgeMoney, MONEY_INVARIANTS, type MoneyInvariant } from './invariants.js'

/** The judge of a chaos run's transfers, on runs that are doctored one thing at a time. */

const MOBILE = '8000000000'
const OWN = { rail: 'levin', mobile: MOBILE } as const
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`

function call(second: number, operation: CallEntry['operation'], change: Partial<CallEntry> = {}): CallEntry {
  return {
    ...OWN,
    ...{ seq: second, at: at(second), operation, method: 'POST', path: '/', developerKey: 'key' },
    ...{ clientRefId: `ref${second}`, executed: true, answered: true, http: 200, status: 0, responseTypeId: 325 },
    ...change,
  }
}

const transaction = (change: Partial<TransactionJson> = {}): TransactionJson => ({
  ...OWN,
  ...{ tid: '1', kind: 'TRANSFER', clientRefId: 'ref3', recipientId: 1, amountPaise: 100, feePaise: 0 },
  ...{ path: 'success', txStatus: '0', debited: true, at: at(3), settlesAt: null, refundTid: null },
  ...change,
})

interface Run {
  transfer: { -readonly [Name in keyof TransferFacts]: TransferFacts[Name] }
  calls: CallEntry[]
  sms: LedgerJson['sms']
  book: { violations: string[] }
}

/** A transfer whose debit was answered by nobody, found by the inquiry. */
function goodRun(): Run {
  const end = { state: 'COMPLETED', status: 'CLOSED', tid: '1', story: [] }
  const { rail, mobile } = OWN
  return {
    transfer: {
      ...{ label: 't000', rail, mobile, dialect: 'portal-2026', codesTyped: 1 },
      ...{ end, transactions: [transaction()] },
    },
    calls: [
      call(1, 'transactionInquiry', { status: 168 }),
      call(2, 'sendTransactionOtp'),
      call(3, 'initiateTransaction', { answered: false, http: null, status: null }),
      call(4, 'transactionInquiry'),
    ],
    sms: [sms(2)],
    book: { violations: [] },
  }
}

function sms(second: number): LedgerJson['sms'][number] {
  return { ...OWN, at: at(second), sender: MOBILE, purpose: 'TRANSACTION', otpRefId: 'one', clientRefId: null }
}

function judged(change: (run: Run) => void): string[] {
  const run = goodRun()
  change(run)
  const empty = { codesConsumed: [], kycSteps: [], wrongCodes: [], money: [] }
  const ledgers = { 'portal-2026': { calls: run.calls, sms: run.sms, ...empty } }
  const books = { 'portal-2026': { ...SOUND, ...run.book }, 'docs-2025': SOUND, wlc: SOUND }
  return judgeMoney({ transfers: [run.transfer], books }, ledgers).map(({ invariant }) => invariant)
}

const ended = (state: string, ...transactions: TransactionJson[]) => {
  return ({ transfer }: Run): void => {
    if (transfer.end) transfer.end = { ...transfer.end, state, tid: null }
    transfer.transactions = transactions
  }
}

const BROKEN: readonly [what: string, invariant: MoneyInvariant, change: (run: Run) => void][] = [
  ['two debits', 'ONE_DEBIT', ({ transfer }) => (transfer.transactions = [transaction(), transaction({ tid: '2' })])],
  [
    'a second debit that was given back',
    'ONE_DEBIT',
    ({ transfer }) => (transfer.transactions = [transaction(), transaction({ tid: '2', txStatus: '4' })]),
  ],
  ['books that do not balance', 'MONEY_CONSERVED', ({ book }) => book.violations.push('a rupee is missing')],
  ['a success that debited nothing', 'MONEY_END_AGREES', ended('COMPLETED')],
  ['a success that was given back', 'MONEY_END_AGREES', ended('COMPLETED', transaction({ txStatus: '4' }))],
  ['a success that is not settled', 'MONEY_END_AGREES', ended('COMPLETED', transaction({ txStatus: '2' }))],
  ['a failure that debited', 'MONEY_END_AGREES', ended('FAILED', transaction())],
  ['a failure that may still be paid', 'MONEY_END_AGREES', ended('FAILED', transaction({ txStatus: '2' }))],
  ['a failure whose refund is due', 'MONEY_END_AGREES', ended('FAILED', transaction({ txStatus: '3' }))],
  ['a cancelled one that debited', 'MONEY_END_AGREES', ended('CANCELLED', transaction())],
  ['a rejected one with a transaction', 'MONEY_END_AGREES', ended('REJECTED', transaction({ txStatus: '1' }))],
  ['a refund that is only due', 'MONEY_END_AGREES', ended('REFUNDED', transaction({ txStatus: '3' }))],
  ['an end that nobody wanted', 'MONEY_END_AGREES', ended('EXPIRED')],
  [
    'the transaction of somebody else',
    'MONEY_END_AGREES',
    ({ transfer }) => {
      if (transfer.end) transfer.end = { ...transfer.end, tid: '2' }
    },
  ],
  [
    'a debit that was asked for again',
    'DEBIT_NOT_REPEATED',
    ({ calls, transfer }) => {
      calls.push(call(5, 'initiateTransaction'))
      transfer.codesTyped = 2
    },
  ],
  ['a code that was sent again', 'DEBIT_NOT_REPEATED', (run) => run.sms.push(sms(5))],
  [
    'two debits for one code',
    'DEBIT_NOT_REPEATED',
    ({ calls }) => {
      const [, , debit] = calls
      if (debit) Object.assign(debit, { answered: true, http: 200, status: 302 })
      calls.push(call(5, 'initiateTransaction'))
    },
  ],
  [
    'one that is still under way',
    'TRANSFER_NOT_STUCK',
    ({ transfer }) => {
      if (transfer.end) transfer.end = { ...transfer.end, status: 'PARKED', state: 'TRANSFER_IN_PROGRESS' }
    },
  ],
  ['one that cannot be looked at', 'TRANSFER_NOT_STUCK', ({ transfer }) => (transfer.end = null)],
]

describe('the judge of money', () => {
  it('finds nothing wrong where a debit without an answer is found by the inquiry', () => {
    expect(judged(() => undefined)).toEqual([])
  })

  it.each(BROKEN)('reports %s as %s', (_what, invariant, change) => {
    expect(judged(change)).toContain(invariant)
  })

  it('has a doctored run for each invariant', () => {
    expect(new Set(BROKEN.map(([, invariant]) => invariant))).toEqual(new Set(Object.keys(MONEY_INVARIANTS)))
  })

  it.each([
    ['a refund', ended('REFUNDED', transaction({ txStatus: '4' }))],
    ['a failure that was given back', ended('FAILED', transaction({ txStatus: '1' }))],
    ['a failure that never debited', ended('FAILED', transaction({ txStatus: '1', debited: false }))],
    ['what an operator declared not debited', ended('CANCELLED')],
  ])('agrees with %s', (_what, change) => {
    expect(judged(change)).toEqual([])
  })

  it.each([
    ['a wrong code, and the right one', { answered: true, http: 200, status: 302 }],
    ['a refusal before anything was done', { answered: true, http: 401, status: 2485, executed: false }],
  ])('lets a debit be asked for again after %s', (_what, change) => {
    const found = judged(({ calls, transfer }) => {
      const [, , debit] = calls
      if (debit) Object.assign(debit, change)
      calls.push(call(5, 'initiateTransaction'))
      transfer.codesTyped = 2
    })
    expect(found).toEqual([])
  })

  it('takes a request that the way delivered twice for one', () => {
    const found = judged(({ calls }) => {
      const [, , debit] = calls
      if (!debit) return
      Object.assign(debit, { fault: 'duplicateDelivery', answered: true, http: 200 })
      calls.push({ ...debit, seq: 9 })
    })
    expect(found).toEqual([])
  })
})
