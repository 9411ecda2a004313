import { once } from 'node:events'
import { chmod, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  createFileKeyStore,
  generateSealingKey,
  KeyFileError,
  type KeySet,
  type KeyStore,
  publicKeysHandler,
  publicKeySource,
  publicSet,
  publishKeys,
  readPublicKeys,
  windowFrom,
  withSecretFiles,
} from '../../secrets/index.js'

let folder: string
let path: string
let store: KeyStore
let first: KeySet
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-store-'))
  path = join(folder, 'sealing-keys.json')
  first = (await generateSealingKey(windowFrom({ now: Date.now() }))).privateKeys
  await writeFile(path, JSON.stringify(first), { mode: 0o600 })
  store = createFileKeyStore({ sealing: path })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('keys in a file', () => {
  it('are read anew when they have changed, and only then', async () => {
    const before = await store.read('sealing')
    expect(before).toEqual(first)
    expect(await store.read('sealing')).toBe(before)
    const other = createFileKeyStore({ sealing: path })
    const second = (await generateSealingKey()).privateKeys
    await other.change('sealing', (set) => ({ keys: [...second.keys, ...set.keys] }))
    expect(await store.read('sealing')).toEqual({ keys: [...second.keys, ...first.keys] })
  })

  it('stay their owner’s alone, in the same file, which a container may have mounted', async () => {
    const { ino } = await stat(path)
    await store.change('sealing', (set) => ({ ...set, destroyed: ['gone'] }))
    const after = await stat(path)
    expect([after.ino, after.mode & 0o777]).toEqual([ino, 0o600])
    await chmod(path, 0o640)
    await expect(createFileKeyStore({ sealing: path }).read('sealing')).rejects.toThrow(`chmod 600 ${path}`)
    await expect(store.change('sealing', (set) => set)).rejects.toThrow(`chmod 600 ${path}`)
  })

  it('leave no byte of a destroyed key in the blocks of the file', async () => {
    const watching = await open(path, 'r')
    try {
      const second = (await generateSealingKey()).privateKeys
      const [lost] = first.keys
      await store.change('sealing', (set) => ({ keys: [...set.keys, ...second.keys] }))
      await store.change('sealing', () => ({ ...second, destroyed: [lost?.kid ?? ''] }))
      const whole = await readFile(watching, 'utf8')
      expect(whole).toContain(second.keys[0]?.d)
      expect(whole).not.toContain(lost?.d)
    } finally {
      await watching.close()
    }
  })

  it('are changed by one at a time; who comes second is told, and nothing is lost', async () => {
    const changes = await Promise.allSettled(
      ['a', 'b', 'c'].map((kid) =>
        store.change('sealing', (set) => ({ ...set, destroyed: [...(set.destroyed ?? []), kid] })),
      ),
    )
    const done = changes.filter(({ status }) => status === 'fulfilled').length
    expect(done).toBeGreaterThan(0)
    expect((await store.read('sealing')).destroyed).toHaveLength(done)
    for (const change of changes)
      if (change.status === 'rejected') expect(String(change.reason)).toContain(`${path} is being changed`)
  })

  it('are as they were where a change is refused', async () => {
    const refusal = new Error('no')
    const change = store.change('sealing', () => {
      throw refusal
    })
    await expect(change).rejects.toBe(refusal)
    expect(await store.read('sealing')).toEqual(first)
    await store.change('sealing', (set) => set)
  })

  it.each([
    ['a public key', (set: KeySet) => publicSet(set), /holds a public key/],
    ['no key', () => ({ keys: [] }), /at least one key/],
    ['a time that is none', (set: KeySet) => ({ keys: set.keys.map((key) => ({ ...key, exp: 'soon' })) }), /exp/],
    ['two keys of one id', (set: KeySet) => ({ keys: [...set.keys, ...set.keys] }), /names a `kid` twice/],
    [
      'an end before the beginning',
      (set: KeySet) => ({ keys: set.keys.map((key) => ({ ...key, exp: key.nbf })) }),
      /make no sense/,
    ],
    [
      'a destruction while it is sealed to',
      (set: KeySet) => ({ keys: set.keys.map((key) => ({ ...key, destroyAfter: (key.exp ?? 0) - 1 })) }),
      /make no sense/,
    ],
    ['ids that are none', (set: KeySet) => ({ ...set, destroyed: [1] }), /destroyed/],
  ])('are refused with %s, without being quoted', async (_, change, complaint) => {
    await writeFile(path, JSON.stringify(change(first)), { mode: 0o600 })
    const reading = createFileKeyStore({ sealing: path }).read('sealing')
    await expect(reading).rejects.toThrow(complaint)
    await expect(reading).rejects.not.toThrow(String(first.keys[0]?.d))
  })

  it('are as they were where a change would leave a set that nobody can read again', async () => {
    const change = store.change('sealing', (set) => ({ keys: [...set.keys, ...set.keys] }))
    await expect(change).rejects.toThrow(KeyFileError)
    expect(await store.read('sealing')).toEqual(first)
    await store.change('sealing', (set) => set)
  })
})

