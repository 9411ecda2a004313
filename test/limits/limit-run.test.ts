import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import type { OnboardingClient } from '../../client/index.js'
import { dataConverterOf } from '../../secrets/index.js'
import { OWN_BUNDLE_PARTS } from '../../worker/bundle.js'
import { MAX_PLACES } from '../../workflows/limit-ledger.js'
import { until } from '../support/journeys.js'
import { signalRaw, UNDECODABLE, updateRaw } from '../support/raw-messages.js'
import { LimitStack } from './support.js'

/** One limit's run, from its start to its end, and whatever may be sent to it. */

let stack: LimitStack
beforeAll(async () => {
  stack = await LimitStack.start()
  await stack.startWorker()
}, 600_000)
afterAll(() => stack?.stop())

const GRANTED = { granted: true }
const RULES = [{ count: 3, seconds: 600 }]
const place = (id: string) => ({ id, bucket: 'SENDER', rules: RULES })
/** The helpers for raw messages use nothing else of a client. */
const rawClient = (): OnboardingClient => ({ temporal: stack.client }) as unknown as OnboardingClient
const statusOf = async (workflowId: string): Promise<string> =>
  (await stack.client.workflow.getHandle(workflowId).describe()).status.name

/** The code that an update is refused with. */
async function codeOf(update: Promise<unknown>): Promise<string> {
  const error: unknown = await update.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    return error.cause.type ?? 'untyped'
  }
  throw new Error('the update was not refused with a code', { cause: error })
}

/** Runs histories through today's workflows; rejects where they decide otherwise. */
async function replayer(): Promise<(workflowId: string, history: History) => Promise<void>> {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const workflowBundle = await bundleWorkflowCode({
    ...OWN_BUNDLE_PARTS,
    logger: new DefaultLogger('WARN'),
  })
  return (workflowId, history) =>
    Worker.runReplayHistory({ workflowBundle, dataConverter: dataConverterOf(null) }, history, workflowId)
}
type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>

