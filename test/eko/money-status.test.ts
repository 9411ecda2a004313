import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { classify } from '../../activities/eko/classify.js'
import type { EkoOperation, OperationTable } from '../../activities/eko/index.js'
import { answered, type Body, moneyTables, tableName } from './helpers.js'
import { ids, NO_ID, said } from './verdicts.js'

/** The operations whose answers say what became of a transfer, and the type of their own answer. */
const TYPES: Partial<Record<EkoOperation, number>> = { initiateTransaction: 325, transactionInquiry: 1472 }
const ABOUT_MONEY: readonly EkoOperation[] = [
  ...(['initiateTransaction', 'transactionInquiry', 'loadWallet', 'initiateRefund'] as const),
]
const PENDING = ['OK TRANSFER_PENDING', 'UNRECOGNISED_ANSWER TRANSFER_PENDING']
const UNKNOWN = 'UNRECOGNISED_ANSWER UNRECOGNISED_ANSWER'
const of = (...operations: readonly EkoOperation[]): OperationTable[] =>
  moneyTables().filter(({ operation }) => operations.includes(operation))
const transfers = of('initiateTransaction', 'transactionInquiry').map((table) => ({
  name: tableName(table),
  table,
  type: TYPES[table.operation] ?? 0,
}))
const tx = (tx_status: unknown, rest: Partial<Body> = {}): Partial<Body> => ({ ...rest, data: { tx_status } })

describe.each(transfers)('$name', ({ table, type }) => {
  it.each([
    ['0', 'OK TRANSFER_DONE'],
    ['1', 'BUSINESS_REJECT TRANSFER_FAILED'],
    ['2', 'OK TRANSFER_PENDING'],
    ['3', 'OK REFUND_PENDING'],
    ['4', 'OK REFUNDED'],
    ['5', 'OK TRANSFER_PENDING'],
    ['6', 'OK TRANSFER_PENDING'],
  ])('tx_status %s as text or number: %s, whatever response_status_id says of success or failure', (word, expected) => {
    for (const value of [word, Number(word), ` ${word} `]) {
      for (const statusId of [-1, 0, 1]) expect(said(table, ids(0, type, statusId, tx(value)))).toBe(expected)
    }
  })

  it.each(['7', '9', '-1', '00', '0.0', '01', '0x0', '1.0', 'Success', 'true', true, false, [], {}, [0], { value: 0 }])(
    'tx_status %p is none of Eko’s: nothing is known yet',
    (value) => {
      expect(said(table, ids(0, type, 0, tx(value)))).toBe('OK TRANSFER_PENDING')
    },
  )

  it.each([undefined, null, '', ' '])('a success without tx_status (%p) is none, and no failure either', (value) => {
    expect(said(table, ids(0, type, 0, tx(value)))).toBe(UNKNOWN)
    expect(said(table, ids(0, type, 0))).toBe(UNKNOWN)
  })

  it('a word that ends a transfer counts only in the documented answer; in any other it is inquired about', () => {
    for (const word of ['0', '3', '4']) {
      for (const body of [ids(0, NO_ID, 0, tx(word)), ids(1, type, 1, tx(word)), ids(null, type, 0, tx(word))]) {
        expect([word, said(table, body)]).toEqual([word, 'UNRECOGNISED_ANSWER TRANSFER_PENDING'])
      }
    }
    for (const body of [ids(0, NO_ID, 0, tx('1')), ids(null, type, 0, tx('1'))]) {
      expect(said(table, body)).toBe('UNRECOGNISED_ANSWER TRANSFER_PENDING')
    }
  })

  it('a response_status_id that repeats tx_status fits it, and another word about the money does not', () => {
    expect(said(table, ids(0, type, 3, tx('3')))).toBe('OK REFUND_PENDING')
    expect(said(table, ids(0, type, 4, tx('4')))).toBe('OK REFUNDED')
    for (const word of ['2', '5']) expect(said(table, ids(0, type, Number(word), tx(word)))).toBe('OK TRANSFER_PENDING')
    for (const statusId of [-2, 2, 3, 4, 5, 302, NO_ID]) {
      for (const word of ['0', '1', '3', '4'].filter((one) => one !== String(statusId))) {
        expect([word, statusId, PENDING.includes(said(table, ids(0, type, statusId, tx(word))))]).toEqual([
          ...[word, statusId, true],
        ])
      }
    }
  })

  it('a tx_status beside refused fields, or beside a response_status_id that is no id, is inquired about', () => {
    for (const word of ['0', '1', '3', '4']) {
      const refusing = ids(0, type, 0, tx(word, { invalid_params: { amount: 'Wrong' } }))
      const strange = ids(0, type, 0, tx(word, { response_status_id: 'failed' }))
      for (const body of [refusing, strange]) expect(PENDING).toContain(said(table, body))
    }
  })

  it('no code of a failure, no busy and no refused signature counts beside a tx_status', () => {
    for (const code of [36, 55, 168, 302, 303, 313, 319, 346, 347, 463, 2131, 2484, 2485]) {
      for (const word of ['0', '2', '3', '4', '9']) {
        expect([code, word, said(table, ids(code, code, 1, tx(word)))]).toEqual([
          ...[code, word, 'UNRECOGNISED_ANSWER TRANSFER_PENDING'],
        ])
      }
    }
    expect(PENDING).toContain(said(table, ids(0, type, -2, tx('0'))))
  })
})

