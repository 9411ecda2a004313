import { describe, expect, it } from '@jest/globals'
import { classify } from '../../activities/eko/classify.js'
import { type EkoOperation, type OperationTable, operationTable } from '../../activities/eko/index.js'
import type { Rail } from '../../workflows/messages.js'
import { allTables, answered, moneyTables, tableName } from './helpers.js'
import { ids, NO_ID, said } from './verdicts.js'

const UNKNOWN = 'UNRECOGNISED_ANSWER UNRECOGNISED_ANSWER'

function find(name: string): OperationTable {
  const [rail, operation] = name.split(' ') as [Rail, EkoOperation]
  const table = operationTable(rail, operation)
  if (!table) throw new Error(`no ${name}`)
  return table
}

/** Written down a second time: the ids of a success, and the fields without which it is none. */
type Success = readonly [name: string, status: number, type: number, data: Record<string, unknown>, answer: string]
const both = (operation: string): string[] => [`digikhata ${operation}`, `levin ${operation}`]
const REF = { otp_ref_id: 'opaque+reference/==' }
const LIST = { recipient_list: [{ recipient_id: 1 }] }
const SUCCESSES: readonly Success[] = [
  ...both('getRecipients').map((name): Success => [name, 0, 23, LIST, 'RECIPIENTS']),
  ...both('addRecipient').map((name): Success => [name, 0, 43, { recipient_id: 10_017_740 }, 'RECIPIENT_ADDED']),
  ['levin addRecipientBank', 0, 1741, { beneficiary_id: '40367' }, 'BANK_ADDED'],
  ['digikhata generateRecipientBankOtp', 0, 1741, { beneficiary_id: '4202888', ...REF }, 'BANK_ADDED'],
  ['digikhata validateRecipientBankOtp', 0, 2131, {}, 'BANK_VERIFIED'],
  ['digikhata loadWallet', 0, 2447, { tid: '355419717321' }, 'WALLET_LOADED'],
  ['digikhata loadWallet', 0, 2447, { tid: '355419717321', tx_status: '0' }, 'WALLET_LOADED'],
  ...both('sendTransactionOtp').map((name): Success => [name, 2133, 2133, REF, 'OTP_SENT']),
  ...both('generateRefundOtp').map((name): Success => [name, 2133, 2133, REF, 'OTP_SENT']),
  ...both('initiateRefund').flatMap((name): Success[] => [
    [name, 0, 74, { refund_tid: '2147591637' }, 'REFUND_DONE'],
    [name, 0, 74, { refund_tid: '2147591637', tx_status: '4' }, 'REFUND_DONE'],
  ]),
]

describe.each(SUCCESSES.map(([name, status, type, data, answer]) => ({ name, status, type, data, answer })))(
  '$name: $status with type $type and $data',
  ({ name, status, type, data, answer }) => {
    const table = find(name)

    it(`went through: ${answer}`, () => {
      for (const statusId of [-1, 0, 1]) {
        expect(said(table, ids(status, type, statusId, { data }))).toBe(`OK ${answer}`)
      }
    })

    it('is nothing without its type, its status, or under another HTTP status', () => {
      expect(said(table, ids(status, NO_ID, 0, { data }))).not.toContain('OK')
      for (const other of [NO_ID, 1, null]) {
        expect([other, said(table, ids(other, type, 0, { data }))]).not.toEqual([other, `OK ${answer}`])
      }
      for (const http of [201, 202, 400, 500]) {
        expect(said(table, ids(status, type, 0, { data }), http)).not.toContain('OK')
      }
    })

    it('is nothing where it contradicts itself', () => {
      for (const statusId of [-2, 2, 3, 302, NO_ID]) {
        expect([statusId, said(table, ids(status, type, statusId, { data }))]).not.toEqual([statusId, `OK ${answer}`])
      }
      const refusing = ids(status, type, 0, { data, invalid_params: { amount: 'Wrong' } })
      expect(said(table, refusing)).not.toContain('OK')
    })

    const fields = Object.keys(data).filter((field) => field !== 'tx_status')
    if (fields.length > 0) {
      it.each(fields)('is nothing without %s, or with another kind of value in it', (field) => {
        for (const value of [undefined, null, '', ' ', {}, false]) {
          const body = ids(status, type, 0, { data: { ...data, [field]: value } })
          expect([value, said(table, body)]).not.toEqual([value, `OK ${answer}`])
        }
      })
    }
  },
)

describe('A list of recipients', () => {
  it('is one with nothing in it too, and none where it is missing: that would be no proof that nobody was added', () => {
    for (const name of both('getRecipients')) {
      const list = (type: number, data?: Record<string, unknown>): string =>
        said(find(name), ids(0, type, 0, data ? { data } : {}))
      expect(list(23, { recipient_list: [] })).toBe('OK RECIPIENTS')
      for (const other of [undefined, {}, { recipient_list: null }, { recipient_list: {} }]) {
        expect(list(23, other)).toBe(UNKNOWN)
      }
    }
  })

  it('is empty by its own id, unless it says otherwise', () => {
    for (const name of both('getRecipients')) {
      const table = find(name)
      for (const data of [undefined, {}, { recipient_list: [] }, { recipient_list: '' }]) {
        expect(said(table, ids(0, 22, -1, data ? { data } : {}))).toBe('OK RECIPIENTS')
      }
      for (const recipient_list of [[{ recipient_id: 1 }], {}, 'x']) {
        expect(said(table, ids(0, 22, -1, { data: { recipient_list } }))).toBe(UNKNOWN)
      }
      for (const status of [22, 1, null]) expect(said(table, ids(status, 22, -1))).toBe(UNKNOWN)
      expect(said(table, ids(0, NO_ID, -1))).toBe(UNKNOWN)
    }
  })
})

