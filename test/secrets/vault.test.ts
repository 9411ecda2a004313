import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  type Binding,
  createFileVault,
  createInlineStore,
  createOpener,
  createSealer,
  createVaultStore,
  type FileVault,
  generateSealingKey,
  KeyFileError,
  type KeySet,
  vaultSeconds,
} from '../../secrets/index.js'
import { forPeople, MASK } from '../../secrets/codec-server/index.js'
import { SECRET_FIELDS, sealedHeader, vaultReference } from '../../values/index.js'

const JOURNEY = 'onboarding:levin:acme:00112233445566778899aabbccddeeff'
const AADHAAR: Binding = { field: 'aadhaar', journey: JOURNEY }
const SECRET = '234567890124'
const LONGEST = 604_800

let keys: { privateKeys: KeySet; publicKeys: KeySet }
let folder: string
let now: number
let vault: FileVault
beforeAll(async () => {
  keys = await generateSealingKey()
})
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'vault-')), 'secrets')
  now = Date.parse('2026-01-01T00:00:00Z')
  vault = vaultOf(keys.privateKeys)
})
afterEach(() => rm(dirname(folder), { recursive: true, force: true }))

function vaultOf(privateKeys: KeySet, at = folder): FileVault {
  const [sealer, opener] = [createSealer(keys.publicKeys), createOpener(privateKeys)]
  return createFileVault({ folder: at, sealer, opener, now: () => now })
}

function put(binding: Binding = AADHAAR, seconds = 60): Promise<string> {
  return vault.put({ binding, plaintext: SECRET, expiresAt: now + seconds * 1_000 })
}

