import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { signalGroup } from '../../stack/guardian.js'
import { startProcess, type ManagedProcess, type StartProcessOptions } from '../../stack/processes.js'
import { ROOT, hasEnded, newFolder, removeFolders, until } from './support.js'

const started: ManagedProcess[] = []
/** Groups that a parent under test should have taken with it. */
const groups: number[] = []

const start = (options: Partial<StartProcessOptions> & { shell?: string }): ManagedProcess => {
  const { shell, ...rest } = options
  const command = shell === undefined ? {} : { args: ['-c', shell] }
  const one = startProcess({ name: 'subject', command: '/bin/sh', ...command, ...rest })
  started.push(one)
  return one
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop(0)))
  for (const group of groups.splice(0)) signalGroup(group, 'SIGKILL')
})
afterAll(removeFolders)

describe('a managed process', () => {
  it('hands over each line of both streams, keeps the last ones and writes them to its log', async () => {
    const logFile = join(newFolder(), 'logs', 'subject.log')
    const lines: string[] = []
    const subject = start({
      shell: 'echo one; echo two >&2; printf three',
      logFile,
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    })
    expect(await subject.exited).toEqual({ code: 0, signal: null })
    expect(lines.sort()).toEqual(['stderr two', 'stdout one', 'stdout three'])
    expect(subject.lastLines(10).sort()).toEqual(['one', 'three', 'two'])
    expect(readFileSync(logFile, 'utf8').trim().split('\n').sort()).toEqual(['one', 'three', 'two'])
  })

  it('gets the environment that was asked for, without the names that were taken away', async () => {
    const subject = start({ shell: 'echo "[$ADDED][${HOME-gone}]"', env: { ADDED: 'yes', HOME: undefined } })
    await subject.exited
    expect(subject.lastLines(1)).toEqual(['[yes][gone]'])
  })

  it('says what to do when the command or the folder is not there', () => {
    expect(() => start({ command: 'no-such-program' })).toThrow(/no-such-program.*is on PATH/)
    expect(() => start({ shell: 'true', cwd: '/no/such/folder' })).toThrow(/folder \/no\/such\/folder does not exist/)
  })

  it('is waited for by a line, also one it printed before, and says how it ended instead', async () => {
    const subject = start({ shell: 'echo "ready on 4010"; sleep 600' })
    expect((await subject.waitForLine(/ready on (\d+)/))[1]).toBe('4010')
    expect((await subject.waitForLine(/ready on (\d+)/))[1]).toBe('4010')
    const failing = start({ shell: 'echo "no database"; exit 4' })
    await expect(failing.waitForLine(/ready/)).rejects.toThrow(/ended \(exit code 4\).*\nno database/s)
  })

  it('stops on SIGTERM, on SIGKILL where it does not listen, and stopping twice is one stop', async () => {
    const polite = start({ shell: 'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done' })
    await polite.waitForLine(/up/)
    await Promise.all([polite.stop(), polite.stop()])
    expect(await polite.exited).toEqual({ code: 7, signal: null })

    const deaf = start({ shell: 'trap "" TERM; echo up; while :; do sleep 0.05; done' })
    await deaf.waitForLine(/up/)
    await deaf.stop(50)
    expect(await deaf.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(deaf.running).toBe(false)
  })

  it('takes what it started itself with it when it ends', async () => {
    const subject = start({ shell: 'sleep 600 & echo "grandchild $!"' })
    const [, grandchild] = await subject.waitForLine(/grandchild (\d+)/)
    await subject.exited
    await until(() => hasEnded(Number(grandchild)))
  })
})

describe('what a process started does not outlive it', () => {
  const runParent = async (ending: string): Promise<{ parent: ReturnType<typeof spawn>; pids: number[] }> => {
    const file = join(ROOT, 'test/stack/fixtures/parent.ts')
    const parent = spawn(process.execPath, ['--import', 'tsx', file, ending], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    if (parent.stdout === null) throw new Error('the parent has no output')
    for await (const line of createInterface({ input: parent.stdout })) {
      const match = /^pids (\d+) (\d+)$/.exec(line)
      if (match === null) continue
      groups.push(Number(match[1]))
      return { parent, pids: match.slice(1).map(Number) }
    }
    throw new Error('the parent ended before it had a child')
  }

  it.each(['exit', 'throw', 'reject'])('when it ends by %s', async (ending) => {
    const { pids } = await runParent(ending)
    await until(() => pids.every(hasEnded))
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('when it is ended by %s', async (signal) => {
    const { parent, pids } = await runParent('stay')
    expect(pids.some(hasEnded)).toBe(false)
    const gone = once(parent, 'exit')
    parent.kill(signal)
    await gone
    await until(() => pids.every(hasEnded))
  })
})
