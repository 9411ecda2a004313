import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { readCodecServerConfig } from '../../secrets/codec-server/index.js'
import { ensureKeysFolder, KEY_FILES } from '../../secrets/index.js'
import { composeFile, composeVariables, rawComposeFile, readRepoFile, type ComposeService } from './compose-file.js'
import { newFolder, removeFolders, ROOT } from './support.js'

const REQUIRED = {
  POSTGRES_PASSWORD: 'x'.repeat(24),
  ONBOARDING_TENANTS_PATH: '/srv/tenants.json',
  ONBOARDING_SEALING_KEYS_PATH: '/srv/sealing-keys.json',
  ONBOARDING_ID_KEY_PATH: '/srv/id-key',
  ONBOARDING_CODEC_KEYS_PATH: '/srv/codec-keys.json',
  ONBOARDING_CODEC_TOKEN_PATH: '/srv/codec-token',
  ONBOARDING_SECRET_STORE: 'inline',
  ONBOARDING_TENANT_SECRETS_FOLDER: '/srv/tenant-secrets',
}
afterAll(removeFolders)
const compose = composeFile(REQUIRED)
const raw = rawComposeFile()
const services = Object.entries(compose.services)
const service = (name: string): ComposeService => {
  const found = compose.services[name]
  if (found === undefined) throw new Error(`the compose file has no service ${name}`)
  return found
}

/** Those that others wait for the end of. */
const oneShots = new Set(
  services.flatMap(([, { depends_on = {} }]) =>
    Object.entries(depends_on)
      .filter(([, { condition }]) => condition === 'service_completed_successfully')
      .map(([name]) => name),
  ),
)

const seconds = (duration: string | undefined): number => {
  const match = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration ?? '')
  return Number(match?.[1] ?? 0) * 60 + Number(match?.[2] ?? 0)
}

