import { readFile } from 'node:fs/promises'
import {
  createPayloadCodec,
  createSealer,
  isSealingNow,
  KeyFileError,
  NoSealingKeyError,
  readCodecKeys,
  readIdKey,
  readPublicKeys,
} from '../../../secrets/index.js'
import type { Environment } from '../../environment.js'
import { attempt, type Check } from './check.js'

const NEEDED_FOR = {
  ONBOARDING_ID_KEY_FILE: 'Needed to start journeys and to find them by mobile.',
  ONBOARDING_SEALING_PUBLIC_KEYS_FILE: 'Needed to send secrets. Only its public half belongs here.',
  ONBOARDING_CODEC_KEYS_FILE:
    'Needed in production: without, names and mobiles are in Temporal’s history in the clear.',
} as const

export async function checkKeys(env: Environment): Promise<Check[]> {
  return [
    await checkKey('Id key', 'ONBOARDING_ID_KEY_FILE', env, async (path) => {
      const key = await readIdKey(path)
      return `${key.length * 8} bits, readable by its owner only`
    }),
    await checkKey('Sealing keys', 'ONBOARDING_SEALING_PUBLIC_KEYS_FILE', env, async (path) => {
      const set = await readPublicKeys(path)
      await createSealer(set).seal({ field: 'otp', journey: 'doctor' }, '000000')
      const active = set.keys.find((key) => isSealingNow(key, Date.now()))
      return `${set.keys.length} public, sealing to ${active?.kid ?? ''}${untilText(active?.exp)}`
    }),
    await checkKey('Codec keys', 'ONBOARDING_CODEC_KEYS_FILE', env, async (path) => {
      const idKeyFile = env['ONBOARDING_ID_KEY_FILE']
      const ring = await readCodecKeys(path, idKeyFile ? await readIdKey(idKeyFile) : null)
      await createPayloadCodec(ring).encode([{ data: new Uint8Array() }])
      return `${ring.keys.length} secret, encrypting with ${ring.keys[0]?.kid ?? ''}`
    }),
  ]
}

async function checkKey(
  name: string,
  setting: keyof typeof NEEDED_FOR,
  env: Environment,
  look: (path: string) => Promise<string>,
): Promise<Check> {
  const path = env[setting]
  if (!path) return { name, verdict: 'warn', found: `${setting} is not set`, advice: `Set it. ${NEEDED_FOR[setting]}` }
  try {
    return { name, verdict: 'ok', found: await look(path) }
  } catch (error) {
    if (!(error instanceof KeyFileError) && !(error instanceof NoSealingKeyError)) throw error
    return { name, verdict: 'fail', found: error.message, advice: `Correct the file of ${setting}.` }
  }
}

function untilText(exp: number | undefined): string {
  return exp === undefined ? '' : ` until ${new Date(exp * 1_000).toISOString()}`
}

/**
 * The tenants file belongs to the workers, which check it whole when they start; a client can see whether it is there
 * and names its tenant.
 */
export async function checkTenantsFile(path: string | undefined, tenant: string | undefined): Promise<Check> {
  const name = 'Tenants'
  if (!path) return { name, verdict: 'skip', found: 'ONBOARDING_TENANTS_FILE is not set here; the workers read it' }
  return attempt(name, 'Correct the file; a worker that reads it names every problem when it starts.', async () => {
    const names = tenantNames(await readText(path))
    if (tenant === undefined || names.includes(tenant)) return { name, verdict: 'ok', found: names.join(', ') }
    const found = `no tenant "${tenant}" among ${names.join(', ') || 'none'}`
    return { name, verdict: 'fail', found, advice: 'Add the tenant to the file, or correct ONBOARDING_TENANT.' }
  })
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read (${error.code ?? 'unknown error'})`)
  })
}

function tenantNames(text: string): string[] {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (error) {
    // The parser's own message quotes the file, and with it perhaps a key.
    if (error instanceof SyntaxError) throw new Error('the tenants file is not JSON')
    throw error
  }
  const tenants = (file as { tenants?: unknown } | null)?.tenants
  if (!Array.isArray(tenants)) throw new Error('the tenants file must be {"tenants": [...]}')
  return tenants.map((tenant: { name?: unknown } | null) =>
    typeof tenant?.name === 'string' ? tenant.name : '(no name)',
  )
}
