import { execFile } from 'node:child_process'
import { hostname } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Connection } from '@temporalio/client'
import { freePort } from '../../stack/ports.js'
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../stack/temporal-server.js'
import { ROOT, newFolder, removeFolders, script, until } from './support.js'

interface Outcome {
  readonly code: number
  readonly output: string
}

const KEYWORD = 2
let server: TemporalServer
let connection: Connection
let tools: string

const run = (command: string, args: string[], env: Record<string, string>): Promise<Outcome> =>
  new Promise((resolve) => {
    const path = [tools, process.env['PATH']].join(delimiter)
    const options = { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '', PATH: path, ...env } }
    execFile(command, args, options, (error, stdout, stderr) =>
      resolve({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        output: stdout + stderr,
      }),
    )
  })

const register = (env: Record<string, string>): Promise<Outcome> =>
  run('sh', ['deploy/register-namespace.sh'], { TEMPORAL_ADDRESS: server.address, RETRY_SECONDS: '1', ...env })

const attributesOf = async (namespace: string): Promise<Record<string, number>> => {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const entries = Object.entries(customAttributes ?? {}).filter(([name]) => name.startsWith('Onboarding'))
  return Object.fromEntries(entries.map(([name, type]) => [name, Number(type)]))
}

const ALL_FOUR = {
  OnboardingState: KEYWORD,
  OnboardingStatus: KEYWORD,
  OnboardingRail: KEYWORD,
  OnboardingTenant: KEYWORD,
  OnboardingWaitsFor: KEYWORD,
}

beforeAll(async () => {
  const { path: cliPath } = await findTemporalCli((line) => process.stderr.write(`${line}\n`))
  // The scripts call it by name, wherever it was found.
  tools = dirname(script(join(newFolder(), 'temporal'), `exec "${cliPath}" "$@"`))
  server = await startTemporalServer({ cliPath, headless: true, searchAttributes: {} })
  connection = await Connection.connect({ address: server.address })
}, 900_000)

afterAll(async () => {
  await connection.close()
  await server.stop()
  removeFolders()
})

describe('deploy/register-namespace.sh on a real server', () => {
  it('makes the namespace with its search attributes, and a second run changes nothing', async () => {
    const settings = { TEMPORAL_NAMESPACE: 'fresh', NAMESPACE_RETENTION: '240h' }
    expect(await register(settings)).toMatchObject({ code: 0, output: expect.stringContaining('namespace fresh has') })
    const { config, namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: 'fresh' })
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(240 * 3_600)
    expect(await attributesOf('fresh')).toEqual(ALL_FOUR)

    expect(await register({ ...settings, NAMESPACE_RETENTION: '24h' })).toMatchObject({ code: 0 })
    const again = await connection.workflowService.describeNamespace({ namespace: 'fresh' })
    expect(again.namespaceInfo?.id).toBe(namespaceInfo?.id)
    expect(Number(again.config?.workflowExecutionRetentionTtl?.seconds)).toBe(240 * 3_600)
    expect(await attributesOf('fresh')).toEqual(ALL_FOUR)
  })

  it('completes a namespace that exists without them, and runs twice at once', async () => {
    const outcomes = await Promise.all([register({}), register({})])
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0])
    expect(await attributesOf('default')).toEqual(ALL_FOUR)
  })

  it('stops at once at a search attribute of another type, and says what to do', async () => {
    expect(
      (await run('temporal', ['operator', 'namespace', 'create', 'typed', '--address', server.address], {})).code,
    ).toBe(0)
    await until(async () => {
      const create = ['operator', 'search-attribute', 'create', '--name', 'OnboardingRail', '--type', 'Int']
      const outcome = await run('temporal', [...create, '--namespace', 'typed', '--address', server.address], {})
      return outcome.code === 0
    })
    const { code, output } = await register({ TEMPORAL_NAMESPACE: 'typed' })
    expect(code).toBe(1)
    expect(output).toMatch(/OnboardingRail already exists and has different type.*Remove that search attribute/)
  })

  it('gives up after the tries it was given where no server answers, and names a missing setting', async () => {
    const nobody = `127.0.0.1:${await freePort()}`
    const { code, output } = await register({ TEMPORAL_ADDRESS: nobody, MAX_TRIES: '2', RETRY_SECONDS: '0' })
    expect(code).toBe(1)
    expect(output).toContain(`waiting for the Temporal server: not in 2 tries at ${nobody}. Last: `)
    const unset = await run('sh', ['deploy/register-namespace.sh'], { TEMPORAL_ADDRESS: '' })
    expect(unset.code).not.toBe(0)
    expect(unset.output).toContain('set it to host:port of the Temporal frontend')
  })
})

