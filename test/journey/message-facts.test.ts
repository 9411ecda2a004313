import { describe, expect, it } from '@jest/globals'
import { type MessageName, MESSAGES, OPEN_STATES, type OpenState } from '../../workflows/messages.js'
import { admit } from './machine.js'
import { BODIES, type Drive, driveTo, message, MESSAGE_NAMES, presentConsent } from './support.js'

interface Fact {
  /** Where it is taken; `any` is every open state. */
  readonly legal: 'any' | readonly OpenState[]
  /** Fields without which it is refused. */
  readonly needs: readonly string[]
}

/** What users say at their step, and what operators say at any time. */
const USER: Readonly<Partial<Record<MessageName, Fact>>> = {
  enterSenderDetails: { legal: ['SENDER_DETAILS_REQUIRED'], needs: ['name', 'dob', 'residenceAddress'] },
  enterSenderOtp: { legal: ['SENDER_OTP_REQUIRED'], needs: ['otp'] },
  requestConsent: { legal: ['AADHAAR_REQUIRED'], needs: ['language'] },
  enterAadhaar: { legal: ['AADHAAR_REQUIRED'], needs: ['aadhaar', 'consent'] },
  enterAadhaarOtp: { legal: ['AADHAAR_OTP_REQUIRED'], needs: ['otp'] },
  // Forms ask for everything at once: before its step the PAN is kept for a while.
  enterPan: { legal: 'any', needs: ['pan'] },
  resendOtp: { legal: ['SENDER_OTP_REQUIRED', 'AADHAAR_OTP_REQUIRED'], needs: [] },
}
const OPERATOR: Readonly<Partial<Record<MessageName, Fact>>> = {
  reenter: { legal: 'any', needs: ['actor', 'reason'] },
  retryNow: { legal: 'any', needs: ['actor', 'reason'] },
  takeOver: { legal: 'any', needs: ['actor', 'reason', 'userCode'] },
  withdrawConsent: { legal: 'any', needs: ['actor', 'reason'] },
  cancel: { legal: 'any', needs: ['actor', 'reason'] },
}

const facts = Object.entries({ ...USER, ...OPERATOR }).map(([name, fact]) => ({ name: name as MessageName, ...fact }))
const codeFor = (drive: Drive, name: MessageName): string | null =>
  admit(drive.journey, message(name), drive.now)?.code ?? null

/** What costs an SMS is refused within the cooldown, which is not the subject here. */
const NO_COOLDOWN = { policy: { resendCooldownSeconds: 0 } }

/** Every open state as a user meets it; the lookup is never met waiting. */
function waitingIn(state: OpenState): Drive {
  const drive = driveTo(state, NO_COOLDOWN)
  if (state === 'AADHAAR_REQUIRED') presentConsent(drive)
  return drive
}

it('every message is written down here', () => {
  expect(facts.map(({ name }) => name).sort()).toEqual([...MESSAGE_NAMES].sort())
})

describe.each(facts)('$name', ({ name, legal, needs }) => {
  const states = legal === 'any' ? OPEN_STATES : legal

  it('is taken in its states, and in no other', () => {
    expect([...MESSAGES[name].legalIn].sort()).toEqual([...states].sort())
    for (const state of OPEN_STATES.filter((one) => one !== 'SENDER_LOOKUP')) {
      const refused = codeFor(waitingIn(state), name) === 'WRONG_STATE'
      expect([state, refused]).toEqual([state, !states.includes(state)])
    }
  })

  it('is refused while a call is parked, unless an operator sends it', () => {
    const drive = driveTo('AADHAAR_OTP_REQUIRED', NO_COOLDOWN)
    drive.send('enterAadhaarOtp')
    drive.answer('CONFIGURATION')
    // An early PAN is kept meanwhile; in the state of its own step it waits like the others.
    const kept = name === 'enterPan'
    expect(codeFor(drive, name)).toBe(name in OPERATOR || kept ? null : 'PARKED')
  })

  it('is refused where an operator must look, unless an operator sends it', () => {
    const drive = driveTo('PAN_REQUIRED', NO_COOLDOWN)
    drive.send('enterPan')
    drive.answer('REFUSED')
    const expected = name === 'retryNow' ? 'USE_REENTER' : null
    expect(codeFor(drive, name)).toBe(name in OPERATOR ? expected : 'NEEDS_ATTENTION')
  })

  if (needs.length > 0) {
    it.each(needs)('is malformed without %s', (field) => {
      const rest = Object.fromEntries(Object.entries(BODIES[name]).filter(([key]) => key !== field))
      expect(MESSAGES[name].guard(rest)).toHaveProperty(field)
    })
  }

  it('is well formed with all of them, and malformed with a field that it does not have', () => {
    expect(MESSAGES[name].guard(BODIES[name])).toEqual({})
    expect(MESSAGES[name].guard({ ...BODIES[name], colour: 'red' })).toHaveProperty('colour')
  })
})
