import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import type { EkoClient } from '../../activities/eko/index.js'
import { createCallGate } from '../../activities/gate/index.js'
import { createActivities } from '../../activities/index.js'
import { createLimits } from '../../activities/limits/index.js'
import { createRegistry, DEFAULT_LIMITS, type Tenant } from '../../activities/tenants.js'
import {
  createInlineStore,
  createOpener,
  createSealer,
  dataConverterOf,
  generateSealingKey,
  journeyId,
} from '../../secrets/index.js'
import { findTemporalCli, startTemporalServer } from '../../stack/temporal-server.js'
import { createLogger, createOnboardingWorker, installRuntime } from '../../worker/index.js'
import { DEFAULT_POLICY, DEFAULT_RANGES, type OnboardingInput, WORKFLOW_TYPE } from '../../workflows/messages.js'
import { bundleContents } from './bundle-modules.js'

/**
 * Prints the size of the built workflow bundle, and the memory that a cached journey takes: a real worker on a real
 * server holds journeys that wait for their first code. Only Eko is not there. Run: `npx tsx test/tools/bundle-size.ts`.
 *
 * The memory is the growth of the whole process, garbage included: measured like this, a workflow that does nothing but
 * wait for a signal takes about 265 KB, and a journey about 320 KB.
 */

const TASK_QUEUE = 'bundle-size'
/** Journeys before the measurement, so that what is loaded once does not count. */
const WARM_UP = 50
const BUNDLE = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url))

const TENANT: Tenant = {
  name: 'size',
  environment: 'sandbox',
  credentials: {
    environment: 'sandbox',
    baseUrl: 'http://127.0.0.1:9',
    developerKey: 'sandbox-size',
    accessKey: 'sandbox-size',
    initiatorId: '9000000000',
  },
  userCodes: ['1'],
  rails: ['digikhata'],
  policy: DEFAULT_POLICY,
  ranges: DEFAULT_RANGES,
  limits: DEFAULT_LIMITS,
  strictness: 'format',
  consents: [],
}

/** Answers every call with "a code was sent". */
const CODE_SENT: EkoClient = {
  timeoutMs: 30_000,
  call: ({ environment }, { clientRefId, operation, rail }) =>
    Promise.resolve({
      class: 'OK',
      answer: 'OTP_SENT',
      otpRefId: `${environment}-ref`,
      facts: {
        operation: `${rail} ${operation}`,
        httpStatus: 200,
        status: 2129,
        responseTypeId: 2129,
        responseStatusId: 0,
        clientRefId,
      },
    }),
  clockOffsetMs: () => 0,
  close: () => Promise.resolve(),
}

async function startJourneys(client: Client, from: number, count: number): Promise<void> {
  const idKey = Buffer.alloc(32, 7)
  const numbers = Array.from({ length: count }, (_, index) => String(9_000_000_000 + from + index))
  for (let at = 0; at < numbers.length; at += 20)
    await Promise.all(
      numbers.slice(at, at + 20).map((mobile) => {
        const input: OnboardingInput = { tenant: TENANT.name, rail: 'digikhata', mobile, userCode: '1' }
        const workflowId = journeyId(idKey, { rail: input.rail, tenant: input.tenant, mobile })
        return client.workflow.start(WORKFLOW_TYPE, { taskQueue: TASK_QUEUE, workflowId, args: [input] })
      }),
    )
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(100)
}

/** Bytes of this process when its memory has stopped growing. */
async function settledMemory(): Promise<number> {
  let before = process.memoryUsage().rss
  for (;;) {
    await sleep(2_000)
    const now = process.memoryUsage().rss
    if (Math.abs(now - before) < 1_000_000) return now
    before = now
  }
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KB`
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const { values } = parseArgs({ options: { journeys: { type: 'string', default: '500' } } })
const journeys = Number(values.journeys)
if (!Number.isInteger(journeys) || journeys < 1) throw new Error('--journeys must be a whole number above 0.')

const { codeBytes, totalBytes, modules } = bundleContents(await readFile(BUNDLE, 'utf8'))
say(
  `Workflow bundle: ${kilobytes(codeBytes)} of code in ${modules.length} modules, ${kilobytes(totalBytes)} with its source map`,
)

const cli = await findTemporalCli(say)
const server = await startTemporalServer({ cliPath: cli.path, headless: true })
try {
  installRuntime({ metricsAddress: undefined }, createLogger({ level: 'error' }))
  const keys = await generateSealingKey()
  const connection = await NativeConnection.connect({ address: server.address })
  const activities = createActivities({
    tenants: createRegistry([TENANT]),
    eko: CODE_SENT,
    secrets: createInlineStore(createSealer(keys.publicKeys), createOpener(keys.privateKeys)),
    gate: createCallGate({ taskQueue: TASK_QUEUE, log: createLogger({ level: 'error' }), callsPerSecond: 10_000 }),
    limits: createLimits({ idKey: randomBytes(32), taskQueue: TASK_QUEUE }),
    startToCloseMs: 10_000,
    allowPlaintextCodes: false,
  })
  const worker = await createOnboardingWorker(
    {
      temporal: { connection: {}, namespace: 'default' },
      taskQueue: TASK_QUEUE,
      workflowBundle: BUNDLE,
      shutdownGraceMs: 10_000,
      maxCachedWorkflows: WARM_UP + journeys,
      maxConcurrentActivities: 100,
      stickyTimeoutMs: 5_000,
      version: undefined,
    },
    { connection, activities, dataConverter: dataConverterOf(null) },
  )
  const clientConnection = await Connection.connect({ address: server.address })
  const client = new Client({ connection: clientConnection, dataConverter: dataConverterOf(null) })
  await worker.runUntil(async () => {
    await startJourneys(client, 0, WARM_UP)
    await until(() => worker.getStatus().numCachedWorkflows >= WARM_UP)
    const before = await settledMemory()
    await startJourneys(client, WARM_UP, journeys)
    await until(() => worker.getStatus().numCachedWorkflows >= WARM_UP + journeys)
    const after = await settledMemory()
    say(
      `Memory per cached journey: ${kilobytes((after - before) / journeys)}, over ${journeys} journeys that wait for a code`,
    )
  })
  await clientConnection.close()
  await connection.close()
} finally {
  await server.stop()
}