describe('the run of a limit', () => {
  it('gives way to the next one after a thousand messages, which holds the same places, and replays', async () => {
    const id = 'limit:user-code:long'
    for (const holder of ['a', 'b', 'c']) expect(await stack.reserve(id, place(holder))).toEqual(GRANTED)
    const first = await stack.client.workflow.getHandle(id).describe()
    // A server takes ten at once.
    const askMany = async (): Promise<void> => {
      for (let asked = 0; asked < 150; asked += 1) expect(await stack.reserve(id, place('a'))).toEqual(GRANTED)
    }
    await Promise.all(Array.from({ length: 7 }, askMany))
    expect((await stack.client.workflow.getHandle(id).describe()).runId).not.toBe(first.runId)
    expect((await stack.client.workflow.getHandle(id, first.runId).describe()).status.name).toBe('CONTINUED_AS_NEW')
    expect(await stack.held({ workflowId: id })).toEqual({ SENDER: 3, AADHAAR: 0, JOURNEYS: 0 })
    expect(await stack.reserve(id, place('d'))).toEqual({ granted: false, retryAt: expect.any(Number) })
    expect(await stack.reserve(id, place('c'))).toEqual(GRANTED)

    const replay = await replayer()
    for (const runId of [first.runId, undefined])
      await replay(id, await stack.client.workflow.getHandle(id, runId).fetchHistory())
  }, 120_000)

  it('gives way to the next one when its first places are free, so that no history is longer than what is held', async () => {
    const id = 'limit:mobile:brief'
    const brief = (holder: string, subject: string) => ({
      ...place(holder),
      subject,
      rules: [{ count: 1, seconds: 2 }],
    })
    expect(await stack.reserve(id, brief('a', 'one'))).toEqual(GRANTED)
    const first = await stack.client.workflow.getHandle(id).describe()
    const firstFreesAt = await stack.lastPlaceFreesAt(id)
    await until(() => Date.now() >= firstFreesAt - 1_000, 'the place is about to be free')
    const taken = await stack.reserve(id, brief('b', 'two'))
    expect(taken).toEqual(GRANTED)
    const runOf = async (): Promise<string> => (await stack.client.workflow.getHandle(id).describe()).runId
    await until(async () => (await runOf()) !== first.runId, 'the next run begins')
    expect((await stack.reserve(id, brief('c', 'two'))).granted).toBe(false)
    expect(await stack.held({ workflowId: id, subject: 'two' })).toMatchObject({ SENDER: 1 })
    expect(await stack.held({ workflowId: id, subject: 'one' })).toMatchObject({ SENDER: 0 })
    await (
      await replayer()
    )(id, await stack.client.workflow.getHandle(id, first.runId).fetchHistory())
    await until(async () => (await statusOf(id)) === 'COMPLETED', 'the limit ends')
  })

  it('refuses what is malformed by a code, and goes on', async () => {
    const id = 'limit:mobile:poisoned'
    expect(await stack.reserve(id, place('a'))).toEqual(GRANTED)
    const malformed: unknown[] = [
      ...[undefined, null, 1, 'x', [], {}, { ...place('b'), bucket: 'OTHER' }],
      ...['', 'x'.repeat(65), 'a b', 7, '{}'].map((bad) => ({ ...place('b'), id: bad })),
      ...['', 'x'.repeat(65), 'a b', 7].map((bad) => ({ ...place('b'), subject: bad })),
      ...[[], null, {}, [{}], [1], Array.from({ length: 5 }, () => RULES[0])].map((bad) => ({
        ...place('b'),
        rules: bad,
      })),
      ...[0, -1, 1.5, 5_001, '3', null].map((count) => ({ ...place('b'), rules: [{ count, seconds: 600 }] })),
      ...[0, 86_401, Infinity].map((seconds) => ({ ...place('b'), rules: [{ count: 1, seconds }] })),
    ]
    for (const body of malformed)
      expect([body, await codeOf(stack.reserve(id, body))]).toEqual([body, 'INVALID_MESSAGE'])
    const handle = stack.client.workflow.getHandle(id)
    for (const body of [undefined, { id: 'a' }, { id: 'a', bucket: 'OTHER' }])
      expect(await codeOf(handle.executeUpdate('release', { args: [body] }))).toBe('INVALID_MESSAGE')
    expect(await codeOf(handle.executeUpdate('release', { args: [] }))).toBe('INVALID_MESSAGE')
    for (const name of ['nonsense', '__temporal_nonsense'])
      expect(await codeOf(handle.executeUpdate(name, { args: [place('b')] }))).toBe('UNKNOWN_MESSAGE')
    for (const [what, payload] of Object.entries(UNDECODABLE)) {
      for (const name of ['reserve', 'nonsense', '__temporal_nonsense'])
        await signalRaw(rawClient(), id, name, [payload])
      expect([what, await updateRaw(rawClient(), id, 'reserve', [payload])]).toEqual([what, 'INVALID_MESSAGE'])
    }
    expect(await stack.held({ workflowId: id })).toEqual({ SENDER: 1, AADHAAR: 0, JOURNEYS: 0 })
    expect(await stack.reserve(id, place('b'))).toEqual(GRANTED)
  })

  it('takes null for what may be left out, as other languages write it', async () => {
    const id = 'limit:mobile:nulls'
    const nulls = { ...place('a'), turn: null, subject: null }
    expect(await stack.reserve(id, nulls)).toEqual(GRANTED)
    expect(await stack.held({ workflowId: id, subject: 'null' })).toMatchObject({ SENDER: 0 })
    await stack.client.workflow.getHandle(id).executeUpdate('release', { args: [{ ...place('a'), turn: 0 }] })
    expect(await stack.held({ workflowId: id })).toMatchObject({ SENDER: 0 })
  })

  it('understands workers of a newer build, whatever else they say', async () => {
    const id = 'limit:mobile:newer-build'
    const [rule] = RULES
    const newer = { ...place('a'), rules: [{ ...rule, unit: 'SMS' }], reason: 'resend' }
    expect(await stack.reserve(id, newer)).toEqual(GRANTED)
    await stack.client.workflow.getHandle(id).executeUpdate('release', { args: [newer] })
    expect(await stack.held({ workflowId: id })).toEqual({ SENDER: 0, AADHAAR: 0, JOURNEYS: 0 })
  })

  it('that remembers all that can be carried refuses another place by a code, and goes on', async () => {
    const id = 'limit:mobile:full'
    const now = Date.now()
    // Ids as long as ours are, subjects longer: the server takes so much at once.
    const held = (number: number) => [
      `SENDER ${String(number).padStart(64, 's')}`,
      { keepMs: 86_400_000, reservations: [[String(number).padStart(16, 'p'), now, 1_001]] },
    ]
    const carried = { clock: now, buckets: Object.fromEntries(Array.from({ length: MAX_PLACES }, (_, at) => held(at))) }
    await stack.client.workflow.start('onboardingLimit', {
      ...{ workflowId: id, taskQueue: stack.taskQueue, args: [carried] },
    })
    expect(await codeOf(stack.reserve(id, place('a')))).toBe('LIMIT_FULL')
    const known = { ...place('7'.padStart(16, 'p')), subject: '7'.padStart(64, 's'), turn: 1_001 }
    expect(await stack.reserve(id, known)).toEqual(GRANTED)
    expect(await stack.held({ workflowId: id })).toEqual({ SENDER: MAX_PLACES, AADHAAR: 0, JOURNEYS: 0 })
    await stack.client.workflow.getHandle(id).executeUpdate('release', { args: [known] })
    expect(await stack.reserve(id, place('a'))).toEqual(GRANTED)
  })

  it('fails where it is started with nonsense, and the next question starts it anew', async () => {
    const id = 'limit:mobile:nonsense'
    const carried = [
      ...['nonsense', null, {}, { clock: 0 }, { clock: -1, buckets: {} }, { clock: 0, buckets: { OTHER: {} } }],
      { clock: 0, buckets: { SENDER: { keepMs: 1_000, reservations: [['a']] } } },
      { clock: 0, buckets: { 'SENDER a b': { keepMs: 1_000, reservations: [['a', 0]] } } },
      { clock: 0, buckets: { 'SENDER ': { keepMs: 1_000, reservations: [['a', 0]] } } },
    ]
    for (const ledger of carried) {
      const ending = stack.client.workflow.execute('onboardingLimit', {
        ...{ workflowId: id, taskQueue: stack.taskQueue, args: [ledger] },
      })
      await expect(ending).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } })
    }
    expect(await stack.reserve(id, place('a'))).toEqual(GRANTED)
  })

  it('ends where it is started without a question', async () => {
    const id = 'limit:mobile:idle'
    await stack.client.workflow.execute('onboardingLimit', { workflowId: id, taskQueue: stack.taskQueue, args: [] })
    expect(await statusOf(id)).toBe('COMPLETED')
  })

  it('ends on a native cancel, and its places are free', async () => {
    const id = 'limit:mobile:lifted'
    for (const holder of ['a', 'b', 'c']) await stack.reserve(id, place(holder))
    await stack.client.workflow.getHandle(id).cancel()
    await until(async () => (await statusOf(id)) === 'CANCELLED', 'the limit is cancelled')
    expect(await stack.reserve(id, place('d'))).toEqual(GRANTED)
    expect(await stack.held({ workflowId: id })).toMatchObject({ SENDER: 1 })
  })
})

describe('a limit on versioned workers', () => {
  it('goes over to the new build, so that nobody needs the old one’s workers', async () => {
    const versioned = stack.beside()
    const makeCurrent = async (buildId: string): Promise<void> => {
      const { taskQueue: deploymentName, client } = versioned
      const { namespace } = client.options
      await until(
        () =>
          client.workflowService
            .setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId, ignoreMissingTaskQueues: true })
            .then(
              () => true,
              () => false,
            ),
        `build ${buildId} is current`,
      )
    }
    try {
      const old = await versioned.startWorker('one')
      await makeCurrent('one')
      const id = 'limit:user-code:acme:1'
      for (const holder of ['a', 'b']) expect(await versioned.reserve(id, place(holder))).toEqual(GRANTED)
      await versioned.startWorker('two')
      await makeCurrent('two')
      await old.stop()
      expect(await versioned.reserve(id, place('c'))).toEqual(GRANTED)
      expect((await versioned.reserve(id, place('d'))).granted).toBe(false)
    } finally {
      await versioned.stop()
    }
  }, 120_000)
})
