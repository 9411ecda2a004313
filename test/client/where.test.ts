import { describe, expect, it } from '@jest/globals'
import { ERROR_CODES, OnboardingError, WHERE_WORDS } from '../../client/index.js'
import { whereClause } from '../../client/where.js'

/** The code of the complaint about `where`. */
function complaint(where: string): string {
  try {
    return `taken as ${whereClause(where)}`
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error
    expect(error.code).toBe('INVALID_INPUT')
    expect(ERROR_CODES[error.code].action).toMatch(/details\.fields/)
    return (error.details?.['fields'] as { where: { code: string } }).where.code
  }
}

describe('words', () => {
  it.each([
    ['parked', `(OnboardingStatus = 'PARKED')`],
    ['Needs-Attention', `(OnboardingStatus = 'NEEDS_ATTENTION')`],
    ['NEEDS_ATTENTION', `(OnboardingStatus = 'NEEDS_ATTENTION')`],
    ['  parked   levin ', `(OnboardingStatus = 'PARKED' AND OnboardingRail = 'levin')`],
    ['aadhaar-otp-required', `(OnboardingState = 'AADHAAR_OTP_REQUIRED')`],
  ])('%s stands for %s', (where, clause) => {
    expect(whereClause(where)).toBe(clause)
  })

  it('none names what is never listed: a call under way, or a closed journey', () => {
    expect(WHERE_WORDS).toContain('waiting-for-user')
    for (const word of ['calling-eko', 'closed', 'completed']) expect(WHERE_WORDS).not.toContain(word)
  })
})

describe('a condition', () => {
  it.each([
    `OnboardingStatus = 'PARKED' AND StartTime < "2026-01-31T00:00:00Z"`,
    `(OnboardingRail = 'levin' OR OnboardingRail = 'digikhata') AND NOT (OnboardingState = 'PAN_REQUIRED')`,
    `OnboardingState IN ('PAN_REQUIRED', 'AADHAAR_REQUIRED')`,
    'WorkflowId STARTS_WITH "onboarding:levin:acme:(not closed; -- no comment /* inside a text"',
    `OnboardingStatus = 'it''s doubled)'`,
    "`OnboardingStatus` = 'PARKED'\nAND HistoryLength > -1",
  ])('is shut in as it is: %s', (where) => {
    expect(whereClause(`  ${where} `)).toBe(`(${where})`)
  })

  it.each([
    ['', 'REQUIRED'],
    ['   ', 'REQUIRED'],
    ['x'.repeat(2_001), 'INVALID'],
    [`OnboardingStatus = 'PARKED`, 'UNBALANCED_QUOTE'],
    [`OnboardingStatus = "PARKED'`, 'UNBALANCED_QUOTE'],
    ['`OnboardingStatus = 1', 'UNBALANCED_QUOTE'],
    [`x = 1) OR (OnboardingTenant = 'other'`, 'UNBALANCED_PARENTHESIS'],
    [`x = 1) OR OnboardingTenant = 'other' OR (y = 2`, 'UNBALANCED_PARENTHESIS'],
    ['(x = 1', 'UNBALANCED_PARENTHESIS'],
    ['x = 1)', 'UNBALANCED_PARENTHESIS'],
    // With a comment, parentheses that are balanced here would not be there.
    ['x = 1 /* ( */ ) OR ( y = 2 /* ) */', 'NOT_ALLOWED'],
    ['x = 1 -- (\n) OR (y = 2 -- )\n', 'NOT_ALLOWED'],
    ['x = 1 // (\n) OR (y = 2 // )\n', 'NOT_ALLOWED'],
    ['x = 1 # (\n) OR (y = 2 # )\n', 'NOT_ALLOWED'],
    // A backslash may or may not hide the quote behind it.
    [`x = 'a\\' OR y = ') OR (z = 1 OR w = \\'b'`, 'NOT_ALLOWED'],
    ['x = 1; y = 2', 'NOT_ALLOWED'],
    ['x = \u0000 1', 'NOT_ALLOWED'],
    [`x = 'a\u0000b'`, 'NOT_ALLOWED'],
    ['x = 1 ＯＲ y = 2', 'NOT_ALLOWED'],
  ])('%j is refused with %s', (where, code) => {
    expect(complaint(where)).toBe(code)
  })
})
