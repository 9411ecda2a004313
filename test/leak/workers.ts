import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, LOOPBACK } from '../../stack/ports.js'
import { type ManagedProcess, startProcess } from '../../stack/processes.js'
import type { PatchedBuild } from '../../stack/patched-build.js'

/** What Node and the HTTP library print of themselves when they are asked to. */
export const TRACED = 'http,https,http2,net,tls,stream,undici'

interface LeakWorker {
  readonly process: ManagedProcess
  readonly metrics: string
}

/** The workers of a run. Those that are traced let Node print what its HTTP client does, beside their own log. */
export class LeakWorkers {
  readonly #running: LeakWorker[] = []
  /** What the metrics endpoints said before their workers ended. */
  readonly scraped: string[] = []
  #started = 0

  constructor(
    private readonly build: PatchedBuild,
    private readonly env: Readonly<Record<string, string>>,
    private readonly logs: string,
  ) {}

  async start(traced: boolean): Promise<void> {
    this.#started += 1
    const name = `${traced ? 'traced-worker' : 'worker'}-${this.#started}`
    const address = `${LOOPBACK}:${await freePort()}`
    const logFile = join(this.logs, `${name}.log`)
    const worker = startProcess({
      name,
      // Standard error goes to its file as it is: lines of any length.
      command: '/bin/sh',
      args: [
        ...['-c', 'exec "$0" "$@" 2>>"$LEAK_LOG"', process.execPath],
        ...['--enable-source-maps', this.build.program('worker/main')],
      ],
      env: {
        ...this.env,
        ...(traced && { NODE_DEBUG: TRACED }),
        LEAK_LOG: logFile,
        ONBOARDING_METRICS_ADDRESS: address,
      },
      logFile: join(this.logs, `${name}.out.log`),
    })
    this.#running.push({ process: worker, metrics: `http://${address}/metrics` })
    await worker.waitForLine(/"worker":"ready"/).catch(async (error: unknown) => {
      throw new Error(`${name} did not start: ${await readFile(logFile, 'utf8')}`, { cause: error })
    })
  }

  /** Kills the worker with this process id by SIGKILL and starts another one. */
  async crash(pid: number): Promise<void> {
    const worker = this.#running.find((running) => running.process.pid === pid)
    if (!worker) throw new Error(`No worker of this run has the process id ${pid}.`)
    await this.#scrape(worker)
    this.#running.splice(this.#running.indexOf(worker), 1)
    worker.process.kill('SIGKILL')
    await worker.process.exited
    await this.start(worker.process.name.startsWith('traced'))
  }

  async scrape(): Promise<void> {
    for (const worker of this.#running) await this.#scrape(worker)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((worker) => worker.process.stop()))
  }

  async #scrape({ metrics }: LeakWorker): Promise<void> {
    this.scraped.push(await (await fetch(metrics)).text())
  }
}
