import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { answerOf } from '../../activities/eko/answer.js'
import { classify } from '../../activities/eko/classify.js'
import { type EkoAnswer, type EkoOperation, operationTable } from '../../activities/eko/index.js'
import { sealAnswer } from '../../activities/seal-answer.js'
import type { Sealer } from '../../secrets/index.js'
import { MONEY_ANSWERS } from '../../workflows/calls.js'
import type { Rail } from '../../workflows/messages.js'
import { moneyOutcomeOf, outcomeOf } from '../../workflows/outcome-guards.js'
import { answered, type Body, type DocumentedAnswer, fixture, moneyTables } from './helpers.js'
import { ids } from './verdicts.js'

function outcome(rail: Rail, operation: EkoOperation, body: unknown, http = 200): EkoAnswer {
  const table = operationTable(rail, operation)
  if (!table) throw new Error(`no ${rail} ${operation}`)
  const result = answered(body, http)
  return answerOf(table, classify(table, result), result, { clientRefId: 'J1a1', secrets: [], now: 0 })
}
interface Operation {
  readonly rail: Rail
  readonly operation: EkoOperation
  readonly answers: readonly DocumentedAnswer[]
}
const documented = fixture<Operation[]>('operations.json')
const sample = (rail: Rail, operation: EkoOperation): Body =>
  documented.find((one) => one.rail === rail && one.operation === operation)?.answers[0]?.body ?? {}

const NOTHING = {
  ...{ tid: null, txStatus: null, amountPaise: null, feePaise: null, bankRefNum: null },
  ...{ clientRefId: null, timestamp: null, refundTid: null, refundedPaise: null },
}

describe('What an answer says of a transaction', () => {
  it.each(['digikhata', 'levin'] as const)('the debit of %s’s page', (rail) => {
    expect(outcome(rail, 'initiateTransaction', sample(rail, 'initiateTransaction')).transfer).toEqual({
      ...{ ...NOTHING, tid: '2886522975', txStatus: '0', amountPaise: 11_000, feePaise: 400 },
      ...{ bankRefNum: '250121123714472002', timestamp: '2025-01-21T07:07:20.562Z' },
    })
  })

  it('the inquiry, the loaded wallet and the refund of their pages', () => {
    expect(outcome('levin', 'transactionInquiry', sample('levin', 'transactionInquiry')).transfer).toEqual({
      ...{ ...NOTHING, tid: '12971397', txStatus: '0', amountPaise: 104_500, feePaise: 500 },
      ...{ bankRefNum: '1000009407', clientRefId: 'Settlemet7206123420', timestamp: '2019-11-01 17:50:44' },
    })
    expect(outcome('digikhata', 'loadWallet', sample('digikhata', 'loadWallet')).transfer).toEqual({
      ...{ ...NOTHING, tid: '355419717321', feePaise: 500 },
    })
    expect(outcome('digikhata', 'initiateRefund', sample('digikhata', 'initiateRefund')).transfer).toEqual({
      ...{ ...NOTHING, tid: '13192443', amountPaise: 500_000, feePaise: 5_000 },
      ...{ timestamp: '2018-10-30T12:00:14.058Z', refundTid: '2147591637', refundedPaise: 505_000 },
    })
  })

  const transferWith = (data: Record<string, unknown>) =>
    outcome('digikhata', 'initiateTransaction', ids(0, 325, 0, { data: { tid: '1', tx_status: '2', ...data } }))
      .transfer

  it.each([
    ['114.0', 11_400],
    ['110.00', 11_000],
    [110, 11_000],
    [110.5, 11_050],
    [0.29, 29],
    ['0', 0],
    ['2.22263731286E9', 222_263_731_286],
    ['1.0E7', 1_000_000_000],
    [2.22263731286e9, 222_263_731_286],
    ['', null],
    [null, null],
    ['1e3', null],
    ['-5', null],
    [-5, null],
    ['0.001', null],
    ['1.23456E2', null],
    ['9.9E99', null],
    [1e300, null],
    [true, null],
    [{}, null],
  ])('rupees %p are %p paise, exactly', (rupees, paise) => {
    expect(transferWith({ amount: rupees, fee: rupees, refunded_amount: rupees })).toMatchObject({
      ...{ amountPaise: paise, feePaise: paise, refundedPaise: paise },
    })
  })

  it('numbers are references too, unless JSON could not hold them exactly; what is no reference is none', () => {
    expect(transferWith({ tid: 2_886_522_975, bank_ref_num: 250_121 })).toMatchObject({
      ...{ tid: '2886522975', bankRefNum: '250121' },
    })
    expect(transferWith({ tid: 2 ** 60, bank_ref_num: 'a b', refund_tid: '<x>', client_ref_id: {} })).toMatchObject({
      ...{ tid: null, bankRefNum: null, refundTid: null, clientRefId: null },
    })
    for (const timestamp of ['today', '6000000123', 20_250_121, '2025-01-21']) {
      expect(transferWith({ timestamp })?.timestamp).toBeNull()
    }
    expect(transferWith({ timestamp: '2025-01-21T07:07:20+05:30' })?.timestamp).toBe('2025-01-21T07:07:20+05:30')
  })

  it('a word that no page has is kept as it is, and what is no word is null', () => {
    expect(transferWith({ tx_status: '9' })?.txStatus).toBe('9')
    expect(transferWith({ tx_status: 2 })?.txStatus).toBe('2')
    for (const tx_status of [{}, [], true, 'see 6000000123 please', 'x'.repeat(21)]) {
      expect(transferWith({ tx_status })?.txStatus).toBeNull()
    }
  })

  it('is kept whatever the answer means, so that an unknown outcome can be inquired about by its id', () => {
    const data = { tid: '77', description: 'x' }
    for (const [body, http] of [
      [ids(55, 55, 1, { data }), 200],
      [ids(347, 347, 1, { data }), 200],
      [ids(9999, 9999, 1, { data }), 200],
      [ids(0, 325, 0, { data }), 500],
    ] as const) {
      expect(outcome('levin', 'initiateTransaction', body, http).transfer).toEqual({ ...NOTHING, tid: '77' })
    }
  })

  it('is nothing without an id or a word, nor on a call that is about no transaction', () => {
    const body = ids(347, 347, 1, { data: { amount: '110' } })
    expect(outcome('levin', 'initiateTransaction', body)).not.toHaveProperty('transfer')
    const other = ids(36, 36, 1, { data: { tid: '1', tx_status: '1' } })
    expect(outcome('digikhata', 'sendTransactionOtp', other)).not.toHaveProperty('transfer')
    expect(outcome('digikhata', 'addRecipient', other)).not.toHaveProperty('transfer')
  })
})

