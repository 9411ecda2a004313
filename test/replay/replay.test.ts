import { dirname, extname, join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker'
import { dataConverter, PAYLOAD_CONVERTER_PATH } from '../../secrets/index.js'
import { WORKFLOWS_PATH } from '../../worker/worker.js'
import { KINDS } from './kinds.js'
import { readRecordings, type Recording } from './recording.js'

/**
 * Journeys under way survive a new release only if today's code decides, from an old history, what was decided then.
 * Each recorded history is run through today's workflows; no server is asked.
 */

const recordings = readRecordings()
let workflowBundle: WorkflowBundle
beforeAll(async () => {
  // Replay says in its result what is wrong; its log would repeat it.
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const interceptors = join(dirname(WORKFLOWS_PATH), `interceptors${extname(WORKFLOWS_PATH)}`)
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    workflowInterceptorModules: [interceptors],
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    logger: new DefaultLogger('WARN'),
  })
})

async function replay({ workflowId, history }: Recording): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle, dataConverter }, historyFromJSON(history), workflowId)
}

describe('a recorded journey', () => {
  it('is there for every kind of journey', () => {
    expect([...recordings.keys()].sort()).toEqual(Object.keys(KINDS).sort())
  })

  it.each([...recordings.keys()])('goes today as it went then: %s', async (name) => {
    await replay(recordings.get(name) as Recording)
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
      const text = [JSON.stringify(history), ...decoded].join('\n')
      expect([name, /file:\/\/|\/home\/|\/root\/|\/Users\/|\/tmp\/|node_modules|\d+@/.exec(text)?.[0]]).toEqual([
        name,
        undefined,
      ])
    }
  })
})
