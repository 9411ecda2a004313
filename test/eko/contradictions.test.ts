import { describe, expect, it } from '@jest/globals'
import { answerOf } from '../../activities/eko/answer.js'
import { classify } from '../../activities/eko/classify.js'
import { type EkoAnswer, type EkoOperation, operationTable } from '../../activities/eko/index.js'
import { buildRequest } from '../../activities/eko/request.js'
import type { Rail } from '../../workflows/messages.js'
import { answered, type Body, credentials, request, tables } from './helpers.js'

/** What comes of an answer, as the calling activity sees it. */
function outcome(rail: Rail, operation: EkoOperation, body: Body, http = 200): EkoAnswer {
  const table = operationTable(rail, operation)
  if (!table) throw new Error(`no ${rail} ${operation}`)
  const result = answered(body, http)
  return answerOf(table, classify(table, result), result, { clientRefId: 'J1a1', secrets: [], now: 0 })
}
const answerTo = (...[rail, operation, body, http]: Parameters<typeof outcome>): string =>
  outcome(rail, operation, body, http).answer
const ids = (status: number | string, type: number, statusId: number, data?: Record<string, unknown>): Body => ({
  status,
  response_type_id: type,
  response_status_id: statusId,
  ...(data ? { data } : {}),
})
const PROFILE = { customer_profile: { name: 'Sample Sender', balance: '0.00', kyc_state: 1 } }

