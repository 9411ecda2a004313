import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { ensureKeysFolder, KEY_FILES } from '../../secrets/index.js'

const folders: string[] = []
afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'worker-'))
  folders.push(folder)
  return folder
}

/** A folder with fresh keys and a tenants file for the sandbox, and the environment of a worker that uses them. */
export async function sandboxEnvironment(baseUrl = 'http://127.0.0.1:4010/ekoapi/v3'): Promise<Record<string, string>> {
  const folder = await newFolder()
  await ensureKeysFolder(folder)
  const tenants = [
    {
      name: 'demo',
      environment: 'sandbox',
      credentials: {
        baseUrl,
        developerKey: 'sandbox-developer-key-one',
        accessKey: 'sandbox-access-key-one',
        initiatorId: '9962981729',
      },
      userCodes: ['20810200'],
      rails: ['digikhata'],
    },
  ]
  const tenantsFile = join(folder, 'tenants.json')
  await writeFile(tenantsFile, JSON.stringify({ tenants }))
  return {
    ONBOARDING_ENVIRONMENT: 'sandbox',
    ONBOARDING_TENANTS_FILE: tenantsFile,
    ONBOARDING_SEALING_KEYS_FILE: join(folder, KEY_FILES.sealing),
    ONBOARDING_ID_KEY_FILE: join(folder, KEY_FILES.id),
    ONBOARDING_CODEC_KEYS_FILE: join(folder, KEY_FILES.codec),
  }
}

/** The environment of a child process: this one's without settings of Temporal's and ours, then `settings`. */
export function childEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|ONBOARDING)_/.test(name))
  return { ...Object.fromEntries(inherited), ...settings }
}
