import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { forPeople } from '../../secrets/codec-server/index.js'
import { idHoldsIdentifier } from '../../values/identifiers.js'
import { maskIdentifiers, maskMessage, parseAadhaar, parseMobile, parsePan } from '../../values/index.js'
import { redactText } from '../../worker/redact.js'
import { idHash } from '../../workflows/id-hash.js'
import { MAX_INITIATIONS, referenceOf } from '../../workflows/transfer/references.js'
import { payloadOf, textOf } from '../support/codec-server.js'

/** The masks, each of a text. */
const FOR_EVIDENCE = { maskIdentifiers, maskMessage }
const FOR_LOGS = { redactText }
const FOR_PEOPLE = { forPeople: (text: string) => textOf(forPeople(payloadOf({ note: text }))) }

const digit = fc.integer({ min: 0, max: 9 })
const gap = fc.constantFrom('', ' ', '-', '.', '\u00a0', '   ', ' - ', '\u2013', '\u2009', '_', '/', ', ', ':', ' / ')
const around = fc.constantFrom('', ' ', 'x', 'Z', '_', ':', '=', '"', '/', '(', '\n', 'é')

/** Digits in groups with any gap between, or with blanks and hyphens of one kind wherever the user put them. */
function spelt(digits: fc.Arbitrary<readonly number[]>, groups: readonly (readonly number[])[]): fc.Arbitrary<string> {
  const anywhere = fc
    .tuple(
      digits,
      fc.constantFrom(' ', '-', '\u00a0', '  ', '_', '/', ',', ':'),
      fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
    )
    .map(([all, between, at]) => all.map((one, index) => `${index > 0 && at[index] ? between : ''}${one}`).join(''))
  const grouped = fc.tuple(digits, gap, fc.constantFrom(...groups)).map(([all, between, sizes]) => {
    let from = 0
    return sizes.map((size) => all.slice(from, (from += size)).join('')).join(between)
  })
  return fc.oneof(grouped, anywhere)
}

const tail = (length: number) => fc.array(digit, { minLength: length, maxLength: length })
const hexDigits = fc
  .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 64, maxLength: 64 })
  .map((all) => all.join(''))
/** A SHA-256, which by chance begins with nothing but digits more often than one expects. */
const hash = fc
  .tuple(
    hexDigits,
    tail(18).map((all) => all.join('')),
    fc.integer({ min: 0, max: 18 }),
  )
  .map(([hex, digits, count]) => digits.slice(0, count) + hex.slice(count))
const aadhaar = spelt(tail(12), [[4, 4, 4], [12]])
const vid = spelt(tail(16), [[4, 4, 4, 4], [16]])
const tenDigits = fc.tuple(fc.integer({ min: 6, max: 9 }), tail(9)).map(([first, rest]) => [first, ...rest])
const mobile = fc
  .tuple(fc.constantFrom('', '+91', '91', '0', '091', '0091'), gap, spelt(tenDigits, [[5, 5], [3, 3, 4], [10]]))
  .map(([prefix, between, number]) => (prefix ? `${prefix}${between}${number}` : number))
const letters = (length: number) =>
  fc.array(fc.constantFrom(...'ABCPXYZabcpxyz'), { minLength: length, maxLength: length }).map((all) => all.join(''))
const pan = fc.tuple(letters(5), tail(4), letters(1)).map(([five, four, one]) => `${five}${four.join('')}${one}`)
const spacedPan = fc
  .tuple(letters(5), gap, tail(4), gap, letters(1))
  .map(([five, first, four, second, one]) => `${five}${first}${four.join('')}${second}${one}`)

/** Whether the text still holds what makes the number usable: five characters of it in a row, gaps aside. */
function isLeft(masked: string, number: string): boolean {
  const plain = (text: string): string => text.replace(/[\s._/,:\u2010-\u2015-]/g, '')
  const wanted = plain(number)
  return Array.from({ length: wanted.length - 4 }, (_, at) => wanted.slice(at, at + 5)).some((part) =>
    plain(masked).includes(part),
  )
}

describe.each(Object.entries({ ...FOR_EVIDENCE, ...FOR_LOGS, ...FOR_PEOPLE }))('%s blanks', (_, mask) => {
  it.each([
    ['an Aadhaar number', aadhaar],
    ['a Virtual ID', vid],
    ['a PAN', pan],
  ])('%s in every form that is taken from a user, whatever letters touch it', (_name, numbers) => {
    fc.assert(
      fc.property(numbers, around, around, (number, before, after) => {
        expect(isLeft(mask(`${before}${number}${after}`), number)).toBe(false)
      }),
      { numRuns: 1_000 },
    )
  })

  it('a PAN with gaps between its parts, where no other letter touches it', () => {
    fc.assert(
      fc.property(spacedPan, (number) => expect(isLeft(mask(`PAN: ${number}.`), number)).toBe(false)),
      { numRuns: 1_000 },
    )
  })

  it.each([
    '9999 0000 0028',
    '9999.0000.0028',
    '9999\u00a00000\u00a00028',
    '9999   0000   0028',
    'aadhaar999900000028x',
    '9999 0000 0028 1234',
    '9999000000281234',
    'abcpe1234f',
    'panABCPE1234Fx',
    '9999 0000 0028 9999 0000 0036',
    '9999-0000-0028 9999-0000-0036 9999-0000-0044',
    '999900000028 999900000036',
    '9999_0000_0028',
    '9999/0000/0028',
    '9999,0000,0028',
    '9999:0000:0028',
    '99:99:00:00:00:28',
    '12:34:12:34:00:28',
    'ABCPE_1234_F',
  ])('%j', (text) => {
    expect(mask(text)).not.toMatch(/0028|1234|0036|0044/)
  })
})