async function files(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

describe('a secret in a file vault', () => {
  it('is given out for its journey and field', async () => {
    const id = await put()
    expect(await vault.get(id, AADHAAR)).toEqual({ found: true, plaintext: SECRET })
    for (const other of [
      { ...AADHAAR, field: 'pan' },
      { ...AADHAAR, journey: `${JOURNEY}0` },
    ] as const)
      expect(await vault.get(id, other)).toEqual({ found: false, code: 'NOT_IN_VAULT' })
  })

  it('opens for nobody else, although its file is moved there', async () => {
    const id = await put()
    const [path = ''] = await files()
    await rename(path, path.replace('aadhaar.', 'pan.'))
    expect(await vault.get(id, { ...AADHAAR, field: 'pan' })).toEqual({ found: false, code: 'SEALED_UNREADABLE' })
  })

  it('is on the disk for its owner only, encrypted, one file in a folder for each journey', async () => {
    await put()
    await put({ ...AADHAAR, field: 'otp' })
    const found = await files()
    expect(found).toHaveLength(2)
    expect(new Set(found.map(dirname)).size).toBe(1)
    for (const path of found) {
      expect((await stat(path)).mode & 0o077).toBe(0)
      expect((await stat(dirname(path))).mode & 0o077).toBe(0)
      expect(await readFile(path, 'utf8')).not.toContain(SECRET)
      expect(path).not.toContain(JOURNEY)
    }
  })

  it('is named by chance: equal secrets have names that have nothing in common', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => put()))
    expect(new Set(ids.map((id) => id.split('.')[0])).size).toBe(50)
  })

  it('is gone when its time is over, asked for or not', async () => {
    const [short, long] = [await put(AADHAAR, 60), await put(AADHAAR, 120)]
    now += 60_000
    expect(await vault.get(short, AADHAAR)).toEqual({ found: false, code: 'NOT_IN_VAULT' })
    expect(await files()).toHaveLength(1)
    expect(await vault.get(long, AADHAAR)).toMatchObject({ found: true })
    now += 60_000
    expect(await vault.sweep()).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  it('is gone with its journey, and others are not', async () => {
    const other = { ...AADHAAR, journey: `${JOURNEY.slice(0, -1)}0` }
    const [, kept] = [await put(), await put(other), await put({ ...AADHAAR, field: 'pan' })]
    await vault.deleteOf(JOURNEY, ['pan'])
    expect(await files()).toHaveLength(2)
    await vault.deleteOf(JOURNEY)
    await vault.deleteOf(JOURNEY)
    expect(await vault.get(kept, other)).toMatchObject({ found: true })
    expect(await files()).toHaveLength(1)
  })

  it('can be deleted without any key; nothing else can be done then', async () => {
    await put()
    const deleting = createFileVault({ folder })
    await expect(deleting.put({ binding: AADHAAR, plaintext: SECRET, expiresAt: now })).rejects.toThrow(KeyFileError)
    await expect(deleting.check()).rejects.toThrow('ONBOARDING_SEALING_PUBLIC_KEYS_FILE')
    await deleting.deleteOf(JOURNEY)
    expect(await files()).toEqual([])
  })

  it('is not taken for deleted where the folder is not there: named wrongly, or not mounted', async () => {
    await expect(vaultOf(keys.privateKeys, `${folder}s`).deleteOf(JOURNEY)).rejects.toThrow('ENOENT')
  })

  it('cannot be opened from a copy of the folder once its key is destroyed', async () => {
    const id = await put()
    const copy = `${folder}-backup`
    await cp(folder, copy, { recursive: true })
    await chmod(copy, 0o700)
    const [lost] = keys.privateKeys.keys
    const without = { keys: (await generateSealingKey()).privateKeys.keys, destroyed: [lost?.kid ?? ''] }
    expect(await vaultOf(without, copy).get(id, AADHAAR)).toEqual({ found: false, code: 'KEY_DESTROYED' })
  })

  it('is written while its folder is swept away again and again', async () => {
    const sweeps = Array.from({ length: 30 }, () => vault.sweep(now + 1e9))
    const puts = await Promise.all(Array.from({ length: 30 }, (_, at) => put(AADHAAR, 2e6 + at)))
    await Promise.all(sweeps)
    for (const id of puts) expect(await vault.get(id, AADHAAR)).toMatchObject({ found: true })
  })

  it('is not asked for outside of the folder, whatever the name says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.constant('../../etc/passwd'), fc.constant('a/../b')), async (id) => {
        expect(await vault.get(id, AADHAAR)).toEqual({ found: false, code: 'NOT_IN_VAULT' })
      }),
    )
  })
})

describe('a file vault', () => {
  it('refuses a folder that others may look into, and says what to run', async () => {
    await mkdir(folder)
    await chmod(folder, 0o755)
    await expect(put()).rejects.toThrow(`chmod 700 ${folder}`)
    await expect(vault.check()).rejects.toThrow(`chmod 700 ${folder}`)
  })

  it('of a client takes secrets and gives none', async () => {
    const id = await put()
    const client = createFileVault({ folder, sealer: createSealer(keys.publicKeys), now: () => now })
    await expect(client.get(id, AADHAAR)).rejects.toThrow('only workers read')
  })
})

