import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Order, Verdict } from './protocol.js'

/** After so many orders a worker is replaced, since modules that were loaded are not always freed. */
const ORDERS_PER_WORKER = 150

/** A process that tries one flip after the other. */
export interface Bench {
  judge(order: Order): Promise<Verdict>
  close(): void
}

/**
 * @param timeoutMs after which the tests of an order count as never ending; the process is killed then, and a new one
 *   takes the next order
 */
export function openBench(timeoutMs: number): Bench {
  let worker: ChildProcess | null = null
  let orders = 0

  function close(): void {
    worker?.kill('SIGKILL')
    worker = null
  }

  function ready(): ChildProcess {
    orders += 1
    if (worker && orders % ORDERS_PER_WORKER === 0) close()
    worker ??= fork(fileURLToPath(new URL('worker.ts', import.meta.url)), {
      execArgv: ['--experimental-vm-modules', '--no-warnings', '--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    return worker
  }

  return {
    close,
    async judge(order) {
      const current = ready()
      const giveUp = new AbortController()
      const timer = setTimeout(() => giveUp.abort(), timeoutMs)
      const { signal } = giveUp
      try {
        current.send(order)
        const [first] = (await Promise.race([
          once(current, 'message', { signal }),
          once(current, 'exit', { signal }).then(([code]: number[]) => [died(code)]),
        ])) as [Verdict]
        if (current.exitCode !== null || current.signalCode !== null) close()
        return first
      } catch (error) {
        if (!signal.aborted) throw error
        close()
        return { fate: 'NEVER_ENDED', by: null, message: `No end after ${timeoutMs / 1000} s.`, tests: 0 }
      } finally {
        clearTimeout(timer)
        giveUp.abort()
      }
    },
  }
}

function died(code: number | undefined): Verdict {
  return { fate: 'BROKEN', by: null, message: `The worker ended with ${code}.`, tests: 0 }
}
