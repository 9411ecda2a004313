import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type OnboardingClient, TASK_QUEUE, WORKFLOW_TYPE } from '../../client/index.js'
import { SAMPLE_DEVELOPERS } from '../../sandbox/index.js'
import {
  calls,
  codeOf,
  errorOf,
  NO_COOLDOWN,
  RAILS,
  smsFor,
  startJourney,
  type TestJourney,
  until,
  walkTo,
} from '../support/journeys.js'
import { newMobile, newPerson } from '../support/people.js'
import { json, updateRaw } from '../support/raw-messages.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** The local stack's tenants: each has its own developer key at Eko, and its own agents. */
const [ACME, BHARAT] = (['acme', 'bharat'] as const).map((name, index) => {
  const { developerKey = '', userCodes = [] } = SAMPLE_DEVELOPERS[index] ?? {}
  return { name, developerKey, userCode: userCodes[0] ?? '' }
}) as [
  { name: string; developerKey: string; userCode: string },
  { name: string; developerKey: string; userCode: string },
]

const operator = { actor: { type: 'operator', id: 'op-1' }, reason: 'test' } as const

let stack: TestStack
let acme: OnboardingClient
let bharat: OnboardingClient
beforeAll(async () => {
  stack = await startTestStack()
  acme = stack.client
  bharat = await stack.connect({ tenant: BHARAT.name })
})
afterAll(() => stack?.stop())

function developerKeys({ calls }: Awaited<ReturnType<TestJourney['ledger']>>): (string | null)[] {
  return [...new Set(calls.map(({ developerKey }) => developerKey))]
}

