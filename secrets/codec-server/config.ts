import { type CodecKeyRing, readCodecKeys } from '../codec-keys.js'
import { KeyFileError, readKeyText, refuseIfShared } from '../key-file.js'
import type { Access, JwtAccess } from './access.js'
import { type CodecServerValues, parseCodecServerSettings } from './settings.js'

/** A codec server's configuration, complete and checked, with the keys that its files hold. */
export interface CodecServerConfig {
  readonly host: string
  readonly port: number
  readonly origins: readonly string[]
  readonly keys: CodecKeyRing
  readonly access: Access
}

/** Everything that keeps a codec server from starting. Holds no secret. */
export class CodecServerConfigError extends Error {
  override readonly name = 'CodecServerConfigError'
  constructor(readonly problems: readonly string[]) {
    super(`The codec server cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
  }
}

/** Of a token or capability: 32 characters of base64url have 192 random bits. */
const SECRET = /^[\w~+/.=-]{32,512}$/
/** It is a part of a path. */
const CAPABILITY = /^[\w-]{32,512}$/
const LOOPBACK = /^(127\.|::1$)/

/**
 * Reads the settings that `CODEC_SERVER_SETTINGS` lists, and the files that they name.
 * @throws CodecServerConfigError with every problem, each beginning with the setting's name
 */
export async function readCodecServerConfig(env: NodeJS.ProcessEnv): Promise<CodecServerConfig> {
  const { values, problems } = parseCodecServerSettings(env)
  const file = async <T>(name: keyof CodecServerValues, read: (path: string) => Promise<T>): Promise<T | undefined> => {
    const path = values[name]
    if (typeof path !== 'string') return undefined
    try {
      return await read(path)
    } catch (error) {
      if (!(error instanceof KeyFileError)) throw error
      problems.push(`${name}: ${error.message}`)
      return undefined
    }
  }
  const keys = await file('ONBOARDING_CODEC_KEYS_FILE', (path) => readCodecKeys(path, null))
  const token = await file('ONBOARDING_CODEC_SERVER_TOKEN_FILE', (path) => readSecret(path, SECRET))
  const capability = await file('ONBOARDING_CODEC_SERVER_CAPABILITY_FILE', (path) => readSecret(path, CAPABILITY))
  const jwt = readJwt(values, problems)
  const { host, port } = values.ONBOARDING_CODEC_SERVER_ADDRESS ?? { host: '', port: 0 }
  if (values.ONBOARDING_CODEC_SERVER_CAPABILITY_FILE !== undefined) {
    if (values.ONBOARDING_ENVIRONMENT === 'production')
      problems.push('ONBOARDING_CODEC_SERVER_CAPABILITY_FILE: is impossible in production; set a token or a login')
    if (!LOOPBACK.test(host))
      problems.push('ONBOARDING_CODEC_SERVER_ADDRESS: must be on loopback where there is a capability')
  }
  const origins = values.ONBOARDING_CODEC_SERVER_ORIGINS ?? []
  // A page that came without TLS may be anybody's on the way, and would read what its user may read.
  if (values.ONBOARDING_ENVIRONMENT === 'production' && !origins.every(isSafeFromThoseBetween))
    problems.push('ONBOARDING_CODEC_SERVER_ORIGINS: must be https in production, but for loopback')
  const named = ['TOKEN_FILE', 'CAPABILITY_FILE', 'JWKS_URL'] as const
  if (named.every((name) => values[`ONBOARDING_CODEC_SERVER_${name}`] === undefined))
    problems.push('ONBOARDING_CODEC_SERVER_TOKEN_FILE: must be set, or …_JWKS_URL: nobody could be let in')
  if (!keys || problems.length > 0) throw new CodecServerConfigError(problems)
  return { host, port, origins, keys, access: { token, capability, jwt } }
}

/** @throws KeyFileError where the file cannot be read, others may read it, or it holds something else */
async function readSecret(path: string, shape: RegExp): Promise<string> {
  await refuseIfShared(path)
  const text = (await readKeyText(path)).trim()
  if (!shape.test(text))
    throw new KeyFileError(`${path} must hold 32 letters and digits or more. Run: openssl rand -hex 32 > ${path}`)
  return text
}

function readJwt(values: Partial<CodecServerValues>, problems: string[]): JwtAccess | undefined {
  const {
    ONBOARDING_CODEC_SERVER_JWKS_URL: jwksUrl,
    ONBOARDING_CODEC_SERVER_JWT_ISSUER: issuer,
    ONBOARDING_CODEC_SERVER_JWT_AUDIENCE: audience,
    ONBOARDING_CODEC_SERVER_JWT_CLAIM: claim,
  } = values
  if (jwksUrl === undefined) {
    if (issuer !== undefined || audience !== undefined || claim !== undefined)
      problems.push('ONBOARDING_CODEC_SERVER_JWKS_URL: must be set with the other settings of the login')
    return undefined
  }
  // Whoever can change the keys on their way can let himself in.
  if (!isSafeFromThoseBetween(jwksUrl)) problems.push('ONBOARDING_CODEC_SERVER_JWKS_URL: must be https')
  if (issuer === undefined) problems.push('ONBOARDING_CODEC_SERVER_JWT_ISSUER: must be set with the JWKS URL')
  if (audience === undefined) problems.push('ONBOARDING_CODEC_SERVER_JWT_AUDIENCE: must be set with the JWKS URL')
  // Temporal UI lets in whoever has an account with the provider: without a claim each of them would read every journey.
  if (claim === undefined && values.ONBOARDING_ENVIRONMENT === 'production')
    problems.push('ONBOARDING_CODEC_SERVER_JWT_CLAIM: must be set in production, e.g. groups=onboarding-operators')
  return { jwksUrl, issuer: issuer ?? '', audience: audience ?? '', claim }
}

/** By TLS, or because there is no way between. */
function isSafeFromThoseBetween(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || hostname === 'localhost' || LOOPBACK.test(hostname.replaceAll(/[[\]]/g, ''))
}
