import type { PolicyNumber, PolicyRanges } from '../workflows/policy.js'
import type { Environment } from './tenant-schema.js'
import type { Tenant } from './tenants.js'

/** What a tenant may be in which environment. All rules answer every problem, so that a file is mended in one go. */

/** Eko's addresses; a sandbox has none of its own. */
export const DEFAULT_BASE_URL: Readonly<Record<Environment, string | null>> = {
  production: 'https://api.eko.in/ekoicici/v3',
  uat: 'https://staging.eko.in/ekoapi/v3',
  sandbox: null,
}

/** Published on Eko's pages for everybody to try with: never somebody's own. */
export const PUBLIC_SAMPLES = { initiatorId: '9962981729', userCode: '20810200', keyPrefix: 'sandbox-' } as const

/** As far as an integrator's own ranges may go. Code lifetime: NIST SP 800-63B and OWASP ASVS 5.0 §6.5.5 say 10 min. */
const OUTER_LIMITS: PolicyRanges = {
  otpLifetimeSeconds: [30, 600],
  resendCooldownSeconds: [30, 86_400],
  sendsPerWindow: [1, 5],
  sendWindowSeconds: [300, 86_400],
  sendsPerDay: [1, 10],
  triesPerCode: [1, 5],
  triesPerJourney: [1, 20],
  stepSeconds: [60, 604_800],
  journeySeconds: [60, 2_592_000],
  consentSeconds: [60, 86_400],
  keptPanSeconds: [1, 600],
  parkFirstSeconds: [1, 300],
  parkLongestSeconds: [1, 3_600],
  quarantineSeconds: [600, 604_800],
}

/** In a sandbox a test may have everything at once, or wait for nothing. */
const SANDBOX_LIMITS: PolicyRanges = {
  otpLifetimeSeconds: [1, 86_400],
  resendCooldownSeconds: [0, 86_400],
  sendsPerWindow: [1, 1_000],
  sendWindowSeconds: [1, 86_400],
  sendsPerDay: [1, 1_000],
  triesPerCode: [1, 1_000],
  triesPerJourney: [1, 1_000],
  stepSeconds: [1, 2_592_000],
  journeySeconds: [1, 2_592_000],
  consentSeconds: [1, 2_592_000],
  keptPanSeconds: [1, 86_400],
  parkFirstSeconds: [0, 86_400],
  parkLongestSeconds: [0, 86_400],
  quarantineSeconds: [1, 604_800],
}

export function outerLimits(environment: Environment): PolicyRanges {
  return environment === 'sandbox' ? SANDBOX_LIMITS : OUTER_LIMITS
}

/** A problem or warning of one tenant: `credentials.baseUrl: must be https`. */
export type Complaint = string

/** Ranges within what the environment allows, and an own policy within the own ranges. */
export function policyProblems(tenant: Tenant, own: Partial<Tenant['policy']>): Complaint[] {
  const limits = outerLimits(tenant.environment)
  return (Object.keys(limits) as PolicyNumber[]).flatMap((name) => {
    const [least, most] = tenant.ranges[name]
    const [floor, ceiling] = limits[name]
    if (least < floor || most > ceiling)
      return [`ranges.${name}: must lie within [${floor}, ${ceiling}] in ${tenant.environment}`]
    const value = own[name]
    if (value !== undefined && (value < least || value > most))
      return [`policy.${name}: is ${value}, outside the tenant's range [${least}, ${most}]`]
    return []
  })
}

/** How many journeys, and in how many seconds, a limit may be about. More than 5,000 places no limit remembers. */
const JOURNEY_COUNTS = [1, 5_000] as const
const JOURNEY_SECONDS = { sandbox: [1, 86_400], uat: [60, 86_400], production: [60, 86_400] } as const

/** The tenant's own limits within what the environment allows. */
export function limitProblems({ environment, limits }: Tenant): Complaint[] {
  const { count, seconds } = limits.journeysPerUserCode
  const complaint = (field: string, value: number, [least, most]: readonly [number, number]): Complaint[] =>
    value >= least && value <= most
      ? []
      : [`limits.journeysPerUserCode.${field}: must lie within [${least}, ${most}] in ${environment}`]
  return [...complaint('count', count, JOURNEY_COUNTS), ...complaint('seconds', seconds, JOURNEY_SECONDS[environment])]
}

