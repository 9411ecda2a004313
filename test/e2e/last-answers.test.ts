import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Client, type WorkflowClientInterceptor } from '@temporalio/client'
import {
  type BulkResult,
  type BulkRun,
  dataConverterOf,
  type JourneyHandle,
  OnboardingClient,
  optionsFromEnvironment,
} from '../../client/index.js'
import { action, errorOf, startJourney, type TestJourney, until, walkTo } from '../support/journeys.js'
import { temporalCliOf } from '../support/temporal-cli.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** What became of a message can be asked for after the journey has ended, in whichever of its runs it was answered. */

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack({ workerEnv: { ONBOARDING_EKO_TIMEOUT_MS: '60000' } })
})
afterAll(() => stack?.stop())

const audit = { reason: 'ticket 4711', actor: { type: 'operator', id: 'op-7' } } as const
const order = { ...audit, ratePerSecond: 1_000, where: 'waiting-for-user' } as const

async function all(run: BulkRun): Promise<BulkResult[]> {
  const results: BulkResult[] = []
  for await (const result of run) results.push(result)
  return results
}

/** What the list says lags behind. */
async function untilListed({ handle }: TestJourney): Promise<void> {
  await until(async () => {
    const { journeys } = await stack.client.bulk({ ...order, message: 'cancel' })
    return journeys.some(({ workflowId }) => workflowId === handle.workflowId)
  }, 'the journey is listed')
}

/** Sends early PANs, which are kept, until the journey has gone on in a new run. */
async function fillRun({ handle, view, person }: TestJourney): Promise<void> {
  const pan = await stack.client.seal(handle.workflowId, 'pan', person.facts.pan)
  for (let sent = 0; sent < 1_000; sent += 25) {
    const ids = Array.from({ length: 25 }, (_, index) => `early-${sent + index}`)
    await Promise.all(ids.map((submissionId) => handle.signal.enterPan({ pan, submissionId })))
  }
  await until(async () => (await handle.view()).runId !== view.runId, 'the new run answers')
}

/** A client whose first query comes to this run just after it has given way to the next one. */
async function clientThatAsks(workflowId: string, runId: string): Promise<JourneyHandle> {
  let asked = false
  const client = await clientWith({
    query(input, next) {
      const workflowExecution = asked ? input.workflowExecution : { workflowId, runId }
      asked = true
      return next({ ...input, workflowExecution })
    },
  })
  return client.handle(workflowId)
}

/** A client of the stack that makes its calls through this. */
async function clientWith(interceptor: WorkflowClientInterceptor): Promise<OnboardingClient> {
  const { connection, options } = stack.client.temporal
  const settings = await optionsFromEnvironment(stack.local.clientEnv)
  const temporal = new Client({
    connection,
    namespace: options.namespace,
    dataConverter: dataConverterOf(settings.codecKeys ?? null, settings.idKey ?? null),
    interceptors: { workflow: [interceptor] },
  })
  return new OnboardingClient({ ...settings, client: temporal, deadlineMs: 120_000 })
}