describe('docker-compose.temporal.yml', () => {
  it('is valid by the schema of the Compose Specification', () => {
    const schema = JSON.parse(readRepoFile('test/stack/fixtures/compose-spec.json')) as Record<string, unknown>
    // Its dialect is draft 07, ajv's default; it is named by a spelling of the address that ajv does not know.
    delete schema['$schema']
    const duration = /^([0-9.]+(us|ms|s|m|h))+$/
    const ports = /^([0-9.]+:)?([0-9]+(-[0-9]+)?:)?[0-9]+(-[0-9]+)?(\/(tcp|udp))?$/
    const ajv = new Ajv({
      strict: false,
      allErrors: true,
      formats: { duration, ports, expose: /^[0-9]+(-[0-9]+)?(\/[a-z]+)?$/, subnet_ip_address: true },
    })
    const validate = ajv.compile(schema)
    validate(compose)
    expect(validate.errors).toBe(null)

    const withTypo = structuredClone(compose)
    Object.assign(withTypo.services['worker'] ?? {}, { heathcheck: {} })
    expect(validate(withTypo)).toBe(false)
  })

  it('has no value for a secret: each is asked for, and named in deploy/example.env', () => {
    const variables = composeVariables()
    const required = new Set(variables.filter((one) => one.required).map(({ name }) => name))
    expect([...required].sort()).toEqual(Object.keys(REQUIRED).sort())
    for (const name of required) {
      expect(() => composeFile({ ...REQUIRED, [name]: '' })).toThrow(`required variable ${name} is missing`)
    }
    for (const [name, { environment = {} }] of Object.entries(raw.services)) {
      const isFlag = (key: string): boolean => key === 'TEMPORAL_CODEC_PASS_ACCESS_TOKEN'
      const secrets = Object.entries(environment).filter(
        ([key]) => /PASSWORD|PWD|SECRET|TOKEN|_KEY/.test(key) && !isFlag(key),
      )
      for (const [key, value] of secrets) {
        expect({ name, key, value: String(value) }).toEqual({
          name,
          key,
          value: expect.stringMatching(/^(\$\{[A-Z_]+:\?[^}]+\}|\/run\/secrets\/.+)$/),
        })
      }
    }

    const example = new Map(
      readRepoFile('deploy/example.env')
        .split('\n')
        .filter((line) => /^[A-Z_]+=/.test(line))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
    const wanted = new Map(variables.map(({ name, fallback }) => [name, fallback ?? '']))
    expect([...example].sort()).toEqual([...wanted].sort())
  })

  it('pins every image, and takes server and admin tools of one version', () => {
    for (const [name, { image }] of services) {
      expect({ name, image }).toEqual({ name, image: expect.stringMatching(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/) })
    }
    const [, version] = service('temporal').image?.split(':') ?? []
    expect(version).toMatch(/^1\.3\d\.\d+$/)
    for (const name of ['temporal-schema', 'temporal-namespace']) {
      expect(service(name).image).toBe(`temporalio/admin-tools:${version}`)
    }
    expect(service('postgresql').image).toMatch(/^postgres:16\./)
  })

  it('publishes ports on loopback only, and not the database', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports)
    expect(published).toHaveLength(4)
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    expect(service('postgresql').ports).toBe(undefined)
    expect(compose.networks['database']).toEqual({ internal: true })
    for (const [name, { networks = [] }] of services) {
      const mayReachTheDatabase = ['postgresql', 'temporal-schema', 'temporal'].includes(name)
      expect({ name, database: networks.includes('database') }).toEqual({ name, database: mayReachTheDatabase })
    }
  })

  it('starts in order: what is waited for exists, and can come to the state that is waited for', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const healthy = service(other).healthcheck !== undefined
        const expected = oneShots.has(other) ? 'service_completed_successfully' : 'service_healthy'
        expect({ name, other, condition, ok: oneShots.has(other) || healthy }).toEqual({
          name,
          other,
          condition: expected,
          ok: true,
        })
      }
    }
    expect(Object.keys(service('worker').depends_on ?? {})).toEqual(['temporal', 'temporal-namespace'])
    expect(Object.keys(service('temporal').depends_on ?? {})).toEqual(['postgresql', 'temporal-schema'])
  })

  it('runs one-shots once, and restarts and watches everything else', () => {
    expect([...oneShots].sort()).toEqual(['temporal-namespace', 'temporal-schema'])
    for (const [name, { restart, healthcheck }] of services) {
      if (oneShots.has(name)) expect({ name, restart, healthcheck }).toEqual({ name, restart: 'no' })
      else {
        expect({ name, restart }).toEqual({ name, restart: 'unless-stopped' })
        expect(healthcheck?.test[0]).toBe('CMD')
        expect(healthcheck?.retries).toBeGreaterThan(0)
        expect(seconds(healthcheck?.timeout)).toBeLessThan(seconds(healthcheck?.interval) + 1)
      }
    }
  })

  it('refers only to networks, volumes, secrets and files that exist', () => {
    for (const [, { networks = [], secrets = [], volumes = [] }] of services) {
      for (const network of networks) expect(Object.keys(compose.networks)).toContain(network)
      for (const secret of secrets) expect(Object.keys(compose.secrets)).toContain(secret)
      for (const volume of volumes) {
        if (typeof volume !== 'string') {
          expect(volume).toMatchObject({ type: 'bind', read_only: true })
          continue
        }
        const [source = '', , mode] = volume.split(':')
        if (!source.startsWith('./')) expect(Object.keys(compose.volumes)).toContain(source)
        else {
          expect(existsSync(join(ROOT, source))).toBe(true)
          expect(mode).toBe('ro')
        }
      }
    }
  })

  it('gives the worker its settings, its keys as secrets, and time to finish', () => {
    const { environment = {}, secrets, stop_grace_period, init } = service('worker')
    expect(Object.keys(environment).sort()).toEqual([
      'ONBOARDING_CODEC_KEYS_FILE',
      'ONBOARDING_ENVIRONMENT',
      'ONBOARDING_ID_KEY_FILE',
      'ONBOARDING_LOG_LEVEL',
      'ONBOARDING_SEALING_KEYS_FILE',
      'ONBOARDING_SECRET_STORE',
      'ONBOARDING_SHUTDOWN_GRACE_SECONDS',
      'ONBOARDING_TASK_QUEUE',
      'ONBOARDING_TENANTS_FILE',
      'TEMPORAL_ADDRESS',
      'TEMPORAL_NAMESPACE',
    ])
    expect(environment['ONBOARDING_ENVIRONMENT']).toBe('production')
    expect(secrets?.map((name) => `/run/secrets/${name}`)).toEqual([
      environment['ONBOARDING_TENANTS_FILE'],
      environment['ONBOARDING_SEALING_KEYS_FILE'],
      environment['ONBOARDING_ID_KEY_FILE'],
      environment['ONBOARDING_CODEC_KEYS_FILE'],
    ])
    expect(seconds(stop_grace_period)).toBeGreaterThan(Number(environment['ONBOARDING_SHUTDOWN_GRACE_SECONDS']))
    expect(init).toBe(true)
  })

  it('gives the codec server the codec’s keys and a token, no other key, and a network without Temporal and Eko', () => {
    const { environment = {}, secrets, networks, command } = service('codec-server')
    expect(secrets).toEqual(['codec-keys', 'codec-token'])
    expect(environment['ONBOARDING_CODEC_KEYS_FILE']).toBe('/run/secrets/codec-keys')
    expect(environment['ONBOARDING_CODEC_SERVER_TOKEN_FILE']).toBe('/run/secrets/codec-token')
    expect(environment['ONBOARDING_ENVIRONMENT']).toBe('production')
    expect(networks).toEqual(['codec'])
    expect(command).toEqual(['node', 'dist/secrets/codec-server/main.js'])
    expect(Object.keys(environment).filter((name) => name.includes('CAPABILITY'))).toEqual([])
  })

  it('sets nothing of the codec server that it does not know, and what it starts with without a login is accepted', async () => {
    const folder = newFolder()
    await ensureKeysFolder(folder)
    writeFileSync(join(folder, 'token'), 'a'.repeat(64), { mode: 0o600 })
    const { environment = {} } = service('codec-server')
    const files = {
      ONBOARDING_CODEC_KEYS_FILE: join(folder, KEY_FILES.codec),
      ONBOARDING_CODEC_SERVER_TOKEN_FILE: join(folder, 'token'),
    }
    const { host, port, origins, access } = await readCodecServerConfig({ ...environment, ...files })
    expect({ host, port, origins }).toEqual({ host: '0.0.0.0', port: 8081, origins: [] })
    expect(access).toEqual({ token: 'a'.repeat(64), capability: undefined, jwt: undefined })
    const login = {
      ONBOARDING_CODEC_SERVER_ORIGINS: 'https://temporal.example.com',
      ONBOARDING_CODEC_SERVER_JWKS_URL: 'https://login.example.com/keys',
      ONBOARDING_CODEC_SERVER_JWT_ISSUER: 'https://login.example.com',
      ONBOARDING_CODEC_SERVER_JWT_AUDIENCE: 'temporal-ui',
      ONBOARDING_CODEC_SERVER_JWT_CLAIM: 'groups=onboarding-operators',
    }
    for (const name of Object.keys(login)) expect(Object.keys(environment)).toContain(name)
    const withLogin = await readCodecServerConfig({ ...environment, ...files, ...login })
    expect(withLogin.access.jwt).toMatchObject({ audience: 'temporal-ui' })
  })

  it('has Temporal UI decode only where an endpoint is set, and then by the token of its login', () => {
    const { environment = {} } = service('temporal-ui')
    expect(environment['TEMPORAL_CODEC_ENDPOINT']).toBe('')
    expect(environment['TEMPORAL_CODEC_PASS_ACCESS_TOKEN']).toBe('true')
    expect(environment['TEMPORAL_CODEC_INCLUDE_CREDENTIALS']).toBe('false')
  })

  it('starts the sandbox under its profile only', () => {
    expect(service('sandbox').profiles).toEqual(['sandbox'])
    expect(service('sandbox').command).toEqual('node dist/sandbox/main.js --host 0.0.0.0 --port 4010'.split(' '))
    expect(services.filter(([, { profiles }]) => profiles !== undefined).map(([name]) => name)).toEqual(['sandbox'])
    for (const [, { depends_on = {} }] of services) expect(Object.keys(depends_on)).not.toContain('sandbox')
  })

  it('turns eager activity dispatch on, and keeps a flood of signals within what one task can take', () => {
    const mounted = service('temporal').volumes?.map((volume) => (typeof volume === 'string' ? volume.split(':') : []))
    const [, target] = mounted?.find(([source]) => source === './deploy/dynamic-config.yaml') ?? []
    expect(service('temporal').environment?.['DYNAMIC_CONFIG_FILE_PATH']).toBe(target)
    expect(parse(readRepoFile('deploy/dynamic-config.yaml'))).toEqual({
      'system.enableActivityEagerExecution': [{ value: true }],
      'history.maximumSignalsPerExecution': [{ value: 2000 }],
      'history.transferProcessorMaxPollRPS': [{ value: 1000 }],
    })
  })
})

