import type { Runtime } from '@temporalio/worker'
import { WorkerConfigError, readWorkerConfig } from './config.js'
import { createLogger } from './logger.js'
import { summariseError } from './redact.js'
import { installRuntime } from './runtime.js'
import { startWorker } from './start.js'

/** How a worker process ends. */
export const EXIT_CODES = { stopped: 0, failed: 1, badConfiguration: 2 } as const

/** What standard output gets, once, when the worker polls: one JSON object on a line. */
export interface ReadyLine {
  readonly worker: 'ready'
  readonly pid: number
  readonly server: string
  readonly namespace: string
  readonly taskQueue: string
  readonly environment: string
}

/**
 * A worker process from its environment to its exit code. Logs go to standard error as JSON; standard output gets the
 * ready line only. Ends after SIGINT or SIGTERM, when calls in flight have finished.
 */
export async function runWorker(env: NodeJS.ProcessEnv): Promise<number> {
  let logger = createLogger()
  let runtime: Runtime | undefined
  try {
    const config = readWorkerConfig(env)
    logger = createLogger({ level: config.logLevel })
    runtime = installRuntime(config, logger)
    const { worker, close } = await startWorker(config, { logger, env })
    try {
      const running = worker.run()
      const ready: ReadyLine = {
        worker: 'ready',
        pid: process.pid,
        server: config.temporal.connection.address ?? '',
        namespace: config.temporal.namespace,
        taskQueue: config.taskQueue,
        environment: config.environment,
      }
      process.stdout.write(`${JSON.stringify(ready)}\n`)
      await running
    } finally {
      await close()
    }
    return EXIT_CODES.stopped
  } catch (error) {
    if (error instanceof WorkerConfigError) {
      process.stderr.write(`${error.message}\n`)
      return EXIT_CODES.badConfiguration
    }
    const failure = error instanceof Error ? error : new Error(String(error))
    logger.error('The worker failed', { error: failure })
    process.stderr.write(`The worker failed: ${summariseError(failure).message}\n`)
    return EXIT_CODES.failed
  } finally {
    // The SDK does this with the last worker; where none came to be, the process would stay.
    await runtime?.shutdown()
  }
}
