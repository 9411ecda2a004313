import { randomInt } from 'node:crypto'
import { withVerhoeffDigit } from '../../sandbox/verhoeff.js'
import type { PersonFacts } from '../../stack/person.js'
import type { NewRecipient } from '../../workflows/messages.js'
import type { Kind } from './kinds.js'

/**
 * The secrets of one run: made up, different in every run, and so odd that they stand nowhere by chance. Codes have
 * eight digits, the most that Eko’s form allows, and there are few of them: each digit more, and each code less, makes a
 * chance hit ten times less likely.
 */
export class Canaries {
  readonly #values = new Map<Kind, Set<string | Buffer>>()
  /** What the sandbox is told to send, and what is typed instead of it. */
  readonly codes: Readonly<Record<'SENDER' | 'AADHAAR' | 'MONEY', { readonly right: string; readonly wrong: string }>>

  constructor() {
    const [a = '', b = '', c = '', d = '', e = '', f = ''] = distinctCodes(6)
    this.codes = { SENDER: { right: a, wrong: b }, AADHAAR: { right: c, wrong: d }, MONEY: { right: e, wrong: f } }
    this.add('senderOtp', a, b)
    this.add('aadhaarOtp', c, d)
    this.add('moneyOtp', e, f)
  }

  /** Remembers values of a kind, so that they are searched for; answers the first one. */
  add<Value extends string | Buffer>(kind: Kind, value: Value, ...more: readonly Value[]): Value {
    const values = this.#values.get(kind) ?? new Set()
    for (const each of [value, ...more]) values.add(each)
    this.#values.set(kind, values)
    return value
  }

  get secrets(): ReadonlyMap<Kind, ReadonlySet<string | Buffer>> {
    return this.#values
  }

  /** Someone to onboard, of whom everything is a canary. */
  person(): PersonFacts {
    const name = `Q${letters(5).toLowerCase()} Z${letters(6).toLowerCase()}`
    const line = `${letters(3)} ${letters(7)} Telltale`
    const facts: PersonFacts = {
      mobile: `7${digits(9)}`,
      aadhaar: aadhaarNumber(),
      pan: panNumber(),
      details: { name, dob: dateOfBirth(), residenceAddress: [line, 'Pune', 'Maharashtra', '411001'] },
    }
    this.add('mobile', facts.mobile)
    this.add('aadhaar', facts.aadhaar)
    this.add('pan', facts.pan)
    this.add('name', name)
    this.add('address', line)
    this.add('dob', facts.details.dob)
    return facts
  }

  /** Somebody to send money to, of whom everything is a canary. */
  recipient(): NewRecipient {
    const name = `Q${letters(5).toLowerCase()} Z${letters(6).toLowerCase()}`
    const recipient = { name, mobile: `7${digits(9)}`, account: `${randomInt(1, 10)}${digits(14)}` }
    this.add('name', name)
    this.add('mobile', recipient.mobile)
    this.add('account', recipient.account)
    return { ...recipient, ifsc: 'SBXB0000001', bankId: 12 }
  }

  /** An Aadhaar number, a PAN and a code that are sent where they do not belong. */
  mistake(kind: Kind): { readonly aadhaar: string; readonly pan: string; readonly otp: string } {
    const mistake = { aadhaar: aadhaarNumber(), pan: panNumber(), otp: distinctCodes(1)[0] ?? '' }
    this.add(kind, mistake.aadhaar, mistake.pan, mistake.otp)
    return mistake
  }
}

/** Made-up text for a key or token. */
export function canaryText(prefix: string): string {
  return `${prefix}-${letters(20)}`
}

function aadhaarNumber(): string {
  return withVerhoeffDigit(`9${digits(10)}`)
}

function panNumber(): string {
  return `${letters(3)}P${letters(1)}${digits(4)}${letters(1)}`
}

/** Long ago: no log and no file has such a date by chance. */
function dateOfBirth(): string {
  const day = new Date(Date.UTC(randomInt(1940, 1969), 0, randomInt(1, 366)))
  return day.toISOString().slice(0, 10)
}

/** No code begins another one’s number, and none begins with a zero, which numbers lose. */
function distinctCodes(count: number): string[] {
  const codes = new Set<string>()
  while (codes.size < count) codes.add(`${randomInt(3, 10)}${digits(7)}`)
  return [...codes]
}

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('')
}

const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'

function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}
