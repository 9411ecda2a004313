import { writeFile } from 'node:fs/promises'
import { SAMPLE_DEVELOPERS } from '../sandbox/index.js'

/** Names of the local stack's tenants, one for each API user of the sandbox. */
export const LOCAL_TENANTS = ['acme', 'bharat'] as const

/** An agent of the first tenant. */
export const LOCAL_USER_CODE = SAMPLE_DEVELOPERS[0]?.userCodes[0] ?? ''

/** Levin has no consent operation: each tenant brings its own approved text. This one is a sample for the sandbox. */
const SAMPLE_CONSENT =
  'I agree that my Aadhaar number is used, with a one-time password from UIDAI, to verify my identity for the wallet ' +
  'that I am opening, and for nothing else. I can withdraw this consent at any time.'

/** Short waits, so that a person does not wait a minute for the next code of a sandbox. */
const SANDBOX_POLICY = { resendCooldownSeconds: 1, sendsPerWindow: 20, sendsPerDay: 40 }
const SANDBOX_RANGES = {
  resendCooldownSeconds: [0, 3_600],
  otpLifetimeSeconds: [1, 600],
  sendsPerWindow: [1, 50],
  sendWindowSeconds: [1, 86_400],
  sendsPerDay: [1, 100],
  stepSeconds: [1, 86_400],
  journeySeconds: [1, 604_800],
  parkFirstSeconds: [1, 60],
  parkLongestSeconds: [1, 900],
  quarantineSeconds: [1, 86_400],
}

/** So many that no person and no test meets it by chance. */
const SANDBOX_JOURNEYS = { count: 5_000, seconds: 60 }

/** Writes a tenants file for workers that call the sandbox. */
export async function writeLocalTenants(path: string, ekoBaseUrl: string): Promise<void> {
  const tenants = SAMPLE_DEVELOPERS.map((developer, index) => ({
    name: LOCAL_TENANTS[index] ?? `tenant-${index + 1}`,
    environment: 'sandbox',
    credentials: {
      baseUrl: ekoBaseUrl,
      developerKey: developer.developerKey,
      accessKey: developer.accessKey,
      initiatorId: developer.initiatorId,
      ...(developer.orgId !== undefined && { orgId: developer.orgId }),
    },
    userCodes: developer.userCodes,
    rails: ['digikhata', 'levin'],
    policy: SANDBOX_POLICY,
    ranges: SANDBOX_RANGES,
    limits: { journeysPerUserCode: SANDBOX_JOURNEYS },
    consents: [{ consentId: 'sample-en-1', version: '1', language: 'English', text: SAMPLE_CONSENT }],
  }))
  await writeFile(path, JSON.stringify({ tenants }, null, 2), { mode: 0o600 })
}
