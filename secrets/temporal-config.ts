import { existsSync } from 'node:fs'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { withSecretFiles } from './secret-files.js'

/** The server as it is configured; what is said nowhere is undefined. */
export type TemporalConfig = ReturnType<typeof loadClientConnectConfig>

export interface TemporalConfigRead {
  /** Empty where there are problems. */
  readonly config: TemporalConfig
  /** What is wrong, by setting. Holds nothing of a file's content or of a secret. */
  readonly problems: Readonly<Record<string, string>>
  /** What is allowed but probably not meant, by setting. */
  readonly warnings: Readonly<Record<string, string>>
}

/** What envconfig says of names and never of values. */
const SAFE_TO_QUOTE = /^(Profile '[\w.-]{1,64}' not found|Cannot specify both \w+ and \w+|Validation error: )/

/**
 * Reads `TEMPORAL_*` variables and Temporal's configuration file (TOML). The parser's own words are not passed on: they
 * quote the line that it stumbled over, and that may be the API key's.
 */
export function readTemporalConfig(env: Readonly<Record<string, string | undefined>>): TemporalConfigRead {
  const { TEMPORAL_TLS: tls, TEMPORAL_CONFIG_FILE: file } = env
  const found: Record<string, string> = {}
  // envconfig takes any other word for "off" and a missing file for "no file": a typo would turn TLS off unseen.
  if (tls && !/^(true|false|1|0)$/i.test(tls)) found['TEMPORAL_TLS'] = 'must be true or false'
  if (file && !existsSync(file)) found['TEMPORAL_CONFIG_FILE'] = `${file} does not exist`
  const { env: withKey, problems, warnings } = withSecretFiles(env, ['TEMPORAL_API_KEY'])
  Object.assign(found, problems)
  try {
    const set = Object.entries(withKey).filter((entry): entry is [string, string] => !!entry[1])
    const config = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(set) })
    return { config: Object.keys(found).length > 0 ? { connectionOptions: {} } : config, problems: found, warnings }
  } catch (error) {
    return { config: { connectionOptions: {} }, problems: { ...found, ...problemOf(error, file) }, warnings }
  }
}

function problemOf(error: unknown, file: string | undefined): Record<string, string> {
  const {
    line,
    code,
    message = '',
    name = 'unknown error',
  } = error as Partial<NodeJS.ErrnoException & { line: unknown }>
  if (typeof line === 'number') {
    const where = file || 'temporal.toml in the user’s configuration folder'
    return { TEMPORAL_CONFIG_FILE: `${where} is not valid TOML, at line ${line}` }
  }
  // Without the path: a key that was put where a path belongs would be in it.
  if (code !== undefined) return { 'TEMPORAL_*': `a file that is named cannot be read (${code})` }
  if (SAFE_TO_QUOTE.test(message)) return { 'TEMPORAL_*': message }
  return { 'TEMPORAL_*': `cannot be used (${name}). Check the types of what the configuration file says` }
}
