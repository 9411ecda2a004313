import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import type { Strictness } from '../values/parsed.js'
import type { LimitRule } from '../workflows/limit-ledger.js'
import type { ConsentText } from '../workflows/messages.js'
import {
  DEFAULT_POLICY,
  DEFAULT_RANGES,
  type Policy,
  type PolicyNumber,
  type PolicyRanges,
} from '../workflows/policy.js'
import type { Rail } from '../workflows/states.js'
import type { EkoCredentials } from './eko/index.js'
import type { TenantCaps } from './gate/caps.js'
import { resolveSecret, type SecretReference, type SecretSource } from './secret-reference.js'
import {
  addressProblems,
  consentProblems,
  DEFAULT_BASE_URL,
  limitProblems,
  policyProblems,
  productionProblems,
  sharingProblems,
  warningsOf,
} from './tenant-rules.js'
import { type Environment, tenantSchema, type TenantEntry, tenantsFileSchema } from './tenant-schema.js'

export { DEFAULT_LIMITS, ENVIRONMENTS, type Environment } from './tenant-schema.js'

/** One integrator: its credentials with Eko, and what its journeys may do. */
export interface Tenant {
  readonly name: string
  readonly environment: Environment
  readonly credentials: EkoCredentials
  /** Agents that journeys may be run for. */
  readonly userCodes: readonly string[]
  readonly rails: readonly Rail[]
  /** What a journey gets that asks for nothing else. */
  readonly policy: Policy
  /** How far a journey's wishes may go. */
  readonly ranges: PolicyRanges
  /** What all journeys together may do. */
  readonly limits: { readonly journeysPerUserCode: LimitRule }
  /** How much of Eko one worker may ask for it; absent: what the worker itself may. */
  readonly caps?: TenantCaps
  /** How numbers are checked; production is always strict. */
  readonly strictness: Strictness
  /** Approved texts for rails on which Eko gives none (Levin). */
  readonly consents: readonly ConsentText[]
}

/** Where activities find tenants. The file below is one; a database or a vault may be another. */
export interface TenantRegistry {
  find(name: string): Promise<Tenant | null>
  names(): readonly string[]
}

/** Everything that is wrong with a tenants file. Holds no secret. */
export class TenantsFileError extends Error {
  override readonly name = 'TenantsFileError'
  constructor(
    readonly path: string,
    readonly problems: readonly string[],
  ) {
    super(`The tenants file ${path} cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
  }
}

export interface LoadTenantsOptions {
  /** The worker's environment; tenants of another one are refused. */
  readonly environment: Environment
  /** Where `{"env": "NAME"}` is looked up. */
  readonly env: NodeJS.ProcessEnv
}

/**
 * Reads a tenants file: JSON `{"tenants": [...]}` as `tenant-schema.ts` describes, checked by the rules of
 * `tenant-rules.ts`.
 * @throws TenantsFileError with every problem of every tenant.
 */
export async function loadTenants(
  path: string,
  { environment, env }: LoadTenantsOptions,
): Promise<{ registry: TenantRegistry; warnings: string[] }> {
  const entries = await readEntries(path)
  const problems: string[] = []
  const warnings: string[] = []
  const tenants: Tenant[] = []
  for (const [index, raw] of entries.entries()) {
    const label = labelOf(raw, index)
    const note = (list: string[], complaints: readonly string[]): void =>
      void list.push(...complaints.map((complaint) => `${label}: ${complaint}`))
    const parsed = tenantSchema.safeParse(raw)
    if (!parsed.success) {
      note(problems, complaintsOf(parsed.error))
      continue
    }
    if (parsed.data.environment !== environment)
      note(problems, [`environment: is ${parsed.data.environment}, but this worker serves ${environment}`])
    const built = buildTenant(parsed.data, { env, tenantsFile: path })
    note(problems, built.problems)
    note(warnings, built.warnings)
    tenants.push(built.tenant)
  }
  problems.push(...repeatedNames(tenants))
  problems.push(...sharingProblems(tenants).map(({ tenant, complaint }) => `tenant "${tenant}": ${complaint}`))
  if (problems.length > 0) throw new TenantsFileError(path, problems)
  return { registry: createRegistry(tenants), warnings }
}

/** A registry of tenants that are already there. */
export function createRegistry(tenants: readonly Tenant[]): TenantRegistry {
  const byName = new Map(tenants.map((tenant) => [tenant.name, tenant]))
  return {
    find: (name) => Promise.resolve(byName.get(name) ?? null),
    names: () => [...byName.keys()],
  }
}

/**
 * What a journey gets of what it wished for: each number is moved into the tenant's range, whatever is not a number is
 * ignored, and `trustLookup` can be given up but not gained.
 */
export function clampPolicy(tenant: Pick<Tenant, 'policy' | 'ranges'>, wishes?: Partial<Policy> | null): Policy {
  const granted = { ...tenant.policy }
  for (const name of Object.keys(tenant.ranges) as PolicyNumber[]) {
    const wish: unknown = wishes?.[name]
    if (typeof wish !== 'number' || !Number.isFinite(wish)) continue
    const [least, most] = tenant.ranges[name]
    Object.assign(granted, { [name]: Math.min(most, Math.max(least, Math.trunc(wish))) })
  }
  return { ...granted, trustLookup: tenant.policy.trustLookup && wishes?.trustLookup !== false }
}

async function readEntries(path: string): Promise<readonly unknown[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new TenantsFileError(path, [
      `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    ])
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // The parser's own message quotes the file, and with it perhaps a key.
    const where = /position \d+( \(line \d+ column \d+\))?/.exec(error.message)?.[0]
    throw new TenantsFileError(path, [`it is not JSON${where ? `, at ${where}` : ''}`])
  }
  const file = tenantsFileSchema.safeParse(json)
  if (!file.success) throw new TenantsFileError(path, complaintsOf(file.error))
  return file.data.tenants
}

