import { z } from 'zod'

/** The settings of the codec server, as data: they are parsed from it, and the docs' table is generated from it. */

interface Definition<T> {
  /** As it would be set; null where there is none. */
  readonly default: string | null
  readonly required?: true
  readonly meaning: string
  readonly schema: z.ZodType<T, string>
}

const path = z.string()
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' })

const address = z
  .string()
  .regex(/^(\[[0-9A-Fa-f:]+\]|\d{1,3}(\.\d{1,3}){3}):\d{1,5}$/, 'must be an IP address and a port')
  .transform((text) => {
    const colon = text.lastIndexOf(':')
    return { host: text.slice(0, colon).replaceAll(/[[\]]/g, ''), port: Number(text.slice(colon + 1)) }
  })
  .refine(({ port }) => port <= 65_535, 'must have a port from 0 to 65535')

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine(
    (all) => all.every((text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text),
    'must be exact origins with commas between them, e.g. https://temporal.example.com: no path, no slash at the end, no *',
  )

const claim = z
  .string()
  .regex(/^[\w:/.-]+=\S+$/, 'must be <claim>=<value>')
  .transform((text) => ({ name: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }))

const DEFINITIONS = {
  ONBOARDING_CODEC_KEYS_FILE: {
    default: null,
    required: true,
    meaning: 'The payload codec’s keys: a JWK set, readable by its owner only, the same file as the workers’.',
    schema: path,
  },
  ONBOARDING_ENVIRONMENT: {
    default: 'production',
    meaning: '`production`, `uat` or `sandbox`. In production a capability is refused, and a login without a claim.',
    schema: z.enum(['production', 'uat', 'sandbox'], 'must be one of production, uat, sandbox'),
  },
  ONBOARDING_CODEC_SERVER_ADDRESS: {
    default: '127.0.0.1:8081',
    meaning: 'Where it listens, by http; port 0 takes any free one. Put TLS in front of anything but loopback.',
    schema: address,
  },
  ONBOARDING_CODEC_SERVER_ORIGINS: {
    default: null,
    meaning:
      'Exact origins of Temporal UI, with commas between them, https in production but for loopback; unset: no web page may ask.',
    schema: origins,
  },
  ONBOARDING_CODEC_SERVER_TOKEN_FILE: {
    default: null,
    meaning: 'File with a bearer token of 32 characters or more, readable by its owner only: for command line tools.',
    schema: path,
  },
  ONBOARDING_CODEC_SERVER_JWKS_URL: {
    default: null,
    meaning: 'Where the login provider of Temporal UI publishes its keys: its access tokens (JWT) are taken.',
    schema: httpUrl,
  },
  ONBOARDING_CODEC_SERVER_JWT_ISSUER: {
    default: null,
    meaning: 'The `iss` that those tokens must have; needed with the URL.',
    schema: z.string(),
  },
  ONBOARDING_CODEC_SERVER_JWT_AUDIENCE: {
    default: null,
    meaning: 'The `aud` that those tokens must have; needed with the URL.',
    schema: z.string(),
  },
  ONBOARDING_CODEC_SERVER_JWT_CLAIM: {
    default: null,
    meaning:
      'A claim that those tokens must have, e.g. `groups=onboarding-operators`; must be set in production. Unset: whoever can log in reads payloads.',
    schema: claim,
  },
  ONBOARDING_CODEC_SERVER_CAPABILITY_FILE: {
    default: null,
    meaning:
      'File with a capability of 32 characters or more, readable by its owner only: the endpoint is `http://<address>/<capability>`. For the local stack: on loopback only, never in production.',
    schema: path,
  },
} as const satisfies Readonly<Record<string, Definition<unknown>>>

type Name = keyof typeof DEFINITIONS
/** Parsed values by setting; undefined where an optional one is not set. */
export type CodecServerValues = {
  readonly [N in Name]: z.output<(typeof DEFINITIONS)[N]['schema']> | UndefinedUnlessGiven<N>
}
type UndefinedUnlessGiven<N extends Name> = N extends
  'ONBOARDING_CODEC_KEYS_FILE' | 'ONBOARDING_ENVIRONMENT' | 'ONBOARDING_CODEC_SERVER_ADDRESS'
  ? never
  : undefined

/** All settings of the codec server, for its documentation. */
export const CODEC_SERVER_SETTINGS: readonly {
  readonly name: string
  readonly default: string | null
  readonly required: boolean
  readonly meaning: string
}[] = Object.entries<Definition<unknown>>(DEFINITIONS).map(([name, { default: standard, required, meaning }]) => ({
  ...{ name, default: standard, required: required ?? false, meaning },
}))

/** Parses every setting; an empty text counts as unset. Problems name the setting and never repeat what was set. */
export function parseCodecServerSettings(env: NodeJS.ProcessEnv): {
  values: Partial<CodecServerValues>
  problems: string[]
} {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, { default: standard, required, meaning, schema }] of Object.entries<Definition<unknown>>(
    DEFINITIONS,
  )) {
    const text = env[name]?.trim() || standard
    if (text === null) {
      if (required) problems.push(`${name}: must be set. ${meaning}`)
      continue
    }
    const parsed = schema.safeParse(text)
    if (parsed.success) values[name] = parsed.data
    else problems.push(...new Set(parsed.error.issues.map(({ message }) => `${name}: ${message}`)))
  }
  const misspelt = Object.keys(env).filter((name) => /^ONBOARDING_CODEC_SERVER_/.test(name) && !(name in DEFINITIONS))
  problems.push(...misspelt.map((name) => `${name}: is not a setting of the codec server; it is misspelt`))
  return { values: values as Partial<CodecServerValues>, problems }
}
