import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readWorkerConfig, SETTINGS, WorkerConfigError } from '../../worker/config.js'
import { newFolder } from './support.js'

const REQUIRED = {
  ONBOARDING_TENANTS_FILE: '/etc/tenants.json',
  ONBOARDING_SEALING_KEYS_FILE: '/etc/keys.json',
  ONBOARDING_ID_KEY_FILE: '/etc/id-key',
  ONBOARDING_CODEC_KEYS_FILE: '/etc/codec-keys.json',
  ONBOARDING_SECRET_STORE: 'inline',
}

/** A home without a temporal.toml, so that the machine's own does not count. */
async function read(settings: Record<string, string>) {
  const home = await newFolder()
  return readWorkerConfig({ HOME: home, XDG_CONFIG_HOME: home, ...REQUIRED, ...settings })
}

async function problemsOf(settings: Record<string, string>): Promise<readonly string[]> {
  const error = await read(settings).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof WorkerConfigError)) throw new Error('the settings were accepted', { cause: error })
  return error.problems
}

describe('a worker’s configuration', () => {
  it('has production’s defaults where only what is required is set', async () => {
    expect(await read({})).toEqual({
      environment: 'production',
      temporal: { connection: { address: 'localhost:7233' }, namespace: 'default' },
      taskQueue: 'sender-onboarding',
      tenantsFile: '/etc/tenants.json',
      sealingKeysFile: '/etc/keys.json',
      idKeyFile: '/etc/id-key',
      secretStore: 'inline',
      vaultFolder: undefined,
      vaultSeconds: 604_800,
      publicKeysAddress: undefined,
      codecKeysFile: '/etc/codec-keys.json',
      allowPlaintextCodes: false,
      ekoTimeoutMs: 30_000,
      startToCloseMs: 35_000,
      ekoProxyUrl: undefined,
      shutdownGraceMs: 40_000,
      maxCachedWorkflows: 1_000,
      maxConcurrentActivities: 100,
      maxCallsPerSecond: 50,
      releaseCallsPerSecond: 10,
      breakerOpenMs: 10_000,
      incidentProbeMs: 30_000,
      stickyTimeoutMs: 5_000,
      workflowBundle: undefined,
      version: undefined,
      metricsAddress: undefined,
      logLevel: 'info',
      warnings: [],
    })
  })

  it('reads every setting', async () => {
    const bundle = join(await newFolder(), 'bundle.js')
    await writeFile(bundle, '')
    const config = await read({
      ONBOARDING_ENVIRONMENT: 'uat',
      ONBOARDING_TASK_QUEUE: 'another-queue',
      ONBOARDING_ALLOW_PLAINTEXT_CODES: 'true',
      ONBOARDING_EKO_TIMEOUT_MS: '2000',
      ONBOARDING_EKO_PROXY_URL: 'http://user:pass@proxy.example.com:3128',
      ONBOARDING_SHUTDOWN_GRACE_SECONDS: '8',
      ONBOARDING_MAX_CACHED_WORKFLOWS: '10',
      ONBOARDING_MAX_CONCURRENT_ACTIVITIES: '5',
      ONBOARDING_STICKY_TIMEOUT_MS: '1000',
      ONBOARDING_WORKFLOW_BUNDLE: bundle,
      ONBOARDING_DEPLOYMENT_NAME: 'onboarding',
      ONBOARDING_BUILD_ID: 'v1.2.3',
      ONBOARDING_METRICS_ADDRESS: '127.0.0.1:9464',
      ONBOARDING_LOG_LEVEL: 'debug',
      TEMPORAL_ADDRESS: 'temporal.example.com:7233',
      TEMPORAL_NAMESPACE: 'onboarding',
      TEMPORAL_TLS: 'true',
    })
    expect(config).toMatchObject({
      environment: 'uat',
      taskQueue: 'another-queue',
      allowPlaintextCodes: true,
      startToCloseMs: 7_000,
      ekoProxyUrl: 'http://user:pass@proxy.example.com:3128',
      shutdownGraceMs: 8_000,
      workflowBundle: bundle,
      version: { deploymentName: 'onboarding', buildId: 'v1.2.3' },
      metricsAddress: '127.0.0.1:9464',
      logLevel: 'debug',
    })
    expect(config.temporal.namespace).toBe('onboarding')
    expect(config.temporal.connection.address).toBe('temporal.example.com:7233')
    expect(config.temporal.connection.tls).toBeTruthy()
  })

  it('names every missing setting of a production worker at once', () => {
    const read = () => readWorkerConfig({})
    expect(read).toThrow(WorkerConfigError)
    const files = ['TENANTS', 'SEALING_KEYS', 'ID_KEY', 'CODEC_KEYS']
    for (const file of files) expect(read).toThrow(`ONBOARDING_${file}_FILE: must be set`)
  })

  it('refuses to write payloads in plain in production', async () => {
    expect(await problemsOf({ ONBOARDING_CODEC_KEYS_FILE: '' })).toEqual([
      expect.stringMatching(/^ONBOARDING_CODEC_KEYS_FILE: must be set in production/),
    ])
    for (const environment of ['uat', 'sandbox']) {
      const plain = await read({ ONBOARDING_CODEC_KEYS_FILE: '', ONBOARDING_ENVIRONMENT: environment })
      expect(plain.codecKeysFile).toBeUndefined()
    }
  })

  it('refuses Node’s own debugging in production, which prints mobiles and keys, and warns of it elsewhere', async () => {
    expect(await problemsOf({ NODE_DEBUG: 'http' })).toEqual([
      expect.stringMatching(/^NODE_DEBUG: is impossible in production/),
    ])
    const { warnings } = await read({ NODE_DEBUG: 'http', ONBOARDING_ENVIRONMENT: 'sandbox' })
    expect(warnings).toEqual([expect.stringMatching(/^NODE_DEBUG: Node prints URLs and headers/)])
  })

  it.each([
    [{ ONBOARDING_ENVIRONMENT: 'staging' }, 'ONBOARDING_ENVIRONMENT: must be one of sandbox, uat, production'],
    [
      { ONBOARDING_ALLOW_PLAINTEXT_CODES: 'true' },
      'ONBOARDING_ALLOW_PLAINTEXT_CODES: is impossible in production; unset it',
    ],
    [{ ONBOARDING_ALLOW_PLAINTEXT_CODES: 'maybe' }, 'ONBOARDING_ALLOW_PLAINTEXT_CODES: must be true or false'],
    [{ ONBOARDING_EKO_TIMEOUT_MS: '1e3' }, 'ONBOARDING_EKO_TIMEOUT_MS: must be a whole number'],
    [{ ONBOARDING_EKO_TIMEOUT_MS: '0' }, 'ONBOARDING_EKO_TIMEOUT_MS: must be at least 100'],
    [{ ONBOARDING_EKO_PROXY_URL: 'socks5://proxy' }, /^ONBOARDING_EKO_PROXY_URL: must be an http\(s\) URL/],
    [
      { ONBOARDING_SHUTDOWN_GRACE_SECONDS: '35' },
      /^ONBOARDING_SHUTDOWN_GRACE_SECONDS: must be above 35, the longest call/,
    ],
    [{ ONBOARDING_BUILD_ID: 'v1' }, 'ONBOARDING_DEPLOYMENT_NAME: must be set with ONBOARDING_BUILD_ID'],
    [{ ONBOARDING_DEPLOYMENT_NAME: 'x' }, 'ONBOARDING_BUILD_ID: must be set with ONBOARDING_DEPLOYMENT_NAME'],
    [
      { ONBOARDING_WORKFLOW_BUNDLE: '/nowhere/b.js' },
      /^ONBOARDING_WORKFLOW_BUNDLE: .* does not exist\. Run: npm run build/,
    ],
    [{ ONBOARDING_METRICS_ADDRESS: 'everywhere' }, /^ONBOARDING_METRICS_ADDRESS: must be an IP address and a port/],
    [{ ONBOARDING_LOG_LEVEL: 'loud' }, /^ONBOARDING_LOG_LEVEL: /],
    [{ TEMPORAL_TLS: 'yes please' }, 'TEMPORAL_TLS: must be true or false'],
    [{ TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' }, /^TEMPORAL_CONFIG_FILE: .* does not exist/],
    [{ TEMPORAL_PROFILE: 'absent' }, /^TEMPORAL_\*: Profile 'absent' not found/],
    [{ TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere/c.pem' }, /^TEMPORAL_\*: .*ENOENT/],
    [{ TEMPORAL_ADDRESS: 'http://localhost:7233/' }, 'TEMPORAL_ADDRESS: must be host:port'],
  ])('refuses %j', async (settings, problem) => {
    expect(await problemsOf(settings)).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)])
  })

  it('takes the proxy’s URL, which may hold a password, from a file', async () => {
    const file = join(await newFolder(), 'proxy-url')
    await writeFile(file, 'http://user:hunter2@proxy.example.com:3128\n', { mode: 0o600 })
    const { ekoProxyUrl, warnings } = await read({ ONBOARDING_EKO_PROXY_URL_FILE: file })
    expect([ekoProxyUrl, warnings]).toEqual(['http://user:hunter2@proxy.example.com:3128', []])
    const both = { ONBOARDING_EKO_PROXY_URL_FILE: file, ONBOARDING_EKO_PROXY_URL: 'http://proxy.example.com:3128' }
    expect(await problemsOf(both)).toEqual([
      'ONBOARDING_EKO_PROXY_URL_FILE: ONBOARDING_EKO_PROXY_URL is set as well; unset one',
    ])
    await writeFile(file, 'user:hunter2@proxy')
    expect(await problemsOf({ ONBOARDING_EKO_PROXY_URL_FILE: file })).toEqual([
      expect.stringMatching(/^ONBOARDING_EKO_PROXY_URL: must be an http\(s\) URL/),
    ])
  })

  it('names the line of a broken configuration file of Temporal’s, and quotes nothing of it', async () => {
    const file = join(await newFolder(), 'temporal.toml')
    await writeFile(file, '[profile.default]\napi_key = "hunter2\n')
    const problem = `TEMPORAL_CONFIG_FILE: ${file} is not valid TOML, at line 2`
    expect(await problemsOf({ TEMPORAL_CONFIG_FILE: file })).toEqual([problem])
  })

  it('refuses a secret from a file that others may read in production, and warns of it elsewhere', async () => {
    const file = join(await newFolder(), 'shared')
    await writeFile(file, 'http://user:hunter2@proxy.example.com:3128', { mode: 0o644 })
    const settings = { ONBOARDING_EKO_PROXY_URL_FILE: file, TEMPORAL_API_KEY_FILE: file }
    const complaints = ['TEMPORAL_API_KEY_FILE', 'ONBOARDING_EKO_PROXY_URL_FILE'].map((name) =>
      expect.stringMatching(new RegExp(`^${name}: .*chmod 600`)),
    )
    expect(new Set(await problemsOf(settings))).toEqual(new Set(complaints))
    const { warnings } = await read({ ...settings, ONBOARDING_ENVIRONMENT: 'uat' })
    expect(new Set(warnings)).toEqual(new Set(complaints))
  })

  it('warns of names that look like settings and are none', async () => {
    const { warnings } = await read({ ONBOARDING_EKO_TIMEOUT: '5' })
    expect(warnings).toEqual(['ONBOARDING_EKO_TIMEOUT: is not a setting of the worker and has no effect'])
  })

  it('never repeats what was set where that could be a secret', async () => {
    const problems = await problemsOf({ ONBOARDING_EKO_PROXY_URL: 'user:hunter2@proxy', ONBOARDING_BUILD_ID: 'a b c' })
    expect(problems.join()).not.toMatch(/hunter2/)
    const misplaced = await problemsOf({ ONBOARDING_EKO_PROXY_URL_FILE: 'http://user:hunter2@proxy.example.com:3128' })
    expect(misplaced).toEqual(['ONBOARDING_EKO_PROXY_URL_FILE: the file that it names cannot be read (ENOENT)'])
  })
})

describe('the list of settings', () => {
  it('holds each setting once, with a meaning, and defaults that are themselves valid', async () => {
    expect(new Set(SETTINGS.map(({ name }) => name)).size).toBe(SETTINGS.length)
    for (const { meaning } of SETTINGS) expect(meaning).toMatch(/\.$/)
    const defaults = SETTINGS.flatMap(({ name, default: value }) => (value === null ? [] : [[name, value] as const]))
    expect(await read(Object.fromEntries(defaults.filter(([name]) => name !== 'TEMPORAL_PROFILE')))).toEqual(
      await read({}),
    )
  })
})
