import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { OnboardingClient, Receipt } from '../../client/index.js'
import type { ManagedProcess } from '../../stack/processes.js'
import { type GrpcProxy, startGrpcProxy } from '../support/grpc-proxy.js'
import { activityFailures, historyOf } from '../support/history.js'
import { ALL_STEPS_ONCE, action, calls, smsFor, startJourney, steps, type TestJourney, until } from '../support/journeys.js'
import { newPerson } from '../support/people.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/**
 * The intent fence with real processes: workers that are killed or frozen at an exact point of a call that must not be
 * repeated. What is held at which point is the proxy's work, between one worker and Temporal; the ledger is the judge.
 */

let stack: TestStack
/** The scenes mostly wait for Temporal's timeouts, so they are played at the same time, in two halves. */
const played = new Map<string, Promise<void>>()
beforeAll(async () => {
  stack = await startTestStack()
  const lanes = [0, 1, 2].map((lane) => SCENES.filter((_, index) => index % 3 === lane))
  for (const lane of lanes) {
    let before: Promise<unknown> = Promise.resolve()
    for (const { name, play } of lane) {
      const playing = before.then(() => withScene(play))
      before = playing.catch(() => undefined) // its own test reports it
      played.set(name, playing)
    }
  }
})
afterAll(async () => {
  await Promise.allSettled(played.values())
  await stack?.stop()
})

/** Eko's timeout in ms; an attempt may take 5 s more. */
const WORKER_ENV = { ONBOARDING_EKO_TIMEOUT_MS: '1500' }

const HEARTBEAT = 'RecordActivityTaskHeartbeat'
const NOT_FOUND = 5

interface Scene {
  readonly journey: TestJourney
  readonly proxy: GrpcProxy
  /** The worker behind the proxy, alone on the journey's task queue. */
  readonly first: ManagedProcess
  readonly client: OnboardingClient
  startSecond(): Promise<ManagedProcess>
}

let scenes = 0

/** A journey that waits for its sender OTP, on a task queue of its own; one SMS was sent so far. */
async function withScene(play: (scene: Scene) => Promise<void>): Promise<void> {
  scenes += 1
  const env = { ...WORKER_ENV, ONBOARDING_TASK_QUEUE: `fence-${scenes}` }
  const proxy = await startGrpcProxy(stack.local.temporal.address)
  const workers: ManagedProcess[] = []
  try {
    const first = await stack.local.startWorker(`fence-${scenes}-a`, { ...env, TEMPORAL_ADDRESS: proxy.address })
    workers.push(first)
    const client = await stack.connect({ taskQueue: env.ONBOARDING_TASK_QUEUE, deadlineMs: 60_000 })
    const journey = await startJourney(stack, 'digikhata', { client, facts: newPerson() })
    expect(journey.view.nextAction.do).toBe('ENTER_SENDER_OTP')
    const startSecond = async (): Promise<ManagedProcess> => {
      const second = await stack.local.startWorker(`fence-${scenes}-b`, env)
      workers.push(second)
      return second
    }
    await play({ journey, proxy, first, client, startSecond })
  } finally {
    for (const worker of workers) worker.kill('SIGCONT')
    await Promise.all(workers.map((worker) => worker.stop()))
    await proxy.close()
  }
}

async function senderSms(journey: TestJourney): Promise<number> {
  return smsFor(await journey.ledger(), 'SENDER').length
}

async function dispatches(journey: TestJourney): Promise<number> {
  return calls(await journey.ledger(), 'generateSenderOtp').length
}

async function finish(journey: TestJourney): Promise<void> {
  expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  expect(steps(await journey.ledger())).toEqual(ALL_STEPS_ONCE)
}