describe('the scripts in deploy', () => {
  const scripts = readdirSync(join(ROOT, 'deploy')).filter((name) => name.endsWith('.sh'))

  it.each(scripts)('%s is an executable POSIX shell script that stops at the first error', (name) => {
    const path = join(ROOT, 'deploy', name)
    execFileSync('sh', ['-n', path])
    expect(statSync(path).mode & 0o111).toBe(0o111)
    const text = readRepoFile(join('deploy', name))
    expect(text.startsWith('#!/bin/sh\n')).toBe(true)
    expect(text).toMatch(/^set -eu$/m)
  })
})

describe('the image', () => {
  const lines = readRepoFile('Dockerfile').split('\n')
  const stages = lines.filter((line) => line.startsWith('FROM '))

  it('is built in stages from one pinned base, and runs the worker as a user without rights', () => {
    for (const stage of stages) expect(stage).toMatch(/^FROM node:20\.\d+\.\d+-[a-z]+-slim AS [a-z]+$/)
    const targets = stages.map((stage) => stage.split(' AS ')[1])
    for (const name of ['worker', 'sandbox', 'codec-server']) expect(targets).toContain(service(name).build?.target)
    const runtime = lines.slice(lines.indexOf(stages.at(-1) ?? ''))
    expect(runtime).toContain('USER node')
    expect(runtime.filter((line) => line.startsWith('CMD'))).toEqual(['CMD ["node", "dist/worker/main.js"]'])
    expect(lines).toContain('RUN npm ci --omit=dev --no-audit --no-fund')
  })

  it('gets every room of the source and none of the files that are nobody else’s business', () => {
    const ignored = readRepoFile('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    const rooms = 'values workflows activities secrets worker client sandbox stack deploy package.json tsconfig.json'
    for (const room of rooms.split(' ')) expect(ignored).not.toContain(room)
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.local', '**/.env', '**/node_modules', 'dist']))
    const [, check] = service('worker').healthcheck?.test.slice(1) ?? []
    expect(lines).toContain(`COPY ${check} ./${check}`)
    expect(existsSync(join(ROOT, check ?? ''))).toBe(true)
  })
})
