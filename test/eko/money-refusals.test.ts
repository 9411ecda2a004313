import { describe, expect, it } from '@jest/globals'
import type { EkoOperation, OperationTable } from '../../activities/eko/index.js'
import { type Body, moneyTables, tableName } from './helpers.js'
import { ids, NO_ID, said } from './verdicts.js'

const UNKNOWN = 'UNRECOGNISED_ANSWER UNRECOGNISED_ANSWER'
const UNPROVEN = 'UNKNOWN_OUTCOME UNKNOWN_OUTCOME'
const refusedAs = (answer: string): string => `BUSINESS_REJECT ${answer}`

/** A code in each of the places where Eko's pages have them. */
const places = (code: number, rest: Partial<Body> = {}): Body[] => [
  ids(code, code, 1, rest),
  ids(code, -1, 1, rest),
  ids(1, -1, code, rest),
]
const is = ({ operation }: OperationTable, ...operations: readonly EkoOperation[]): boolean =>
  operations.includes(operation)
const among = (...operations: readonly EkoOperation[]): OperationTable[] =>
  moneyTables().filter((table) => is(table, ...operations))

const DEBITS: readonly EkoOperation[] = ['initiateTransaction', 'loadWallet', 'initiateRefund']
const VERIFIES: readonly EkoOperation[] = ['validateRecipientBankOtp', 'initiateTransaction', 'initiateRefund']
const LIMITED: readonly EkoOperation[] = ['sendTransactionOtp', 'initiateTransaction', 'loadWallet']
const NAMES_RECIPIENT: readonly EkoOperation[] = [
  ...(['addRecipient', 'addRecipientBank', 'generateRecipientBankOtp'] as const),
  ...(['validateRecipientBankOtp', 'sendTransactionOtp', 'initiateTransaction'] as const),
]
const ADDS: readonly EkoOperation[] = ['addRecipient', 'addRecipientBank', 'generateRecipientBankOtp']
const NAMES_TRANSACTION: readonly EkoOperation[] = ['transactionInquiry', 'generateRefundOtp', 'initiateRefund']
const COOLS: readonly EkoOperation[] = [
  ...(['generateRecipientBankOtp', 'validateRecipientBankOtp'] as const),
  ...(['sendTransactionOtp', 'initiateTransaction'] as const),
]

/** Eko's table of failures: what each code means, and on which operations; elsewhere it is a refusal to be told. */
const CODES: readonly (readonly [codes: readonly number[], answer: string, on: readonly EkoOperation[]])[] = [
  [[347], 'INSUFFICIENT_BALANCE', LIMITED],
  [[36, 314, 945], 'TRANSFER_LIMIT', LIMITED],
  [
    [41, 44, 45, 46, 48, 102, 122, 131, 136, 140, 145, 313, 350, 508, 521, 536, 537],
    'RECIPIENT_REFUSED',
    NAMES_RECIPIENT,
  ],
  [[39], 'RECIPIENT_LIMIT', ['addRecipient']],
  [[342], 'RECIPIENT_EXISTS', ADDS],
  [[168], 'TRANSACTION_NOT_FOUND', NAMES_TRANSACTION],
  [[17, 31, 53, 317, 327, 344, 460, 544, 585, 2134, 2135, 2148], 'REFUSED', []],
]
const codes = CODES.flatMap(([all, answer, on]) => all.map((code) => ({ code, answer, on })))

describe('A code of Eko’s table of failures, in whichever id it stands', () => {
  it.each(codes)('$code is $answer where that can be, and a refusal elsewhere', ({ code, answer, on }) => {
    for (const table of moneyTables()) {
      for (const body of places(code)) {
        expect([tableName(table), said(table, body)]).toEqual([
          tableName(table),
          refusedAs(is(table, ...on) ? answer : 'REFUSED'),
        ])
      }
    }
  })

  it('that no page has is no refusal', () => {
    for (const table of moneyTables()) for (const body of places(NO_ID)) expect(said(table, body)).toBe(UNKNOWN)
  })

  it('decides nothing beside status 0', () => {
    for (const table of moneyTables()) {
      for (const { code } of codes) expect(said(table, ids(0, code, 0))).not.toContain('BUSINESS_REJECT')
    }
  })
})

describe('A declined transfer without tx_status', () => {
  it('is no proof that nothing was debited, where money would have moved', () => {
    for (const table of moneyTables()) {
      for (const body of places(55)) {
        expect(said(table, body)).toBe(is(table, ...DEBITS) ? UNPROVEN : refusedAs('REFUSED'))
      }
    }
  })

  it('that refuses the call’s own reference may be the answer to what was carried out before', () => {
    for (const table of moneyTables()) {
      const body = ids(461, -1, 1, { invalid_params: { client_ref_id: 'Duplicate client_ref_id' } })
      expect(said(table, body)).toBe(is(table, ...DEBITS) ? UNPROVEN : refusedAs('FIELDS_REFUSED'))
      for (const other of [
        ids(NO_ID, NO_ID, 1, { invalid_params: { client_ref_id: 'x' } }),
        ids(0, -1, 0, { invalid_params: { client_ref_id: 'x' } }),
      ]) {
        expect(said(table, other)).toBe(UNKNOWN)
      }
    }
  })

  it('that finds a code used up may be the answer to an attempt that was carried out', () => {
    for (const table of among(...VERIFIES)) {
      for (const code of [302, 303, 2131, 2138]) {
        for (const said_ of [{ message: 'OTP already Consumed' }, { data: { description: 'Otp CONSUMED' } }]) {
          for (const body of places(code, said_)) {
            const answer = said(table, body)
            if (is(table, ...DEBITS)) expect(answer).toBe(UNPROVEN)
            else expect(answer).toMatch(/WRONG_CODE|CODE_EXPIRED/)
          }
        }
      }
      expect(said(table, ids(36, 36, 1, { message: 'Limit consumed' }))).not.toBe(UNPROVEN)
    }
  })
})