describe('A refusal with its own word that it failed', () => {
  it.each([55, 302, 347, NO_ID])('%i with tx_status 1 is a failed debit, and none where it does not say so', (code) => {
    for (const table of of('initiateTransaction', 'loadWallet')) {
      for (const value of ['1', 1]) {
        expect(said(table, ids(code, code, 1, tx(value)))).toBe('BUSINESS_REJECT TRANSFER_FAILED')
      }
      for (const value of ['0', '2', '11', true]) {
        expect(said(table, ids(code, code, 1, tx(value)))).toBe('UNRECOGNISED_ANSWER TRANSFER_PENDING')
      }
    }
  })

  it('is no failed transfer in an inquiry or in a refund, whose own refusal says nothing of the transfer', () => {
    for (const table of of('transactionInquiry', 'initiateRefund')) {
      expect(said(table, ids(55, 55, 1, tx('1')))).toBe('UNRECOGNISED_ANSWER TRANSFER_PENDING')
    }
  })
})

describe('Loading a wallet and refunding', () => {
  it('another tx_status than the one that fits is inquired about', () => {
    for (const table of of('loadWallet', 'initiateRefund')) {
      const [type, fitting] = table.operation === 'loadWallet' ? [2447, '0'] : [74, '4']
      for (const word of ['0', '1', '2', '3', '4', '5', '9'].filter((one) => one !== fitting)) {
        const data = { tid: '1', refund_tid: '2', tx_status: word }
        expect([word, said(table, ids(0, type, 0, { data }))]).toEqual([word, 'UNRECOGNISED_ANSWER TRANSFER_PENDING'])
      }
    }
  })
})

const KNOWN = [
  ...[-2, -1, 0, 1, 2, 3, 4, 5, 6, 17, 36, 41, 55, 74, 97, 168, 302, 303, 313, 314, 319, 325, 346, 347, 463, 544],
  ...[945, 1388, 1472, 2131, 2138, 2447, 2485],
]
const anyId = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...KNOWN, ...KNOWN.map(String)) },
  { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.jsonValue()) },
)
const anyWord = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom<unknown>('0', '1', '2', '3', '4', '5', '6', 0, 1, 3, 4, '', null, ' 0 ', '00'),
  },
  fc.jsonValue(),
)
const anyBody = fc.record(
  {
    status: anyId,
    response_type_id: anyId,
    response_status_id: anyId,
    message: fc.oneof(fc.constantFrom<unknown>('OTP already Consumed', 'Cooling period', 'Failed'), fc.jsonValue()),
    data: fc.oneof(
      fc.record(
        { tx_status: anyWord, tid: fc.constant('1'), refund_tid: fc.constantFrom('2', '') },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    ),
    invalid_params: fc.oneof(fc.constantFrom<unknown>({ amount: 'Wrong' }), fc.jsonValue()),
  },
  { requiredKeys: [] },
)

/** What the body itself says of the money; undefined where nothing. */
function wordIn(body: unknown): unknown {
  const data = (body as Body | null)?.data
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  const word = data.tx_status
  return typeof word === 'string' ? word.trim() : word
}

describe.each(of(...ABOUT_MONEY).map((table) => ({ name: tableName(table), table })))(
  '$name, whatever the body',
  ({ table }) => {
    const check = (http: fc.Arbitrary<number>): void => {
      const body = fc.oneof({ weight: 9, arbitrary: anyBody }, fc.jsonValue())
      fc.assert(
        fc.property(body, http, (value, status) => {
          const json = JSON.parse(JSON.stringify(value) ?? 'null') as unknown
          const word = wordIn(json)
          const { answer, class: kind } = classify(table, answered(json, status))
          if (answer === 'TRANSFER_DONE') expect(['0', 0]).toContain(word)
          if (answer === 'TRANSFER_FAILED') expect(['1', 1]).toContain(word)
          if (answer === 'REFUND_PENDING') expect(['3', 3]).toContain(word)
          if (answer === 'REFUNDED') expect(['4', 4]).toContain(word)
          if (answer === 'WALLET_LOADED') expect([undefined, null, '', '0', 0]).toContain(word)
          if (answer === 'REFUND_DONE') expect([undefined, null, '', '4', 4]).toContain(word)
          // Where there is a word, only a failed one is a definite end of another kind than success.
          const isThere = ![undefined, null, ''].includes(word as never)
          if (isThere && kind === 'BUSINESS_REJECT') expect(answer).toBe('TRANSFER_FAILED')
          if (isThere && status === 200) expect(['BUSY', 'NOT_SENT', 'CONFIGURATION']).not.toContain(answer)
        }),
        { numRuns: 3_000 },
      )
    }

    it('no transfer is done without tx_status 0, none failed without 1, none refunded without 4', () => {
      check(fc.constant(200))
    })

    it('nor under any other HTTP status', () => {
      check(fc.constantFrom(201, 202, 400, 401, 403, 404, 409, 429, 500, 503))
    })
  },
)

it('no other operation of recipients or money has a word about a transfer', () => {
  for (const table of moneyTables().filter(({ operation }) => !ABOUT_MONEY.includes(operation))) {
    const answers = table.rows.map(({ answer }) => answer)
    expect(answers.filter((answer) => /^(TRANSFER_(DONE|FAILED|PENDING)|REFUND|WALLET_LOADED)/.test(answer))).toEqual(
      [],
    )
  }
})
