import type { SecretField } from '../values/sealed-field.js'
import { type SealedField, vaultReference } from '../values/sealed-field.js'
import type { Binding, Opened, OpenRefusal, Opener, KeySealer, Sealer } from './sealing.js'

/** Where the content of sealed fields is. */
export const SECRET_STORE_MODES = ['inline', 'vault'] as const
/**
 * `inline`: in the message itself and so in Temporal's history, as a JWE under a sealing key that is destroyed in its
 * time. `vault`: in a vault; messages and history hold a reference, and not even ciphertext.
 */
export type SecretStoreMode = (typeof SECRET_STORE_MODES)[number]

/** Where a journey's secrets are put and taken from: what activities use. */
export interface SecretStore extends Sealer, Opener {
  readonly mode: SecretStoreMode
  /**
   * Whether a secret could be put away now. Asked before a call of Eko whose answer holds one: what cannot be kept must
   * not be asked for.
   * @throws Error where it could not
   */
  check(): Promise<void>
  /** Forgets a journey's secrets of these fields before their time is over; of inline ones there is nothing to forget. */
  forget(journey: string, fields: readonly SecretField[]): Promise<void>
}

/** What a vault keeps. */
export interface VaultEntry {
  readonly binding: Binding
  readonly plaintext: string
  /** In ms since 1970: from then on the vault must not give it out, and must delete it. */
  readonly expiresAt: number
}

/**
 * A vault for secrets: **the place where an institution plugs in its Aadhaar Data Vault**. Clients put, workers put and
 * get. What cannot be reached throws, and is tried again; what is not there is an answer.
 */
export interface Vault {
  /**
   * @returns a name for the secret of 16 to 200 characters (letters, digits, `_ . : -`) that cannot be derived from it,
   *   nor guessed. It stands in Temporal's history.
   */
  put(entry: VaultEntry): Promise<string>
  /** The secret, if it was put for this binding and its time is not over. */
  get(vaultId: string, binding: Binding): Promise<VaultAnswer>
  /**
   * Deletes a journey's secrets, of these fields or of all. What is not there any more is no error; a vault that cannot be
   * looked into is one.
   */
  deleteOf(journey: string, fields?: readonly SecretField[]): Promise<void>
  /** @throws Error where nothing could be put now */
  check(): Promise<void>
}

export type VaultAnswer =
  | { readonly found: true; readonly plaintext: string }
  | {
      readonly found: false
      readonly code: Extract<OpenRefusal, 'NOT_IN_VAULT' | 'KEY_DESTROYED' | 'SEALED_UNREADABLE'>
    }

/** How long a code may be of use, in seconds: 10 minutes (ASVS 5.0 §6.5.5), and some for clocks and queues. */
const CODE_SECONDS = 900
/** Of no use when the code that they belong to is over. */
const LIKE_CODES: readonly SecretField[] = ['otp', 'otpRefId']

/** How long a secret is kept in a vault, in seconds. @param longest for all that is not a code's */
export function vaultSeconds(field: SecretField, longest: number): number {
  return LIKE_CODES.includes(field) ? Math.min(CODE_SECONDS, longest) : longest
}

/** Puts secrets into a vault and gives references to them. @param longest how long a secret is kept at most, in s */
export function createVaultSealer(vault: Vault, longest: number, now: () => number = Date.now): Sealer {
  return {
    async seal({ field, journey }, plaintext) {
      const expiresAt = now() + vaultSeconds(field, longest) * 1_000
      const vaultId = await vault.put({ binding: { field, journey }, plaintext, expiresAt })
      const text = referenceText({ vaultId, field, journey })
      if (!vaultReference(text)) throw new Error('The vault gave a name that cannot stand in a message.')
      return text
    },
  }
}

/** Secrets stand in the messages, sealed. A reference to a vault is refused by name. */
export function createInlineStore(sealer: KeySealer, opener: Opener): SecretStore {
  return {
    mode: 'inline',
    seal: (binding, plaintext) => sealer.seal(binding, plaintext),
    open(binding, sealed) {
      const refused: Opened = { ok: false, code: 'VAULT_NOT_CONFIGURED' }
      return vaultReference(sealed) ? Promise.resolve(refused) : opener.open(binding, sealed)
    },
    check: () => sealer.check(),
    forget: () => Promise.resolve(),
  }
}

/**
 * Secrets are in a vault. What journeys and clients sealed inline before the change of mode still opens.
 * @param inline opens what is no reference
 */
export function createVaultStore(vault: Vault, longest: number, inline: Opener): SecretStore {
  const sealer = createVaultSealer(vault, longest)
  return {
    mode: 'vault',
    seal: (binding, plaintext) => sealer.seal(binding, plaintext),
    async open(binding, sealed) {
      const reference = vaultReference(sealed)
      if (!reference) return inline.open(binding, sealed)
      if (reference.journey !== binding.journey) return { ok: false, code: 'SEALED_FOR_ANOTHER_JOURNEY' }
      if (reference.field !== binding.field) return { ok: false, code: 'SEALED_FOR_ANOTHER_FIELD' }
      const answer = await vault.get(reference.vaultId, binding)
      return answer.found ? { ok: true, plaintext: answer.plaintext } : { ok: false, code: answer.code }
    },
    check: () => vault.check(),
    forget: (journey, fields) => vault.deleteOf(journey, fields),
  }
}

/** `vault.<base64url of JSON>`; the order of members is fixed, so that equal references are equal texts. */
function referenceText({ vaultId, field, journey }: { readonly vaultId: string } & Binding): SealedField {
  return `vault.${Buffer.from(JSON.stringify({ vaultId, field, journey })).toString('base64url')}`
}
