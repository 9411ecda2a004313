import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ManagedProcess, startProcess } from '../../stack/processes.js'
import type { PatchedBuild } from '../../stack/patched-build.js'

/** Loaded before the worker by a worker whose clock is off. */
export const SKEWED_CLOCK = 'test/chaos/skewed-clock.ts'

/** How far the clock of a skewed worker is off, ms; Eko takes two minutes either way. */
const SKEW_MS = 180_000

export interface PooledWorker {
  readonly process: ManagedProcess
  readonly slot: number
}

export interface WorkerPool {
  /** Workers that run now. */
  readonly workers: readonly PooledWorker[]
  /** The worker with this process id. */
  byPid(pid: number): PooledWorker | undefined
  bySlot(slot: number): PooledWorker | undefined
  /** Stops nothing: waits until a worker that was made to end has ended, and starts its successor. */
  replace(worker: PooledWorker): Promise<void>
  /** How many workers were started with a clock that is off. */
  readonly skewed: number
  /** Workers that ended although nobody made them: what they printed last. Each has its successor, as anywhere. */
  readonly deaths: readonly string[]
  stop(): Promise<void>
}

export interface PoolOptions {
  readonly build: PatchedBuild
  readonly size: number
  readonly env: Readonly<Record<string, string>>
  readonly logs: string
}

/** So many workers on one queue. The last one's clock is 3 minutes off: fast, then slow, and so on as it is replaced. */
export async function startWorkers({ build, size, env, logs }: PoolOptions): Promise<WorkerPool> {
  const workers = new Map<number, PooledWorker>()
  const deaths: string[] = []
  const expected = new Set<ManagedProcess>()
  let started = 0
  let skewed = 0
  let stopped = false

  async function start(slot: number): Promise<void> {
    started += 1
    const name = `worker-${slot}-${started}`
    const isSkewed = slot === size - 1
    const offset = skewed % 2 === 0 ? SKEW_MS : -SKEW_MS
    if (isSkewed) skewed += 1
    const process_ = startProcess({
      name,
      command: process.execPath,
      args: [
        ...(isSkewed ? ['--import', pathToFileURL(build.compiled(SKEWED_CLOCK)).href] : []),
        ...['--enable-source-maps', build.program('worker/main')],
      ],
      env: { ...env, ...(isSkewed && { CHAOS_CLOCK_OFFSET_MS: String(offset) }) },
      logFile: join(logs, `${name}.log`),
    })
    const worker: PooledWorker = { process: process_, slot }
    workers.set(slot, worker)
    void process_.exited.then(({ code, signal }) => {
      if (stopped || expected.has(process_)) return
      const last = process_.lastLines(25).join(' | ')
      deaths.push(`${name} ended by itself (${signal ?? `exit code ${String(code)}`}): ${last}`)
      if (workers.get(slot) === worker) start(slot).catch((error: unknown) => deaths.push(String(error)))
    })
    await process_.waitForLine(/"worker":"ready"/)
  }

  const pool: WorkerPool = {
    get workers() {
      return [...workers.values()]
    },
    byPid: (pid) => [...workers.values()].find((worker) => worker.process.pid === pid),
    bySlot: (slot) => workers.get(slot),
    async replace(worker) {
      expected.add(worker.process)
      await worker.process.exited
      if (!stopped && workers.get(worker.slot) === worker) await start(worker.slot)
    },
    get skewed() {
      return skewed
    },
    deaths,
    async stop() {
      stopped = true
      for (const { process: worker } of workers.values()) worker.kill('SIGCONT')
      await Promise.all([...workers.values()].map((worker) => worker.process.stop(3_000)))
    },
  }
  try {
    await Promise.all(Array.from({ length: size }, (_, slot) => start(slot)))
  } catch (error) {
    await pool.stop()
    throw error
  }
  return pool
}
