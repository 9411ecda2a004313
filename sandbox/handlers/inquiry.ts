import { numbered, success, undocumentedUse } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { asDouble } from '../money/rupees.js'
import { STATUS_TEXT } from '../money/paths.js'
import type { Transaction } from '../money/transactions.js'
import { CLIENT_REF_PREFIX } from '../owner.js'
import type { Call } from '../world.js'
import { amountForm } from './amounts.js'

/** Transaction Inquiry, by tid or `client_ref_id:<ref>`: the caller's own transactions only. */
export function transactionInquiry(call: Call): Answer {
  if (call.fault?.fault === 'inquiryNotFound') return transactionUnknown()
  const transaction = askedFor(call)
  if (transaction) return found(call, transaction)
  if (call.reference.startsWith(CLIENT_REF_PREFIX)) {
    call.world.money.askedInVain(call.reference.slice(CLIENT_REF_PREFIX.length))
  }
  return transactionUnknown()
}

function askedFor({ world, reference, params }: Call): Transaction | undefined {
  const { transactions } = world.money
  const transaction = reference.startsWith(CLIENT_REF_PREFIX)
    ? transactions.byClientRef(reference.slice(CLIENT_REF_PREFIX.length))
    : transactions.byTid(reference)
  return transaction?.initiatorId === String(params['initiator_id']) ? transaction : undefined
}

/** 168 of Eko's table. */
export function transactionUnknown(): Answer {
  return undocumentedUse(numbered(168, 'TID does not exist'), 'body of 168')
}

function found(call: Call, transaction: Transaction): Answer {
  const { rail, mobile, recipientId, feePaise, amountPaise, txStatus } = transaction
  const recipient = call.world.money.recipientsOf(rail, mobile).find((one) => one.recipientId === recipientId)
  return success(1472, 'Sucess! Enquiry success.', {
    bank_ref_num: transaction.bankRefNum,
    account: recipient?.account ?? '',
    fee: amountForm(call, asDouble(feePaise)),
    client_ref_id: transaction.clientRefId ?? '',
    gst: '0.61',
    sender_name: call.world.senders.get(rail, mobile).name,
    timestamp: new Date(transaction.at).toISOString().slice(0, 19).replace('T', ' '),
    ifsc: recipient?.ifsc ?? '',
    beneficiary_account_type: 1,
    txstatus_desc: STATUS_TEXT[txStatus],
    tx_status: txStatus,
    tid: transaction.tid,
    amount: amountForm(call, asDouble(amountPaise)),
    payment_mode: 5,
    recipient_name: recipient?.name ?? '',
  })
}