describe('What an answer says of recipients', () => {
  it.each(['digikhata', 'levin'] as const)('the list of %s’s page: names and accounts masked', (rail) => {
    expect(outcome(rail, 'getRecipients', sample(rail, 'getRecipients')).recipients).toEqual([
      {
        ...{ recipientId: 10_018_839, nameMasked: 'S*****', bank: 'Kotak Mahindra Bank', ifsc: 'KKBK0000878' },
        ...{ accountMasked: 'XXXXXXXX0657', beneficiaryId: '40378' },
      },
      {
        ...{ recipientId: 10_065_177, nameMasked: 'S***** T**', bank: 'State Bank of India', ifsc: 'SBIN00005656' },
        ...{ accountMasked: 'XXXXXXXXXXXX45'.slice(1), beneficiaryId: null },
      },
    ])
  })

  const listed = (recipient_list: unknown) =>
    outcome('levin', 'getRecipients', ids(0, 23, 0, { data: { recipient_list } })).recipients

  it('an empty list is one; entries without an id are left out, and what is garbled is null or empty', () => {
    expect(outcome('levin', 'getRecipients', ids(0, 22, -1)).recipients).toEqual([])
    expect(listed([])).toEqual([])
    expect(listed([null, 7, [], {}, { recipient_id: 'x' }, { recipient_id: 0 }, { recipient_id: 1.5 }])).toEqual([])
    expect(listed([{ recipient_id: '42', recipient_name: {}, bank: [], ifsc: 'no ifsc', account: null }])).toEqual([
      { recipientId: 42, nameMasked: '', bank: null, ifsc: null, accountMasked: '', beneficiaryId: null },
    ])
  })

  it('never a whole account, nor a number in place of a name', () => {
    const [one] = listed([{ recipient_id: 1, recipient_name: '6000000123', account: '10000000000457' }]) ?? []
    expect(one).toMatchObject({ nameMasked: 'xxxxxxxxxx', accountMasked: 'XXXXXXXXXX0457' })
    expect(listed([{ recipient_id: 1, account: '123456' }])?.[0]?.accountMasked).toBe('XXXX56')
  })

  it('ids of who was added, and of a bank with the code that verifies it', () => {
    expect(outcome('levin', 'addRecipient', sample('levin', 'addRecipient')).recipientId).toBe(10_017_740)
    const garbled = outcome('levin', 'addRecipient', ids(0, 43, 0, { data: { recipient_id: 'x' } }))
    expect([garbled.answer, garbled.recipientId]).toEqual(['RECIPIENT_ADDED', undefined])
    const bank = outcome('levin', 'addRecipientBank', sample('levin', 'addRecipientBank'))
    expect([bank.beneficiaryId, bank.otpRefId]).toEqual(['40367', undefined])
    const sent = outcome('digikhata', 'generateRecipientBankOtp', sample('digikhata', 'generateRecipientBankOtp'))
    expect([sent.beneficiaryId, typeof sent.otpRefId]).toEqual(['4202888', 'string'])
  })

  it('refused fields by our names', () => {
    const body = ids(97, -1, 1, { message: 'Check', invalid_params: { bank_code: 'Wrong', recipient_name: 'Long' } })
    expect(outcome('digikhata', 'addRecipient', body).fieldErrors).toEqual({ ifsc: 'Wrong', recipientName: 'Long' })
  })
})

