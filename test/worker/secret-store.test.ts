import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import type { Tenant, TenantRegistry } from '../../activities/tenants.js'
import {
  type CodecKey,
  createFileKeyStore,
  generateCodecKey,
  generateSealingKey,
  type KeyKind,
  type KeySet,
  type KeyStore,
  readIdKey,
  type Vault,
  windowFrom,
} from '../../secrets/index.js'
import { readWorkerConfig, WorkerConfigError } from '../../worker/config.js'
import { createLogger } from '../../worker/logger.js'
import { startPublicKeysServer } from '../../worker/public-keys-server.js'
import { openSecretStore, outlivedBy, storeProblems, waitsForKey, windowProblems } from '../../worker/secret-store.js'
import { startWorker } from '../../worker/start.js'
import { newFolder, sandboxEnvironment } from './support.js'

const logger = createLogger({ level: 'error' })
const VAULT = {} as Vault

async function problemsOf(settings: Readonly<Record<string, string>>): Promise<readonly string[]> {
  try {
    await startWorker(readWorkerConfig({ TEMPORAL_ADDRESS: '127.0.0.1:1', ...settings }), { logger, env: settings })
  } catch (error) {
    if (error instanceof WorkerConfigError) return error.problems
    throw error
  }
  throw new Error('the settings were accepted')
}

describe('in production', () => {
  it('a worker must be told whether history may hold ciphertext of secrets', async () => {
    const settings = { ...(await sandboxEnvironment()), ONBOARDING_ENVIRONMENT: 'production' }
    expect(await problemsOf(settings)).toEqual([
      expect.stringMatching(/^ONBOARDING_SECRET_STORE: must be set in production, to inline or vault/),
    ])
  })

  it('a sealing key without an end is refused, since nobody would destroy it', async () => {
    const settings = { ...(await sandboxEnvironment()), ONBOARDING_ENVIRONMENT: 'production' }
    const problems = await problemsOf({ ...settings, ONBOARDING_SECRET_STORE: 'inline' })
    expect(problems).toContainEqual(
      expect.stringMatching(/^ONBOARDING_SEALING_KEYS_FILE: .*has no end.*onboard keys rotate/),
    )
  })

  it('a worker does not start with keys whose time is over', async () => {
    const now = Date.parse('2026-01-10T00:00:00Z')
    const old = (await generateSealingKey(windowFrom({ now: now - 3 * 86_400_000 }))).privateKeys
    expect(windowProblems(old, now)).toEqual([expect.stringContaining('time of all sealing keys is over')])
    expect(windowProblems((await generateSealingKey(windowFrom({ now }))).privateKeys, now)).toEqual([])
  })
})

describe('a worker whose only sealing key comes later', () => {
  it.each(['inline', 'vault'] as const)('starts, %s, and says until when calls wait', async (secretStore) => {
    const now = Date.now()
    const keys = (await generateSealingKey(windowFrom({ now, lead: 600 }))).privateKeys
    const nbf = new Date((keys.keys[0]?.nbf ?? 0) * 1_000).toISOString()
    expect(windowProblems(keys, now)).toEqual([])
    const warn = jest.fn()
    const config = { secretStore, vaultFolder: join(await newFolder(), 'vault'), vaultSeconds: 60 }
    const opening = openSecretStore(config, () => Promise.resolve(keys), {
      vault: undefined,
      logger: { ...logger, warn },
    })
    await (await opening).close()
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`before ${nbf}`)]])
  })

  it('says nothing where another key is sealed to until then', async () => {
    const now = Date.now()
    const [next, current] = [await generateSealingKey(windowFrom({ now, lead: 600 })), await generateSealingKey()]
    expect(waitsForKey({ keys: [...next.privateKeys.keys, ...current.privateKeys.keys] }, now)).toBeNull()
  })
})

describe('a tenant whose journeys may outlive the sealing keys', () => {
  it('is warned of, with what to rotate with', async () => {
    const tenants = {
      names: () => ['acme', 'bharat'],
      find: (name: string) =>
        Promise.resolve({ ranges: { journeySeconds: [60, name === 'acme' ? 604_800 : 604_801] } } as unknown as Tenant),
    }
    const { privateKeys } = await generateSealingKey(windowFrom({ now: Date.now() }))
    expect(await outlivedBy(tenants, privateKeys)).toEqual([
      expect.stringMatching(/^tenant "bharat": .*--longest-journey 604801$/),
    ])
    expect(await outlivedBy(tenants, (await generateSealingKey()).privateKeys)).toEqual([])
  })
})

