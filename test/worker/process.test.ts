import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { Connection } from '@temporalio/client'
import { startProcess } from '../../stack/processes.js'
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../stack/temporal-server.js'
import type { ReadyLine } from '../../worker/index.js'
import { childEnvironment, newFolder, sandboxEnvironment } from './support.js'

/** Runs the worker's program from source until it ends. */
async function runToEnd(settings: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'worker/main.ts'], {
    env: { ...childEnvironment(settings), NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 45_000,
    killSignal: 'SIGKILL',
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { stdout, stderr, code: code as unknown }
}

describe('the worker’s program', () => {
  it('ends with 2 and names every setting that is wrong', async () => {
    const { stdout, stderr, code } = await runToEnd({ ONBOARDING_EKO_TIMEOUT_MS: 'soon' })
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^The worker cannot start:\n/)
    for (const name of ['ONBOARDING_TENANTS_FILE', 'ONBOARDING_SEALING_KEYS_FILE', 'ONBOARDING_EKO_TIMEOUT_MS'])
      expect(stderr).toContain(`  - ${name}: `)
  })

  it('ends with 2 and says what is wrong in all files, keys and tenants, at once', async () => {
    const settings = await sandboxEnvironment()
    await writeFile(settings['ONBOARDING_TENANTS_FILE'] ?? '', '{"tenants": [{"name": "demo"}]}')
    const { stderr, code } = await runToEnd({
      ...settings,
      ONBOARDING_SEALING_KEYS_FILE: `${await newFolder()}/absent.json`,
      ONBOARDING_ID_KEY_FILE: `${await newFolder()}/absent-key`,
      ONBOARDING_CODEC_KEYS_FILE: `${await newFolder()}/absent-ring`,
    })
    expect(code).toBe(2)
    expect(stderr).toMatch(/ONBOARDING_SEALING_KEYS_FILE: .*absent\.json cannot be read \(ENOENT\)/)
    expect(stderr).toMatch(/ONBOARDING_ID_KEY_FILE: .*absent-key cannot be read \(ENOENT\)/)
    expect(stderr).toMatch(/ONBOARDING_CODEC_KEYS_FILE: .*absent-ring cannot be read \(ENOENT\)/)
    expect(stderr).toMatch(/ONBOARDING_TENANTS_FILE: .*tenant "demo": userCodes: /)
  })

  it('ends with 2 where the codec’s keys are those of another deployment', async () => {
    const [settings, other] = [await sandboxEnvironment(), await sandboxEnvironment()]
    const codecKeys = other['ONBOARDING_CODEC_KEYS_FILE'] ?? ''
    const { stderr, code } = await runToEnd({ ...settings, ONBOARDING_CODEC_KEYS_FILE: codecKeys })
    expect(code).toBe(2)
    expect(stderr).toMatch(/ONBOARDING_CODEC_KEYS_FILE: .*this deployment's id key/)
  })

  it('ends with 2 in production without keys of the codec, and warns of it elsewhere', async () => {
    const { ONBOARDING_CODEC_KEYS_FILE: _codec, ...settings } = await sandboxEnvironment()
    const production = await runToEnd({ ...settings, ONBOARDING_ENVIRONMENT: 'production' })
    expect(production.code).toBe(2)
    expect(production.stderr).toMatch(/ONBOARDING_CODEC_KEYS_FILE: must be set in production/)
    const sandbox = await runToEnd({ ...settings, TEMPORAL_ADDRESS: '127.0.0.1:9' })
    expect(sandbox.stderr).toMatch(/"level":"warn".*ONBOARDING_CODEC_KEYS_FILE: is not set.*in plain/)
  })

  it('refuses tenants of another environment', async () => {
    const settings = { ...(await sandboxEnvironment()), ONBOARDING_SECRET_STORE: 'inline' }
    const { stderr, code } = await runToEnd({ ...settings, ONBOARDING_ENVIRONMENT: 'production' })
    expect(code).toBe(2)
    expect(stderr).toMatch(/tenant "demo": environment: is sandbox, but this worker serves production/)
  })

  it('ends with 1 and names the address where Temporal cannot be reached', async () => {
    const settings = await sandboxEnvironment()
    const { stdout, stderr, code } = await runToEnd({ ...settings, TEMPORAL_ADDRESS: '127.0.0.1:9' })
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/The worker failed: Temporal cannot be reached at 127\.0\.0\.1:9/)
  })
})

describe('the worker’s program on a real server', () => {
  let server: TemporalServer
  beforeAll(async () => {
    const { path } = await findTemporalCli((line) => void process.stderr.write(`${line}\n`))
    server = await startTemporalServer({ cliPath: path, headless: true, usualPorts: false })
  }, 600_000)
  afterAll(() => server.stop())

  it('prints one ready line when it polls, logs JSON, and ends with 0 after SIGTERM', async () => {
    const lines = { stdout: [] as string[], stderr: [] as string[] }
    const worker = startProcess({
      name: 'worker',
      command: process.execPath,
      args: ['--import', 'tsx', 'worker/main.ts'],
      env: {
        ...(await sandboxEnvironment()),
        NODE_OPTIONS: '',
        TEMPORAL_ADDRESS: server.address,
        ONBOARDING_TASK_QUEUE: 'process-test',
      },
      onLine: (line, stream) => void lines[stream].push(line),
    })
    try {
      const [line] = await worker.waitForLine(/^\{"worker":"ready".*/)
      expect(JSON.parse(line)).toEqual({
        worker: 'ready',
        pid: worker.pid,
        server: server.address,
        namespace: 'default',
        taskQueue: 'process-test',
        environment: 'sandbox',
      } satisfies ReadyLine)
      await expect(pollersOf('process-test')).resolves.toBeGreaterThan(0)
    } finally {
      await worker.stop()
    }
    expect(await worker.exited).toEqual({ code: 0, signal: null })
    expect(lines.stdout).toHaveLength(1)
    expect(lines.stderr.length).toBeGreaterThan(0)
    for (const line of lines.stderr)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), msg: expect.any(String) })
  })

  async function pollersOf(taskQueue: string): Promise<number> {
    const connection = await Connection.connect({ address: server.address })
    try {
      for (;;) {
        const { pollers } = await connection.workflowService.describeTaskQueue({
          namespace: 'default',
          taskQueue: { name: taskQueue },
          taskQueueType: 1,
        })
        if (pollers && pollers.length > 0) return pollers.length
      }
    } finally {
      await connection.close()
    }
  }
})
