import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Client, Connection } from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import { freePort } from '../../stack/ports.js'
import {
  findTemporalCli,
  startTemporalServer,
  type TemporalServer,
  type TemporalServerOptions,
} from '../../stack/temporal-server.js'
import { hasEnded, newFolder, removeFolders, script, until } from './support.js'

let cliPath: string
const servers: TemporalServer[] = []

beforeAll(async () => {
  const cli = await findTemporalCli((line) => process.stderr.write(`${line}\n`))
  cliPath = cli.path
}, 900_000)

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})
afterAll(removeFolders)

const start = async (options: Partial<TemporalServerOptions> = {}): Promise<TemporalServer> => {
  const server = await startTemporalServer({ cliPath, headless: true, ...options })
  servers.push(server)
  return server
}

const withClient = async <T>(server: TemporalServer, use: (client: Client) => Promise<T>): Promise<T> => {
  const connection = await Connection.connect({ address: server.address })
  try {
    return await use(new Client({ connection, namespace: server.namespace }))
  } finally {
    await connection.close()
  }
}

const OnboardingState = defineSearchAttributeKey('OnboardingState', 'KEYWORD')

describe('the local Temporal server', () => {
  it('has its port to itself, also where another one that wanted the same was quicker', async () => {
    const folder = newFolder()
    const [chosen, goOn] = [join(folder, 'chosen'), join(folder, 'go-on')]
    const waits = `touch '${chosen}'; until [ -e '${goOn}' ]; do sleep 0.1; done; sleep 1; exec '${cliPath}' "$@"`
    const late = start({ cliPath: script(join(folder, 'temporal'), waits) })
    await until(() => existsSync(chosen))
    const quick = await start()
    writeFileSync(goOn, '')
    expect((await late).port).not.toBe(quick.port)
  })

  it('answers with its UI and the search attributes of the journeys, and is gone after stop', async () => {
    const server = await start({ headless: false })
    expect((await fetch(server.uiUrl ?? '')).status).toBe(200)
    await withClient(server, async (client) => {
      const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
        namespace: 'default',
      })
      const keywords = Object.entries(customAttributes ?? {}).filter(([, type]) => Number(type) === 2)
      expect(keywords.map(([name]) => name)).toEqual(
        expect.arrayContaining(['OnboardingRail', 'OnboardingState', 'OnboardingStatus', 'OnboardingTenant']),
      )
    })
    await server.stop()
    expect(await server.exited).toBe(0)
    expect(hasEnded(server.pid)).toBe(true)
  })

  it('keeps a started workflow over kill -9 and a start with the same database file and port', async () => {
    const folder = newFolder()
    const options = { dbFile: join(folder, 'data', 'temporal.db'), logFile: join(folder, 'temporal.log') }
    const first = await start(options)
    await withClient(first, async (client) => {
      await client.workflow.start('nobodyRunsThis', {
        workflowId: 'kept',
        taskQueue: 'no-worker',
        typedSearchAttributes: [{ key: OnboardingState, value: 'PAN_REQUIRED' }],
      })
      await client.workflow.getHandle('kept').signal('enterPan', 'sealed')
    })
    first.kill()
    expect(await first.exited).toBe(null)

    const second = await start({ ...options, port: first.port })
    expect(second.address).toBe(first.address)
    await withClient(second, async (client) => {
      const handle = client.workflow.getHandle('kept')
      const { status, typedSearchAttributes } = await handle.describe()
      expect(status.name).toBe('RUNNING')
      expect(typedSearchAttributes.get(OnboardingState)).toBe('PAN_REQUIRED')
      const { events } = await handle.fetchHistory()
      expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(1)
      expect((await client.workflow.count('OnboardingState = "PAN_REQUIRED"')).count).toBe(1)
    })
    await until(() => readFileSync(options.logFile, 'utf8').includes('Server:'))
  })

  it('adds search attributes that an older database file does not have, and refuses another type', async () => {
    const dbFile = join(newFolder(), 'temporal.db')
    const older = await start({ dbFile, searchAttributes: { OnboardingState: 'Keyword' } })
    await older.stop()
    const newer = await start({ dbFile })
    await withClient(newer, async (client) => {
      expect((await client.workflow.count('OnboardingTenant = "acme"')).count).toBe(0)
    })
    await newer.stop()
    await expect(start({ dbFile, searchAttributes: { OnboardingState: 'Int' } })).rejects.toThrow(
      /OnboardingState of namespace default is of type Keyword, not Int\. Start with a new database file/,
    )
  })

  it('runs in a namespace of its own, twice at once on different ports', async () => {
    const [one, two] = await Promise.all([start({ namespace: 'one' }), start({ namespace: 'two' })])
    expect(one.port).not.toBe(two.port)
    await withClient(two, async (client) => {
      expect((await client.workflow.count('OnboardingRail = "levin"')).count).toBe(0)
    })
  })

  it('takes another port where it may choose, and says which one is taken where it may not', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    try {
      await expect(start({ port })).rejects.toThrow(`Temporal frontend port ${port} is taken. Stop what listens there`)
      await expect(start({ headless: false, uiPort: port })).rejects.toThrow(`Temporal UI port ${port} is taken`)
    } finally {
      taken.close()
    }
  })

  it('shows the end of its log when it ends early', async () => {
    const failing = script(join(newFolder(), 'temporal'), 'echo "the disk is full" >&2; exit 1')
    await expect(start({ cliPath: failing })).rejects.toThrow(/did not start: it ended\nthe disk is full/)
    await expect(start({ dbFile: newFolder() })).rejects.toThrow(
      /did not start: it ended\n.*unable to open database file/s,
    )
  })

  it('is told to dispatch activities eagerly, on loopback, and nothing of the TEMPORAL_ settings around it', async () => {
    const echo = script(join(newFolder(), 'temporal'), 'echo "$*"; env | grep ^TEMPORAL_; exit 1')
    process.env['TEMPORAL_NAMESPACE'] = 'somewhere-else'
    try {
      const port = await freePort()
      const failure = start({ cliPath: echo, port, dynamicConfig: { 'frontend.namespaceRPS': '5000' } })
      await expect(failure).rejects.toThrow(`server start-dev --ip 127.0.0.1 --port ${port} --headless`)
      await expect(failure).rejects.toThrow('--dynamic-config-value system.enableActivityEagerExecution=true')
      await expect(failure).rejects.toThrow('--dynamic-config-value frontend.namespaceRPS=5000')
      await expect(failure).rejects.not.toThrow('somewhere-else')
    } finally {
      delete process.env['TEMPORAL_NAMESPACE']
    }
  })
})
