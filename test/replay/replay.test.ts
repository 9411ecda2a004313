import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { historyFromJSON, type JSONPayload, JSONToPayload } from '@temporalio/common/lib/proto-utils.js'
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker'
import {
  type CodecKeyRing,
  createPayloadCodec,
  dataConverterOf,
  generateCodecKey,
  parseCodecKeys,
} from '../../secrets/index.js'
import { OWN_BUNDLE_PARTS } from '../../worker/bundle.js'
import { KINDS } from './kinds.js'
import { ENCRYPTED, ENCRYPTED_KINDS, readRecordings, type Recording, TEST_ONLY_KEYS } from './recording.js'

/**
 * Journeys under way survive a new release only if today's code decides, from an old history, what was decided then.
 * Each recorded history is run through today's workflows; no server is asked.
 */

const recordings = readRecordings()
let workflowBundle: WorkflowBundle
beforeAll(async () => {
  // Replay says in its result what is wrong; its log would repeat it.
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  workflowBundle = await bundleWorkflowCode({
    ...OWN_BUNDLE_PARTS,
    logger: new DefaultLogger('WARN'),
  })
})

async function replay({ workflowId, history }: Recording, dataConverter = dataConverterOf(null)): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle, dataConverter }, historyFromJSON(history), workflowId)
}

interface HistoryJson {
  readonly eventTime?: string
  readonly workflowExecutionUpdateCompletedEventAttributes?: object
}

/** A history into which workflow tasks are put that brought so many refused signals each, after its first answer. */
function withSignals({ events }: { events: readonly HistoryJson[] }, tasks: readonly number[]): { events: object[] } {
  const until = events.findIndex((event) => event.workflowExecutionUpdateCompletedEventAttributes)
  const all: object[] = events.slice(0, until + 1)
  const eventTime = events[until]?.eventTime
  const add = (type: string, attributes: object): string => {
    const eventId = String(all.length + 1)
    all.push({
      eventId,
      eventTime,
      eventType: `EVENT_TYPE_${type}`,
      taskId: String(1_000_000 + all.length),
      ...attributes,
    })
    return eventId
  }
  for (const count of tasks) {
    const signal = { workflowExecutionSignaledEventAttributes: { signalName: 'unknownName' } }
    for (let sent = 0; sent < count; sent += 1) add('WORKFLOW_EXECUTION_SIGNALED', signal)
    const scheduledEventId = add('WORKFLOW_TASK_SCHEDULED', {
      workflowTaskScheduledEventAttributes: { taskQueue: { name: 'q' } },
    })
    const startedEventId = add('WORKFLOW_TASK_STARTED', { workflowTaskStartedEventAttributes: { scheduledEventId } })
    add('WORKFLOW_TASK_COMPLETED', { workflowTaskCompletedEventAttributes: { scheduledEventId, startedEventId } })
  }
  const shift = all.length - (until + 1)
  return { events: [...all, ...events.slice(until + 1).map((event) => shifted(event, until + 1, shift) as object)] }
}

/** The value with every event id beyond `from` raised by `shift`. */
function shifted(value: unknown, from: number, shift: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shifted(item, from, shift))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const raised = /eventid$/i.test(name) && Number(inner) > from
      return [name, raised ? String(Number(inner) + shift) : shifted(inner, from, shift)]
    }),
  )
}

