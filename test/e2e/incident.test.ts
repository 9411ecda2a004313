import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { INCIDENT_WORKFLOW_TYPE, type IncidentSummary, type OnboardingClient } from '../../client/index.js'
import { runHere } from '../client/support.js'
import { allGoOn, DEVELOPERS, countJourneys, startCrowd } from '../support/crowd.js'
import { startJourney, until } from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** Long enough that all journeys meet the incident before its second probe. */
const PROBE_SECONDS = 8
const CROWD = 300
const [ACME, BHARAT] = DEVELOPERS

let stack: TestStack
let bharat: OnboardingClient
beforeAll(async () => {
  const workerEnv = {
    ONBOARDING_INCIDENT_PROBE_SECONDS: String(PROBE_SECONDS),
    ONBOARDING_RELEASE_CALLS_PER_SECOND: '25',
    // So many journeys on a small machine: an answer may take its time.
    ONBOARDING_EKO_TIMEOUT_MS: '10000',
  }
  stack = await startTestStack({ workerEnv })
  bharat = await stack.connect({ tenant: 'bharat' })
})
afterAll(() => stack?.stop())
afterEach(() => stack.sandbox.clearFaults())

async function open(client: OnboardingClient): Promise<IncidentSummary | undefined> {
  return (await client.incidents())[0]
}

/** Calls that Eko has received so far of a tenant. */
async function ekoCalls(developerKey: string | undefined): Promise<number> {
  return (await stack.sandbox.ledger()).calls.filter((call) => call.developerKey === developerKey).length
}

function cli(...args: string[]): ReturnType<typeof runHere> {
  return runHere(args, { env: stack.local.clientEnv })
}

describe('300 journeys of an agent whom Eko does not allow', () => {
  it('make one incident and at most 3 calls after the first, and all go on once Eko allows the agent', async () => {
    await stack.sandbox.addFaults({ fault: 'agentNotAllowed', times: 100_000 })
    const views = await startCrowd(stack.client, CROWD)
    await until(
      async () => (await countJourneys(stack.client, `OnboardingWaitsFor STARTS_WITH 'CONFIGURATION '`)) === CROWD,
      'all journeys wait for the incident',
    )
    expect(await ekoCalls(ACME?.developerKey)).toBeLessThanOrEqual(4)
    const started = new Set(views.map(({ status }) => status.kind))
    expect([...started]).toEqual(['PARKED'])

    const incidents = await stack.client.incidents()
    expect(incidents).toHaveLength(1)
    const [incident] = incidents
    expect(incident).toMatchObject({
      ...{ state: 'OPEN', affectedJourneys: CROWD, id: expect.stringMatching(/^[0-9a-f]{8}:agent-20810200$/) },
      cause: { code: '346', http: 200, status: 346, tenant: 'acme', userCode: '20810200' },
      advice: { action: expect.stringContaining('Have Eko activate the service') },
    })
    const shown = await cli('incidents')
    expect(shown).toMatchObject({ code: 0, stderr: '' })
    expect(shown.stdout).toMatch(/346: The agent may not use this service/)
    expect(shown.stdout).toMatch(/300 wait/)
    const { count } = await stack.client.temporal.workflow.count(incident?.affectedQuery ?? '')
    expect(count).toBe(CROWD)

    await stack.sandbox.clearFaults()
    await allGoOn(stack.client, CROWD)
    expect(await stack.client.incidents()).toEqual([])
    const [ended] = await stack.client.incidents({ all: true })
    expect(ended).toMatchObject({ id: incident?.id, state: 'RESOLVED', affectedJourneys: 0, nextProbeAt: null })
    expect((await cli('incidents')).stdout).toBe('No incidents.\n')
    expect((await cli('incidents', '--all')).stdout).toMatch(/RESOLVED/)
    const { sms } = await stack.sandbox.ledger()
    expect(new Set(sms.map(({ mobile }) => mobile)).size).toBe(sms.length)
  }, 400_000)
})