describe("Where Eko's documents contradict each other", () => {
  it('1: both forms of the Levin Aadhaar pair are taken', () => {
    const page = outcome(
      'levin',
      'generateAadhaarOtp',
      ids(0, 1388, 0, { otp_ref_id: '66748392', mobile_hint: '******3210' }),
    )
    expect(page).toMatchObject({ answer: 'OTP_SENT', otpRefId: '66748392', mobileHint: '******3210' })
    const older = outcome('levin', 'generateAadhaarOtp', ids(0, 2129, 0, { otp_ref_id: 'abc+/=', intent_id: '' }))
    expect(older).toMatchObject({ answer: 'OTP_SENT', otpRefId: 'abc+/=' })
    expect(answerTo('levin', 'verifyAadhaarOtp', ids(0, 1388, 0, { verified: true }))).toBe('PAN_PENDING')
    expect(answerTo('levin', 'verifyAadhaarOtp', ids(0, 2147, 0, { application_id: '' }))).toBe('PAN_PENDING')
    expect(answerTo('levin', 'verifyAadhaarOtp', ids(0, 1388, 0, { verified: false }))).toBe('UNRECOGNISED_ANSWER')
    expect(answerTo('levin', 'verifyAadhaarOtp', ids(0, 2147, 0, { verified: 'false' }))).toBe('UNRECOGNISED_ANSWER')
  })

  it('2: a status other than 0 can be a success', () => {
    const ref = { otp_ref_id: 'abc' }
    expect(answerTo('digikhata', 'getSender', ids(2129, 2129, 1, ref))).toBe('OTP_SENT')
    expect(answerTo('digikhata', 'getSender', ids(0, 2129, 0, ref))).toBe('OTP_SENT')
    expect(answerTo('digikhata', 'sendTransactionOtp', ids(2133, 2133, 1, ref))).toBe('OTP_SENT')
    expect(answerTo('digikhata', 'verifySenderOtp', ids(2136, 2136, 1))).toBe('AADHAAR_PENDING')
  })

  it('3: 2131 is never a success, whatever the sample of another operation shows', () => {
    for (const table of tables()) {
      const verdict = classify(table, answered(ids(2131, 2131, 0, { application_id: '' })))
      expect([table.operation, verdict.class]).not.toEqual([table.operation, 'OK'])
    }
  })

  it("4: of the two kyc_state only data's decides, and only on DigiKhata's sender OTP", () => {
    const withState = (kyc_state: unknown) => ids(0, 309, -1, { ...PROFILE, kyc_state })
    expect(outcome('digikhata', 'verifySenderOtp', withState(0))).toMatchObject({
      answer: 'ONBOARDED',
      kycStates: { data: '0', profile: '1' },
    })
    for (const done of [0, '0', '', null, undefined]) {
      expect([done, answerTo('digikhata', 'verifySenderOtp', withState(done))]).toEqual([done, 'ONBOARDED'])
    }
    for (const pending of [1, '1', 2, 'pending', false]) {
      expect(answerTo('digikhata', 'verifySenderOtp', withState(pending))).toBe('AADHAAR_PENDING')
    }
    expect(answerTo('levin', 'verifySenderOtp', withState(1))).toBe('ONBOARDED')
    expect(answerTo('digikhata', 'validatePan', withState(1))).toBe('ONBOARDED')
  })

  it('5: a reference is opaque text, a number among them', () => {
    const refOf = (otp_ref_id: unknown) =>
      outcome('digikhata', 'generateSenderOtp', ids(0, 2129, 0, { otp_ref_id })).otpRefId
    const tilde = '6000000123~6000000123~Channel4~4202888~4202888'
    expect([66_748_392, '66748392', tilde, 'ab+/=='].map(refOf)).toEqual(['66748392', '66748392', tilde, 'ab+/=='])
    const body = buildRequest(credentials(), request('digikhata', 'verifySenderOtp', { otpRefId: tilde })).parameters
    expect(body).toMatchObject({ otp_ref_id: tilde, otp: '047216' })
  })

  it.each([
    ['status 302', ids(302, 302, 1)],
    ['2131 with 302', ids(2131, 2131, 302)],
    ['2131 alone', ids(2131, 2131, 1, { description: '' })],
    ['2138', ids(2138, 2138, 1)],
    ['1388 with 302', ids(1, 1388, 302, {})],
    ['numbers as text', ids('302', 302, 1)],
  ])('6: %s is a wrong code, and an expired one only where 303 or words say so', (_, body) => {
    for (const rail of ['digikhata', 'levin'] as const) {
      for (const operation of ['verifySenderOtp', 'verifyAadhaarOtp'] as const) {
        expect(outcome(rail, operation, body)).toMatchObject({ class: 'BUSINESS_REJECT', answer: 'WRONG_CODE' })
        const told = { ...body, message: 'The OTP has expired' }
        const described = { ...body, data: { description: 'OTP Expired' } }
        expect([told, described].map((said) => answerTo(rail, operation, said))).toEqual([
          'CODE_EXPIRED',
          'CODE_EXPIRED',
        ])
      }
    }
  })

  it.each([
    ['status 303', ids(303, 303, 1)],
    ['2131 with 303', ids(2131, 2131, 303)],
    ['1388 with 303', ids(1, 1388, 303, {})],
  ])('6: %s is an expired code', (_, body) => {
    expect(answerTo('levin', 'verifyAadhaarOtp', body)).toBe('CODE_EXPIRED')
  })

  it('6: where no code is verified, nothing is a wrong code', () => {
    for (const table of tables().filter(({ operation }) => !operation.startsWith('verify'))) {
      for (const body of [ids(302, 302, 1), ids(303, 303, 1), ids(2131, 2131, 302), ids(2138, 2138, 1)]) {
        expect(['WRONG_CODE', 'CODE_EXPIRED']).not.toContain(classify(table, answered(body)).answer)
      }
    }
  })

  it('7: initiator_id, user_code and client_ref_id go with every call', () => {
    for (const { rail, operation } of tables()) {
      expect(buildRequest(credentials(), request(rail, operation)).parameters).toMatchObject({
        initiator_id: '9962981729',
        user_code: '20810200',
        client_ref_id: 'J1a1',
      })
    }
  })

  it('8: the code goes with the Aadhaar verification too', () => {
    for (const rail of ['digikhata', 'levin'] as const) {
      expect(buildRequest(credentials(), request(rail, 'verifyAadhaarOtp')).parameters).toHaveProperty('otp', '047216')
    }
  })

  it('9: both answers to the PAN complete, 2132 on Levin only', () => {
    expect(answerTo('levin', 'validatePan', ids(0, 309, -1, PROFILE))).toBe('ONBOARDED')
    expect(answerTo('levin', 'validatePan', ids(0, 2132, 0))).toBe('ONBOARDED')
    expect(answerTo('digikhata', 'validatePan', ids(0, 309, -1, PROFILE))).toBe('ONBOARDED')
    expect(answerTo('digikhata', 'validatePan', ids(0, 2132, 0))).toBe('UNRECOGNISED_ANSWER')
  })

  it('10: service_code is 80 where a page asks for it, and a setting everywhere it is allowed', () => {
    const sent = (rail: Rail, operation: EkoOperation, serviceCode?: number) =>
      buildRequest(credentials(undefined, serviceCode ? { serviceCode } : {}), request(rail, operation)).parameters
        .service_code
    expect([sent('levin', 'onboardSender'), sent('digikhata', 'sendTransactionOtp')]).toEqual([80, 80])
    expect([sent('levin', 'onboardSender', 81), sent('digikhata', 'getSender', 81)]).toEqual([81, 81])
    expect([sent('digikhata', 'getSender'), sent('levin', 'getSender', 81)]).toEqual([undefined, undefined])
  })

  it('11: reads are GET and everything else is POST, whatever older documents say', () => {
    const reads = tables().filter(({ method }) => method === 'GET')
    expect(new Set(reads.map(({ operation }) => operation))).toEqual(
      new Set(['getSender', 'consentLanguages', 'consentDetails']),
    )
  })

  it('12: 401 and 403 are alike, and so are both names of the refused fields', () => {
    for (const http of [401, 403]) {
      expect(outcome('levin', 'getSender', ids(2484, 2484, 1), http)).toMatchObject({
        class: 'REJECTED_BEFORE_EXECUTION',
        answer: 'CONFIGURATION',
      })
    }
    for (const name of ['invalid_params', 'invalid_parameters']) {
      const body = { ...ids(461, -1, 1), [name]: { residence_address: 'Too short {2}', name: 'Name too long' } }
      expect(outcome('digikhata', 'onboardSender', body)).toMatchObject({
        answer: 'FIELDS_REFUSED',
        fieldErrors: { residenceAddress: 'Too short', name: 'Name too long' },
      })
    }
  })

  it('13: the PAN goes as pan_number on both rails', () => {
    for (const rail of ['digikhata', 'levin'] as const) {
      expect(buildRequest(credentials(), request(rail, 'validatePan')).parameters.pan_number).toBe('ABCDE1234F')
    }
  })

  it('14: a path that differs on the live API is a setting of the tenant', () => {
    const pathOverrides = { 'levin verifySenderOtp': '/customer/account/{customer_id}/ppi-levin/otp/verify' } as const
    const built = buildRequest(credentials('http://h/v3/', { pathOverrides }), request('levin', 'verifySenderOtp'))
    expect(built.url).toBe('http://h/v3/customer/account/6000000123/ppi-levin/otp/verify')
  })

  it('15: 2138 means what its operation means, and intent_id has any form', () => {
    expect(answerTo('levin', 'verifySenderOtp', ids(2138, 2138, 1))).toBe('WRONG_CODE')
    expect(answerTo('levin', 'generateAadhaarOtp', ids(2138, 2138, 1))).toBe('AADHAAR_REFUSED')
    expect(answerTo('digikhata', 'generateAadhaarOtp', ids(2138, 2138, 1))).toBe('AADHAAR_REFUSED')
    for (const intent_id of [19, '20', '', undefined]) {
      const body = ids(0, 2129, 0, { intent_id, otp_ref_id: 'abc' })
      expect(answerTo('digikhata', 'generateAadhaarOtp', body)).toBe('OTP_SENT')
    }
  })

  it('16: an onboarding without a reference asks for a code, one with a reference uses it', () => {
    const withRef = outcome('digikhata', 'onboardSender', ids(0, 2129, 0, { otp_ref_id: 'abc' }))
    expect(withRef).toMatchObject({ answer: 'OTP_SENT', otpRefId: 'abc' })
    expect(answerTo('digikhata', 'onboardSender', ids(0, 2129, 0, { otp_ref_id: '' }))).toBe('OTP_REF_MISSING')
    expect(answerTo('digikhata', 'onboardSender', ids(0, 300, 0))).toBe('WALLET_EXISTS')
    expect(answerTo('digikhata', 'generateSenderOtp', ids(0, 2129, 0, {}))).toBe('UNRECOGNISED_ANSWER')
  })

  it('17: a sender OTP can lead straight to the PAN on both rails', () => {
    for (const rail of ['digikhata', 'levin'] as const) {
      expect(answerTo(rail, 'verifySenderOtp', ids(0, 2147, 0, { application_id: '' }))).toBe('PAN_PENDING')
    }
  })
})