describe('A code that is refused', () => {
  it('is a wrong or an expired one where a code is verified, and nothing that we know elsewhere', () => {
    for (const table of moneyTables()) {
      const verifies = is(table, ...VERIFIES)
      for (const code of [302, 2131, 2138]) {
        for (const body of places(code)) expect(said(table, body)).toBe(verifies ? refusedAs('WRONG_CODE') : UNKNOWN)
        for (const body of places(code, { message: 'OTP expired' })) {
          expect(said(table, body)).toBe(verifies ? refusedAs('CODE_EXPIRED') : UNKNOWN)
        }
      }
      for (const body of places(303)) expect(said(table, body)).toBe(verifies ? refusedAs('CODE_EXPIRED') : UNKNOWN)
      expect(said(table, ids(2131, 2131, 1, { message: 'Customer Already registred' }))).toBe(
        verifies ? refusedAs('REFUSED') : UNKNOWN,
      )
    }
  })
})

describe('A recipient that is there already, in words', () => {
  it.each(['Beneficiary allready added!', 'beneficiary already added', 'Alredy there'])('"%s" with 2148', (text) => {
    for (const table of moneyTables()) {
      for (const told of [{ message: text }, { data: { description: text } }]) {
        for (const body of places(2148, told)) {
          expect(said(table, body)).toBe(refusedAs(is(table, ...ADDS) ? 'RECIPIENT_EXISTS' : 'REFUSED'))
        }
        for (const body of places(17, told)) expect(said(table, body)).toBe(refusedAs('REFUSED'))
      }
    }
  })
})

describe('The cooling period, which has no code', () => {
  const body = (message: string, status: number | null = 1, type = -1): Body => ids(status, type, 1, { message })

  it('is known by its word in a failure', () => {
    for (const table of moneyTables()) {
      for (const text of ['Recipient bank is in cooling period.', 'COOLING-off: wait an hour']) {
        for (const told of [body(text), body(text, NO_ID, NO_ID), ids(1, -1, 1, { data: { description: text } })]) {
          expect(said(table, told)).toBe(is(table, ...COOLS) ? refusedAs('COOLING') : UNKNOWN)
        }
      }
    }
  })

  it('is not known by it without a failed status, nor by another word', () => {
    for (const table of moneyTables()) {
      for (const status of [0, null]) expect(said(table, body('Cooling period', status))).toBe(UNKNOWN)
      for (const text of ['Recooling', 'coolings', 'Please wait']) expect(said(table, body(text))).toBe(UNKNOWN)
    }
  })
})

describe('An id of onboarding', () => {
  it('is documented for no operation of money, and so is nothing that we know', () => {
    for (const table of moneyTables()) {
      for (const id of [2136, 2147]) {
        for (const body of [ids(id, id, 1), ids(0, id, 0)]) expect(said(table, body)).toBe(UNKNOWN)
      }
    }
  })
})

describe('Levin’s wallet token', () => {
  const withToken = moneyTables().filter(({ parameters }) => parameters.some(({ name }) => name === 'wallet_token'))

  it('goes with every call of recipients and transfers there', () => {
    expect(withToken.map(tableName).sort()).toEqual([
      ...['levin addRecipient', 'levin addRecipientBank', 'levin getRecipients'],
      ...['levin initiateTransaction', 'levin sendTransactionOtp'],
    ])
  })

  it('asks for the sender’s code again where it is refused', () => {
    const field = ids(97, -1, 1, { invalid_params: { wallet_token: 'Please provide the value' } })
    for (const table of moneyTables()) {
      const sent = withToken.includes(table)
      for (const body of [ids(1, 1388, 463), ids(463, -1, 1, { message: 'Invalid wallet token' })]) {
        expect(said(table, body)).toBe(refusedAs(sent ? 'WALLET_TOKEN_REFUSED' : 'SENDER_UNKNOWN'))
      }
      expect(said(table, field)).toBe(refusedAs(sent ? 'WALLET_TOKEN_REFUSED' : 'FIELDS_REFUSED'))
      for (const body of places(463)) expect(said(table, body)).toBe(refusedAs('SENDER_UNKNOWN'))
      for (const body of places(308)) expect(said(table, body)).toBe(refusedAs('SENDER_UNKNOWN'))
    }
  })
})
