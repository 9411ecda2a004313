import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type JourneyHandle, OnboardingClient } from '../../client/index.js'
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../stack/temporal-server.js'
import {
  CANCELLED,
  FAILED_PRECONDITION,
  NOT_FOUND,
  type RefusingGateway,
  startRefusingGateway,
} from './refusing-gateway.js'
import { type Keys, makeKeys, refused } from './support.js'

/** Calls that a real Temporal server seems to refuse, on a journey that runs there; nobody works on it. */

const DEADLINE_MS = 2_000
/** More than that within the deadline is a busy loop: both pauses are 100 ms or longer. */
const MOST_TRIES = DEADLINE_MS / 100 + 2
const SIGNAL = 'SignalWorkflowExecution'
const QUERY = 'QueryWorkflow'
const UPDATE = 'UpdateWorkflowExecution'

let keys: Keys
let server: TemporalServer
let gateway: RefusingGateway
let client: OnboardingClient
let nextMobile = 7_000_000_101
beforeAll(async () => {
  keys = await makeKeys()
  const cli = await findTemporalCli(() => undefined)
  server = await startTemporalServer({ cliPath: cli.path, headless: true, usualPorts: false })
  gateway = await startRefusingGateway(server.address)
  client = await OnboardingClient.fromEnvironment({
    env: { ...keys.env, TEMPORAL_ADDRESS: gateway.address },
    deadlineMs: DEADLINE_MS,
    actor: { type: 'operator', id: 'op-1' },
  })
})
afterEach(() => {
  for (const method of [SIGNAL, QUERY, UPDATE]) gateway.refuse(method, 0, 0)
})
afterAll(async () => {
  await client?.close()
  await gateway?.close()
  await server?.stop()
  await keys?.remove()
})

/** A journey whose run is there, and waits for a worker. */
async function startRun(): Promise<JourneyHandle> {
  const sender = { rail: 'levin', mobile: String(nextMobile++) } as const
  const handle = client.handleOf(sender)
  await client.temporal.workflow.start('senderOnboarding', {
    ...{ workflowId: handle.workflowId, taskQueue: 'nobody-polls-this' },
    args: [{ ...sender, tenant: 'acme', userCode: '20810200' }],
  })
  return handle
}

async function signalsOf({ workflowId }: JourneyHandle): Promise<number> {
  const { events } = await client.temporal.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length
}

describe('a query that is cancelled at once', () => {
  it('is asked again with pauses, and ends as DEADLINE', async () => {
    const handle = await startRun()
    gateway.refuse(QUERY, CANCELLED)
    expect((await refused(handle.view())).code).toBe('DEADLINE')
    expect(gateway.count(QUERY)).toBeGreaterThan(1)
    expect(gateway.count(QUERY)).toBeLessThanOrEqual(MOST_TRIES)
  })
})

describe('a message that the server drops', () => {
  it('is sent again until it is taken, however often it was dropped, and arrives once', async () => {
    const handle = await startRun()
    gateway.refuse(SIGNAL, FAILED_PRECONDITION, 3)
    const sent = await handle.signal.cancel({ reason: 'x', submissionId: 's1' })
    expect(sent).toEqual({ submissionId: 's1' })
    expect(gateway.count(SIGNAL)).toBe(4)
    expect(await signalsOf(handle)).toBe(1)
  })

  it('is sent with pauses, until the deadline and no longer', async () => {
    const handle = await startRun()
    gateway.refuse(SIGNAL, FAILED_PRECONDITION)
    const error = await refused(handle.signal.cancel({ reason: 'x' }))
    expect(error).toMatchObject({ code: 'TEMPORAL_ERROR', details: { grpcStatus: FAILED_PRECONDITION } })
    expect(gateway.count(SIGNAL)).toBeGreaterThan(1)
    expect(gateway.count(SIGNAL)).toBeLessThanOrEqual(MOST_TRIES)
    expect(await signalsOf(handle)).toBe(0)
  })

  it('waits for its answer in what is left of the one deadline', async () => {
    const handle = await startRun()
    gateway.refuse(UPDATE, FAILED_PRECONDITION, 2)
    expect((await refused(handle.cancel({ reason: 'x' }))).code).toBe('DEADLINE')
    const [first = 0, second = 0, third = 0] = gateway.timeouts(UPDATE)
    expect(first).toBeLessThanOrEqual(DEADLINE_MS)
    expect(second).toBeLessThan(first - 250)
    expect(third).toBeLessThan(second - 250)
  })

  it('is not sent again where the journey has ended', async () => {
    const handle = await startRun()
    await client.temporal.workflow.getHandle(handle.workflowId).terminate('by a test')
    gateway.refuse(SIGNAL, FAILED_PRECONDITION)
    expect((await refused(handle.signal.cancel({ reason: 'x' }))).code).toBe('JOURNEY_CLOSED')
    expect(gateway.count(SIGNAL)).toBe(1)
  })
})

describe('a message for which the server finds no run, though there is one', () => {
  it('is sent three times', async () => {
    const handle = await startRun()
    gateway.refuse(SIGNAL, NOT_FOUND)
    expect((await refused(handle.signal.cancel({ reason: 'x' }))).code).toBe('NOT_FOUND')
    expect(gateway.count(SIGNAL)).toBe(3)
  })
})
