import { refused, type Row, went } from './table.js'

/**
 * What became of money is in `data.tx_status` and nowhere else: 0 success, 1 fail, 2 initiated, 3 refund pending,
 * 4 refunded, 5 on hold, 6 response awaited; Eko asks to take any other value for initiated and to inquire. A word that
 * ends a transaction counts only in an answer that is otherwise the documented one; in any other it is inquired about.
 *
 * @param type the `response_type_id` of the operation's own answer
 */
export function settled(type: number): readonly Row[] {
  return [
    went('Transaction successful', { type, status: 0, tx: '0' }, 'TRANSFER_DONE', 'completed'),
    refused('Transaction failed', { type, status: 0, tx: '1' }, 'TRANSFER_FAILED', 'ended: nothing is debited'),
    went('Refund pending', { type, status: 0, tx: '3' }, 'REFUND_PENDING', 'generate a refund OTP'),
    went('Refunded', { type, status: 0, tx: '4' }, 'REFUNDED', 'ended: what was debited is back'),
    went('Initiated, on hold, awaited', { type, status: 0, tx: 'there' }, 'TRANSFER_PENDING', 'inquire again'),
  ]
}

/** "Transaction declined", where the refusal itself carries the word that it failed. */
export const DECLINED: Row = refused(
  'Transaction declined',
  { failed: true, tx: '1' },
  'TRANSFER_FAILED',
  'ended: nothing is debited',
)

/** There is a transaction, and the answer around its word is none that we know. */
export const UNSETTLED: Row = {
  title: 'A tx_status in an answer that is not documented',
  match: { tx: 'there' },
  class: 'UNRECOGNISED_ANSWER',
  answer: 'TRANSFER_PENDING',
  next: 'inquire',
}

/**
 * Refusals that do not prove that no money moved, where no `tx_status` says so. 55 comes from NPCI, after Eko. A code that
 * is used up was taken once: by an attempt whose answer nobody has, if not by this one.
 */
export const UNPROVEN: readonly Row[] = [
  {
    title: 'Error from NPCI, without tx_status',
    match: { code: 55 },
    class: 'UNKNOWN_OUTCOME',
    answer: 'UNKNOWN_OUTCOME',
    next: 'inquire',
  },
  {
    // Eko documents no de-duplication; a reference that is refused as known is one that was carried out, perhaps.
    title: 'The reference of the call refused as a field',
    match: { failed: true, type: -1, refuses: ['client_ref_id'] },
    class: 'UNKNOWN_OUTCOME',
    answer: 'UNKNOWN_OUTCOME',
    next: 'inquire',
  },
  {
    title: 'OTP already consumed, in words',
    match: { code: [302, 303, 2131, 2138], text: /consumed/i },
    class: 'UNKNOWN_OUTCOME',
    answer: 'UNKNOWN_OUTCOME',
    next: 'inquire',
  },
]

/** Limits and balance, refused before any money moved. */
export const MONEY_REFUSALS: readonly Row[] = [
  refused('Insufficient balance', { code: 347 }, 'INSUFFICIENT_BALANCE', 'load the wallet'),
  refused(
    'Monthly limit exhausted or exceeded',
    { code: [36, 314, 945] },
    'TRANSFER_LIMIT',
    'ended: a smaller amount, or next month',
  ),
]

/** The recipient's registration, account, IFSC, bank, name or mobile is not one that Eko takes. */
export const RECIPIENT_REFUSAL: Row = refused(
  'Recipient not registered, or its details refused',
  { code: [41, 44, 45, 46, 48, 102, 122, 131, 136, 140, 145, 313, 350, 508, 521, 536, 537] },
  'RECIPIENT_REFUSED',
  "correct the recipient's details",
)

/** Eko takes "Maximum 5 recipients per day". */
export const RECIPIENT_LIMIT: Row = refused(
  'Max recipient limit reached',
  { code: 39 },
  'RECIPIENT_LIMIT',
  'use a recipient there is, or add it another day',
)

export const RECIPIENT_EXISTS: Row = refused(
  'Recipient already registered',
  { code: 342 },
  'RECIPIENT_EXISTS',
  'find it in the list of recipients',
)

/** 2148 is any failure to add; its description tells this one, in Eko's own spelling. */
export const BENEFICIARY_EXISTS: Row = refused(
  'Beneficiary already added, in words',
  { code: 2148, text: /\bal+r[ea]+dy\b/i },
  'RECIPIENT_EXISTS',
  'find it in the list of recipients',
)

/** Eko documents the hour after a bank's registration, and no code for it: the words are sandbox policy. */
export const COOLING: Row = refused(
  'Cooling period of the recipient bank, in words',
  { failed: true, text: /\bcooling\b/i },
  'COOLING',
  'wait until the hour is over',
)

export const TRANSACTION_NOT_FOUND: Row = refused(
  'TID does not exist',
  { code: 168 },
  'TRANSACTION_NOT_FOUND',
  'no proof: inquire again until the quarantine is over',
)
