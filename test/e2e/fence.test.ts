import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { OnboardingClient, Receipt } from '../../client/index.js'
import type { ManagedProcess } from '../../stack/processes.js'
import { type GrpcProxy, type Hold, startGrpcProxy } from '../support/grpc-proxy.js'
import { activityFailures, historyOf } from '../support/history.js'
import {
  ALL_STEPS_ONCE,
  action,
  calls,
  smsFor,
  startJourney,
  steps,
  type TestJourney,
  until,
} from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/**
 * The intent fence with real processes: workers that are killed or frozen at an exact point of a call that must not be
 * repeated. A proxy between that worker and Temporal holds the call at the point; the sandbox's ledger is the judge.
 */

/** Eko's timeout in ms; an attempt may take 5 s more before Temporal gives the call to somebody else. */
const WORKER_ENV = { ONBOARDING_EKO_TIMEOUT_MS: '1500' }
/** Its answer brings the activity that the task has asked for (eager dispatch). */
const TASK_DONE = 'RespondWorkflowTaskCompleted'
const HEARTBEAT = 'RecordActivityTaskHeartbeat'
/** gRPC's status with which the server refuses what comes from an attempt that is not the current one. */
const NOT_FOUND = 5

interface Scene {
  readonly journey: TestJourney
  readonly proxy: GrpcProxy
  /** The worker behind the proxy, alone on the journey's task queue. */
  readonly first: ManagedProcess
  readonly client: OnboardingClient
  startSecond(): Promise<ManagedProcess>
}

let stack: TestStack
let scenes = 0

