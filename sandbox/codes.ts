import { randomBytes, randomInt } from 'node:crypto'
import type { Purpose, Rail } from './names.js'
import type { SandboxPolicy } from './policy.js'

/** Forms of `otp_ref_id` in Eko's samples: base64 text of several lengths, text that is no base64, digits, tildes. */
export type RefForm = 'opaque88' | 'opaque96' | 'odd74' | 'digits' | 'tilde'
/** A reference that is made of something known, and that no code has had. */
export type GivenRef = { ref: string }

/** A code that was sent, with all that it is bound to. */
export interface IssuedCode {
  otpRefId: string
  rail: Rail
  mobile: string
  purpose: Purpose
  code: string
  issuedAt: number
  wrongTries: number
  state: 'LIVE' | 'SUPERSEDED' | 'CONSUMED' | 'EXHAUSTED'
  /** Dead on arrival, whatever the policy's lifetime: for scenarios. */
  bornExpired: boolean
  /** Whatever the operation that sent it must know when it is verified. */
  subject: string
}

/** Why a code was not accepted. */
export type CodeRefusal =
  'UNKNOWN_REF' | 'SUPERSEDED' | 'CONSUMED' | 'EXHAUSTED' | 'EXPIRED' | 'WRONG_CODE' | 'OTHER_DETAILS'
export type CodeCheck = { ok: true; issued: IssuedCode } | { ok: false; refusal: CodeRefusal }

export interface CodeOwner {
  rail: Rail
  mobile: string
  purpose: Purpose
}

/** What a code must have been sent for, and whether a used one counts once more. */
export interface RedeemOptions {
  /** `OTHER_DETAILS` where the code was sent for something else; it stays usable for that. */
  subject?: string
  /** The right code is accepted although it was used. */
  usedCounts?: boolean
}

/** All codes ever issued. One is live per rail, mobile and purpose; a newer one ends the older. */
export class CodeBook {
  readonly #byRef = new Map<string, IssuedCode>()
  readonly #live = new Map<string, IssuedCode>()
  readonly #next = new Map<string, string[]>()
  readonly #policy: () => SandboxPolicy

  constructor(policy: () => SandboxPolicy) {
    this.#policy = policy
  }

  /** Decides the owner's next codes, first one first; after them codes are random again. */
  decide(owner: CodeOwner, codes: readonly string[]): void {
    const key = ownerKey(owner)
    this.#next.set(key, [...(this.#next.get(key) ?? []), ...codes])
  }

  /**
   * Issues a code and ends the owner's older one.
   * @throws RangeError for a given reference that a code has had
   */
  issue(owner: CodeOwner, form: RefForm | GivenRef, now: number, subject = '', bornExpired = false): IssuedCode {
    const previous = this.live(owner)
    if (previous) previous.state = 'SUPERSEDED'
    const issued: IssuedCode = {
      ...owner,
      otpRefId: this.#freshRef(owner, form),
      code: this.#next.get(ownerKey(owner))?.shift() ?? randomCode(this.#policy().leadingZeroShare),
      issuedAt: now,
      wrongTries: 0,
      state: 'LIVE',
      bornExpired,
      subject,
    }
    this.#byRef.set(issued.otpRefId, issued)
    this.#live.set(ownerKey(owner), issued)
    return issued
  }

  /** Tries a code. A right one is consumed; a wrong one counts against its reference. */
  redeem(owner: CodeOwner, otpRefId: string, code: string, now: number, options: RedeemOptions = {}): CodeCheck {
    const issued = this.#byRef.get(otpRefId)
    if (!issued || ownerKey(issued) !== ownerKey(owner)) return { ok: false, refusal: 'UNKNOWN_REF' }
    if (issued.state === 'CONSUMED' && options.usedCounts && issued.code === code) return { ok: true, issued }
    if (issued.state !== 'LIVE') return { ok: false, refusal: issued.state }
    if (this.expiresAt(issued) <= now) return { ok: false, refusal: 'EXPIRED' }
    if (issued.code === code) {
      if (options.subject !== undefined && options.subject !== issued.subject) {
        return { ok: false, refusal: 'OTHER_DETAILS' }
      }
      issued.state = 'CONSUMED'
      return { ok: true, issued }
    }
    issued.wrongTries += 1
    if (issued.wrongTries >= this.#policy().codeAttempts) issued.state = 'EXHAUSTED'
    return { ok: false, refusal: 'WRONG_CODE' }
  }

  /** The owner's code that could still be accepted, if any (it may have expired). */
  live(owner: CodeOwner): IssuedCode | undefined {
    const issued = this.#live.get(ownerKey(owner))
    return issued?.state === 'LIVE' ? issued : undefined
  }

  /** When a code stops being accepted, ms. */
  expiresAt(issued: IssuedCode): number {
    return issued.bornExpired ? issued.issuedAt : issued.issuedAt + this.#policy().codeLifetimeMs
  }

  #freshRef(owner: CodeOwner, form: RefForm | GivenRef): string {
    if (typeof form === 'object') {
      if (this.#byRef.has(form.ref)) throw new RangeError(`A code has had the reference ${form.ref} already.`)
      return form.ref
    }
    let ref = randomRef(owner.mobile, form)
    while (this.#byRef.has(ref)) ref = randomRef(owner.mobile, form)
    return ref
  }
}

function ownerKey(owner: CodeOwner): string {
  return `${owner.rail}:${owner.mobile}:${owner.purpose}`
}

function randomCode(leadingZeroShare: number): string {
  const startsWithZero = randomInt(1_000_000) < leadingZeroShare * 1_000_000
  const first = startsWithZero ? '0' : String(randomInt(1, 10))
  return first + String(randomInt(100_000)).padStart(5, '0')
}

function randomRef(mobile: string, form: RefForm): string {
  switch (form) {
    case 'digits':
      return String(randomInt(10_000_000, 100_000_000))
    case 'tilde': {
      const number = randomInt(1_000_000, 10_000_000)
      return `${mobile}~${mobile}~Channel4~${number}~${number}`
    }
    // 73 characters and one `=` decode to nothing, like Eko's transaction sample.
    case 'odd74':
      return `${randomBytes(56).toString('base64').slice(0, 73)}=`
    // Always with one of the characters that a URL would mangle.
    case 'opaque88':
      return `${randomBytes(63).toString('base64').slice(0, 84)}+/==`
    case 'opaque96':
      return `${randomBytes(69).toString('base64').slice(0, 92)}/+Pk`
  }
}
