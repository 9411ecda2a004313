import type { Payload } from '@temporalio/common'
import { z } from 'zod'
import { CodecServerRefusal } from './codes.js'

/**
 * Temporal's remote codec protocol (docs.temporal.io, "Codec Server"): `{"payloads": [{"metadata": {name: base64},
 * "data": base64}]}`, both ways. It is protobuf's JSON, so both alphabets of base64 are read, and the standard one is
 * written.
 */

const base64 = z.string().regex(/^[\w+/-]*={0,2}$/)
const payload = z.object({ metadata: z.record(z.string(), base64).nullish(), data: base64.nullish() })
const bodySchema = z.object({ payloads: z.array(payload).nullish() })

/** @throws CodecServerRefusal MALFORMED or TOO_MANY_PAYLOADS */
export function parsePayloads(text: string, most: number): Payload[] {
  const parsed = bodySchema.safeParse(parseJson(text))
  if (!parsed.success) throw new CodecServerRefusal('MALFORMED')
  const payloads = parsed.data.payloads ?? []
  if (payloads.length > most) throw new CodecServerRefusal('TOO_MANY_PAYLOADS')
  return payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, bytesOf(value)])),
    data: bytesOf(data ?? ''),
  }))
}

/** The body of an answer. */
export function payloadsText(payloads: readonly Payload[]): string {
  return JSON.stringify({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64Of(value)])),
      data: base64Of(data ?? new Uint8Array()),
    })),
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    // The parser's own words are not passed on: they quote the body.
    if (error instanceof SyntaxError) throw new CodecServerRefusal('MALFORMED')
    throw error
  }
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'base64')
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
