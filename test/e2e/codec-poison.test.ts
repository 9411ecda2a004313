import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { View } from '../../client/index.js'
import { type CodecKey, generateCodecKey } from '../../secrets/index.js'
import { addCodecKey, codecKeysOf, encryptedWith, idKeyOf } from '../support/codec.js'
import { failedTasks } from '../support/failed-tasks.js'
import { ALL_STEPS_ONCE, startJourney, steps, type TestJourney, until } from '../support/journeys.js'
import { json, type RawPayload, signalRaw, updateRaw } from '../support/raw-messages.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
let active: CodecKey
beforeAll(async () => {
  stack = await startTestStack()
  active = (await codecKeysOf(stack)).keys[0] as CodecKey
})
afterAll(() => stack?.stop())

const plain = (text: string) => ({ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) })

/** Encrypted payloads that nobody can read, from somebody who may write to the namespace. */
async function poisons(): Promise<Record<string, RawPayload>> {
  const right = await encryptedWith(active, plain('{"otp":"a.b.c.d.e"}'))
  const { data } = right
  const turned = Uint8Array.from(data)
  turned[turned.length - 1] = (turned.at(-1) ?? 0) ^ 1
  return {
    'a bad tag': { ...right, data: turned },
    'cut off in the content': { ...right, data: data.subarray(0, data.length - 20) },
    'cut off in the IV': { ...right, data: data.subarray(0, 7) },
    'no bytes': { ...right, data: new Uint8Array() },
    'a key that was made up': { ...right, keyId: 'made-up' },
    'a key made up in the form of ours': { ...right, keyId: `${'A'.repeat(22)}.${'A'.repeat(22)}` },
    'a key of another deployment': await encryptedWith(generateCodecKey(Buffer.alloc(32)), plain('{}')),
    'malformed JSON inside': await encryptedWith(active, plain('{"otp": "12')),
    'an unknown encoding inside': await encryptedWith(active, { metadata: {}, data: Buffer.from('{}') }),
  }
}

async function finish({ person, handle, ledger }: TestJourney): Promise<void> {
  const end = await person.finish(await handle.view())
  expect(end.state).toBe('COMPLETED')
  expect(steps(await ledger())).toEqual(ALL_STEPS_ONCE)
}

function lastRefusal({ timeline }: View): string {
  const line = timeline.findLast(({ what }) => what.startsWith('refused:'))
  return `${line?.what} ${line?.code}`
}

describe('an encrypted message that cannot be read', () => {
  it('as a signal is a line of the story; no workflow task fails, and the journey completes', async () => {
    const journey = await startJourney(stack, 'levin')
    const { workflowId } = journey.handle
    for (const [kind, poison] of Object.entries(await poisons())) {
      const { revision } = await journey.handle.view()
      await signalRaw(stack.client, workflowId, 'enterSenderOtp', [poison])
      const view = await journey.handle.waitForChange(revision)
      expect([kind, lastRefusal(view)]).toEqual([kind, 'refused:enterSenderOtp UNDECODABLE'])
    }
    await finish(journey)
    expect(await failedTasks(stack.client, workflowId)).toEqual([])
  })

  it('as an update is refused as UNDECODABLE, and the journey completes', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { workflowId } = journey.handle
    for (const [kind, poison] of Object.entries(await poisons())) {
      const code = await updateRaw(stack.client, workflowId, 'enterSenderOtp', [poison])
      expect([kind, code]).toEqual([kind, 'UNDECODABLE'])
    }
    await finish(journey)
    expect(await failedTasks(stack.client, workflowId)).toEqual([])
  })

  it('in plain is taken: whoever has no codec can still drive a journey', async () => {
    const journey = await startJourney(stack, 'digikhata')
    expect(await updateRaw(stack.client, journey.handle.workflowId, 'resendOtp', [json({})])).toBeNull()
    await finish(journey)
  })
})

describe('a message under a key of the deployment that the worker does not have yet', () => {
  it('waits, with a failing workflow task that names the key, and is taken when the key is there', async () => {
    const journey = await startJourney(stack, 'levin')
    const { workflowId } = journey.handle
    const { revision } = journey.view
    const coming = generateCodecKey(await idKeyOf(stack))
    await signalRaw(stack.client, workflowId, 'resendOtp', [await encryptedWith(coming, plain('{}'))])
    await until(async () => (await failedTasks(stack.client, workflowId)).length > 0, 'a workflow task fails')
    const [failure] = await failedTasks(stack.client, workflowId)
    expect(failure).toContain(coming.kid)
    expect(failure).toContain('ONBOARDING_CODEC_KEYS_FILE')

    await stack.local.worker.stop()
    await addCodecKey(stack, coming)
    await stack.local.startWorker('with-the-key')
    const view = await journey.handle.waitForChange(revision)
    expect(view.timeline.map(({ what }) => what)).not.toContain('refused:resendOtp')
    await finish(journey)
  })
})