describe.each(RAILS)('two tenants on the %s rail', (rail) => {
  it.each([
    ['acme', 'bharat', () => ({ client: acme, userCode: BHARAT.userCode })],
    ['bharat', 'acme', () => ({ client: bharat, userCode: ACME.userCode })],
  ])('%s cannot start a journey for an agent of %s, and Eko hears nothing of it', async (_one, _other, given) => {
    const facts = newPerson()
    expect(await codeOf(startJourney(stack, rail, { facts, ...given() }))).toBe('USER_CODE_NOT_ALLOWED')
    const ledger = await stack.sandbox.ledger(facts.mobile)
    expect(ledger).toMatchObject({ calls: [], sms: [] })
  })

  it('a journey cannot be handed over to an agent of the other tenant', async () => {
    const journey = await startJourney(stack, rail)
    const { calls: before } = await journey.ledger()
    const takingOver = journey.handle.takeOver({ ...operator, userCode: BHARAT.userCode })
    expect(await codeOf(takingOver)).toBe('USER_CODE_NOT_ALLOWED')
    expect((await journey.handle.view()).userCode).toBe(ACME.userCode)
    expect((await journey.ledger()).calls).toEqual(before)
    expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  })

  it('each calls Eko with its own developer key, from the first call to the last', async () => {
    const one = await startJourney(stack, rail)
    const other = await startJourney(stack, rail, { client: bharat, userCode: BHARAT.userCode })
    await Promise.all([one, other].map(({ person, view }) => person.finish(view)))
    for (const [journey, { name, developerKey }] of [
      [one, ACME],
      [other, BHARAT],
    ] as const) {
      expect(await journey.handle.result()).toMatchObject({ state: 'COMPLETED', view: { tenant: name } })
      const ledger = await journey.ledger()
      expect(developerKeys(ledger)).toEqual([developerKey])
      expect(ledger.calls.filter(({ http }) => http !== 200)).toEqual([])
    }
  })

  it('the same sender has a journey with each, and neither touches the other', async () => {
    const facts = newPerson()
    const one = await startJourney(stack, rail, { facts })
    const other = await startJourney(stack, rail, { facts, client: bharat, userCode: BHARAT.userCode })
    expect([one.joined, other.joined]).toEqual([false, false])
    expect(other.handle.workflowId).not.toBe(one.handle.workflowId)
    expect(smsFor(await one.ledger(), 'SENDER')).toHaveLength(2)
    expect(new Set(developerKeys(await one.ledger()))).toEqual(new Set([ACME.developerKey, BHARAT.developerKey]))

    await other.handle.cancel(operator)
    expect((await one.handle.view()).state).toBe('SENDER_OTP_REQUIRED')
    // Both codes went to one phone; the next one is this journey's again.
    await one.handle.resendOtp()
    expect((await one.person.finish(await one.handle.view())).state).toBe('COMPLETED')
    expect((await other.handle.result()).state).toBe('CANCELLED')
  })

  it('the SDK of one refuses the other’s journey: no handle for it, and no seal', async () => {
    const { handle } = await startJourney(stack, rail)
    const { workflowId } = handle
    expect(() => bharat.handle(workflowId)).toThrow(expect.objectContaining({ code: 'TENANT_MISMATCH' }))
    expect(await codeOf(bharat.seal(workflowId, 'pan', 'ABCPX1234Z'))).toBe('TENANT_MISMATCH')
  })

  it('one finds no journey of the other, by list or by `client_ref_id`', async () => {
    const one = await startJourney(stack, rail)
    const other = await startJourney(stack, rail, { client: bharat, userCode: BHARAT.userCode })
    const [call] = (await one.ledger()).calls
    const listed = async (client: OnboardingClient) => (await client.list()).map(({ workflowId }) => workflowId)
    await until(async () => (await listed(acme)).includes(one.handle.workflowId), 'acme lists its journey')
    await until(async () => (await listed(bharat)).includes(other.handle.workflowId), 'bharat lists its journey')
    expect(await listed(bharat)).not.toContain(one.handle.workflowId)
    expect(await listed(acme)).not.toContain(other.handle.workflowId)
    const clientRef = call?.clientRefId ?? ''
    expect((await acme.findByClientRef(clientRef)).map(({ workflowId }) => workflowId)).toEqual([one.handle.workflowId])
    expect(await bharat.findByClientRef(clientRef)).toEqual([])
  })

  it('a secret that was sealed for one’s journey does not open in the other’s', async () => {
    const facts = newPerson()
    const one = await startJourney(stack, rail, { facts })
    const other = await startJourney(stack, rail, { facts, client: bharat, userCode: BHARAT.userCode })
    const sealed = await acme.seal(one.handle.workflowId, 'otp', await one.person.code('SENDER'))
    const sent = updateRaw(bharat, other.handle.workflowId, 'enterSenderOtp', [json({ otp: sealed })])
    expect(await sent).toBe('SEALED_FOR_ANOTHER_JOURNEY')
    expect(calls(await one.ledger(), 'verifySenderOtp')).toEqual([])
  })

  it('past the SDK, a journey still refuses whoever joins it as the other tenant', async () => {
    const { handle, mobile, view } = await startJourney(stack, rail)
    const join = (input: object) =>
      updateRaw(bharat, handle.workflowId, 'open', [json({ input: { rail, mobile, ...input } })])
    expect(await join({ tenant: BHARAT.name, userCode: BHARAT.userCode })).toBe('OWNED_BY_ANOTHER_AGENT')
    expect(await join({ tenant: BHARAT.name, userCode: ACME.userCode })).toBe('INPUT_CONFLICT')
    expect(await handle.view()).toEqual(view)
  })

  it('past the SDK, a journey of one for an agent of the other is rejected without a call', async () => {
    const mobile = newMobile()
    const result: unknown = await bharat.temporal.workflow.execute(WORKFLOW_TYPE, {
      workflowId: bharat.journeyId({ rail, mobile }),
      taskQueue: TASK_QUEUE,
      args: [{ tenant: BHARAT.name, rail, mobile, userCode: ACME.userCode }],
    })
    expect(result).toMatchObject({ state: 'REJECTED', rejection: 'USER_CODE_NOT_ALLOWED' })
    expect((await stack.sandbox.ledger(mobile)).calls).toEqual([])
  })

  it('a tenant that the workers do not know is refused, and Eko hears nothing of it', async () => {
    const stranger = await stack.connect({ tenant: 'nobody' })
    const facts = newPerson()
    const error = await errorOf(startJourney(stack, rail, { facts, client: stranger }))
    expect(error.code).toBe('TENANT_UNKNOWN')
    expect((await stack.sandbox.ledger(facts.mobile)).calls).toEqual([])
  })
})

