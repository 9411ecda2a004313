import type { Client, ConnectionOptions } from '@temporalio/client'
import { z } from 'zod'
import {
  type CodecKeyRing,
  KeyFileError,
  type KeySet,
  type KeySource,
  LONGEST_JOURNEY_SECONDS,
  parseCodecKeys,
  type Vault,
} from '../secrets/index.js'
import type { Strictness } from '../values/index.js'
import { type Actor, TASK_QUEUE } from '../workflows/messages.js'
import { parseRetention, type Retention } from './erasure/retention.js'
import type { EvidenceStore } from './erasure/store.js'
import { notConfigured } from './errors.js'
import { fieldErrors, textSchema } from './validation.js'

/** As the workers' environments. */
export const CLIENT_ENVIRONMENTS = ['sandbox', 'uat', 'production'] as const
export type ClientEnvironment = (typeof CLIENT_ENVIRONMENTS)[number]

/** What every client needs, however it is connected. */
export interface OnboardingClientOptions {
  /** The tenant of the workers' registry. One client serves one tenant, and refuses the journeys of others. */
  readonly tenant: string
  /**
   * The deployment's id key, at least 16 bytes. Needed to address a journey by its sender's mobile, to start one and
   * to send a transaction OTP; a client that only reads and lists by workflow id can do without.
   */
  readonly idKey?: Uint8Array
  /**
   * The workers' public sealing keys, or where they are read each time: keys rotate daily. The first one whose time it is
   * is used. Needed to send secrets, unless `secretStore` is a vault that needs none.
   */
  readonly sealingKeys?: KeySet | KeySource
  /**
   * Where secrets are put, as the workers' setting of that name: `inline`, sealed in the message and so in Temporal's
   * history; or a vault, the institution's own or `createFileVault`, which an erasure empties. In production a client
   * that has sealing keys, or erases, must choose. @default 'inline' outside of production
   */
  readonly secretStore?: 'inline' | Vault
  /** How long a vault keeps a secret at most, in seconds: the longest journey. @default 604_800 */
  readonly vaultSeconds?: number
  /**
   * The deployment's key ring of the payload codec, which encrypts everything that goes through Temporal. A client that
   * is given a Temporal client must have it in that one's `dataConverterOf`.
   */
  readonly codecKeys?: CodecKeyRing
  /** Where evidence of erased journeys is kept, e.g. `fileEvidenceStore(folder)`. Needed to erase. */
  readonly evidence?: EvidenceStore
  /** How long each kind of data is kept, and on what basis; see `parseRetention`. Needed to erase what is due. */
  readonly retention?: Retention
  /** In `production` a client that would write in plain, because it has no codec keys, is refused. @default 'production' */
  readonly environment?: ClientEnvironment
  /** The task queue of the workers. @default 'sender-onboarding' */
  readonly taskQueue?: string
  /**
   * How long one call may take, in milliseconds. @default 10_000
   *
   * A message is answered when Eko has answered, which may take longer than this where Eko is slow: the error is then
   * DEADLINE, and the same call with the same `submissionId` gets the answer.
   */
  readonly deadlineMs?: number
  /** How long `waitFor…` and `result` wait if they are not told otherwise, in milliseconds. @default 60_000 */
  readonly waitMs?: number
  /**
   * How Aadhaar numbers and PANs are checked before they are sealed. `format` is for sandboxes, where Eko's own samples
   * are used; the workers decide for themselves in any case. @default 'strict'
   */
  readonly strictness?: Strictness
  /** Stands in messages that name no actor of their own. Operator messages need one. */
  readonly actor?: Actor
}

