import { describe, expect, it } from '@jest/globals'
import { classify } from '../../activities/eko/classify.js'
import { type EkoOperation, type OperationTable, operationTable } from '../../activities/eko/index.js'
import type { Rail } from '../../workflows/messages.js'
import { answered, type Body, tableName, tables } from './helpers.js'
import { ids, NO_ID, said } from './verdicts.js'

const REF = { otp_ref_id: 'opaque+reference/==' }
const PROFILE = { customer_profile: { name: 'Sample Sender', kyc_state: 1 } }

function find(name: string): OperationTable {
  const [rail, operation] = name.split(' ') as [Rail, EkoOperation]
  const table = operationTable(rail, operation)
  if (!table) throw new Error(`no ${name}`)
  return table
}

/** Steps that went through: the ids of Eko's pages, and the fields without which they are none. */
const BOTH_2129 = [
  [0, 2129],
  [2129, 2129],
] as const
type Success = readonly [
  name: string,
  ids: readonly (readonly [status: number, type: number])[],
  data: Readonly<Record<string, unknown>>,
  answer: string,
]
const SUCCESSES: readonly Success[] = [
  ...['digikhata getSender', 'levin getSender'].flatMap((name): Success[] => [
    [name, BOTH_2129, REF, 'OTP_SENT'],
    [name, [[308, 308]], {}, 'NOT_ENROLLED'],
    [name, [[0, 309]], PROFILE, 'ONBOARDED'],
  ]),
  ...['digikhata onboardSender', 'levin onboardSender'].flatMap((name): Success[] => [
    [name, BOTH_2129, REF, 'OTP_SENT'],
    [name, [[0, 300]], {}, 'WALLET_EXISTS'],
  ]),
  ['digikhata generateSenderOtp', BOTH_2129, REF, 'OTP_SENT'],
  ['digikhata verifySenderOtp', [[0, 309]], PROFILE, 'ONBOARDED'],
  ['levin verifySenderOtp', [[0, 309]], PROFILE, 'ONBOARDED'],
  ...['digikhata verifySenderOtp', 'levin verifySenderOtp'].flatMap((name): Success[] => [
    [name, [[2136, 2136]], {}, 'AADHAAR_PENDING'],
    [name, [[0, 2147]], {}, 'PAN_PENDING'],
  ]),
  [
    'digikhata consentLanguages',
    [[0, 2444]],
    { consent_language_list: [{ pkid: '1', consentLanguage: 'English' }] },
    'LANGUAGES',
  ],
  [
    'digikhata consentDetails',
    [[0, 2446]],
    { consent_detail: { consentId: 1, consentContent: 'A text to agree to.' } },
    'CONSENT',
  ],
  ['digikhata generateAadhaarOtp', BOTH_2129, REF, 'OTP_SENT'],
  ['levin generateAadhaarOtp', [...BOTH_2129, [0, 1388]], REF, 'OTP_SENT'],
  ['digikhata verifyAadhaarOtp', [[0, 2147]], {}, 'PAN_PENDING'],
  ['levin verifyAadhaarOtp', [[0, 2147]], {}, 'PAN_PENDING'],
  ['levin verifyAadhaarOtp', [[0, 1388]], { verified: true }, 'PAN_PENDING'],
  ...['digikhata validatePan', 'levin validatePan'].flatMap((name): Success[] => [
    [name, [[0, 309]], PROFILE, 'ONBOARDED'],
    [name, [[585, 585]], {}, 'ONBOARDED'],
    [name, [[2136, 2136]], {}, 'AADHAAR_PENDING'],
  ]),
  ['levin validatePan', [[0, 2132]], {}, 'ONBOARDED'],
]

const cases = SUCCESSES.flatMap(([name, pairs, data, answer]) =>
  pairs.map(([status, type]) => ({ name, status, type, data, answer })),
)

