import { inspect } from 'node:util'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { temporalConfig } from '../../client/client.js'
import { optionsFromEnvironment } from '../../client/environment.js'
import { createSealFor, type SealFor } from '../../client/messages.js'
import { resolveOptions } from '../../client/options.js'
import { generateSealingKey, publishKeys, windowFrom } from '../../secrets/index.js'
import { jweHeader, vaultReference } from '../../values/index.js'
import { type Keys, makeKeys, PAN, refused, runHere } from './support.js'

const JOURNEY = 'onboarding:levin:acme:00112233445566778899aabbccddeeff'

let keys: Keys
let folder: string
beforeAll(async () => {
  keys = await makeKeys()
  folder = await mkdtemp(join(tmpdir(), 'client-vault-'))
})
afterAll(async () => {
  await keys.remove()
  await rm(folder, { recursive: true, force: true })
})

/** Seals as a client of this environment does; an empty text takes a setting away. */
async function sealFor(settings: Readonly<Record<string, string>>): Promise<SealFor> {
  return createSealFor(resolveOptions(await optionsFromEnvironment({ ...keys.env, ...settings })))
}

describe('a client in production', () => {
  it('must be told where secrets are put, if it can send any', async () => {
    const error = await refused(sealFor({ ONBOARDING_SECRET_STORE: '' }))
    expect(error.code).toBe('NOT_CONFIGURED')
    expect(error.message).toMatch(/^ONBOARDING_SECRET_STORE: Must be chosen in production/)
    const reader = await optionsFromEnvironment({
      ...keys.env,
      ONBOARDING_SECRET_STORE: '',
      ONBOARDING_SEALING_PUBLIC_KEYS_FILE: '',
    })
    expect(resolveOptions(reader).sealingKeys).toBeNull()
  })

  it('needs no choice elsewhere: inline', async () => {
    const seal = await sealFor({ ONBOARDING_SECRET_STORE: '', ONBOARDING_ENVIRONMENT: 'uat' })
    expect(jweHeader(await seal(JOURNEY, 'pan', PAN))).not.toBeNull()
  })

  it.each([
    [{ ONBOARDING_SECRET_STORE: 'vaults' }, 'ONBOARDING_SECRET_STORE'],
    [{ ONBOARDING_SECRET_STORE: 'vault' }, 'ONBOARDING_VAULT_FOLDER'],
    [{ ONBOARDING_VAULT_FOLDER: '/vault' }, 'ONBOARDING_SECRET_STORE'],
    [{ ONBOARDING_VAULT_SECONDS: 'a week' }, 'ONBOARDING_VAULT_SECONDS'],
  ])('is refused with %j', async (settings, named) => {
    expect((await refused(sealFor(settings))).details).toMatchObject({ settings: { [named]: expect.any(String) } })
  })
})

describe('the public keys of a client that are the private ones', () => {
  it('are refused by name, as a file and as an option', async () => {
    const file = join(keys.folder, 'sealing-keys.json')
    const error = await refused(sealFor({ ONBOARDING_SEALING_PUBLIC_KEYS_FILE: file }))
    expect(error.details).toMatchObject({
      settings: { ONBOARDING_SEALING_PUBLIC_KEYS_FILE: expect.stringContaining('holds a private sealing key') },
    })
    const sealingKeys = (await generateSealingKey()).privateKeys
    const given = await refused(() => resolveOptions({ tenant: 'acme', secretStore: 'inline', sealingKeys }))
    expect(given).toMatchObject({
      code: 'NOT_CONFIGURED',
      details: { settings: { 'sealingKeys.keys': expect.any(String) } },
    })
    expect(given.message).not.toContain(String(sealingKeys.keys[0]?.d))
  })
})

describe('a client of a vault', () => {
  const vaultSettings = () => ({ ONBOARDING_SECRET_STORE: 'vault', ONBOARDING_VAULT_FOLDER: join(folder, 'vault') })

  it('has it without sealing keys, too: to delete; it sends nothing then', async () => {
    const env = { ...keys.env, ...vaultSettings(), ONBOARDING_SEALING_PUBLIC_KEYS_FILE: '' }
    const settings = resolveOptions(await optionsFromEnvironment(env))
    expect(settings).toMatchObject({ isStoreChosen: true, secretStore: { deleteOf: expect.any(Function) } })
    const error = await refused(createSealFor(settings)(JOURNEY, 'pan', PAN))
    expect([error.code, error.message]).toEqual(['NOT_CONFIGURED', expect.stringContaining('can only delete')])
  })

  it('sends references, and takes them', async () => {
    const seal = await sealFor(vaultSettings())
    const sealed = await seal(JOURNEY, 'pan', PAN)
    expect(vaultReference(sealed)).toMatchObject({ field: 'pan', journey: JOURNEY })
    expect(await seal(JOURNEY, 'pan', sealed)).toBe(sealed)
  })

  it('does not send what was sealed inline elsewhere', async () => {
    const inline = await (await sealFor({}))(JOURNEY, 'pan', PAN)
    const error = await refused((await sealFor(vaultSettings()))(JOURNEY, 'pan', inline))
    expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { fields: { pan: { code: 'NOT_IN_VAULT' } } } })
  })

  it('says that the vault does not take it, without the secret', async () => {
    const seal = await sealFor({ ...vaultSettings(), ONBOARDING_VAULT_FOLDER: join(keys.folder, 'id-key', 'vault') })
    const error = await refused(seal(JOURNEY, 'pan', PAN))
    expect(error.code).toBe('VAULT_UNAVAILABLE')
    expect(JSON.stringify(error) + String(error.cause)).not.toContain(PAN)
  })

  it('says what to run where the folder may be read by others', async () => {
    const shared = join(folder, 'shared')
    const seal = await sealFor({ ...vaultSettings(), ONBOARDING_VAULT_FOLDER: shared })
    await seal(JOURNEY, 'pan', PAN)
    await chmod(shared, 0o755)
    expect((await refused(seal(JOURNEY, 'pan', PAN))).message).toContain(`chmod 700 ${shared}`)
  })
})

