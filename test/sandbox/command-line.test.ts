import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { Caller, ONE } from './support/caller.js'
import { Steps } from './support/steps.js'

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDER = mkdtempSync(join(tmpdir(), 'sandbox-test-'))

class Command {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  out = ''
  err = ''
  readonly exited: Promise<number | null>

  constructor(...args: string[]) {
    const argv = ['--import', 'tsx', 'sandbox/main.ts', ...args]
    // The runner's NODE_OPTIONS are not the command's.
    const env = { ...process.env, NODE_OPTIONS: '' }
    this.child = spawn(process.execPath, argv, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout.on('data', (chunk) => (this.out += String(chunk)))
    this.child.stderr.on('data', (chunk) => (this.err += String(chunk)))
    this.exited = once(this.child, 'close').then(([code]) => code as number | null)
  }

  /** The first line, and the text after it once it has come. */
  async ready(): Promise<{ sandbox: string; url: string; ekoBaseUrl: string }> {
    while (!this.out.includes('exist in this sandbox only') && !this.out.includes('/ekoapi/v3\n')) {
      await Promise.race([once(this.child.stdout, 'data'), this.exited])
      if (this.child.exitCode !== null) throw new Error(`ended early: ${this.err}`)
    }
    return JSON.parse(this.out.split('\n')[0] ?? '') as { sandbox: string; url: string; ekoBaseUrl: string }
  }
}

const started: Command[] = []
function run(...args: string[]): Command {
  const command = new Command(...args)
  started.push(command)
  return command
}
afterEach(async () => {
  for (const { child, exited } of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await exited
  }
})

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

describe('the sandbox command', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('serves until %s, then ends with 0', async (signal) => {
    const command = run('--port', '0', '--json-ready')
    const ready = await command.ready()
    expect(ready).toEqual({ sandbox: 'ready', url: expect.any(String), ekoBaseUrl: `${ready.url}/ekoapi/v3` })
    const health = await fetch(`${ready.url}/health`)
    expect(await health.json()).toEqual({ status: 'ok', dialect: 'portal-2026' })
    for (const text of [
      `${ready.url}/ledger`,
      `${ready.url}/scenarios`,
      ready.ekoBaseUrl,
      ONE.developerKey,
      ONE.accessKey,
    ]) {
      expect(command.out).toContain(text)
    }
    command.child.kill(signal)
    expect(await command.exited).toBe(0)
    expect(command.err).toBe('')
  })

  it('takes its API users from a file and shows no keys then', async () => {
    const file = join(FOLDER, 'developers.json')
    const developer = { developerKey: 'own-key', accessKey: 'own-access', initiatorId: '6000000901', userCodes: ['77'] }
    writeFileSync(file, JSON.stringify([developer]))
    const command = run('--port', '0', '--json-ready', '--dialect', 'wlc', '--developers', file)
    const { url, ekoBaseUrl } = await command.ready()
    const caller = new Caller({ url, ekoBaseUrl, port: 0, close: () => Promise.resolve() })
    expect((await caller.call('GET', 'levin/sender/9000000901', { developer })).body['status']).toBe(308)
    expect((await caller.call('GET', 'levin/sender/9000000901')).body['status']).toBe(2483)
    expect((await new Steps(caller, 'levin', '9000000901').lookUp()).http).toBe(401)
    expect(command.out).not.toContain('own-access')
  })

  it('says what to do when its port is taken, and ends with 2', async () => {
    const { sandbox } = await Caller.start()
    const command = run('--port', String(sandbox.port))
    expect(await command.exited).toBe(2)
    expect(command.err).toContain(`Port ${sandbox.port} is taken`)
    expect(command.err).toContain('--port 0')
    await sandbox.close()
  })

  it.each([
    [JSON.stringify([{ developerKey: 'a', accessKey: 'hidden-value' }]), 'userCodes'],
    ['{', 'Cannot read'],
  ])('refuses an unusable developers file: %s', async (text, reason) => {
    const file = join(FOLDER, 'unusable.json')
    writeFileSync(file, text)
    const command = run('--port', '0', '--developers', file)
    expect(await command.exited).toBe(2)
    expect(command.err).toContain(reason)
    expect(command.err).not.toContain('hidden-value')
  })

  it('explains itself', async () => {
    const command = run('--help')
    expect(await command.exited).toBe(0)
    for (const flag of ['--port', '--host', '--dialect', '--developers', '--json-ready'])
      expect(command.out).toContain(flag)
  })

  it.each([
    ['--port', 'many'],
    ['--port', '70000'],
    ['--dialect', 'klingon'],
    ['--unheard-of', '1'],
  ])('refuses %s %s', async (flag, value) => {
    const command = run(flag, value)
    expect(await command.exited).not.toBe(0)
    expect(command.err).toContain(flag)
  })
})
