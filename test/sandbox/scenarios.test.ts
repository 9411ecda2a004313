import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ScenariosJson } from '../../sandbox/index.js'
import { hasVerhoeffDigit, isStrictAadhaar, withVerhoeffDigit } from '../../sandbox/verhoeff.js'
import { Caller } from './support/caller.js'
import { ids, panOf, Steps } from './support/steps.js'

let caller: Caller
let scenarios: ScenariosJson
beforeAll(async () => {
  caller = await Caller.start()
  scenarios = await caller.control('GET', '/scenarios')
})
afterAll(() => caller.sandbox.close())

/** A number of a scenario's block that no other test of this file uses. */
function mobileOf(scenario: string, last = 2): string {
  const found = scenarios.mobiles.find((entry) => entry.scenario === scenario)
  if (!found) throw new Error(`No scenario ${scenario}`)
  return found.pattern.replace('nnn', String(last).padStart(3, '0'))
}
const aadhaarOf = (scenario: string) =>
  scenarios.aadhaarNumbers.find((entry) => entry.scenario === scenario)?.number ?? ''
const panNumberOf = (scenario: string) => scenarios.pans.find((entry) => entry.scenario === scenario)?.number ?? ''

describe('Verhoeff', () => {
  it.each([
    ['236', '2363'],
    ['12345', '123451'],
    ['142857', '1428570'],
  ])('of %s is %s', (digits, whole) => {
    expect(withVerhoeffDigit(digits)).toBe(whole)
  })

  it('finds every single wrong digit and every swap of neighbours', () => {
    const right = withVerhoeffDigit('99990000123')
    for (let i = 0; i < right.length; i += 1) {
      for (let digit = 0; digit < 10; digit += 1) {
        const changed = right.slice(0, i) + String(digit) + right.slice(i + 1)
        expect(hasVerhoeffDigit(changed)).toBe(changed === right)
      }
      const swapped = right.slice(0, i) + (right[i + 1] ?? '') + (right[i] ?? '') + right.slice(i + 2)
      expect(hasVerhoeffDigit(swapped)).toBe(swapped === right)
    }
  })
})

describe('test numbers', () => {
  it('pass the strict rules', () => {
    const mobiles = [...scenarios.numbers.mobiles, ...scenarios.mobiles.map(({ example }) => example)]
    const aadhaar = [...scenarios.numbers.aadhaarNumbers, ...scenarios.aadhaarNumbers.map(({ number }) => number)]
    const pans = [...scenarios.numbers.pans, ...scenarios.pans.map(({ number }) => number)]
    for (const mobile of mobiles) expect(mobile).toMatch(/^[6-9]\d{9}$/)
    for (const number of aadhaar) expect([number, isStrictAadhaar(number)]).toEqual([number, true])
    for (const pan of pans) expect(pan).toMatch(/^[A-Z]{3}P[A-Z]\d{4}[A-Z]$/)
    const all = [...mobiles, ...aadhaar, ...pans]
    expect(new Set(all).size).toBe(all.length)
  })

  it('are labelled as sandbox policy', () => {
    expect(scenarios.note).toMatch(/^Sandbox policy/)
  })

  it('outside the scenarios trigger nothing', async () => {
    const { mobiles, aadhaarNumbers, pans } = scenarios.numbers
    const steps = new Steps(caller, 'digikhata', mobiles[0] ?? '')
    expect((await steps.lookUp()).body['status']).toBe(308)
    await steps.onboard()
    await steps.verifyNewest()
    expect((await steps.aadhaarOtp(aadhaarNumbers[0])).body['status']).toBe(0)
    expect((await steps.verifyAadhaarNewest()).body['status']).toBe(0)
    expect((await steps.pan(pans[0] ?? '')).body['response_type_id']).toBe(309)
    expect((await caller.ledger(steps.mobile)).calls.filter(({ fault }) => fault)).toEqual([])
  })
})