describe('a store of secrets', () => {
  const stores = () => {
    const [sealer, opener] = [createSealer(keys.publicKeys), createOpener(keys.privateKeys)]
    now = Date.now()
    return { inline: createInlineStore(sealer, opener), vault: createVaultStore(vault, LONGEST, opener) }
  }

  it.each(['inline', 'vault'] as const)('gives back what was put into it, for every field: %s', async (mode) => {
    const store = stores()[mode]
    await store.check()
    for (const field of SECRET_FIELDS) {
      const binding = { field, journey: JOURNEY }
      const sealed = await store.seal(binding, SECRET)
      expect(sealedHeader(sealed)).toMatchObject(binding)
      expect(await store.open(binding, sealed)).toEqual({ ok: true, plaintext: SECRET })
      const elsewhere = await store.open({ ...binding, journey: `${JOURNEY}0` }, sealed)
      expect(elsewhere).toEqual({ ok: false, code: 'SEALED_FOR_ANOTHER_JOURNEY' })
    }
  })

  it('in a vault leaves a reference in messages that holds nothing of the secret', async () => {
    const sealed = await stores().vault.seal(AADHAAR, SECRET)
    expect(sealed).toMatch(/^vault\.[\w-]+$/)
    expect(vaultReference(sealed)?.vaultId).toMatch(/^[\w-]{32}\.\d{10}$/)
    const [path = ''] = await files()
    expect(Buffer.from(sealed.slice(6), 'base64url').toString()).not.toContain(
      (await readFile(path, 'utf8')).slice(-40),
    )
  })

  it('opens in vault mode what was sealed inline before, and says so of references in inline mode', async () => {
    const { inline, vault: kept } = stores()
    expect(await kept.open(AADHAAR, await inline.seal(AADHAAR, SECRET))).toEqual({ ok: true, plaintext: SECRET })
    const reference = await kept.seal(AADHAAR, SECRET)
    expect(await inline.open(AADHAAR, reference)).toEqual({ ok: false, code: 'VAULT_NOT_CONFIGURED' })
  })

  it('is shown to people as a mask by the codec server, in either form', async () => {
    for (const store of Object.values(stores())) {
      const sealed = await store.seal(AADHAAR, SECRET)
      const payload = {
        metadata: { encoding: Buffer.from('json/plain') },
        data: Buffer.from(JSON.stringify({ sealed })),
      }
      expect(JSON.parse(Buffer.from(forPeople(payload).data ?? []).toString())).toEqual({ sealed: `aadhaar ${MASK}` })
    }
  })

  it('forgets before the time is over', async () => {
    const { vault: store } = stores()
    const sealed = await store.seal(AADHAAR, SECRET)
    await store.forget(JOURNEY, ['aadhaar'])
    expect(await store.open(AADHAAR, sealed)).toEqual({ ok: false, code: 'NOT_IN_VAULT' })
  })

  it('keeps codes for a quarter of an hour, and the rest as long as a journey', () => {
    const seconds = SECRET_FIELDS.map((field) => [field, vaultSeconds(field, LONGEST)])
    expect(Object.fromEntries(seconds)).toEqual({
      ...{ aadhaar: LONGEST, pan: LONGEST, walletToken: LONGEST },
      ...{ otp: 900, otpRefId: 900 },
    })
  })

  it('refuses a name of a vault that could not stand in a message', async () => {
    const odd = { ...vault, put: () => Promise.resolve('too short') }
    await expect(createVaultStore(odd, LONGEST, createOpener(keys.privateKeys)).seal(AADHAAR, SECRET)).rejects.toThrow(
      'cannot stand in a message',
    )
  })
})

describe('the reader of sealed fields', () => {
  it('never throws and takes nothing that is not of one of the two forms', () => {
    fc.assert(fc.property(fc.anything(), (junk) => expect(sealedHeader(junk)).toBeNull()))
    const encoded = fc.json().map((json) => `vault.${Buffer.from(json).toString('base64url')}`)
    fc.assert(fc.property(encoded, (text) => expect(vaultReference(text)).toBeNull()))
  })

  it('takes no reference with another field, a name of another form, or anything behind it', () => {
    const text = (parts: object): string => `vault.${Buffer.from(JSON.stringify(parts)).toString('base64url')}`
    const good = { vaultId: 'a'.repeat(32), field: 'otp', journey: JOURNEY }
    expect(vaultReference(text(good))).toEqual(good)
    for (const bad of [
      text({ ...good, field: 'name' }),
      text({ ...good, vaultId: 'short' }),
      text({ ...good, vaultId: '../../../../etc/passwd' }),
      text({ ...good, journey: 1 }),
      `${text(good)}.x`,
      `${text(good)}=`,
    ])
      expect(vaultReference(bad)).toBeNull()
  })
})
