import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { inspect } from 'node:util'
import proto from '@temporalio/proto'
import type { Payload } from '@temporalio/common'
import { historyOf } from '../support/history.js'
import { runProgram } from '../support/program.js'
import { seenBy } from './crash.js'
import { decodedAsFarAsPossible, payloadsIn } from './decoded.js'
import type { LeakStack } from './leak-stack.js'
import type { Material, PlaceName } from './places.js'
import type { Play } from './play.js'
import { bytesOfAll } from './proto-bytes.js'
import { sqliteRecords } from './sqlite-cells.js'

const { History } = proto.temporal.api.history.v1
const { ListWorkflowExecutionsResponse, DescribeWorkflowExecutionResponse } = proto.temporal.api.workflowservice.v1

type Found = Record<PlaceName, Buffer[]>

/** Most payloads that the codec server is asked for at once. */
const AT_ONCE = 400
/** Runs that Temporal’s own tool is asked for: it starts a process for each. */
const SHOWN = 6
/** A run whose codec key is missing on purpose answers no query. */
const QUERY_MS = 5_000

/** What can be had while everything runs. */
export async function gatherLive(play: Play, found: Pick<Found, PlaceName>): Promise<void> {
  const { stack } = play
  const runs = await allRuns(stack)
  found.visibility.push(...runs.listed)
  await several(runs.ids, ({ workflowId, runId }) => gatherRun(stack, workflowId, runId, found))
  await several(shownRuns(runs.ids), async ({ workflowId, runId }) => {
    await gatherTool(stack, workflowId, runId, found)
    found.details.push(Buffer.from(await detailsOf(stack, workflowId, runId)))
  })
  await stack.workers.scrape()
  found.metrics.push(...stack.workers.scraped.map((text) => Buffer.from(text)))
  found.heartbeats.push(...seenBy(play).pending)
  found.answers.push(...play.said.answers.map((text) => Buffer.from(text)))
  found.errors.push(...play.said.errors.map((text) => Buffer.from(text)))
}

/** A few at a time. */
async function several<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const one = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: 4 }, one))
}

interface RunId {
  readonly workflowId: string
  readonly runId: string
}

async function allRuns({ client }: LeakStack): Promise<{ ids: RunId[]; listed: Buffer[] }> {
  const { workflowService, options } = client.temporal
  const [ids, listed]: [RunId[], Buffer[]] = [[], []]
  let nextPageToken: Uint8Array | undefined
  do {
    const page = await workflowService.listWorkflowExecutions({
      ...{ namespace: options.namespace, pageSize: 200 },
      ...(nextPageToken && { nextPageToken }),
    })
    listed.push(Buffer.from(ListWorkflowExecutionsResponse.encode(page).finish()))
    listed.push(...bytesOfAll(await decodedAsFarAsPossible(client, page.executions)))
    for (const { execution } of page.executions ?? []) {
      ids.push({ workflowId: execution?.workflowId ?? '', runId: execution?.runId ?? '' })
    }
    nextPageToken = page.nextPageToken ?? undefined
  } while (nextPageToken !== undefined && nextPageToken.length > 0)
  return { ids, listed }
}

async function gatherRun(stack: LeakStack, workflowId: string, runId: string, found: Found): Promise<void> {
  const { client } = stack
  const { workflowService, options } = client.temporal
  const events = await historyOf(client, workflowId, runId)
  found.history.push(Buffer.from(History.encode({ events: [...events] }).finish()))
  const decoded = await decodedAsFarAsPossible(client, events)
  found.historyDecoded.push(Buffer.from(History.encode({ events: [...decoded] }).finish()), ...bytesOfAll(decoded))
  const failures = valuesOf(decoded, (name) => /failure$/i.test(name))
  found.failures.push(...failures.flatMap(bytesOfAll))
  // Of an activity whose time was over, a failure holds what its last heartbeat said.
  found.heartbeats.push(...valuesOf(decoded, (name) => /heartbeat/i.test(name)).flatMap(bytesOfAll))
  for (const texts of await throughCodecServer(stack, payloadsIn(events))) found.codecServer.push(texts)
  const described = await workflowService.describeWorkflowExecution({
    ...{ namespace: options.namespace, execution: { workflowId, runId } },
  })
  found.visibility.push(Buffer.from(DescribeWorkflowExecutionResponse.encode(described).finish()))
  found.visibility.push(...bytesOfAll(await decodedAsFarAsPossible(client, described)))
}

/** Every value that stands under such a name, however deep. */
function valuesOf(value: unknown, wanted: (name: string) => boolean): unknown[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  return Object.entries(value as Record<string, unknown>).flatMap(([name, inner]) =>
    wanted(name) && inner !== null && inner !== undefined ? [inner] : valuesOf(inner, wanted),
  )
}

