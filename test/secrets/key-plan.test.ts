import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  addCodecKey,
  createInlineStore,
  createOpener,
  createSealer,
  DESTROY_MARGIN_SECONDS,
  destroyCodec,
  destroySealing,
  generateCodecKey,
  generateSealingKey,
  isInOrder,
  isRotationDue,
  isSealingNow,
  journeyItOutlives,
  type KeySet,
  LEAD_SECONDS,
  LONGEST_JOURNEY_SECONDS,
  NoSealingKeyError,
  publicHalf,
  publicSet,
  RETIRED_SECONDS,
  ROTATION_SECONDS,
  rotateCodec,
  rotateSealing,
  type SealingKey,
  stateOf,
  usualLead,
  windowFrom,
} from '../../secrets/index.js'

const START = Date.parse('2026-01-01T00:00:00Z')
const DAY_MS = ROTATION_SECONDS * 1_000

let made = 0
/** A key whose times alone matter. */
function keyAt(now: number, lead = LEAD_SECONDS, longestJourney = LONGEST_JOURNEY_SECONDS): SealingKey {
  made += 1
  return { kty: 'EC', crv: 'P-256', kid: `key-${made}`, ...windowFrom({ now, lead, longestJourney }) }
}

function codeOf(make: () => unknown): unknown {
  try {
    make()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return null
}

describe('a sealing key', () => {
  it('is due a day after the last journey that could use it has ended', () => {
    const { nbf, exp, destroyAfter } = windowFrom({ now: START, lead: 600, longestJourney: 1_000 })
    expect([nbf, exp]).toEqual([START / 1_000 + 600, START / 1_000 + 600 + 2 * ROTATION_SECONDS])
    expect(destroyAfter).toBe(exp + 1_000 + DESTROY_MARGIN_SECONDS)
    expect(journeyItOutlives({ nbf, exp, destroyAfter })).toBe(1_000)
  })

  it('comes, is sealed to, opens, and is due, in this order', () => {
    const key = keyAt(START)
    const { nbf = 0, exp = 0, destroyAfter = 0 } = key
    const at = (seconds: number) => stateOf(key, seconds * 1_000)
    expect([at(nbf - 1), at(nbf), at(exp - 1), at(exp), at(destroyAfter - 1), at(destroyAfter)]).toEqual([
      ...['coming', 'sealing', 'sealing', 'opening', 'opening', 'due'],
    ])
  })

  it('without times is always sealed to', () => {
    expect(stateOf({}, START)).toBe('sealing')
    expect(journeyItOutlives({})).toBeNull()
  })
})

describe('daily rotation', () => {
  /** Jobs a day apart, each some minutes early or late, and some of them left out. */
  const jobs = fc.array(fc.record({ lateMinutes: fc.integer({ min: -50, max: 50 }), runs: fc.boolean() }), {
    minLength: 5,
    maxLength: 40,
  })

  it('always leaves a key to seal to, unless it fails for a day, and destroys none that a journey needs', () => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: 60, max: 30 * ROTATION_SECONDS }), (days, longestJourney) => {
        let set: KeySet = { keys: [keyAt(START, 0, longestJourney)] }
        const known = new Map(set.keys.map((key) => [key.kid, key]))
        let missed = 0
        for (const [index, { lateMinutes, runs }] of days.entries()) {
          const now = START + (index + 1) * DAY_MS + lateMinutes * 60_000
          if (missed === 0) expect(set.keys.some((key) => isSealingNow(key, now))).toBe(true)
          // Two failures in a row are what the window is not made for.
          if (!runs && missed === 0) {
            missed += 1
            continue
          }
          missed = 0
          const fresh = isRotationDue(set, now) ? keyAt(now, LEAD_SECONDS, longestJourney) : null
          if (fresh) known.set(fresh.kid, fresh)
          const rotated = rotateSealing(set, fresh, now, longestJourney)
          for (const kid of rotated.destroyed) {
            const lastUse = (known.get(kid)?.exp ?? Infinity) + longestJourney
            expect(now / 1_000).toBeGreaterThanOrEqual(lastUse + DESTROY_MARGIN_SECONDS)
          }
          set = rotated.set
          for (const key of set.keys) expect(stateOf(key, now)).not.toBe('due')
        }
      }),
    )
  })

  it('makes one key a day, however often it runs', () => {
    const set: KeySet = { keys: [keyAt(START)] }
    const hours = Array.from({ length: 21 }, (_, hour) => isRotationDue(set, START + hour * 3_600_000))
    expect(hours.some(Boolean)).toBe(false)
    expect(isRotationDue(set, START + DAY_MS)).toBe(true)
  })

  it('gives times to a key of before there were any, beginning now', () => {
    const { set } = rotateSealing({ keys: [{ kty: 'EC', kid: 'old' }] }, keyAt(START), START, 1_000)
    expect(set.keys.map(({ kid }) => kid)).toEqual([`key-${made}`, 'old'])
    expect(set.keys[1]).toMatchObject(windowFrom({ now: START, longestJourney: 1_000 }))
  })

  it('gives a key of which some times are known the others in their order', () => {
    const seconds = fc.option(fc.integer({ min: START / 1_000 - 1e7, max: START / 1_000 + 1e7 }), { nil: undefined })
    fc.assert(
      fc.property(seconds, seconds, seconds, (nbf, exp, destroyAfter) => {
        const times = { ...(nbf && { nbf }), ...(exp && { exp }), ...(destroyAfter && { destroyAfter }) }
        fc.pre(isInOrder(times))
        const old: SealingKey = { kty: 'EC', crv: 'P-256', kid: 'old', ...times }
        const { set } = rotateSealing({ keys: [old] }, keyAt(START), START, 1_000)
        for (const key of set.keys) expect(isInOrder(key)).toBe(true)
        const kept = set.keys.find(({ kid }) => kid === 'old')
        if (kept) expect(kept).toMatchObject(times)
      }),
    )
  })

  it('has no lead where no key is sealed to meanwhile: a late rotation ends the waiting at once', () => {
    const set: KeySet = { keys: [keyAt(START, 0)] }
    const end = START + 2 * DAY_MS
    expect(usualLead(set, START)).toBe(LEAD_SECONDS)
    expect(usualLead(set, end - LEAD_SECONDS * 1_000 - 1)).toBe(LEAD_SECONDS)
    // It would end before the new one begins.
    expect(usualLead(set, end - LEAD_SECONDS * 1_000)).toBe(0)
    expect(usualLead(set, end)).toBe(0)
  })

  it('remembers what it destroyed, by id only', () => {
    const old = keyAt(START)
    const now = (old.destroyAfter ?? 0) * 1_000
    const { set, destroyed } = rotateSealing({ keys: [old] }, keyAt(now), now, LONGEST_JOURNEY_SECONDS)
    expect(destroyed).toEqual([old.kid])
    expect(set.destroyed).toEqual([old.kid])
    expect(JSON.stringify(publicSet(set))).not.toContain(String(old.kid))
  })
})

