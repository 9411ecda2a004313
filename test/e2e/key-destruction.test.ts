import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createFileKeyStore, createOpener, KEY_FILES, readCodecKeys } from '../../secrets/index.js'
import { jweHeader } from '../../values/index.js'
import { runHere } from '../client/support.js'
import { decodedHistoryOf } from '../support/history.js'
import { codeOf, startJourney, type TestJourney, until, walkTo } from '../support/journeys.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'

let stack: TestStack
let keys: string
beforeAll(async () => {
  stack = await startTestStack()
  keys = dirname(stack.local.clientEnv['ONBOARDING_SEALING_PUBLIC_KEYS_FILE'] ?? '')
}, 120_000)
afterAll(() => stack?.stop())

/** A command on the stack's keys. */
async function keysCommand(...args: string[]): Promise<{ code: number | null; answer: Record<string, unknown> }> {
  const { code, stdout, stderr } = await runHere(['keys', ...args, '--folder', keys, '--json'], {
    env: stack.local.clientEnv,
  })
  expect(stderr).toBe('')
  return { code, answer: JSON.parse(stdout) as Record<string, unknown> }
}

async function sealingKids(): Promise<string[]> {
  const set = JSON.parse(await readFile(join(keys, KEY_FILES.sealing), 'utf8')) as { keys: { kid: string }[] }
  return set.keys.map(({ kid }) => kid)
}

/** A new key that is sealed to at once, and the one before it destroyed. */
async function replaceSealingKey(): Promise<{ old: string; fresh: string }> {
  const [old = ''] = await sealingKids()
  const made = await keysCommand('rotate', '--now', '--lead', '0')
  expect(made.code).toBe(0)
  const { code, answer } = await keysCommand('destroy', '--kid', old)
  expect([code, answer['destroyed']]).toEqual([0, old])
  return { old, fresh: String(made.answer['made']) }
}

/** Every sealed value in a journey's history. */
async function sealedIn({ handle }: TestJourney): Promise<string[]> {
  const events = await decodedHistoryOf(stack.client, handle.workflowId)
  const texts = payloadTexts(events).join('\n')
  return [...texts.matchAll(/eyJ[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+/g)].map(([text]) => text)
}

function payloadTexts(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(payloadTexts)
}

describe('after a sealing key is destroyed', () => {
  it('a finished journey’s Aadhaar number cannot be opened with everything left on disk', async () => {
    const journey = await startJourney(stack, 'digikhata')
    await journey.person.finish(journey.view)
    const aadhaar = (await sealedIn(journey)).find((text) => jweHeader(text)?.field === 'aadhaar') ?? ''
    const binding = { field: 'aadhaar', journey: journey.handle.workflowId } as const
    const opener = createOpener(() => createFileKeyStore({ sealing: join(keys, KEY_FILES.sealing) }).read('sealing'))
    expect(await opener.open(binding, aadhaar)).toEqual({ ok: true, plaintext: journey.person.facts.aadhaar })
    const [lost] = (JSON.parse(await readFile(join(keys, KEY_FILES.sealing), 'utf8')) as { keys: { d: string }[] }).keys

    await replaceSealingKey()
    // Whoever takes the whole folder, with every key, database and log that is there, has not got the key.
    const copy = await mkdtemp(join(tmpdir(), 'taken-'))
    try {
      await cp(stack.folder, copy, { recursive: true })
      const set = await createFileKeyStore({ sealing: join(copy, 'keys', KEY_FILES.sealing) }).read('sealing')
      expect(await createOpener(set).open(binding, aadhaar)).toEqual({ ok: false, code: 'KEY_DESTROYED' })
      expect(await filesWith(copy, lost?.d ?? 'no key')).toEqual([])
      expect(await filesWith(copy, String(set.keys[0]?.d))).toEqual([join('keys', KEY_FILES.sealing)])
    } finally {
      await rm(copy, { recursive: true, force: true })
    }
  })

  it('a journey under way says that its code is unusable, asks for a new one, and completes', async () => {
    const journey = await startJourney(stack, 'levin')
    const view = await walkTo(journey, 'ENTER_SENDER_OTP')
    const { challengeId } = view.nextAction as { challengeId: string }
    const { fresh } = await replaceSealingKey()
    const { handle, person } = journey
    await until(
      async () => jweHeader(await stack.client.seal(handle.workflowId, 'otp', '123456'))?.kid === fresh,
      'the client seals to the new key',
    )
    const receipt = await handle.enterSenderOtp({ otp: '123456', challengeId })
    expect(receipt).toMatchObject({ outcome: 'CODE_EXPIRED', detail: 'OTP_REF_UNREADABLE' })
    await handle.resendOtp()
    await person.finish(await handle.view())
    expect(await handle.result()).toMatchObject({ state: 'COMPLETED' })
  })

  it('what the user typed before is refused by code, without a try, and taken when it is typed again', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { handle, person } = journey
    const pan = await stack.client.seal(handle.workflowId, 'pan', person.facts.pan)
    const view = await walkTo(journey, 'ENTER_PAN')
    expect(view.state).toBe('PAN_REQUIRED')
    await replaceSealingKey()
    expect(await handle.enterPan({ pan })).toMatchObject({ outcome: 'INPUT_REFUSED', detail: 'KEY_DESTROYED' })
    await person.finish(await handle.view())
    expect(await handle.result()).toMatchObject({ state: 'COMPLETED' })
  })

  it('a kept Aadhaar number that is lost is asked for again, with consent', async () => {
    const journey = await startJourney(stack, 'digikhata')
    const { handle, person } = journey
    await walkTo(journey, 'ENTER_AADHAAR_OTP')
    await replaceSealingKey()
    expect(await handle.resendOtp()).toMatchObject({ outcome: 'INPUT_REFUSED', detail: 'KEY_DESTROYED' })
    expect((await handle.view()).state).toBe('AADHAAR_REQUIRED')
    await person.finish(await handle.view())
    expect(await handle.result()).toMatchObject({ state: 'COMPLETED' })
  })
})

