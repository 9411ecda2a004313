import { readFile, writeFile } from 'node:fs/promises'
import { join as pathOf } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { OnboardingClient } from '../../client/index.js'
import { type CodecKey, type CodecKeyRing, generateCodecKey } from '../../secrets/index.js'
import type { ManagedProcess } from '../../stack/processes.js'
import { codecKeysFile, codecKeysOf, idKeyOf } from '../support/codec.js'
import { codeOf, startJourney, steps, type TestJourney, until, USER_CODE, walkTo } from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

/** What callers are told of an open journey whose codec key the workers lack, or nobody has any more. */

let stack: TestStack
let worker: ManagedProcess
let old: CodecKey
let fresh: CodecKey
beforeAll(async () => {
  stack = await startTestStack()
  worker = stack.local.worker
  old = (await codecKeysOf(stack)).keys[0] as CodecKey
  fresh = generateCodecKey(await idKeyOf(stack))
}, 120_000)
afterAll(() => stack?.stop())

async function workWith(name: string, ring: CodecKeyRing): Promise<void> {
  await worker.stop()
  await writeFile(codecKeysFile(stack), JSON.stringify(ring))
  worker = await stack.local.startWorker(name)
}

function journeyOf(client: OnboardingClient, { handle, view, mobile }: TestJourney) {
  const mine = client.handle(handle.workflowId)
  const sender = { rail: view.rail, mobile, userCode: USER_CODE }
  return {
    view: () => codeOf(mine.view()),
    send: () => codeOf(mine.cancel({ reason: 'test', submissionId: 's1' })),
    join: () => codeOf(client.start(sender)),
    wait: () => codeOf(mine.waitForState('COMPLETED', { timeoutMs: 1_000 })),
  }
}

describe('an open journey whose codec key', () => {
  it('the workers lack says so, whatever is asked of it, and goes on when they have it', async () => {
    const journey = await startJourney(stack, 'levin')
    await walkTo(journey, 'ENTER_SENDER_OTP')
    await workWith('lacks-the-key', { keys: [fresh] })
    const client = await stack.connect({ codecKeys: { keys: [old, fresh] }, deadlineMs: 2_000 })
    const { view, join, wait } = journeyOf(client, journey)
    const resend = () => codeOf(client.handle(journey.handle.workflowId).resendOtp({ submissionId: 'again' }))
    await until(async () => (await resend()) === 'WORKER_LACKS_KEY', 'the answer says what is missing')
    expect([await view(), await join(), await wait()]).toEqual(Array(3).fill('WORKER_LACKS_KEY'))
    const log = await readFile(pathOf(stack.folder, 'lacks-the-key.log'), 'utf8')
    expect(log).toContain(old.kid)
    expect(log).toContain('CODEC_KEY_MISSING')

    await workWith('has-the-key', { keys: [old, fresh] })
    // Its task is tried again after a pause that has grown meanwhile.
    await journey.handle.waitForNextAction(['ENTER_SENDER_OTP', 'REQUEST_NEW_CODE'], { timeoutMs: 30_000 })
    const end = await journey.person.finish(await journey.handle.view())
    expect(end.state).toBe('COMPLETED')
  }, 120_000)

  it('was destroyed nevertheless is unreadable and says so; nothing more is done for it, and it can be started anew', async () => {
    const journey = await startJourney(stack, 'digikhata')
    await walkTo(journey, 'ENTER_PAN')
    const before = steps(await journey.ledger())
    const ring = await codecKeysOf(stack)
    const next = generateCodecKey(await idKeyOf(stack))
    const without = { keys: [next], destroyed: ring.keys.map((key) => key.kid) }
    await workWith('destroyed', without)
    const client = await stack.connect({ codecKeys: without, deadlineMs: 2_000 })
    const { view, send, join, wait } = journeyOf(client, journey)
    await until(async () => (await view()) === 'JOURNEY_UNREADABLE', 'the view says what happened')
    expect([await send(), await join(), await wait()]).toEqual(Array(3).fill('JOURNEY_UNREADABLE'))
    expect(steps(await journey.ledger())).toEqual(before)

    // The limits of the sender are runs under the same key.
    for await (const { workflowId } of client.temporal.workflow.list({ query: `ExecutionStatus = 'Running'` }))
      await client.temporal.workflow.getHandle(workflowId).terminate('its codec key is gone')
    const patient = await stack.connect({ codecKeys: without })
    const again = await startJourney(stack, 'digikhata', { client: patient, facts: journey.person.facts })
    expect(again.joined).toBe(false)
    const end = await again.person.finish(again.view)
    expect(end.state).toBe('COMPLETED')
  }, 120_000)
})
