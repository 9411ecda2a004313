import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findTemporalCli, temporalCacheFolder } from '../../stack/find-temporal.js'
import { run } from './command.js'
import { type Count, countOf, type JestResult } from './jest-count.js'

/**
 * `npm test`: everything that a clean machine can prove. Ends with one line `N passed, N failed`, where each stage
 * counts as one and each test as one; exits with 1 on any failure. With arguments it runs jest on them alone.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)
/** How long jest may stay after its result is written: a test has left something open. */
const EXIT_WITHIN_MS = 30_000

/** What needs nothing first, what kills processes last; a folder that is not named here runs between. */
const FIRST = ['values', 'secrets', 'journey', 'tenants', 'eko', 'docs']
const LAST = ['replay', 'e2e', 'chaos']

let child: number | undefined
let interrupted = false

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Runs a stage and says how it went and how long it took. Nothing that a stage throws ends the others. */
async function timed(name: string, stage: () => Promise<Count>): Promise<Count> {
  if (interrupted) return { passed: 0, failed: 0 }
  say(`\n── ${name}`)
  const since = Date.now()
  const count = await stage().catch((error: unknown): Count => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return { passed: 0, failed: 1 }
  })
  say(`── ${name}: ${count.failed === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - since) / 1_000).toFixed(1)} s`)
  return count
}

const keepChild = (pid: number | undefined): void => {
  child = pid
}

/** A program of a package, run by this Node; its output is shown where it fails. */
async function program(bin: string, ...args: string[]): Promise<Count> {
  const { code, output } = await run({
    program: process.execPath,
    args: [binOf(bin), ...args],
    output: 'kept',
    onProcess: keepChild,
  })
  if (code === 0) return { passed: 1, failed: 0 }
  say(output.trimEnd())
  return { passed: 0, failed: 1 }
}

function binOf(name: string): string {
  const manifestPath = join(ROOT, 'node_modules', name, 'package.json')
  const { bin } = require(manifestPath) as { bin: string | Record<string, string> }
  const file = typeof bin === 'string' ? bin : (bin[name] ?? bin[name === 'typescript' ? 'tsc' : name])
  return join(dirname(manifestPath), file ?? '')
}

async function jest(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), 'verify-'))
  const resultFile = join(folder, 'result.json')
  let overdue: NodeJS.Timeout | undefined
  const read = async (): Promise<JestResult | null> =>
    JSON.parse(await readFile(resultFile, 'utf8').catch(() => 'null')) as JestResult | null
  const watch = setInterval(() => {
    void read().then((result) => {
      if (result && child !== undefined) overdue ??= setTimeout(endChild, EXIT_WITHIN_MS)
    })
  }, 5_000)
  try {
    const { code } = await run({
      program: process.execPath,
      args: [binOf('jest'), '--runInBand', '--json', `--outputFile=${resultFile}`, ...args],
      env: { ...process.env, ...env, NODE_OPTIONS: '--experimental-vm-modules --no-warnings' },
      output: 'shown',
      onProcess: keepChild,
    })
    const chosenByName = args.some((arg) => /^(-t|--testNamePattern)/.test(arg))
    return countOf(await read(), code, chosenByName)
  } finally {
    clearInterval(watch)
    clearTimeout(overdue)
    await rm(folder, { recursive: true, force: true })
  }
}
