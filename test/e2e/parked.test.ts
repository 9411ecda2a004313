import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { OnboardingClient } from '../../client/index.js'
import { writeLocalTenants } from '../../stack/local-tenants.js'
import {
  ALL_STEPS_ONCE,
  action,
  calls,
  codeOf,
  NO_COOLDOWN,
  RAILS,
  smsFor,
  startJourney,
  steps,
  type TestJourney,
  walkTo,
} from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTcpGate, type TcpGate } from '../support/tcp-gate.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
/** Between one worker and Eko. */
let gate: TcpGate
/** Its journeys are run by that worker. */
let client: OnboardingClient

beforeAll(async () => {
  stack = await startTestStack()
  gate = await startTcpGate(Number(new URL(stack.local.sandboxUrl).port))
  const tenantsFile = join(stack.folder, 'gated-tenants.json')
  await writeLocalTenants(tenantsFile, `http://127.0.0.1:${gate.port}/ekoapi/v3`)
  await stack.local.startWorker('gated-worker', {
    ONBOARDING_TASK_QUEUE: 'gated',
    ONBOARDING_TENANTS_FILE: tenantsFile,
  })
  client = await stack.connect({ taskQueue: 'gated' })
})
afterAll(async () => {
  await gate?.shut()
  await stack?.stop()
})
afterEach(async () => {
  await gate.open()
  await stack.sandbox.clearFaults()
})

const operator = { actor: { type: 'operator', id: 'op-3' }, reason: 'the line is back' } as const

async function finish(journey: TestJourney): Promise<void> {
  expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
}

describe('while Eko cannot be reached', () => {
  it('the journey parks, refuses the user with the time of the next try, and goes on by itself', async () => {
    const journey = await startJourney(stack, 'digikhata', { client })
    await gate.shut()
    const receipt = await journey.person.act(journey.view.nextAction)
    expect(receipt).toMatchObject({ outcome: 'PARKED', detail: 'EKO_TRANSPORT', status: 'PARKED' })
    const { retryAt, dependency } = action(receipt, 'WAIT_UNTIL')
    expect({ dependency, retryAt }).toEqual({ dependency: 'EKO_TRANSPORT', retryAt: expect.stringMatching(/Z$/) })
    expect(await codeOf(journey.handle.resendOtp())).toBe('PARKED')
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(0)

    await gate.open()
    await journey.handle.waitForNextAction('REQUEST_CONSENT')
    await finish(journey)
    const ledger = await journey.ledger()
    expect(calls(ledger, 'verifySenderOtp')).toHaveLength(1)
    expect(smsFor(ledger, 'SENDER')).toHaveLength(1)
  })

  it('an operator can have it tried at once', async () => {
    const journey = await startJourney(stack, 'levin', { client })
    await gate.shut()
    await journey.person.act(journey.view.nextAction)
    await gate.open()
    const receipt = await journey.handle.retryNow(operator)
    expect(receipt).toMatchObject({ message: 'retryNow', outcome: 'ADVANCED', state: 'AADHAAR_REQUIRED' })
    await finish(journey)
  })

  it('a start is answered when the first call parks, and the journey begins when Eko is back', async () => {
    await gate.shut()
    const journey = await startJourney(stack, 'digikhata', { client })
    expect(journey.view.status).toMatchObject({ kind: 'PARKED', dependency: 'EKO_TRANSPORT' })
    expect((await journey.ledger()).calls).toEqual([])
    await gate.open()
    await journey.handle.retryNow(operator)
    await finish(journey)
    expect(smsFor(await journey.ledger(), 'SENDER')).toHaveLength(1)
  })

  it('a code whose lifetime ends meanwhile is dropped and never reaches Eko', async () => {
    const policy = { ...NO_COOLDOWN, otpLifetimeSeconds: 6 }
    const journey = await startJourney(stack, 'digikhata', { client, policy })
    await gate.shut()
    await journey.person.act(journey.view.nextAction)
    const view = await journey.handle.waitForNextAction('REQUEST_NEW_CODE')
    expect(action(view, 'REQUEST_NEW_CODE').reason).toBe('CODE_EXPIRED')
    await gate.open()
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(0)
    await journey.handle.cancel({ reason: 'seen enough' })
  })

  it('cancel ends a parked journey', async () => {
    const journey = await startJourney(stack, 'digikhata', { client })
    await gate.shut()
    await journey.person.act(journey.view.nextAction)
    expect(await journey.handle.cancel({ reason: 'gone home' })).toMatchObject({ outcome: 'CANCELLED' })
    await gate.open()
    expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(0)
  })
})

describe.each(RAILS)('on the %s rail', (rail) => {
  it.each(['auth401', 'auth403', 'initiatorUnknown', 'agentNotAllowed'])(
    'a failure of the tenant’s configuration (%s) parks the journey, which asks again as seldom as the incident says',
    async (fault) => {
      const facts = newPerson()
      await stack.sandbox.addFaults({ fault, operation: 'getSender', mobile: facts.mobile })
      const journey = await startJourney(stack, rail, { facts, policy: { parkFirstSeconds: 1 } })
      expect(journey.view.status).toMatchObject({
        ...{ kind: 'PARKED', dependency: 'CONFIGURATION', incident: expect.stringMatching(/^[0-9a-f]{8}:/) },
      })
      await journey.handle.waitForNextAction('ENTER_SENDER_OTP')
      await finish(journey)
      const ledger = await journey.ledger()
      expect(calls(ledger, 'getSender').map(({ executed }) => executed)).toEqual([false, true])
      expect(smsFor(ledger, 'SENDER')).toHaveLength(1)
    },
  )

  it('a timestamp that was used before is signed afresh at once', async () => {
    const facts = newPerson()
    await stack.sandbox.addFaults({ fault: 'expired2485', operation: 'getSender', mobile: facts.mobile })
    const journey = await startJourney(stack, rail, { facts })
    expect(journey.view.nextAction.do).toBe('ENTER_SENDER_OTP')
    expect(calls(await journey.ledger(), 'getSender').map(({ executed }) => executed)).toEqual([false, true])
  })

  it('where another transaction of the sender is in progress, the code is tried again by itself', async () => {
    const facts = newPerson()
    const journey = await startJourney(stack, rail, { facts })
    await stack.sandbox.addFaults({ fault: 'busy', operation: 'verifySenderOtp', mobile: facts.mobile })
    const receipt = await journey.person.act(journey.view.nextAction)
    expect(receipt).toMatchObject({ outcome: 'PARKED', detail: 'EKO_BUSY' })
    await journey.handle.waitForNextAction('REQUEST_CONSENT')
    await finish(journey)
    expect(smsFor(await journey.ledger(), 'SENDER')).toHaveLength(1)
  })

  it('retryNow has nothing to do while the user is waited for', async () => {
    const journey = await startJourney(stack, rail)
    expect(await codeOf(journey.handle.retryNow(operator))).toBe('NOTHING_TO_RETRY')
  })
})

it('DigiKhata: a consent text that does not come is read again by itself', async () => {
  const facts = newPerson()
  const journey = await startJourney(stack, 'digikhata', { facts })
  await stack.sandbox.addFaults(
    { fault: 'tooMany429', operation: 'consentLanguages', mobile: facts.mobile, retryAfterSeconds: 1 },
    { fault: 'dropAfterCommit', operation: 'consentDetails', mobile: facts.mobile },
  )
  await walkTo(journey, 'ENTER_AADHAAR')
  await finish(journey)
})