describe('the public set', () => {
  it('is refused where it is the private one, without being quoted', async () => {
    for (const read of [publicKeySource(path), () => readPublicKeys(path)]) {
      const reading = read()
      await expect(reading).rejects.toThrow(KeyFileError)
      await expect(reading).rejects.toThrow(`${path} holds a private sealing key`)
      await expect(reading).rejects.not.toThrow(String(first.keys[0]?.d))
    }
  })

  it('is published as a file that all may read, without private parts, and read anew', async () => {
    const to = join(folder, 'public.json')
    await publishKeys(to, publicSet(first))
    expect((await stat(to)).mode & 0o777).toBe(0o644)
    const source = publicKeySource(to)
    expect(JSON.stringify(await source())).not.toContain(String(first.keys[0]?.d))
    const second = await generateSealingKey()
    await publishKeys(to, second.publicKeys)
    expect(await source()).toEqual(second.publicKeys)
  })

  it('is served over HTTP, private parts left out whatever the source holds, with an ETag', async () => {
    const failures: unknown[] = []
    let source = () => store.read('sealing')
    const handle = publicKeysHandler(
      () => source(),
      (error) => failures.push(error),
    )
    const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    try {
      const answer = await fetch(url)
      expect(answer.headers.get('content-type')).toBe('application/jwk-set+json')
      expect(await answer.json()).toEqual(publicSet(first))
      const etag = answer.headers.get('etag') ?? ''
      expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304)
      expect(await (await fetch(url, { method: 'HEAD' })).text()).toBe('')
      expect((await fetch(url, { method: 'POST' })).status).toBe(405)
      source = () => Promise.reject(new Error(`secret ${String(first.keys[0]?.d)}`))
      const failed = await fetch(url)
      expect([failed.status, await failed.text(), failures.length]).toEqual([503, '', 1])
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

describe('secrets from files', () => {
  it('stand in for the setting, without their line end', async () => {
    const file = join(folder, 'key')
    await writeFile(file, 'abc\n', { mode: 0o600 })
    const { env, ...complaints } = withSecretFiles({ KEY_FILE: file }, ['KEY'])
    expect([env, complaints]).toEqual([
      { KEY_FILE: file, KEY: 'abc' },
      { problems: {}, warnings: {} },
    ])
  })

  it('must be their owner’s alone: production refuses others, elsewhere one is warned', async () => {
    const file = join(folder, 'key')
    await writeFile(file, 'abc\n', { mode: 0o640 })
    await chmod(file, 0o640)
    const complaint = { KEY_FILE: expect.stringContaining(`chmod 600 ${file}`) }
    for (const environment of [{}, { ONBOARDING_ENVIRONMENT: 'production' }, { ONBOARDING_ENVIRONMENT: 'typo' }]) {
      const read = withSecretFiles({ KEY_FILE: file, ...environment }, ['KEY'])
      expect([read.problems, read.warnings]).toEqual([complaint, {}])
    }
    const uat = withSecretFiles({ KEY_FILE: file, ONBOARDING_ENVIRONMENT: 'uat' }, ['KEY'])
    expect([uat.env, uat.problems, uat.warnings]).toEqual([expect.objectContaining({ KEY: 'abc' }), {}, complaint])
  })

  it('are complained of by the setting’s name, without what was read', async () => {
    const file = join(folder, 'key')
    await writeFile(file, ' \n')
    expect(withSecretFiles({ KEY_FILE: file }, ['KEY']).problems).toEqual({ KEY_FILE: `${file} is empty` })
    const both = withSecretFiles({ KEY_FILE: file, KEY: 'abc' }, ['KEY']).problems
    expect(both).toEqual({ KEY_FILE: 'KEY is set as well; unset one' })
    const absent = withSecretFiles({ KEY_FILE: `${file}s` }, ['KEY']).problems
    expect(absent['KEY_FILE']).toContain('ENOENT')
  })
})
