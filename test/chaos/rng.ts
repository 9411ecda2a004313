/** A seeded generator of a plan's choices. Not for secrets. */
export interface Rng {
  /** From 0 up to, not including, 1. */
  next(): number
  /** A whole number from 0 up to, not including, `below`. */
  int(below: number): number
  /** One of the items. @throws Error where there is none */
  pick<T>(items: readonly T[]): T
  /** Whether something of this probability happens. */
  chance(probability: number): boolean
  /** So many digits. */
  digits(count: number): string
}

/**
 * A stream of choices of its own for each label: what one part of a plan draws does not move what another part draws.
 */
export function stream(seed: number, label: string): Rng {
  const next = mulberry32(hash(`${seed}:${label}`))
  const int = (below: number): number => Math.floor(next() * below)
  return {
    next,
    int,
    pick(items) {
      const item = items[int(items.length)]
      if (item === undefined) throw new Error(`There is nothing to choose from for ${label}`)
      return item
    },
    chance: (probability) => next() < probability,
    digits: (count) => Array.from({ length: count }, () => int(10)).join(''),
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193)
  return value >>> 0
}

/** Mulberry32 by Tommy Ettinger (public domain): 32 bits of state, enough for plans. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}
