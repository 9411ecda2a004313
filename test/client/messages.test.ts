import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createSealFor, type MessageInputs, prepareMessage, type SealFor } from '../../client/messages.js'
import { sealedHeader } from '../../values/index.js'
import { type Actor, MESSAGES, type MessageName } from '../../workflows/messages.js'
import {
  AADHAAR,
  DETAILS,
  fieldCodes,
  FORMAT_ONLY_AADHAAR,
  FORMAT_ONLY_PAN,
  type Keys,
  makeKeys,
  PAN,
  refused,
} from './support.js'

const JOURNEY = `onboarding:digikhata:acme:${'a'.repeat(32)}`
const OTHER = `onboarding:digikhata:acme:${'b'.repeat(32)}`
const ACTOR: Actor = { type: 'operator', id: 'op-1' }
const CONSENT = {
  consentId: 'c1',
  textSha256: 'a'.repeat(64),
  mode: 'self',
  acceptedAt: '2026-01-31T10:00:00Z',
} as const

let keys: Keys
let sealFor: SealFor
beforeAll(async () => {
  keys = await makeKeys()
  sealFor = createSealFor({ sealingKeys: keys.sealingKeys, strictness: 'strict' })
})
afterAll(() => keys.remove())

const GOOD: { readonly [Name in MessageName]: MessageInputs[Name] } = {
  enterSenderDetails: DETAILS,
  enterSenderOtp: { otp: '012 345', challengeId: 'ch-1' },
  requestConsent: { language: 'English' },
  enterAadhaar: { aadhaar: AADHAAR, consent: CONSENT },
  enterAadhaarOtp: { otp: '123456', challengeId: 'ch-2' },
  enterPan: { pan: PAN.toLowerCase() },
  resendOtp: {},
  reenter: { reason: 'ticket 1' },
  retryNow: { reason: 'ticket 1' },
  takeOver: { reason: 'ticket 1', userCode: '20810201' },
  withdrawConsent: { reason: 'asked for it' },
  cancel: { reason: 'asked for it' },
}
const NAMES = Object.keys(GOOD) as MessageName[]

function prepare<Name extends MessageName>(name: Name, input: unknown, actor: Actor | null = ACTOR) {
  return prepareMessage(name, input as MessageInputs[Name], JOURNEY, { actor, sealFor })
}

describe('what is sent', () => {
  it.each(NAMES)('%s passes the journey’s own guard', async (name) => {
    const { body } = await prepare(name, GOOD[name])
    const sent: unknown = JSON.parse(JSON.stringify(body))
    expect(MESSAGES[name].guard(sent)).toEqual({})
  })

  it.each([
    '9876543210',
    'call-9876543210x',
    '+91-98765-43210',
    '0919876543210',
    '999900000028',
    '9999-0000-0028',
    '9999000000281234',
    'abcpe1234f',
    'pan:ABCPE1234F',
  ])('refuses the submission id %s: it could be a person’s number, and ids are not encrypted', async (submissionId) => {
    for (const name of NAMES) {
      const error = await refused(prepare(name, { ...GOOD[name], submissionId }))
      expect({ code: error.code, fields: fieldCodes(error) }).toEqual({
        code: 'INVALID_INPUT',
        fields: { submissionId: 'INVALID' },
      })
      expect(JSON.stringify(error)).not.toContain(submissionId)
    }
  })

  it.each([
    'b7a0d6de-1a1c-4b3f-9a54-987654321012',
    '01JD5T9RZQ4ABCPE1234FXKM7V',
    'order-1790000000000',
    '20810200-1234',
    'bulk-20261121T084200Z-123456',
    'try-1',
  ])('takes the submission id %s', async (submissionId) => {
    expect((await prepare('resendOtp', { submissionId })).submissionId).toBe(submissionId)
  })

  it.each(NAMES)('%s has a submission id: the caller’s, or one that is new each time', async (name) => {
    const [first, second] = [await prepare(name, GOOD[name]), await prepare(name, GOOD[name])]
    expect(first.submissionId).not.toBe(second.submissionId)
    expect(first.body.submissionId).toBe(first.submissionId)
    expect((await prepare(name, { ...GOOD[name], submissionId: 'mine' })).body.submissionId).toBe('mine')
  })

  it.each([
    ['enterSenderOtp', 'otp', '012345'],
    ['enterAadhaarOtp', 'otp', '123456'],
    ['enterAadhaar', 'aadhaar', AADHAAR],
    ['enterPan', 'pan', PAN],
  ] as const)(
    '%s holds its %s normalised and sealed for this journey, and nowhere else',
    async (name, field, value) => {
      const { body } = await prepare(name, GOOD[name])
      const sealed = (body as unknown as Record<string, string>)[field]
      expect(sealedHeader(sealed)).toMatchObject({ field, journey: JOURNEY })
      expect(await keys.opener.open({ field, journey: JOURNEY }, sealed)).toEqual({ ok: true, plaintext: value })
      expect(JSON.stringify(body)).not.toContain(value)
    },
  )

  it('a secret that is sealed already is taken as it is', async () => {
    const sealed = await sealFor(JOURNEY, 'otp', '123456')
    const { body } = await prepare('enterSenderOtp', { otp: sealed, challengeId: 'ch-1' })
    expect(body.otp).toBe(sealed)
  })

  it('the client’s actor stands in where the message names none', async () => {
    expect((await prepare('cancel', GOOD.cancel)).body.actor).toEqual(ACTOR)
    const own = { type: 'service', id: 'crm' } as const
    expect((await prepare('cancel', { ...GOOD.cancel, actor: own })).body.actor).toEqual(own)
  })
})