describe('the public keys of a client', () => {
  it('are read anew when they were rotated, and refused by name when the time of all is over', async () => {
    const file = join(folder, 'public.json')
    const [first, second] = [await generateSealingKey(), await generateSealingKey(windowFrom({ now: Date.now() }))]
    await publishKeys(file, first.publicKeys)
    const seal = await sealFor({ ONBOARDING_SEALING_PUBLIC_KEYS_FILE: file })
    const kid = async () => jweHeader(await seal(JOURNEY, 'pan', PAN))?.kid
    expect(await kid()).toBe(first.publicKeys.keys[0]?.kid)
    await publishKeys(file, second.publicKeys)
    expect(await kid()).toBe(second.publicKeys.keys[0]?.kid)
    await publishKeys(file, (await generateSealingKey({ nbf: 1, exp: 2, destroyAfter: 3 })).publicKeys)
    const error = await refused(seal(JOURNEY, 'pan', PAN))
    expect([error.code, error.message]).toEqual(['NOT_CONFIGURED', expect.stringContaining('onboard keys rotate')])
  })
})

describe('secrets in settings', () => {
  it('come from files: the API key of Temporal', async () => {
    const file = join(folder, 'api-key')
    await writeFile(file, 'a-test-only-key\n', { mode: 0o600 })
    const { connection } = temporalConfig({ TEMPORAL_API_KEY_FILE: file, TEMPORAL_ADDRESS: '127.0.0.1:1' })
    expect(connection.apiKey).toBe('a-test-only-key')
    expect(() => temporalConfig({ TEMPORAL_API_KEY_FILE: `${file}s` })).toThrow('TEMPORAL_API_KEY_FILE')
  })

  it('are in no error of Temporal’s configuration file, nor in what caused it', async () => {
    const file = join(folder, 'temporal.toml')
    await writeFile(file, '[profile.default]\naddress = "127.0.0.1:1"\napi_key = "a-test-only-key\n', { mode: 0o600 })
    const error = await refused(() => temporalConfig({ TEMPORAL_CONFIG_FILE: file }))
    expect(error.message).toBe(`TEMPORAL_CONFIG_FILE: ${file} is not valid TOML, at line 3`)
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('a-test-only-key')
    const misplaced = await refused(() => temporalConfig({ TEMPORAL_TLS_CLIENT_KEY_PATH: '/a-test-only-key' }))
    expect(inspect(misplaced, { depth: null, showHidden: true })).not.toContain('a-test-only-key')
  })

  it('are refused from files that others may read, in production', async () => {
    const file = join(folder, 'shared-key')
    await writeFile(file, 'a-test-only-key', { mode: 0o644 })
    const error = await refused(() => temporalConfig({ TEMPORAL_API_KEY_FILE: file }))
    expect(error.message).toContain(`chmod 600 ${file}`)
    const env = { ONBOARDING_ACCESS_KEY_FILE: file }
    const args = ['sign', '--timestamp', '1700000000000']
    expect(await runHere(args, { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('chmod 600') })
    const sandbox = await runHere(args, { env: { ...env, ONBOARDING_ENVIRONMENT: 'sandbox' } })
    expect(sandbox).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Warning: .*chmod 600/) })
  })

  it('come from files: the access key of `sign`', async () => {
    const file = join(folder, 'access-key')
    await writeFile(file, 'test-access-key-123\n', { mode: 0o600 })
    const args = ['sign', '--timestamp', '1700000000000']
    const signed = await runHere(args, { env: { ONBOARDING_ACCESS_KEY_FILE: file } })
    expect(signed.stdout).toBe('88lqTf9ew69XbVbeczjxVL8/B4vibfp1MvTi1mIj2Xo=\n')
    const both = await runHere(args, { env: { ONBOARDING_ACCESS_KEY_FILE: file, ONBOARDING_ACCESS_KEY: 'x' } })
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('unset one')])
  })
})
