import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { OnboardingClient, type OnboardingInput } from '../../client/index.js'
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../stack/temporal-server.js'
import { sealedHeader } from '../../values/index.js'
import { decodedHistoryOf } from '../support/history.js'
import { DETAILS, fieldCodes, type Keys, makeKeys, MOBILE, refused, runHere } from './support.js'

/** A real Temporal server on which nobody works, and addresses where there is none. */

const START = { rail: 'digikhata', mobile: `+91 ${MOBILE}`, userCode: '20810200' } as const
/** Short enough to wait for. */
const DEADLINE_MS = 1_500

let keys: Keys
let server: TemporalServer
let client: OnboardingClient
beforeAll(async () => {
  keys = await makeKeys()
  const cli = await findTemporalCli(() => undefined)
  server = await startTemporalServer({ cliPath: cli.path, headless: true, usualPorts: false })
  client = await connect(server.address)
})
afterAll(async () => {
  await client?.close()
  await server?.stop()
  await keys?.remove()
})

function connect(address: string, deadlineMs = DEADLINE_MS): Promise<OnboardingClient> {
  const env = { ...keys.env, TEMPORAL_ADDRESS: address }
  return OnboardingClient.fromEnvironment({ env, deadlineMs, actor: { type: 'operator', id: 'op-1' } })
}

describe('a server that is not there', () => {
  it('is UNREACHABLE when connecting, with the address that was tried', async () => {
    const error = await refused(connect('127.0.0.1:1'))
    expect(error).toMatchObject({ code: 'UNREACHABLE', details: { address: '127.0.0.1:1' } })
  })

  it('is UNREACHABLE where something else listens and never answers', async () => {
    const silent = await listenSilently()
    const error = await refused(connect(silent.address, 500))
    expect(error.code).toBe('UNREACHABLE')
    await silent.stop()
  })

  it('is UNREACHABLE for every call once it has gone', async () => {
    const cli = await findTemporalCli(() => undefined)
    const brief = await startTemporalServer({ cliPath: cli.path, headless: true, usualPorts: false })
    const lost = await connect(brief.address)
    await brief.stop()
    const handle = lost.handleOf({ rail: 'levin', mobile: MOBILE })
    const calls = [
      () => lost.start(START),
      () => handle.view(),
      () => handle.cancel({ reason: 'x' }),
      () => handle.waitForState('COMPLETED', { timeoutMs: 500 }),
    ]
    for (const call of calls) expect((await refused(call)).code).toBe('UNREACHABLE')
    await lost.close()
  })
})

it('a namespace that is not there is named as the setting to correct', async () => {
  const env = { ...keys.env, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'nowhere' }
  const elsewhere = await OnboardingClient.fromEnvironment({ env, deadlineMs: DEADLINE_MS })
  const error = await refused(elsewhere.start(START))
  expect(error.code).toBe('NOT_CONFIGURED')
  expect(error.message).toContain('TEMPORAL_NAMESPACE')
  await elsewhere.close()
})

it.each([
  ['TEMPORAL_TLS', 'yes please'],
  ['TEMPORAL_CONFIG_FILE', '/nowhere/temporal.toml'],
])('a mistyped %s is refused instead of being taken for "no TLS"', async (name, value) => {
  const env = { ...keys.env, TEMPORAL_ADDRESS: server.address, [name]: value }
  const error = await refused(OnboardingClient.fromEnvironment({ env }))
  expect(error).toMatchObject({ code: 'NOT_CONFIGURED', details: { settings: { [name]: expect.any(String) } } })
})

describe('a journey that was never started', () => {
  const never = { rail: 'levin', mobile: '7000000009' } as const

  it.each([
    ['view', () => client.handleOf(never).view()],
    ['describe', () => client.handleOf(never).describe()],
    ['result', () => client.handleOf(never).result()],
    ['receipt', () => client.handleOf(never).receipt('cancel', 's1')],
    ['waitForChange', () => client.handleOf(never).waitForChange(1)],
    ['an update', () => client.handleOf(never).cancel({ reason: 'x' })],
    ['a signal', () => client.handleOf(never).signal.cancel({ reason: 'x' })],
  ])('is NOT_FOUND for %s', async (_what, call) => {
    expect((await refused(call())).code).toBe('NOT_FOUND')
  })
})