describe('a recorded journey', () => {
  it('is there for every kind of journey', () => {
    expect([...recordings.keys()].sort()).toEqual(Object.keys(KINDS).sort())
  })

  it.each([...recordings.keys()])('goes today as it went then: %s', async (name) => {
    await replay(recordings.get(name) as Recording)
  })

  it('that grew long before runs gave way to new ones goes today as it went then', async () => {
    const recording = recordings.get('digikhata-new') as Recording
    const long = withSignals(recording.history as { events: HistoryJson[] }, [1_100, 1, 1])
    expect(long.events.length).toBeGreaterThan(1_100)
    await replay({ ...recording, history: long })
  })

  it('that went another way is noticed', async () => {
    const recording = recordings.get('digikhata-new') as Recording
    const other = JSON.stringify(recording.history).replaceAll('"onboardSender"', '"generateSenderOtp"')
    await expect(replay({ ...recording, history: JSON.parse(other) as object })).rejects.toThrow(/[Dd]eterminis/)
  })

  it('holds nothing of the machine that it was recorded on', () => {
    for (const [name, { history }] of recordings) {
      const payloads = [...JSON.stringify(history).matchAll(/"data":"([^"]*)"/g)]
      const decoded = payloads.map(([, data]) => Buffer.from(data ?? '', 'base64').toString('utf8'))
      expect([name, placesIn([JSON.stringify(history), ...decoded])]).toEqual([name, []])
    }
  })
})

describe('a journey that was recorded with the payload codec', () => {
  const encrypted = readRecordings(ENCRYPTED)
  const idKey = randomBytes(32)
  let ring: CodecKeyRing
  beforeAll(async () => {
    ring = parseCodecKeys(JSON.parse(await readFile(TEST_ONLY_KEYS, 'utf8')), 'the test-only keys')
  })

  it('is there in each of its kinds, and hides what its kind in plain shows', () => {
    expect([...encrypted.keys()].sort()).toEqual([...ENCRYPTED_KINDS].sort())
    for (const [name, { history }] of encrypted) {
      const name64 = Buffer.from('"name":"Test Sender"').toString('base64').slice(4, -4)
      expect(JSON.stringify(history)).not.toContain(name64)
      expect([name, payloadsIn(history).filter(isEncrypted).length > 20]).toEqual([name, true])
    }
  })

  it.each(ENCRYPTED_KINDS)('goes today as it went then: %s', async (name) => {
    await replay(encrypted.get(name) as Recording, dataConverterOf(ring))
  })

  it.each(ENCRYPTED_KINDS)('goes as it went when the key that it was written with only decrypts: %s', async (name) => {
    const rotated = { keys: [generateCodecKey(idKey), ...ring.keys] }
    await replay(encrypted.get(name) as Recording, dataConverterOf(rotated))
  })

  it('and histories in plain go on under a key ring', async () => {
    const own = { keys: [generateCodecKey(idKey)] }
    await replay(recordings.get('levin-new') as Recording, dataConverterOf(own, idKey))
  })

  it('does not go at all while its key is missing', async () => {
    const recording = encrypted.get('levin-new') as Recording
    const other = { keys: [generateCodecKey(idKey)] }
    for (const without of [other, null])
      await expect(replay(recording, dataConverterOf(without))).rejects.toBeInstanceOf(Error)
  })

  it('holds nothing of the machine that it was recorded on, not even where nobody looks', async () => {
    for (const [name, { history }] of encrypted) {
      const decoded = await createPayloadCodec(ring).decode(
        payloadsIn(history).map((payload) => JSONToPayload(payload)),
      )
      const texts = decoded.map(({ data }) => Buffer.from(data ?? []).toString('utf8'))
      expect(texts.join()).toContain('Test Sender')
      expect([name, placesIn([JSON.stringify(history), ...texts])]).toEqual([name, []])
    }
  })
})

/** What names a machine or a folder of one. */
function placesIn(texts: readonly string[]): string[] {
  const places = /file:\/\/|\/home\/|\/root\/|\/Users\/|\/tmp\/|node_modules|\d+@/
  return texts.flatMap((text) => places.exec(text)?.[0] ?? [])
}

/** The payloads of a history in JSON. */
function payloadsIn(value: unknown): JSONPayload[] {
  if (Array.isArray(value)) return value.flatMap(payloadsIn)
  if (typeof value !== 'object' || value === null) return []
  if ('metadata' in value && 'data' in value) return [value as JSONPayload]
  return Object.values(value).flatMap(payloadsIn)
}

function isEncrypted({ metadata }: JSONPayload): boolean {
  return metadata?.['encoding'] === Buffer.from('binary/encrypted').toString('base64')
}
