import { spawn } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync, openSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { guard, prepareGuardian, signalGroup, unguard } from './guardian.js'

/** How a process ended: one of the two is set. */
export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A child process in a process group of its own, which never outlives this process. */
export interface ManagedProcess {
  readonly name: string
  /** Also the id of its process group. */
  readonly pid: number
  /** Settles, never rejects, once it has ended and its output has been read. */
  readonly exited: Promise<ProcessEnd>
  readonly running: boolean
  /** SIGTERM to the group, SIGKILL after `graceMs` (default 10 s); settles when it has ended. May be called twice. */
  stop(graceMs?: number): Promise<void>
  /** Any signal, to the whole group: SIGKILL as a crash, SIGSTOP and SIGCONT to freeze and thaw. */
  kill(signal: NodeJS.Signals): void
  /** The last lines it printed on either stream, oldest first. */
  lastLines(count: number): string[]
  /**
   * Waits for a line it prints, or has printed (of the last lines kept).
   * @throws Error with the last lines, when it ends first or `timeoutMs` (default 60 s) pass.
   */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>
}

export interface StartProcessOptions {
  /** For messages. */
  readonly name: string
  readonly command: string
  readonly args?: readonly string[]
  /** Added to this process's environment; `undefined` takes a name away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Both streams are appended here; folders are made, readable by the owner only. */
  readonly logFile?: string
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void
}

const LINES_KEPT = 400
const LONGEST_LINE = 16_384
const DEFAULT_GRACE_MS = 10_000
/** How long output may still trickle in after the end, where something outside the group holds the pipe. */
const OUTPUT_GRACE_MS = 1_000

const mergedEnvironment = (extra: StartProcessOptions['env']): NodeJS.ProcessEnv => {
  const merged: NodeJS.ProcessEnv = { ...process.env }
  for (const [name, value] of Object.entries(extra ?? {})) {
    if (value === undefined) delete merged[name]
    else merged[name] = value
  }
  return merged
}

const openLog = (path: string | undefined, onError: (message: string) => void): WriteStream | undefined => {
  if (path === undefined) return undefined
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const stream = createWriteStream(path, { fd: openSync(path, 'a', 0o600) })
  stream.on('error', (error) => onError(`[the log file ${path} cannot be written: ${error.message}]`))
  return stream
}

const describeEnd = ({ code, signal }: ProcessEnd): string =>
  signal === null ? `exit code ${String(code)}` : `signal ${signal}`

/** Settles after `ms`, or at once when `promise` does; answers whether the promise was first. */
const settledWithin = (promise: Promise<unknown>, ms: number): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    void promise.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })

/**
 * Starts a child process. It and what it starts end with it, and with this process, whatever ends this process.
 * @throws Error when the command cannot be started.
 */
export const startProcess = (options: StartProcessOptions): ManagedProcess => {
  const { name, command, args = [], cwd, onLine } = options
  const lines: string[] = []
  const listeners = new Set<(line: string) => void>()
  const keep = (line: string): void => {
    lines.push(line)
    if (lines.length > LINES_KEPT) lines.shift()
    for (const listener of listeners) listener(line)
  }

  prepareGuardian()
  const log = openLog(options.logFile, keep)
  const child = spawn(command, [...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: mergedEnvironment(options.env),
    ...(cwd === undefined ? {} : { cwd }),
  })
  // Without a listener a failed spawn would also raise an uncaught 'error' event; the failure is thrown below.
  child.on('error', (error) => keep(`[${name}: ${error.message}]`))
  const { pid } = child
  if (pid === undefined) {
    log?.end()
    const reason =
      cwd !== undefined && !existsSync(cwd)
        ? `its working folder ${cwd} does not exist`
        : `check that the command exists, is executable and, where it is a bare name, is on PATH`
    throw new Error(`${name} could not be started with the command ${command}: ${reason}`)
  }
  guard(pid)

  const read = (stream: Readable, which: 'stdout' | 'stderr'): void => {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (whole) => {
      const line = whole.length > LONGEST_LINE ? `${whole.slice(0, LONGEST_LINE)}…` : whole
      keep(line)
      log?.write(`${line}\n`)
      onLine?.(line, which)
    })
  }
  read(child.stdout, 'stdout')
  read(child.stderr, 'stderr')

  let running = true
  const outputClosed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false
      // What it started itself and left behind goes with it.
      signalGroup(pid, 'SIGKILL')
      unguard(pid)
      void settledWithin(outputClosed, OUTPUT_GRACE_MS).then(() => {
        child.stdout.destroy()
        child.stderr.destroy()
        const end = { code, signal }
        if (log === undefined) resolve(end)
        else log.end(() => resolve(end))
      })
    })
  })

  const kill = (signal: NodeJS.Signals): void => {
    if (running) signalGroup(pid, signal)
  }
  const lastLines = (count: number): string[] => lines.slice(-count)

  return {
    name,
    pid,
    exited,
    get running() {
      return running
    },
    kill,
    lastLines,
    async stop(graceMs = DEFAULT_GRACE_MS) {
      kill('SIGTERM')
      if (await settledWithin(exited, graceMs)) return
      kill('SIGKILL')
      await exited
    },
    waitForLine(pattern, timeoutMs = 60_000) {
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void): void => {
          clearTimeout(timer)
          listeners.delete(check)
          settle()
        }
        const fail = (why: string): void =>
          finish(() => reject(new Error(`${name} ${why}; it printed last:\n${lastLines(20).join('\n')}`)))
        const check = (line: string): boolean => {
          const match = line.match(pattern)
          if (match !== null) finish(() => resolve(match))
          return match !== null
        }
        const timer = setTimeout(() => fail(`printed no line like ${String(pattern)} in ${timeoutMs} ms`), timeoutMs)
        if (lines.some(check)) return
        listeners.add(check)
        void exited.then((end) => fail(`ended (${describeEnd(end)}) before a line like ${String(pattern)}`))
      })
    },
  }
}