/** Where requests may go. */
export function addressProblems({ environment, credentials }: Tenant): Complaint[] {
  const url = new URL(credentials.baseUrl)
  const problems: Complaint[] = []
  const complain = (text: string): void => void problems.push(`credentials.baseUrl: ${text}`)
  if (environment === 'production') {
    if (url.protocol !== 'https:') complain('must be https in production')
    if (isLoopback(url.hostname)) complain('must not be this machine in production')
    if (url.hostname === 'staging.eko.in') complain("is Eko's staging platform, not production")
  }
  if (environment === 'uat') {
    if (url.protocol !== 'https:' && !isLoopback(url.hostname)) complain('must be https, or on this machine')
    if (url.hostname === 'api.eko.in') complain("is Eko's production platform, not UAT")
  }
  if (environment === 'sandbox' && /(^|\.)eko\.in$/.test(url.hostname))
    complain("is Eko's own platform; a sandbox tenant is under laxer rules and must not reach it")
  return problems
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  return /^(localhost|.*\.localhost|127(\.\d+){3}|0\.0\.0\.0|::1?|::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4})$/.test(host)
}

/** What production refuses besides. */
export function productionProblems({ environment, credentials, userCodes, strictness }: Tenant): Complaint[] {
  if (environment !== 'production') return []
  const problems: Complaint[] = []
  for (const key of ['developerKey', 'accessKey'] as const)
    if (credentials[key].startsWith(PUBLIC_SAMPLES.keyPrefix))
      problems.push(`credentials.${key}: is a sample of the sandbox; set the tenant's own`)
  if (credentials.initiatorId === PUBLIC_SAMPLES.initiatorId)
    problems.push("credentials.initiatorId: is Eko's public sample; set the tenant's own")
  if (userCodes.includes(PUBLIC_SAMPLES.userCode))
    problems.push(`userCodes: ${PUBLIC_SAMPLES.userCode} is Eko's public sample; set the tenant's own`)
  if (strictness !== 'strict') problems.push('strictness: must be "strict" in production')
  return problems
}

/** Levin has no operation that gives a consent text, so the tenant must bring an approved one. */
export function consentProblems({ rails, consents }: Tenant): Complaint[] {
  const problems: Complaint[] = []
  if (rails.includes('levin') && consents.length === 0)
    problems.push('consents: the levin rail needs at least one approved consent text')
  for (const field of ['consentId', 'language'] as const) {
    const seen = new Set<string>()
    for (const consent of consents) {
      if (seen.has(consent[field])) problems.push(`consents: the ${field} "${consent[field]}" appears twice`)
      seen.add(consent[field])
    }
  }
  return problems
}

export function warningsOf({ environment, policy }: Tenant): Complaint[] {
  const warnings: Complaint[] = []
  if (environment === 'uat') warnings.push('no OTP will arrive: Eko does not dispatch OTPs on UAT')
  if (environment === 'production' && policy.trustLookup)
    warnings.push("policy.trustLookup: a sender's profile is shown without proof that the sender holds the mobile")
  return warnings
}

/**
 * What separates tenants at Eko is the pair of developer key and user code, so it belongs to one tenant: with two, a
 * sender could have two live journeys on one wallet, and one tenant could act for the other's agent. Several tenants
 * may share a developer key with different user codes (one clock, breaker and limiter serves them), but then with one
 * address and one access key.
 */
export function sharingProblems(tenants: readonly Tenant[]): { tenant: string; complaint: Complaint }[] {
  return tenants.flatMap((tenant, index) =>
    tenants
      .slice(0, index)
      .filter(({ credentials }) => credentials.developerKey !== '')
      .filter((other) => other.credentials.developerKey === tenant.credentials.developerKey)
      .flatMap((other) => {
        const shared = tenant.userCodes.filter((code) => other.userCodes.includes(code))
        const complaints = shared.map(
          (code) => `userCodes: ${code} belongs to tenant "${other.name}" as well, under the same developer key`,
        )
        const differing = (['baseUrl', 'accessKey'] as const).filter(
          (field) => other.credentials[field] !== tenant.credentials[field],
        )
        return [
          ...complaints,
          ...differing.map(
            (field) => `credentials.${field}: differs from tenant "${other.name}", of the same developer key`,
          ),
        ].map((complaint) => ({ tenant: tenant.name, complaint }))
      }),
  )
}