describe('Codes that mean something of their own', () => {
  it.each([
    [319, 'CONFIGURATION'],
    [346, 'CONFIGURATION'],
    [1297, 'CONFIGURATION'],
    [463, 'SENDER_UNKNOWN'],
    [1237, 'IDENTITY_ALREADY_USED'],
    [97, 'FIELDS_REFUSED'],
    [132, 'FIELDS_REFUSED'],
    [461, 'FIELDS_REFUSED'],
    [31, 'REFUSED'],
    [36, 'REFUSED'],
    [945, 'REFUSED'],
  ])('%i is %s on every operation', (code, answer) => {
    for (const table of tables()) {
      for (const body of [ids(code, code, 1), ids(code, -1, 1), ids(String(code), code, 1)]) {
        expect(classify(table, answered(body))).toMatchObject({ class: 'BUSINESS_REJECT', answer })
      }
    }
  })

  it('a lone initiator failure without a status is one too', () => {
    const body = { response_type_id: 319, response_status_id: 1, message: 'Invalid Sender/Initiator' }
    expect(answerTo('levin', 'onboardSender', body)).toBe('CONFIGURATION')
  })

  it('308 is a stranger where senders are looked up, and an unknown sender elsewhere', () => {
    expect(answerTo('digikhata', 'getSender', ids(308, 308, 1))).toBe('NOT_ENROLLED')
    expect(answerTo('digikhata', 'generateSenderOtp', ids(308, 308, 1))).toBe('SENDER_UNKNOWN')
  })

  it("a dead wallet token is not an unknown sender, in Levin's form and as a refused field", () => {
    for (const operation of ['generateAadhaarOtp', 'verifyAadhaarOtp'] as const) {
      expect(answerTo('levin', operation, ids(1, 1388, 463, {}))).toBe('WALLET_TOKEN_REFUSED')
    }
    const asField = { ...ids(97, -1, 1), invalid_params: { wallet_token: 'Please provide the value' } }
    expect(answerTo('levin', 'validatePan', asField)).toBe('WALLET_TOKEN_REFUSED')
    expect(answerTo('digikhata', 'validatePan', asField)).toBe('FIELDS_REFUSED')
  })

  it('585 completes at the PAN, 2136 leads back to Aadhaar there', () => {
    for (const rail of ['digikhata', 'levin'] as const) {
      expect(answerTo(rail, 'validatePan', ids(585, 585, 1))).toBe('ONBOARDED')
      expect(answerTo(rail, 'validatePan', ids(2136, 2136, 1))).toBe('AADHAAR_PENDING')
    }
    expect(answerTo('levin', 'verifySenderOtp', ids(585, 585, 1))).toBe('REFUSED')
  })

  it('a refused setting of the tenant is not asked of the sender', () => {
    const body = { ...ids(97, -1, 1), invalid_params: { user_code: 'Please provide the value' } }
    expect(answerTo('digikhata', 'onboardSender', body)).toBe('CONFIGURATION')
  })

  it('Levin has neither consent operations nor one that only sends a sender OTP', () => {
    for (const operation of ['generateSenderOtp', 'consentLanguages', 'consentDetails'] as const) {
      expect(operationTable('levin', operation)).toBeNull()
    }
  })
})