describe('a worker that is killed', () => {
  it('after the request was sent leaves one SMS and an UnknownOutcome, and the user asks for a new code', () =>
    withScene(async ({ journey, first, client, startSecond }) => {
      const fault = { fault: 'delayAfterCommit', ms: 60_000, operation: 'generateSenderOtp', mobile: journey.mobile }
      await stack.sandbox.addFaults(fault)
      const resent: Promise<Receipt> = journey.handle.resendOtp()
      await until(async () => (await senderSms(journey)) === 2, 'the second SMS was sent')
      first.kill('SIGKILL')
      await first.exited
      await startSecond()

      expect(await resent).toMatchObject({ outcome: 'DISPATCH_UNCERTAIN', state: 'SENDER_OTP_REQUIRED' })
      expect(action(await journey.handle.view(), 'REQUEST_NEW_CODE').reason).toBe('DISPATCH_UNCERTAIN')
      expect(await dispatches(journey)).toBe(1)
      expect(await senderSms(journey)).toBe(2)
      expect(activityFailures(await historyOf(client, journey.handle.workflowId))).toEqual(['UnknownOutcome'])
      await finish(journey)
      expect(await senderSms(journey)).toBe(3)
    }))

  it('before its intent was recorded has sent nothing, and the next attempt sends the one SMS', () =>
    withScene(async ({ journey, proxy, first, client, startSecond }) => {
      const heartbeat = proxy.holdCall(HEARTBEAT)
      const resent = journey.handle.resendOtp()
      await heartbeat.reached
      first.kill('SIGKILL')
      await first.exited
      expect(await dispatches(journey)).toBe(0)
      await startSecond()

      expect(await resent).toMatchObject({ outcome: 'OTP_SENT' })
      expect(await dispatches(journey)).toBe(1)
      expect(await senderSms(journey)).toBe(2)
      expect(activityFailures(await historyOf(client, journey.handle.workflowId))).toEqual([])
      await finish(journey)
    }))

  it('between its recorded intent and the request is taken for one that may have sent', () =>
    withScene(async ({ journey, proxy, first, client, startSecond }) => {
      const acknowledgement = proxy.holdAnswer(HEARTBEAT)
      const resent = journey.handle.resendOtp()
      await acknowledgement.reached
      first.kill('SIGKILL')
      await first.exited
      await startSecond()

      expect(await resent).toMatchObject({ outcome: 'DISPATCH_UNCERTAIN' })
      expect(await dispatches(journey)).toBe(0)
      expect(activityFailures(await historyOf(client, journey.handle.workflowId))).toEqual(['UnknownOutcome'])
      await finish(journey)
    }))
})

describe('a worker that is frozen before sending, and thawed when another one has acted', () => {
  async function thawedTooLate({ journey, proxy, first, startSecond }: Scene, point: 'before' | 'during' | 'after') {
    // before: it has not yet been told of the call; during: its intent is on the way; after: it was just acknowledged.
    const hold =
      point === 'before'
        ? proxy.holdAnswer('RespondWorkflowTaskCompleted')
        : point === 'during'
          ? proxy.holdCall(HEARTBEAT)
          : proxy.holdAnswer(HEARTBEAT)
    await journey.handle.signal.resendOtp({ submissionId: 'again' })
    await hold.reached
    first.kill('SIGSTOP')
    proxy.cutPolls()
    expect(await dispatches(journey)).toBe(0)
    await startSecond()
    const receipt = await receiptOf(journey)
    const seen = proxy.seen.length
    first.kill('SIGCONT')
    hold.release()
    return { receipt, laterCalls: () => proxy.seen.slice(seen) }
  }

  async function receiptOf(journey: TestJourney): Promise<Receipt> {
    let receipt: Receipt | null = null
    await until(async () => {
      receipt = await journey.handle.receipt('resendOtp', 'again')
      return receipt !== null
    }, 'the second worker has answered')
    return receipt as unknown as Receipt
  }

  it.each(['before', 'during'] as const)('(%s its intent was recorded) sends nothing', (point) =>
    withScene(async (scene) => {
      const { journey, first } = scene
      const { receipt, laterCalls } = await thawedTooLate(scene, point)
      expect(receipt.outcome).toBe('OTP_SENT')
      await until(
        () => laterCalls().some(({ method, status }) => method === HEARTBEAT && status === NOT_FOUND),
        'the server has refused the late intent',
      )
      await finish(journey)
      await first.stop() // whatever it was about to do, it has done now
      expect(await dispatches(journey)).toBe(1)
      expect(await senderSms(journey)).toBe(2)
    }),
  )

  it('(after its intent was recorded) may send, and nobody else does', () =>
    withScene(async (scene) => {
      const { journey, first } = scene
      const { receipt } = await thawedTooLate(scene, 'after')
      expect(receipt.outcome).toBe('DISPATCH_UNCERTAIN')
      await first.stop()
      expect(await dispatches(journey)).toBeLessThanOrEqual(1)
      await finish(journey)
    }))
})

describe('a worker that is asked to end (SIGTERM)', () => {
  it('lets its call finish and reports it; the journey goes on with the next worker', () =>
    withScene(async ({ journey, first, client, startSecond }) => {
      const fault = { fault: 'delayAfterCommit', ms: 1_000, operation: 'verifySenderOtp', mobile: journey.mobile }
      await stack.sandbox.addFaults(fault)
      const verified = journey.person.act(journey.view.nextAction)
      await until(async () => calls(await journey.ledger(), 'verifySenderOtp').length === 1, 'the code is at Eko')
      first.kill('SIGTERM')
      expect(await first.exited).toEqual({ code: 0, signal: null })
      expect(calls(await journey.ledger(), 'verifySenderOtp')).toMatchObject([{ executed: true, answered: true }])
      await startSecond()
      expect(await verified).toMatchObject({ outcome: 'ADVANCED', state: 'AADHAAR_REQUIRED' })
      expect(activityFailures(await historyOf(client, journey.handle.workflowId))).toEqual([])
      await finish(journey)
      expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(1)
    }))
})
