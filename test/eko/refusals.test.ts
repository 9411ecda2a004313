import { describe, expect, it } from '@jest/globals'
import { classify } from '../../activities/eko/classify.js'
import type { EkoOperation, OperationTable } from '../../activities/eko/index.js'
import { answered, type Body, tables } from './helpers.js'
import { ids } from './verdicts.js'

const described = (description: string): Partial<Body> => ({ message: 'Validate OTP Failed', data: { description } })

const verdictOf = (table: OperationTable, body: Body, http = 200) => {
  const verdict = classify(table, answered(body, http))
  return { class: verdict.class, answer: verdict.answer }
}
const tablesOf = (...operations: EkoOperation[]) => tables().filter(({ operation }) => operations.includes(operation))
const codeVerifications = tablesOf('verifySenderOtp', 'verifyAadhaarOtp')
const refusedAs = (answer: string) => ({ class: 'BUSINESS_REJECT', answer })

describe('A customer who is registered already', () => {
  it.each(['Customer Already registred', 'customer already registered', 'Allready Registerd!', 'Already  registered'])(
    'costs no try of a code: "%s"',
    (text) => {
      for (const table of codeVerifications) {
        for (const said of [{ message: text }, described(text)]) {
          for (const body of [ids(2131, 2131, 1, said), ids(2131, -1, 302, said), ids(1, 1388, 2131, said)]) {
            expect(verdictOf(table, body)).toEqual(refusedAs('REFUSED'))
          }
        }
      }
    },
  )

  it('is not read into other refusals of a code', () => {
    for (const table of codeVerifications) {
      expect(verdictOf(table, ids(2131, 2131, 1, described('')))).toEqual(refusedAs('WRONG_CODE'))
      expect(verdictOf(table, ids(2131, 2131, 303, described('OTP expired')))).toEqual(refusedAs('CODE_EXPIRED'))
      expect(verdictOf(table, ids(302, 302, 1, described('Customer Already registred')))).toEqual(
        refusedAs('WRONG_CODE'),
      )
    }
  })
})

describe('463 with a word about the wallet token', () => {
  const text = { message: 'Invalid wallet token. Please re-authenticate the sender.' }
  const withToken = tables().filter(({ parameters }) => parameters.some(({ name }) => name === 'wallet_token'))

  it('asks for the mobile again, whatever the type', () => {
    expect(withToken.map(({ operation }) => operation)).toEqual([
      'generateAadhaarOtp',
      'verifyAadhaarOtp',
      'validatePan',
    ])
    for (const table of withToken) {
      for (const type of [-1, 0, 1, 302, 309, 319, 463, 585, 1388, 2129, 2131, 2132, 2136, 2138, 2147, 9999]) {
        for (const body of [
          ids(463, type, 1, text),
          ids(1, type, 463, text),
          ids(463, type, 1, described('Wallet_Token expired')),
        ]) {
          expect([type, verdictOf(table, body)]).toEqual([type, refusedAs('WALLET_TOKEN_REFUSED')])
        }
      }
      expect(verdictOf(table, ids(1, 463, 1, text))).toEqual(refusedAs('WALLET_TOKEN_REFUSED'))
    }
  })

  it('is an unknown sender without that word, or where no token is sent', () => {
    for (const table of withToken) {
      const body = ids(463, -1, 1, { message: 'customer_id does not exist in system' })
      expect(verdictOf(table, body)).toEqual(refusedAs('SENDER_UNKNOWN'))
    }
    for (const table of tables().filter((one) => !withToken.includes(one))) {
      expect(verdictOf(table, ids(463, -1, 1, text))).toEqual(refusedAs('SENDER_UNKNOWN'))
    }
  })
})

