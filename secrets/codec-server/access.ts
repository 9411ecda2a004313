import { createHash, timingSafeEqual } from 'node:crypto'
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose'
import { CodecServerRefusal } from './codes.js'

/** Whose tokens are taken: those that the login provider of Temporal UI signs (OpenID Connect, RFC 7519). */
export interface JwtAccess {
  /** Where the provider publishes its keys. */
  readonly jwksUrl: string
  readonly issuer: string
  readonly audience: string
  /** A claim and the value that it must have, or that must be among its values. @default every token of the audience */
  readonly claim?: { readonly name: string; readonly value: string } | undefined
}

/** Who may ask. At least one must be set; whoever fulfils one may. */
export interface Access {
  /** The first part of the path, which nobody can guess; for loopback. */
  readonly capability?: string | undefined
  /** One secret for all, e.g. for Temporal's command line tool. */
  readonly token?: string | undefined
  readonly jwt?: JwtAccess | undefined
}

/** By what somebody was let in, for the access log. */
export interface Visitor {
  readonly by: 'capability' | 'token' | 'jwt'
  /** The token's `sub`: the login provider's name of the person. */
  readonly subject?: string
}

/** Signatures only: a secret shared with the provider (HS256) could be mistaken for its public key. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
/** Clocks may differ by so much. */
const CLOCK_TOLERANCE_SECONDS = 30
const LONGEST_SUBJECT = 128

/** What a token can be refused for; any other error means that it could not be judged. */
const REFUSALS = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
]

export interface Gatekeeper {
  /** The operation that a path asks for (`/decode`), without the capability, and whether it brought the right one. */
  pathOf(pathname: string): { path: string; hasCapability: boolean }
  /** @throws CodecServerRefusal UNAUTHENTICATED, FORBIDDEN or LOGIN_UNAVAILABLE */
  visitorOf(authorization: string | undefined): Promise<Visitor>
}

export function createGatekeeper({ capability, token, jwt }: Access): Gatekeeper {
  const keys = jwt && createRemoteJWKSet(new URL(jwt.jwksUrl))
  return {
    pathOf(pathname) {
      const [, first = '', ...rest] = pathname.split('/')
      const hasCapability = capability !== undefined && isSame(first, capability)
      return hasCapability ? { path: `/${rest.join('/')}`, hasCapability } : { path: pathname, hasCapability }
    },
    async visitorOf(authorization) {
      const given = /^Bearer ([\w~+/.=-]+)$/i.exec(authorization ?? '')?.[1]
      if (given === undefined) throw new CodecServerRefusal('UNAUTHENTICATED')
      if (token !== undefined && isSame(given, token)) return { by: 'token' }
      if (!jwt || !keys) throw new CodecServerRefusal('UNAUTHENTICATED')
      const claims = await claimsOf(given, keys, jwt)
      if (jwt.claim && !hasClaim(claims, jwt.claim)) throw new CodecServerRefusal('FORBIDDEN')
      return { by: 'jwt', ...(claims.sub !== undefined && { subject: claims.sub.slice(0, LONGEST_SUBJECT) }) }
    },
  }
}

async function claimsOf(
  token: string,
  keys: ReturnType<typeof createRemoteJWKSet>,
  { issuer, audience }: JwtAccess,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...{ issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_TOLERANCE_SECONDS },
      requiredClaims: ['exp', 'sub'],
    })
    return payload
  } catch (error) {
    const isRefused = REFUSALS.some((kind) => error instanceof kind)
    throw new CodecServerRefusal(isRefused ? 'UNAUTHENTICATED' : 'LOGIN_UNAVAILABLE')
  }
}

/** OAuth writes several values as a list or, in `scope`, with blanks between them (RFC 6749 §3.3). */
function hasClaim(claims: JWTPayload, { name, value }: { readonly name: string; readonly value: string }): boolean {
  const found = claims[name]
  if (typeof found === 'string') return found.split(' ').includes(value)
  return Array.isArray(found) && found.includes(value)
}

/** In a time that does not tell how much is right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