describe('the store of secrets', () => {
  it('is inline outside of production where nothing is said', async () => {
    expect(readWorkerConfig(await sandboxEnvironment()).secretStore).toBe('inline')
  })

  it.each([
    ['vault without a folder', { ONBOARDING_SECRET_STORE: 'vault' }, /^ONBOARDING_VAULT_FOLDER: must be set/],
    ['a folder without vault', { ONBOARDING_VAULT_FOLDER: '/vault' }, /^ONBOARDING_SECRET_STORE: is inline, but/],
  ])('is refused as %s', async (_, settings, complaint) => {
    expect(await problemsOf({ ...(await sandboxEnvironment()), ...settings })).toEqual([
      expect.stringMatching(complaint),
    ])
  })

  it('can be a vault of the institution’s own, which then must be meant', () => {
    const config = { secretStore: 'vault', vaultFolder: undefined, vaultSeconds: 60 } as const
    expect(storeProblems(config, VAULT)).toEqual([])
    expect(storeProblems({ ...config, secretStore: 'inline' }, VAULT)).toHaveLength(1)
  })

  it('and keys come from the program that starts the worker, where it brings them', async () => {
    const settings = await sandboxEnvironment()
    const [sealing, codec] = [settings['ONBOARDING_SEALING_KEYS_FILE'], settings['ONBOARDING_CODEC_KEYS_FILE']]
    const config = readWorkerConfig({
      ...settings,
      ONBOARDING_SEALING_KEYS_FILE: '/no/such/file',
      ONBOARDING_CODEC_KEYS_FILE: '/no/such/file',
      ONBOARDING_SECRET_STORE: 'vault',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    })
    const given = { keyStore: createFileKeyStore({ sealing, codec }), vault: VAULT }
    // It gets as far as the server that is not there.
    await expect(startWorker(config, { logger, env: settings, ...given })).rejects.toThrow('Temporal cannot be reached')
    await expect(startWorker(config, { logger, env: settings })).rejects.toThrow(WorkerConfigError)
  })

  it('a key store needs no files of keys beside it, in production neither', async () => {
    const { ONBOARDING_SEALING_KEYS_FILE: sealing, ...settings } = await sandboxEnvironment()
    const { ONBOARDING_CODEC_KEYS_FILE: codec, ...rest } = settings
    const keyStore = createFileKeyStore({ sealing, codec })
    const production = {
      ...{ ...rest, ONBOARDING_ENVIRONMENT: 'production', ONBOARDING_SECRET_STORE: 'inline' },
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    }
    const config = readWorkerConfig(production, { keyStore })
    expect([config.sealingKeysFile, config.codecKeysFile]).toEqual([undefined, undefined])
    // The folder's sealing key has no end, which production refuses for a reason of its own.
    const dated = (await generateSealingKey(windowFrom({ now: Date.now() }))).privateKeys
    const read = (kind: KeyKind) => (kind === 'codec' ? keyStore.read('codec') : Promise.resolve(dated))
    const tenants = { names: () => [], find: () => Promise.resolve(undefined) } as unknown as TenantRegistry
    const given = { logger, env: production, tenants }
    const starting = startWorker(config, { ...given, keyStore: { ...keyStore, read: read as KeyStore['read'] } })
    await expect(starting).rejects.toThrow('Temporal cannot be reached')
    // A configuration that was read for a key store does not go without one.
    const refusal = await startWorker(config, given).catch((error: unknown) => error)
    expect((refusal as WorkerConfigError).problems).toEqual([
      expect.stringMatching(/^ONBOARDING_SEALING_KEYS_FILE: /),
      expect.stringMatching(/^ONBOARDING_CODEC_KEYS_FILE: must be set in production/),
    ])
  })

  it.each(['uat', 'sandbox'])(
    'a key store’s codec keys are used in %s, where no file of them is named',
    async (name) => {
      const { ONBOARDING_CODEC_KEYS_FILE: codec, ...settings } = await sandboxEnvironment()
      const sealing = settings['ONBOARDING_SEALING_KEYS_FILE']
      const env = { ...settings, ONBOARDING_ENVIRONMENT: name, TEMPORAL_ADDRESS: '127.0.0.1:1' }
      const warn = jest.fn()
      const tenants = { names: () => [], find: () => Promise.resolve(undefined) } as unknown as TenantRegistry
      const start = (keyStore: KeyStore | undefined) =>
        startWorker(readWorkerConfig(env), { logger: { ...logger, warn }, env, tenants, ...(keyStore && { keyStore }) })
      const files = createFileKeyStore({ sealing, codec })
      const asked = jest.fn(files.read)
      await expect(start({ ...files, read: asked as KeyStore['read'] })).rejects.toThrow('Temporal cannot be reached')
      expect(asked).toHaveBeenCalledWith('codec')
      expect(warn).not.toHaveBeenCalled()
      // A store that has none is refused: nothing is written in plain unseen.
      await expect(start(createFileKeyStore({ sealing }))).rejects.toThrow('No file of codec keys')
      await expect(start(undefined)).rejects.toThrow('Temporal cannot be reached')
      expect(warn.mock.calls).toEqual([[expect.stringMatching(/^ONBOARDING_CODEC_KEYS_FILE: .*in plain$/)]])
    },
  )

  it('a key store with codec keys of another deployment, or of ids made elsewhere, is refused with what to do', async () => {
    const settings = await sandboxEnvironment()
    const config = readWorkerConfig({ ...settings, TEMPORAL_ADDRESS: '127.0.0.1:1' })
    const files = createFileKeyStore({ sealing: settings['ONBOARDING_SEALING_KEYS_FILE'] })
    const own = generateCodecKey(await readIdKey(settings['ONBOARDING_ID_KEY_FILE'] ?? ''))
    const startWith = (keys: readonly CodecKey[]) => {
      const read = (kind: KeyKind) => (kind === 'codec' ? Promise.resolve({ keys }) : files.read('sealing'))
      return startWorker(config, { logger, env: settings, keyStore: { ...files, read: read as KeyStore['read'] } })
    }
    for (const keys of [[{ ...own, kid: 'kms-key-1' }], [own, generateCodecKey(Buffer.alloc(32))]]) {
      const refusal = await startWith(keys).catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(WorkerConfigError)
      expect((refusal as WorkerConfigError).problems).toEqual([
        expect.stringMatching(/^ONBOARDING_CODEC_KEYS_FILE: The key store holds .*onboard keys generate --kind codec/),
      ])
    }
    await expect(startWith([])).rejects.toThrow('at least one key')
    await expect(startWith([own])).rejects.toThrow('Temporal cannot be reached')
  })

  it('a key store with a sealing key that is malformed or has no private half is refused at the start', async () => {
    const settings = await sandboxEnvironment()
    const config = readWorkerConfig({ ...settings, TEMPORAL_ADDRESS: '127.0.0.1:1' })
    const files = createFileKeyStore({ sealing: settings['ONBOARDING_SEALING_KEYS_FILE'] })
    const codec = { keys: [generateCodecKey(await readIdKey(settings['ONBOARDING_ID_KEY_FILE'] ?? ''))] }
    const { privateKeys, publicKeys } = await generateSealingKey()
    const startWith = (sealing: KeySet) => {
      const read = (kind: KeyKind) => Promise.resolve(kind === 'codec' ? codec : sealing)
      return startWorker(config, { logger, env: settings, keyStore: { ...files, read: read as KeyStore['read'] } })
    }
    const malformed = { keys: privateKeys.keys.map((key) => ({ ...key, d: `${key.d ?? ''}=` })) }
    for (const [sealing, said] of [
      [malformed, /The key store is malformed. `d` of the key/],
      [publicKeys, /The key store holds a public key/],
    ] as const)
      await expect(startWith(sealing)).rejects.toThrow(said)
    await expect(startWith(privateKeys)).rejects.toThrow('Temporal cannot be reached')
  })

  it('sweeps the file vault when it starts', async () => {
    const folder = join(await newFolder(), 'vault')
    await mkdir(folder, { mode: 0o700 })
    const keys: KeySet = (await generateSealingKey()).privateKeys
    const config = { secretStore: 'vault', vaultFolder: folder, vaultSeconds: 60 } as const
    const binding = { field: 'pan', journey: 'onboarding:levin:acme:00' } as const
    const secrets = () => openSecretStore(config, () => Promise.resolve(keys), { vault: undefined, logger })
    const first = await secrets()
    const sealed = await first.store.seal(binding, 'ABCPE1234F')
    await first.close()
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000)
    try {
      const later = await secrets()
      await later.close()
    } finally {
      clock.mockRestore()
    }
    const after = await secrets()
    expect(await after.store.open(binding, sealed)).toEqual({ ok: false, code: 'NOT_IN_VAULT' })
    await after.close()
  })
})

describe('the public keys of a worker', () => {
  it('are there over HTTP for whoever seals, and nothing else is', async () => {
    const { privateKeys, publicKeys } = await generateSealingKey(windowFrom({ now: Date.now() }))
    const server = await startPublicKeysServer('127.0.0.1:0', () => Promise.resolve(privateKeys), logger)
    try {
      expect(await (await fetch(server.url)).json()).toEqual(publicKeys)
      expect((await fetch(new URL('/', server.url))).status).toBe(404)
    } finally {
      await server.close()
    }
  })
})