/** A journey that waits for its sender OTP, on a task queue of its own; one SMS was sent so far. */
async function withScene(play: (scene: Scene) => Promise<void>): Promise<void> {
  scenes += 1
  const name = `fence-${scenes}`
  const env = { ...WORKER_ENV, ONBOARDING_TASK_QUEUE: name }
  const proxy = await startGrpcProxy(stack.local.temporal.address)
  const workers: ManagedProcess[] = []
  const startWorker = async (role: string, address = stack.local.temporal.address): Promise<ManagedProcess> => {
    const worker = await stack.local.startWorker(`${name}-${role}`, { ...env, TEMPORAL_ADDRESS: address })
    workers.push(worker)
    return worker
  }
  try {
    const first = await startWorker('first', proxy.address)
    const client = await stack.connect({ taskQueue: name, deadlineMs: 60_000 })
    const journey = await startJourney(stack, 'digikhata', { client })
    expect(journey.view.nextAction.do).toBe('ENTER_SENDER_OTP')
    await play({ journey, proxy, first, client, startSecond: () => startWorker('second') })
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

async function failures({ client, journey }: Scene): Promise<string[]> {
  return activityFailures(await historyOf(client, journey.handle.workflowId))
}

async function expectEndAsWanted(journey: TestJourney): Promise<void> {
  expect((await journey.person.finish(await journey.handle.view())).state).toBe('COMPLETED')
  const ledger = await journey.ledger()
  expect(steps(ledger)).toEqual(ALL_STEPS_ONCE)
  expect(new Set(ledger.codesConsumed.map(({ otpRefId }) => otpRefId)).size).toBe(ledger.codesConsumed.length)
}

async function killAndReplace({ first, startSecond }: Scene): Promise<void> {
  first.kill('SIGKILL')
  await first.exited
  await startSecond()
}

async function killedAfterSending(scene: Scene): Promise<void> {
  const { journey } = scene
  const { mobile } = journey
  await stack.sandbox.addFaults({ fault: 'delayAfterCommit', ms: 60_000, operation: 'generateSenderOtp', mobile })
  const resent = journey.handle.resendOtp()
  await until(async () => (await senderSms(journey)) === 2, 'the second SMS was sent')
  await killAndReplace(scene)
  expect(await resent).toMatchObject({ outcome: 'DISPATCH_UNCERTAIN', state: 'SENDER_OTP_REQUIRED' })
  expect(action(await journey.handle.view(), 'REQUEST_NEW_CODE').reason).toBe('DISPATCH_UNCERTAIN')
  expect(await dispatches(journey)).toBe(1)
  expect(await senderSms(journey)).toBe(2)
  expect(await failures(scene)).toEqual(['UnknownOutcome'])
  await expectEndAsWanted(journey)
  expect(await senderSms(journey)).toBe(3)
}

async function killedBeforeIntent(scene: Scene): Promise<void> {
  const { journey, proxy } = scene
  const heartbeat = proxy.holdCall(HEARTBEAT)
  const resent = journey.handle.resendOtp()
  await heartbeat.reached
  await killAndReplace(scene)
  expect(await resent).toMatchObject({ outcome: 'OTP_SENT' })
  expect(await dispatches(journey)).toBe(1)
  expect(await senderSms(journey)).toBe(2)
  expect(await failures(scene)).toEqual([])
  await expectEndAsWanted(journey)
}

async function killedAfterIntent(scene: Scene): Promise<void> {
  const { journey, proxy } = scene
  const acknowledgement = proxy.holdAnswer(HEARTBEAT)
  const resent = journey.handle.resendOtp()
  await acknowledgement.reached
  await killAndReplace(scene)
  expect(await resent).toMatchObject({ outcome: 'DISPATCH_UNCERTAIN' })
  expect(await dispatches(journey)).toBe(0)
  expect(await failures(scene)).toEqual(['UnknownOutcome'])
  await expectEndAsWanted(journey)
}

/**
 * Freezes the first worker once something is held, lets the second one act until `acted`, and thaws the first at once:
 * frozen for longer than its own gRPC deadlines (10 s), it would never learn of its task.
 */
async function frozenAt(scene: Scene, hold: Hold, acted: () => Promise<boolean>): Promise<Receipt> {
  const { journey, proxy, first, startSecond } = scene
  await journey.handle.signal.resendOtp({ submissionId: 'again' })
  await hold.reached
  first.kill('SIGSTOP')
  proxy.cutPolls()
  expect(await dispatches(journey)).toBe(0)
  await startSecond()
  await until(acted, 'the second worker has acted')
  first.kill('SIGCONT')
  hold.release()
  let receipt: Receipt | null = null
  await until(async () => {
    receipt = await journey.handle.receipt('resendOtp', 'again')
    return receipt !== null
  }, 'the journey has an answer')
  return receipt as unknown as Receipt
}

/** The thawed worker comes with its intent, and the server refuses it. */
function frozenBeforeSending(hold: (proxy: GrpcProxy) => Hold): (scene: Scene) => Promise<void> {
  return async (scene) => {
    const { journey, proxy, first } = scene
    await untilAnswered(scene)
    const heartbeatsBefore = refusedIntents(proxy)
    const sent = async (): Promise<boolean> => (await dispatches(journey)) === 1
    expect(await frozenAt(scene, hold(proxy), sent)).toMatchObject({ outcome: 'OTP_SENT' })
    await until(() => refusedIntents(proxy) > heartbeatsBefore, 'the server has refused the late intent')
    await expectEndAsWanted(journey)
    await first.stop() // whatever it was about to do, it has done now
    expect(await dispatches(journey)).toBe(1)
    expect(await senderSms(journey)).toBe(2)
    expect(await failures(scene)).toEqual([])
  }
}

/**
 * The server has answered every workflow task of the journey so far, and the answers went through the proxy: what is
 * held from now on belongs to what comes next.
 */
async function untilAnswered({ client, journey, proxy }: Scene): Promise<void> {
  await until(async () => {
    const events = await historyOf(client, journey.handle.workflowId)
    const scheduled = events.filter((event) => event.workflowTaskScheduledEventAttributes).length
    const completed = events.filter((event) => event.workflowTaskCompletedEventAttributes).length
    const answered = proxy.seen.filter(({ method }) => method === TASK_DONE).length
    return completed === scheduled && answered >= completed
  }, 'the workflow tasks so far are over')
}

function refusedIntents({ seen }: GrpcProxy): number {
  return seen.filter(({ method, status }) => method === HEARTBEAT && status === NOT_FOUND).length
}

async function frozenAfterIntent(scene: Scene): Promise<void> {
  const { journey, proxy, first } = scene
  const answered = async (): Promise<boolean> => (await journey.handle.receipt('resendOtp', 'again')) !== null
  const receipt = await frozenAt(scene, proxy.holdAnswer(HEARTBEAT), answered)
  expect(receipt).toMatchObject({ outcome: 'DISPATCH_UNCERTAIN' })
  await first.stop()
  expect(await dispatches(journey)).toBeLessThanOrEqual(1)
  await expectEndAsWanted(journey)
}

async function askedToEnd(scene: Scene): Promise<void> {
  const { journey, first, startSecond } = scene
  const { mobile } = journey
  await stack.sandbox.addFaults({ fault: 'delayAfterCommit', ms: 500, operation: 'verifySenderOtp', mobile })
  const verified = journey.person.act(journey.view.nextAction)
  await until(async () => calls(await journey.ledger(), 'verifySenderOtp').length === 1, 'the code is at Eko')
  first.kill('SIGTERM')
  expect(await first.exited).toEqual({ code: 0, signal: null })
  expect(calls(await journey.ledger(), 'verifySenderOtp')).toMatchObject([{ executed: true, answered: true }])
  await startSecond()
  expect(await verified).toMatchObject({ outcome: 'ADVANCED', state: 'AADHAAR_REQUIRED' })
  expect(await failures(scene)).toEqual([])
  await expectEndAsWanted(journey)
  expect(calls(await journey.ledger(), 'verifySenderOtp')).toHaveLength(1)
}

const SCENES: readonly { readonly name: string; readonly play: (scene: Scene) => Promise<void> }[] = [
  {
    name: 'killed after it has sent: one SMS, an UnknownOutcome, and the user asks for a new code',
    play: killedAfterSending,
  },
  {
    name: 'killed before its intent was recorded: it sent nothing, and the next attempt sends the one SMS',
    play: killedBeforeIntent,
  },
  {
    name: 'killed between its recorded intent and the request: taken for one that may have sent',
    play: killedAfterIntent,
  },
  {
    name: 'frozen before its intent was recorded, thawed after another one has sent: it sends nothing',
    play: frozenBeforeSending((proxy) => proxy.holdCall(HEARTBEAT)),
  },
  {
    name: 'frozen before it knew of its task, thawed after another one has sent: it sends nothing',
    play: frozenBeforeSending((proxy) => proxy.holdAnswer(TASK_DONE)),
  },
  { name: 'frozen after its intent was recorded: nobody else sends', play: frozenAfterIntent },
  {
    name: 'asked to end (SIGTERM): its call finishes and is reported, and the next worker goes on',
    play: askedToEnd,
  },
]

/** The scenes mostly wait for Temporal's timeouts, so they are played at the same time, in some lanes. */
const LANES = 3
const played = new Map<string, Promise<void>>()

beforeAll(async () => {
  // The shorter an attempt, the shorter a worker must stay frozen until the next one may come.
  stack = await startTestStack({ workerEnv: { ONBOARDING_EKO_TIMEOUT_MS: '1000' } })
  for (let lane = 0; lane < LANES; lane += 1) {
    let before: Promise<unknown> = Promise.resolve()
    for (const { name, play } of SCENES.filter((_, index) => index % LANES === lane)) {
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

describe('a worker', () => {
  it.each(SCENES.map(({ name }) => name))('%s', (name) => played.get(name), 180_000)
})
