import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client'
import { type Counted, limitIds } from '../../activities/limits/keys.js'
import type { Dispatch, JourneyReserved, Reserved } from '../../activities/limits/index.js'
import { dataConverterOf } from '../../secrets/index.js'
import type { ReserveAnswer } from '../../workflows/limit-messages.js'
import { type ManagedProcess, startProcess } from '../../stack/processes.js'
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../stack/temporal-server.js'

const WORKER = fileURLToPath(new URL('./limit-worker.ts', import.meta.url))

/** A real server, and workers as processes that ask the limits from activities. */
export class LimitStack {
  readonly taskQueue = `limits-${randomUUID().slice(0, 8)}`
  readonly idKey = randomBytes(32)
  readonly ids = limitIds(this.idKey, this.taskQueue)
  private readonly workers: ManagedProcess[] = []

  private constructor(
    /** Of the server's data; null where the server is another's. */
    private readonly folder: string | null,
    private server: TemporalServer,
    private readonly connection: Connection,
  ) {}

  static async start(): Promise<LimitStack> {
    const folder = await mkdtemp(join(tmpdir(), 'limits-'))
    const server = await startServer(folder)
    return new LimitStack(folder, server, await Connection.connect({ address: server.address }))
  }

  /** The same server, with a queue and workers of its own; stop it before the one it stands beside. */
  beside(): LimitStack {
    return new LimitStack(null, this.server, this.connection)
  }

  get client(): Client {
    return new Client({ connection: this.connection, dataConverter: dataConverterOf(null) })
  }

  /** @param buildId turns worker versioning on; nothing starts before the build is made current */
  async startWorker(buildId?: string): Promise<ManagedProcess> {
    const settings = [this.server.address, this.taskQueue, this.idKey.toString('hex')]
    const worker = startProcess({
      name: 'limit worker',
      command: process.execPath,
      args: [...['--import', 'tsx', WORKER], ...settings, ...(buildId === undefined ? [] : [buildId])],
      env: { NODE_OPTIONS: '' },
    })
    this.workers.push(worker)
    await worker.waitForLine(/^polls$/)
    return worker
  }

  /** SIGKILL, and the same data on the same port again. */
  async restartServer(): Promise<void> {
    if (this.folder === null) throw new Error('Restart the server by the stack that started it.')
    const { port } = this.server
    this.server.kill('SIGKILL')
    await this.server.exited
    this.server = await startServer(this.folder, port)
  }

  reserveDispatch(dispatch: Dispatch): Promise<Reserved> {
    return this.ask('reserveDispatch', dispatch)
  }
  releaseDispatch(dispatch: Dispatch): Promise<void> {
    return this.ask('releaseDispatch', dispatch)
  }
  reserveJourney(journey: unknown): Promise<JourneyReserved> {
    return this.ask('reserveJourney', journey)
  }

  /** Asks a limit without an activity. */
  reserve(workflowId: string, place: unknown): Promise<ReserveAnswer> {
    const startWorkflowOperation = new WithStartWorkflowOperation('onboardingLimit', {
      ...{ workflowId, taskQueue: this.taskQueue, args: [], workflowIdConflictPolicy: 'USE_EXISTING' },
    })
    return this.client.workflow.executeUpdateWithStart('reserve', { args: [place], startWorkflowOperation })
  }

  /** By an activity of a workflow of its own. */
  private ask<T>(method: string, request: unknown): Promise<T> {
    const workflowId = `asking-${randomUUID()}`
    return this.client.workflow.execute('asking', {
      ...{ taskQueue: this.taskQueue, workflowId, args: [method, request], workflowExecutionTimeout: '60 s' },
    }) as Promise<T>
  }

  /** Places held, as the limit's query tells: all of them, or those of one subject. */
  held({ workflowId, subject }: Counted): Promise<Record<string, number>> {
    const args: [string?] = subject === undefined ? [] : [subject]
    return this.client.workflow.getHandle(workflowId).query('reservations', ...args)
  }

  /** When the timer of a limit will fire, in ms since the epoch. */
  async lastPlaceFreesAt(workflowId: string): Promise<number> {
    const { events } = await this.client.workflow.getHandle(workflowId).fetchHistory()
    const timer = events?.findLast(({ timerStartedEventAttributes }) => timerStartedEventAttributes)
    const after = timer?.timerStartedEventAttributes?.startToFireTimeout
    return msOf(timer?.eventTime) + msOf(after)
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()))
    if (this.folder === null) return
    await this.connection.close()
    await this.server.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}

async function startServer(folder: string, port?: number): Promise<TemporalServer> {
  const { path } = await findTemporalCli((line) => void process.stderr.write(`${line}\n`))
  const dbFile = join(folder, 'temporal.db')
  return startTemporalServer({
    cliPath: path,
    dbFile,
    headless: true,
    usualPorts: false,
    ...(port !== undefined && { port }),
  })
}

function msOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6
}

let numbers = 0
/** A dispatch of a sender OTP to a mobile that nobody else has; made-up digits. */
export function newDispatch(changes: Partial<Dispatch> = {}): Dispatch {
  const mobile = String(6_000_000_000 + (numbers += 1))
  return {
    ...{ id: randomUUID(), turn: 1, purpose: 'SENDER', mobile },
    quota: { perWindow: 3, windowSeconds: 600, perDay: 6 },
    ...changes,
  }
}