describe.each(Object.entries({ ...FOR_EVIDENCE, ...FOR_LOGS }))('%s blanks', (_, mask) => {
  it.each(['98765 43210', '0919876543210', '+91 98765-43210', '09876543210', 'mob9876543210x', '9876543210beef01'])(
    '%j',
    (text) => {
      expect(mask(text)).not.toMatch(/9876|43210/)
    },
  )

  it('a mobile in every form that is taken from a user, whatever letters touch it', () => {
    fc.assert(
      fc.property(mobile, around, around, (number, before, after) => {
        expect(isLeft(mask(`${before}${number}${after}`), number)).toBe(false)
      }),
      { numRuns: 1_000 },
    )
  })
})

it('every form that a parser takes for a number is one that is blanked', () => {
  const forms = fc.oneof(aadhaar, mobile, pan, spacedPan)
  fc.assert(
    fc.property(forms, (text) => {
      const taken = [parseAadhaar(text, 'format'), parseMobile(text), parsePan(text, 'format')].some(({ ok }) => ok)
      expect(taken && maskIdentifiers(text) === text).toBe(false)
    }),
    { numRuns: 2_000 },
  )
})

it.each(['a', '1', '1,', '12:34:', '1234 ', 'abcde1234 ', '\\"', 'otp \\'])(
  'megabytes of %j are masked by all of them',
  (piece) => {
    const text = `${piece.repeat(6_000_000 / piece.length)} 9999 0000 0028.`
    for (const mask of [maskIdentifiers, redactText, FOR_PEOPLE.forPeople]) expect(mask(text)).not.toContain('0028')
  },
)

describe('what is no number of a person stays readable', () => {
  const readable = {
    'a time in ms': fc.integer({ min: 1_500_000_000_000, max: 1_999_999_999_999 }).map(String),
    'a time': fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    'a UUID': fc.uuid(),
    'a UUID of digits': tail(32).map((all) => all.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')),
    'a SHA-256': hash,
    'a client_ref_id': fc
      .tuple(hash, tail(4), fc.integer({ max: 1295, min: 0 }))
      .filter(([id]) => /[a-f]/.test(id.slice(0, 10)))
      .map(([id, run, sequence]) => `${idHash(`x:${id}`)}${run.join('')}${sequence.toString(36).padStart(3, '0')}1`),
    'the client_ref_id of a debit': fc
      .tuple(hash, fc.integer({ min: 1, max: MAX_INITIATIONS }))
      .filter(([id]) => /[a-f]/.test(id.slice(0, 18)))
      .map(([id, number]) => referenceOf({ workflowId: `x:${id}` }, number)),
    'the client_ref_id of a transaction OTP': fc
      .tuple(hash, hash)
      .filter(([id]) => /[a-f]/.test(id.slice(0, 10)))
      .map(([id, run]) => `${idHash(`x:${id}`)}t${run.slice(-6)}1`),
    'a time of a day': fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .chain((date) => fc.constantFrom(16, 19, 23).map((end) => date.toISOString().replace('Z', '456').slice(11, end)))
      .map((time) => time.replace(/\.$/, '')),
    'a date and a time with a blank between': fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().replace('T', ' ').slice(0, 19)),
    'an address of a host': fc.ipV4().map((address) => `${address}:7233`),
    'a short number': fc.constantFrom('status 463', 'agent 20810200', 'ticket 4711', 'v1.2.3', '120.50', '2485 of 17'),
  }
  it.each(Object.entries(readable))('%s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const mask of [maskIdentifiers, redactText]) {
          expect(mask(text)).toBe(text)
          expect(mask(`"${text}", then`)).toBe(`"${text}", then`)
        }
        expect(FOR_PEOPLE.forPeople(text)).toBe(JSON.stringify({ note: text }))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('an id that somebody chose', () => {
  it.each([
    ...['999900000028', '9999-0000-0028', '9999_0000_0028', '9999/0000/0028', '9999:0000:0028', '9999,0000,0028.1'],
    ...['9876543210', '98765_43210', '987/654/3210', '91:9876543210', 'order-9876543210', 'x_9999.0000.0028_y'],
    ...['SBXPA0002Z', 'SBXPA0002Z1', 'sbxpa0002z4711', 'pan:SBXPA0002Z', 'SBXPA_0002_Z', 'id/SBXPA0002Z/2'],
  ])('is refused where it holds the number of a person: %s', (id) => {
    expect(idHoldsIdentifier(id)).toBe(true)
  })

  const ids = {
    // One in some ten thousand holds ten digits alone by chance: the same ones are tried each time.
    'a ULID': fc.noBias(fc.ulid()),
    'a UUID': fc.uuid(),
    'a time in ms': fc.integer({ min: 1_500_000_000_000, max: 1_999_999_999_999 }).map((ms) => `form_${ms}:1`),
    'an agent’s counter': fc.integer({ min: 1, max: 99_999 }).map((count) => `20810200_${count === 1234 ? 0 : count}`),
    'a time': fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => `resend:${date.toISOString()}`),
  }
  it.each(Object.entries(ids))('is taken where it is %s', (_, chosen) => {
    fc.assert(
      fc.property(chosen, (id) => expect(idHoldsIdentifier(id)).toBe(false)),
      { numRuns: 1_000, seed: 1 },
    )
  })
})
