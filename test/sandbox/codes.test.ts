import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Caller, wrongCode } from './support/caller.js'
import { ids, Steps } from './support/steps.js'

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterAll(() => caller.sandbox.close())

let next = 9_000_000_400
/** A sender whose code has just been sent. */
async function waiting(rail = 'digikhata'): Promise<Steps> {
  next += 1
  const steps = new Steps(caller, rail, String(next))
  await caller.seed(rail, steps.mobile, 'OTP_PENDING')
  await steps.lookUp()
  return steps
}

async function refusals(steps: Steps): Promise<string[]> {
  return (await caller.ledger(steps.mobile)).wrongCodes.map(({ refusal }) => refusal)
}

const WRONG = [302, 1, 302]

describe('a code', () => {
  it('is accepted once', async () => {
    const steps = await waiting()
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'SENDER')
    expect(ids(await steps.verify(code, otpRefId))).toEqual([2136, 1, 2136])
    expect(ids(await steps.verify(code, otpRefId))).toEqual(WRONG)
    expect(await refusals(steps)).toEqual(['CONSUMED'])
    expect((await caller.ledger(steps.mobile)).codesConsumed).toHaveLength(1)
  })

  it('is dead after a resend, the newer one is not', async () => {
    const steps = await waiting()
    const older = await caller.newestSms(steps.mobile, 'SENDER')
    await steps.generateOtp()
    const newer = await caller.newestSms(steps.mobile, 'SENDER')
    expect(newer.otpRefId).not.toBe(older.otpRefId)
    expect(ids(await steps.verify(older.code, older.otpRefId))).toEqual(WRONG)
    expect(await refusals(steps)).toEqual(['SUPERSEDED'])
    expect((await steps.verify(newer.code, newer.otpRefId)).body['status']).toBe(2136)
  })

  it('belongs to its reference: the newer code under the older reference is wrong', async () => {
    const steps = await waiting()
    const older = await caller.newestSms(steps.mobile, 'SENDER')
    await steps.lookUp()
    const newer = await caller.newestSms(steps.mobile, 'SENDER')
    expect(ids(await steps.verify(newer.code, older.otpRefId))).toEqual(WRONG)
    expect((await caller.sender('digikhata', steps.mobile)).liveCodes).toMatchObject([{ triesLeft: 5 }])
  })

  it('belongs to its sender', async () => {
    const [first, second] = [await waiting(), await waiting()]
    const { code, otpRefId } = await caller.newestSms(first.mobile, 'SENDER')
    expect(ids(await second.verify(code, otpRefId))).toEqual(WRONG)
    expect(await refusals(second)).toEqual(['UNKNOWN_REF'])
    expect((await first.verify(code, otpRefId)).body['status']).toBe(2136)
  })

  it('belongs to its rail', async () => {
    const steps = await waiting()
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'SENDER')
    await caller.seed('levin', steps.mobile, 'OTP_PENDING')
    expect(ids(await new Steps(caller, 'levin', steps.mobile).verify(code, otpRefId))).toEqual([2138, 1, 2138])
  })

  it('belongs to its purpose', async () => {
    const steps = await waiting()
    await steps.verifyNewest()
    await steps.aadhaarOtp()
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'AADHAAR')
    expect(ids(await steps.verify(code, otpRefId))).toEqual(WRONG)
    expect((await steps.verifyAadhaar(code, otpRefId)).body['status']).toBe(0)
  })

  it('is accepted after four wrong tries and not after five', async () => {
    for (const [tries, status] of [
      [4, 2136],
      [5, 302],
    ] as const) {
      const steps = await waiting()
      const { code, otpRefId } = await caller.newestSms(steps.mobile, 'SENDER')
      for (let i = 0; i < tries; i += 1) await steps.verify(wrongCode(code), otpRefId)
      expect((await steps.verify(code, otpRefId)).body['status']).toBe(status)
    }
  })

  it('expires by the policy, and is then expired whatever is typed', async () => {
    const steps = await waiting()
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'SENDER')
    await caller.control('PUT', '/policy', { codeLifetimeMs: 0 })
    expect((await steps.verify(code, otpRefId)).body).toMatchObject({ status: 303, message: 'OTP expired' })
    expect((await steps.verify(wrongCode(code), otpRefId)).body['status']).toBe(303)
    await caller.control('PUT', '/policy', { codeLifetimeMs: 600_000 })
  })

  it('is not expired by moving the clock of the platform', async () => {
    const steps = await waiting()
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'SENDER')
    await caller.control('PUT', '/clock', { offsetMs: 60_000 })
    expect((await steps.verify(code, otpRefId)).body['status']).toBe(2136)
    await caller.control('PUT', '/clock', { offsetMs: 0 })
  })

  it('may come as an integer, which has no leading zero', async () => {
    const seen = { zero: 0, other: 0 }
    while (seen.zero === 0 || seen.other === 0) {
      const steps = await waiting()
      const { code, otpRefId } = await caller.newestSms(steps.mobile, 'SENDER')
      const kind = code.startsWith('0') ? 'zero' : 'other'
      seen[kind] += 1
      expect((await steps.verify(Number(code), otpRefId)).body['status']).toBe(kind === 'zero' ? 302 : 2136)
      if (kind === 'zero') expect((await steps.verify(code, otpRefId)).body['status']).toBe(2136)
    }
  })

  it('as an integer gets its zeros back where the policy says so', async () => {
    await caller.control('PUT', '/policy', { leadingZeroShare: 1, padIntegerCodes: true })
    const steps = await waiting()
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'SENDER')
    expect(code).toMatch(/^0\d{5}$/)
    expect((await steps.verify(Number(code), otpRefId)).body['status']).toBe(2136)
    await caller.control('PUT', '/policy', { leadingZeroShare: 0.25, padIntegerCodes: false })
  })

  it('has six digits', async () => {
    const { messages } = await caller.control<{ messages: { code: string }[] }>('GET', '/inbox')
    for (const { code } of messages) expect(code).toMatch(/^\d{6}$/)
  })

  it('is never written into the ledger', async () => {
    const { messages } = await caller.control<{ messages: { code: string }[] }>('GET', '/inbox')
    const { calls, sms, codesConsumed, wrongCodes } = await caller.ledger()
    const keys = [...calls, ...sms, ...codesConsumed, ...wrongCodes].flatMap((entry) => Object.keys(entry))
    expect(messages.length).toBeGreaterThan(0)
    expect(keys.filter((key) => /^(code|otp)$/.test(key))).toEqual([])
  })
})

describe('a reference', () => {
  it('is opaque text on the sender step, a number as text on the Levin Aadhaar step', async () => {
    const steps = await waiting('levin')
    expect((await caller.newestSms(steps.mobile, 'SENDER')).otpRefId).toMatch(/^[A-Za-z0-9+/]{86}==$/)
    await steps.verifyNewest()
    await steps.aadhaarOtp()
    const { code, otpRefId } = await caller.newestSms(steps.mobile, 'AADHAAR')
    expect(otpRefId).toMatch(/^\d{8}$/)
    expect((await steps.verifyAadhaar(code, Number(otpRefId))).body['status']).toBe(0)
  })

  it('may hold the mobile, in the dialect of the web client', async () => {
    await caller.control('PUT', '/dialect', { dialect: 'wlc' })
    const steps = await waiting()
    const { otpRefId } = await caller.newestSms(steps.mobile, 'SENDER')
    expect(otpRefId.startsWith(`${steps.mobile}~${steps.mobile}~Channel4~`)).toBe(true)
    await caller.control('PUT', '/dialect', { dialect: 'portal-2026' })
  })
})
