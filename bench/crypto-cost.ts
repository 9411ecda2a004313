import { randomBytes } from 'node:crypto'
import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { createPeopleCodec } from '../secrets/codec-server/codec.js'
import {
  createOpener,
  createPayloadCodec,
  createSealer,
  generateCodecKey,
  generateSealingKey,
} from '../secrets/index.js'
import { median, quantile, short } from './figures.js'

/** What encryption costs per message. */

const CALLS = 2_000
const BINDING = { field: 'aadhaar', journey: `onboarding:levin:acme:${'0'.repeat(32)}` } as const

async function measured(what: string, bytes: number, call: () => Promise<unknown>): Promise<string[]> {
  for (let at = 0; at < CALLS; at += 1) await call()
  const times: number[] = []
  for (let at = 0; at < CALLS; at += 1) {
    const start = process.hrtime.bigint()
    await call()
    times.push(Number(process.hrtime.bigint() - start) / 1_000)
  }
  return [what, String(bytes), short(median(times)), short(quantile(times, 0.99))]
}

/** Like a code, a sender's details, and a view with a long timeline. */
function messages(sealed: string): [what: string, value: unknown][] {
  const line = { at: '2026-01-31T10:00:00.000Z', what: 'call verifySenderOtp', code: 'AADHAAR_PENDING' }
  return [
    ['a message with a sealed code', { otp: sealed, challengeId: '0f3c' }],
    ['a sender’s details', { name: 'Asha Sample', dob: '1990-01-31', residenceAddress: ['12 MG Road', 'Pune'] }],
    ['a view with a long timeline', { state: 'PAN_REQUIRED', timeline: Array.from({ length: 200 }, () => line) }],
  ]
}

export const CRYPTO_HEAD = ['', 'bytes', 'median µs', 'p99 µs']

/**
 * Each line is the median and the 99th percentile of many single calls, one after the other, after as many calls to warm
 * up.
 */
export async function cryptoRows(): Promise<string[][]> {
  const { privateKeys, publicKeys } = await generateSealingKey()
  const [sealer, opener] = [createSealer(publicKeys), createOpener(privateKeys)]
  const sealed = await sealer.seal(BINDING, '999900000028')
  const ring = { keys: [generateCodecKey(randomBytes(32))] }
  const [codec, people] = [createPayloadCodec(ring), createPeopleCodec(ring)]
  const rows = [
    await measured('seal an Aadhaar number', sealed.length, () => sealer.seal(BINDING, '999900000028')),
    await measured('open it', sealed.length, () => opener.open(BINDING, sealed)),
  ]
  for (const [what, value] of messages(sealed)) {
    const plain: Payload = defaultPayloadConverter.toPayload(value)
    const encrypted = await codec.encode([plain])
    const bytes = plain.data?.length ?? 0
    rows.push(await measured(`codec, encode: ${what}`, bytes, () => codec.encode([plain])))
    rows.push(await measured(`codec, decode: ${what}`, bytes, () => codec.decode(encrypted)))
    rows.push(await measured(`codec server, decode and mask: ${what}`, bytes, () => people.decode(encrypted)))
  }
  return rows
}