describe("The gateway's texts", () => {
  const texts = [
    'No mapping rule matched',
    'Agent not allowed',
    'Agent not allowed to do this transaction',
    'Customer not allowed',
    'No Key for Response',
    'Kindly use your production key',
    ' kindly use your production key. ',
  ]

  it.each(texts)('mean that nothing was executed and the settings are wrong: "%s"', (message) => {
    for (const table of tables()) {
      for (const body of [ids(1, -1, 1), ids(403, -1, 1), ids(9999, 9999, 9999), ids(null, -1, 1), {}]) {
        for (const http of [200, 400, 403, 404]) {
          for (const said of [{ message }, { data: { description: message } }]) {
            expect(verdictOf(table, { ...body, ...said }, http)).toEqual({
              class: 'REJECTED_BEFORE_EXECUTION',
              answer: 'CONFIGURATION',
            })
          }
        }
      }
    }
  })

  it('decide nothing about an answer with status 0', () => {
    for (const table of tables()) {
      const body = ids(0, 9999, 0, { message: 'No mapping rule matched' })
      expect(verdictOf(table, body).answer).toBe('UNRECOGNISED_ANSWER')
    }
  })

  it('do not undo a success', () => {
    for (const table of tablesOf('getSender')) {
      const body = ids(2129, 2129, 1, { message: 'Agent not allowed', data: { otp_ref_id: 'opaque' } })
      expect(verdictOf(table, body)).toEqual({ class: 'OK', answer: 'OTP_SENT' })
    }
  })

  it.each(['The rule: No mapping rule matched', 'Customer not allowed twice', 'First\nNo Key for Response'])(
    'are the whole text, not a part of one: "%s"',
    (message) => {
      for (const table of tables()) {
        expect(verdictOf(table, ids(9999, 9999, 1, { message })).answer).toBe('UNRECOGNISED_ANSWER')
      }
    },
  )
})

describe('Onboarding a sender who has been onboarded', () => {
  it.each([17, 327, 585])('%i in status goes on to the code, whatever the type, without being a success', (code) => {
    for (const table of tablesOf('onboardSender')) {
      for (const type of [code, -1, 0, 1, 300, 1388, 2129, 9999]) {
        for (const statusId of [-1, 0, 1]) {
          expect(verdictOf(table, ids(code, type, statusId))).toEqual(refusedAs('WALLET_EXISTS'))
        }
      }
    }
  })

  it.each([17, 327, 585])('%i outside of status is not taken for that', (code) => {
    for (const table of tablesOf('onboardSender')) {
      expect(verdictOf(table, ids(1, code, 1))).toEqual(refusedAs('REFUSED'))
      expect(verdictOf(table, ids(1, -1, code))).toEqual(refusedAs('REFUSED'))
      expect(verdictOf(table, ids(0, code, 0)).answer).toBe('UNRECOGNISED_ANSWER')
    }
  })
})

describe('A success that contradicts itself', () => {
  const REF = { otp_ref_id: 'opaque' }

  it.each([
    ['a refused field', ids(0, 2129, 0, { data: REF, invalid_params: { customer_id: 'Wrong' } })],
    ['a refused field by its older name', ids(0, 2129, 0, { data: REF, invalid_parameters: { customer_id: 'Wrong' } })],
    ['a list of refused fields', ids(2129, 2129, 1, { data: REF, invalid_params: ['customer_id'] })],
    ['an initiated transaction', ids(0, 2129, 2, { data: REF })],
    ['a status id that is text', ids(0, 2129, 0, { data: REF, response_status_id: 'failed' })],
  ])('is nothing that we know: %s', (_, body) => {
    for (const table of tablesOf('getSender', 'onboardSender', 'generateSenderOtp', 'generateAadhaarOtp')) {
      expect(verdictOf(table, body).answer).toBe('UNRECOGNISED_ANSWER')
    }
  })

  it('is the failure that its response_status_id names', () => {
    for (const table of codeVerifications) {
      expect(verdictOf(table, ids(2136, 2136, 303))).toEqual(refusedAs('CODE_EXPIRED'))
      expect(verdictOf(table, ids(2136, 2136, 319))).toEqual(refusedAs('CONFIGURATION'))
    }
  })

  it('has empty objects of refused fields for nothing', () => {
    for (const table of tablesOf('getSender')) {
      const body = ids(0, 2129, 0, { data: REF, invalid_params: {}, invalid_parameters: null })
      expect(verdictOf(table, body).answer).toBe('OTP_SENT')
    }
  })
})
