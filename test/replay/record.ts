import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { format } from 'prettier'
import { startTestStack } from '../support/test-stack.js'
import { KINDS } from './kinds.js'
import { HISTORIES, readRecordings, withoutPlaces } from './recording.js'

/**
 * Records the histories that `replay.test.ts` replays: `npx tsx test/replay/record.ts` those that are missing, `--all`
 * all of them anew. The latter only for a change that is meant to part with the old histories, which then needs a version
 * marker (`patched`) for journeys that are under way.
 * All data is made up, and the keys are gone when the stack is.
 */
async function record(): Promise<void> {
  const stack = await startTestStack()
  try {
    if (process.argv.includes('--all')) await rm(HISTORIES, { recursive: true, force: true })
    await mkdir(HISTORIES, { recursive: true })
    const known = readRecordings()
    for (const [name, play] of Object.entries(KINDS)) {
      if (known.has(name)) continue
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