describe('a codec key', () => {
  it('is not destroyed as long as a run under way needs it, and is when none does', async () => {
    const done = await startJourney(stack, 'digikhata')
    await done.person.finish(done.view)
    const journey = await startJourney(stack, 'levin')
    const ring = async () =>
      JSON.parse(await readFile(join(keys, KEY_FILES.codec), 'utf8')) as { keys: { kid: string; retiredAt?: number }[] }
    const [active] = (await ring()).keys
    const kid = active?.kid ?? ''
    const refusedAs = async () =>
      ((await keysCommand('destroy', '--kind', 'codec', '--kid', kid)).answer['error'] as { code: string } | undefined)
        ?.code
    expect(await refusedAs()).toBe('KEY_LAST')
    const added = await keysCommand('generate', '--kind', 'codec')
    expect(await refusedAs()).toBe('KEY_NOT_RETIRED')
    const rotated = await keysCommand('rotate', '--kind', 'codec')
    expect(rotated.answer['active']).toBe(added.answer['generated'])
    // Just retired: somebody may still write with it.
    expect(await refusedAs()).toBe('KEY_NOT_RETIRED')
    await retiredLongAgo(join(keys, KEY_FILES.codec))
    const { code, answer } = await keysCommand('destroy', '--kind', 'codec', '--kid', kid)
    expect(code).toBe(1)
    expect(answer['error']).toMatchObject({
      code: 'KEY_IN_USE',
      message: expect.stringContaining(journey.handle.workflowId),
    })
    expect((await ring()).keys.map((key) => key.kid)).toContain(kid)

    await journey.handle.cancel({ reason: 'test', submissionId: 'before' })
    // Its limits are runs under way as well, until what they count is a day old.
    for await (const { workflowId } of stack.client.temporal.workflow.list({ query: `ExecutionStatus = 'Running'` }))
      await stack.client.temporal.workflow.getHandle(workflowId).terminate('test')
    await until(async () => (await refusedAs()) === undefined, 'the key is destroyed')
    expect(await ring()).toMatchObject({ keys: [{ kid: added.answer['generated'] }], destroyed: [kid] })

    // Processes that are started from now on know that the key is gone.
    const later = await stack.connect({ codecKeys: await readCodecKeys(join(keys, KEY_FILES.codec), null) })
    expect(await codeOf(later.handle(done.handle.workflowId).result())).toBe('RESULT_UNREADABLE')
    const answered = later.handle(journey.handle.workflowId).receipt('cancel', 'before')
    expect(await codeOf(answered)).toBe('RESULT_UNREADABLE')
    await stack.local.worker.stop()
    await stack.local.startWorker('worker-after')
    const again = await startJourney(stack, 'digikhata', { client: later, facts: done.person.facts })
    expect(again.joined).toBe(false)
  })
})

/** The files that hold a text, relative to the folder. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name)
    if ((await readFile(path)).includes(text)) found.push(path.slice(folder.length + 1))
  }
  return found
}

/** As if the ring had been rotated yesterday. */
async function retiredLongAgo(path: string): Promise<void> {
  const yesterday = Math.floor(Date.now() / 1_000) - 86_400
  await createFileKeyStore({ codec: path }).change('codec', (ring) => ({
    ...ring,
    keys: ring.keys.map((key) => (key.retiredAt === undefined ? key : { ...key, retiredAt: yesterday })),
  }))
}
