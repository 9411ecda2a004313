import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { asyncLocalStorage, type Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { createEkoClient } from '../../activities/eko/index.js'
import { createActivities } from '../../activities/index.js'
import { createRegistry, type Tenant, type TenantRegistry } from '../../activities/tenants.js'
import { createOpener, createSealer, generateSealingKey } from '../../secrets/index.js'
import type { CallOutcome, CallRequest, JourneyActivities } from '../../workflows/calls.js'
import { DEFAULT_POLICY, DEFAULT_RANGES } from '../../workflows/messages.js'
import { type Handler, serve, type TestServer } from '../eko/helpers.js'

const JOURNEY = 'onboarding:digikhata:acme:00112233445566778899aabbccddeeff'
const REQUEST: CallRequest = {
  ...{ tenant: 'acme', rail: 'digikhata', userCode: '20810200', mobile: '9000000001', clientRef: 'ref' },
}

/** What Temporal tells an attempt, and what the attempt told Temporal. */
interface Attempt {
  readonly attempt: number
  readonly heartbeatDetails?: unknown
}

let server: TestServer
let answering: Handler
let received = 0
let heartbeats: unknown[] = []
let keys: Awaited<ReturnType<typeof generateSealingKey>>
const eko = createEkoClient({ timeoutMs: 2_000 })

beforeAll(async () => {
  keys = await generateSealingKey()
  server = await serve((request, response) => {
    received += 1
    return answering(request, response)
  })
})
beforeEach(() => {
  received = 0
  heartbeats = []
})
afterAll(async () => {
  await eko.close()
  await server.close()
})

function tenant(userCodes: readonly string[] = ['20810200']): Tenant {
  const credentials = {
    environment: 'sandbox',
    baseUrl: server.url,
    developerKey: 'd',
    accessKey: 'a',
    initiatorId: 'i',
  } as const
  return {
    ...{ name: 'acme', environment: 'sandbox', credentials, userCodes, rails: ['digikhata', 'levin'] },
    ...{ policy: DEFAULT_POLICY, ranges: DEFAULT_RANGES, strictness: 'strict', consents: [] },
  }
}

/** Runs an activity as an attempt that Temporal describes so. */
function run<T>(
  described: Attempt,
  work: (activities: JourneyActivities) => Promise<T>,
  tenants?: TenantRegistry,
): Promise<T> {
  const activities = createActivities({
    ...{ tenants: tenants ?? createRegistry([tenant()]), eko, startToCloseMs: 35_000, allowPlaintextCodes: false },
    ...{ opener: createOpener(keys.privateKeys), sealer: createSealer(keys.publicKeys) },
  })
  const info = {
    ...{
      taskToken: new Uint8Array(),
      workflowExecution: { workflowId: JOURNEY, runId: 'r' },
      startToCloseTimeoutMs: 35_000,
    },
    ...described,
  }
  const heartbeat = (_token: unknown, details: unknown): Promise<void> => {
    heartbeats.push(details)
    return Promise.resolve()
  }
  const context = { info, client: { activity: { heartbeat } }, log: { error: () => undefined } }
  return asyncLocalStorage.run(context as unknown as Context, () => work(activities))
}

async function failureOf(work: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof ApplicationFailure) return error
  throw new Error('The activity did not fail as an ApplicationFailure.', { cause: error })
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Handler => {
  return (_, response) => void response.writeHead(status, headers).end(JSON.stringify(body))
}

describe('an attempt that finds an intent', () => {
  const found: Attempt = { attempt: 2, heartbeatDetails: { intent: 1 } }

  it.each([
    ['as it was', undefined],
    ['without the agent', ['other']],
  ])('sends nothing, with the tenants file %s', async (_, userCodes) => {
    const tenants = createRegistry([tenant(userCodes)])
    for (const call of ['generateSenderOtp', 'verifySenderOtp', 'getSender'] as const) {
      const failure = await failureOf(run(found, (activities) => activities[call](REQUEST), tenants))
      expect(failure).toMatchObject({ type: 'UnknownOutcome', nonRetryable: true })
    }
    const transfer = { ...REQUEST, recipientId: 1, amountPaise: 100 }
    const failure = await failureOf(run(found, (activities) => activities.sendTransactionOtp(transfer), tenants))
    expect(failure.type).toBe('UnknownOutcome')
    expect(received).toBe(0)
  })

  it('that cannot be read takes it for one', async () => {
    const unreadable = { attempt: 2, heartbeatDetails: { $undecodable: 'malformed JSON' } }
    expect((await failureOf(run(unreadable, (activities) => activities.getSender(REQUEST)))).type).toBe(
      'UnknownOutcome',
    )
    expect(received).toBe(0)
  })

  it('that was taken back may send', async () => {
    answering = json({ status: 308, response_type_id: 308, response_status_id: 1, data: {} })
    const cleared = { attempt: 2, heartbeatDetails: { intent: null } }
    expect(await run(cleared, (activities) => activities.getSender(REQUEST))).toMatchObject({ answer: 'NOT_ENROLLED' })
    expect(heartbeats).toEqual([{ intent: 2 }])
  })
})

describe('an attempt', () => {
  it('that gets no answer ends as an unknown outcome, which Temporal does not repeat', async () => {
    answering = (request) => request.socket.destroy()
    const failure = await failureOf(run({ attempt: 1 }, (activities) => activities.getSender(REQUEST)))
    expect(failure).toMatchObject({ type: 'UnknownOutcome', nonRetryable: true })
    expect(heartbeats).toEqual([{ intent: 1 }])
  })

  it('that did not get through takes its intent back and asks for a retry, and is parked after the fourth', async () => {
    const away = { ...tenant(), credentials: { ...tenant().credentials, baseUrl: 'http://127.0.0.1:1' } }
    const tenants = createRegistry([away])
    const failure = await failureOf(run({ attempt: 1 }, (activities) => activities.getSender(REQUEST), tenants))
    expect(failure).toMatchObject({ type: 'NOT_SENT', nonRetryable: false })
    expect(heartbeats).toEqual([{ intent: 1 }, { intent: null }])
    const last = await run({ attempt: 4 }, (activities) => activities.getSender(REQUEST), tenants)
    expect(last).toMatchObject({ class: 'NOT_SENT', answer: 'NOT_SENT' })
  })

  it('of a repeatable call does not wait for hours inside the activity: the journey parks', async () => {
    answering = json({ message: 'down' }, 503, { 'retry-after': '3600' })
    const outcome: CallOutcome = await run({ attempt: 1 }, (activities) => activities.consentLanguages(REQUEST))
    expect(outcome).toMatchObject({ answer: 'UNKNOWN_OUTCOME', retryAfterMs: 3_600_000 })
    expect(heartbeats).toEqual([])
  })

  it('whose preparation breaks is retried, and then parked where people see it', async () => {
    const broken: TenantRegistry = { find: () => Promise.reject(new Error('the store is away')), names: () => [] }
    await expect(run({ attempt: 1 }, (activities) => activities.getSender(REQUEST), broken)).rejects.toThrow('away')
    const last = await run({ attempt: 4 }, (activities) => activities.getSender(REQUEST), broken)
    expect(last).toEqual({ class: 'NOT_SENT', answer: 'CONFIGURATION' })
    expect(received).toBe(0)
  })

  it('of a request that does not fit its operation is retried, and then parked', async () => {
    const incomplete = (activities: JourneyActivities): Promise<CallOutcome> => activities.verifySenderOtp(REQUEST)
    await expect(run({ attempt: 1 }, incomplete)).rejects.toThrow()
    expect(await run({ attempt: 4 }, incomplete)).toEqual({ class: 'NOT_SENT', answer: 'CONFIGURATION' })
    expect({ received, heartbeats }).toEqual({ received: 0, heartbeats: [] })
  })

  it('refuses details that no sender can have, before anything is sent', async () => {
    const details = { name: 'Al', dob: '9999-99-99', residenceAddress: ['1 Road'] }
    const outcome = await run({ attempt: 1 }, (activities) => activities.onboardSender({ ...REQUEST, details }))
    expect(outcome).toMatchObject({ answer: 'INPUT_REFUSED', inputCode: 'NAME_INVALID' })
    expect(Object.keys(outcome.fieldErrors ?? {}).sort()).toEqual(['dob', 'name'])
    expect(received).toBe(0)
  })

  it('refuses a code after its time without spending an attempt', async () => {
    const outcome = await run({ attempt: 1 }, (activities) => activities.verifySenderOtp({ ...REQUEST, notAfter: 1 }))
    expect(outcome).toMatchObject({ answer: 'INPUT_REFUSED', inputCode: 'CODE_EXPIRED' })
    expect(received).toBe(0)
  })
})
