import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { asyncLocalStorage, type Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { createEkoClient } from '../../activities/eko/index.js'
import { createCallGate } from '../../activities/gate/index.js'
import { createActivities } from '../../activities/index.js'
import type { Dispatch, Limits, Reserved } from '../../activities/limits/index.js'
import { createRegistry, DEFAULT_LIMITS, type Tenant, type TenantRegistry } from '../../activities/tenants.js'
import { createInlineStore, createOpener, createSealer, generateSealingKey } from '../../secrets/index.js'
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
  readonly startToCloseTimeoutMs?: number
}

const log = { error: () => undefined, warn: () => undefined, info: () => undefined }
/** What was asked of the limits, and what they answer; the real ones have tests of their own. */
let reserved: Dispatch[] = []
let released: Dispatch[] = []
let room: Reserved = { granted: true }
let releasing: () => Promise<void> = () => Promise.resolve()
let reserving: () => Promise<Reserved> = () => Promise.resolve(room)
const limits: Limits = {
  reserveDispatch(dispatch) {
    reserved.push(dispatch)
    return reserving()
  },
  releaseDispatch(dispatch) {
    released.push(dispatch)
    return releasing()
  },
  reserveJourney: () => Promise.resolve({ granted: true }),
}

let server: TestServer
let answering: Handler
let received = 0
let heartbeats: unknown[] = []
/** What attempts wrote to the activity's own log, to which Temporal adds workflow, run and activity. */
let logged: unknown[][] = []
/** Whether Temporal acknowledges what an attempt tells it. */
let acknowledged = true
let acknowledging: () => Promise<void> = () => Promise.resolve()
let keys: Awaited<ReturnType<typeof generateSealingKey>>
const eko = createEkoClient({ timeoutMs: 8_000 })

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
  logged = []
  acknowledged = true
  acknowledging = () => Promise.resolve()
  answering = json({ status: 308, response_type_id: 308, response_status_id: 1, data: {} })
  reserved = []
  released = []
  room = { granted: true }
  releasing = () => Promise.resolve()
  reserving = () => Promise.resolve(room)
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
    ...{ policy: DEFAULT_POLICY, ranges: DEFAULT_RANGES, limits: DEFAULT_LIMITS, strictness: 'strict', consents: [] },
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
    secrets: createInlineStore(createSealer(keys.publicKeys), createOpener(keys.privateKeys)),
    ...{ gate: createCallGate({ taskQueue: 'q', log, source: () => JOURNEY }), limits },
  })
  const info = {
    ...{
      taskToken: new Uint8Array(),
      workflowExecution: { workflowId: JOURNEY, runId: 'r' },
      activityId: '7',
      startToCloseTimeoutMs: 35_000,
    },
    ...described,
  }
  const heartbeat = (_token: unknown, details: unknown): Promise<void> => {
    heartbeats.push(details)
    return acknowledged ? acknowledging() : Promise.reject(new Error('not acknowledged'))
  }
  const context = {
    info,
    client: { activity: { heartbeat } },
    log: { error: () => undefined, info: (...entry: unknown[]) => logged.push(entry) },
  }
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

  it('whose intent the server does not acknowledge sends nothing', async () => {
    acknowledged = false
    await expect(run({ attempt: 1 }, (activities) => activities.getSender(REQUEST))).rejects.toThrow('acknowledged')
    expect({ received, heartbeats }).toEqual({ received: 0, heartbeats: [{ intent: 1 }] })
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

const QUOTA = { perWindow: 3, windowSeconds: 600, perDay: 6 }
const DISPATCH: CallRequest = { ...REQUEST, quota: QUOTA, place: { id: 'first-ref', turn: 12 } }
const unreachable = (): TenantRegistry =>
  createRegistry([{ ...tenant(), credentials: { ...tenant().credentials, baseUrl: 'http://127.0.0.1:1' } }])

describe('a dispatch', () => {
  const sent = json({ status: 0, response_type_id: 2129, response_status_id: 0, data: { otp_ref_id: 'ref' } })
  const dispatch = (attempt: Attempt, tenants?: TenantRegistry): Promise<CallOutcome> =>
    run(attempt, (activities) => activities.generateSenderOtp(DISPATCH), tenants)

  it('has its place before its intent, and keeps it', async () => {
    answering = (request, response) => {
      expect({ places: reserved.length, intents: heartbeats.length }).toEqual({ places: 1, intents: 1 })
      return sent(request, response)
    }
    expect(await dispatch({ attempt: 1 })).toMatchObject({ answer: 'OTP_SENT' })
    expect(reserved).toEqual([
      { id: `${JOURNEY}/first-ref`, turn: 12_001, purpose: 'SENDER', mobile: REQUEST.mobile, quota: QUOTA },
    ])
    expect(released).toEqual([])
  })

  it('without a place declares no intent and sends nothing', async () => {
    room = { granted: false, code: 'MOBILE_LIMIT_REACHED', retryAt: 1_000 }
    expect(await dispatch({ attempt: 1 })).toEqual({
      ...{ class: 'NOT_SENT', answer: 'LIMIT_REACHED' },
      limit: { code: 'MOBILE_LIMIT_REACHED', retryAt: 1_000 },
    })
    expect({ received, heartbeats }).toEqual({ received: 0, heartbeats: [] })
  })

  it('that did not get through keeps its place for the retry, and gives it back when the journey parks', async () => {
    await failureOf(dispatch({ attempt: 1 }, unreachable()))
    expect(released).toEqual([])
    expect(await dispatch({ attempt: 4 }, unreachable())).toMatchObject({ answer: 'NOT_SENT' })
    expect(reserved.map(({ id }) => id)).toEqual([`${JOURNEY}/first-ref`, `${JOURNEY}/first-ref`])
    expect(released).toEqual(reserved.slice(1))
  })

  it('that a defect keeps from being sent gives its place back', async () => {
    const noKey = { ...tenant(), credentials: { ...tenant().credentials, baseUrl: 'no url' } }
    const outcome = await dispatch({ attempt: 4 }, createRegistry([noKey]))
    expect(outcome).toEqual({ class: 'NOT_SENT', answer: 'CONFIGURATION' })
    expect({ received, released }).toEqual({ received: 0, released: reserved })
  })

  it('does not lose its answer to a limit that does not answer', async () => {
    releasing = () => new Promise(() => undefined)
    answering = json({ status: 308, response_type_id: 308, response_status_id: 1, data: {} })
    const brief: Attempt = { attempt: 1, startToCloseTimeoutMs: 4_000 }
    const outcome = await run(brief, (activities) => activities.getSender(DISPATCH))
    expect(outcome).toMatchObject({ answer: 'NOT_ENROLLED' })
  })

  it('whose place took so long that the call has too little time is not sent, and tried again', async () => {
    const brief = { startToCloseTimeoutMs: 5_000 }
    reserving = () => sleep(1_200, room)
    expect((await failureOf(dispatch({ attempt: 1, ...brief }))).type).toBe('NOT_SENT')
    expect({ received, heartbeats, released }).toEqual({ received: 0, heartbeats: [], released: [] })
    expect(await dispatch({ attempt: 4, ...brief })).toEqual({ class: 'NOT_SENT', answer: 'NOT_SENT' })
    expect({ received, heartbeats, released }).toEqual({ received: 0, heartbeats: [], released: reserved.slice(1) })
  })

  it('whose intent took so long that the call has too little time is not sent, and takes its intent back', async () => {
    acknowledging = () => sleep(1_200)
    expect((await failureOf(dispatch({ attempt: 1, startToCloseTimeoutMs: 5_000 }))).type).toBe('NOT_SENT')
    expect({ received, heartbeats }).toEqual({ received: 0, heartbeats: [{ intent: 1 }, { intent: null }] })
  })

  it('parked because a limit gave no answer gives back what it may hold', async () => {
    reserving = () => Promise.reject(new Error('no answer'))
    await expect(dispatch({ attempt: 1 })).rejects.toThrow('no answer')
    expect(released).toEqual([])
    expect(await dispatch({ attempt: 4 })).toEqual({ class: 'NOT_SENT', answer: 'NOT_SENT' })
    expect({ received, released }).toEqual({ received: 0, released: reserved.slice(1) })
  })

  it('that cannot be made any more gives back the place of the attempt before it', async () => {
    const others = createRegistry([tenant(['other'])])
    expect(await dispatch({ attempt: 1 }, others)).toMatchObject({ answer: 'CONFIGURATION' })
    expect(released).toEqual([])
    expect(await dispatch({ attempt: 2 }, others)).toMatchObject({ answer: 'CONFIGURATION' })
    expect(released).toEqual([expect.objectContaining({ purpose: 'SENDER', mobile: REQUEST.mobile, turn: 12_002 })])
  })

  it('for an Aadhaar number gives it back on the number too, and on the mobile alone where it cannot be opened', async () => {
    const aadhaar = await createSealer(keys.publicKeys).seal({ field: 'aadhaar', journey: JOURNEY }, '234567890124')
    const others = createRegistry([tenant(['other'])])
    for (const sealed of [aadhaar, aadhaar.slice(0, -9)]) {
      const sealedDispatch = { ...DISPATCH, aadhaar: sealed }
      await run({ attempt: 2 }, (activities) => activities.generateAadhaarOtp(sealedDispatch), others)
    }
    expect(released.map(({ aadhaar: number }) => number)).toEqual(['234567890124', undefined])
  })

  it('that Eko refused before it executed anything gives its place back', async () => {
    answering = json({ status: 319, response_type_id: 319, response_status_id: 1 })
    await dispatch({ attempt: 4 })
    expect(released).toEqual(reserved)
  })

  it('whose outcome is unknown keeps its place: a code may have been sent', async () => {
    answering = (request) => request.socket.destroy()
    expect((await failureOf(dispatch({ attempt: 1 }))).type).toBe('UnknownOutcome')
    expect({ reserved: reserved.length, released }).toEqual({ reserved: 1, released: [] })
  })

  it('to a sender who is not enrolled gives its place back: no code was sent', async () => {
    answering = json({ status: 308, response_type_id: 308, response_status_id: 1, data: {} })
    await run({ attempt: 1 }, (activities) => activities.getSender(DISPATCH))
    expect(released).toEqual(reserved)
  })
})

describe('the log of an attempt', () => {
  it('goes to the activity’s own log, by the submissions that wait for it, without a person’s number', async () => {
    const submissions = ['b7a0d6de-1a1c-4b3f-9a54-123456789012', 'for-9876543210']
    await run({ attempt: 1 }, (activities) => activities.getSender({ ...REQUEST, submissions }))
    expect(logged).toEqual([
      [
        'Eko attempt',
        expect.objectContaining({
          ...{ operation: 'getSender', answer: 'NOT_ENROLLED' },
          submissions: 'b7a0d6de-1a1c-4b3f-9a54-123456789012 for-xxxxxxxxxx',
        }),
      ],
    ])
  })

  it('names no submission where none waits', async () => {
    await run({ attempt: 1 }, (activities) => activities.getSender(REQUEST))
    expect(logged[0]?.[1]).not.toHaveProperty('submissions')
  })
})

describe('an attempt of a run that was reset', () => {
  const of = (run: string): CallRequest => ({ ...REQUEST, run })

  it('is not made where it must not be repeated: what the run did after the reset point is not known', async () => {
    for (const call of ['getSender', 'generateSenderOtp', 'verifySenderOtp', 'verifyAadhaarOtp'] as const) {
      const outcome = await run({ attempt: 1 }, (activities) => activities[call](of('before')))
      expect(outcome).toEqual({ class: 'NOT_SENT', answer: 'RUN_RESET', run: 'r' })
    }
    expect({ received, heartbeats }).toEqual({ received: 0, heartbeats: [] })
  })

  it('is made where it may be repeated', async () => {
    answering = json({
      status: 0,
      response_type_id: 2444,
      data: { consent_language_list: [{ id: 1, name: 'English' }] },
    })
    await run({ attempt: 1 }, (activities) => activities.consentLanguages(of('before')))
    expect(received).toBe(1)
  })

  it('is made in the run that the journey knows', async () => {
    answering = json({ status: 308, response_type_id: 308, response_status_id: 1, data: {} })
    expect(await run({ attempt: 1 }, (activities) => activities.getSender(of('r')))).toMatchObject({
      answer: 'NOT_ENROLLED',
    })
  })
})
