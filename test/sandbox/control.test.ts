import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { request } from 'node:http'
import { startSandbox } from '../../sandbox/index.js'
import { Caller } from './support/caller.js'
import { Steps } from './support/steps.js'

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterAll(() => caller.sandbox.close())

async function raw(method: string, path: string, body?: string): Promise<[number, string]> {
  const response = await fetch(caller.sandbox.url + path, { method, ...(body === undefined ? {} : { body }) })
  return [response.status, await response.text()]
}

describe('the inbox', () => {
  it('lists messages newest last and filters by mobile and purpose', async () => {
    const steps = new Steps(caller, 'digikhata', '9000000801')
    await steps.onboard()
    await steps.verifyNewest()
    await steps.aadhaarOtp()
    await new Steps(caller, 'levin', '9000000802').onboard()
    const list = async (query: string) => {
      const path = `/inbox${query}`
      const { messages } = await caller.control<{ messages: { id: number; mobile: string; purpose: string }[] }>(
        'GET',
        path,
      )
      return messages.map(({ mobile, purpose }) => [mobile, purpose])
    }
    expect(await list('')).toEqual([
      ['9000000801', 'SENDER'],
      ['9000000801', 'AADHAAR'],
      ['9000000802', 'SENDER'],
    ])
    expect(await list('?mobile=9000000801&purpose=AADHAAR')).toEqual([['9000000801', 'AADHAAR']])
    expect(await list('?mobile=9000000899')).toEqual([])
    expect((await raw('GET', '/inbox?purpose=OTHER'))[0]).toBe(400)
  })

  it('is a page for a person: newest first, self-contained, with the policy', async () => {
    const response = await fetch(`${caller.sandbox.url}/`)
    const page = await response.text()
    const { code, mobile } = await caller.newestSms('9000000802', 'SENDER')
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(page.indexOf(code)).toBeGreaterThan(0)
    expect(page.indexOf(mobile)).toBeLessThan(page.indexOf('9000000801'))
    for (const link of ['/ledger', '/scenarios']) expect(page).toContain(`href="${link}"`)
    expect(page).toContain('Sandbox policy')
    expect(page).not.toMatch(/(src|href)="https?:/)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})

describe('control', () => {
  it('tells health', async () => {
    expect(await caller.control('GET', '/health')).toEqual({ status: 'ok', dialect: 'portal-2026' })
  })

  it.each([
    ['PUT', '/faults', '{', 400],
    ['PUT', '/faults', '{"faults":[{"fault":"unheardOf"}]}', 400],
    ['PUT', '/faults', '{"faults":[{"fault":"delay"}]}', 400],
    ['POST', '/faults', '{"faults":[{"fault":"busy","tims":2}]}', 400],
    ['PUT', '/dialect', '{"dialect":"klingon"}', 400],
    ['PUT', '/clock', '{"offsetMs":"late"}', 400],
    ['PUT', '/clock', '{}', 400],
    ['PUT', '/policy', '{"codeAttempts":0}', 400],
    ['PUT', '/policy', '{"transferFeePaise":1.5}', 400],
    ['PUT', '/policy', '{"duplicateClientRef":"twice"}', 400],
    ['POST', '/faults', '{"faults":[{"fault":"transferPath","path":"upwards"}]}', 400],
    ['PUT', '/senders/levin/9000000803', '{"stage":"ACTIVE","balancePaise":-1}', 400],
    ['POST', '/transactions/123', '{"txStatus":"0"}', 404],
    ['POST', '/money', '{}', 405],
    ['PUT', '/senders/digikhata/9000000803', '{"stage":"LOST"}', 400],
    ['PUT', '/senders/upi/9000000803', '{"stage":"ACTIVE"}', 400],
    ['GET', '/senders/digikhata/123', undefined, 400],
    ['GET', '/senders/digikhata', undefined, 404],
    ['GET', '/nothing', undefined, 404],
    ['DELETE', '/ledger', undefined, 405],
    ['PUT', '/faults', `{"filler":"${'x'.repeat(1_100_000)}"}`, 413],
  ])('refuses %s %s %.60s with %i and says why', async (method, path, body, http) => {
    const [status, text] = await raw(method, path, body)
    expect(status).toBe(http)
    expect((JSON.parse(text) as { error: string }).error.length).toBeGreaterThan(10)
  })

  it('keeps its state when it refuses', async () => {
    expect(await caller.control('GET', '/dialect')).toEqual({ dialect: 'portal-2026' })
    expect(await caller.control('GET', '/faults')).toEqual({ faults: [] })
    expect(await caller.control('GET', '/policy')).toMatchObject({ codeAttempts: 5, codeLifetimeMs: 600_000 })
  })

  it('does not serve pages of other origins', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { origin: 'http://elsewhere.example' }
      const post = request(`${caller.sandbox.url}/reset`, { method: 'POST', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      post.on('error', reject)
      post.end()
    })
    expect(status).toBe(403)
    expect((await caller.ledger()).calls.length).toBeGreaterThan(0)
  })

  it('seeds a sender and shows the truth', async () => {
    await caller.seed('digikhata', '9000000804', 'PAN_PENDING', { name: 'Seeded Name', mobileVerified: true })
    await new Steps(caller, 'digikhata', '9000000804').lookUp()
    const sender = await caller.sender('digikhata', '9000000804')
    const { otpRefId } = await caller.newestSms('9000000804', 'SENDER')
    expect(sender).toMatchObject({ stage: 'PAN_PENDING', name: 'Seeded Name', panVerifiedAt: null })
    expect(sender.liveCodes).toMatchObject([{ purpose: 'SENDER', otpRefId, triesLeft: 5 }])
    expect((await caller.seed('digikhata', '9000000804', 'NOT_ENROLLED')).mobileVerifiedAt).toBeNull()
    expect((await caller.ledger('9000000804')).kycSteps).toEqual([])
  })

  it('forgets everything on reset and returns to the settings of its start', async () => {
    const other = await Caller.start({ dialect: 'wlc', policy: { codeAttempts: 2 }, clockOffsetMs: 1_000 })
    await new Steps(other, 'levin', '9000000805').onboard()
    await other.control('PUT', '/dialect', { dialect: 'docs-2025' })
    await other.control('PUT', '/policy', { codeAttempts: 9 })
    await other.control('PUT', '/clock', { offsetMs: 0 })
    await other.faults({ fault: 'busy' })
    await other.control('POST', '/reset')
    expect(await other.ledger()).toEqual({
      sms: [],
      calls: [],
      codesConsumed: [],
      kycSteps: [],
      wrongCodes: [],
      money: [],
    })
    expect(await other.control('GET', '/inbox')).toEqual({ messages: [] })
    expect(await other.control('GET', '/faults')).toEqual({ faults: [] })
    expect(await other.control('GET', '/dialect')).toEqual({ dialect: 'wlc' })
    expect(await other.control('GET', '/policy')).toMatchObject({ codeAttempts: 2 })
    expect(await other.control('GET', '/clock')).toMatchObject({ offsetMs: 1_000 })
    expect((await other.sender('levin', '9000000805')).stage).toBe('NOT_ENROLLED')
    expect((await new Steps(other, 'levin', '9000000805').lookUp()).body['status']).toBe(308)
    await other.sandbox.close()
  })
})

describe('startSandbox', () => {
  it('rejects when the port is taken', async () => {
    await expect(startSandbox({ port: caller.sandbox.port })).rejects.toThrow('EADDRINUSE')
  })

  it('keeps sandboxes apart', async () => {
    const other = await Caller.start()
    expect((await other.ledger()).calls).toEqual([])
    await other.sandbox.close()
    await expect(fetch(other.sandbox.url)).rejects.toThrow()
  })
})
