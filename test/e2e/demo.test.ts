import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals'
import { DIALECTS } from '../../sandbox/index.js'
import { runDemo } from '../../stack/demo-run.js'
import { jsonVoice } from '../../stack/demo-voice.js'
import { startLocalStack } from '../../stack/local-stack.js'
import { type ManagedProcess, startProcess } from '../../stack/processes.js'
import { SandboxControl } from '../../stack/sandbox-control.js'
import { isBuildFresh } from '../support/fresh-build.js'
import { newFolder, removeFolders, ROOT } from '../stack/support.js'

jest.setTimeout(240_000)

const READY_MS = 120_000
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

interface Run {
  readonly process: ManagedProcess
  readonly stdout: string[]
  readonly stderr: string[]
  /** Where it makes its own folders. */
  readonly temporary: string
}

/** Where tsx keeps what it has compiled: without, each run would compile everything anew. */
const COMPILED = `tsx-${process.geteuid?.()}`
const compiled = (): string => {
  const folder = join(tmpdir(), COMPILED)
  mkdirSync(folder, { recursive: true })
  return folder
}

const running: ManagedProcess[] = []

const run = (program: string, args: readonly string[], cwd = ROOT): Run => {
  const [stdout, stderr]: [string[], string[]] = [[], []]
  const temporary = newFolder()
  symlinkSync(compiled(), join(temporary, COMPILED))
  const process = startProcess({
    name: program,
    command: globalThis.process.execPath,
    args: ['--import', TSX, join(ROOT, program), ...args],
    cwd,
    env: { TMPDIR: temporary, NODE_OPTIONS: undefined, FORCE_COLOR: undefined },
    onLine: (line, stream) => (stream === 'stdout' ? stdout : stderr).push(line),
  })
  running.push(process)
  return { process, stdout, stderr, temporary }
}

/** The folder of a run; the Temporal client library may put its own things beside it. */
const ownFolders = (temporary: string): string[] =>
  readdirSync(temporary).filter((name) => name.startsWith('onboarding-demo-'))

const childrenOf = (pid: number): { pid: number; command: string }[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, child = '', parent = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      return Number(parent) === pid ? [{ pid: Number(child), command }] : []
    })

const events = ({ stdout }: Run): Record<string, unknown>[] =>
  stdout.map((line) => JSON.parse(line) as Record<string, unknown>)

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  )

afterEach(async () => {
  for (const process of running.splice(0)) await process.stop()
})
afterAll(removeFolders)

describe('npm run demo -- --json', () => {
  it.each(DIALECTS)('takes five senders a rail to the end, as the ledger says, in the dialect %s', async (dialect) => {
    const demo = run('stack/demo.ts', ['--json', '--dialect', dialect])
    const end = await demo.process.exited
    const told = events(demo)
    const smsSent = { 'portal-2026': 52, 'docs-2025': 52, wlc: 53 }[dialect]
    const money = { transfers: 10, debits: 7, refunds: 3 }
    expect(told.at(-1)).toEqual({ summary: { journeys: 10, completed: 10, smsSent, ...money, ledgerAgrees: true } })
    expect(end).toEqual({ code: 0, signal: null })
    const verdicts = told.filter(({ event }) => event === 'verdict')
    expect(verdicts.map(({ rail, result, differences }) => [rail, result, differences])).toEqual([
      ...Array.from({ length: 5 }, () => ['digikhata', 'COMPLETED (full)', []]),
      ...Array.from({ length: 5 }, () => ['levin', 'COMPLETED (full)', []]),
    ])
    const outcomes = told.map(({ outcome }) => outcome)
    for (const trouble of ['WRONG_CODE', 'DISPATCH_UNCERTAIN', 'VERIFICATION_UNCERTAIN'])
      expect(outcomes).toContain(trouble)
    expect(ownFolders(demo.temporary)).toEqual([])
    // No code, no mobile, no Aadhaar number, no PAN.
    for (const line of demo.stdout) expect(line).not.toMatch(/\b\d{6}\b|\b\d{10}\b|\b\d{12}\b|[A-Z]{5}\d{4}[A-Z]/)
  })
})

