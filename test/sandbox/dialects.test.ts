import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Caller, DETAILS, wrongCode } from './support/caller.js'
import { ids, panOf, Steps } from './support/steps.js'

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterAll(() => caller.sandbox.close())

let next = 9_000_000_500
function freshSteps(rail: string): Steps {
  next += 1
  return new Steps(caller, rail, String(next))
}
async function speak(dialect: string): Promise<void> {
  await caller.control('PUT', '/dialect', { dialect })
}

/** A sender who has just verified the mobile. */
async function verified(rail: string): Promise<Steps> {
  const steps = freshSteps(rail)
  await caller.seed(rail, steps.mobile, 'OTP_PENDING')
  await steps.lookUp()
  await steps.verifyNewest()
  return steps
}

/** The answers to a wrong and to an expired code. */
async function refusedCodes(rail: string, purpose: 'SENDER' | 'AADHAAR'): Promise<unknown[][]> {
  const steps = await verified(rail)
  await (purpose === 'SENDER' ? steps.lookUp() : steps.aadhaarOtp())
  const { code, otpRefId } = await caller.newestSms(steps.mobile, purpose)
  const send = (otp: string) =>
    purpose === 'SENDER' ? steps.verify(otp, otpRefId) : steps.verifyAadhaar(otp, otpRefId)
  const wrong = await send(wrongCode(code))
  await caller.control('PUT', '/policy', { codeLifetimeMs: 0 })
  const expired = await send(code)
  await caller.control('PUT', '/policy', { codeLifetimeMs: 600_000 })
  const tellsExpiry = ids(expired).includes(303) || /expired/i.test(expired.text)
  expect([wrong.text.includes('xpired'), tellsExpiry]).toEqual([false, true])
  return [ids(wrong), ids(expired)]
}

const FORMS = {
  status302: [
    [302, 1, 302],
    [303, 1, 303],
  ],
  status2131Id302: [
    [2131, 302, 2131],
    [2131, 303, 2131],
  ],
  status2131: [
    [2131, 1, 2131],
    [2131, 1, 2131],
  ],
  status2138: [
    [2138, 1, 2138],
    [2138, 1, 2138],
  ],
  type1388Id302: [
    [1, 302, 1388],
    [1, 303, 1388],
  ],
}

describe('a refused code', () => {
  it.each([
    ['portal-2026', 'digikhata', 'SENDER', 'status302'],
    ['portal-2026', 'digikhata', 'AADHAAR', 'status2131Id302'],
    ['portal-2026', 'levin', 'SENDER', 'status2138'],
    ['portal-2026', 'levin', 'AADHAAR', 'type1388Id302'],
    ['docs-2025', 'digikhata', 'SENDER', 'status2131Id302'],
    ['docs-2025', 'digikhata', 'AADHAAR', 'status302'],
    ['docs-2025', 'levin', 'SENDER', 'status2138'],
    ['docs-2025', 'levin', 'AADHAAR', 'status2131'],
    ['wlc', 'digikhata', 'SENDER', 'status2131'],
    ['wlc', 'digikhata', 'AADHAAR', 'status2138'],
    ['wlc', 'levin', 'SENDER', 'type1388Id302'],
    ['wlc', 'levin', 'AADHAAR', 'status2131Id302'],
  ] as const)('in %s on %s for %s is told as %s', async (dialect, rail, purpose, form) => {
    await speak(dialect)
    expect(await refusedCodes(rail, purpose)).toEqual(FORMS[form])
  })
})

describe('onboarding', () => {
  it.each([
    ['portal-2026', 'digikhata', [0, 0, 2129], 1, [0, 0, 300]],
    ['portal-2026', 'levin', [2129, 1, 2129], 1, [2129, 1, 2129]],
    ['docs-2025', 'digikhata', [0, 0, 300], 0, [17, 1, 17]],
    ['docs-2025', 'levin', [2129, 1, 2129], 1, [17, 1, 17]],
    ['wlc', 'digikhata', [0, 0, 2129], 0, [327, 1, 327]],
    ['wlc', 'levin', [0, 0, 2129], 1, [0, 0, 2129]],
  ])('in %s on %s answers %j with %i SMS, and %j the second time', async (dialect, rail, first, sms, second) => {
    await speak(dialect)
    const steps = freshSteps(rail)
    const answered = await steps.onboard()
    expect(ids(answered)).toEqual(first)
    expect((await caller.ledger(steps.mobile)).sms).toHaveLength(sms)
    expect(Boolean(answered.body.data?.['otp_ref_id'])).toBe(sms === 1)
    expect(ids(await steps.onboard({ ...DETAILS, name: 'Somebody Else' }))).toEqual(second)
    expect((await caller.sender(rail, steps.mobile)).name).toBe(DETAILS.name)
    const steps4 = (await caller.ledger(steps.mobile)).kycSteps
    expect(steps4).toHaveLength(1)
  })
})

describe('lookup', () => {
  it.each([
    ['portal-2026', [2129, 1, 2129]],
    ['docs-2025', [0, 0, 2129]],
    ['wlc', [2129, 1, 2129]],
  ])('in %s says by %j that a code was sent', async (dialect, expected) => {
    await speak(dialect)
    for (const rail of ['digikhata', 'levin']) {
      const steps = freshSteps(rail)
      await caller.seed(rail, steps.mobile, 'OTP_PENDING')
      expect(ids(await steps.lookUp())).toEqual(expected)
    }
  })

  it('of an ACTIVE DigiKhata sender shows the profile without an SMS in wlc', async () => {
    await speak('wlc')
    const steps = freshSteps('digikhata')
    await caller.seed('digikhata', steps.mobile, 'ACTIVE')
    expect(ids(await steps.lookUp())).toEqual([0, -1, 309])
    expect((await caller.ledger(steps.mobile)).sms).toEqual([])
  })
})