/** `path.to.field: what is wrong`; the messages name keys and rules, never values. */
function complaintsOf(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const text = issue.code === 'invalid_union' ? 'must be {"env": "NAME"} or {"file": "path"}' : issue.message
    return issue.path.length === 0 ? text : `${issue.path.join('.')}: ${text}`
  })
}

function labelOf(raw: unknown, index: number): string {
  const name = (raw as { name?: unknown } | null)?.name
  return typeof name === 'string' ? `tenant "${name.slice(0, 40)}"` : `tenants.${index}`
}

function buildTenant(
  entry: TenantEntry,
  source: SecretSource,
): { tenant: Tenant; problems: string[]; warnings: string[] } {
  const { environment, credentials: given } = entry
  const problems: string[] = []
  const warnings: string[] = []
  const secret = (field: string, reference: SecretReference): string => {
    if (typeof reference === 'string' && environment !== 'sandbox') {
      problems.push(`${field}: must be {"env": "NAME"} or {"file": "path"} in ${environment}`)
      return ''
    }
    const resolved = resolveSecret(reference, source)
    if (resolved.value === undefined) problems.push(`${field}: ${resolved.problem}`)
    else if (resolved.warning && environment !== 'sandbox') warnings.push(`${field}: ${resolved.warning}`)
    return resolved.value ?? ''
  }
  const baseUrl = given.baseUrl ?? DEFAULT_BASE_URL[environment]
  if (baseUrl === null) problems.push('credentials.baseUrl: must be given for a sandbox tenant')
  const credentials: EkoCredentials = {
    ...given,
    environment,
    baseUrl: (baseUrl ?? '').replace(/\/+$/, ''),
    developerKey: secret('credentials.developerKey', given.developerKey),
    accessKey: secret('credentials.accessKey', given.accessKey),
  }
  const ranges: PolicyRanges = { ...DEFAULT_RANGES, ...entry.ranges }
  const tenant: Tenant = {
    ...entry,
    credentials,
    ranges,
    policy: { ...clampPolicy({ policy: DEFAULT_POLICY, ranges }, DEFAULT_POLICY), ...entry.policy },
    strictness: entry.strictness ?? (environment === 'production' ? 'strict' : 'format'),
    consents: entry.consents.map((consent) => ({ ...consent, textSha256: sha256(consent.text) })),
  }
  problems.push(...policyProblems(tenant, entry.policy), ...limitProblems(tenant))
  problems.push(...consentProblems(tenant), ...productionProblems(tenant))
  if (baseUrl !== null) problems.push(...addressProblems(tenant))
  warnings.push(...warningsOf(tenant))
  return { tenant, problems, warnings }
}

/** Names that differ in case only would be told apart by workflow ids and by nobody else. */
function repeatedNames(tenants: readonly Tenant[]): string[] {
  const names = tenants.map(({ name }) => name.toLowerCase())
  return tenants.flatMap(({ name }, index) =>
    names.indexOf(name.toLowerCase()) < index ? [`tenant "${name}": its name is taken by another tenant`] : [],
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
