import { readFileSync } from 'node:fs'

/**
 * An environment in which secrets may come from files: `NAME_FILE` names a file that holds what `NAME` would. Line ends
 * around it are dropped.
 *
 * @param names the settings that are secrets
 * @returns the environment with the secrets in place, and what is wrong, by setting; no complaint holds what could be a secret
 */
export function withSecretFiles<Env extends Readonly<Record<string, string | undefined>>>(
  env: Env,
  names: readonly string[],
): { readonly env: Env; readonly problems: Readonly<Record<string, string>> } {
  const found: Record<string, string> = {}
  const problems: Record<string, string> = {}
  for (const name of names) {
    const setting = `${name}_FILE`
    const path = env[setting]?.trim()
    if (!path) continue
    if (env[name]) problems[setting] = `${name} is set as well; unset one`
    else {
      const text = textOf(path)
      if (typeof text === 'string') found[name] = text
      else problems[setting] = text.problem
    }
  }
  return { env: { ...env, ...found }, problems }
}

function textOf(path: string): string | { readonly problem: string } {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return text === '' ? { problem: `${path} is empty` } : text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    // Without the text that was set: it may be the secret itself, in the wrong setting.
    return { problem: `the file that it names cannot be read (${code})` }
  }
}
