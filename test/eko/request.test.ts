import { describe, expect, it } from '@jest/globals'
import { EkoRequestError, type OpenedRequest } from '../../activities/eko/index.js'
import { buildRequest } from '../../activities/eko/request.js'
import { credentials, request, SECRETS, tableName, tables } from './helpers.js'

/** A call without some of its fields. */
function without(call: OpenedRequest, ...names: readonly string[]): OpenedRequest {
  return Object.fromEntries(Object.entries(call).filter(([name]) => !names.includes(name))) as unknown as OpenedRequest
}

describe('A call is put together', () => {
  it('with the sender in the path, or as a parameter where a path does not name the sender', () => {
    const pathOverrides = { 'digikhata onboardSender': '/customer/account' } as const
    const older = buildRequest(credentials(undefined, { pathOverrides }), request('digikhata', 'onboardSender'))
    expect([older.url, older.parameters.customer_id]).toEqual(['http://127.0.0.1:1/customer/account', SECRETS.mobile])
    const current = buildRequest(credentials(), request('digikhata', 'onboardSender'))
    expect(current.parameters).not.toHaveProperty('customer_id')
  })

  it('with empty wallet fields where no token is held', () => {
    for (const operation of ['generateAadhaarOtp', 'verifyAadhaarOtp', 'validatePan'] as const) {
      const call = without(request('levin', operation), 'wallet')
      expect(buildRequest(credentials(), call).parameters).toMatchObject({ wallet_token: '', wallet_id: '' })
    }
  })

  it('with codes as text, or as numbers where that is set and loses nothing', () => {
    const integerOtp = ['verifySenderOtp'] as const
    const sent = (otp: string, otpRefId: string) => {
      const call = request('levin', 'verifySenderOtp', { otp, otpRefId })
      const { otp: code, otp_ref_id: ref } = buildRequest(credentials(undefined, { integerOtp }), call).parameters
      return [code, ref]
    }
    expect(sent('123456', '66748392')).toEqual([123_456, 66_748_392])
    expect(sent('012345', 'ab+/==')).toEqual(['012345', 'ab+/=='])
    expect(sent('123456', '12345678901234567890')).toEqual([123_456, '12345678901234567890'])
  })

  it("with the tenant's org_id where it has one", () => {
    const call = request('digikhata', 'consentLanguages')
    expect(buildRequest(credentials(undefined, { orgId: '7' }), call).parameters.org_id).toBe('7')
    expect(buildRequest(credentials(), call).parameters.org_id).toBe('1')
  })

  it('without a secret in the address of any operation', () => {
    for (const { rail, operation } of tables()) {
      const { url } = buildRequest(credentials(), request(rail, operation))
      const { mobile: _, ...secrets } = SECRETS
      for (const secret of Object.values(secrets)) expect(decodeURIComponent(url)).not.toContain(secret)
    }
  })
})

describe('A call that does not fit its operation is refused before anything is sent', () => {
  it.each(tables().map((table) => ({ name: tableName(table), table })))(
    '$name: a required field is missing',
    ({ table }) => {
      const bare = without(
        request(table.rail, table.operation),
        ...['details', 'otp', 'otpRefId', 'aadhaar', 'pan', 'wallet', 'consentLanguage', 'recipientId', 'amountRupees'],
      )
      const needs = table.parameters.some(
        (parameter) =>
          'from' in parameter &&
          !parameter.optional &&
          parameter.otherwise === undefined &&
          !['customerId', 'walletToken', 'walletId'].includes(parameter.from),
      )
      const build = () => buildRequest(credentials(), bare)
      if (needs) expect(build).toThrow(EkoRequestError)
      else expect(build).not.toThrow()
    },
  )

  it.each([
    ['an operation that the rail does not have', request('levin', 'generateSenderOtp'), {}],
    ['a mobile that is not ten digits', request('levin', 'getSender', { mobile: '../../600' }), {}],
    ['a client_ref_id that is too long', request('levin', 'getSender', { clientRefId: 'a'.repeat(21) }), {}],
    ['no user_code', request('levin', 'getSender', { userCode: '' }), {}],
    ['a base URL that is none', request('levin', 'getSender'), { baseUrl: 'eko' }],
    ['a base URL without a host', request('levin', 'getSender'), { baseUrl: 'https://' }],
    ['a path without a slash', request('levin', 'getSender'), { pathOverrides: { 'levin getSender': 'x' } }],
    ['plain http in production', request('levin', 'getSender'), { environment: 'production' as const }],
  ])('%s', (_, call, extra) => {
    const build = () => buildRequest(credentials(undefined, extra), call)
    expect(build).toThrow(EkoRequestError)
    expect(build).not.toThrow(call.mobile)
  })
})
