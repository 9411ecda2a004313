import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  maskAccount,
  paiseFromRupees,
  type Parsed,
  parseAccountNumber,
  parseIfsc,
  parseLocation,
  parseRecipientName,
} from '../../values/index.js'

const shown = (parsed: Parsed<unknown>): unknown => (parsed.ok ? parsed.value : parsed.code)

describe('an IFSC', () => {
  it.each(['KKBK0000878', 'kkbk0000878', ' KKBK 0000878 '])('spelt %p is one branch', (text) => {
    expect(shown(parseIfsc(text))).toBe('KKBK0000878')
  })

  it.each(['KKBK1000878', 'KKB00000878', 'SBIN00005656', 'KKBK000087', 'KKBK000087-', '', 7, null, 'x'.repeat(99)])(
    '%p is none',
    (input) => {
      expect(shown(parseIfsc(input))).toBe('IFSC_INVALID')
    },
  )
})

describe('an account number', () => {
  it.each([
    ['1234567890657', '1234567890657'],
    ['001234567', '001234567'],
    ['1234 5678-9012 345678', '123456789012345678'],
  ])('%p is taken as text', (input, account) => {
    expect(shown(parseAccountNumber(input))).toBe(account)
  })

  it.each(['12345678', '1234567890123456789', 'ABC123456789', 1_234_567_890, '', undefined])('%p is none', (input) => {
    expect(shown(parseAccountNumber(input))).toBe('ACCOUNT_INVALID')
  })

  it('is shown by its last digits, and never more than a third of it', () => {
    expect(['10000000000457', '123456789', '123456', '12', ''].map(maskAccount)).toEqual([
      ...['XXXXXXXXXX0457', 'XXXXXX789', 'XXXX56', 'XX', ''],
    ])
  })
})

describe('a recipient’s name', () => {
  it('has 1 to 50 letters, and blanks between words', () => {
    expect(shown(parseRecipientName('  Sample   Payee '))).toBe('Sample Payee')
    expect(shown(parseRecipientName('x'.repeat(50)))).toBe('x'.repeat(50))
    for (const bad of ['', ' ', 'x'.repeat(51), 'R2', 'A.B', 'Sample-Payee', 7, null]) {
      expect(shown(parseRecipientName(bad))).toBe('RECIPIENT_NAME_INVALID')
    }
  })
})

describe('a location', () => {
  it('is latitude and longitude in degrees', () => {
    for (const good of ['28.63,77.22', '-90,180', '0,0', '28.6, 77.2']) {
      expect(shown(parseLocation(good))).toBe(good.replace(' ', ''))
    }
    for (const bad of ['28.63', '91,0', '0,181', '28.63;77.22', 'a,b', '1,2,3', '', {}]) {
      expect(shown(parseLocation(bad))).toBe('LOCATION_INVALID')
    }
  })
})

describe('rupees as Java writes large ones', () => {
  it.each([
    ['2.22263731286E9', 222_263_731_286],
    ['1.0E7', 1_000_000_000],
    ['1.23456789E7', 1_234_567_890],
    ['9.99999999999E9', 999_999_999_999],
  ])('%p are %p paise', (text, paise) => {
    expect(shown(paiseFromRupees(text))).toBe(paise)
  })

  it.each(['1E7', '1.0e7', '10.0E6', '0.1E8', '1.0E-7', '1.0E+7', '1.23456789123E7', '1.0E99', 'E7', '1.0E'])(
    '%p are none',
    (text) => {
      expect(shown(paiseFromRupees(text))).toBe('MONEY_INVALID')
    },
  )

  it('are the same amount as written out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000_000, max: 999_999_999_999 }), (paise) => {
        const digits = String(paise)
        const java = `${digits.slice(0, 1)}.${digits.slice(1).replace(/0+$/, '') || '0'}E${digits.length - 3}`
        const plain = `${digits.slice(0, -2)}.${digits.slice(-2)}`
        expect([java, shown(paiseFromRupees(java)), shown(paiseFromRupees(plain))]).toEqual([java, paise, paise])
      }),
    )
  })
})

it('no text that was typed comes back in a refusal', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.string()), (input) => {
      for (const parse of [parseIfsc, parseAccountNumber, parseRecipientName, parseLocation]) {
        const parsed: Parsed<unknown> = parse(input)
        if (!parsed.ok && typeof input === 'string' && input.length > 6) expect(parsed.message).not.toContain(input)
      }
    }),
  )
})