describe('The code of a recipient’s bank', () => {
  const table = find('digikhata validateRecipientBankOtp')
  const answer = (message: string, statusId = 0, data: Record<string, unknown> = { application_id: '' }): string =>
    said(table, ids(2131, 2131, statusId, { message, data }))

  it('is taken where Eko’s message says no more than that, under the ids of a refused one', () => {
    for (const message of ['Validate OTP', 'validate otp', ' Validate OTP. ', 'Validate OTP!']) {
      expect(answer(message)).toBe('OK BANK_VERIFIED')
    }
  })

  it('is refused by any other message, and by a description', () => {
    for (const message of ['Validate OTP Failed', 'Not Validate OTP', 'Invalid OTP', '']) {
      expect(answer(message)).toBe('BUSINESS_REJECT WRONG_CODE')
    }
    expect(answer('Validate OTP', 0, { description: 'Invalid OTP' })).toBe('BUSINESS_REJECT WRONG_CODE')
    expect(answer('Validate OTP', 302)).toBe('BUSINESS_REJECT WRONG_CODE')
    expect(answer('Validate OTP', 303)).toBe('BUSINESS_REJECT CODE_EXPIRED')
    expect(answer('Validate OTP: expired')).toBe('BUSINESS_REJECT CODE_EXPIRED')
  })

  it('is not taken by its message alone', () => {
    const message = 'Validate OTP'
    expect(said(table, ids(NO_ID, NO_ID, 0, { message }))).toBe(UNKNOWN)
    expect(said(table, ids(NO_ID, 2131, 0, { message }))).toBe('BUSINESS_REJECT WRONG_CODE')
    expect(said(table, ids(2131, NO_ID, 0, { message }))).toBe('BUSINESS_REJECT WRONG_CODE')
  })
})

/** What our reading of Eko's pages says about an answer that was lost. */
const CALLS: Readonly<Record<string, string>> = {
  'digikhata getRecipients': 'RUN_AGAIN',
  'levin getRecipients': 'RUN_AGAIN',
  'digikhata addRecipient': 'READ_RECIPIENTS',
  'levin addRecipient': 'READ_RECIPIENTS',
  'levin addRecipientBank': 'READ_RECIPIENTS',
  'digikhata generateRecipientBankOtp': 'UNCERTAIN_DISPATCH',
  'digikhata validateRecipientBankOtp': 'READ_RECIPIENTS',
  'digikhata loadWallet': 'INQUIRE',
  'digikhata sendTransactionOtp': 'UNCERTAIN_DISPATCH',
  'levin sendTransactionOtp': 'UNCERTAIN_DISPATCH',
  'digikhata initiateTransaction': 'INQUIRE',
  'levin initiateTransaction': 'INQUIRE',
  'digikhata transactionInquiry': 'RUN_AGAIN',
  'levin transactionInquiry': 'RUN_AGAIN',
  'digikhata generateRefundOtp': 'UNCERTAIN_DISPATCH',
  'levin generateRefundOtp': 'UNCERTAIN_DISPATCH',
  'digikhata initiateRefund': 'INQUIRE',
  'levin initiateRefund': 'INQUIRE',
}

describe('A call of recipients or money', () => {
  it('is written down here', () => {
    expect(moneyTables().map(tableName).sort()).toEqual(Object.keys(CALLS).sort())
    expect(allTables()).toEqual(expect.arrayContaining(moneyTables()))
  })

  it.each(moneyTables().map((table) => ({ name: tableName(table), table })))(
    '$name: a lost answer is repeated only where the call reads',
    ({ name, table }) => {
      expect(table.onUnknown).toBe(CALLS[name])
      expect(table.repeatable).toBe(table.method === 'GET')
      expect(table.repeatable).toBe(table.onUnknown === 'RUN_AGAIN')
      // Their codes count against no quota of an onboarding journey.
      expect([table.dependency, table.sends]).toEqual(['EKO_TRANSPORT', undefined])
    },
  )

  it('has no success row that is open: each names status and type, and nothing that belongs to failures', () => {
    for (const table of moneyTables()) {
      for (const { match, title } of table.rows.filter((row) => row.class === 'OK')) {
        expect([title, match.status, match.type]).not.toContain(undefined)
        const open = [match.http, match.code, match.statusId, match.failed, match.unsuccessful, match.refuses]
        expect([title, ...open.filter((condition) => condition !== undefined)]).toEqual([title])
      }
    }
  })

  it('decides by HTTP as every call does: 5xx and no JSON are unknown, 429 is busy only where it reads', () => {
    for (const table of moneyTables()) {
      for (const http of [500, 502, 504]) {
        const body = ids(0, 325, 0, { data: { tx_status: '1', tid: '1' } })
        expect(said(table, body, http)).toBe('UNKNOWN_OUTCOME UNKNOWN_OUTCOME')
      }
      expect(said(table, {}, 429)).toBe(table.method === 'GET' ? 'BUSY BUSY' : 'UNKNOWN_OUTCOME UNKNOWN_OUTCOME')
      for (const body of ['', '<html></html>', null]) {
        const result = { kind: 'ANSWER', httpStatus: 200, headers: {}, headAt: 0, body } as const
        expect(classify(table, result).class).toBe('UNKNOWN_OUTCOME')
      }
      expect(classify(table, answered({ status: 0 })).class).toBe('UNRECOGNISED_ANSWER')
    }
  })
})
