import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findTemporalCli, temporalCacheFolder } from '../../stack/find-temporal.js'
import { binOf, endCurrent, run } from './command.js'
import { type Count, countOf, type JestResult } from './jest-count.js'

/**
 * `npm test`: everything that a clean machine can prove. Ends with one line `N passed, N failed`, where a stage counts
 * as one and so does a test; exits with 1 on any failure. With arguments, jest runs on them and nothing else does.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** How long jest may stay after its result is written; past it, a test has left something open. */
const EXIT_WITHIN_MS = 30_000

/** Folders of tests that need no Temporal server, and so run while one is built. */
const WITHOUT_SERVER = [
  ...['values', 'secrets', 'journey', 'tenants', 'eko', 'activities', 'gate', 'mutation', 'recipients', 'sandbox'],
  'transfer',
]
/** Each in a run of its own, the machine to itself: they start and kill many processes. */
const LAST = ['leak', 'e2e', 'chaos']

const total = { passed: 0, failed: 0 }
let interrupted = false

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Test files that run at the same time: those beside a server wait for it much of the time. */
const AT_ONCE = { withoutServer: 2, withServer: 3 } as const

/** Runs a stage, says how it went and how long it took. What a stage throws fails that stage only. */
async function stage(name: string, work: () => Promise<Count>): Promise<void> {
  if (interrupted) return
  say(`\n── ${name}`)
  const since = Date.now()
  const count = await work().catch((error: unknown): Count => {
    say(error instanceof Error ? error.message : String(error))
    return { passed: 0, failed: 1 }
  })
  total.passed += count.passed
  total.failed += count.failed
  say(`── ${name}: ${count.failed === 0 ? 'ok' : 'FAILED'}, ${((Date.now() - since) / 1_000).toFixed(1)} s`)
}

/** A program run by this Node; what it says is shown where it fails. */
async function check(file: string, ...args: string[]): Promise<Count> {
  const { code, output } = await run({ program: process.execPath, args: [file, ...args], output: 'kept' })
  if (code === 0) return { passed: 1, failed: 0 }
  say(output.trimEnd())
  return { passed: 0, failed: 1 }
}

async function jest(args: readonly string[], env: NodeJS.ProcessEnv = {}, atOnce = 1): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), 'verify-'))
  const resultFile = join(folder, 'result.json')
  const readResult = async (): Promise<JestResult | null> => {
    if (!existsSync(resultFile)) return null
    return JSON.parse(await readFile(resultFile, 'utf8')) as JestResult
  }
  const overdue = watchForExit(resultFile)
  try {
    const { code } = await run({
      program: process.execPath,
      args: [
        binOf(ROOT, 'jest'),
        atOnce === 1 ? '--runInBand' : `--maxWorkers=${atOnce}`,
        '--json',
        `--outputFile=${resultFile}`,
        ...args,
      ],
      env: { ...process.env, ...env, NODE_OPTIONS: '--experimental-vm-modules --no-warnings' },
      output: 'shown',
    })
    return countOf(
      await readResult(),
      code,
      args.some((arg) => /^(-t|--testNamePattern)/.test(arg)),
    )
  } finally {
    clearInterval(overdue)
    await rm(folder, { recursive: true, force: true })
  }
}

/** Ends jest where it stays although its result is written; the missing exit code then counts as a failure. */
function watchForExit(resultFile: string): NodeJS.Timeout {
  let writtenAt: number | undefined
  return setInterval(() => {
    if (!existsSync(resultFile)) return
    writtenAt ??= Date.now()
    if (Date.now() - writtenAt < EXIT_WITHIN_MS) return
    say('A test has left something open: jest does not end by itself.')
    endCurrent('SIGKILL')
  }, 2_000)
}

/** The folders under test/ that hold tests. */
async function suites(): Promise<string[]> {
  const files = await readdir(join(ROOT, 'test'), { recursive: true })
  return [
    ...new Set(files.filter((file) => file.endsWith('.test.ts')).map((file) => file.split(/[\\/]/)[0] ?? '')),
  ].sort()
}

async function everything(): Promise<void> {
  // It may take minutes on a machine that has none yet; the checks need no server and go on meanwhile.
  const finding = findTemporalCli((line) => say(`   ${line}`)).then(
    (cli) => ({ cli }),
    (error: unknown) => ({ error }),
  )
  await Promise.all([
    stage('lint', () => check(binOf(ROOT, 'eslint'), '--max-warnings=0', '.')),
    stage('format', () => check(binOf(ROOT, 'prettier'), '--check', '.')).then(() =>
      stage('types', () => check(binOf(ROOT, 'typescript', 'tsc'), '--noEmit')),
    ),
  ])
  await stage('build', () => check(binOf(ROOT, 'tsx'), join(ROOT, 'stack/build.ts')))
  const all = await suites()
  const [withoutServer, withServer] = [
    all.filter((suite) => WITHOUT_SERVER.includes(suite)),
    all.filter((suite) => !WITHOUT_SERVER.includes(suite) && !LAST.includes(suite)),
  ]
  await suiteStage(withoutServer, AT_ONCE.withoutServer)
  // Without a server, what needs one fails at this path at once, instead of looking for one again and again.
  let cliPath = join(temporalCacheFolder(), 'temporal')
  await stage('Temporal server', async () => {
    const found = await finding
    if ('error' in found) throw found.error
    cliPath = found.cli.path
    say(`   ${found.cli.version}, from ${found.cli.origin}`)
    return { passed: 1, failed: 0 }
  })
  const env = { TEMPORAL_CLI_PATH: cliPath }
  for (const together of [withServer, ...LAST.map((one) => [one])]) await suiteStage(together, AT_ONCE.withServer, env)
}

async function suiteStage(names: readonly string[], atOnce: number, env: NodeJS.ProcessEnv = {}): Promise<void> {
  // Without a name jest would run all tests there are.
  if (names.length === 0) return
  await stage(`tests: ${names.join(', ')}`, () =>
    jest(
      names.map((name) => `test/${name}/`),
      env,
      atOnce,
    ),
  )
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    interrupted = true
    total.failed += 1
    endCurrent(signal)
  })

process.chdir(ROOT)
const patterns = process.argv.slice(2)
if (patterns.length > 0) await stage(`tests: ${patterns.join(' ')}`, () => jest(patterns))
else await everything()
say(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
