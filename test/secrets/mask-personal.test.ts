import { describe, expect, it } from '@jest/globals'
import { forPeople, isForPeople, MASK } from '../../secrets/codec-server/index.js'
import { maskPersonal } from '../../secrets/codec-server/mask-personal.js'
import { MESSAGES } from '../../workflows/messages.js'
import { payloadOf, textOf } from '../support/codec-server.js'

const PERSON = {
  mobile: '9999912345',
  details: { name: 'Asha Sample', dob: '1990-01-31', residenceAddress: ['12 MG Road', 'Pune', '411001'] },
}

describe('a person in what the codec server shows', () => {
  it('can be recognised by who knows the mobile or the name, and by nobody else', () => {
    expect(maskPersonal({ state: 'PAN_REQUIRED', ...PERSON })).toEqual({
      state: 'PAN_REQUIRED',
      mobile: '99••••••45',
      details: { name: 'A•••• S••••', dob: MASK, residenceAddress: [MASK, MASK, MASK] },
    })
  })

  it.each(['9876543210', '98765 43210', '09876543210', 9876543210])('has no mobile anywhere: %j', (mobile) => {
    const shown = JSON.stringify(maskPersonal({ [`of ${mobile}`]: [mobile, { note: `call ${mobile}, please` }] }))
    expect(shown).not.toMatch(/98765|43210|765 ?43/)
    expect(shown.match(/98••••••10/g)).toHaveLength(3)
  })

  it.each(['919876543210', '+91 98765 43210', '9999 0000 0028', 'SBXPA0002Z'])(
    'shows nothing of a number that could be a secret: %s',
    (number) => {
      expect(maskPersonal(number)).toMatch(/^\+?••••$/)
    },
  )

  it('is hidden in an address of any form', () => {
    expect(maskPersonal({ residence_address: { line1: '12 MG Road', city: 'Pune' } })).toEqual({
      residence_address: { line1: MASK, city: MASK },
    })
  })

  it('does not hide what an operator needs: states, names of messages, ids, times and amounts', () => {
    const story = {
      message: { name: 'enterSenderDetails', body: {} },
      timeline: [{ at: '2026-11-21T06:27:53.000Z', what: 'refused:enterPan', code: 'PAN_MISMATCH', name: null }],
      fieldErrors: { name: 'Must not be empty.', dob: 'Must be a date.' },
      otpExpiresAt: 1_790_000_000_000,
      limits: { paise: 2_500_000 },
      userCode: '20810200',
      id: 'a8098c1a-f86e-41da-bd1a-123456789012',
    }
    expect(maskPersonal(story)).toEqual(story)
  })

  it('stays masked when it is masked again, and is never taken for what may be encoded', () => {
    const once = maskPersonal(PERSON)
    expect(maskPersonal(once)).toEqual(once)
    for (const part of [{ mobile: PERSON.mobile }, { name: 'Asha' }, { dob: PERSON.details.dob }])
      expect(isForPeople(payloadOf(maskPersonal(part)))).toBe(true)
  })

  it('is masked beside secrets, which show nothing more for it', () => {
    const shown = JSON.parse(
      textOf(forPeople(payloadOf({ ...PERSON, otp: '123456', note: '9999 0000 0028' }))),
    ) as unknown
    expect(maskPersonal(shown)).toMatchObject({ mobile: '99••••••45', otp: MASK, note: MASK })
  })

  it('of nested lists deeper than anything of ours does not stop the server', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown
    expect(() => maskPersonal(deep)).not.toThrow()
  })

  it.each([
    ['an address with a number', { address: 'House 12, MG Road, 2345 6789 0123' }],
    ['a name with a PAN', { fullName: 'Asha Sharma ABCDE1234F' }],
    ['a name with a mask', { name: `Asha ${MASK} Sharma` }],
    ['a birthday and a pincode as numbers', { dob: 19900101, address: { pincode: 560001, isRural: false } }],
    ['a name in parts', { Name: { first: 'Asha', last: 'Sharma' } }],
    ['a name in a list of parts', { customer_name: [{ given: 'Asha' }, { family: 'Sharma' }] }],
    ['a name beside a body', { name: 'Asha', body: null }],
    ['a whole name beside a body', { name: 'Asha Sharma', body: {} }],
    ['lines of an address', { addressLine1: 'House 12', address_line_2: 'MG Road', city: 'Pune', pincode: '560001' }],
    ['a state beside a city', { state: 'Karnataka', city: 'Pune', country: 'Bharat' }],
    ['a birthday of another name', { birthDate: '1990-01-01', dateOfBirth: '1990-01-01', yearOfBirth: 1990 }],
  ])('is hidden by the name of the field, whatever is in it: %s', (_, value) => {
    const text = textOf(forPeople(payloadOf({ sent: value })))
    expect(text).toContain(MASK)
    expect(text).not.toMatch(/sha|harma|House|Road|Pune|Karnataka|Bharat|1990|5600|0123|1234|false/)
  })

  it('does not hide the name of any message, nor a state beside an address', () => {
    for (const name of Object.keys(MESSAGES)) {
      const text = JSON.stringify({
        message: { name, body: {} },
        state: 'PAN_REQUIRED',
        fieldErrors: { city: 'unknown' },
      })
      expect(textOf(forPeople(payloadOf(Buffer.from(text))))).toBe(text)
    }
    expect(maskPersonal({ state: 'AADHAAR_REQUIRED', address: 'x' })).toEqual({
      state: 'AADHAAR_REQUIRED',
      address: MASK,
    })
  })

  it('shows a bank account by its end only, as text and as a number; what is masked already stays', () => {
    const seen = {
      account: '00123456789',
      accountNumber: 12345678901,
      account_no: '1234',
      accountMasked: 'XXXXXXX6789',
    }
    expect(maskPersonal({ recipient: seen })).toEqual({
      recipient: { account: '••••6789', accountNumber: '••••8901', account_no: '••••', accountMasked: 'XXXXXXX6789' },
    })
  })
})
