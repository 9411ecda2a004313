import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { CallEntry } from '../../sandbox/index.js'
import { Caller } from './support/caller.js'
import type { Answered } from './support/caller.js'
import { ids, panOf, Steps } from './support/steps.js'

let caller: Caller
beforeAll(async () => {
  caller = await Caller.start()
})
afterAll(() => caller.sandbox.close())

let next = 9_000_000_600
async function enrolled(rail = 'digikhata', stage = 'OTP_PENDING'): Promise<Steps> {
  next += 1
  const steps = new Steps(caller, rail, String(next))
  await caller.seed(rail, steps.mobile, stage, { mobileVerified: true })
  return steps
}

async function effects(steps: Steps): Promise<{ sms: number; call: CallEntry }> {
  const { sms, calls } = await caller.ledger(steps.mobile)
  return { sms: sms.length, call: calls.at(-1) as CallEntry }
}

/** Whether a call broke instead of being answered whole. */
async function broke(call: Promise<Answered>): Promise<boolean> {
  return call.then(
    () => false,
    () => true,
  )
}

/** Waits until something holds; the ledger is written while the client is already gone. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a lost connection', () => {
  it('before the commit leaves nothing', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'dropBeforeCommit', mobile: steps.mobile })
    expect(await broke(steps.lookUp())).toBe(true)
    const { sms, call } = await effects(steps)
    expect([sms, call.executed, call.answered, call.http, call.fault]).toEqual([
      0,
      false,
      false,
      null,
      'dropBeforeCommit',
    ])
  })

  it('after the commit leaves everything but the answer', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'dropAfterCommit', mobile: steps.mobile })
    expect(await broke(steps.lookUp())).toBe(true)
    const { sms, call } = await effects(steps)
    expect([sms, call.executed, call.answered, call.http, call.fault]).toEqual([
      1,
      true,
      false,
      null,
      'dropAfterCommit',
    ])
    expect((await steps.verifyNewest()).body['status']).toBe(2136)
  })

  it('after the commit of a verification leaves the code consumed and the step done', async () => {
    const steps = await enrolled()
    await steps.lookUp()
    await caller.faults({ fault: 'dropAfterCommit', operation: 'verifySenderOtp' })
    expect(await broke(steps.verifyNewest())).toBe(true)
    const ledger = await caller.ledger(steps.mobile)
    expect([ledger.codesConsumed.length, ledger.kycSteps.length]).toEqual([1, 1])
    expect(ids(await steps.verifyNewest())).toEqual([302, 1, 302])
  })

  it('in the middle of the body counts as not answered', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'truncatedBody', mobile: steps.mobile })
    expect(await broke(steps.lookUp())).toBe(true)
    const { sms, call } = await effects(steps)
    expect([sms, call.executed, call.answered]).toEqual([1, true, false])
  })
})

describe('a late answer', () => {
  it('is executed late, even if the client has left', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'delay', ms: 1_000, mobile: steps.mobile })
    const leaving = new AbortController()
    const call = caller.call('GET', steps.path, { signal: leaving.signal })
    await until(async () => (await caller.ledger(steps.mobile)).calls.length === 1)
    expect(await effects(steps)).toMatchObject({ sms: 0, call: { executed: false, answered: false, fault: 'delay' } })
    leaving.abort()
    expect(await broke(call)).toBe(true)
    await until(async () => (await effects(steps)).sms === 1)
    expect((await effects(steps)).call).toMatchObject({ executed: true, answered: false, http: null })
  })

  it('is answered to a client that waits', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'delay', ms: 20, mobile: steps.mobile })
    expect((await steps.lookUp()).body['status']).toBe(2129)
    expect(await effects(steps)).toMatchObject({ sms: 1, call: { executed: true, answered: true, http: 200 } })
  })

  it('may come long after the SMS', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'delayAfterCommit', ms: 1_000, mobile: steps.mobile })
    const call = steps.lookUp()
    await until(async () => (await effects(steps)).sms === 1)
    expect((await effects(steps)).call).toMatchObject({ executed: true, answered: false })
    expect((await call).body['status']).toBe(2129)
    expect((await effects(steps)).call).toMatchObject({ executed: true, answered: true, status: 2129 })
  })

  it('comes at once when the faults are replaced', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'delay', ms: 600_000, mobile: steps.mobile })
    const call = steps.lookUp()
    await until(async () => (await caller.ledger(steps.mobile)).calls.length === 1)
    await caller.faults()
    expect((await call).body['status']).toBe(2129)
    expect(await effects(steps)).toMatchObject({ sms: 1, call: { executed: true, answered: true } })
  })

  it('may come in two halves', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'slowBody', ms: 20, mobile: steps.mobile })
    expect((await steps.lookUp()).body['status']).toBe(2129)
    expect((await effects(steps)).call).toMatchObject({ executed: true, answered: true })
  })

  it('does not hold up the closing of the sandbox, and is not executed after it', async () => {
    const other = await Caller.start()
    await other.faults({ fault: 'delay', ms: 600_000 })
    const steps = new Steps(other, 'digikhata', '9000000600')
    const call = broke(steps.onboard())
    await until(async () => (await other.ledger()).calls.length === 1)
    await other.sandbox.close()
    expect(await call).toBe(true)
  })
})

describe('an answer in the place of the operation', () => {
  it.each([
    [{ fault: 'status5xx' }, 503],
    [{ fault: 'status5xx', http: 500 }, 500],
    [{ fault: 'status5xx', http: 502 }, 502],
    [{ fault: 'htmlBody' }, 502],
    [{ fault: 'htmlBody', http: 200 }, 200],
    [{ fault: 'empty204' }, 204],
    [{ fault: 'tooMany429', retryAfterSeconds: 7 }, 429],
    [{ fault: 'tooMany429' }, 429],
    [{ fault: 'auth401' }, 401],
    [{ fault: 'auth401', status: 2483 }, 401],
    [{ fault: 'auth403', status: 2487 }, 403],
    [{ fault: 'expired2485' }, 401],
    [{ fault: 'busy' }, 200],
    [{ fault: 'initiatorUnknown' }, 200],
    [{ fault: 'agentNotAllowed' }, 200],
    [{ fault: 'agentNotAllowed', status: 1297 }, 200],
  ])('%j answers %i and executes nothing', async (fault, http) => {
    const steps = await enrolled()
    await caller.faults({ ...fault, mobile: steps.mobile })
    const answered = await steps.lookUp()
    expect(answered.http).toBe(http)
    const { sms, call } = await effects(steps)
    expect([sms, call.executed, call.answered, call.http, call.fault]).toEqual([0, false, true, http, fault.fault])
    expect((await steps.lookUp()).body['status']).toBe(2129)
  })

  it.each(['status5xx', 'htmlBody', 'empty204'])('%s can also come after the execution', async (fault) => {
    const steps = await enrolled()
    await caller.faults({ fault, executed: true, mobile: steps.mobile })
    await steps.lookUp()
    const { sms, call } = await effects(steps)
    expect([sms, call.executed, call.answered]).toEqual([1, true, true])
  })

  it('has the body that Eko documents', async () => {
    const steps = await enrolled()
    const answer = async (fault: Record<string, unknown>) => {
      await caller.faults(fault)
      return steps.lookUp()
    }
    expect(ids(await answer({ fault: 'auth401', status: 2486 }))).toEqual([2486, 1, 2486])
    expect(ids(await answer({ fault: 'expired2485' }))).toEqual([2485, 1, 2485])
    expect(ids(await answer({ fault: 'busy' }))[1]).toBe(-2)
    expect(ids(await answer({ fault: 'initiatorUnknown' }))).toEqual([319, 1, -1])
    expect(ids(await answer({ fault: 'agentNotAllowed' }))).toEqual([346, 1, 346])
    expect(ids(await answer({ fault: 'agentNotAllowed', status: 1297 }))).toEqual([1297, 1, 1297])
    const limited = await answer({ fault: 'tooMany429', retryAfterSeconds: 7 })
    expect(limited.headers.get('retry-after')).toBe('7')
    const page = await answer({ fault: 'htmlBody' })
    expect([page.headers.get('content-type'), page.text.startsWith('<html>')]).toEqual(['text/html', true])
    expect((await answer({ fault: 'empty204' })).text).toBe('')
  })
})

describe('a spoiled answer', () => {
  it('of an unknown type looks like a success and was executed', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'unknownTypeId', mobile: steps.mobile })
    const answered = await steps.lookUp()
    expect([...ids(answered), answered.body['message']]).toEqual([0, 0, 9999, 'Success!'])
    expect(await effects(steps)).toMatchObject({ sms: 1, call: { executed: true, responseTypeId: 9999 } })
  })

  it('without data was executed', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'missingData', mobile: steps.mobile })
    const answered = await steps.lookUp()
    expect([ids(answered), 'data' in answered.body]).toEqual([[2129, 1, 2129], false])
    expect(await effects(steps)).toMatchObject({ sms: 1, call: { executed: true } })
  })
})

describe('a duplicated delivery', () => {
  it.each(['first', 'second'])('is executed twice, and the %s answer arrives', async (answer) => {
    const steps = await enrolled()
    await caller.faults({ fault: 'duplicateDelivery', answer, mobile: steps.mobile })
    const { data } = (await steps.lookUp()).body
    const { sms, calls } = await caller.ledger(steps.mobile)
    expect(calls.map(({ executed, answered }) => [executed, answered])).toEqual([
      [true, true],
      [true, false],
    ])
    expect(sms[answer === 'first' ? 0 : 1]?.otpRefId).toBe(data?.['otp_ref_id'])
    expect(sms).toHaveLength(2)
  })
})

describe('a refusal', () => {
  it.each(['digikhata', 'levin'])('of Aadhaar on %s sends no SMS, and only once', async (rail) => {
    const steps = await enrolled(rail)
    await steps.lookUp()
    await steps.verifyNewest()
    await caller.faults({ fault: 'aadhaarRefused' })
    const refused = await steps.aadhaarOtp()
    expect([...ids(refused), refused.body['message']]).toEqual([2138, 1, 2138, 'Adhar Validation Failed'])
    expect(await effects(steps)).toMatchObject({ sms: 1, call: { executed: true, fault: 'aadhaarRefused' } })
    expect((await steps.aadhaarOtp()).body['status']).toBe(0)
  })

  it('of a PAN leaves PAN pending', async () => {
    const steps = await enrolled('digikhata', 'PAN_PENDING')
    for (const [fault, status] of [
      [{ fault: 'panRefused' }, 1237],
      [{ fault: 'panRefused', status: 55 }, 55],
      [{ fault: 'panRefused', field: true }, 97],
    ] as const) {
      await caller.faults(fault)
      expect((await steps.pan(panOf(steps.mobile))).body['status']).toBe(status)
      expect((await caller.sender('digikhata', steps.mobile)).stage).toBe('PAN_PENDING')
    }
    expect((await steps.pan(panOf(steps.mobile))).body['response_type_id']).toBe(309)
  })
})

describe('a Levin token', () => {
  it('that is missing closes the Aadhaar steps until the sender is verified again', async () => {
    for (const dialect of ['portal-2026', 'docs-2025', 'wlc']) {
      await caller.control('PUT', '/dialect', { dialect })
      const steps = await enrolled('levin')
      await steps.lookUp()
      await caller.faults({ fault: 'walletTokenMissing' })
      const answered = await steps.verifyNewest()
      expect([answered.body['status'], 'data' in answered.body]).toEqual([2136, false])
      expect(ids(await steps.aadhaarOtp())).toEqual([1, 463, 1388])
      await steps.lookUp()
      await steps.verifyNewest()
      expect((await steps.aadhaarOtp()).body['status']).toBe(0)
    }
    await caller.control('PUT', '/dialect', { dialect: 'portal-2026' })
  })

  it('that expires on use consumes no code', async () => {
    await caller.control('PUT', '/dialect', { dialect: 'docs-2025' })
    const steps = await enrolled('levin')
    await steps.lookUp()
    await steps.verifyNewest()
    await steps.aadhaarOtp()
    await caller.faults({ fault: 'walletTokenExpired' })
    expect(ids(await steps.verifyAadhaarNewest())).toEqual([1, 463, 1388])
    expect(ids(await steps.verifyAadhaarNewest())).toEqual([1, 463, 1388])
    await steps.lookUp()
    await steps.verifyNewest()
    expect((await steps.verifyAadhaarNewest()).body['status']).toBe(0)
    await caller.control('PUT', '/dialect', { dialect: 'portal-2026' })
  })

  it('may be dead when it is given', async () => {
    await caller.control('PUT', '/dialect', { dialect: 'docs-2025' })
    const steps = await enrolled('levin')
    await steps.lookUp()
    await caller.faults({ fault: 'walletTokenExpired', operation: 'verifySenderOtp' })
    await steps.verifyNewest()
    expect(steps.wallet?.wallet_token).not.toBe('')
    expect(ids(await steps.aadhaarOtp())).toEqual([1, 463, 1388])
    await caller.control('PUT', '/dialect', { dialect: 'portal-2026' })
  })
})

describe('which calls meet a fault', () => {
  it('is narrowed by operation, rail and mobile', async () => {
    const [steps, other] = [await enrolled(), await enrolled()]
    await caller.seed('levin', steps.mobile, 'OTP_PENDING')
    await caller.faults({ fault: 'status5xx', operation: 'getSender', rail: 'digikhata', mobile: steps.mobile })
    expect((await steps.generateOtp()).http).toBe(200)
    expect((await other.lookUp()).http).toBe(200)
    expect((await new Steps(caller, 'levin', steps.mobile).lookUp()).http).toBe(200)
    expect((await steps.lookUp()).http).toBe(503)
    expect((await steps.lookUp()).http).toBe(200)
  })

  it('is counted by times and skip', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'status5xx', mobile: steps.mobile, skip: 1, times: 2 })
    const answers = []
    for (let i = 0; i < 4; i += 1) answers.push((await steps.lookUp()).http)
    expect(answers).toEqual([200, 503, 503, 200])
  })

  it('finds a transaction by the mobile in its body', async () => {
    const steps = await enrolled('digikhata', 'ACTIVE')
    await caller.faults({ fault: 'dropAfterCommit', operation: 'sendTransactionOtp', mobile: steps.mobile })
    const params = { customer_id: steps.mobile, recipient_id: 1, amount: 1 }
    expect(await broke(caller.call('POST', 'digikhata/otp', { params }))).toBe(true)
    expect(await effects(steps)).toMatchObject({ sms: 1, call: { executed: true, answered: false } })
  })

  it('leaves out calls whose signature is refused', async () => {
    const steps = await enrolled()
    await caller.faults({ fault: 'status5xx', mobile: steps.mobile })
    await caller.call('GET', steps.path, { headers: { developer_key: 'nobody' } })
    expect((await effects(steps)).call.fault).toBeUndefined()
    expect((await steps.lookUp()).http).toBe(503)
  })

  it('can be read, added to, replaced and cleared', async () => {
    const list = async (method: string, faults?: unknown[]) => {
      const answered = await caller.control<{ faults: { fault: string; remaining: number }[] }>(
        method,
        '/faults',
        faults && { faults },
      )
      return answered.faults.map(({ fault, remaining }) => [fault, remaining])
    }
    expect(await list('PUT', [{ fault: 'busy', mobile: '9000000699', times: 3 }])).toEqual([['busy', 3]])
    expect(await list('POST', [{ fault: 'empty204', mobile: '9000000699' }])).toEqual([
      ['busy', 3],
      ['empty204', 1],
    ])
    await new Steps(caller, 'digikhata', '9000000699').lookUp()
    expect(await list('GET')).toEqual([
      ['busy', 2],
      ['empty204', 1],
    ])
    expect(await list('PUT', [{ fault: 'missingData' }])).toEqual([['missingData', 1]])
    expect(await list('DELETE')).toEqual([])
  })
})
