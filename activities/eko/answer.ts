import type { Verdict } from './classify.js'
import { type Envelope, textOf } from './envelope.js'
import * as extract from './extract.js'
import * as money from './extract-money.js'
import type { HttpResult } from './http.js'
import type { EkoOperation, OperationTable } from './operations/index.js'
import { supportFacts } from './support.js'
import type { EkoAnswer } from './types.js'

/** Longest wait that `Retry-After` may ask for, in ms. */
const MAX_RETRY_AFTER_MS = 3_600_000

/** What an attempt's answer carries, taken out of it by what the answer means. */
export function answerOf(
  table: OperationTable,
  verdict: Verdict,
  result: HttpResult,
  context: { readonly clientRefId: string; readonly secrets: readonly string[]; readonly now: number },
): EkoAnswer {
  const { clientRefId, secrets } = context
  const retryAfterMs = result.kind === 'ANSWER' ? retryAfter(result.headers.retryAfter, context.now) : undefined
  return {
    class: verdict.class,
    answer: verdict.answer,
    facts: supportFacts(table, verdict, clientRefId, secrets),
    ...(verdict.body.json ? carried(verdict, verdict.body.envelope, table, secrets) : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(result.kind === 'ANSWER' && result.reason === undefined ? {} : { reason: result.reason ?? 'NO_ANSWER' }),
  }
}

/** Calls that move money or ask about it: whatever their answer means, what it says of the transaction is kept. */
const ABOUT_MONEY: readonly EkoOperation[] = [
  'loadWallet',
  'initiateTransaction',
  'transactionInquiry',
  'initiateRefund',
]

function carried(
  verdict: Verdict,
  envelope: Envelope,
  table: OperationTable,
  secrets: readonly string[],
): Partial<EkoAnswer> {
  const transfer = ABOUT_MONEY.includes(table.operation) ? money.transferOf(envelope) : undefined
  return { ...meant(verdict, envelope, table, secrets), ...optional({ transfer }) }
}

function meant(
  verdict: Verdict,
  envelope: Envelope,
  table: OperationTable,
  secrets: readonly string[],
): Partial<EkoAnswer> {
  if (verdict.answer === 'FIELDS_REFUSED') return { fieldErrors: extract.fieldErrorsOf(envelope, secrets) }
  if (verdict.class !== 'OK') return {}
  const wallet = table.rail === 'levin' ? extract.walletOf(envelope) : undefined
  const applicationId = textOf(envelope.data.application_id)
  const common = {
    ...(wallet ? { wallet } : {}),
    ...(applicationId === null ? {} : { applicationId: applicationId.slice(0, 100) }),
  }
  switch (verdict.answer) {
    case 'OTP_SENT':
      return {
        ...common,
        ...optional({ otpRefId: extract.otpRefIdOf(envelope), mobileHint: extract.mobileHintOf(envelope) }),
      }
    case 'ONBOARDED':
    case 'AADHAAR_PENDING':
      return {
        ...common,
        ...optional({ profile: extract.profileOf(envelope) }),
        kycStates: extract.kycStatesOf(envelope),
      }
    case 'RECIPIENTS':
      return { recipients: money.recipientsOf(envelope) }
    case 'RECIPIENT_ADDED':
      return optional({ recipientId: money.recipientIdOf(envelope) })
    case 'BANK_ADDED':
      return optional({
        beneficiaryId: money.beneficiaryIdOf(envelope),
        otpRefId: extract.otpRefIdOf(envelope),
      })
    case 'LANGUAGES':
      return { languages: extract.languagesOf(envelope) }
    case 'CONSENT':
      return optional({ consentContent: extract.consentOf(envelope) })
    default:
      return common
  }
}

/** The fields that have a value. */
function optional<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

/** `Retry-After` (RFC 9110 §10.2.3): seconds, or a date; undefined for anything else. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
}
