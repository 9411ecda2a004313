import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createFileKeyStore, generateSealingKey, KEY_FILES, readCodecKeys, readIdKey } from '../../secrets/index.js'
import { type CliRun, runCli, runHere } from './support.js'

interface ListedJson {
  readonly keys: readonly { kind: string; kid: string; state: string }[]
}

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'keys-command-')), 'keys')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

function keys(...args: string[]): Promise<CliRun> {
  return runHere(['keys', ...args, '--folder', folder])
}

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse((await keys(...args, '--json')).stdout) as T
}

async function listed(): Promise<string[]> {
  return (await json<ListedJson>('list')).keys.map(({ kind, state }) => `${kind} ${state}`)
}

async function contents(): Promise<[string, string][]> {
  const files = (await readdir(folder)).sort()
  return Promise.all(
    files.map(async (file): Promise<[string, string]> => [file, await readFile(join(folder, file), 'utf8')]),
  )
}

async function kidOf(state: string): Promise<string> {
  return (await json<ListedJson>('list')).keys.find((key) => key.state === state)?.kid ?? ''
}

describe('onboard keys', () => {
  it('generates all that a deployment needs, with times, for its owner only, and nothing twice', async () => {
    const made = await runCli(['keys', 'generate', '--folder', folder])
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(made.stdout.trim().split('\n')).toHaveLength(3)
    const { sealingPublic, ...secret } = KEY_FILES
    for (const file of Object.values(secret)) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, sealingPublic))).mode & 0o777).toBe(0o644)
    expect(await listed()).toEqual(['sealing sealing', 'codec active'])
    expect((await keys('generate')).stdout).toBe('Nothing was missing.\n')
  })

  it('prints no key in any answer', async () => {
    await keys('generate')
    await keys('generate', '--kind', 'codec')
    const texts = await Promise.all([keys('list'), keys('list', '--json'), keys('publish')])
    await keys('rotate', '--now')
    texts.push(await keys('list'), await keys('rotate', '--kind', 'codec'))
    const store = createFileKeyStore({
      sealing: join(folder, KEY_FILES.sealing),
      codec: join(folder, KEY_FILES.codec),
    })
    const secrets = [
      ...(await store.read('sealing')).keys.map(({ d }) => d ?? ''),
      ...(await store.read('codec')).keys.map(({ k }) => k),
    ]
    expect(secrets).toHaveLength(4)
    for (const { stdout, stderr } of texts) for (const secret of secrets) expect(stdout + stderr).not.toContain(secret)
    const published = await readFile(join(folder, KEY_FILES.sealingPublic), 'utf8')
    for (const secret of secrets) expect(published).not.toContain(secret)
  })

  it('rotates once a day, with a lead, and publishes', async () => {
    await keys('generate')
    const early = await json<{ made: string | null }>('rotate')
    expect(early.made).toBeNull()
    const rotated = await json<{ made: string }>('rotate', '--now', '--lead', '3600')
    expect(await kidOf('coming')).toBe(rotated.made)
    expect(await listed()).toEqual(['sealing coming', 'sealing sealing', 'codec active'])
    const published = JSON.parse(await readFile(join(folder, KEY_FILES.sealingPublic), 'utf8')) as { keys: object[] }
    expect(published.keys).toHaveLength(2)
    expect(published.keys[0]).toMatchObject({ kid: rotated.made, kty: 'EC', use: 'enc', nbf: expect.any(Number) })
  })

  it('makes a key that is used at once where the time of all is over', async () => {
    await keys('generate')
    const store = createFileKeyStore({ sealing: join(folder, KEY_FILES.sealing) })
    const now = Math.floor(Date.now() / 1_000)
    const over = { nbf: now - 300_000, exp: now - 100, destroyAfter: now + 100_000 }
    await store.change('sealing', (set) => ({ keys: set.keys.map((key) => ({ ...key, ...over })) }))
    await keys('rotate')
    expect(await listed()).toEqual(['sealing sealing', 'sealing opening', 'codec active'])
  })

  it('warns in the daily job where keys outlive the clock of sealed secrets, and rotates all the same', async () => {
    await keys('generate')
    const file = join(folder, 'retention.json')
    const env = { ONBOARDING_RETENTION_FILE: file }
    const rotate = async (...args: string[]) => {
      const run = await runHere(['keys', 'rotate', '--now', '--json', ...args, '--folder', folder], { env })
      const answer = JSON.parse(run.stdout) as { made: string | null; warnings: string[] }
      expect([run.code, answer.made]).toEqual([0, expect.any(String)])
      for (const warning of answer.warnings) expect(run.stderr).toContain(`Warning: ${warning}`)
      return answer.warnings
    }
    const clock = { days: 10, basis: 'test' }
    const retention = {
      history: { ...clock, days: 30 },
      evidence: { ...clock, days: 60 },
      sealedSecrets: clock,
      logs: clock,
    }
    await writeFile(file, JSON.stringify(retention))
    expect(await rotate()).toEqual([])
    await writeFile(file, JSON.stringify({ ...retention, sealedSecrets: { ...clock, days: 9 } }))
    expect(await rotate()).toEqual([expect.stringMatching(/^sealedSecrets.days is 9, .* up to 10 days/)])
    await writeFile(file, '{')
    expect(await rotate()).toEqual([expect.stringContaining('is not JSON')])
  })

  it('destroys what is due in the daily job, and says so', async () => {
    await keys('generate')
    const old = (await generateSealingKey({ nbf: 1, exp: 2, destroyAfter: 3 })).privateKeys.keys[0]
    const store = createFileKeyStore({ sealing: join(folder, KEY_FILES.sealing) })
    await store.change('sealing', (set) => ({ keys: [...set.keys, ...(old ? [old] : [])] }))
    expect(await listed()).toContain('sealing due')
    const { stdout, code } = await keys('rotate')
    expect([code, stdout]).toEqual([0, expect.stringContaining(`destroyed ${old?.kid}`)])
    expect(await kidOf('destroyed')).toBe(old?.kid)
    expect(await readFile(join(folder, KEY_FILES.sealing), 'utf8')).not.toContain(old?.d)
  })

  it('destroys a sealing key by id, publishes the rest, and keeps the last one', async () => {
    await keys('generate')
    const old = await kidOf('sealing')
    expect(await keys('destroy', '--kid', old)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^KEY_LAST: /) })
    await keys('rotate', '--now', '--lead', '0')
    const destroyed = await keys('destroy', '--kid', old)
    expect([destroyed.code, destroyed.stdout]).toEqual([0, expect.stringContaining(`destroyed ${old}`)])
    expect(await readFile(join(folder, KEY_FILES.sealingPublic), 'utf8')).not.toContain(old)
    expect((await keys('destroy', '--kid', old)).stdout).toMatch(/^KEY_ALREADY_DESTROYED: /)
  })

  it('adds a codec key of this deployment, which encrypts after the rotation', async () => {
    await keys('generate')
    const { generated } = await json<{ generated: string }>('generate', '--kind', 'codec')
    expect(await listed()).toEqual(['sealing sealing', 'codec active', 'codec next'])
    expect(await json('rotate', '--kind', 'codec')).toEqual({ active: generated })
    const ring = await readCodecKeys(join(folder, KEY_FILES.codec), await readIdKey(join(folder, KEY_FILES.id)))
    expect(ring.keys.map(({ kid }) => kid)[0]).toBe(generated)
    expect(await listed()).toEqual(['sealing sealing', 'codec active', 'codec retired'])
    expect(await keys('rotate', '--kind', 'codec')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^NOTHING_TO_ROTATE: /),
    })
  })

  it('asks no server where the ring alone refuses', async () => {
    await keys('generate')
    const active = await kidOf('active')
    const refused = await keys('destroy', '--kind', 'codec', '--kid', active)
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringMatching(/^KEY_LAST: /)])
  })

  it('destroys no codec key where it cannot see whether it is in use', async () => {
    await keys('generate')
    const active = await kidOf('active')
    await keys('generate', '--kind', 'codec')
    await keys('rotate', '--kind', 'codec')
    const path = join(folder, KEY_FILES.codec)
    await createFileKeyStore({ codec: path }).change('codec', (ring) => ({
      ...ring,
      keys: ring.keys.map((key) => (key.kid === active ? { ...key, retiredAt: 1 } : key)),
    }))
    const before = await readFile(path, 'utf8')
    const run = await runHere(['keys', 'destroy', '--kind', 'codec', '--kid', active, '--folder', folder], {
      env: { ONBOARDING_TENANT: 'acme', ONBOARDING_ENVIRONMENT: 'sandbox', TEMPORAL_ADDRESS: '127.0.0.1:1' },
    })
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('UNREACHABLE')])
    expect(await readFile(path, 'utf8')).toBe(before)
  })

  it.each([
    ['publish', [KEY_FILES.sealing, KEY_FILES.codec, KEY_FILES.id, 'notes']],
    ['rotate', [KEY_FILES.sealing, KEY_FILES.codec, KEY_FILES.id, 'notes']],
    ['destroy', [KEY_FILES.sealing, KEY_FILES.codec, KEY_FILES.id, 'notes']],
  ])('%s --to a file that is no public set changes no key and no file', async (action, targets) => {
    await keys('generate')
    const old = await kidOf('sealing')
    await keys('rotate', '--now', '--lead', '0')
    await writeFile(join(folder, 'notes'), 'mine')
    const before = await contents()
    const flags = { publish: [], rotate: ['--now'], destroy: ['--kid', old] }[action] ?? []
    for (const target of targets) {
      const to = join(folder, target)
      const run = await keys(action, ...flags, '--to', to)
      expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(`error: ${to} is `)])
    }
    // The id key is known by its setting, too, where no folder is named.
    const [id, sealing] = [join(folder, KEY_FILES.id), join(folder, KEY_FILES.sealing)]
    const env = { ONBOARDING_SEALING_KEYS_FILE: sealing, ONBOARDING_ID_KEY_FILE: id }
    const run = await runHere(['keys', action, ...flags, '--to', id], { env })
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('the place of a file of keys')])
    expect(await contents()).toEqual(before)
  })

  it.each(['rotate', 'destroy'])('%s says so where the keys have changed and were not published', async (action) => {
    await keys('generate')
    const old = await kidOf('sealing')
    await keys('rotate', '--now', '--lead', '0')
    const before = await listed()
    const flags = action === 'rotate' ? ['--now'] : ['--kid', old]
    // A name that is as long as a file's may be leaves no room for the draft's.
    const run = await keys(action, ...flags, '--to', join(folder, 'x'.repeat(250)), '--json')
    expect([run.code, JSON.parse(run.stdout)]).toEqual([
      1,
      { error: { code: 'NOT_PUBLISHED', message: expect.stringMatching(/have changed.*ENAMETOOLONG.*keys publish/) } },
    ])
    expect(await listed()).not.toEqual(before)
    expect((await keys('publish')).code).toBe(0)
  })

  it('leaves the rights of a folder alone that was there, and refuses one that others may enter', async () => {
    await mkdir(folder, { mode: 0o755 })
    await chmod(folder, 0o755)
    const run = await keys('generate')
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(`chmod 700 ${folder}`)])
    expect([(await stat(folder)).mode & 0o777, await readdir(folder)]).toEqual([0o755, []])
  })

  it.each([
    [['polish'], 'must be one of generate, rotate, list, publish, destroy'],
    [['list', '--kind', 'id'], '--kind must be one of sealing, codec'],
    [['destroy'], '--kid'],
    [['rotate', '--lead', 'soon'], '--lead must be a whole number'],
    [['rotate', '--longest-journey', '2592001'], 'at most 2592000'],
    [['publish', '--kind', 'codec'], 'secret'],
    [['publish', '--kind', 'codec', '--to', 'x'], '--to: of sealing keys only'],
    [['generate', '--kind', 'codec', '--longest-journey', '60'], '--longest-journey: of sealing keys only'],
    [['rotate', '--kind', 'codec', '--now', '--lead', '0'], '--lead, --now: of sealing keys only'],
    [['destroy', '--kind', 'codec', '--kid', 'x', '--to', 'x'], '--to: of sealing keys only'],
    [['publish', '--to', '/nowhere/at/all.json'], '/nowhere/at/all.json cannot be written (ENOENT)'],
  ])('keys %j is wrong use, and says what is right', async (args, complaint) => {
    await keys('generate')
    const run = await keys(...args)
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(complaint)])
  })

  it('names a file that cannot be used, without its content', async () => {
    await keys('generate')
    await writeFile(join(folder, KEY_FILES.sealing), 'the secret key', { mode: 0o600 })
    const run = await keys('rotate')
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(join(folder, KEY_FILES.sealing))])
    expect(run.stderr).not.toContain('the secret key')
  })
})