describe('two workers of one developer key', () => {
  it('share one incident and its probes', async () => {
    await stack.local.startWorker('second-worker')
    await stack.sandbox.addFaults({ fault: 'auth401', status: 2484, times: 100_000 })
    await startCrowd(bharat, 20, BHARAT?.userCode)
    await until(async () => ((await open(bharat))?.probes ?? 0) >= 1, 'a probe has been made')
    const incident = await open(bharat)
    expect(incident).toMatchObject({ id: expect.stringMatching(/:credentials$/), cause: { code: '2484' } })
    expect(await bharat.incidents({ all: true })).toHaveLength(1)
    // Each worker learns by one call of its own at most; everything else is a probe that one of them was granted.
    expect(await ekoCalls(BHARAT?.developerKey)).toBeLessThanOrEqual(2 + (incident?.probes ?? 0) + 1)
    expect(await stack.client.incidents()).toEqual([])
    await stack.sandbox.clearFaults()
    await allGoOn(bharat, 20)
    expect(await bharat.incidents()).toEqual([])
  }, 400_000)
})

describe('two deployments of one developer key in a namespace', () => {
  it('have incidents of their own, so that none waits for the workers of the other', async () => {
    await stack.local.startWorker('west-worker', { ONBOARDING_TASK_QUEUE: 'west' })
    const west = await stack.connect({ tenant: 'bharat', taskQueue: 'west' })
    await stack.sandbox.addFaults({ fault: 'auth401', status: 2484, times: 100_000 })
    await startCrowd(bharat, 1, BHARAT?.userCode)
    await startCrowd(west, 1, BHARAT?.userCode)
    const affecting = async () => (await west.incidents()).filter(({ affectedJourneys }) => affectedJourneys === 1)
    await until(async () => (await affecting()).length === 2, 'one journey waits for each of two incidents')
    const ids = (await affecting()).map(({ id }) => id).sort()
    expect(ids).toEqual([
      expect.stringMatching(/^[0-9a-f]{8}:credentials$/),
      expect.stringMatching(/^[0-9a-f]{8}:credentials:west$/),
    ])
    const { stdout } = await cli('incidents', '--tenant', 'bharat')
    expect(stdout).toContain(':credentials:west')
    const { temporal } = west
    for (const { workflowId } of await west.incidents()) {
      const { taskQueue } = await temporal.workflow.getHandle(workflowId).describe()
      expect(taskQueue).toBe(workflowId.endsWith(':west') ? 'west' : 'sender-onboarding')
    }
    await stack.sandbox.clearFaults()
    await until(async () => (await west.incidents()).length === 0, 'both are over')
  }, 200_000)
})

describe('an incident’s workflow', () => {
  it('is not wedged by messages that nobody can read, and ends when it is cancelled by hand', async () => {
    const { workflow } = stack.client.temporal
    const handle = await workflow.signalWithStart(INCIDENT_WORKFLOW_TYPE, {
      workflowId: 'incident:00000000:credentials',
      taskQueue: 'sender-onboarding',
      args: [{ id: '00000000:credentials', firstProbeMs: 1_000, longestProbeMs: 1_000 }],
      signal: 'observed',
      signalArgs: [{ code: 7 }],
    })
    for (const body of [null, [], 'x', { by: 7 }]) {
      await handle.signal('observed', body)
      await handle.signal('resolved', body)
    }
    await handle.signal('nobody-knows-this', 1)
    expect(await handle.query('incident')).toMatchObject({ state: 'OPEN', observations: 0, cause: null })
    await handle.cancel()
    expect(await handle.result()).toMatchObject({ state: 'DISMISSED' })
  })
})

it('one journey’s refused signature is over with its next call that works', async () => {
  const journey = await startJourney(stack, 'digikhata')
  await stack.sandbox.addFaults({ fault: 'auth401', status: 2484, mobile: journey.mobile })
  await journey.person.act(journey.view.nextAction)
  await journey.handle.waitForNextAction('REQUEST_CONSENT')
  await until(async () => (await stack.client.incidents()).length === 0, 'the incident is over')
})