describe('what is refused before anything is sent', () => {
  it.each([
    ['enterSenderOtp', { otp: '123456' }, { challengeId: 'REQUIRED' }],
    ['enterSenderOtp', { otp: 123456, challengeId: 'c' }, { otp: 'INVALID' }],
    ['enterSenderOtp', { otp: '123', challengeId: 'c' }, { otp: 'OTP_INVALID' }],
    ['enterAadhaarOtp', { otp: '12345x', challengeId: 'c' }, { otp: 'OTP_INVALID' }],
    ['enterAadhaar', { aadhaar: '999911112227', consent: CONSENT }, { aadhaar: 'AADHAAR_CHECKSUM_INVALID' }],
    ['enterAadhaar', { aadhaar: FORMAT_ONLY_AADHAAR, consent: CONSENT }, { aadhaar: 'AADHAAR_INVALID' }],
    ['enterAadhaar', { aadhaar: '1234567890123456', consent: CONSENT }, { aadhaar: 'VID_NOT_SUPPORTED' }],
    ['enterAadhaar', { aadhaar: AADHAAR }, { consent: 'REQUIRED' }],
    [
      'enterAadhaar',
      { aadhaar: AADHAAR, consent: { ...CONSENT, textSha256: 'x' } },
      { 'consent.textSha256': 'INVALID' },
    ],
    [
      'enterAadhaar',
      { aadhaar: AADHAAR, consent: { ...CONSENT, acceptedAt: 'now' } },
      { 'consent.acceptedAt': 'INVALID' },
    ],
    ['enterPan', { pan: FORMAT_ONLY_PAN }, { pan: 'PAN_NOT_A_PERSON' }],
    ['enterSenderDetails', { ...DETAILS, dob: '2024-01-01' }, { dob: 'DOB_UNDER_AGE' }],
    ['enterSenderDetails', { ...DETAILS, dob: '1990-02-30', name: '7' }, { dob: 'DOB_INVALID', name: 'NAME_INVALID' }],
    ['enterSenderDetails', { ...DETAILS, residenceAddress: [] }, { residenceAddress: 'ADDRESS_INVALID' }],
    ['cancel', {}, { reason: 'REQUIRED' }],
    ['cancel', { reason: 'x'.repeat(201) }, { reason: 'INVALID' }],
    ['resendOtp', { submissionId: 'with space' }, { submissionId: 'INVALID' }],
    ['resendOtp', { why: 'x' }, { why: 'UNKNOWN_FIELD' }],
    ['takeOver', { reason: 'x', userCode: 'a b' }, { userCode: 'INVALID' }],
    ['requestConsent', null, { language: 'REQUIRED' }],
    ['requestConsent', 'English', { input: 'INVALID' }],
  ] as const)('%s %j', async (name, input, expected) => {
    const error = await refused(prepare(name, input))
    expect(fieldCodes(error)).toEqual(expected)
  })

  it('an operator’s message without an actor, where the client has none', async () => {
    expect(fieldCodes(await refused(prepare('reenter', { reason: 'x' }, null)))).toEqual({ actor: 'REQUIRED' })
  })

  it('a secret that was sealed for another journey or as another field', async () => {
    const elsewhere = await sealFor(OTHER, 'otp', '123456')
    const input = { challengeId: 'ch-1' }
    expect((await refused(prepare('enterSenderOtp', { ...input, otp: elsewhere }))).code).toBe(
      'SEALED_FOR_ANOTHER_JOURNEY',
    )
    const asPan = await sealFor(JOURNEY, 'pan', PAN)
    expect((await refused(prepare('enterSenderOtp', { ...input, otp: asPan }))).code).toBe('SEALED_FOR_ANOTHER_FIELD')
  })

  it.each([
    ['enterSenderOtp', { otp: '98765x', challengeId: 'c' }, '98765'],
    ['enterAadhaar', { aadhaar: '999911112227', consent: CONSENT }, '999911112227'],
    ['enterPan', { pan: FORMAT_ONLY_PAN }, FORMAT_ONLY_PAN],
    ['enterSenderDetails', { ...DETAILS, name: 'Zed 9876543210' }, '9876543210'],
  ] as const)('and the error of %s never repeats the value', async (name, input, value) => {
    const error = await refused(prepare(name, input))
    const told = [error.message, JSON.stringify(error), error.stack, String(error.cause)].join()
    expect(told).not.toContain(value)
  })
})

it('Eko’s own samples are taken where the client is told to check the format only', async () => {
  const lax = createSealFor({ sealingKeys: keys.sealingKeys, strictness: 'format' })
  expect(sealedHeader(await lax(JOURNEY, 'aadhaar', FORMAT_ONLY_AADHAAR))).not.toBeNull()
  expect(sealedHeader(await lax(JOURNEY, 'pan', FORMAT_ONLY_PAN))).not.toBeNull()
})

it('a client without sealing keys says which setting is missing when it is to send a secret', async () => {
  const error = await refused(createSealFor({ sealingKeys: null, strictness: 'strict' })(JOURNEY, 'otp', '123456'))
  expect(error.code).toBe('NOT_CONFIGURED')
  expect(error.message).toContain('ONBOARDING_SEALING_PUBLIC_KEYS_FILE')
})
