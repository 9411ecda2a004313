import { createHmac } from 'node:crypto'
import { journeyId, parseJourneyId } from '../secrets/index.js'
import { parseMobile } from '../values/index.js'
import { type Rail, RAILS } from '../workflows/messages.js'
import { invalidInput, notConfigured, OnboardingError } from './errors.js'

/** Hex characters of the id's HMAC with which every `client_ref_id` of a journey begins. */
export const CLIENT_REF_PREFIX_LENGTH = 10

/** The id key, or NOT_CONFIGURED. */
export function requireIdKey(idKey: Uint8Array | null): Uint8Array {
  if (idKey) return idKey
  throw notConfigured({ idKey: 'Is needed to address a sender. Set ONBOARDING_ID_KEY_FILE or the option `idKey`.' })
}

/** The workflow id of a sender's journey; any spelling of the mobile gives the same one. */
export function senderJourneyId(idKey: Uint8Array, tenant: string, rail: Rail, mobile: string): string {
  if (!RAILS.includes(rail)) {
    throw invalidInput({ rail: { code: 'INVALID', message: `Must be one of ${RAILS.join(', ')}.` } })
  }
  const normalised = parseMobile(mobile)
  if (!normalised.ok) throw invalidInput({ mobile: { code: normalised.code, message: normalised.message } })
  return journeyId(idKey, { tenant, rail, mobile: normalised.value })
}

/**
 * Refuses what is not the id of a journey of this tenant.
 * @throws OnboardingError INVALID_INPUT, TENANT_MISMATCH
 */
export function requireOwnJourney(workflowId: string, tenant: string): { rail: Rail; hash: string } {
  const parts = parseJourneyId(workflowId)
  if (!parts) {
    throw invalidInput({
      workflowId: { code: 'INVALID', message: 'Must be `onboarding:<rail>:<tenant>:<32 hex digits>`.' },
    })
  }
  if (parts.tenant !== tenant) throw new OnboardingError('TENANT_MISMATCH', { details: { workflowId } })
  return parts
}

/** The workflow id of a transaction OTP: the caller's request id is one dispatch, whatever it holds. */
export function transactionOtpId(idKey: Uint8Array, tenant: string, rail: Rail, requestId: string): string {
  const hash = createHmac('sha256', idKey).update(`transaction-otp:${requestId}`).digest('hex').slice(0, 32)
  return `transaction-otp:${rail}:${tenant}:${hash}`
}

/** The workflow id of a transfer: the caller's `transferId` is one transfer, on whichever rail and of whichever sender. */
export function transferWorkflowId(idKey: Uint8Array, tenant: string, transferId: string): string {
  const hash = createHmac('sha256', idKey).update(`transfer:${tenant}:${transferId}`).digest('hex').slice(0, 32)
  return `transfer:${tenant}:${hash}`
}

/** The workflow id of a session of a sender's recipients: one live session a sender, rail and tenant. */
export function recipientsWorkflowId(idKey: Uint8Array, tenant: string, rail: Rail, mobile: string): string {
  const hash = createHmac('sha256', idKey).update(`recipients:${mobile}`).digest('hex').slice(0, 32)
  return `recipients:${rail}:${tenant}:${hash}`
}

/** The workflow id of a wallet load: its `loadId` is no transfer's, whatever it says. */
export function walletLoadWorkflowId(idKey: Uint8Array, tenant: string, loadId: string): string {
  const hash = createHmac('sha256', idKey).update(`wallet-load:${tenant}:${loadId}`).digest('hex').slice(0, 32)
  return `transfer:${tenant}:${hash}`
}

/**
 * Refuses what is not the id of a transfer of this tenant.
 * @throws OnboardingError INVALID_INPUT, TENANT_MISMATCH
 */
export function requireOwnTransfer(workflowId: string, tenant: string): void {
  const [, named] = /^transfer:([A-Za-z0-9-]+):[0-9a-f]{32}$/.exec(workflowId) ?? []
  if (named === undefined) {
    throw invalidInput({ workflowId: { code: 'INVALID', message: 'Must be `transfer:<tenant>:<32 hex digits>`.' } })
  }
  if (named !== tenant) throw new OnboardingError('TENANT_MISMATCH', { details: { workflowId } })
}

/**
 * The beginnings of the workflow ids that a `client_ref_id` can come from: journeys of every kind and transaction OTPs.
 * @throws OnboardingError INVALID_INPUT
 */
export function idPrefixesOfClientRef(clientRef: string, tenant: string, rails: readonly Rail[] = RAILS): string[] {
  const prefix = clientRef.trim().slice(0, CLIENT_REF_PREFIX_LENGTH).toLowerCase()
  if (!/^[0-9a-f]{10}$/.test(prefix)) {
    const message = `Must begin with ${CLIENT_REF_PREFIX_LENGTH} hex digits, as every client_ref_id of ours does.`
    throw invalidInput({ clientRef: { code: 'INVALID', message } })
  }
  return [
    ...rails.flatMap((rail) => [
      `onboarding:${rail}:${tenant}:${prefix}`,
      `transaction-otp:${rail}:${tenant}:${prefix}`,
      `recipients:${rail}:${tenant}:${prefix}`,
    ]),
    `transfer:${tenant}:${prefix}`,
  ]
}
