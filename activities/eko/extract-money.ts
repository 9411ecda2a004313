import type { Recipient, Transfer } from '../../workflows/calls.js'
import { maskAccount, maskIdentifiers, maskName, paiseFromRupees } from '../../values/index.js'
import { dataField, type Envelope, textOf } from './envelope.js'

/** Most entries taken of a list of recipients; Eko documents no pages of it, and takes five new ones a day. */
const MAX_RECIPIENTS = 1_000

/** Ids and references of transactions, as far as they go anywhere. */
const REFERENCE = /^[A-Za-z0-9_-]{1,40}$/
const TIME = /^\d{4}-\d{2}-\d{2}[T ][\d:.]{5,15}(?:Z|[+-]\d{2}:?\d{2})?$/

/**
 * What an answer says of a transaction; undefined where it names none. Whatever the answer means: a refusal with an id can
 * be inquired about. Rupees become integer paise, and what is garbled becomes null.
 */
export function transferOf({ data }: Envelope): Transfer | undefined {
  const tid = matching(REFERENCE, data.tid)
  const txStatus = txStatusOf(data.tx_status)
  if (tid === null && txStatus === null) return undefined
  return {
    tid,
    txStatus,
    amountPaise: paise(data.amount),
    feePaise: paise(data.fee),
    bankRefNum: matching(REFERENCE, data.bank_ref_num),
    clientRefId: matching(REFERENCE, data.client_ref_id),
    timestamp: matching(TIME, data.timestamp),
    refundTid: matching(REFERENCE, data.refund_tid),
    refundedPaise: paise(data.refunded_amount),
  }
}

/** The list's entries; one without an id is left out, since nothing can be sent to it. */
export function recipientsOf({ data }: Envelope): Recipient[] {
  const list: unknown = data.recipient_list
  if (!Array.isArray(list)) return []
  return list.slice(0, MAX_RECIPIENTS).flatMap((entry: unknown) => {
    const fields = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {}
    const field = (name: string): unknown => dataField(fields, name)
    const recipientId = idOf(field('recipient_id'))
    if (recipientId === null) return []
    return [
      {
        recipientId,
        nameMasked: maskIdentifiers(maskName(shortText(field('recipient_name')) ?? '')),
        bank: shortText(field('bank')),
        ifsc: matching(/^[A-Za-z0-9]{4,15}$/, field('ifsc')),
        accountMasked: maskAccount(shortText(field('account')) ?? ''),
        beneficiaryId: matching(REFERENCE, field('beneficiary_id')),
      },
    ]
  })
}

export function recipientIdOf({ data }: Envelope): number | undefined {
  return idOf(data.recipient_id) ?? undefined
}

export function beneficiaryIdOf({ data }: Envelope): string | undefined {
  return matching(REFERENCE, data.beneficiary_id) ?? undefined
}

/** A number that JSON cannot hold exactly would be another id: it counts as none. */
function exact(value: unknown): string | null {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? null : (textOf(value)?.trim() ?? null)
}

function matching(pattern: RegExp, value: unknown): string | null {
  const text = exact(value)
  return text !== null && pattern.test(text) ? text : null
}

/** Eko writes a digit; whatever else is kept only as far as it is a word. */
function txStatusOf(value: unknown): string | null {
  return matching(/^[\w.-]{1,20}$/, value)
}

function idOf(value: unknown): number | null {
  const text = matching(/^[1-9]\d{0,15}$/, value)
  return text !== null && Number.isSafeInteger(Number(text)) ? Number(text) : null
}

function shortText(value: unknown): string | null {
  return textOf(value)?.trim().slice(0, 100) ?? null
}

function paise(value: unknown): number | null {
  const parsed = paiseFromRupees(value)
  return parsed.ok ? parsed.value : null
}
