import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { loadTenants, TenantsFileError, type Environment } from '../../activities/tenants.js'

/** Made-up keys of a tenant in an environment that wants references. */
export const ENV = { ONE_DEVELOPER_KEY: 'dev-key-one', ONE_ACCESS_KEY: 'access-key-one' }

/** A complete production tenant; `changes` replace its fields. */
export function productionTenant(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'fintech-one',
    environment: 'production',
    credentials: credentials(),
    userCodes: ['30000001'],
    rails: ['digikhata'],
    ...changes,
  }
}

export function credentials(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    developerKey: { env: 'ONE_DEVELOPER_KEY' },
    accessKey: { env: 'ONE_ACCESS_KEY' },
    initiatorId: '9000000001',
    ...changes,
  }
}

export function sandboxTenant(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'demo',
    environment: 'sandbox',
    credentials: {
      baseUrl: 'http://127.0.0.1:4010/ekoapi/v3',
      developerKey: 'sandbox-developer-key-one',
      accessKey: 'sandbox-access-key-one',
      initiatorId: '9962981729',
    },
    userCodes: ['20810200'],
    rails: ['digikhata', 'levin'],
    consents: [{ consentId: 'levin-1', version: '1', language: 'en', text: 'I agree.' }],
    ...changes,
  }
}

const folders: string[] = []
afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenants-'))
  folders.push(folder)
  return folder
}

/** Writes the tenants to a real file and loads it. */
export async function load(
  tenants: readonly unknown[],
  environment: Environment = 'production',
  env: NodeJS.ProcessEnv = ENV,
): ReturnType<typeof loadTenants> {
  const path = join(await newFolder(), 'tenants.json')
  await writeFile(path, JSON.stringify({ tenants }))
  return loadTenants(path, { environment, env })
}

/** The problems of a file that is refused. */
export async function problemsOf(loading: Promise<unknown>): Promise<readonly string[]> {
  const error = await loading.then(
    () => {
      throw new Error('the tenants were accepted')
    },
    (reason: unknown) => reason,
  )
  if (!(error instanceof TenantsFileError)) throw error
  return error.problems
}
