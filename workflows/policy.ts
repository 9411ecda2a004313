/**
 * What a journey allows, in seconds and counts. A caller may ask for other values; the first activity clamps them to
 * the tenant's ranges, and what was granted is in the view's `policy`.
 */
export interface Policy {
  /** How long a code is accepted, in seconds. NIST SP 800-63B and OWASP ASVS 5.0 §6.5.5: at most 10 minutes. */
  readonly otpLifetimeSeconds: number
  /** Wait between two codes of one kind, in seconds. UIDAI's partners agree on 45 to 60. */
  readonly resendCooldownSeconds: number
  /** Codes of one kind that may be sent within `sendWindowSeconds`. */
  readonly sendsPerWindow: number
  readonly sendWindowSeconds: number
  /** Codes of one kind that may be sent within 24 hours. */
  readonly sendsPerDay: number
  /** Wrong entries that one code survives. */
  readonly triesPerCode: number
  /** Wrong entries of one kind, over all codes of the journey; reaching it ends the journey as REJECTED. */
  readonly triesPerJourney: number
  /** How long a step waits for the user, in seconds. */
  readonly stepSeconds: number
  /** How long the whole journey may take, in seconds. */
  readonly journeySeconds: number
  /** How long an Aadhaar consent holds, in seconds. */
  readonly consentSeconds: number
  /** How long a PAN that came early is kept, in seconds. */
  readonly keptPanSeconds: number
  /** First wait before a call that could not be made is tried again, in seconds; it doubles with each time. */
  readonly parkFirstSeconds: number
  /** Longest such wait, in seconds. */
  readonly parkLongestSeconds: number
  /** How long a transfer that Eko does not find is inquired about before an operator must look, in seconds. */
  readonly quarantineSeconds: number
  /** Take Eko's "already onboarded" at lookup as the end, without proof that the sender holds the mobile. */
  readonly trustLookup: boolean
}

/** The defaults. Eko documents none of these numbers; the sources are NIST, OWASP and what UIDAI's partners publish. */
export const DEFAULT_POLICY: Policy = {
  otpLifetimeSeconds: 600,
  resendCooldownSeconds: 60,
  sendsPerWindow: 3,
  sendWindowSeconds: 600,
  sendsPerDay: 6,
  triesPerCode: 3,
  triesPerJourney: 10,
  stepSeconds: 86_400,
  journeySeconds: 604_800,
  consentSeconds: 86_400,
  keptPanSeconds: 600,
  parkFirstSeconds: 5,
  parkLongestSeconds: 300,
  quarantineSeconds: 1_800,
  trustLookup: false,
}

/** The numeric part of the policy: what a range can be given for. */
export type PolicyNumber = Exclude<keyof Policy, 'trustLookup'>

/** The least and most of a value that a caller may ask for, both inclusive. */
export type PolicyRanges = Readonly<Record<PolicyNumber, readonly [least: number, most: number]>>

/** The ranges of a tenant that sets none: stricter is always allowed, laxer never. */
export const DEFAULT_RANGES: PolicyRanges = {
  otpLifetimeSeconds: [30, 600],
  resendCooldownSeconds: [60, 3_600],
  sendsPerWindow: [1, 3],
  sendWindowSeconds: [600, 86_400],
  sendsPerDay: [1, 6],
  triesPerCode: [1, 3],
  triesPerJourney: [1, 10],
  stepSeconds: [60, 86_400],
  journeySeconds: [60, 604_800],
  consentSeconds: [60, 86_400],
  keptPanSeconds: [1, 600],
  parkFirstSeconds: [1, 60],
  parkLongestSeconds: [60, 900],
  quarantineSeconds: [1_800, 86_400],
}
