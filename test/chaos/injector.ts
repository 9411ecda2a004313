import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationName } from '../../sandbox/index.js'
import type { ChaosStack, DialectWorld } from './chaos-stack.js'
import { EKO_TIMEOUT_MS } from './chaos-stack.js'
import type { Subject } from './chaos-sandbox.js'
import type { Kind, ProcessKind } from './kinds.js'
import type { Tally } from './tally.js'
import type { PooledWorker } from './workers.js'

/** One call of one journey, to be struck while it is in flight. */
export interface Target {
  readonly world: DialectWorld
  readonly subject: Subject
  readonly operation: OperationName
  readonly workflowId: string
}

/** How long a frozen worker stays frozen, ms: its attempt times out 5 s after Eko’s timeout, and somebody else has it. */
const FROZEN_MS = EKO_TIMEOUT_MS + 5_000 + 800
/** At a step boundary a short freeze is enough to miss a turn. */
const SHORT_FREEZE_MS = 1_500
/** A worker that was told to end is killed after this, ms. */
const LONGEST_SHUTDOWN_MS = 20_000
const CALL_WITHIN_MS = 10_000

/** How late Eko answers the call that is struck, ms: less than its timeout. */
const LATE_MS = 1_100
/** What whoever stops processes gives a worker after SIGTERM in `workerTermKillInCall`, ms: less than that. */
const SHORT_GRACE_MS = 300

/** Strikes processes: one at a time, so that what follows from each can be told. */
export class Injector {
  #turn: Promise<unknown> = Promise.resolve()
  #strikes = 0
  /** What went wrong with striking itself. */
  readonly troubles: string[] = []
  /** Blows that did not fall, and why: they are tried again elsewhere. */
  readonly misses: string[] = []

  constructor(
    private readonly stack: ChaosStack,
    private readonly tally: Tally,
    private readonly report: (line: string) => void,
  ) {}

  /**
   * Makes Eko late for a call, does what leads to the call, and strikes between Eko's commit and the answer.
   * Answers what the act came to, and whether the blow fell. It counts as `countAs`.
   */
  async strikeInCall<T>(
    kind: ProcessKind,
    target: Target,
    act: () => Promise<T>,
    countAs: Kind = kind,
  ): Promise<{ done: T; hit: boolean }> {
    const { acting, hit } = await this.exclusively(async () => {
      const { sandbox } = target.world
      const after = await sandbox.lastSeq(target.subject.mobile)
      await sandbox.aim(target.subject, { fault: 'delayAfterCommit', ms: LATE_MS, operation: target.operation })
      const acting = act()
      // Whoever asked awaits it; until then a failure is not unheard.
      acting.catch(() => undefined)
      const call = await sandbox.untilOpenCall(target.subject, target.operation, {
        ...{ after, over: acting, timeoutMs: CALL_WITHIN_MS },
      })
      const hit = call !== undefined && (await this.#blow(kind, target, countAs))
      if (!hit) this.misses.push(`${countAs} at ${target.operation}: ${call ? 'no worker had it' : 'no call came'}`)
      return { acting, hit }
    })
    return { done: await acting, hit }
  }

  /** Strikes a worker between two calls; the journey goes on meanwhile. */
  strikeAtBoundary(kind: ProcessKind): void {
    void this.exclusively(async () => {
      const { workers } = this.stack.workers
      const worker = workers[this.#strikes % workers.length]
      if (!worker) return
      this.tally.count(kind, false)
      if (kind === 'workerStop') await this.#freeze(worker, SHORT_FREEZE_MS)
      else await this.#end(worker, kind === 'workerTerm' ? 'SIGTERM' : 'SIGKILL')
    }).catch((error: unknown) => this.troubles.push(`${kind}: ${String(error)}`))
  }

  /** Waits until nothing is being struck. */
  async settled(): Promise<void> {
    await this.#turn
  }

  async #blow(kind: ProcessKind, target: Target, countAs: Kind): Promise<boolean> {
    const isOpen = async (): Promise<boolean> =>
      (await target.world.sandbox.openCall(target.subject, target.operation)) !== undefined
    if (kind === 'serverKillInCall') {
      const restarting = this.stack.restartServer()
      const inFlight = await isOpen()
      this.tally.count(countAs, inFlight)
      await restarting
      return inFlight
    }
    const worker = await this.#workerOf(target)
    if (!worker) return false
    if (kind === 'workerStopInCall') {
      const frozen = this.#freeze(worker, FROZEN_MS)
      const inFlight = await isOpen()
      this.tally.count(countAs, inFlight)
      await frozen
      return inFlight
    }
    const ended = this.#end(worker, kind === 'workerKillInCall' ? 'SIGKILL' : 'SIGTERM')
    if (kind === 'workerTermKillInCall') {
      await sleep(SHORT_GRACE_MS)
      worker.process.kill('SIGKILL')
    }
    const inFlight = await isOpen()
    this.tally.count(countAs, inFlight)
    await ended
    return inFlight
  }

  /** The worker that Temporal says has the journey's activity. */
  async #workerOf({ world, workflowId }: Target): Promise<PooledWorker | undefined> {
    const { raw } = await world.client.temporal.workflow.getHandle(workflowId).describe()
    const pids = (raw.pendingActivities ?? []).map(({ lastWorkerIdentity }) =>
      Number.parseInt(lastWorkerIdentity ?? ''),
    )
    return pids.map((pid) => this.stack.workers.byPid(pid)).find((worker) => worker !== undefined)
  }

  async #freeze({ process: worker }: PooledWorker, ms: number): Promise<void> {
    worker.kill('SIGSTOP')
    await sleep(ms)
    worker.kill('SIGCONT')
  }

  async #end(worker: PooledWorker, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    worker.process.kill(signal)
    const timer = setTimeout(() => {
      this.troubles.push(`${worker.process.name} did not end within ${LONGEST_SHUTDOWN_MS} ms after ${signal}`)
      worker.process.kill('SIGKILL')
    }, LONGEST_SHUTDOWN_MS)
    await this.stack.workers.replace(worker).finally(() => clearTimeout(timer))
  }

  /** Runs it when nothing else is being struck, and lets nothing be struck meanwhile. */
  async exclusively<T>(strike: () => Promise<T>): Promise<T> {
    const before = this.#turn
    const mine = before.then(async () => {
      this.#strikes += 1
      return strike()
    })
    this.#turn = mine.catch((error: unknown) => this.report(`a strike failed: ${String(error)}`))
    return mine
  }
}
