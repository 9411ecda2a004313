/**
 * The outside of a sealed field: a compact JWE (RFC 7516 §7.1) whose protected header names the journey and the field
 * it was sealed for. Only the header is read here; opening needs the workers' private key (`secrets/`).
 */
export type SealedField = string & { readonly __sealed?: never }

/** The secrets of a journey. Each is sealed by whoever knows it and opened only inside an activity. */
export const SECRET_FIELDS = ['aadhaar', 'otp', 'pan', 'otpRefId', 'walletToken'] as const
export type SecretField = (typeof SECRET_FIELDS)[number]

/** The protected header of a sealed field (RFC 7516 §4), with our two private parameters. */
export interface SealedHeader {
  readonly alg: 'ECDH-ES'
  readonly enc: 'A256GCM'
  readonly kid: string
  /** Which secret this is. */
  readonly field: SecretField
  /** The workflow id of the journey that it was sealed for. */
  readonly journey: string
}

/** Longest sealed field taken, in characters. A wallet token of 1 KB seals to about 1.7 KB. */
export const MAX_SEALED_LENGTH = 8192

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Base64url (RFC 4648 §5) of ASCII text, without Node or browser APIs, so that it runs in Temporal's sandbox. */
function decodeBase64Url(text: string): string {
  let bits = 0
  let held = 0
  let out = ''
  for (const character of text) {
    held = (held << 6) | ALPHABET.indexOf(character)
    bits += 6
    if (bits >= 8) {
      bits -= 8
      out += String.fromCharCode((held >> bits) & 0xff)
      held &= (1 << bits) - 1
    }
  }
  return out
}

/** The header of a sealed field, or null where the text is not one of ours. Never throws. */
export function sealedHeader(input: unknown): SealedHeader | null {
  if (typeof input !== 'string' || input.length > MAX_SEALED_LENGTH) return null
  const match = /^([\w-]+)\.([\w-]*)\.([\w-]+)\.([\w-]*)\.([\w-]+)$/.exec(input)
  if (!match?.[1]) return null
  const header = parseObject(decodeBase64Url(match[1]))
  if (!header || header.alg !== 'ECDH-ES' || header.enc !== 'A256GCM') return null
  if (typeof header.kid !== 'string' || typeof header.journey !== 'string') return null
  if (!SECRET_FIELDS.some((field) => field === header.field)) return null
  return header as unknown as SealedHeader
}

function parseObject(json: string): Record<string, unknown> | null {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return null // whatever is not JSON is not a header: the one thing that can go wrong here
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
}
