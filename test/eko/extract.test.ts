import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { answerOf } from '../../activities/eko/answer.js'
import { classify } from '../../activities/eko/classify.js'
import { parseBody } from '../../activities/eko/envelope.js'
import { expiryOf } from '../../activities/eko/extract.js'
import { type EkoAnswer, type EkoOperation, operationTable } from '../../activities/eko/index.js'
import { safeText, shapeOf } from '../../activities/eko/support.js'
import type { Rail } from '../../workflows/messages.js'
import { answered, type Body, type DocumentedAnswer, fixture, tables } from './helpers.js'

function outcome(rail: Rail, operation: EkoOperation, body: unknown): EkoAnswer {
  const table = operationTable(rail, operation)
  if (!table) throw new Error(`no ${rail} ${operation}`)
  const result = answered(body)
  return answerOf(table, classify(table, result), result, { clientRefId: 'J1a1', secrets: [], now: 0 })
}
interface Operation {
  readonly rail: Rail
  readonly operation: EkoOperation
  readonly answers: readonly DocumentedAnswer[]
}
const documented = fixture<Operation[]>('operations.json')
const first = (rail: Rail, operation: EkoOperation, index = 0): Body =>
  documented.find((one) => one.rail === rail && one.operation === operation)?.answers[index]?.body ?? {}

describe('What an answer carries', () => {
  it("a profile: the name masked, rupees as paise, both kyc_state, Levin's session with its expiry", () => {
    const answer = outcome('levin', 'verifySenderOtp', first('levin', 'verifySenderOtp'))
    expect(answer).toMatchObject({
      answer: 'ONBOARDED',
      profile: {
        nameMasked: 'S*****',
        balancePaise: 0,
        totalMonthlyLimitPaise: 5_000_000,
        nextAllowedLimitPaise: 5_000_000,
      },
      kycStates: { data: '0', profile: '0' },
      wallet: { id: '', expiresAt: 1_748_418_492_000 },
    })
    expect(answer.wallet?.token).toMatch(/^eyJ/)
  })

  it('no session where both of its parts are empty, and none on DigiKhata', () => {
    const empty = {
      status: 0,
      response_type_id: 2147,
      data: { wallet_token: '', wallet_id: '', application_id: 'A-1' },
    }
    expect(outcome('levin', 'verifyAadhaarOtp', empty)).not.toHaveProperty('wallet')
    expect(outcome('levin', 'verifyAadhaarOtp', empty).applicationId).toBe('A-1')
    const filled = { ...empty, data: { wallet_token: 'token', wallet_id: 'id' } }
    expect(outcome('digikhata', 'verifyAadhaarOtp', filled)).not.toHaveProperty('wallet')
    expect(outcome('levin', 'verifyAadhaarOtp', filled).wallet).toEqual({ token: 'token', id: 'id', expiresAt: null })
  })

  it('a session beside a pending Aadhaar', () => {
    const body = { status: 2136, response_type_id: 2136, data: { wallet_token: '', wallet_id: 'id' } }
    expect(outcome('levin', 'verifySenderOtp', body).wallet).toEqual({ token: '', id: 'id', expiresAt: null })
  })

  it('the languages, and the consent as it is worded', () => {
    const { languages } = outcome('digikhata', 'consentLanguages', first('digikhata', 'consentLanguages'))
    expect([languages?.length, languages?.[3]]).toEqual([13, { id: '4', name: 'Hindi' }])
    expect(outcome('digikhata', 'consentDetails', first('digikhata', 'consentDetails')).consentContent).toEqual({
      consentId: '1',
      language: 'English',
      text: 'Generated consent, part one.\n\nGenerated consent, part two.\r\n Generated consent, part three.',
    })
  })

  it('a hint at the mobile, never more than its last four digits', () => {
    const hint = (mobile_hint: unknown) =>
      outcome('levin', 'generateAadhaarOtp', {
        status: 0,
        response_type_id: 1388,
        data: { otp_ref_id: 'r', mobile_hint },
      }).mobileHint
    expect(hint('******3210')).toBe('******3210')
    expect(hint('6000003210')).toBe('******3210')
    for (const other of ['', null, 'see your phone', { a: 1 }]) expect(hint(other)).toBeUndefined()
  })

  it('an amount or a name that is missing or garbled is null or empty, not a failure', () => {
    const data = {
      customer_profile: { name: 7, balance: 'much', total_monthly_limit: -1 },
      next_allowed_limit: '5287.0',
    }
    expect(outcome('digikhata', 'validatePan', { status: '0', response_type_id: '309', data }).profile).toEqual({
      nameMasked: '7',
      balancePaise: null,
      totalMonthlyLimitPaise: null,
      nextAllowedLimitPaise: 528_700,
    })
  })

  it('refused fields by our names, with texts that are safe to show', () => {
    const invalid_params = {
      aadhar: 'Please provide the value of the field {2} {3}',
      pan_number: 'ABCDE1234F is not valid',
      residence_address: { nested: true },
      __proto__: 'x',
      '6000000123': 'x',
    }
    const body = { status: 97, response_type_id: -1, message: 'Please check', invalid_params }
    expect(outcome('digikhata', 'onboardSender', body).fieldErrors).toEqual({
      aadhaar: 'Please provide the value of the field',
      pan: 'xxxxxxxxxx is not valid',
      residenceAddress: 'Please check',
    })
  })

  it('132 is about the name, also where it does not say so', () => {
    const body = { status: 132, response_type_id: 132, message: 'Sender name should only contain letters' }
    expect(outcome('levin', 'onboardSender', body).fieldErrors).toEqual({ name: body.message })
  })

  it('nothing of what a failure carries besides is taken', () => {
    const body = { status: 945, response_type_id: 945, data: { otp_ref_id: 'r', wallet_token: 't', wallet_id: 'i' } }
    expect(Object.keys(outcome('levin', 'verifySenderOtp', body)).sort()).toEqual(['answer', 'class', 'facts'])
  })
})

