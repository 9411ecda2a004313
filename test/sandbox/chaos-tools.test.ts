import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Caller } from './support/caller.js'
import { ids, Steps } from './support/steps.js'

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterAll(() => caller.sandbox.close())

async function verified(mobile: string): Promise<Steps> {
  const steps = new Steps(caller, 'digikhata', mobile)
  await caller.seed('digikhata', mobile, 'AADHAAR_PENDING', { mobileVerified: true })
  return steps
}

describe('UIDAI away', () => {
  it('meets the Aadhaar operations only, executes nothing, and says that its answer is sandbox policy', async () => {
    const steps = await verified('9000000901')
    await caller.faults({ fault: 'uidaiDown', times: 2 })
    expect((await steps.lookUp()).http).toBe(200)
    const away = await steps.aadhaarOtp()
    expect([away.http, away.headers.get('x-sandbox-policy')]).toEqual([503, 'JSON body of HTTP 503'])
    expect((await steps.verifyAadhaar('123456', 'ref')).http).toBe(503)
    const { sms, wrongCodes } = await caller.ledger(steps.mobile)
    expect([sms.filter(({ purpose }) => purpose === 'AADHAAR'), wrongCodes]).toEqual([[], []])
    expect((await steps.aadhaarOtp()).http).toBe(200)
  })

  it('can last for a while instead of a number of calls', async () => {
    const steps = await verified('9000000902')
    await caller.faults({ fault: 'uidaiDown', ms: 600_000, mobile: steps.mobile })
    for (let call = 0; call < 4; call += 1) expect((await steps.aadhaarOtp()).http).toBe(503)
    await caller.faults({ fault: 'uidaiDown', ms: 0, mobile: steps.mobile })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect((await steps.aadhaarOtp()).http).toBe(200)
  })
})

describe('codes decided beforehand', () => {
  it('are sent in their order, to their owner alone, and are random again after them', async () => {
    const steps = await verified('9000000903')
    const codes = ['012345', '000000']
    expect(
      await caller.control('POST', `/next-codes/digikhata/${steps.mobile}`, { purpose: 'SENDER', codes }),
    ).toMatchObject({ decided: 2 })
    await steps.aadhaarOtp()
    await steps.lookUp()
    expect((await caller.newestSms(steps.mobile, 'SENDER')).code).toBe('012345')
    expect(codes).not.toContain((await caller.newestSms(steps.mobile, 'AADHAAR')).code)
    await steps.lookUp()
    expect(ids(await steps.verifyNewest())[0]).toBe(2136)
    await steps.lookUp()
    expect(codes).not.toContain((await caller.newestSms(steps.mobile, 'SENDER')).code)
  })

  it('must be codes', async () => {
    const path = '/next-codes/digikhata/9000000904'
    await expect(caller.control('POST', path, { purpose: 'SENDER', codes: ['12x456'] })).rejects.toThrow('400')
  })
})

describe('the ledger', () => {
  it('tells a refused wallet token from a wrong code by the id that tells them apart', async () => {
    const steps = new Steps(caller, 'levin', '9000000906')
    await caller.seed('levin', steps.mobile, 'AADHAAR_PENDING', { mobileVerified: true })
    await steps.aadhaarOtp()
    const { calls } = await caller.ledger(steps.mobile)
    expect(calls.map((call) => [call.status, call.responseStatusId, call.responseTypeId])).toEqual([[1, 463, 1388]])
  })

  it('says which reference a call presented', async () => {
    const steps = await verified('9000000905')
    await steps.lookUp()
    const { otpRefId } = await caller.newestSms(steps.mobile, 'SENDER')
    await caller.faults({ fault: 'duplicateDelivery', operation: 'verifySenderOtp', mobile: steps.mobile })
    await steps.verifyNewest()
    const { calls } = await caller.ledger(steps.mobile)
    expect(calls.map((call) => [call.operation, call.otpRefId])).toEqual([
      ['getSender', undefined],
      ['verifySenderOtp', otpRefId],
      ['verifySenderOtp', otpRefId],
    ])
  })
})