/** As Temporal UI asks: payloads out, payloads back, each looked at as it came and as what its base64 holds. */
async function throughCodecServer({ codecServer }: LeakStack, payloads: readonly Payload[]): Promise<Buffer[]> {
  const answers: Buffer[] = []
  for (let at = 0; at < payloads.length; at += AT_ONCE) {
    const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64')
    const body = payloads.slice(at, at + AT_ONCE).map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
      data: base64(data),
    }))
    const response = await fetch(`${codecServer.endpoint}/decode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ payloads: body }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`The codec server answered ${response.status} to /decode.`)
    const decoded = JSON.parse(text) as { payloads: { data?: string }[] }
    answers.push(Buffer.from(text), ...decoded.payloads.map(({ data }) => Buffer.from(data ?? '', 'base64')))
  }
  return answers
}

function shownRuns(runs: readonly RunId[]): RunId[] {
  const journeys = runs.filter(({ workflowId }) => workflowId.startsWith('onboarding:'))
  const step = Math.max(1, Math.floor(journeys.length / SHOWN))
  return journeys.filter((_, index) => index % step === 0)
}

async function gatherTool(stack: LeakStack, workflowId: string, runId: string, found: Found): Promise<void> {
  const { temporalCli, folder, clientEnv, codecServer } = stack
  const { PATH = '' } = process.env
  const address = ['--address', clientEnv['TEMPORAL_ADDRESS'] ?? '']
  const codec = ['--codec-endpoint', codecServer.url, '--codec-auth', `Bearer ${codecServer.token}`]
  const run = ['--workflow-id', workflowId, '--run-id', runId, ...address]
  for (const args of [
    ['workflow', 'show', ...run, '--output', 'json'],
    ['workflow', 'show', ...run, '--output', 'json', ...codec],
    ['workflow', 'show', ...run, '--detailed', ...codec],
    ['workflow', 'describe', ...run, '--output', 'json', ...codec],
  ]) {
    const { out, err } = await runProgram(temporalCli, args, { cwd: folder, env: { PATH, HOME: folder } })
    found.temporalCli.push(Buffer.from(out), Buffer.from(err))
  }
}

/** What Temporal UI shows of a run as its current details; or why they cannot be had. */
async function detailsOf({ client }: LeakStack, workflowId: string, runId: string): Promise<string> {
  const { temporal } = client
  const handle = temporal.workflow.getHandle(workflowId, runId)
  return temporal.withDeadline(Date.now() + QUERY_MS, async () => {
    try {
      return JSON.stringify(await handle.query('__temporal_workflow_metadata'))
    } catch (error) {
      return inspect(error, { depth: 8 })
    }
  })
}

/** Logs: places by the names of their files. */
const LOGS: readonly (readonly [RegExp, PlaceName])[] = [
  [/^worker-\d+(\.out)?\.log$/, 'workerLog'],
  [/^traced-worker-\d+(\.out)?\.log$/, 'httpTrace'],
  [/^codec-server\.log$/, 'codecServerLog'],
  [/^temporal\.log$/, 'temporalLog'],
]
/** Files whose purpose is to hold a secret; the last is what the sandbox, as Eko, is told of its developers. */
const HOLD_SECRETS = /^\.local\/(keys\/|secrets\/|codec-token$|codec-capability$|developers\.json$)|^broken\/|^build\//
const DATABASE = 'temporal.db'

/** What stands on disk after everything has ended. */
export async function gatherFiles({ folder, local }: LeakStack, found: Found): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).replaceAll('\\', '/')
    if (HOLD_SECRETS.test(name)) continue
    const log = LOGS.find(([pattern]) => pattern.test(entry.name))
    const place = entry.name.startsWith(DATABASE) ? 'database' : (log?.[1] ?? 'files')
    // Its name is searched, too.
    found[place].push(Buffer.from(name), await readFile(path))
  }
  const wal = await readFile(join(local, `${DATABASE}-wal`)).catch(ifMissing)
  found.records.push(...sqliteRecords(await readFile(join(local, DATABASE)), wal))
}

function ifMissing(error: NodeJS.ErrnoException): Buffer {
  if (error.code === 'ENOENT') return Buffer.alloc(0)
  throw error
}

export function nothingFound(): Found & Material {
  return {
    ...{ history: [], historyDecoded: [], codecServer: [], temporalCli: [], database: [], records: [] },
    ...{
      visibility: [],
      details: [],
      failures: [],
      heartbeats: [],
      answers: [],
      errors: [],
      workerLog: [],
      httpTrace: [],
    },
    ...{ codecServerLog: [], temporalLog: [], metrics: [], cli: [], brokenStarts: [], files: [] },
  }
}