describe('a mobile of a scenario', () => {
  it('starts in the stage that the table says, on both rails', async () => {
    for (const { example, stage = 'NOT_ENROLLED' } of scenarios.mobiles) {
      for (const rail of ['digikhata', 'levin']) expect((await caller.sender(rail, example)).stage).toBe(stage)
    }
  })

  it('meets its fault once, on each rail', async () => {
    const mobile = mobileOf('smsAnswerLost')
    for (const rail of ['digikhata', 'levin']) {
      const steps = new Steps(caller, rail, mobile)
      await expect(steps.lookUp()).rejects.toThrow()
      expect((await steps.lookUp()).body['status']).toBe(2129)
    }
    expect((await caller.ledger(mobile)).sms).toHaveLength(4)
  })

  it.each([
    ['onboardAnswerLost', 'onboardSender'],
    ['senderVerifyAnswerLost', 'verifySenderOtp'],
    ['aadhaarOtpAnswerLost', 'generateAadhaarOtp'],
    ['aadhaarVerifyAnswerLost', 'verifyAadhaarOtp'],
    ['panAnswerLost', 'validatePan'],
  ])('%s loses the answer of %s and nothing else', async (scenario, operation) => {
    const steps = new Steps(caller, 'digikhata', mobileOf(scenario))
    const lost: string[] = []
    const attempt = async (name: string, call: Promise<unknown>): Promise<void> => {
      await call.catch(() => lost.push(name))
    }
    await attempt('onboardSender', steps.onboard())
    await attempt('verifySenderOtp', steps.verifyNewest())
    await attempt('generateAadhaarOtp', steps.aadhaarOtp())
    await attempt('verifyAadhaarOtp', steps.verifyAadhaarNewest())
    await attempt('validatePan', steps.pan(panOf(steps.mobile)))
    expect(lost).toEqual([operation])
    expect((await caller.sender('digikhata', steps.mobile)).stage).toBe('ACTIVE')
  })

  it.each([
    ['gatewayHtml', 502],
    ['tooManyOnce', 429],
  ])('%s answers %i once', async (scenario, http) => {
    const steps = new Steps(caller, 'digikhata', mobileOf(scenario))
    expect((await steps.lookUp()).http).toBe(http)
    expect((await steps.lookUp()).http).toBe(200)
  })

  it.each([
    ['busyOnce', [1, -2, -1]],
    ['unknownAnswerOnce', [0, 0, 9999]],
  ])('%s answers the first verification with %j', async (scenario, expected) => {
    const steps = new Steps(caller, 'digikhata', mobileOf(scenario))
    await steps.onboard()
    expect(ids(await steps.verifyNewest())).toEqual(expected)
  })

  it.each(['walletTokenExpiredOnce', 'walletTokenMissingOnce'])('%s needs a second verification', async (scenario) => {
    const steps = new Steps(caller, 'levin', mobileOf(scenario))
    await steps.onboard()
    await steps.verifyNewest()
    expect(ids(await steps.aadhaarOtp())).toEqual([1, 463, 1388])
    await steps.lookUp()
    await steps.verifyNewest()
    expect((await steps.aadhaarOtp()).body['status']).toBe(0)
  })
})

describe('an Aadhaar number of a scenario', () => {
  async function ready(rail: string, mobile: string): Promise<Steps> {
    const steps = new Steps(caller, rail, mobile)
    await caller.seed(rail, mobile, 'OTP_PENDING')
    await steps.lookUp()
    await steps.verifyNewest()
    return steps
  }

  it('is refused', async () => {
    const steps = await ready('digikhata', '9000000701')
    expect(ids(await steps.aadhaarOtp(aadhaarOf('refused')))).toEqual([2138, 1, 2138])
  })

  it('is linked to another phone: the SMS goes there and the hint says so', async () => {
    const steps = await ready('levin', '9000000702')
    const { data } = (await steps.aadhaarOtp(aadhaarOf('otherMobile'))).body
    const sms = await caller.newestSms(steps.mobile, 'AADHAAR')
    expect(sms.mobile).not.toBe(steps.mobile)
    expect(data?.['mobile_hint']).toBe(`******${sms.mobile.slice(-4)}`)
    expect(await caller.newestSms(sms.mobile, 'AADHAAR')).toEqual(sms)
    expect((await steps.verifyAadhaarNewest()).body['status']).toBe(0)
  })

  it('finds the authority down, and nothing is executed', async () => {
    const steps = await ready('digikhata', '9000000703')
    expect((await steps.aadhaarOtp(aadhaarOf('unavailable'))).http).toBe(503)
    const { calls, sms } = await caller.ledger(steps.mobile)
    expect([calls.at(-1)?.executed, sms.length]).toEqual([false, 1])
  })

  it('gets a code that has expired already', async () => {
    const steps = await ready('levin', '9000000704')
    await steps.aadhaarOtp(aadhaarOf('codeExpired'))
    expect(ids(await steps.verifyAadhaarNewest())).toEqual([1, 303, 1388])
  })

  it('has to have its check digit where the policy says so', async () => {
    await caller.control('PUT', '/policy', { aadhaarCheck: 'verhoeff' })
    const steps = await ready('digikhata', '9000000705')
    expect((await steps.aadhaarOtp('123456789012')).body['status']).toBe(2138)
    expect((await steps.aadhaarOtp(scenarios.numbers.aadhaarNumbers[1])).body['status']).toBe(0)
    await caller.control('PUT', '/policy', { aadhaarCheck: 'format' })
  })
})

describe('a PAN of a scenario', () => {
  it.each([
    ['alreadyExists', 200, 1237, 'PAN_PENDING'],
    ['fieldRefused', 200, 97, 'PAN_PENDING'],
    ['aadhaarPendingAgain', 200, 2136, 'AADHAAR_PENDING'],
    ['unavailable', 503, 503, 'PAN_PENDING'],
  ])('%s answers HTTP %i with status %i and leaves %s', async (scenario, http, status, stage) => {
    await caller.seed('digikhata', '9000000710', 'PAN_PENDING')
    const answered = await new Steps(caller, 'digikhata', '9000000710').pan(panNumberOf(scenario))
    expect([answered.http, answered.body['status']]).toEqual([http, status])
    expect((await caller.sender('digikhata', '9000000710')).stage).toBe(stage)
  })
})
