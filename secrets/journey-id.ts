import { createHmac } from 'node:crypto'

export interface JourneyKey {
  readonly rail: 'digikhata' | 'levin'
  readonly tenant: string
  /** Normalised, ten digits. */
  readonly mobile: string
}

/**
 * The workflow id of a sender's journey: `onboarding:<rail>:<tenant>:<128 bits of HMAC-SHA256(id key, mobile), hex>`.
 * One live journey per sender, rail and tenant follows from it; the mobile does not.
 */
export function journeyId(idKey: Uint8Array, { rail, tenant, mobile }: JourneyKey): string {
  return `onboarding:${rail}:${tenant}:${createHmac('sha256', idKey).update(mobile).digest('hex').slice(0, 32)}`
}

/** The parts of a journey's workflow id, or null where it is not one. */
export function parseJourneyId(id: string): { rail: 'digikhata' | 'levin'; tenant: string; hash: string } | null {
  const match = /^onboarding:(digikhata|levin):([A-Za-z0-9-]+):([0-9a-f]{32})$/.exec(id)
  if (!match?.[1] || !match[2] || !match[3]) return null
  return { rail: match[1] as 'digikhata' | 'levin', tenant: match[2], hash: match[3] }
}
