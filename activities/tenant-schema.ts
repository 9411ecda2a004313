import { z } from 'zod'
import type { PolicyNumber } from '../workflows/policy.js'
import { RAILS, type Rail } from '../workflows/states.js'
import { type EkoOperation, OPERATION_TABLES, operationTable } from './eko/index.js'
import { secretReference } from './secret-reference.js'

/** The shape of a tenants file. What a value may be in which environment is in `tenant-rules.ts`. */

export const ENVIRONMENTS = ['sandbox', 'uat', 'production'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

const count = z.int('must be a whole number').nonnegative('must not be negative')
const text = (longest: number) => z.string().trim().min(1, 'must not be empty').max(longest)

const range = z
  .tuple([count, count], 'must be [least, most]')
  .refine(([least, most]) => least <= most, 'must be [least, most] with least not above most')

/** One optional field for each number of the policy. */
function forEachNumber<Schema extends z.ZodType>(schema: Schema): Record<PolicyNumber, z.ZodExactOptional<Schema>> {
  const field = schema.exactOptional()
  return {
    otpLifetimeSeconds: field,
    resendCooldownSeconds: field,
    sendsPerWindow: field,
    sendWindowSeconds: field,
    sendsPerDay: field,
    triesPerCode: field,
    triesPerJourney: field,
    stepSeconds: field,
    journeySeconds: field,
    consentSeconds: field,
    keptPanSeconds: field,
    parkFirstSeconds: field,
    parkLongestSeconds: field,
    quarantineSeconds: field,
  }
}

const policySchema = z.strictObject({ ...forEachNumber(count), trustLookup: z.boolean().exactOptional() }).default({})
const rangesSchema = z.strictObject(forEachNumber(range)).default({})

/** The limits of a tenant that sets none: our own, Eko documents none. */
export const DEFAULT_LIMITS = { journeysPerUserCode: { count: 500, seconds: 3_600 } } as const

const limitsSchema = z
  .strictObject({
    /** Of each agent: how many journeys may be started in any so many seconds. */
    journeysPerUserCode: z.strictObject({ count, seconds: count }).default(DEFAULT_LIMITS.journeysPerUserCode),
  })
  .default(DEFAULT_LIMITS)

const baseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
  .refine((url) => URL.canParse(url) && !hasExtras(new URL(url)), 'must have no user name, query or fragment')

function hasExtras(url: URL): boolean {
  return url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== ''
}

const consentSchema = z.strictObject({
  consentId: z.string().regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits or _ . : -'),
  version: text(32),
  language: text(35),
  /** Exactly what the sender is shown; its hash is computed over these characters. */
  text: z.string().min(1, 'must not be empty').max(8_000),
})

const OPERATIONS = Object.keys(OPERATION_TABLES) as EkoOperation[]
/** `<rail> <operation>` of every operation that there is. */
const PATHS = RAILS.flatMap((rail) =>
  OPERATIONS.filter((operation) => operationTable(rail, operation) !== null).map(
    (operation): `${Rail} ${EkoOperation}` => `${rail} ${operation}`,
  ),
)

const credentialsSchema = z.strictObject({
  /** Default: Eko's address of the environment; sandbox has none. */
  baseUrl: baseUrl.exactOptional(),
  developerKey: secretReference,
  accessKey: secretReference,
  initiatorId: z.string().regex(/^\d{10}$/, 'must be the ten digits registered with Eko, as a string'),
  orgId: text(32).exactOptional(),
  serviceCode: z.int().positive().exactOptional(),
  /** E.g. `{"levin verifySenderOtp": "/customer/account/{customer_id}/ppi-levin/otp/verify"}`. */
  pathOverrides: z
    .partialRecord(z.enum(PATHS), z.string().regex(/^\/[\w\-./{}]*$/, 'must be a path that begins with /'))
    .exactOptional(),
  /** Operations whose `otp` and `otp_ref_id` go as numbers. */
  integerOtp: z.array(z.enum(OPERATIONS)).exactOptional(),
})

/** How much one tenant may ask of Eko, per worker; default: no caps of its own. */
const capsSchema = z.strictObject({
  callsPerSecond: z.int('must be a whole number').positive('must be positive').max(1_000).exactOptional(),
  callsInFlight: z.int('must be a whole number').positive('must be positive').max(10_000).exactOptional(),
})

export const tenantSchema = z.strictObject({
  /** Stands in workflow ids, search attributes and logs. */
  name: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?$/, 'must be 1 to 40 letters, digits or -'),
  environment: z.enum(ENVIRONMENTS),
  credentials: credentialsSchema,
  userCodes: z
    .array(z.string().regex(/^[A-Za-z0-9]{1,32}$/, 'must be 1 to 32 letters or digits, as a string'))
    .min(1, 'must hold at least one user code')
    .refine(unique, 'must not repeat a user code'),
  rails: z.array(z.enum(RAILS)).min(1, 'must hold at least one rail').refine(unique, 'must not repeat a rail'),
  policy: policySchema,
  ranges: rangesSchema,
  /** Over all journeys, not within one. */
  limits: limitsSchema,
  caps: capsSchema.exactOptional(),
  strictness: z.enum(['strict', 'format']).exactOptional(),
  consents: z.array(consentSchema).default([]),
})
export type TenantEntry = z.infer<typeof tenantSchema>

export const tenantsFileSchema = z.strictObject({
  tenants: z.array(z.unknown()).min(1, 'must hold at least one tenant'),
})

function unique(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}