describe.each(cases)('$name: $status with type $type', ({ name, status, type, data, answer }) => {
  const table = find(name)
  const isOk = (body: Body): boolean => classify(table, answered(body)).class === 'OK'

  it(`went through: ${answer}`, () => {
    expect(said(table, ids(status, type, 0, { data }))).toBe(`OK ${answer}`)
  })

  it('is nothing without its type, or without its status', () => {
    expect(isOk(ids(status, NO_ID, 0, { data }))).toBe(false)
    for (const other of [NO_ID, 1, null]) expect([other, isOk(ids(other, type, 0, { data }))]).toEqual([other, false])
  })

  if (Object.keys(data).length > 0) {
    it.each(Object.keys(data))('gives no such answer without %s, or with another kind of value in it', (field) => {
      const rest = Object.fromEntries(Object.entries(data).filter(([key]) => key !== field))
      for (const value of [undefined, null, '', ' ', [], {}, false]) {
        const body = ids(status, type, 0, { data: { ...rest, [field]: value } })
        expect([value, said(table, body)]).not.toEqual([value, `OK ${answer}`])
      }
    })
  }
})

describe('What a success must hold', () => {
  it('a reference is text or a number: anything else is neither a reference nor none', () => {
    for (const name of ['digikhata getSender', 'levin getSender', 'digikhata onboardSender', 'levin onboardSender']) {
      for (const otp_ref_id of [{}, [], true, { value: 'x' }]) {
        const body = ids(0, 2129, 0, { data: { otp_ref_id } })
        expect(said(find(name), body)).toBe('UNRECOGNISED_ANSWER UNRECOGNISED_ANSWER')
      }
    }
  })

  it.each([0, 2129])('2129 with status %i and without a reference is a code that was not sent yet', (status) => {
    for (const name of ['digikhata getSender', 'levin getSender', 'digikhata onboardSender', 'levin onboardSender']) {
      for (const data of [{}, { otp_ref_id: '' }, { otp_ref_id: null }]) {
        expect(said(find(name), ids(status, 2129, 0, { data }))).toBe('OK OTP_REF_MISSING')
      }
      expect(said(find(name), ids(status, NO_ID, 0))).toBe('UNRECOGNISED_ANSWER UNRECOGNISED_ANSWER')
      expect(said(find(name), ids(1, 2129, 0))).toBe('UNRECOGNISED_ANSWER UNRECOGNISED_ANSWER')
    }
  })

  it('a consent has both its text and its id, each text or a number', () => {
    const table = find('digikhata consentDetails')
    const full = { consentId: 1, consentContent: 'A text to agree to.' }
    for (const missing of ['consentId', 'consentContent']) {
      for (const value of [undefined, '', {}]) {
        const data = { consent_detail: { ...full, [missing]: value } }
        expect(said(table, ids(0, 2446, 0, { data }))).toBe('UNRECOGNISED_ANSWER UNRECOGNISED_ANSWER')
      }
    }
  })

  it('languages are a list with something in it, and a profile an object with something in it', () => {
    const languages = (consent_language_list: unknown): string =>
      said(find('digikhata consentLanguages'), ids(0, 2444, 0, { data: { consent_language_list } }))
    for (const value of ['English', { pkid: '1' }, []]) expect(languages(value)).not.toContain('OK')
    for (const name of ['digikhata getSender', 'levin verifySenderOtp', 'levin validatePan']) {
      for (const customer_profile of ['Sample', [{ name: 'Sample' }], {}]) {
        expect(said(find(name), ids(0, 309, 0, { data: { customer_profile } }))).not.toContain('OK')
      }
    }
  })

  it('2147 after the Aadhaar code may say that it is verified, and must not say that it is not', () => {
    for (const name of ['digikhata verifyAadhaarOtp', 'levin verifyAadhaarOtp']) {
      const with_ = (verified: unknown): string => said(find(name), ids(0, 2147, 0, { data: { verified } }))
      for (const verified of [true, 'true', '', undefined]) expect(with_(verified)).toBe('OK PAN_PENDING')
      for (const verified of [false, 'false', 0]) expect(with_(verified)).not.toContain('OK')
    }
  })

  it('1388 after the Aadhaar code must say that it is verified', () => {
    const table = find('levin verifyAadhaarOtp')
    for (const data of [{}, { verified: '' }, { verified: false }, { name: 'Sample' }]) {
      expect(said(table, ids(0, 1388, 0, { data }))).toBe('UNRECOGNISED_ANSWER UNRECOGNISED_ANSWER')
    }
  })

  it("309 with a wallet that is not opened yet leads to the Aadhaar number, on DigiKhata's sender OTP only", () => {
    const body = (status: number, type: number): Body => ids(status, type, -1, { data: { ...PROFILE, kyc_state: 1 } })
    expect(said(find('digikhata verifySenderOtp'), body(0, 309))).toBe('OK AADHAAR_PENDING')
    for (const [status, type] of [
      [1, 309],
      [NO_ID, 309],
      [0, NO_ID],
    ] as const) {
      expect(said(find('digikhata verifySenderOtp'), body(status, type))).not.toContain('OK')
    }
  })

  it('the halves of 308 at the lookup and of 585 at the PAN are neither a success nor the failure of another page', () => {
    const halves = (code: number): Body[] => [ids(code, -1, 1), ids(1, code, 1), ids(1, -1, code)]
    const unknown = 'UNRECOGNISED_ANSWER UNRECOGNISED_ANSWER'
    for (const rail of ['digikhata', 'levin']) {
      for (const body of halves(308)) expect(said(find(`${rail} getSender`), body)).toBe(unknown)
      for (const body of halves(585)) expect(said(find(`${rail} validatePan`), body)).toBe(unknown)
    }
  })

  it.each([2131, 2138])('%i at the PAN refuses the PAN, wherever it stands', (code) => {
    for (const name of ['digikhata validatePan', 'levin validatePan']) {
      for (const body of [ids(code, code, 1), ids(code, -1, 1), ids(1, -1, code)]) {
        expect(said(find(name), body)).toBe('BUSINESS_REJECT PAN_REFUSED')
      }
    }
  })
})

