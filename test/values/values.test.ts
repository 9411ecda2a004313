import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  maskAadhaar,
  maskMessage,
  maskMobile,
  maskName,
  maskPan,
  paiseFromRupees,
  type Parsed,
  parseAadhaar,
  parseAddress,
  parseDob,
  parseMobile,
  parseName,
  parseOtp,
  parsePan,
  verhoeffDigit,
  verhoeffValid,
  MAX_TRANSFER_PAISE,
  wholeRupees,
} from '../../values/index.js'

const NOW = Date.parse('2026-06-15T12:00:00Z')
const codeOf = (parsed: Parsed<unknown>): string => (parsed.ok ? 'ok' : parsed.code)

describe('a mobile number', () => {
  it.each(['9000000001', '90000 00001', '+91 90000 00001', '+919000000001', '09000000001', ' 9000000001 '])(
    'spelt %p is one sender',
    (spelling) => {
      expect(parseMobile(spelling)).toEqual({ ok: true, value: '9000000001' })
    },
  )

  it.each(['5000000001', '900000000', '90000000011', '+1 9000000001', '', 'abc', '9000-000001'])(
    '%p is refused',
    (text) => {
      expect(codeOf(parseMobile(text))).toBe('MOBILE_INVALID')
    },
  )
})

describe('an Aadhaar number', () => {
  it('is strict about the first digit and the check digit', () => {
    const body = '23456789012'
    const valid = body + String(verhoeffDigit(body))
    expect(parseAadhaar(valid)).toEqual({ ok: true, value: valid })
    expect(parseAadhaar(`${valid.slice(0, 4)} ${valid.slice(4, 8)} ${valid.slice(8)}`)).toEqual({
      ok: true,
      value: valid,
    })
    const wrong = body + String((verhoeffDigit(body) + 1) % 10)
    expect(codeOf(parseAadhaar(wrong))).toBe('AADHAAR_CHECKSUM_INVALID')
    expect(codeOf(parseAadhaar('123456789012'))).toBe('AADHAAR_INVALID')
  })

  it('passes Eko’s own sample where only the format is checked', () => {
    expect(parseAadhaar('123456789012', 'format')).toEqual({ ok: true, value: '123456789012' })
  })

  it('that is a Virtual ID is refused by that name', () => {
    expect(codeOf(parseAadhaar('1234 5678 9012 3456', 'format'))).toBe('VID_NOT_SUPPORTED')
  })

  it('with one wrong digit or two neighbours swapped fails the check (Verhoeff)', () => {
    const digits = fc.array(fc.nat(9), { minLength: 11, maxLength: 11 }).map((list) => list.join(''))
    fc.assert(
      fc.property(digits, fc.nat(11), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
        const whole = body + String(verhoeffDigit(body))
        expect(verhoeffValid(whole)).toBe(true)
        const changed = [...whole].map((digit, i) => (i === at ? String((Number(digit) + by) % 10) : digit)).join('')
        expect(verhoeffValid(changed)).toBe(false)
        const swapped = whole.slice(0, at) + (whole[at + 1] ?? '') + (whole[at] ?? '') + whole.slice(at + 2)
        if (at < 11 && swapped !== whole) expect(verhoeffValid(swapped)).toBe(false)
      }),
    )
  })

  it('agrees with the published example of the algorithm: 236 has the check digit 3', () => {
    expect(verhoeffDigit('236')).toBe(3)
  })
})

describe('a PAN', () => {
  it('is upper-cased, and must be a person’s where strict', () => {
    expect(parsePan('abcpe1234f')).toEqual({ ok: true, value: 'ABCPE1234F' })
    expect(codeOf(parsePan('ABCDE1234F'))).toBe('PAN_NOT_A_PERSON')
    expect(parsePan('ABCDE1234F', 'format')).toEqual({ ok: true, value: 'ABCDE1234F' })
  })

  it.each(['ABCPE12345', 'ABCP1234F', '', 'ABCPE1234FF'])('%p is refused', (text) => {
    expect(codeOf(parsePan(text))).toBe('PAN_INVALID')
  })
})

