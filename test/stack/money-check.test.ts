import { describe, expect, it } from '@jest/globals'
import type { MoneyJson, TransactionJson } from '../../sandbox/index.js'
import { judgeMoney, type PaymentFacts } from '../../stack/money-check.js'

const BOOKS: MoneyJson = {
  ...{ conserved: true, violations: [], accounts: [], held: [] },
  ...{ broughtInPaise: 0, walletsPaise: 0, recipientsPaise: 0, feesPaise: 0, suspensePaise: 0 },
}

function transaction(more: Partial<TransactionJson> = {}): TransactionJson {
  return {
    ...{ tid: '1', kind: 'TRANSFER', rail: 'digikhata', mobile: '6000000001', clientRefId: 'r1', recipientId: 7 },
    ...{ amountPaise: 11_000, feePaise: 400, path: 'success', txStatus: '0', debited: true },
    ...{ at: '2026-01-01T00:00:00.000Z', settlesAt: null, refundTid: null },
    ...more,
  }
}

function payment(more: Partial<PaymentFacts> = {}): PaymentFacts {
  const result = { state: 'COMPLETED', transaction: { tid: '1' } } as PaymentFacts['result']
  return {
    ...{ sender: 'Asha', rail: 'digikhata', mobile: '6000000001', result },
    transactions: [transaction(), transaction({ tid: '2', kind: 'LOAD' })],
    ...more,
  }
}

const ended = (state: string): PaymentFacts['result'] =>
  ({ state, transaction: { tid: '1' } }) as unknown as PaymentFacts['result']

describe('the judge of money', () => {
  it('agrees where each transfer is one transaction that ended as it says', () => {
    const refunded = payment({ result: ended('REFUNDED'), transactions: [transaction({ txStatus: '4' })] })
    expect(judgeMoney([payment(), refunded], BOOKS)).toEqual({ transfers: 2, debits: 1, refunds: 1, differences: [] })
  })

  it.each([
    ['a second debit', payment({ transactions: [transaction(), transaction({ tid: '3' })] }), /2 transfers, wanted 1/],
    ['no debit', payment({ transactions: [] }), /0 transfers, wanted 1/],
    [
      'a second load',
      payment({ transactions: ['2', '3'].map((tid) => transaction({ tid, kind: 'LOAD' })) }),
      /loaded 2/,
    ],
    ['a failure that was debited', payment({ result: ended('FAILED') }), /says FAILED, the book tx_status 0/],
    ['a success that was not', payment({ transactions: [transaction({ txStatus: '2' })] }), /says COMPLETED/],
    ['another transaction', payment({ transactions: [transaction({ tid: '9' })] }), /another transaction/],
    ['a transfer without an end', payment({ result: null }), /did not end/],
  ])('sees %s', (_what, seen, said) => {
    expect(judgeMoney([seen], BOOKS).differences.join('\n')).toMatch(said)
  })

  it('sees money that is lost or made', () => {
    const { differences } = judgeMoney([payment()], { ...BOOKS, conserved: false, violations: ['a rupee is missing'] })
    expect(differences).toEqual(['a rupee is missing'])
  })
})
