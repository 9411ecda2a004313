import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { DIALECTS } from '../../sandbox/index.js'
import { Caller } from './support/caller.js'
import { ids, panOf, Steps } from './support/steps.js'

const RAILS = ['digikhata', 'levin']

describe.each(DIALECTS)('dialect %s', (dialect) => {
  let caller: Caller
  beforeAll(async () => {
    caller = await Caller.start({ dialect })
  })
  afterAll(() => caller.sandbox.close())

  it.each(RAILS)('takes a new sender on %s from lookup to ACTIVE', async (rail) => {
    const mobile = '9000000301'
    const steps = new Steps(caller, rail, mobile)
    expect(ids(await steps.lookUp())).toEqual([308, 1, 308])
    const onboarded = await steps.onboard()
    expect((await caller.sender(rail, mobile)).stage).toBe('OTP_PENDING')
    const reference = onboarded.body.data?.['otp_ref_id']
    if (reference === undefined || reference === '')
      expect((await steps.generateOtp()).body['response_type_id']).toBe(2129)
    expect(ids(await steps.verifyNewest())).toEqual([2136, 1, 2136])
    expect((await caller.sender(rail, mobile)).stage).toBe('AADHAAR_PENDING')
    const sent = await steps.aadhaarOtp()
    expect(sent.body.data?.['otp_ref_id']).toBe((await caller.newestSms(mobile, 'AADHAAR')).otpRefId)
    expect((await steps.verifyAadhaarNewest()).body['status']).toBe(0)
    expect(await caller.sender(rail, mobile)).toMatchObject({ stage: 'PAN_PENDING', aadhaarLast4: '9012' })
    expect((await steps.pan(panOf(mobile))).body['status']).toBe(0)
    expect((await caller.sender(rail, mobile)).stage).toBe('ACTIVE')

    const ledger = await caller.ledger(mobile)
    const onRail = <T extends { rail: unknown }>(list: T[]): T[] => list.filter((entry) => entry.rail === rail)
    expect(onRail(ledger.kycSteps).map(({ step }) => step)).toEqual([
      'ENROLLED',
      'MOBILE_VERIFIED',
      'AADHAAR_VERIFIED',
      'PAN_VERIFIED',
    ])
    expect(onRail(ledger.codesConsumed).map(({ purpose }) => purpose)).toEqual(['SENDER', 'AADHAAR'])
    expect(onRail(ledger.sms)).toHaveLength(2)
    expect(onRail(ledger.calls).every(({ executed, answered, http }) => executed && answered && http === 200)).toBe(
      true,
    )
    expect([...ledger.wrongCodes, ...ledger.money]).toEqual([])
  })

  it.each(RAILS)('lets a sender on %s re-enter where the truth is', async (rail) => {
    const next = { AADHAAR_PENDING: [2136, 309], PAN_PENDING: [2147], ACTIVE: [309] }
    for (const [stage, types] of Object.entries(next)) {
      const mobile = `900000031${Object.keys(next).indexOf(stage)}`
      await caller.seed(rail, mobile, stage)
      const steps = new Steps(caller, rail, mobile)
      const found = await steps.lookUp()
      if (found.body['response_type_id'] !== 2129) {
        expect([stage, found.body['response_type_id']]).toEqual(['ACTIVE', 309])
        await steps.generateOtp()
      }
      expect(types).toContain((await steps.verifyNewest()).body['response_type_id'])
    }
  })

  it.each(RAILS)('sends a transaction OTP of an ACTIVE sender on %s', async (rail) => {
    const mobile = '9000000320'
    const params = {
      customer_id: mobile,
      recipient_id: 10017740,
      amount: 110,
      service_code: 80,
      beneficiary_id: '4202888',
    }
    const call = () => caller.call('POST', `${rail}/otp`, { params })
    expect(ids(await call())).toEqual([463, 1, -1])
    await caller.seed(rail, mobile, 'PAN_PENDING')
    expect(ids(await call())).toEqual([327, 1, 327])
    await caller.seed(rail, mobile, 'ACTIVE')
    const sent = await call()
    expect(ids(sent)).toEqual([2133, 1, 2133])
    expect(sent.body.data?.['otp_ref_id']).toBe((await caller.newestSms(mobile, 'TRANSACTION')).otpRefId)
  })

  it('answers a PAN before Aadhaar with 2136 on both rails', async () => {
    for (const rail of RAILS) {
      const steps = new Steps(caller, rail, '9000000330')
      await caller.seed(rail, steps.mobile, 'OTP_PENDING')
      await steps.lookUp()
      await steps.verifyNewest()
      expect(ids(await steps.pan('ABCDE1234F'))).toEqual([2136, 1, 2136])
    }
  })

  it('answers 1237 to a PAN of another sender, and accepts the own one afterwards', async () => {
    await caller.seed('digikhata', '9000000340', 'ACTIVE', { pan: 'TAKEN1234P' })
    await caller.seed('digikhata', '9000000341', 'PAN_PENDING')
    const steps = new Steps(caller, 'digikhata', '9000000341')
    expect((await steps.pan('TAKEN1234P')).body['status']).toBe(1237)
    expect((await caller.sender('digikhata', steps.mobile)).stage).toBe('PAN_PENDING')
    expect((await steps.pan('FREEE1234P')).body['response_type_id']).toBe(309)
  })

  it('answers an ACTIVE sender a second PAN with 585 or the profile', async () => {
    await caller.seed('digikhata', '9000000350', 'ACTIVE')
    const answered = await new Steps(caller, 'digikhata', '9000000350').pan('AGAIN1234P')
    expect([585, 309]).toContain(answered.body['response_type_id'])
    expect((await caller.ledger('9000000350')).kycSteps).toEqual([])
  })

  it('wants a verified mobile before the Aadhaar OTP', async () => {
    for (const rail of RAILS) {
      const steps = new Steps(caller, rail, '9000000360')
      await caller.seed(rail, steps.mobile, 'AADHAAR_PENDING')
      expect((await steps.aadhaarOtp()).body['response_type_id']).toBe(rail === 'levin' ? 1388 : 327)
    }
    expect((await caller.ledger('9000000360')).sms).toEqual([])
  })
})

