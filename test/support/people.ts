import { randomInt } from 'node:crypto'
import { withVerhoeffDigit } from '../../sandbox/verhoeff.js'
import type { PersonFacts } from '../../stack/person.js'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('')
}

function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}

/** A made-up person whose numbers pass strict checks and trigger nothing in the sandbox. */
export function newPerson(): PersonFacts {
  return {
    mobile: `7${digits(9)}`,
    aadhaar: withVerhoeffDigit(`99991${digits(6)}`),
    pan: `${letters(3)}P${letters(1)}${digits(4)}${letters(1)}`,
    details: {
      name: 'Test Sender',
      dob: '1990-01-31',
      residenceAddress: ['12 Sample Street', 'Pune', 'Maharashtra', '411001'],
    },
  }
}

/** Any ten digits that are a mobile and lie in no block of the sandbox's scenarios. */
export function newMobile(): string {
  return newPerson().mobile
}
