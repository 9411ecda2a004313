import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Developer } from '../../sandbox/index.js'
import { canaryText } from './canaries.js'

/**
 * Each with a developer key and an agent of its own: what one meets must not stop the others. `main` for all journeys;
 * `stopped` meets what stops a whole tenant; nobody answers `away`; the rest meet faults.
 */
export const TENANTS = {
  main: 'leak',
  stopped: 'leak-stopped',
  away: 'leak-away',
  faults: Array.from({ length: 8 }, (_, index) => `leak-faults-${index + 1}`),
} as const
export const ALL_TENANTS: readonly string[] = [TENANTS.main, TENANTS.stopped, TENANTS.away, ...TENANTS.faults]

/** The agent of a tenant. */
export function userCodeOf(tenant: string): string {
  return `208109${String(ALL_TENANTS.indexOf(tenant)).padStart(2, '0')}`
}

/** Secrets in the environment of every program, none of which is of any use there. */
export const SETTINGS_NOT_USED = {
  ONBOARDING_ACCESS_KEY: canaryText('leak-setting'),
  LEAK_UNRELATED_PASSWORD: canaryText('leak-unrelated'),
} as const

const CONSENT =
  'I agree that my Aadhaar number is used, with a one-time password, to verify my identity for this wallet.'

/** Credentials in files of their own, and the settings that name them. */
export async function writeSecretFiles(
  folder: string,
  developers: readonly Developer[],
): Promise<Record<string, string>> {
  await mkdir(folder, { mode: 0o700 })
  const env: Record<string, string> = {}
  for (const [index, { developerKey, accessKey }] of developers.entries()) {
    const path = join(folder, `access-key-${index + 1}`)
    await writeFile(path, `${accessKey}\n`, { mode: 0o600 })
    // One by file, the other in the environment itself.
    env[`LEAK_ACCESS_KEY_${index + 1}_FILE`] = path
    env[`LEAK_DEVELOPER_KEY_${index + 1}`] = developerKey
  }
  return env
}

/** The tenants file: credentials by reference, wide ranges, short waits. */
export function tenantEntries(developers: readonly Developer[], ekoBaseUrl: string, closedUrl: string): unknown {
  const entry = (name: string, index: number, baseUrl: string): unknown => {
    const { initiatorId, orgId, userCodes } = developers[index] as Developer
    return {
      name,
      environment: 'sandbox',
      credentials: {
        ...{ baseUrl, initiatorId, orgId },
        developerKey: { env: `LEAK_DEVELOPER_KEY_${index + 1}` },
        accessKey: { env: `LEAK_ACCESS_KEY_${index + 1}` },
      },
      userCodes,
      rails: ['digikhata', 'levin'],
      policy: { resendCooldownSeconds: 0, sendsPerWindow: 50, sendsPerDay: 100 },
      ranges: {
        resendCooldownSeconds: [0, 3_600],
        sendsPerWindow: [1, 50],
        sendsPerDay: [1, 100],
        stepSeconds: [1, 86_400],
        journeySeconds: [1, 604_800],
        parkFirstSeconds: [1, 60],
        parkLongestSeconds: [1, 300],
      },
      consents: [{ consentId: 'leak-en-1', version: '1', language: 'English', text: CONSENT }],
    }
  }
  return {
    tenants: ALL_TENANTS.map((name, index) => entry(name, index, name === TENANTS.away ? closedUrl : ekoBaseUrl)),
  }
}
