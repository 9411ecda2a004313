import { CompactEncrypt, compactDecrypt, errors, importJWK, type CryptoKey, type JWK } from 'jose'
import { type SealedField, sealedHeader, type SecretField } from '../values/sealed-field.js'

/** A JWK set (RFC 7517 §5). */
export interface KeySet {
  readonly keys: readonly JWK[]
}

/** What a secret is bound to: it opens only for this journey and as this field. */
export interface Binding {
  readonly field: SecretField
  /** The journey's workflow id. */
  readonly journey: string
}

export interface Sealer {
  /** Encrypts to the first key of the set, as compact JWE (RFC 7516; ECDH-ES on P-256, A256GCM). */
  seal(binding: Binding, plaintext: string): Promise<SealedField>
}

/** Why a sealed field could not be opened. An answer, not an exception: the journey says so and goes on. */
export type OpenRefusal =
  'NOT_SEALED' | 'UNKNOWN_KEY_ID' | 'SEALED_UNREADABLE' | 'SEALED_FOR_ANOTHER_JOURNEY' | 'SEALED_FOR_ANOTHER_FIELD'
export type Opened =
  { readonly ok: true; readonly plaintext: string } | { readonly ok: false; readonly code: OpenRefusal }

export interface Opener {
  open(binding: Binding, sealed: unknown): Promise<Opened>
}

/** Seals for whoever holds the private half of `publicKeys`. Throws where the set has no usable key. */
export function createSealer(publicKeys: KeySet): Sealer {
  const active = publicKeys.keys[0]
  if (!active?.kid) throw new Error('The sealing key set is empty or its first key has no `kid`. Generate keys first.')
  const { kid } = active
  let imported: Promise<CryptoKey | Uint8Array> | undefined
  return {
    async seal({ field, journey }, plaintext) {
      imported ??= importJWK(publicPart(active), 'ECDH-ES')
      return new CompactEncrypt(new TextEncoder().encode(plaintext))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid, field, journey })
        .encrypt(await imported)
    },
  }
}

/** Opens what was sealed to any key of the set. */
export function createOpener(privateKeys: KeySet): Opener {
  const imported = new Map<string, Promise<CryptoKey | Uint8Array>>()
  const keyOf = (kid: string): Promise<CryptoKey | Uint8Array> | undefined => {
    const jwk = privateKeys.keys.find((key) => key.kid === kid)
    if (jwk && !imported.has(kid)) imported.set(kid, importJWK(jwk, 'ECDH-ES'))
    return imported.get(kid)
  }
  return {
    async open({ field, journey }, sealed) {
      const header = sealedHeader(sealed)
      if (!header || typeof sealed !== 'string') return { ok: false, code: 'NOT_SEALED' }
      if (header.journey !== journey) return { ok: false, code: 'SEALED_FOR_ANOTHER_JOURNEY' }
      if (header.field !== field) return { ok: false, code: 'SEALED_FOR_ANOTHER_FIELD' }
      const key = await keyOf(header.kid)
      if (!key) return { ok: false, code: 'UNKNOWN_KEY_ID' }
      try {
        const { plaintext } = await compactDecrypt(sealed, key, {
          keyManagementAlgorithms: ['ECDH-ES'],
          contentEncryptionAlgorithms: ['A256GCM'],
        })
        return { ok: true, plaintext: new TextDecoder('utf-8', { fatal: true }).decode(plaintext) }
      } catch (error) {
        // Tampered, truncated or not UTF-8; anything else is a defect and must be seen.
        if (error instanceof errors.JOSEError || error instanceof TypeError)
          return { ok: false, code: 'SEALED_UNREADABLE' }
        throw error
      }
    },
  }
}

function publicPart({ d: _private, ...jwk }: JWK): JWK {
  return jwk
}