describe('of a journey that went on in a new run', () => {
  it('an answer of the first run is given again after the end, and so is what became of a signal', async () => {
    const journey = await startJourney(stack, 'digikhata', { policy: { keptPanSeconds: 86_400 } })
    const { handle, person } = journey
    const message = { pan: person.facts.pan, submissionId: 'first' }
    const kept = await handle.enterPan(message)
    await fillRun(journey)
    const late = await clientThatAsks(handle.workflowId, journey.view.runId)
    expect(await late.view()).toMatchObject({ runId: (await handle.view()).runId, state: journey.view.state })
    const cancelled = await handle.cancel({ ...audit, submissionId: 'last' })
    await handle.result()

    expect(await handle.enterPan(message)).toEqual(kept)
    expect(await handle.receipt('enterPan', 'first')).toEqual(kept)
    expect(await handle.receipt('cancel', 'last')).toEqual(cancelled)
    expect(await handle.receipt('enterPan', 'early-999')).toMatchObject({ outcome: 'KEPT', submissionId: 'early-999' })
    expect(await handle.receipt('enterPan', 'never')).toBeNull()
    expect((await errorOf(handle.enterPan({ ...message, submissionId: 'never' }))).code).toBe('JOURNEY_CLOSED')
  }, 120_000)

  it('the answer to a bulk run is given again, though it went on after it was listed and its sender has started anew', async () => {
    const before = await startJourney(stack, 'levin')
    await untilListed(before)
    const run = await stack.client.bulk({ ...order, message: 'cancel' })
    await fillRun(before)
    const first = await all(run)
    expect(first).toMatchObject([{ kind: 'applied', receipt: { outcome: 'CANCELLED' } }])
    const after = await startJourney(stack, 'levin', { facts: before.person.facts })
    expect(await all(run)).toEqual(first)
    expect(await after.handle.view()).toMatchObject({ runId: after.view.runId, revision: after.view.revision })
    await after.handle.cancel(audit)
  }, 120_000)

  it('so it is where an operator has reset it in between', async () => {
    const before = await startJourney(stack, 'digikhata')
    await untilListed(before)
    const run = await stack.client.bulk({ ...order, message: 'cancel' })
    const temporal = await temporalCliOf(stack)
    await temporal(
      ...['workflow', 'reset', '--workflow-id', before.handle.workflowId, '--reason', 'test'],
      ...['--type', 'FirstWorkflowTask', '--reapply-exclude', 'All'],
    )
    await until(async () => (await before.handle.view()).runId !== before.view.runId, 'the new run answers')
    const first = await all(run)
    expect(first).toMatchObject([{ kind: 'applied', receipt: { outcome: 'CANCELLED' } }])
    const after = await startJourney(stack, 'digikhata', { facts: before.person.facts })
    expect(await all(run)).toEqual(first)
    await after.handle.cancel(audit)
  })

  it('a repeated bulk run still reaches it, and no journey that was started since', async () => {
    const before = await startJourney(stack, 'digikhata')
    await untilListed(before)
    const early = await stack.client.bulk({ ...order, message: 'cancel' })
    // The id of a bulk run holds whole seconds.
    const begun = Date.now()
    await until(() => Date.now() > begun + 1_000, 'the next second')
    await fillRun(before)
    const later = await startJourney(stack, 'levin')
    await untilListed(later)
    await until(async () => {
      const { journeys } = await stack.client.bulk({ ...order, message: 'cancel' })
      return journeys.length === 2 && journeys.every(({ runId }) => runId !== before.view.runId)
    }, 'the new run is listed')

    const again = await stack.client.bulk({ ...order, message: 'cancel', bulkId: early.bulkId })
    expect(again.journeys.map(({ workflowId }) => workflowId)).toEqual([before.handle.workflowId])
    expect(again.more).toBe(false)
    for (const { handle } of [before, later]) await handle.cancel(audit)
  }, 120_000)
})

/** A client that is told QUEUED and then comes back only after a while. */
async function clientThatTarries(): Promise<{
  readonly client: OnboardingClient
  /** How many messages are to be sent again. */
  waiting(): number
  goOn(): void
}> {
  let goOn: () => void = () => undefined
  const mayGoOn = new Promise<void>((resolve) => (goOn = resolve))
  const sent = new Set<string | undefined>()
  let waiting = 0
  const tarry: WorkflowClientInterceptor = {
    async startUpdate(input, next) {
      const { updateId } = input.options
      if (sent.has(updateId)) {
        waiting += 1
        await mayGoOn
      }
      sent.add(updateId)
      return next(input)
    },
  }
  const client = await clientWith(tarry)
  return { client, waiting: () => waiting, goOn }
}

/** A call that lasts until it is let go on: longer than it takes to fill the run, in ms. */
const CALL_MS = 60_000

