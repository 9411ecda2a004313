import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect } from '@jest/globals'
import { ensureKeysFolder, KEY_FILES, readIdKey, readPrivateKeys, readPublicKeys } from '../../secrets/index.js'
import { createOpener, type KeySet, type Opener } from '../../secrets/sealing.js'
import { runCli as runCommandLine } from '../../client/cli/run.js'
import { OnboardingError } from '../../client/index.js'

/** The repository's folder. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** Made-up numbers: of the form that Eko's samples have, and one Aadhaar that passes the strict check. */
export const MOBILE = '7000000001'
export const AADHAAR = '999911112221'
export const FORMAT_ONLY_AADHAAR = '123456789012'
export const PAN = 'ABCPE1234F'
export const FORMAT_ONLY_PAN = 'ABCDE1234F'
export const DETAILS = {
  name: 'Test Sender',
  dob: '1990-01-31',
  residenceAddress: ['12 Sample Street', 'Pune', '411001'],
} as const

export interface Keys {
  readonly folder: string
  readonly idKey: Uint8Array
  readonly sealingKeys: KeySet
  readonly opener: Opener
  /** Settings of a client that uses these keys. */
  readonly env: Readonly<Record<string, string>>
  remove(): Promise<void>
}

/** Fresh keys in a folder of their own. */
export async function makeKeys(): Promise<Keys> {
  const folder = await mkdtemp(join(tmpdir(), 'client-test-'))
  await ensureKeysFolder(folder)
  const idFile = join(folder, KEY_FILES.id)
  const publicFile = join(folder, KEY_FILES.sealingPublic)
  return {
    folder,
    idKey: await readIdKey(idFile),
    sealingKeys: await readPublicKeys(publicFile),
    opener: createOpener(await readPrivateKeys(join(folder, KEY_FILES.sealing))),
    env: {
      ONBOARDING_TENANT: 'acme',
      ONBOARDING_ID_KEY_FILE: idFile,
      ONBOARDING_SEALING_PUBLIC_KEYS_FILE: publicFile,
      ONBOARDING_SECRET_STORE: 'inline',
      ONBOARDING_CODEC_KEYS_FILE: join(folder, KEY_FILES.codec),
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

export interface CliRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
  /** What is piped in; default: nothing. */
  readonly input?: string
  /** Working folder; default: one without settings. */
  readonly folder?: string
}

/** Runs a command line in this process: the same code, without the start of a process. */
export async function runHere(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const { env = {}, input = '', folder = tmpdir() } = options
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const said = Promise.all([text(stdout), text(stderr)])
  const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)])
  const code = await runCommandLine({ argv: args, env, folder, stdin, stdout, stderr })
  stdout.end()
  stderr.end()
  const [out, err] = await said
  return { code, stdout: out, stderr: err }
}

/** Runs the real command line, as a process of its own that sees no settings but these. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const { env = {}, input = '', folder = tmpdir() } = options
  const tsx = import.meta.resolve('tsx')
  const main = join(ROOT, 'client', 'cli', 'main.ts')
  const child = spawn(process.execPath, ['--import', tsx, main, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env },
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }
}

/** The coded error that a call ends with. */
export async function refused(call: Promise<unknown> | (() => unknown)): Promise<OnboardingError> {
  try {
    await (typeof call === 'function' ? call() : call)
  } catch (error) {
    expect(error).toBeInstanceOf(OnboardingError)
    return error as OnboardingError
  }
  throw new Error('The call was expected to be refused, and was not')
}

/** The codes of the fields that an INVALID_INPUT names. */
export function fieldCodes(error: OnboardingError): Record<string, string> {
  expect(error.code).toBe('INVALID_INPUT')
  const fields = error.details?.['fields'] as Record<string, { code: string }>
  return Object.fromEntries(Object.entries(fields).map(([name, { code }]) => [name, code]))
}
