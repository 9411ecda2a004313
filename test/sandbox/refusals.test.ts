import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from 'node:net'
import { Caller, DETAILS, ONE, TWO } from './support/caller.js'
import type { CallOptions } from './support/caller.js'
import { ids, Steps } from './support/steps.js'

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterAll(() => caller.sandbox.close())

const MOBILE = '9000000201'
const PATH = `digikhata/sender/${MOBILE}`

async function invalidFields(method: 'GET' | 'POST', path: string, options: CallOptions): Promise<string[]> {
  const answered = await caller.call(method, path, options)
  expect([answered.http, ...ids(answered)]).toEqual([200, 97, 1, -1])
  return Object.keys(answered.body['invalid_params'] as object)
}

describe('the gateway', () => {
  it('answers 404 to an unknown path', async () => {
    const { http, body } = await caller.call('POST', 'digikhata/sender/9000000201/nothing')
    expect([http, body['message']]).toEqual([404, 'No mapping rule matched'])
  })

  it('does not know operations of the other rail', async () => {
    expect((await caller.call('POST', 'levin/sender/9000000201/otp')).http).toBe(404)
    expect((await caller.call('GET', 'levin/sender/9000000201/aadhaar/consent/languages')).http).toBe(404)
  })

  it('answers 405 and names the methods', async () => {
    const answered = await caller.call('POST', `${PATH}/otp`, { method: 'PUT' })
    expect([answered.http, answered.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', undefined])('answers 415 to %s', async (type) => {
    expect((await caller.call('POST', `${PATH}/otp`, { headers: { 'content-type': type } })).http).toBe(415)
  })

  it('takes a content type with a charset', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    expect((await caller.call('POST', `${PATH}/otp`, { headers })).http).toBe(200)
  })

  it.each(['{"otp":', '[]', '"text"', 'null', ''])('refuses a body that is no JSON object: %s', async (rawBody) => {
    const { http, body } = await caller.call('POST', `${PATH}/otp`, { rawBody })
    expect([http, body['status'], body['message']]).toEqual([200, 97, 'No Key for Response'])
  })

  it('refuses a body above its limit and goes on serving', async () => {
    const rawBody = JSON.stringify({ filler: 'x'.repeat(70_000) })
    expect((await caller.call('POST', `${PATH}/otp`, { rawBody })).http).toBe(413)
    expect((await caller.call('GET', PATH)).http).toBe(200)
  })

  it('survives a client that leaves in the middle of its request', async () => {
    const socket = connect(caller.sandbox.port, '127.0.0.1')
    const path = '/ekoapi/v3/customer/payment/ppi-digikhata/sender/9000000202/otp'
    socket.write(`POST ${path} HTTP/1.1\r\nhost: sandbox\r\ncontent-length: 500\r\n\r\n{"otp`)
    await new Promise<void>((resolve) => socket.once('ready', resolve))
    let received = 0
    while (received === 0) received = (await caller.ledger('9000000202')).calls.length
    socket.destroy()
    expect((await caller.ledger('9000000202')).calls).toMatchObject([{ executed: false, answered: false, http: null }])
    expect((await caller.call('GET', PATH)).http).toBe(200)
  })

  it.each(['//', '/%', '/ekoapi/v3/%E0%A4%A', '/ekoapi/v3'])('survives the path %s', async (path) => {
    const socket = connect(caller.sandbox.port, '127.0.0.1')
    socket.write(`GET ${path} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n\r\n`)
    let answer = ''
    for await (const chunk of socket) answer += String(chunk)
    expect(answer).toMatch(/^HTTP\/1\.1 (200|404)/)
  })

  it('counts unknown paths in the ledger', async () => {
    const { calls } = await caller.ledger()
    expect(calls).toContainEqual(expect.objectContaining({ operation: null, executed: false, http: 404 }))
    expect(calls.map(({ seq }) => seq)).toEqual(calls.map((_, index) => index + 1))
  })
})

describe('validation', () => {
  it.each(['initiator_id', 'user_code'])('refuses a call without %s', async (name) => {
    expect(await invalidFields('POST', `${PATH}/otp`, { params: { [name]: undefined } })).toEqual([name])
    expect(await invalidFields('GET', PATH, { params: { [name]: undefined } })).toEqual([name])
  })

  it('names every missing field, as on the wire', async () => {
    expect(await invalidFields('POST', PATH, {})).toEqual(['name', 'dob', 'residence_address'])
    expect(await invalidFields('POST', `${PATH}/aadhaar/otp`, {})).toEqual(['aadhar'])
    expect(await invalidFields('POST', `${PATH}/pan`, {})).toEqual(['pan_number'])
    expect(await invalidFields('POST', `${PATH}/otp/verify`, {})).toEqual(['otp', 'otp_ref_id'])
    expect(await invalidFields('POST', 'levin/sender/9000000201/otp/verify', {})).toContain('intent_id')
    const wallet = ['aadhar', 'wallet_token', 'wallet_id']
    expect(await invalidFields('POST', 'levin/sender/9000000201/aadhaar/otp', {})).toEqual(wallet)
  })

  it.each([
    [`${PATH}/aadhaar/otp`, { aadhar: '12345678901' }, 'aadhar'],
    [`${PATH}/aadhaar/otp`, { aadhar: '' }, 'aadhar'],
    [`${PATH}/pan`, { pan_number: 'abcde1234f' }, 'pan_number'],
    [`${PATH}/otp/verify`, { otp: 'abc', otp_ref_id: 'x' }, 'otp'],
    [`${PATH}/otp/verify`, { otp: { nested: true }, otp_ref_id: 'x' }, 'otp'],
    [PATH, { ...DETAILS, residence_address: 'one line' }, 'residence_address'],
    [PATH, { ...DETAILS, residence_address: [] }, 'residence_address'],
    ['digikhata/sender/12345/otp', {}, 'customer_id'],
    ['digikhata/otp', { customer_id: MOBILE, recipient_id: 'ten', amount: 110 }, 'recipient_id'],
    ['digikhata/otp', { customer_id: MOBILE, recipient_id: 10, amount: 0 }, 'amount'],
    ['digikhata/otp', { customer_id: MOBILE, recipient_id: 10, amount: 1.5 }, 'amount'],
    ['levin/sender/9000000201/otp/verify', { otp: '1', otp_ref_id: 'x', intent_id: '20' }, 'intent_id'],
  ])('refuses a malformed field of %s: %j', async (path, params, field) => {
    expect(await invalidFields('POST', path, { params })).toEqual([field])
  })

  it.each(['', 'a'.repeat(21), 'with space', 'ref#1'])('refuses the client_ref_id "%s"', async (ref) => {
    expect(await invalidFields('GET', PATH, { params: { client_ref_id: ref } })).toEqual(['client_ref_id'])
  })

  it('takes a client_ref_id of 20 characters and notes it', async () => {
    const client_ref_id = 'REQ_20260101-0001-ab'
    await caller.call('POST', 'digikhata/sender/9000000203/otp', { params: { client_ref_id } })
    expect((await caller.ledger('9000000203')).calls).toMatchObject([{ clientRefId: client_ref_id }])
  })

  it('requires client_ref_id and org_id for consent', async () => {
    const path = `${PATH}/aadhaar/consent/languages`
    expect(await invalidFields('GET', path, {})).toEqual(['org_id', 'client_ref_id'])
    expect(await invalidFields('GET', path, { params: { org_id: '9', client_ref_id: 'a' } })).toEqual(['org_id'])
  })

  it('calls the refused fields invalid_parameters where the dialect says so', async () => {
    await caller.control('PUT', '/dialect', { dialect: 'docs-2025' })
    const { body } = await caller.call('POST', `${PATH}/pan`)
    expect(body).toHaveProperty('invalid_parameters.pan_number')
    expect(body).not.toHaveProperty('invalid_params')
    await caller.control('PUT', '/dialect', { dialect: 'portal-2026' })
  })

  it('answers 319 to a foreign initiator_id', async () => {
    for (const initiator_id of ['1234567890', TWO.initiatorId]) {
      const answered = await caller.call('POST', `${PATH}/otp`, { params: { initiator_id } })
      expect(ids(answered)).toEqual([319, 1, -1])
      expect(answered.body).toHaveProperty('invalid_params.initiator_id')
    }
  })

  it("answers 346 to another developer's user_code", async () => {
    const answered = await caller.call('POST', `${PATH}/otp`, { params: { user_code: TWO.userCodes[0] } })
    expect(ids(answered)).toEqual([346, 1, 346])
    expect((await caller.call('GET', PATH, { params: { user_code: ONE.userCodes[1] } })).body['status']).toBe(308)
  })

  it('executes nothing that it refuses', async () => {
    const { calls, sms, kycSteps } = await caller.ledger()
    expect(calls.filter(({ executed, status }) => executed && (status === 97 || status === 319))).toEqual([])
    expect([...sms, ...kycSteps]).toEqual([])
  })
})

describe('details of a person', () => {
  it.each([
    [{ name: 'R2 D2' }, 132, 'name'],
    [{ name: 'A'.repeat(51) }, 461, 'name'],
    [{ dob: '2020-01-01' }, 461, 'dob'],
    [{ dob: '1990-02-30' }, 461, 'dob'],
    [{ dob: '15-05-1990' }, 461, 'dob'],
  ])('refuses %j with %i', async (change, status, field) => {
    const answered = await new Steps(caller, 'digikhata', '9000000204').onboard({ ...DETAILS, ...change })
    expect(ids(answered)).toEqual([status, 1, -1])
    expect(answered.body).toHaveProperty(`invalid_params.${field}`)
    expect((await caller.sender('digikhata', '9000000204')).stage).toBe('NOT_ENROLLED')
  })
})

describe('an unknown sender', () => {
  it('is answered 463 by every step after onboarding', async () => {
    const steps = new Steps(caller, 'digikhata', '9000000205')
    const answers = [
      await steps.generateOtp(),
      await steps.verify('123456', 66748392),
      await steps.aadhaarOtp(),
      await steps.verifyAadhaar('654321', 66748392),
      await steps.pan('ABCDE1234F'),
    ]
    for (const answered of answers) expect(ids(answered)).toEqual([463, 1, -1])
  })
})