describe('destroying a sealing key', () => {
  it('is allowed at any time, but not of the last one that can be sealed to, and not twice', () => {
    const [first, second] = [keyAt(START), keyAt(START + DAY_MS)]
    const now = START + DAY_MS + 3_600_000
    const set = destroySealing({ keys: [second, first] }, first.kid ?? '', now)
    expect(set).toEqual({ keys: [second], destroyed: [first.kid] })
    expect(codeOf(() => destroySealing(set, second.kid ?? '', now))).toBe('KEY_LAST')
    expect(codeOf(() => destroySealing(set, first.kid ?? '', now))).toBe('KEY_ALREADY_DESTROYED')
    expect(codeOf(() => destroySealing(set, 'never was', now))).toBe('KEY_UNKNOWN')
  })

  it('makes what was sealed to it unreadable, with a word for it', async () => {
    const binding = { field: 'aadhaar', journey: 'onboarding:levin:acme:00' } as const
    const [old, fresh] = [await generateSealingKey(), await generateSealingKey()]
    const sealed = await createSealer(old.publicKeys).seal(binding, '234567890124')
    const set = destroySealing(
      { keys: [...fresh.privateKeys.keys, ...old.privateKeys.keys] },
      old.privateKeys.keys[0]?.kid ?? '',
      START,
    )
    expect(await createOpener(set).open(binding, sealed)).toEqual({ ok: false, code: 'KEY_DESTROYED' })
  })
})

