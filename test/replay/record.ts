import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { format } from 'prettier'
import { startTestStack } from '../support/test-stack.js'
import { KINDS } from './kinds.js'
import { HISTORIES, withoutPlaces } from './recording.js'

/**
 * Records the histories that `replay.test.ts` replays: `npx tsx test/replay/record.ts`. Only for a change that is meant
 * to part with the old histories, which then needs a version marker (`patched`) for journeys that are under way.
 * All data is made up, and the keys are gone when the stack is.
 */
async function record(): Promise<void> {
  const stack = await startTestStack()
  try {
    await rm(HISTORIES, { recursive: true, force: true })
    await mkdir(HISTORIES)
    for (const [name, play] of Object.entries(KINDS)) {
      const workflowId = await play(stack)
      const history = await stack.client.temporal.workflow.getHandle(workflowId).fetchHistory()
      const json: unknown = JSON.parse(historyToJSON(history))
      const text = JSON.stringify({ workflowId, history: withoutPlaces(json) })
      await writeFile(join(HISTORIES, `${name}.json`), await format(text, { parser: 'json' }))
      await stack.sandbox.clearFaults()
      process.stdout.write(`${name}: ${history.events?.length ?? 0} events\n`)
    }
  } finally {
    await stack.stop()
  }
}

await record()