describe('the profile', () => {
  it('carries two kyc_state values that disagree', async () => {
    for (const dialect of ['portal-2026', 'wlc']) {
      await speak(dialect)
      const steps = freshSteps('digikhata')
      await caller.seed('digikhata', steps.mobile, 'ACTIVE')
      await steps.generateOtp()
      const { data } = (await steps.verifyNewest()).body
      const inner = (data?.['customer_profile'] as Record<string, unknown>)['kyc_state']
      expect([data?.['kyc_state'], inner === data?.['kyc_state']]).toEqual([0, false])
    }
  })

  it('with data.kyc_state 1 is how wlc tells a known DigiKhata sender that Aadhaar is pending', async () => {
    await speak('wlc')
    const steps = freshSteps('digikhata')
    await caller.seed('digikhata', steps.mobile, 'AADHAAR_PENDING')
    await steps.lookUp()
    const answered = await steps.verifyNewest()
    expect([...ids(answered), answered.body.data?.['kyc_state']]).toEqual([0, -1, 309, 1])
    expect((await caller.sender('digikhata', steps.mobile)).stage).toBe('AADHAAR_PENDING')
  })

  it('shows the name that was onboarded, and amounts as text or numbers', async () => {
    const limits = []
    for (const dialect of ['portal-2026', 'wlc']) {
      await speak(dialect)
      const steps = freshSteps('digikhata')
      await caller.seed('digikhata', steps.mobile, 'PAN_PENDING', { name: 'Shown Name' })
      const { data } = (await steps.pan(panOf(steps.mobile))).body
      const inner = data?.['customer_profile'] as Record<string, unknown>
      expect([data?.['sender_name'], inner['mobile']]).toEqual(['Shown Name', steps.mobile])
      limits.push(inner['total_monthly_limit'])
    }
    expect(limits).toEqual(['50000.0', 50000])
  })
})

describe('Levin', () => {
  it.each([
    ['portal-2026', [0, 0, 1388], [0, 0, 1388], [0, -1, 309]],
    ['docs-2025', [0, 0, 2129], [0, 0, 2147], [0, 0, 2132]],
    ['wlc', [0, 0, 2129], [0, 0, 2147], [0, -1, 309]],
  ])('in %s answers Aadhaar OTP %j, its verification %j and PAN %j', async (dialect, sent, done, pan) => {
    await speak(dialect)
    const steps = await verified('levin')
    expect(ids(await steps.aadhaarOtp())).toEqual(sent)
    expect(ids(await steps.verifyAadhaarNewest())).toEqual(done)
    expect(ids(await steps.pan(panOf(steps.mobile)))).toEqual(pan)
  })

  it('accepts an empty token where none was given, and only there', async () => {
    await speak('portal-2026')
    const without = await verified('levin')
    expect(without.wallet).toBeUndefined()
    expect((await without.aadhaarOtp()).body['status']).toBe(0)
    without.wallet = { wallet_token: 'wtkn_made_up', wallet_id: 'wlt_0091234' }
    expect(ids(await without.aadhaarOtp())).toEqual([1, 463, 1388])

    await speak('docs-2025')
    const holding = await verified('levin')
    expect(holding.wallet).toMatchObject({ wallet_id: '' })
    expect((await holding.aadhaarOtp()).body['status']).toBe(0)
    holding.wallet = undefined
    expect(ids(await holding.aadhaarOtp())).toEqual([1, 463, 1388])
  })

  it('gives a token that says when it dies, and refuses it afterwards', async () => {
    await speak('docs-2025')
    await caller.control('PUT', '/policy', { walletTokenLifetimeMs: -1_000 })
    const steps = await verified('levin')
    const claims = JSON.parse(
      Buffer.from(steps.wallet?.wallet_token.split('.')[1] ?? '', 'base64url').toString(),
    ) as Record<string, unknown>
    expect(claims).toMatchObject({ exp: expect.any(Number), aud: 'Partners' })
    expect(claims).not.toHaveProperty('iat')
    expect(ids(await steps.aadhaarOtp())).toEqual([1, 463, 1388])
    await caller.control('PUT', '/policy', { walletTokenLifetimeMs: 1_800_000 })
    await steps.lookUp()
    await steps.verifyNewest()
    expect((await steps.aadhaarOtp()).body['status']).toBe(0)
  })

  it('rotates the token after Aadhaar in wlc: the older one is dead', async () => {
    await speak('wlc')
    const steps = await verified('levin')
    expect(steps.wallet?.wallet_id).toMatch(/^wlt_/)
    const before = steps.wallet
    await steps.aadhaarOtp()
    await steps.verifyAadhaarNewest()
    const after = steps.wallet
    expect(after).not.toEqual(before)
    steps.wallet = before
    expect(ids(await steps.pan(panOf(steps.mobile)))).toEqual([1, 463, 1388])
    steps.wallet = after
    expect((await steps.pan(panOf(steps.mobile))).body['status']).toBe(0)
  })

  it('hints at the phone that the Aadhaar code went to', async () => {
    await speak('portal-2026')
    const steps = await verified('levin')
    const { data } = (await steps.aadhaarOtp()).body
    expect(data?.['mobile_hint']).toBe(`******${steps.mobile.slice(-4)}`)
  })
})

describe('319', () => {
  it.each([
    ['portal-2026', [319, 1, -1]],
    ['docs-2025', [319, 1, 319]],
  ])('in %s is told as %j', async (dialect, expected) => {
    await speak(dialect)
    const params = { initiator_id: '6000000999' }
    expect(ids(await caller.call('GET', 'digikhata/sender/9000000599', { params }))).toEqual(expected)
  })
})