describe('a code', () => {
  it('keeps its leading zeros, and is never a number', () => {
    expect(parseOtp('004702')).toEqual({ ok: true, value: '004702' })
    expect(codeOf(parseOtp(4702))).toBe('OTP_INVALID')
  })

  it.each(['123', '123456789', '12a456', ''])('%p is refused', (text) => {
    expect(codeOf(parseOtp(text))).toBe('OTP_INVALID')
  })
})

describe('a person', () => {
  it('has a name of letters, in any script', () => {
    expect(parseName('  Asha   Verma ')).toEqual({ ok: true, value: 'Asha Verma' })
    expect(parseName('आशा वर्मा').ok).toBe(true)
    expect(parseName("D'Souza-Rao Jr.").ok).toBe(true)
    for (const bad of ['Al', 'R2D2', 'x'.repeat(51), '<script>', ''])
      expect(codeOf(parseName(bad))).toBe('NAME_INVALID')
  })

  it('has a real date of birth, and is 18 on the day', () => {
    expect(parseDob('2008-06-15', NOW).ok).toBe(true)
    expect(codeOf(parseDob('2008-06-16', NOW))).toBe('DOB_UNDER_AGE')
    expect(parseDob('2004-02-29', NOW).ok).toBe(true)
    for (const bad of ['2003-02-29', '1990-13-01', '1990-00-10', '01-01-1990', '1890-01-01', '']) {
      expect(codeOf(parseDob(bad, NOW))).toBe('DOB_INVALID')
    }
  })

  it('has an address of lines', () => {
    expect(parseAddress([' 123 MG Road ', '560001'])).toEqual({ ok: true, value: ['123 MG Road', '560001'] })
    for (const bad of [[], 'x', [''], [1], ['a\nb'], Array(7).fill('x'), ['x'.repeat(101)]]) {
      expect(codeOf(parseAddress(bad))).toBe('ADDRESS_INVALID')
    }
  })
})

describe('money', () => {
  it.each([
    ['50000.0', 5_000_000],
    [50000, 5_000_000],
    ['0.00', 0],
    ['814.5', 81_450],
    ['1.0500', 105],
    [0.29, 29],
  ])('%p rupees are %p paise', (rupees, paise) => {
    expect(paiseFromRupees(rupees)).toEqual({ ok: true, value: paise })
  })

  it.each(['', '-1', '1.234', '1e3', 'NaN', null, '99999999999999'])('%p is no amount', (text) => {
    expect(codeOf(paiseFromRupees(text))).toBe('MONEY_INVALID')
  })

  it('goes on the wire in whole rupees only', () => {
    expect(wholeRupees(11_000)).toEqual({ ok: true, value: 110 })
    expect(wholeRupees(MAX_TRANSFER_PAISE)).toEqual({ ok: true, value: 10_000_000 })
    for (const bad of [0, -100, 150, 1.5, '100', NaN, Infinity, MAX_TRANSFER_PAISE + 100, 1e15])
      expect(codeOf(wholeRupees(bad))).toBe('MONEY_INVALID')
  })
})

describe('masks', () => {
  it('show enough to recognise and too little to use', () => {
    expect(maskMobile('9876543210')).toBe('98xxxxxx10')
    expect(maskAadhaar('234567890123')).toBe('XXXXXXXX0123')
    expect(maskPan('ABCPE1234F')).toBe('ABCxx1234x')
    expect(maskName('Asha Verma')).toBe('A*** V****')
  })

  it('blank every number and PAN in a message of Eko', () => {
    expect(maskMessage('Customer 9876543210 with ABCPE1234F and 1234 5678 9012 failed')).toBe(
      'Customer xxxxxxxxxx with xxxxxxxxxx and xxxxxxxxxxxxxx failed',
    )
    expect(maskMessage('x'.repeat(1000)).length).toBeLessThanOrEqual(160)
  })
})

describe('whatever a user types', () => {
  it('is parsed or refused with a message that does not repeat it', () => {
    const parsers = [
      parseMobile,
      parseAadhaar,
      parsePan,
      parseOtp,
      parseName,
      parseAddress,
      paiseFromRupees,
      wholeRupees,
    ]
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string()), (input) => {
        for (const parse of [...parsers, (value: unknown) => parseDob(value, NOW)]) {
          const parsed: Parsed<unknown> = parse(input)
          if (!parsed.ok && typeof input === 'string' && input.length > 6) expect(parsed.message).not.toContain(input)
        }
      }),
    )
  })
})