describe('Nothing that comes back can break the reading of it', () => {
  it('any JSON under any success ids is read', () => {
    const body = fc.record(
      {
        status: fc.constantFrom<unknown>(0, 2129, '0', 97),
        response_type_id: fc.constantFrom<unknown>(309, 2129, 1388, 2147, 2444, 2446, -1),
        message: fc.jsonValue(),
        invalid_params: fc.jsonValue(),
        data: fc.oneof(
          fc.jsonValue(),
          fc.record({
            otp_ref_id: fc.constant('r'),
            customer_profile: fc.oneof(fc.jsonValue(), fc.constant({ name: 'x' })),
            consent_detail: fc.oneof(fc.jsonValue(), fc.constant({ consentId: 1, consentContent: 'x' })),
            consent_language_list: fc.array(fc.jsonValue(), { minLength: 1 }),
          }),
        ),
      },
      { requiredKeys: ['status', 'response_type_id'] },
    )
    fc.assert(
      fc.property(fc.constantFrom(...tables()), body, (table, value) => {
        expect(() => outcome(table.rail, table.operation, value)).not.toThrow()
      }),
      { numRuns: 2_000 },
    )
  })

  it('any text as a body is read', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(() => parseBody(text)).not.toThrow()))
  })

  it('a token that is no JWT, or says nothing sensible, has no known expiry', () => {
    const jwt = (payload: unknown) => `h.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.s`
    for (const token of ['', 'wtkn_abc123xyz', 'a.b.c', jwt({}), jwt({ exp: '1' }), jwt({ exp: 1e300 }), jwt(null)]) {
      expect(expiryOf(token)).toBeNull()
    }
    expect(expiryOf(jwt({ exp: 1_748_418_492 }))).toBe(1_748_418_492_000)
  })
})

describe('What support is told', () => {
  it('of a text: no number, PAN, token, nor anything that was sent', () => {
    const text = 'Mr Sample (ABCDE1234F, 6000000123): token eyJhbGciOiJIUzI1NiJ9.eyJleHAi was refused'
    expect(safeText(text, ['Sample'])).toBe('Mr xxxx (xxxxxxxxxx, xxxxxxxxxx): token xxxx was refused')
  })

  it('of a shape: names, two levels deep, of bounded length', () => {
    expect(shapeOf({ status: 0, data: { a: { b: 1 }, c: [1] }, '6000000123': 1 })).toBe('{status,data{a,c},?}')
    expect([shapeOf([]), shapeOf(null), shapeOf('x')]).toEqual(['list', 'null', 'string'])
    const large = Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`key_${'x'.repeat(30)}${index}`, 1]))
    expect(shapeOf(large).length).toBeLessThanOrEqual(300)
  })
})