/** What our reading of Eko's pages says about an answer that was lost, and about what stands behind a call. */
const CALLS: Readonly<Record<string, readonly [unknown: string, dependency: string, sends: string | undefined]>> = {
  'digikhata getSender': ['UNCERTAIN_DISPATCH', 'EKO_TRANSPORT', 'SENDER'],
  'levin getSender': ['UNCERTAIN_DISPATCH', 'EKO_TRANSPORT', 'SENDER'],
  'digikhata onboardSender': ['UNCERTAIN_DISPATCH', 'EKO_TRANSPORT', 'SENDER'],
  'levin onboardSender': ['UNCERTAIN_DISPATCH', 'EKO_TRANSPORT', 'SENDER'],
  'digikhata generateSenderOtp': ['UNCERTAIN_DISPATCH', 'EKO_TRANSPORT', 'SENDER'],
  'digikhata verifySenderOtp': ['FRESH_SENDER_OTP', 'EKO_TRANSPORT', undefined],
  'levin verifySenderOtp': ['FRESH_SENDER_OTP', 'EKO_TRANSPORT', undefined],
  'digikhata consentLanguages': ['RUN_AGAIN', 'EKO_TRANSPORT', undefined],
  'digikhata consentDetails': ['RUN_AGAIN', 'EKO_TRANSPORT', undefined],
  'digikhata generateAadhaarOtp': ['UNCERTAIN_DISPATCH', 'UIDAI', 'AADHAAR'],
  'levin generateAadhaarOtp': ['UNCERTAIN_DISPATCH', 'UIDAI', 'AADHAAR'],
  'digikhata verifyAadhaarOtp': ['FRESH_SENDER_OTP', 'UIDAI', undefined],
  'levin verifyAadhaarOtp': ['PROBE_PAN', 'UIDAI', undefined],
  'digikhata validatePan': ['RUN_AGAIN', 'PAN', undefined],
  'levin validatePan': ['RUN_AGAIN', 'PAN', undefined],
}

it.each(tables().map((table) => ({ name: tableName(table), table })))(
  '$name: a lost answer is never repeated where a code could be sent or used up, and speaks against what stands behind',
  ({ name, table }) => {
    expect([table.onUnknown, table.dependency, table.sends]).toEqual(CALLS[name])
    expect(table.repeatable).toBe(CALLS[name]?.[0] === 'RUN_AGAIN')
  },
)
