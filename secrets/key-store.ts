import { type BigIntStats, statSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CodecKeyRing, parseCodecKeys } from './codec-keys.js'
import { KeyFileError, readKeyJson, refuseIfShared } from './key-file.js'
import { parseKeySet, parsePublicKeys, requirePrivate } from './keys.js'
import { overwrite } from './overwrite.js'
import type { KeySet, KeySource } from './sealing.js'

/** The two sets of keys that rotate. The id key does not. */
export const KEY_KINDS = ['sealing', 'codec'] as const
export type KeyKind = (typeof KEY_KINDS)[number]

/** What a set of each kind is. */
export interface KeySets {
  readonly sealing: KeySet
  readonly codec: CodecKeyRing
}

/**
 * Where a deployment's keys are kept. Files are one; **a KMS is another**: a store that keeps the sets wrapped by a key
 * of the KMS and unwraps them in `read`, or that makes and destroys keys in `change`.
 */
export interface KeyStore {
  /**
   * The set as it is now; asked for at every sealing and opening, so it must be quick where nothing has changed.
   * @throws KeyFileError
   */
  read<Kind extends KeyKind>(kind: Kind): Promise<KeySets[Kind]>
  /**
   * Puts another set in its place, all of it or nothing; what is no longer in it must be destroyed wherever it lay. One
   * change at a time.
   * @throws KeyFileError
   */
  change<Kind extends KeyKind>(kind: Kind, make: (set: KeySets[Kind]) => KeySets[Kind]): Promise<KeySets[Kind]>
}

/** Paths of the files of a key store. */
export interface KeyStoreFiles {
  readonly sealing?: string | undefined
  readonly codec?: string | undefined
}

/** Keys in files: JWK sets, refused unless they are readable by their owner only. */
export function createFileKeyStore(files: KeyStoreFiles): KeyStore {
  const pathOf = (kind: KeyKind): string => {
    const path = files[kind]
    if (path === undefined) throw new KeyFileError(`No file of ${kind} keys is named.`)
    return path
  }
  const parse = <Kind extends KeyKind>(kind: Kind, json: unknown): KeySets[Kind] => {
    const parsers = { sealing: parsePrivateKeys, codec: parseCodecKeys }
    return parsers[kind](json, pathOf(kind)) as KeySets[Kind]
  }
  const sealing = files.sealing === undefined ? null : fileSource(files.sealing, parsePrivateKeys, true)
  const codec = files.codec === undefined ? null : fileSource(files.codec, parseCodecKeys, true)
  return {
    read: async <Kind extends KeyKind>(kind: Kind) => {
      const source = { sealing, codec }[kind]
      if (!source) throw new KeyFileError(`No file of ${kind} keys is named.`)
      return (await source()) as KeySets[Kind]
    },
    async change(kind, make) {
      const path = pathOf(kind)
      await refuseIfShared(path)
      const next = await exclusively(path, async () => {
        const set = make(parse(kind, await readKeyJson(path)))
        // Before anything is written: a set that cannot be read again must not take the place of one that can.
        parse(kind, set)
        return { set, text: `${JSON.stringify(set, null, 2)}\n` }
      })
      return parse(kind, next)
    },
  }
}

/** The public set of a file, read anew when the file has changed. One with a private part is refused. */
export function publicKeySource(path: string): KeySource {
  return fileSource(path, parsePublicKeys, false)
}

function parsePrivateKeys(json: unknown, where: string): KeySet {
  const set = parseKeySet(json, where)
  requirePrivate(set, where)
  return set
}

/** Looks at a file that is just being replaced: so often, so far apart in ms. */
const LOOKS = 5
const PAUSE_MS = 20

/** A file's content, parsed again when the file is another one than before. */
function fileSource<T>(path: string, parse: (json: unknown, where: string) => T, isSecret: boolean): () => Promise<T> {
  let last: { readonly version: string; readonly value: T } | null = null
  const load = async (looksLeft: number): Promise<T> => {
    const version = versionOf(path)
    if (last?.version === version) return last.value
    try {
      if (isSecret) await refuseIfShared(path)
      const value = parse(await readKeyJson(path), path)
      // What was written to meanwhile may have been read half old, half new.
      if (versionOf(path) !== version) throw new KeyFileError(`${path} changes again and again.`)
      last = { version, value }
      return value
    } catch (error) {
      if (!(error instanceof KeyFileError) || looksLeft <= 1) throw error
    }
    await sleep(PAUSE_MS)
    return load(looksLeft - 1)
  }
  return () => load(LOOKS)
}

/** At once: asked for with every secret, and a detour by another thread takes some twenty times as long. */
function versionOf(path: string): string {
  const info = statOf(path)
  return [info.dev, info.ino, info.size, info.mtimeNs, info.ctimeNs].join(':')
}

function statOf(path: string): BigIntStats {
  try {
    return statSync(path, { bigint: true })
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new KeyFileError(`${path} cannot be read (${code}).`)
  }
}

/**
 * Changes a file of keys. The draft beside it is lock and safety copy: it is whole and on the disk before the file is
 * touched. The file is then written over in place, so that a destroyed key's bytes are gone from its blocks, and containers
 * into which the single file is mounted see the change; the draft's bytes are wiped too. A journalling or copying file
 * system, or a disk that moves its blocks, may keep old bytes nevertheless, and so do backups: only a KMS or an HSM truly
 * destroys.
 */
async function exclusively<T>(
  path: string,
  make: () => Promise<{ readonly set: T; readonly text: string }>,
): Promise<T> {
  const draft = `${path}.new`
  const file = await open(draft, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST')
      throw new KeyFileError(`${draft} cannot be written (${error.code ?? 'unknown error'}).`)
    throw new KeyFileError(
      `${path} is being changed. If nobody does, a change was interrupted: keep the one of it and ${draft} that is whole ` +
        'JSON, the latter where both are, as the former, and remove the latter.',
    )
  })
  try {
    const undone = async (error: unknown): Promise<never> => {
      await rm(draft)
      throw error
    }
    const { set, text } = await make().catch(undone)
    // Before the draft holds anything: a file that cannot be written is as it was, and leaves nothing to be mended.
    const target = await open(path, 'r+').catch((error: NodeJS.ErrnoException) =>
      undone(new KeyFileError(`${path} cannot be written (${error.code ?? 'unknown error'}).`)),
    )
    const content = Buffer.from(text)
    try {
      await overwrite(file, content)
      await overwrite(target, content)
    } finally {
      await target.close()
    }
    await overwrite(file, Buffer.alloc(content.length))
    await rm(draft)
    return set
  } finally {
    await file.close()
  }
}
