import { z } from 'zod'
import { ENVIRONMENTS } from '../activities/tenants.js'
import { SECRET_STORE_MODES, withSecretFiles } from '../secrets/index.js'
import { TASK_QUEUE } from '../workflows/messages.js'

/** The settings of a worker, as data: they are parsed from it, and the docs' table is generated from it. */

interface Definition<T> {
  readonly kind: 'default' | 'required' | 'optional'
  /** As it would be set; null where there is none. */
  readonly default: string | null
  readonly meaning: string
  readonly unit: string | null
  /** From the text that was set, or the default's, to the value. */
  readonly schema: z.ZodType<T, string>
}

interface Description<T> {
  readonly meaning: string
  readonly unit?: string | null
  readonly schema: z.ZodType<T, string>
}

function withDefault<T>(standard: string, { unit = null, ...rest }: Description<T>): Definition<T> {
  return { kind: 'default', default: standard, unit, ...rest }
}

function required<T>({ unit = null, ...rest }: Description<T>): Definition<T> {
  return { kind: 'required', default: null, unit, ...rest }
}

function optional<T>({ unit = null, ...rest }: Description<T>): Definition<T | undefined> {
  return { kind: 'optional', default: null, unit, ...rest }
}

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`))

const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((value) => value === 'true' || value === '1')

const word = z.string().regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 letters, digits or _ . : -')

const address = z.string().regex(/^(\[[0-9A-Fa-f:]+\]|\d+(\.\d+){3}):\d{1,5}$/, 'must be an IP address and a port')

const proxy = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL, e.g. http://proxy.example.com:3128' })

const DEFINITIONS = {
  ONBOARDING_ENVIRONMENT: withDefault('production', {
    meaning: `Which tenants this worker serves: ${ENVIRONMENTS.join(', ')}. Tenants of another environment are refused.`,
    schema: z.enum(ENVIRONMENTS, `must be one of ${ENVIRONMENTS.join(', ')}`),
  }),
  ONBOARDING_TENANTS_FILE: required({
    meaning: 'The tenants file (JSON).',
    unit: 'path',
    schema: z.string(),
  }),
  ONBOARDING_SEALING_KEYS_FILE: required({
    meaning: 'The private keys that sealed fields are opened with: a JWK set, readable by its owner only.',
    unit: 'path',
    schema: z.string(),
  }),
  ONBOARDING_SECRET_STORE: optional({
    meaning:
      'Where the content of sealed fields is: `inline`, in Temporal’s history as a JWE, or `vault`, with a reference in history. **Required** in production; elsewhere `inline`. The clients’ must be the same. Inline is not an Aadhaar Data Vault.',
    schema: z.enum(SECRET_STORE_MODES, `must be one of ${SECRET_STORE_MODES.join(', ')}`),
  }),
  ONBOARDING_VAULT_FOLDER: optional({
    meaning:
      'The folder of the file-backed vault, for its owner only, the same as the clients’. Needed with `vault`, unless the worker is started by a program that brings a vault of its own.',
    unit: 'path',
    schema: z.string(),
  }),
  ONBOARDING_VAULT_SECONDS: withDefault('604800', {
    meaning: 'How long a vault keeps a secret at most: the longest journey. Codes are kept for 15 minutes.',
    unit: 's',
    schema: wholeNumber(60, 2_592_000),
  }),
  ONBOARDING_PUBLIC_KEYS_ADDRESS: optional({
    meaning:
      'Where the worker publishes its public sealing keys over HTTP, as a JWK set at /sealing-keys.json, e.g. 127.0.0.1:9465; unset: not at all. Without TLS: put your own in front of it.',
    unit: 'host:port',
    schema: address,
  }),
  ONBOARDING_ID_KEY_FILE: required({
    meaning:
      'The id key, the same file as the clients’: names the limits of a mobile or an Aadhaar number by its hash.',
    unit: 'path',
    schema: z.string(),
  }),
  ONBOARDING_CODEC_KEYS_FILE: optional({
    meaning:
      'The payload codec’s keys: a JWK set, readable by its owner only, the same file as the clients’. **Required** in production; elsewhere everything is written in plain without it.',
    unit: 'path',
    schema: z.string(),
  }),
  ONBOARDING_TASK_QUEUE: withDefault(TASK_QUEUE, {
    meaning: 'The task queue that is polled; clients must use the same.',
    schema: word,
  }),
  ONBOARDING_ALLOW_PLAINTEXT_CODES: withDefault('false', {
    meaning: 'Takes OTPs that are not sealed, for trying by hand. Impossible in production.',
    schema: flag,
  }),
  ONBOARDING_EKO_TIMEOUT_MS: withDefault('30000', {
    meaning: 'Longest HTTP attempt with Eko. An activity may take 5 s more.',
    unit: 'ms',
    schema: wholeNumber(100, 300_000),
  }),
  ONBOARDING_EKO_PROXY_URL: optional({
    meaning: 'HTTP proxy for calls to Eko, e.g. the one whose address Eko has allow-listed.',
    unit: 'URL',
    schema: proxy,
  }),
  ONBOARDING_EKO_PROXY_URL_FILE: optional({
    meaning: 'File that holds it, instead: for a URL with a password in it.',
    unit: 'path',
    schema: z.string(),
  }),
  ONBOARDING_SHUTDOWN_GRACE_SECONDS: optional({
    meaning:
      'How long calls in flight may finish after SIGTERM; default: the Eko timeout + 10 s. Give the process 15 s more before it is killed.',
    unit: 's',
    schema: wholeNumber(1, 3_600),
  }),
  ONBOARDING_MAX_CACHED_WORKFLOWS: withDefault('1000', {
    meaning: 'Journeys kept in memory between messages; others are replayed from history when they go on.',
    unit: 'journeys',
    schema: wholeNumber(0, 1_000_000),
  }),
  ONBOARDING_MAX_CONCURRENT_ACTIVITIES: withDefault('100', {
    meaning: 'Calls to Eko at the same time, per worker.',
    unit: 'calls',
    schema: wholeNumber(1, 100_000),
  }),
  ONBOARDING_MAX_CALLS_PER_SECOND: withDefault('50', {
    meaning: 'Most calls to Eko a second, per worker. A tenant can have less: `caps` in the tenants file.',
    unit: 'calls/s',
    schema: wholeNumber(1, 10_000),
  }),
  ONBOARDING_RELEASE_CALLS_PER_SECOND: withDefault('10', {
    meaning:
      'Most calls to Eko a second, per worker and developer key, while journeys come back after an outage or a pause.',
    unit: 'calls/s',
    schema: wholeNumber(1, 10_000),
  }),
  ONBOARDING_BREAKER_OPEN_SECONDS: withDefault('10', {
    meaning: 'How long calls stop when what they need is found to be away; doubles up to 12 times as long.',
    unit: 's',
    schema: wholeNumber(1, 3_600),
  }),
  ONBOARDING_INCIDENT_PROBE_SECONDS: withDefault('30', {
    meaning: 'How long after a configuration incident begins the first call tries Eko again; doubles up to 15 minutes.',
    unit: 's',
    schema: wholeNumber(1, 900),
  }),
  ONBOARDING_STICKY_TIMEOUT_MS: withDefault('5000', {
    meaning: 'How long a message waits for the worker that has its journey in memory before any other may take it.',
    unit: 'ms',
    schema: wholeNumber(100, 60_000),
  }),
  ONBOARDING_WORKFLOW_BUNDLE: optional({
    meaning:
      'Prebuilt workflow bundle; default: the one beside the compiled worker, or else the workflows are bundled at start.',
    unit: 'path',
    schema: z.string(),
  }),
  ONBOARDING_DEPLOYMENT_NAME: optional({
    meaning: 'Name of the worker deployment. With ONBOARDING_BUILD_ID it turns worker versioning on.',
    schema: word,
  }),
  ONBOARDING_BUILD_ID: optional({
    meaning:
      'Build of this worker. With versioning on, journeys stay on the build that they started on, and none starts before a build is made current.',
    schema: word,
  }),
  ONBOARDING_METRICS_ADDRESS: optional({
    meaning: 'Where Prometheus may scrape /metrics, e.g. 127.0.0.1:9464; unset: no metrics.',
    unit: 'host:port',
    schema: address,
  }),
  ONBOARDING_LOG_LEVEL: withDefault('info', {
    meaning: 'Least severity logged: trace, debug, info, warn or error.',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error'], 'must be trace, debug, info, warn or error'),
  }),
}

type Definitions = typeof DEFINITIONS
type ValueOf<D> = D extends Definition<infer T> ? T : never

/** May be in the file that the setting of the same name with `_FILE` names. */
const SECRET_SETTINGS = ['ONBOARDING_EKO_PROXY_URL'] as const satisfies (keyof Definitions)[]

/** Parsed values by setting; undefined where an optional one is not set. */
export type SettingValues = { readonly [Name in keyof Definitions]: ValueOf<Definitions[Name]> }

/** A line of the settings table. */
export interface Setting {
  readonly name: string
  readonly default: string | null
  readonly meaning: string
  readonly unit: string | null
  readonly required: boolean
}

/** Read by `@temporalio/envconfig`, with the same meaning as for Temporal's own CLI. */
const TEMPORAL_SETTINGS: readonly Setting[] = (
  [
    ['TEMPORAL_ADDRESS', 'localhost:7233', 'The Temporal server.', 'host:port'],
    ['TEMPORAL_NAMESPACE', 'default', 'The namespace.', null],
    ['TEMPORAL_API_KEY', null, 'API key, e.g. of Temporal Cloud; turns TLS on.', null],
    ['TEMPORAL_API_KEY_FILE', null, 'File that holds it, instead.', 'path'],
    ['TEMPORAL_TLS', null, 'Turns TLS on (true) or off (false).', null],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', null, 'Client certificate for mTLS (or …_DATA).', 'path'],
    ['TEMPORAL_TLS_CLIENT_KEY_PATH', null, 'Its private key (or …_DATA).', 'path'],
    ['TEMPORAL_TLS_SERVER_CA_CERT_PATH', null, 'CA of the server (or …_DATA).', 'path'],
    ['TEMPORAL_TLS_SERVER_NAME', null, "Name in the server's certificate, where it is not the address.", null],
    [
      'TEMPORAL_CONFIG_FILE',
      null,
      'Profiles in TOML; default: temporal.toml in the user’s configuration folder.',
      'path',
    ],
    ['TEMPORAL_PROFILE', 'default', 'The profile that is read from it.', null],
  ] as const
).map(([name, standard, meaning, unit]) => ({ name, default: standard, meaning, unit, required: false }))

/** All settings of a worker, for its documentation. */
export const SETTINGS: readonly Setting[] = [
  ...Object.entries<Definition<unknown>>(DEFINITIONS).map(([name, definition]) => ({
    name,
    default: definition.default,
    meaning: definition.meaning,
    unit: definition.unit,
    required: definition.kind === 'required',
  })),
  ...TEMPORAL_SETTINGS,
]

/**
 * Parses every setting; an empty text counts as unset. Problems name the setting and never repeat what was set. Names
 * that look like ours and are not become warnings: mostly misspelt, sometimes a client's.
 * @param dispensable required settings that may be left out
 */
export function parseSettings(
  given: NodeJS.ProcessEnv,
  dispensable: readonly (keyof Definitions)[] = [],
): {
  values: SettingValues
  problems: string[]
  warnings: string[]
} {
  const { env, problems: unread, warnings: shared } = withSecretFiles(given, SECRET_SETTINGS)
  const problems = Object.entries(unread).map(([name, problem]) => `${name}: ${problem}`)
  const values: Record<string, unknown> = {}
  for (const [name, definition] of Object.entries<Definition<unknown>>(DEFINITIONS)) {
    const text = env[name]?.trim() || definition.default
    if (text === null) {
      if (definition.kind === 'required' && !dispensable.some((each) => each === name))
        problems.push(`${name}: must be set. ${definition.meaning}`)
      continue
    }
    const parsed = definition.schema.safeParse(text)
    if (parsed.success) values[name] = parsed.data
    else problems.push(...new Set(parsed.error.issues.map((issue) => `${name}: ${issue.message}`)))
  }
  const unknown = Object.keys(env)
    .filter((name) => name.startsWith('ONBOARDING_') && !(name in DEFINITIONS))
    .map((name) => `${name}: is not a setting of the worker and has no effect`)
  const warnings = [...unknown, ...Object.entries(shared).map(([name, warning]) => `${name}: ${warning}`)]
  return { values: values as SettingValues, problems, warnings }
}
