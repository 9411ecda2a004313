import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { dataConverterOf, readCodecKeys, readIdKey } from '../secrets/index.js'
import type { BenchStack } from './bench-stack.js'
import { median, short } from './figures.js'
import { historySize } from './history.js'
import { knownPerson } from './people.js'
import { takeSteps } from './walk.js'

/** A run gives way to the next one at so many events, so that no history gets much longer. */
const LONGEST_EVENTS = 1_000
const REPLAYS = 5
const BUNDLE = fileURLToPath(new URL('../dist/workflow-bundle.js', import.meta.url))

export const REPLAY_HEAD = ['replay', '']

/** How long a worker takes that takes over the longest run there may be: one sender asks for the consent again and again. */
export async function replayRows(stack: BenchStack): Promise<string[][]> {
  const { client, ours, sandbox, temporal, local } = stack
  const person = await knownPerson(sandbox)
  await takeSteps(ours.begin(person), ['open', 'senderOtp'], person, sandbox)
  const workflowId = ours.workflowId(person)
  const handle = client.handleOf({ rail: 'digikhata', mobile: person.mobile })
  while ((await historySize(temporal, workflowId)).events < LONGEST_EVENTS * 0.95)
    await handle.requestConsent({ language: 'English' })
  const size = await historySize(temporal, workflowId)
  const history = await temporal.workflow.getHandle(workflowId).fetchHistory()
  const idKey = await readIdKey(local.clientEnv['ONBOARDING_ID_KEY_FILE'] ?? '')
  const keys = await readCodecKeys(local.clientEnv['ONBOARDING_CODEC_KEYS_FILE'] ?? '', idKey)
  const dataConverter = dataConverterOf(keys, idKey)
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const times: number[] = []
  for (let replay = 0; replay <= REPLAYS; replay += 1) {
    const since = performance.now()
    await Worker.runReplayHistory({ workflowBundle: { codePath: join(BUNDLE) }, dataConverter }, history, workflowId)
    // The first one also loads what the others find.
    if (replay > 0) times.push(performance.now() - since)
  }
  return [
    ['the longest run there may be', `${size.events} events, ${short(size.bytes / 1024)} KB`],
    ['its replay, with a worker’s start (median)', `${short(median(times))} ms`],
  ]
}