describe('sealing', () => {
  const binding = { field: 'otp', journey: 'onboarding:levin:acme:00' } as const
  const kidOf = (sealed: string): unknown =>
    (JSON.parse(Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString()) as { kid?: unknown }).kid

  it('takes the first key whose time it is, read anew each time', async () => {
    let now = START
    let set: KeySet = (await generateSealingKey(windowFrom({ now }))).privateKeys
    const sealer = createSealer(
      () => Promise.resolve(publicSet(set)),
      () => now,
    )
    const [old] = set.keys
    const fresh = (await generateSealingKey(windowFrom({ now, lead: 600 }))).privateKeys.keys[0]
    set = { keys: [...(fresh ? [fresh] : []), ...set.keys] }
    expect(kidOf(await sealer.seal(binding, '1'))).toBe(old?.kid)
    now += 600_000
    expect(kidOf(await sealer.seal(binding, '1'))).toBe(fresh?.kid)
  })

  it('is refused when the time of all keys is over', async () => {
    const { publicKeys } = await generateSealingKey(windowFrom({ now: START }))
    const sealer = createSealer(publicKeys, () => START + 2 * DAY_MS)
    await expect(sealer.seal(binding, '1')).rejects.toThrow(NoSealingKeyError)
  })

  it('is refused in advance, by the stores too, so that nothing is asked for that could not be kept', async () => {
    let now = START
    const { privateKeys, publicKeys } = await generateSealingKey(windowFrom({ now }))
    const sealer = createSealer(publicKeys, () => now)
    const store = createInlineStore(sealer, createOpener(privateKeys))
    await sealer.check()
    await store.check()
    now += 2 * DAY_MS
    await expect(sealer.check()).rejects.toThrow(NoSealingKeyError)
    await expect(store.check()).rejects.toThrow(NoSealingKeyError)
  })

  it('takes the same public half of the same set, so that its keys are imported once', async () => {
    let set = (await generateSealingKey()).privateKeys
    const half = publicHalf(() => Promise.resolve(set))
    const first = await half()
    expect(first).toEqual(publicSet(set))
    expect(await half()).toBe(first)
    set = (await generateSealingKey()).privateKeys
    expect(await half()).toEqual(publicSet(set))
  })
})

describe('codec keys', () => {
  const idKey = randomBytes(32)
  const later = START + (RETIRED_SECONDS + 1) * 1_000

  it('are added behind the others, rotated to the front, and destroyed when they have been retired for an hour', () => {
    const first = generateCodecKey(idKey)
    const added = addCodecKey({ keys: [first] }, idKey)
    expect(added.keys[0]).toEqual(first)
    const rotated = rotateCodec(added, START)
    expect(rotated.keys).toEqual([added.keys[1], { ...first, retiredAt: START / 1_000 }])
    expect(codeOf(() => destroyCodec(rotated, first.kid, START))).toBe('KEY_NOT_RETIRED')
    expect(destroyCodec(rotated, first.kid, later)).toEqual({ keys: [added.keys[1]], destroyed: [first.kid] })
  })

  it('are not destroyed while they encrypt, before they did, or as the last one', () => {
    const ring = addCodecKey({ keys: [generateCodecKey(idKey)] }, idKey)
    const [active, next] = ring.keys
    expect(codeOf(() => destroyCodec(ring, active?.kid ?? '', later))).toBe('KEY_NOT_RETIRED')
    expect(codeOf(() => destroyCodec(ring, next?.kid ?? '', later))).toBe('KEY_NOT_RETIRED')
    expect(codeOf(() => destroyCodec({ keys: ring.keys.slice(0, 1) }, active?.kid ?? '', later))).toBe('KEY_LAST')
    expect(codeOf(() => rotateCodec({ keys: ring.keys.slice(0, 1) }, START))).toBe('NOTHING_TO_ROTATE')
  })

  it('that were retired are not rotated to again', () => {
    const rotated = rotateCodec(addCodecKey({ keys: [generateCodecKey(idKey)] }, idKey), START)
    expect(codeOf(() => rotateCodec(rotated, later))).toBe('NOTHING_TO_ROTATE')
  })
})
