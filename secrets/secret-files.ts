import { readFileSync, statSync } from 'node:fs'

export interface SecretFilesRead<Env> {
  /** The environment with the secrets in place. */
  readonly env: Env
  /** What is wrong, by setting; no complaint holds what could be a secret. */
  readonly problems: Readonly<Record<string, string>>
  /** Outside of production: files that others than their owner may read, by setting. */
  readonly warnings: Readonly<Record<string, string>>
}

/** Rights of anybody but the owner. */
const OTHERS = 0o077

/**
 * An environment in which secrets may come from files: `NAME_FILE` names a file that holds what `NAME` would. Line ends
 * around it are dropped. A file that others may read is a problem in production, which is the default of
 * `ONBOARDING_ENVIRONMENT`, and a warning elsewhere.
 *
 * @param names the settings that are secrets
 */
export function withSecretFiles<Env extends Readonly<Record<string, string | undefined>>>(
  env: Env,
  names: readonly string[],
): SecretFilesRead<Env> {
  const found: Record<string, string> = {}
  const problems: Record<string, string> = {}
  const warnings: Record<string, string> = {}
  const isProduction = !['sandbox', 'uat'].includes(env['ONBOARDING_ENVIRONMENT']?.trim() ?? '')
  for (const name of names) {
    const setting = `${name}_FILE`
    const path = env[setting]?.trim()
    if (!path) continue
    if (env[name]) {
      problems[setting] = `${name} is set as well; unset one`
      continue
    }
    const file = read(path)
    if ('problem' in file) problems[setting] = file.problem
    else {
      found[name] = file.text
      if (file.isShared) {
        const complaints = isProduction ? problems : warnings
        complaints[setting] = `${path} may be read by others than its owner. Run: chmod 600 ${path}`
      }
    }
  }
  return { env: { ...env, ...found }, problems, warnings }
}

function read(path: string): { readonly text: string; readonly isShared: boolean } | { readonly problem: string } {
  try {
    const text = readFileSync(path, 'utf8').trim()
    if (text === '') return { problem: `${path} is empty` }
    return { text, isShared: process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0 }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    // Without the text that was set: it may be the secret itself, in the wrong setting.
    return { problem: `the file that it names cannot be read (${code})` }
  }
}