describe('npm run demo', () => {
  it('tells its story in lines of at most 120 columns, stays up with --keep until Ctrl-C, and leaves nothing behind', async () => {
    const demo = run('stack/demo.ts', ['--keep'])
    const [, inbox = ''] = await demo.process.waitForLine(/^SMS inbox +(http\S+)$/, READY_MS)
    await demo.process.waitForLine(/Ctrl-C/, READY_MS)
    expect(await answers(inbox)).toBe(true)
    demo.process.kill('SIGINT')
    expect(await demo.process.exited).toEqual({ code: 0, signal: null })
    expect(await answers(inbox)).toBe(false)
    expect(ownFolders(demo.temporary)).toEqual([])
    // Without colours, where nobody sees them.
    const text = demo.stdout.join('\n')
    expect(text).toContain('10 of 10 journeys completed, 52 SMS sent.')
    expect(text).toContain('10 transfers, 7 debits, 3 refunds.')
    expect(text).not.toContain('\u001b')
    expect(demo.stdout.filter((line) => line.length > 120)).toEqual([])
  })

  it('ends with 130 and leaves nothing behind, when it is interrupted in the middle', async () => {
    const demo = run('stack/demo.ts', ['--json', '--pace', '1000'])
    await demo.process.waitForLine(/"event":"step"/, READY_MS)
    const { inbox } = events(demo).find(({ event }) => event === 'ready') ?? {}
    demo.process.kill('SIGINT')
    expect(await demo.process.exited).toEqual({ code: 130, signal: null })
    expect(await answers(String(inbox))).toBe(false)
    expect(ownFolders(demo.temporary)).toEqual([])
    expect(demo.stdout.join('\n')).not.toContain('"failed"')
  })

  it('names the part that has ended by itself, keeps the logs and ends with 1', async () => {
    const demo = run('stack/demo.ts', ['--json', '--pace', '1000'])
    await demo.process.waitForLine(/"event":"step"/, READY_MS)
    const worker = childrenOf(demo.process.pid).find(({ command }) => command.includes('worker/main'))
    process.kill(worker?.pid ?? 0, 'SIGKILL')
    expect((await demo.process.exited).code).toBe(1)
    const [folder = 'none'] = ownFolders(demo.temporary)
    expect(demo.stderr.join('\n')).toMatch(/The worker has ended by a signal/)
    expect(demo.stderr.join('\n')).toContain(folder)
    expect(readdirSync(join(demo.temporary, folder))).toEqual(
      expect.arrayContaining(['worker.log', 'sandbox.log', 'temporal.log']),
    )
  })

  it('explains itself, and refuses a dialect that does not exist', async () => {
    const help = run('stack/demo.ts', ['--help'])
    expect((await help.process.exited).code).toBe(0)
    expect(help.stdout.join('\n')).toMatch(/--json[\s\S]*--keep/)
    const wrong = run('stack/demo.ts', ['--dialect', 'latin'])
    expect((await wrong.process.exited).code).toBe(1)
    expect(wrong.stderr.join('\n')).toContain('portal-2026, docs-2025, wlc')
  })
})

describe('a scene that fails', () => {
  it('does not hide the others, and the judge says what differs', async () => {
    const told: string[] = []
    const stack = await startLocalStack({
      ...{ folder: newFolder(), report: () => undefined, built: isBuildFresh() },
      ...{ persistent: false, ui: false },
    })
    try {
      const sandbox = new SandboxControl(stack.sandboxUrl)
      const { numbers } = await sandbox.scenarios()
      // Asha's: Eko says that her PAN belongs to somebody else.
      await sandbox.addFaults({ fault: 'panRefused', mobile: numbers.mobiles[0] })
      const voice = jsonVoice(
        (line) => told.push(line),
        () => undefined,
      )
      const { agrees, verdicts } = await runDemo(stack, 'portal-2026', 0, voice)
      expect(agrees).toBe(false)
      expect(verdicts.filter(({ differences }) => differences.length > 0).map(({ sender }) => sender)).toEqual(['Asha'])
      expect(told.find((line) => line.includes('"failed"'))).toMatch(/Asha.*IDENTITY_ALREADY_USED/)
      expect(JSON.parse(told.at(-1) ?? '')).toMatchObject({
        summary: { ...{ journeys: 10, completed: 9, transfers: 9 }, ledgerAgrees: false },
      })
    } finally {
      await stack.stop()
    }
  })
})

describe('npm run dev', () => {
  it('stays up for the CLI, refuses a second one in the same folder, and ends with one Ctrl-C', async () => {
    const folder = newFolder()
    const dev = run('stack/dev.ts', [], folder)
    await dev.process.waitForLine(/Everything is up/, READY_MS)
    const cli = run('client/cli/main.ts', ['list', '--json'], folder)
    expect([(await cli.process.exited).code, cli.stdout.length]).toEqual([0, 1])
    expect(JSON.parse(cli.stdout.join(''))).toEqual({ journeys: [] })
    const second = run('stack/dev.ts', [], folder)
    expect((await second.process.exited).code).toBe(1)
    expect(second.stderr.join('\n')).toContain(`process ${dev.process.pid}`)
    dev.process.kill('SIGINT')
    expect(await dev.process.exited).toEqual({ code: 0, signal: null })
    expect(readdirSync(join(folder, '.local'))).not.toContain('dev.lock')
  })

  it('ends with 1 and says why, when a part of it has ended by itself', async () => {
    const dev = run('stack/dev.ts', [], newFolder())
    await dev.process.waitForLine(/Everything is up/, READY_MS)
    const sandbox = childrenOf(dev.process.pid).find(({ command }) => command.includes('sandbox/main'))
    process.kill(sandbox?.pid ?? 0, 'SIGKILL')
    expect((await dev.process.exited).code).toBe(1)
    expect(dev.stderr.join('\n')).toMatch(/The sandbox has ended by a signal[\s\S]*Inbox/)
  })
})
