/**
 * The outside of a sealed field. It is either a compact JWE (RFC 7516 §7.1), whose protected header names the journey and
 * the field it was sealed for, or a reference to a vault, which names them too and holds nothing of the secret. Only that
 * is read here; opening needs the workers' private key, or the vault (`secrets/`).
 */
export type SealedField = string & { readonly __sealed?: never }

/** The secrets of a journey. Each is sealed by whoever knows it and opened only inside an activity. */
export const SECRET_FIELDS = ['aadhaar', 'otp', 'pan', 'otpRefId', 'walletToken'] as const
export type SecretField = (typeof SECRET_FIELDS)[number]

/** What a sealed field says of itself, whatever its form. */
interface SealedFor {
  /** Which secret this is. */
  readonly field: SecretField
  /** The workflow id of the journey that it was sealed for. */
  readonly journey: string
}

/** The protected header of a sealed field (RFC 7516 §4), with our two private parameters. */
export interface JweHeader extends SealedFor {
  readonly alg: 'ECDH-ES'
  readonly enc: 'A256GCM'
  readonly kid: string
}

/** What stands in a message for a secret that is in a vault. */
export interface VaultReference extends SealedFor {
  /** The vault's name for it; it cannot be derived from the secret, nor guessed. */
  readonly vaultId: string
}

export type SealedHeader = JweHeader | VaultReference

/** Longest sealed field taken, in characters. A wallet token of 1 KB seals to about 1.7 KB. */
export const MAX_SEALED_LENGTH = 8192

/** A vault's name for a secret, as far as the form goes. */
const VAULT_ID = /^[\w.:-]{16,200}$/

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Looked up once: in Temporal's sandbox each look at a global costs more than a character's decoding. */
const { fromCharCode } = String

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
      out += fromCharCode((held >> bits) & 0xff)
      held &= (1 << bits) - 1
    }
  }
  return out
}

/** What a sealed field says of itself, or null where the text is not one of ours. Never throws. */
export function sealedHeader(input: unknown): SealedHeader | null {
  return jweHeader(input) ?? vaultReference(input)
}

/** The protected header of a compact JWE of ours, or null. */
export function jweHeader(input: unknown): JweHeader | null {
  const header = headerIn(input, /^([\w-]+)\.([\w-]*)\.([\w-]+)\.([\w-]*)\.([\w-]+)$/)
  if (!header || header['alg'] !== 'ECDH-ES' || header['enc'] !== 'A256GCM') return null
  return typeof header['kid'] === 'string' ? (header as unknown as JweHeader) : null
}

/** What a reference to a vault names, or null. The vault itself knows what it was given the secret for. */
export function vaultReference(input: unknown): VaultReference | null {
  const header = headerIn(input, /^vault\.([\w-]+)$/)
  if (!header || typeof header['vaultId'] !== 'string') return null
  return VAULT_ID.test(header['vaultId']) ? (header as unknown as VaultReference) : null
}

/** The object in the first group, where it says for which journey and field. */
function headerIn(input: unknown, form: RegExp): Record<string, unknown> | null {
  if (typeof input !== 'string' || input.length > MAX_SEALED_LENGTH) return null
  const encoded = form.exec(input)?.[1]
  const header = encoded === undefined ? null : parseObject(decodeBase64Url(encoded))
  if (!header || typeof header['journey'] !== 'string') return null
  return SECRET_FIELDS.some((field) => field === header['field']) ? header : null
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