/** For a client that makes its own connection. */
export interface ConnectOptions extends OnboardingClientOptions {
  /** Over what `TEMPORAL_*` variables and Temporal's configuration file say. */
  readonly connection?: ConnectionOptions
  /** @default TEMPORAL_NAMESPACE or the profile's, else `default` */
  readonly namespace?: string
  /** Where `TEMPORAL_*` variables are read. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** For a Temporal client that is already there; it stays the caller's to close. */
export interface GivenClientOptions extends OnboardingClientOptions {
  /** Must have been made with `dataConverterOf` of this package, and the deployment's codec keys. */
  readonly client: Client
}

/** The options with their defaults. */
export interface Settings {
  readonly tenant: string
  readonly idKey: Uint8Array | null
  readonly sealingKeys: KeySet | KeySource | null
  readonly secretStore: 'inline' | Vault
  /** Whether somebody chose it: an erasure in production relies on it. */
  readonly isStoreChosen: boolean
  readonly vaultSeconds: number
  readonly codecKeys: CodecKeyRing | null
  readonly evidence: EvidenceStore | null
  readonly retention: Retention | null
  readonly environment: ClientEnvironment
  readonly taskQueue: string
  readonly deadlineMs: number
  readonly waitMs: number
  readonly strictness: Strictness
  readonly actor: Actor | null
}

export const DEFAULT_DEADLINE_MS = 10_000
export const DEFAULT_WAIT_MS = 60_000

export const tenantSchema = textSchema(64, /^[A-Za-z0-9-]+$/)
export const actorSchema = z.strictObject({
  type: z.enum(['sender', 'agent', 'operator', 'service']),
  id: textSchema(64),
  channel: textSchema(64).optional(),
})

const milliseconds = z.number().int('Must be whole milliseconds.').min(1, 'Must be positive.').max(86_400_000)
const HOLDS_PRIVATE = 'Holds a private key. Give the public set: whoever sends secrets needs no more.'
const keySet = z.object({
  keys: z
    .array(z.looseObject({ kid: z.string() }))
    .min(1, 'Must hold at least one key.')
    .refine((keys) => keys.every((key) => key['d'] === undefined), HOLDS_PRIVATE),
})
const keySource = z.custom<KeySource>((value) => typeof value === 'function')
const vault = z.custom<Vault>(
  (value) => typeof (value as Partial<Vault> | null)?.put === 'function',
  'Must be `inline` or a vault.',
)
const optionsSchema = z.object({
  tenant: tenantSchema,
  idKey: z
    .instanceof(Uint8Array, { error: 'Must be bytes.' })
    .refine((key) => key.length >= 16, 'Must have at least 16 bytes.')
    .optional(),
  sealingKeys: z.union([keySource, keySet]).optional(),
  secretStore: z.union([z.literal('inline'), vault], 'Must be `inline` or a vault.').optional(),
  vaultSeconds: z.number().int('Must be whole seconds.').min(60).max(2_592_000).default(LONGEST_JOURNEY_SECONDS),
  codecKeys: z.unknown().optional(),
  evidence: z.custom<EvidenceStore>().optional(),
  retention: z.unknown().optional(),
  environment: z.enum(CLIENT_ENVIRONMENTS).default('production'),
  taskQueue: textSchema(200).default(TASK_QUEUE),
  deadlineMs: milliseconds.default(DEFAULT_DEADLINE_MS),
  waitMs: milliseconds.default(DEFAULT_WAIT_MS),
  strictness: z.enum(['strict', 'format']).default('strict'),
  actor: actorSchema.optional(),
})

/**
 * Options with defaults.
 * @throws OnboardingError NOT_CONFIGURED with every option that is wrong.
 */
export function resolveOptions(options: OnboardingClientOptions): Settings {
  const result = optionsSchema.safeParse(options)
  if (!result.success) {
    const fields = Object.entries(fieldErrors(result.error))
    throw notConfigured(Object.fromEntries(fields.map(([name, { message }]) => [name, message])))
  }
  const { idKey, sealingKeys, secretStore, codecKeys, evidence, retention, actor, ...rest } = result.data
  if (secretStore === undefined && sealingKeys !== undefined && rest.environment === 'production') {
    throw notConfigured({
      ONBOARDING_SECRET_STORE:
        'Must be chosen in production, as the workers’: `inline` or `vault` (or the option `secretStore`).',
    })
  }
  return {
    ...rest,
    idKey: idKey ?? null,
    sealingKeys: sealingKeys ?? null,
    secretStore: secretStore ?? 'inline',
    isStoreChosen: secretStore !== undefined,
    codecKeys: codecKeys === undefined ? null : checkedCodecKeys(codecKeys),
    evidence: evidence ?? null,
    retention: retention === undefined ? null : parseRetention(retention),
    actor: (actor as Actor | undefined) ?? null,
  }
}

function checkedCodecKeys(ring: unknown): CodecKeyRing {
  try {
    return parseCodecKeys(ring, 'The option')
  } catch (error) {
    if (error instanceof KeyFileError) throw notConfigured({ codecKeys: error.message })
    throw error
  }
}
