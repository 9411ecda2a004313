import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { format } from 'prettier'
import { codecKeysOf } from '../support/codec.js'
import { startTestStack, type TestStack } from '../support/test-stack.js'
import { KINDS } from './kinds.js'
import { ENCRYPTED, ENCRYPTED_KINDS, HISTORIES, readRecordings, TEST_ONLY_KEYS, withoutPlaces } from './recording.js'

/**
 * Records the histories that `replay.test.ts` replays: `npx tsx test/replay/record.ts` those that are missing, `--all`
 * all of them anew, `--encrypted` the encrypted ones anew with a key of their own. `--all` only for a change that is meant
 * to part with the old histories, which then needs a version marker (`patched`) for journeys that are under way.
 * All data is made up, and the keys are gone when the stack is, but for the codec key of the encrypted ones: it is kept
 * beside them, and was never used for anything else.
 */
async function record(): Promise<void> {
  const encrypted = process.argv.includes('--encrypted')
  const folder = encrypted ? ENCRYPTED : HISTORIES
  const stack = await startTestStack({ encrypted })
  try {
    if (encrypted || process.argv.includes('--all')) await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    const known = readRecordings(folder)
    const wanted = encrypted ? ENCRYPTED_KINDS : Object.keys(KINDS)
    for (const name of wanted.filter((each) => !known.has(each))) await recordOne(stack, folder, name)
    if (encrypted) await keepKeys(stack)
  } finally {
    await stack.stop()
  }
}

async function recordOne(stack: TestStack, folder: string, name: string): Promise<void> {
  const workflowId = (await KINDS[name]?.(stack)) ?? ''
  const history = await stack.client.temporal.workflow.getHandle(workflowId).fetchHistory()
  const json: unknown = JSON.parse(historyToJSON(history))
  const text = JSON.stringify({ workflowId, history: withoutPlaces(json) })
  await writeFile(join(folder, `${name}.json`), await format(text, { parser: 'json' }))
  await stack.sandbox.clearFaults()
  process.stdout.write(`${name}: ${history.events?.length ?? 0} events\n`)
}

async function keepKeys(stack: TestStack): Promise<void> {
  const testOnly = 'This key opens the recordings beside it, which hold made-up data. Never use it for anything else.'
  const text = JSON.stringify({ testOnly, ...(await codecKeysOf(stack)) })
  await writeFile(TEST_ONLY_KEYS, await format(text, { parser: 'json' }))
}

await record()