describe('without a worker', () => {
  it('start ends as DEADLINE, says that the journey may have started, and asking again starts nothing more', async () => {
    const first = await refused(client.start(START, { submissionId: 's1' }))
    expect(first.code).toBe('DEADLINE')
    expect(first.message).toContain('may have started')
    expect(first.details).toMatchObject({ submissionId: 's1', workflowId: client.journeyId(START) })
    const { runId } = await client.handleOf(START).describe()
    expect((await refused(client.start(START))).code).toBe('DEADLINE')
    expect(await client.handleOf(START).describe()).toMatchObject({ runId, runStatus: 'RUNNING' })
  })

  it('every call on a live journey ends as DEADLINE with what repeats it safely', async () => {
    const handle = client.handleOf(START)
    const message = await refused(handle.enterSenderOtp({ otp: '123456', challengeId: 'c1', submissionId: 's2' }))
    expect(message).toMatchObject({ code: 'DEADLINE', details: { submissionId: 's2' } })
    expect((await refused(handle.view())).code).toBe('DEADLINE')
    expect((await refused(handle.result({ timeoutMs: 500 }))).code).toBe('DEADLINE')
    expect((await refused(handle.waitForState('COMPLETED', { timeoutMs: 500 }))).code).toBe('DEADLINE')
    expect(await handle.signal.cancel({ reason: 'x', submissionId: 's3' })).toEqual({ submissionId: 's3' })
  })

  it('the run was started with normalised input, sealed secrets, and nothing personal where the server can read', async () => {
    const start = { ...START, rail: 'levin', details: DETAILS, otpRefId: '7000000001~4202888' } as const
    await refused(client.start(start))
    const handle = client.temporal.workflow.getHandle(client.journeyId(start))
    const run = await handle.describe()
    expect(await run.staticSummary()).toBe('Levin onboarding · tenant acme')
    expect(await client.handleOf(start).describe()).toMatchObject({
      rail: 'levin',
      state: 'SENDER_LOOKUP',
      status: 'WAITING_FOR_USER',
    })
    const [first] = await decodedHistoryOf(client, handle.workflowId)
    const payload = first?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data
    const input = JSON.parse(Buffer.from(payload ?? []).toString()) as OnboardingInput
    expect(input).toMatchObject({ tenant: 'acme', rail: 'levin', mobile: MOBILE, details: DETAILS })
    expect(sealedHeader(input.otpRefId)).toMatchObject({ field: 'otpRefId', journey: handle.workflowId })
    const { searchAttributes, memo } = run.raw.workflowExecutionInfo ?? {}
    const visible = JSON.stringify([handle.workflowId, searchAttributes, memo, await run.staticSummary()])
    for (const personal of [MOBILE, DETAILS.name, 'Sample Street', '4202888']) expect(visible).not.toContain(personal)
  })

  it('a terminated run is RUN_FAILED, and may be started again', async () => {
    const handle = client.handleOf(START)
    const { runId } = await handle.describe()
    await client.temporal.workflow.getHandle(handle.workflowId).terminate('by a test')
    expect((await refused(handle.view())).code).toBe('RUN_FAILED')
    expect((await refused(handle.result())).code).toBe('RUN_FAILED')
    expect((await refused(handle.cancel({ reason: 'x' }))).code).toBe('JOURNEY_CLOSED')
    await refused(client.start(START))
    expect((await handle.describe()).runId).not.toBe(runId)
  })

  it('doctor says that nobody polls the queue, and passes what is in order', async () => {
    const env = { ...keys.env, TEMPORAL_ADDRESS: server.address }
    const { code, stdout } = await runHere(['doctor', '--json'], { env })
    expect(code).toBe(1)
    const { checks } = JSON.parse(stdout) as { checks: { name: string; verdict: string }[] }
    expect(Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict]))).toMatchObject({
      Temporal: 'ok',
      Namespace: 'ok',
      'Search attributes': 'ok',
      'Workers, workflows': 'fail',
      'Workers, activities': 'fail',
      'Eager dispatch': 'skip',
      Eko: 'skip',
    })
  })
})

describe('nothing is sent', () => {
  const count = async (): Promise<number> => (await client.temporal.workflow.count()).count

  it.each([
    [{ ...START, mobile: '12345' }, { mobile: 'MOBILE_INVALID' }],
    [{ ...START, rail: 'ufo' }, { rail: 'INVALID' }],
    [{ ...START, userCode: '' }, { userCode: 'INVALID' }],
    [{ ...START, details: { ...DETAILS, dob: '1990-13-01' } }, { 'details.dob': 'DOB_INVALID' }],
    [
      { ...START, policy: { triesPerCode: -1, tries: 3 } },
      { 'policy.triesPerCode': 'INVALID', 'policy.tries': 'UNKNOWN_FIELD' },
    ],
    [{ ...START, tenant: 'bharat' }, { tenant: 'UNKNOWN_FIELD' }],
    [{}, { rail: 'INVALID', mobile: 'MOBILE_INVALID', userCode: 'REQUIRED' }],
  ])('for start(%j)', async (input, expected) => {
    const before = await count()
    expect(fieldCodes(await refused(client.start(input as never)))).toEqual(expected)
    expect(await count()).toBe(before)
  })

  const OTP = { requestId: 'r1', ...START, recipientId: 10_017_740, amountPaise: 11_000 } as const
  it.each([
    [{ ...OTP, amountPaise: 11_050 }, { amountPaise: 'MONEY_INVALID' }],
    [{ ...OTP, amountPaise: 0 }, { amountPaise: 'MONEY_INVALID' }],
    [{ ...OTP, amountPaise: -100 }, { amountPaise: 'MONEY_INVALID' }],
    [{ ...OTP, amountPaise: '110' }, { amountPaise: 'MONEY_INVALID' }],
    [{ ...OTP, amountPaise: Number.NaN }, { amountPaise: 'MONEY_INVALID' }],
    [{ ...OTP, recipientId: 1.5 }, { recipientId: 'INVALID' }],
    [{ ...OTP, requestId: '' }, { requestId: 'INVALID' }],
  ])('for sendTransactionOtp(%j)', async (request, expected) => {
    const before = await count()
    expect(fieldCodes(await refused(client.sendTransactionOtp(request as never)))).toEqual(expected)
    expect(await count()).toBe(before)
  })

  it('for a list by words that are not of the contract', async () => {
    expect(fieldCodes(await refused(client.list({ state: "X' OR 1" } as never)))).toEqual({ state: 'INVALID' })
  })
})

async function listenSilently(): Promise<{ address: string; stop(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