describe('wishes of a caller', () => {
  const LAX = {
    otpLifetimeSeconds: 86_400,
    resendCooldownSeconds: 0,
    sendsPerWindow: 1_000,
    sendsPerDay: 1_000,
    triesPerCode: 1_000,
    triesPerJourney: 1_000,
    journeySeconds: 1,
    trustLookup: true,
  }
  /** Ranges of the two tenants on workers that serve another queue. */
  const NARROW = {
    acme: { resendCooldownSeconds: [30, 60], sendsPerWindow: [1, 2], sendsPerDay: [1, 4], triesPerCode: [1, 2] },
    bharat: { resendCooldownSeconds: [5, 60], sendsPerWindow: [1, 5], sendsPerDay: [1, 6], triesPerCode: [1, 3] },
  } as const
  const QUEUE = 'narrow'

  beforeAll(async () => {
    type Entry = { readonly name: keyof typeof NARROW }
    const { tenants } = JSON.parse(await readFile(stack.local.tenantsFile, 'utf8')) as { tenants: Entry[] }
    const narrowed = tenants.map((entry) => ({
      ...entry,
      rails: entry.name === 'acme' ? ['digikhata', 'levin'] : ['levin'],
      policy: {},
      ranges: NARROW[entry.name],
    }))
    const file = join(stack.folder, 'narrow-tenants.json')
    await writeFile(file, JSON.stringify({ tenants: narrowed }), { mode: 0o600 })
    await stack.local.startWorker('narrow', { ONBOARDING_TENANTS_FILE: file, ONBOARDING_TASK_QUEUE: QUEUE })
  })

  it.each([ACME, BHARAT])('are moved into the ranges of $name, number by number', async ({ name, userCode }) => {
    const client = await stack.connect({ tenant: name, taskQueue: QUEUE })
    const { resendCooldownSeconds, sendsPerWindow, sendsPerDay, triesPerCode } = NARROW[name as keyof typeof NARROW]
    const { view } = await startJourney(stack, 'levin', { client, userCode, policy: LAX })
    expect(view.policy).toMatchObject({
      resendCooldownSeconds: resendCooldownSeconds[0],
      sendsPerWindow: sendsPerWindow[1],
      sendsPerDay: sendsPerDay[1],
      triesPerCode: triesPerCode[1],
      // Where a tenant sets no range, the product's own holds; and nobody can wish for trust.
      otpLifetimeSeconds: 600,
      triesPerJourney: 10,
      journeySeconds: 60,
      trustLookup: false,
    })
  })

  it('within the ranges are granted as they are', async () => {
    const policy = { ...NO_COOLDOWN, otpLifetimeSeconds: 45, sendsPerDay: 7, triesPerCode: 1 }
    const { view } = await startJourney(stack, 'digikhata', { policy })
    expect(view.policy).toMatchObject(policy)
  })

  it('cannot buy more SMS than the tenant allows', async () => {
    const client = await stack.connect({ tenant: BHARAT.name, taskQueue: QUEUE })
    const given = { client, userCode: BHARAT.userCode, policy: { ...LAX, journeySeconds: 3_600 } }
    const journey = await startJourney(stack, 'levin', given)
    await walkTo(journey, 'ENTER_SENDER_OTP')
    const error = await errorOf(journey.handle.resendOtp())
    expect(error.code).toBe('RESEND_TOO_EARLY')
    expect(smsFor(await journey.ledger(), 'SENDER')).toHaveLength(1)
  })

  it('a rail that a tenant does not have is refused, and Eko hears nothing of it', async () => {
    const client = await stack.connect({ tenant: BHARAT.name, taskQueue: QUEUE })
    const facts = newPerson()
    const start = startJourney(stack, 'digikhata', { facts, client, userCode: BHARAT.userCode })
    expect(await codeOf(start)).toBe('RAIL_NOT_ALLOWED')
    expect((await stack.sandbox.ledger(facts.mobile)).calls).toEqual([])
  })
})
