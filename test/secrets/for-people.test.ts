import { describe, expect, it } from '@jest/globals'
import { createSealer, generateSealingKey } from '../../secrets/index.js'
import { forPeople, isForPeople, MASK } from '../../secrets/codec-server/index.js'
import { SECRET_FIELDS } from '../../values/sealed-field.js'
import { payloadOf, textOf } from '../support/codec-server.js'

function shown(value: unknown): unknown {
  return JSON.parse(textOf(forPeople(payloadOf(value))))
}

describe('what a person sees of a decoded payload', () => {
  it.each(SECRET_FIELDS)('a sealed %s is a mask, wherever it stands', async (field) => {
    const sealer = createSealer((await generateSealingKey()).publicKeys)
    const sealed = await sealer.seal({ field, journey: 'onboarding:levin:acme:0' }, '123456')
    expect(shown(sealed)).toBe(`${field} ${MASK}`)
    expect(shown({ request: { other: [sealed] } })).toEqual({ request: { other: [`${field} ${MASK}`] } })
    expect(shown(`${sealed}x`)).toBe(`${field} ${MASK}`)
    const [, ...rest] = sealed.split('.')
    expect(shown([`bm90IG91cnM.${rest.join('.')}`])).toEqual([`sealed ${MASK}`])
  })

  it.each([
    ['otp', '123456'],
    ['otp', 123456],
    ['OTP', ' 123 456 '],
    ['aadhaar', '9999 0000 0028'],
    ['aadhar_number', '999900000028'],
    ['pan', 'SBXPA0002Z'],
    ['wallet_token', 'opaque-token'],
    ['otpRefId', 'reference'],
    ['otp', ['123456']],
    ['senderOtp', '123456'],
    ['otpp', 123456],
    ['aadhaarNo', '9999-0000-0028'],
    ['otp', { value: '123456' }],
    ['otp', [{ digits: 123456 }]],
    ['otpp', { value: '123456' }],
    ['walletToken', { value: 'opaque-token' }],
    ['pan', { a: { b: 'opaque' } }],
    ['note', 'her number is 9999 0000 0028, she says'],
    ['note', 999900000028],
    ['note', 'PAN sbxpa0002z'],
    ['note', '{"otp": "123456"}'],
    ['note', 'otp=123456'],
  ])('a secret that was sent in the clear is a mask: %s %j', (name, value) => {
    const text = JSON.stringify(shown({ [name]: value, state: 'PAN_REQUIRED' }))
    expect(text).toContain(MASK)
    expect(text).toContain('"state":"PAN_REQUIRED"')
    expect(text).not.toMatch(/123456|123 456|0028|0002z|opaque|reference/i)
  })

  it.each([
    '{"otp":"123456","otp":"a b"}',
    '{"pan":"SBXPA0002Z","p\\u0061n":null}',
    '{"list":[{"aadhaar":"999900000028","aadhaar":""}]}',
    '{"note":"9999\\u00200000\\u00200028"}',
  ])('what reading drops or unfolds is not shown by the bytes: %s', (text) => {
    const bytes = textOf(forPeople(payloadOf(Buffer.from(text))))
    expect(bytes).not.toMatch(/123456|SBXPA0002Z|999900000028|0028/)
    expect(() => JSON.parse(bytes) as unknown).not.toThrow()
  })

  it.each([
    '{"amount":  12345678901234567890}',
    '{ "a": {"b":1,"c":[{"b":2},{"b":"say \\"b\\": twice"}]}, "b":3 }',
    '{"empty":{},"list":[],"text":"\\u0061 \\\\"}',
  ])('what holds no secret is shown as it was sent: %s', (text) => {
    expect(textOf(forPeople(payloadOf(Buffer.from(text))))).toBe(text)
  })

  it('of two fields of one name only the one that is read is shown, however deep', () => {
    const text = '{"list":[{"code":"4711 for the door","code":12345678901234567890}]}'
    expect(textOf(forPeople(payloadOf(Buffer.from(text))))).toBe('{"list":[{"code":12345678901234567000}]}')
  })

  it.each(['9876543210', '98765 43210', '09876543210'])(
    'a mobile is shown in part, wherever it stands: %s',
    (mobile) => {
      expect(shown({ mobile, note: `call ${mobile}` })).toEqual({ mobile: '98••••••10', note: 'call 98••••••10' })
    },
  )

  it('a secret as the name of a field is a mask', () => {
    expect(shown({ '999900000028': true })).toEqual({ [MASK]: true })
  })

  it.each([
    {
      attempts: { SENDER: { sent: 1 }, AADHAAR: { sent: 2, wrongInJourney: 1 } },
      sends: { AADHAAR: [1_790_000_000_000] },
    },
    { mobileMasked: '99xxxxxx45', nameMasked: 'A*** S*****', state: 'PAN_REQUIRED', userCode: '20810200' },
    { fieldErrors: { otp: 'The code is wrong', pan: 'must be sealed for this journey as `pan`' } },
    { policy: { otpLifetimeSeconds: 600 }, otpExpiresAt: 1_790_000_000_000, panAt: '2026-11-21T06:27:53.000Z' },
    { id: 'a8098c1a-f86e-41da-bd1a-123456789012', textSha256: '123456789012'.repeat(5) + 'abcd' },
    { what: 'refused:enterPan', code: 'PLAINTEXT_REFUSED', otp: null, aadhaar: '' },
  ])('what is no secret keeps its bytes: %j', (value) => {
    const payload = payloadOf(value)
    expect(Buffer.from(forPeople(payload).data ?? [])).toEqual(Buffer.from(payload.data ?? []))
  })

  it.each([
    ['broken JSON', payloadOf(Buffer.from('{"otp": "123456')), '{"$undecodable":"malformed JSON"}'],
    ['bytes', payloadOf(Buffer.from('otp 123456'), 'binary/plain'), `{"$hidden":"${MASK} 10 bytes"}`],
    ['an unknown encoding', payloadOf(Buffer.from('123456'), '123456'), `{"$hidden":"${MASK} 6 bytes"}`],
    ['no encoding', { data: Buffer.from('123456') }, `{"$hidden":"${MASK} 6 bytes"}`],
  ])('%s cannot be looked into, so it is not shown', (_, payload, text) => {
    const seen = forPeople(payload)
    expect(textOf(seen)).toBe(text)
    expect(Buffer.from(seen.metadata?.['encoding'] ?? []).toString()).toBe('json/plain')
  })

  it('nothing stays nothing, and of metadata only what Temporal’s tools need stays', () => {
    const nothing = { metadata: { encoding: Buffer.from('binary/null') }, data: new Uint8Array() }
    expect(forPeople(nothing)).toEqual(nothing)
    const metadata = { encoding: Buffer.from('json/plain'), type: Buffer.from('Keyword'), otp: Buffer.from('123456') }
    const seen = forPeople({
      metadata: { ...metadata, messageType: Buffer.from('999900000028') },
      data: Buffer.from('1'),
    })
    expect(Object.keys(seen.metadata ?? {}).sort()).toEqual(['encoding', 'type'])
  })
})

describe('what was shown to a person', () => {
  it('is told from what may be encoded, however it is written', () => {
    for (const value of [{ otp: '123456' }, ['9999 0000 0028'], Buffer.from('{'), Buffer.from('1')]) {
      const payload =
        value instanceof Buffer ? payloadOf(value, value.length > 1 ? 'json/plain' : 'x') : payloadOf(value)
      expect(isForPeople(forPeople(payload))).toBe(true)
    }
    expect(isForPeople(payloadOf(Buffer.from('{"a":"\\u2022\\u2022\\u2022\\u2022"}')))).toBe(true)
    expect(isForPeople(payloadOf(Buffer.from(`not json ${MASK}`)))).toBe(true)
    expect(isForPeople(payloadOf({ otp: 'sealed', note: '• one • two' }))).toBe(false)
  })
})
