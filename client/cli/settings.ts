import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Environment } from '../environment.js'

/** What the local stack writes, so that the CLI finds it without settings. */
export const LOCAL_SETTINGS_FILE = join('.local', 'onboard.env')

/** Only these names are taken from the file. */
const OURS = /^(ONBOARDING|TEMPORAL)_[A-Z0-9_]+$/

export interface CliSettings {
  readonly env: Environment
  /** Of these, which came from the file, for `doctor`. */
  readonly fromFile: readonly string[]
}

/** The environment over what `.local/onboard.env` in the folder says; the file need not be there. */
export async function loadSettings(env: Environment, folder: string): Promise<CliSettings> {
  const file = await readSettings(join(folder, LOCAL_SETTINGS_FILE))
  const given = Object.entries(file).filter(([name, value]) => OURS.test(name) && value !== undefined && !env[name])
  return { env: { ...env, ...Object.fromEntries(given) }, fromFile: given.map(([name]) => name) }
}

async function readSettings(path: string): Promise<Environment> {
  try {
    return parseEnv(await readFile(path, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return {}
    throw error
  }
}
