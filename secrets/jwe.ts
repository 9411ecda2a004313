import { createCipheriv, createDecipheriv, createECDH, createHash, ECDH, randomBytes } from 'node:crypto'
import type { JWK } from 'jose'

/**
 * A compact JWE (RFC 7516 §7.1) by ECDH-ES on P-256 (RFC 7518 §4.6) and A256GCM (§5.3): what a sealed field is. The
 * cryptography is OpenSSL's, called in one piece. WebCrypto, and so jose, goes through another thread at each of its
 * steps, which takes several times as long. Tests hold both against each other.
 */

const [ALG, ENC, CURVE] = ['ECDH-ES', 'A256GCM', 'P-256']
/** OpenSSL's names of the curve and of the cipher. */
const [OPENSSL_CURVE, CIPHER] = ['prime256v1', 'aes-256-gcm'] as const
/** In bytes: a coordinate of P-256, and what A256GCM takes. */
const [COORDINATE, KEY, IV, TAG] = [32, 32, 12, 16]
/** Begins the bytes of a point with both coordinates (SEC 1 §2.3.3). */
const UNCOMPRESSED = Buffer.of(4)

/** What cannot be decrypted: tampered with, truncated, for another key, or not of this form. Holds nothing of it. */
export class JweError extends Error {
  override readonly name = 'JweError'
}

/** The public key of a JWK, for `encryptJwe`. @throws JweError where it is no point of the curve */
export function publicPoint(jwk: JWK): Buffer {
  if (jwk.kty !== 'EC' || jwk.crv !== CURVE) throw new JweError(`The key is not one on ${CURVE}.`)
  const point = Buffer.concat([UNCOMPRESSED, numberOf(jwk, 'x'), numberOf(jwk, 'y')])
  return orJweError('The key is no point of its curve.', () =>
    Buffer.from(ECDH.convertKey(point, OPENSSL_CURVE) as Buffer),
  )
}

/** The private key of a JWK, for `decryptJwe`. @throws JweError where it does not belong to its public half */
export function privateKey(jwk: JWK): ECDH {
  const [key, secret] = [createECDH(OPENSSL_CURVE), numberOf(jwk, 'd')]
  orJweError('The private key is out of range.', () => key.setPrivateKey(secret))
  if (!key.getPublicKey().equals(publicPoint(jwk)))
    throw new JweError('The private key is not that of its public half.')
  return key
}

/**
 * @param header more parameters of the protected header, e.g. `kid`
 * @param recipient as `publicPoint` gives it
 */
export function encryptJwe(plaintext: string, header: Readonly<Record<string, string>>, recipient: Buffer): string {
  const ephemeral = createECDH(OPENSSL_CURVE)
  const point = ephemeral.generateKeys()
  const [x, y] = [point.subarray(1, 1 + COORDINATE), point.subarray(1 + COORDINATE)].map(base64url)
  const protectedHeader = base64url(
    JSON.stringify({ alg: ALG, enc: ENC, ...header, epk: { kty: 'EC', crv: CURVE, x, y } }),
  )
  const iv = randomBytes(IV)
  const cipher = createCipheriv(CIPHER, contentKey(ephemeral.computeSecret(recipient)), iv)
  cipher.setAAD(Buffer.from(protectedHeader, 'ascii'))
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
  // With ECDH-ES alone there is no encrypted key: the part is empty.
  return [protectedHeader, '', ...[iv, ciphertext, cipher.getAuthTag()].map(base64url)].join('.')
}

/** @throws JweError */
export function decryptJwe(jwe: string, key: ECDH): string {
  const [protectedHeader = '', encryptedKey, iv, ciphertext, tag, more] = jwe.split('.')
  if (encryptedKey !== '' || more !== undefined) throw new JweError('It is no compact JWE of ECDH-ES.')
  const { epk, apu, apv } = headerOf(protectedHeader)
  const secret = orJweError('Its ephemeral key is of no use.', () => key.computeSecret(publicPoint(epk)))
  const decipher = createDecipheriv(CIPHER, contentKey(secret, apu, apv), bytesOf(iv, IV), { authTagLength: TAG })
  decipher.setAAD(Buffer.from(protectedHeader, 'ascii'))
  decipher.setAuthTag(bytesOf(tag, TAG))
  return orJweError('It is not what was encrypted for this key.', () => {
    const plaintext = Buffer.concat([decipher.update(bytesOf(ciphertext)), decipher.final()])
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext)
  })
}

/**
 * The content encryption key: the Concat KDF of RFC 7518 §4.6.2, of which one round gives as many bits as are needed.
 * @param apu @param apv what the two parties are called, in base64url
 */
export function contentKey(secret: Buffer, apu = '', apv = ''): Buffer {
  const parts = [Buffer.from(ENC), bytesOf(apu), bytesOf(apv)]
  const otherInfo = parts.flatMap((part) => [uint32(part.length), part])
  return createHash('sha256')
    .update(Buffer.concat([uint32(1), secret, ...otherInfo, uint32(8 * KEY)]))
    .digest()
}

interface Header {
  readonly epk: JWK
  readonly apu?: string
  readonly apv?: string
}

function headerOf(encoded: string): Header {
  const header = orJweError('Its header is no JSON.', () => JSON.parse(bytesOf(encoded).toString('utf8')) as unknown)
  const { alg, enc, zip, crit, epk, apu, apv } = (header ?? {}) as Readonly<Record<string, unknown>>
  // What must be understood and is not (RFC 7516 §4.1.13), and compression, are refused.
  if (alg !== ALG || enc !== ENC || zip !== undefined || crit !== undefined)
    throw new JweError('It is of another kind.')
  const isHeader = typeof epk === 'object' && epk !== null && [apu, apv].every(isTextOrMissing)
  if (!isHeader) throw new JweError('Its header is malformed.')
  return header as Header
}

function isTextOrMissing(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

/** RFC 7518 §6.2.1.2 wants all 32 bytes; some libraries leave out zeros in front. */
function numberOf(jwk: JWK, name: 'x' | 'y' | 'd'): Buffer {
  const bytes = base64urlBytes(jwk[name])
  if (!bytes || bytes.length === 0 || bytes.length > COORDINATE)
    throw new JweError(`\`${name}\` of the key must be ${COORDINATE} bytes in base64url without padding.`)
  return Buffer.concat([Buffer.alloc(COORDINATE - bytes.length), bytes])
}

/** @param length in bytes, where only one will do */
function bytesOf(encoded: unknown, length?: number): Buffer {
  const bytes = base64urlBytes(encoded)
  if (!bytes || (length !== undefined && bytes.length !== length)) throw new JweError('A part of it is malformed.')
  return bytes
}

/** Null where it is not exactly what they are written as: Buffer skips what is not of the alphabet, and spare bits. */
function base64urlBytes(encoded: unknown): Buffer | null {
  const bytes = typeof encoded === 'string' ? Buffer.from(encoded, 'base64url') : null
  return bytes && base64url(bytes) === encoded ? bytes : null
}

function base64url(content: Buffer | string): string {
  return Buffer.from(content).toString('base64url')
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Says what is wrong in our words: those of OpenSSL may change, and those of `JSON.parse` quote what was read. */
function orJweError<T>(message: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof JweError) throw error
    throw new JweError(message)
  }
}
