import { createHash, randomBytes } from 'node:crypto'
import { access, constants, mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SECRET_FIELDS, type SecretField } from '../values/sealed-field.js'
import { KeyFileError, refuseIfShared } from './key-file.js'
import type { Binding, KeySealer, Opener } from './sealing.js'
import type { Vault, VaultAnswer } from './secret-store.js'

/** A vault that is a folder. */
export interface FileVault extends Vault {
  /** Deletes all whose time is over. @returns how many */
  sweep(now?: number): Promise<number>
}

export interface FileVaultOptions {
  /** Made if missing. Owner only; clients and workers must run as the same user, or mount it as one. */
  readonly folder: string
  /** Encrypts what is written; without one, the vault can only delete. */
  readonly sealer?: KeySealer
  /** Decrypts what is read; a client has none, and can put only. */
  readonly opener?: Opener
  readonly now?: () => number
}

const NAME_BYTES = 24
/** `<random>.<expires at, in s>`: the name says when it is over, so that a sweep reads no content. */
const VAULT_ID = /^([\w-]{32})\.(\d{10})$/
const FILE = /^([A-Za-z]+)\.[\w-]{32}\.(\d{10})$/

/**
 * A vault in a folder: one file for each secret, in a folder for each journey, all readable by their owner only. A file's
 * content is a JWE to the workers' public sealing key, as in inline mode: clients can write and not read, and a copy of the
 * folder (a backup) is worthless once the key is destroyed. Journey and field are in its authenticated header, so a file
 * that is moved or renamed opens for nobody else.
 *
 * It is no Aadhaar Data Vault: its keys are in files and not in an HSM, and its zone is this machine.
 */
export function createFileVault({ folder, sealer = NO_SEALER, opener, now = Date.now }: FileVaultOptions): FileVault {
  const fileOf = ({ field, journey }: Binding, vaultId: string): string =>
    join(folderOf(folder, journey), `${field}.${vaultId}`)
  return {
    async put({ binding, plaintext, expiresAt }) {
      const vaultId = `${randomBytes(NAME_BYTES).toString('base64url')}.${Math.floor(expiresAt / 1_000)}`
      const sealed = await sealer.seal(binding, plaintext)
      await prepare(folder)
      await writeInto(folderOf(folder, binding.journey), fileOf(binding, vaultId), sealed)
      return vaultId
    },
    async get(vaultId, binding) {
      const [, , expires] = VAULT_ID.exec(vaultId) ?? []
      if (expires === undefined) return absent
      if (Number(expires) * 1_000 <= now()) {
        await rm(fileOf(binding, vaultId), { force: true })
        return absent
      }
      if (!opener) throw new Error('This vault was made without an opener: only workers read secrets.')
      const sealed = await readFile(fileOf(binding, vaultId), 'utf8').catch(ifMissing(null))
      return sealed === null ? absent : answerOf(await opener.open(binding, sealed))
    },
    async deleteOf(journey, fields = SECRET_FIELDS) {
      // A folder that is named wrongly, or not mounted, must not pass for one that is empty.
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
      const own = folderOf(folder, journey)
      const files = (await readdir(own).catch(ifMissing([]))).filter((file) => isOf(file, fields))
      for (const file of files) await rm(join(own, file), { force: true })
      await removeIfEmpty(own)
    },
    async check() {
      await prepare(folder)
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
      await sealer.check()
    },
    async sweep(at = now()) {
      let deleted = 0
      for (const journey of await readdir(folder).catch(ifMissing([]))) {
        const own = join(folder, journey)
        const over = (await readdir(own).catch(ifMissing([]))).filter((file) => isOver(file, at))
        for (const file of over) await rm(join(own, file), { force: true })
        deleted += over.length
        if (over.length > 0) await removeIfEmpty(own)
      }
      return deleted
    },
  }
}

/** Of a vault that was made without public keys. */
const deletesOnly = (): Promise<never> =>
  Promise.reject(
    new KeyFileError(
      'This vault was made without sealing keys, so it can only delete. Name the public ones: ONBOARDING_SEALING_PUBLIC_KEYS_FILE.',
    ),
  )
const NO_SEALER: KeySealer = { seal: deletesOnly, check: deletesOnly }
const absent: VaultAnswer = { found: false, code: 'NOT_IN_VAULT' }

/** What the file holds is refused only where its key is gone, or it is not the file that was written. */
function answerOf(opened: Awaited<ReturnType<Opener['open']>>): VaultAnswer {
  if (opened.ok) return { found: true, plaintext: opened.plaintext }
  return { found: false, code: opened.code === 'KEY_DESTROYED' ? 'KEY_DESTROYED' : 'SEALED_UNREADABLE' }
}

/** A workflow id has characters that not every file system takes. */
function folderOf(folder: string, journey: string): string {
  return join(folder, createHash('sha256').update(journey).digest('hex').slice(0, 32))
}

async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await refuseIfShared(folder)
}

/** A sweep may take the empty folder away in the moment between. */
async function writeInto(folder: string, path: string, content: string, attempts = 5): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeWhole(path, content).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || attempts <= 1) throw error
    return writeInto(folder, path, content, attempts - 1)
  })
}

/** All of it or nothing, and on the disk before anybody gets its name. */
async function writeWhole(path: string, content: string): Promise<void> {
  const draft = `${path}.new`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

function isOf(file: string, fields: readonly SecretField[]): boolean {
  return fields.some((field) => file.startsWith(`${field}.`))
}

function isOver(file: string, at: number): boolean {
  const expires = FILE.exec(file.replace(/\.new$/, ''))?.[2]
  return expires !== undefined && Number(expires) * 1_000 <= at
}

/** Another process may put something into it in this moment: then it stays. */
async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code ?? '')) throw error
  })
}

function ifMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return instead
    throw error
  }
}
