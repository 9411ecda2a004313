import { jweHeader, type SealedField, type SecretField } from '../values/sealed-field.js'
import { decryptJwe, encryptJwe, JweError, privateKey, publicPoint } from './jwe.js'
import { isSealingNow, type SealingKey } from './key-window.js'
import { importKey } from './keys.js'

/** A JWK set (RFC 7517 §5). */
export interface KeySet {
  readonly keys: readonly SealingKey[]
  /** Ids of keys that were destroyed; in a private set only. */
  readonly destroyed?: readonly string[] | undefined
}

/** Where a key set is read each time it is needed, so that keys rotate without a restart. */
export type KeySource = () => Promise<KeySet>

/** What a secret is bound to: it opens only for this journey and as this field. */
export interface Binding {
  readonly field: SecretField
  /** The journey's workflow id. */
  readonly journey: string
}

export interface Sealer {
  /** @throws NoSealingKeyError where no key may be sealed to now; KeyFileError where the key is malformed */
  seal(binding: Binding, plaintext: string): Promise<SealedField>
}

/** A sealer to keys, which can be asked first. */
export interface KeySealer extends Sealer {
  /** @throws NoSealingKeyError where no key may be sealed to now */
  check(): Promise<void>
}

/** No key of the set may be sealed to at this time. */
export class NoSealingKeyError extends Error {
  override readonly name = 'NoSealingKeyError'
  readonly code = 'NO_SEALING_KEY'
  constructor() {
    super(
      'No sealing key may be sealed to now: the time of all of them is over. Run `onboard keys rotate` and publish the set.',
    )
  }
}

/** Why a sealed field could not be opened. An answer, not an exception: the journey says so and goes on. */
export type OpenRefusal =
  | 'NOT_SEALED'
  | 'UNKNOWN_KEY_ID'
  | 'KEY_DESTROYED'
  | 'SEALED_UNREADABLE'
  | 'SEALED_FOR_ANOTHER_JOURNEY'
  | 'SEALED_FOR_ANOTHER_FIELD'
  | 'NOT_IN_VAULT'
  | 'VAULT_NOT_CONFIGURED'
export type Opened =
  { readonly ok: true; readonly plaintext: string } | { readonly ok: false; readonly code: OpenRefusal }

export interface Opener {
  open(binding: Binding, sealed: unknown): Promise<Opened>
}

/**
 * Seals for whoever holds the private half of `publicKeys`, as compact JWE (RFC 7516; ECDH-ES on P-256, A256GCM), to the
 * first key of the set whose time it is.
 * @throws Error where a set that is given as it is has no usable key
 */
export function createSealer(publicKeys: KeySet | KeySource, now: () => number = Date.now): KeySealer {
  if (typeof publicKeys !== 'function' && !publicKeys.keys[0]?.kid)
    throw new Error('The sealing key set is empty or its first key has no `kid`. Generate keys first.')
  const imported = once((key) => importKey(key, 'the public set', publicPoint))
  const activeKey = async (): Promise<{ readonly kid: string; readonly key: Buffer }> => {
    const { keys } = await setOf(publicKeys)
    const active = keys.find((key) => key.kid !== undefined && isSealingNow(key, now()))
    if (!active?.kid) throw new NoSealingKeyError()
    return { kid: active.kid, key: imported(active) }
  }
  return {
    check: async () => void (await activeKey()),
    async seal({ field, journey }, plaintext) {
      const { kid, key } = await activeKey()
      return encryptJwe(plaintext, { kid, field, journey }, key)
    },
  }
}

/** Opens what was sealed to any key of the set; a key that has left the set opens nothing any more. */
export function createOpener(privateKeys: KeySet | KeySource): Opener {
  const imported = once((key) => importKey(key, 'the private set', privateKey))
  return {
    async open({ field, journey }, sealed) {
      const header = jweHeader(sealed)
      if (!header || typeof sealed !== 'string') return { ok: false, code: 'NOT_SEALED' }
      if (header.journey !== journey) return { ok: false, code: 'SEALED_FOR_ANOTHER_JOURNEY' }
      if (header.field !== field) return { ok: false, code: 'SEALED_FOR_ANOTHER_FIELD' }
      const { keys, destroyed } = await setOf(privateKeys)
      const jwk = keys.find((key) => key.kid === header.kid)
      if (!jwk) return { ok: false, code: destroyed?.includes(header.kid) ? 'KEY_DESTROYED' : 'UNKNOWN_KEY_ID' }
      const key = imported(jwk)
      try {
        return { ok: true, plaintext: decryptJwe(sealed, key) }
      } catch (error) {
        // Tampered, truncated or not UTF-8; anything else is a defect and must be seen.
        if (error instanceof JweError) return { ok: false, code: 'SEALED_UNREADABLE' }
        throw error
      }
    },
  }
}

function setOf(keys: KeySet | KeySource): Promise<KeySet> {
  return typeof keys === 'function' ? keys() : Promise.resolve(keys)
}

/** Imports a key once, as long as the same object stands for it: a set that was read anew brings new ones. */
function once<T>(importKey: (key: SealingKey) => T): (key: SealingKey) => T {
  const imported = new WeakMap<SealingKey, T>()
  return (key) => {
    const known = imported.get(key) ?? importKey(key)
    imported.set(key, known)
    return known
  }
}