/** Fills a run twice over while a call is in flight, so that it gives way before it comes to what is in its queue. */
async function fillTwice({ handle }: TestJourney): Promise<void> {
  const { runId } = await handle.view()
  const isFull = async (): Promise<boolean> => (await handle.describe()).historyLength >= 2_000
  for (let sent = 0; !(await isFull()); sent += 20) {
    const ids = Array.from({ length: 20 }, (_, index) => `filler-${sent + index}`)
    await Promise.all(ids.map((submissionId) => handle.signal.retryNow({ reason: 'test', submissionId })))
  }
  expect(await handle.view()).toMatchObject({ runId, status: { kind: 'CALLING_EKO' } })
}

/** Until these are to be sent again. @throws Error where one is answered otherwise */
async function untilQueued(slow: { waiting(): number }, ...sent: readonly Promise<unknown>[]): Promise<void> {
  const otherwise = sent.map(async (answer) => {
    throw new Error(`It was not QUEUED: ${JSON.stringify(await answer)}`)
  })
  await Promise.race([until(() => slow.waiting() === sent.length, 'all were answered QUEUED'), ...otherwise])
}

describe('of messages that were answered QUEUED, and that the next run came to before they were sent again', () => {
  it('one that was taken gets what came of it, and one that was refused no made-up answer', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { handle, person, mobile } = journey
    const slow = await clientThatTarries()
    const tarrying = slow.client.handleOf({ rail: 'digikhata', mobile })
    const { challengeId } = action(journey.view, 'ENTER_SENDER_OTP')
    await stack.sandbox.addFaults({ fault: 'delayAfterCommit', ms: CALL_MS, operation: 'verifySenderOtp', mobile })
    const verified = handle.enterSenderOtp({ otp: await person.code('SENDER'), challengeId })
    await until(async () => (await handle.view()).status.kind === 'CALLING_EKO', 'the call is made')
    const consent = tarrying.requestConsent({ language: 'English' })
    // The other one must come behind it: the first in the queue is looked at before the run gives way.
    await until(async () => (await handle.view()).pending === 1, 'the first one waits')
    const early = errorOf(tarrying.enterAadhaarOtp({ otp: '123456', challengeId: 'none' }))
    await until(async () => (await handle.view()).pending === 2, 'both wait')
    await fillTwice(journey)
    await stack.sandbox.clearFaults()
    expect(await verified).toMatchObject({ outcome: 'ADVANCED', state: 'AADHAAR_REQUIRED' })
    await untilQueued(slow, consent, early)
    await handle.waitForNextAction('ENTER_AADHAAR')
    await handle.cancel(audit)
    await handle.result()
    slow.goOn()
    expect(await consent).toMatchObject({ outcome: 'CONSENT_PRESENTED', state: 'AADHAAR_REQUIRED' })
    expect(await early).toMatchObject({ code: 'JOURNEY_CLOSED', details: { state: 'CANCELLED' } })
  }, 120_000)

  it('the PAN that completed the journey is answered as that', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { handle, person, mobile } = journey
    const slow = await clientThatTarries()
    const view = await walkTo(journey, 'ENTER_AADHAAR_OTP')
    const { challengeId } = action(view, 'ENTER_AADHAAR_OTP')
    await stack.sandbox.addFaults({ fault: 'delayAfterCommit', ms: CALL_MS, operation: 'verifyAadhaarOtp', mobile })
    const verified = handle.enterAadhaarOtp({ otp: await person.code('AADHAAR'), challengeId })
    await until(async () => (await handle.view()).status.kind === 'CALLING_EKO', 'the call is made')
    const pan = slow.client.handleOf({ rail: 'digikhata', mobile }).enterPan({ pan: person.facts.pan })
    await until(async () => (await handle.view()).pending === 1, 'it waits')
    await fillTwice(journey)
    await stack.sandbox.clearFaults()
    expect(await verified).toMatchObject({ outcome: 'ADVANCED', state: 'PAN_REQUIRED' })
    await untilQueued(slow, pan)
    expect((await handle.result()).state).toBe('COMPLETED')
    slow.goOn()
    expect(await pan).toMatchObject({ message: 'enterPan', outcome: 'COMPLETED', state: 'COMPLETED' })
  }, 120_000)
})
