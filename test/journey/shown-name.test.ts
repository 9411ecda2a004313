import { describe, expect, it } from '@jest/globals'
import { shownName } from '../../workflows/shown-name.js'

describe('the name of a message that is not known', () => {
  it.each([
    ['9876543210', 'xxxxxxxxxx'],
    ['code-for-98765 43210', 'code-for-xxxxxxxxxxx'],
    ['aadhaar999900000028', 'aadhaarxxxxxxxxxxxx'],
    ['9999 0000 0028', 'xxxxxxxxxxxxxx'],
    ['panABCPE1234F', 'panxxxxxxxxxx'],
  ])('%j is shown without the number of a person', (name, shown) => {
    expect(shownName(name)).toBe(shown)
  })

  it('holds no part of a number that stands across its end', () => {
    expect(shownName(`${'n'.repeat(60)}999900000028`)).toBe(`${'n'.repeat(60)}xxxx`)
    expect(shownName(`${'n'.repeat(60)}9999 0000 0028`)).toBe(`${'n'.repeat(60)}xxxx`)
  })

  it('is otherwise as it was sent, of at most 64 plain characters', () => {
    expect(shownName('resend_Otp-2')).toBe('resend_Otp-2')
    expect(shownName('a b<c>')).toBe('a?b?c?')
    expect(shownName('é'.repeat(1_000_000))).toBe('?'.repeat(64))
  })
})