describe('What leaves the activity', () => {
  const sealer: Pick<Sealer, 'seal'> = { seal: ({ field }) => Promise.resolve(`sealed.${field}`) }

  it('is the same, with every reference of a code sealed, and is taken by the guard of money only', async () => {
    for (const { rail, operation } of moneyTables()) {
      const answer = outcome(rail, operation, sample(rail, operation))
      const sealed = await sealAnswer(answer, sealer as Sealer, 'journey', '')
      const { otpRefId, ...open } = answer
      expect(sealed).toEqual({ ...open, ...(otpRefId !== undefined && { otpRefId: 'sealed.otpRefId' }) })
      const told = JSON.parse(JSON.stringify(sealed)) as unknown
      expect(JSON.stringify(told)).not.toMatch(/zCISyglexo|Channel4|10000000000457|100000534|6000000321/)
      const read = moneyOutcomeOf(told)
      const { transfer, ...rest } = sealed
      expect(read).toMatchObject(rest)
      if (transfer) expect(read?.transfer).toMatchObject(transfer)
      const isMoney = MONEY_ANSWERS.some((one) => one === answer.answer)
      expect(outcomeOf(told) === null).toBe(isMoney)
    }
  })

  it('is none where an amount is no whole number, or an id none', () => {
    const good = { class: 'OK', answer: 'TRANSFER_DONE', transfer: { tid: '1', txStatus: '0', amountPaise: 100 } }
    expect(moneyOutcomeOf(good)).toEqual(good)
    for (const amountPaise of [1.5, -1, '100', 2 ** 60, Number.NaN]) {
      expect(moneyOutcomeOf({ ...good, transfer: { ...good.transfer, amountPaise } })).toBeNull()
    }
    for (const bad of [{ tid: 1 }, { txStatus: 0 }, { refundTid: {} }, 'x', []]) {
      expect(moneyOutcomeOf({ ...good, transfer: bad })).toBeNull()
    }
    for (const bad of [{ recipients: {} }, { recipients: [{ recipientId: 'x' }] }, { recipientId: 1.5 }]) {
      expect(moneyOutcomeOf({ class: 'OK', answer: 'RECIPIENTS', ...bad })).toBeNull()
    }
    for (const answer of ['TRANSFERRED', 'toString', 7, null])
      expect(moneyOutcomeOf({ class: 'OK', answer })).toBeNull()
  })
})

it('any JSON as an answer about money is read', () => {
  const body = fc.record(
    {
      status: fc.constantFrom<unknown>(0, 2133, 55),
      response_type_id: fc.constantFrom<unknown>(22, 23, 43, 74, 325, 1472, 1741, 2131, 2133, 2447, -1),
      data: fc.oneof(
        fc.jsonValue(),
        fc.record({
          ...{ tid: fc.jsonValue(), tx_status: fc.jsonValue(), amount: fc.jsonValue(), fee: fc.jsonValue() },
          ...{ timestamp: fc.jsonValue(), recipient_id: fc.jsonValue(), beneficiary_id: fc.jsonValue() },
          recipient_list: fc.array(
            fc.oneof(fc.jsonValue(), fc.record({ recipient_id: fc.integer(), account: fc.jsonValue() })),
          ),
        }),
      ),
    },
    { requiredKeys: ['status'] },
  )
  fc.assert(
    fc.property(fc.constantFrom(...moneyTables()), body, (table, value) => {
      const answer = outcome(table.rail, table.operation, value)
      const { transfer } = answer
      for (const paise of [transfer?.amountPaise, transfer?.feePaise, transfer?.refundedPaise]) {
        expect(paise === undefined || paise === null || (Number.isSafeInteger(paise) && paise >= 0)).toBe(true)
      }
      expect(moneyOutcomeOf(JSON.parse(JSON.stringify(answer)))).not.toBeNull()
    }),
    { numRuns: 3_000 },
  )
})