describe('consent', () => {
  let caller: Caller
  beforeAll(async () => {
    caller = await Caller.start()
    await caller.seed('digikhata', '9000000370', 'AADHAAR_PENDING')
  })
  afterAll(() => caller.sandbox.close())
  const consent = (kind: string, params: Record<string, unknown>) =>
    caller.call('GET', `digikhata/sender/9000000370/aadhaar/consent/${kind}`, {
      params: { org_id: '1', client_ref_id: 'ref_20250121_001', ...params },
    })

  it('lists thirteen languages and has a text and a recording for each', async () => {
    const languages = await consent('languages', {})
    expect(ids(languages)).toEqual([0, 0, 2444])
    const list = languages.body.data?.['consent_language_list'] as { pkid: string; consentLanguage: string }[]
    expect(list).toHaveLength(13)
    for (const { pkid, consentLanguage } of list) {
      const details = await consent('details', { consent_language: pkid })
      expect(ids(details)).toEqual([0, 0, 2446])
      const detail = details.body.data?.['consent_detail'] as Record<string, string>
      expect(detail).toMatchObject({ consentId: Number(pkid), consentLanguage })
      expect(detail['consentContent']).toContain('\r\n')
      const audio = await fetch(detail['audioUrl'] ?? '')
      expect([audio.status, audio.headers.get('content-type')]).toEqual([200, 'audio/wav'])
    }
  })

  it('refuses a language that is not listed', async () => {
    expect((await consent('details', { consent_language: '14' })).body).toHaveProperty(
      'invalid_params.consent_language',
    )
  })

  it('sends no SMS and changes nothing', async () => {
    const { sms, kycSteps } = await caller.ledger('9000000370')
    expect([...sms, ...kycSteps]).toEqual([])
  })
})
