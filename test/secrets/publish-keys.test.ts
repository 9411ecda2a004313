import { mkdirSync } from 'node:fs'
import { chmod, link, mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  ensureKeysFolder,
  KEY_FILES,
  KeyFileError,
  type KeySet,
  publishKeys,
  readPublicKeys,
  requirePublishTarget,
} from '../../secrets/index.js'
import { overwrite } from '../../secrets/overwrite.js'

let folder: string
let set: KeySet
let secret: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publish-keys-'))
  await ensureKeysFolder(folder)
  set = await readPublicKeys(join(folder, KEY_FILES.sealingPublic))
  secret = [KEY_FILES.sealing, KEY_FILES.codec, KEY_FILES.id].map((file) => join(folder, file))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function contents(): Promise<[string, string][]> {
  const files = (await readdir(folder)).sort()
  return Promise.all(
    files.map(async (file): Promise<[string, string]> => [file, await readFile(join(folder, file), 'utf8')]),
  )
}

describe('the public set is not published', () => {
  it.each(Object.values(KEY_FILES).filter((file) => file !== KEY_FILES.sealingPublic))(
    'over the file of keys %s, by whatever name, nor over its safety copy',
    async (file) => {
      const [path, linked, other] = [join(folder, file), join(folder, 'linked.json'), join(folder, 'other.json')]
      await symlink(path, linked)
      await link(path, other)
      const before = await contents()
      for (const to of [path, join(folder, '.', 'x', '..', file), linked, other, `${path}.new`])
        await expect(publishKeys(to, set, secret)).rejects.toThrow('the place of a file of keys')
      expect(await contents()).toEqual(before)
    },
  )

  it('in the place of a file of keys that is not there yet', async () => {
    const path = join(folder, KEY_FILES.codec)
    await rm(path)
    await expect(publishKeys(path, set, secret)).rejects.toThrow('the place of a file of keys')
  })

  it.each([
    ['text', 'the secret text'],
    ['nothing', ''],
    ['JSON', '{"keys":[{"kty":"oct","k":"the secret text"}]}'],
  ])('over a file that holds %s, which is not quoted', async (_, content) => {
    const to = join(folder, 'notes')
    await writeFile(to, content)
    const publishing = publishKeys(to, set)
    await expect(publishing).rejects.toThrow(`${to} is there already and holds no public set`)
    await expect(publishing).rejects.not.toThrow('the secret text')
    expect(await readFile(to, 'utf8')).toBe(content)
  })

  it('over private keys of another folder', async () => {
    const [sealing = '', codec = ''] = secret
    for (const to of [sealing, codec]) {
      const before = await readFile(to, 'utf8')
      await expect(publishKeys(to, set)).rejects.toThrow('holds no public set')
      expect(await readFile(to, 'utf8')).toBe(before)
    }
  })

  it('into a folder that is none, over a folder, or half: errors are coded, and no draft stays', async () => {
    await expect(requirePublishTarget(join(folder, 'absent', 'set.json'))).rejects.toThrow(KeyFileError)
    const to = join(folder, 'set.json')
    await mkdir(to)
    await expect(publishKeys(to, set)).rejects.toThrow(KeyFileError)
    await rm(to, { recursive: true })
    const before = await readdir(folder)
    // Somebody makes a folder of the same name in the moment between look and act.
    const meanwhile = { toJSON: () => (mkdirSync(to), set) } as unknown as KeySet
    await expect(publishKeys(to, meanwhile)).rejects.toThrow(/set\.json cannot be written \(E\w+\)/)
    expect((await readdir(folder)).sort()).toEqual([...before, 'set.json'].sort())
  })
})

describe('the published set', () => {
  it('may be read by all, whoever wrote it first and whatever the umask', async () => {
    const to = join(folder, KEY_FILES.sealingPublic)
    const umask = process.umask(0o077)
    try {
      await publishKeys(to, set, secret)
      expect((await stat(to)).mode & 0o777).toBe(0o644)
      await chmod(to, 0o600)
      await ensureKeysFolder(folder)
      expect((await stat(to)).mode & 0o777).toBe(0o644)
    } finally {
      process.umask(umask)
    }
  })
})

describe('a file of keys that is overwritten', () => {
  it('is whole also where the system takes few bytes at a time', async () => {
    const path = join(folder, 'file')
    await writeFile(path, 'what was there before, and longer')
    const file = await open(path, 'r+')
    try {
      const slow = {
        stat: () => file.stat(),
        sync: () => file.sync(),
        truncate: (length?: number) => file.truncate(length),
        write: (bytes: Buffer, from: number, length: number, at: number) =>
          file.write(bytes, from, Math.min(length, 3), at),
      }
      await overwrite(slow as typeof file, Buffer.from('what is new'))
    } finally {
      await file.close()
    }
    expect(await readFile(path, 'utf8')).toBe('what is new')
  })
})
