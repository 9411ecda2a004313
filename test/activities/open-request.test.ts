import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { type OpenContext, openRequest } from '../../activities/open-request.js'
import { DEFAULT_LIMITS, type Tenant } from '../../activities/tenants.js'
import type { Opener } from '../../secrets/index.js'
import type { CallRequest } from '../../workflows/calls.js'
import { DEFAULT_RANGES } from '../../workflows/messages.js'

const REQUEST: CallRequest = {
  ...{ tenant: 'acme', rail: 'digikhata', userCode: '20810200', mobile: '9000000001', clientRef: 'ref' },
  ...{ otp: 'sealed otp', otpRefId: 'sealed ref' },
}
const TENANT: Tenant = {
  ...{ name: 'acme', environment: 'sandbox', rails: ['digikhata'], userCodes: ['20810200'], strictness: 'checksum' },
  credentials: { baseUrl: 'http://127.0.0.1:1', developerKey: 'key', accessKey: 'access', initiatorId: '9000000000' },
  ...{ policyRanges: DEFAULT_RANGES, limits: DEFAULT_LIMITS },
} as unknown as Tenant

const contextOf = (opener: Opener): OpenContext => ({
  ...{ opener, tenant: TENANT, journey: 'journey', allowPlaintextCodes: false, clientRefId: 'ref1', now: 0 },
})

describe('the secrets of a call', () => {
  it('are opened at the same time', async () => {
    const begun: string[] = []
    const opener: Opener = {
      async open({ field }) {
        begun.push(field)
        while (begun.length < 2) await sleep(1)
        return { ok: true, plaintext: '123456' }
      },
    }
    const opened = await openRequest('verifySenderOtp', REQUEST, contextOf(opener))
    expect(opened).toMatchObject({ ok: true, request: { otp: '123456', otpRefId: '123456' } })
  })

  it('are refused for the first that cannot be opened, whichever is known first', async () => {
    const opener: Opener = {
      async open({ field }) {
        if (field === 'otp') await sleep(20)
        return { ok: false, code: field === 'otp' ? 'KEY_DESTROYED' : 'NOT_SEALED' }
      },
    }
    const opened = await openRequest('verifySenderOtp', REQUEST, contextOf(opener))
    expect(opened).toMatchObject({ ok: false, outcome: { answer: 'INPUT_REFUSED', inputCode: 'KEY_DESTROYED' } })
  })
})
