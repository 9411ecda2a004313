import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { expectedSecretKey } from '../../sandbox/signature.js'
import { Caller, ONE, sign, TWO } from './support/caller.js'

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterAll(() => caller.sandbox.close())

const PATH = 'digikhata/sender/9000000101'

async function refusal(headers: Record<string, string | undefined>): Promise<unknown[]> {
  const { http, body } = await caller.call('GET', PATH, { headers })
  return [http, body['status'], body['response_type_id'], body['response_status_id'], body['message']]
}

describe('signature', () => {
  it('agrees with the published vector', () => {
    const vector = '88lqTf9ew69XbVbeczjxVL8/B4vibfp1MvTi1mIj2Xo='
    expect(expectedSecretKey('test-access-key-123', '1700000000000')).toBe(vector)
  })

  it.each([
    ['a key that was not encoded first', '5HzGdUHM86E+ShsoDWgBrkUKmZErN9ZJmokPaaZyvBE='],
    ['message and key swapped', 'bz9MBeHJ14Jt4kShNdgKzPv4q4H+sMWXEqap4/owAtw='],
    ['a digest in hex', 'f3c96a4dff5ec3af576d56de7338f154bf3f078be26dfa7532f4e2d66223d97a'],
  ])('differs from the usual mistake: %s', (_mistake, wrong) => {
    expect(expectedSecretKey('test-access-key-123', '1700000000000')).not.toBe(wrong)
  })

  it('admits a right signature', async () => {
    expect((await caller.call('GET', PATH)).http).toBe(200)
  })

  it.each(['developer_key', 'secret-key', 'secret-key-timestamp'])('answers 2487 without %s', async (name) => {
    expect(await refusal({ [name]: undefined })).toEqual([401, 2487, 2487, 1, 'Missing security headers'])
  })

  it.each(['1700000000', '17000000000000', 'yesterday', '1700000000.00'])(
    'answers 2486 to a timestamp that is not 13 digits: %s',
    async (timestamp) => {
      const message = 'Invalid secret-key-timestamp (expected milliseconds since the UNIX epoch)'
      const headers = { 'secret-key': sign(ONE.accessKey, timestamp), 'secret-key-timestamp': timestamp }
      expect(await refusal(headers)).toEqual([401, 2486, 2486, 1, message])
    },
  )

  it.each([-180_000, 180_000])('answers 2485 to a timestamp %i ms away', async (skew) => {
    const timestamp = String(Date.now() + skew)
    const headers = { 'secret-key': sign(ONE.accessKey, timestamp), 'secret-key-timestamp': timestamp }
    const message = 'Expired security headers (secret-key-timestamp older than 2 minutes)'
    expect(await refusal(headers)).toEqual([401, 2485, 2485, 1, message])
  })

  it.each([-90_000, 90_000])('admits a timestamp %i ms away', async (skew) => {
    const timestamp = String(Date.now() + skew)
    const headers = { 'secret-key': sign(ONE.accessKey, timestamp), 'secret-key-timestamp': timestamp }
    expect((await caller.call('GET', PATH, { headers })).http).toBe(200)
  })

  it('accepts a timestamp once for each developer', async () => {
    const timestamp = String(Date.now() - 30_000)
    const signed = (accessKey: string) => ({
      'secret-key': sign(accessKey, timestamp),
      'secret-key-timestamp': timestamp,
    })
    expect((await caller.call('GET', PATH, { headers: signed(ONE.accessKey) })).http).toBe(200)
    expect((await caller.call('GET', PATH, { headers: signed(ONE.accessKey) })).body['status']).toBe(2485)
    expect((await caller.call('GET', PATH, { developer: TWO, headers: signed(TWO.accessKey) })).http).toBe(200)
  })

  it('does not use up a timestamp whose signature was wrong', async () => {
    const timestamp = String(Date.now() - 31_000)
    const stamped = { 'secret-key-timestamp': timestamp }
    const wrong = await caller.call('GET', PATH, { headers: { ...stamped, 'secret-key': sign('other', timestamp) } })
    expect(wrong.body['status']).toBe(2484)
    const headers = { ...stamped, 'secret-key': sign(ONE.accessKey, timestamp) }
    expect((await caller.call('GET', PATH, { headers })).http).toBe(200)
  })

  it('answers 2483 to an unknown developer_key', async () => {
    expect(await refusal({ developer_key: 'nobody' })).toEqual([401, 2483, 2483, 1, 'Unauthorized'])
  })

  it("answers 2484 to another developer's signature", async () => {
    const timestamp = caller.timestamp()
    const headers = { 'secret-key': sign(TWO.accessKey, timestamp), 'secret-key-timestamp': timestamp }
    expect(await refusal(headers)).toEqual([401, 2484, 2484, 1, 'Invalid secret-key or timestamp'])
  })

  it('answers 403 where the dialect says so', async () => {
    await caller.control('PUT', '/dialect', { dialect: 'docs-2025' })
    expect((await refusal({ developer_key: 'nobody' }))[0]).toBe(403)
    await caller.control('PUT', '/dialect', { dialect: 'portal-2026' })
  })

  it('measures the window on the clock that its Date header shows', async () => {
    await caller.control('PUT', '/clock', { offsetMs: 600_000 })
    const late = await caller.call('GET', PATH)
    expect(late.body['status']).toBe(2485)
    const platformNow = Date.parse(late.headers.get('date') ?? '')
    expect(Math.abs(platformNow - (Date.now() + 600_000))).toBeLessThan(60_000)
    const timestamp = String(platformNow + 17)
    const headers = { 'secret-key': sign(ONE.accessKey, timestamp), 'secret-key-timestamp': timestamp }
    expect((await caller.call('GET', PATH, { headers })).http).toBe(200)
    await caller.control('PUT', '/clock', { offsetMs: 0 })
  })

  it('writes refused calls into the ledger as not executed', async () => {
    await caller.call('POST', 'digikhata/sender/9000000102/otp', { headers: { developer_key: 'nobody' } })
    const { calls } = await caller.ledger('9000000102')
    expect(calls).toMatchObject([
      {
        operation: 'generateSenderOtp',
        developerKey: 'nobody',
        executed: false,
        answered: true,
        http: 401,
        status: 2483,
      },
    ])
  })
})