describe('deploy/setup-schema.sh', () => {
  const settings = { POSTGRES_HOST: 'db', POSTGRES_USER: 'someone', POSTGRES_PASSWORD: 'pw-4711', RETRY_SECONDS: '0' }

  it('creates and upgrades both databases, with the password in no command line', async () => {
    const log = join(newFolder(), 'calls')
    script(join(tools, 'temporal-sql-tool'), `echo "$SQL_USER@$SQL_HOST:$SQL_PORT [$SQL_PASSWORD] $*" >> "${log}"`)
    expect((await run('sh', ['deploy/setup-schema.sh'], settings)).code).toBe(0)
    const { output } = await run('cat', [log], {})
    const prefix = 'someone@db:5432 [pw-4711] --db'
    expect(output.trim().split('\n')).toEqual([
      `${prefix} temporal create`,
      `${prefix} temporal setup-schema --version 0.0`,
      `${prefix} temporal update-schema --schema-name postgresql/v12/temporal`,
      `${prefix} temporal_visibility create`,
      `${prefix} temporal_visibility setup-schema --version 0.0`,
      `${prefix} temporal_visibility update-schema --schema-name postgresql/v12/visibility`,
    ])
  })

  it('waits for the database a bounded number of tries, and stops at a failed upgrade', async () => {
    script(join(tools, 'temporal-sql-tool'), 'exit 1')
    const waited = await run('sh', ['deploy/setup-schema.sh'], { ...settings, MAX_TRIES: '3' })
    expect(waited.code).toBe(1)
    expect(waited.output).toMatch(/try 2 of 3.*could not be created at db:5432 in 3 tries.*POSTGRES_PASSWORD/s)
    script(join(tools, 'temporal-sql-tool'), 'case "$*" in *update-schema*) exit 4 ;; esac')
    const failed = await run('sh', ['deploy/setup-schema.sh'], settings)
    expect(failed.code).toBe(4)
    expect(failed.output).not.toContain('is ready')
  })

  it.each(Object.keys(settings).slice(0, 3))('names the missing setting %s', async (name) => {
    const { code, output } = await run('sh', ['deploy/setup-schema.sh'], { ...settings, [name]: '' })
    expect(code).not.toBe(0)
    expect(output).toContain(name)
  })
})

describe('deploy/worker-health.mjs on a real server', () => {
  const health = (queue: string): Promise<Outcome> =>
    run(process.execPath, ['deploy/worker-health.mjs'], {
      TEMPORAL_ADDRESS: server.address,
      ONBOARDING_TASK_QUEUE: queue,
    })

  it('is well only while a worker of this host asks for workflow tasks of the queue', async () => {
    const before = await health('watched')
    expect(before.code).toBe(1)
    expect(before.output).toContain(`no worker of ${hostname()} asked for tasks of watched in default`)

    const stop = new AbortController()
    const poll = (identity: string, queue: string): Promise<unknown> => {
      const request = { namespace: 'default', taskQueue: { name: queue }, identity }
      const call = (): Promise<unknown> => connection.workflowService.pollWorkflowTaskQueue(request)
      // A worker's poll lasts a minute; the server refuses one without a deadline.
      return connection.withDeadline(Date.now() + 60_000, () => connection.withAbortSignal(stop.signal, call))
    }
    const polling = Promise.allSettled([poll(`1@${hostname()}`, 'watched'), poll('1@another-host', 'foreign')])
    try {
      await until(async () => (await health('watched')).code === 0)
      await until(async () => {
        const request = { namespace: 'default', taskQueue: { name: 'foreign' }, taskQueueType: 1 }
        const { pollers } = await connection.workflowService.describeTaskQueue(request)
        return (pollers ?? []).length > 0
      })
      expect((await health('foreign')).code).toBe(1)
    } finally {
      stop.abort()
      await polling
    }
  })

  it('is ill where no server answers', async () => {
    const nobody = `127.0.0.1:${await freePort()}`
    const { code, output } = await run(process.execPath, ['deploy/worker-health.mjs'], { TEMPORAL_ADDRESS: nobody })
    expect(code).toBe(1)
    expect(output).toContain(`Temporal at ${nobody} cannot be asked`)
  })
})
