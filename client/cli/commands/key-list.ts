import { type KeyKind, type KeyState, type KeyStore, type SealingKey, stateOf } from '../../../secrets/index.js'

/** A key as it is listed; nothing of it is secret. */
export interface ListedKey {
  readonly kind: KeyKind
  readonly kid: string
  /** Of a codec key: `active`, `next` (decrypts, waits to be rotated to) or `retired` (decrypts). */
  readonly state: KeyState | 'active' | 'next' | 'retired' | 'destroyed'
  readonly from: string | null
  readonly until: string | null
  /** Sealing: when it is due. */
  readonly destroyAfter: string | null
}

/** The last destroyed ones that are listed. */
const DESTROYED_LISTED = 5

export async function keyList(store: KeyStore, kinds: readonly KeyKind[], nowMs: number): Promise<ListedKey[]> {
  const listed: ListedKey[] = []
  if (kinds.includes('sealing')) {
    const { keys, destroyed = [] } = await store.read('sealing')
    listed.push(...keys.map((key) => sealingKey(key, nowMs)), ...gone('sealing', destroyed))
  }
  if (kinds.includes('codec')) {
    const { keys, destroyed = [] } = await store.read('codec')
    const codec = keys.map(({ kid, retiredAt }, at): ListedKey => {
      const state = at === 0 ? 'active' : retiredAt === undefined ? 'next' : 'retired'
      return { kind: 'codec', kid, state, from: null, until: isoOf(retiredAt), destroyAfter: null }
    })
    listed.push(...codec, ...gone('codec', destroyed))
  }
  return listed
}

export function keyLines(keys: readonly ListedKey[]): string[] {
  return keys.map(({ kind, kid, state, from, until, destroyAfter }) =>
    [
      kind.padEnd(8),
      state.padEnd(10),
      kid,
      ...(from === null && until === null ? [] : [`${from ?? ''} … ${until ?? ''}`]),
      ...(destroyAfter === null ? [] : [`destroyed after ${destroyAfter}`]),
    ].join('  '),
  )
}

/** A new key for people. */
export function keyName({ kid = '', nbf, exp, destroyAfter }: SealingKey): string {
  return `${kid}: sealed to ${isoOf(nbf) ?? 'now'} … ${isoOf(exp) ?? 'ever'}, destroyed after ${isoOf(destroyAfter) ?? 'never'}`
}

function sealingKey(key: SealingKey, nowMs: number): ListedKey {
  const { kid = '', nbf, exp, destroyAfter } = key
  const times = { from: isoOf(nbf), until: isoOf(exp), destroyAfter: isoOf(destroyAfter) }
  return { kind: 'sealing', kid, state: stateOf(key, nowMs), ...times }
}

function gone(kind: KeyKind, kids: readonly string[]): ListedKey[] {
  return kids
    .slice(-DESTROYED_LISTED)
    .map((kid) => ({ kind, kid, state: 'destroyed', from: null, until: null, destroyAfter: null }))
}

function isoOf(seconds: number | undefined): string | null {
  return seconds === undefined ? null : new Date(seconds * 1_000).toISOString()
}
