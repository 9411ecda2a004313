import { numbered, success, undocumentedUse } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { asDouble, paiseOfRupees, twoDecimals } from '../money/rupees.js'
import { STATUS_TEXT, TxStatus } from '../money/paths.js'
import type { Recipient } from '../money/recipients.js'
import type { Transaction } from '../money/transactions.js'
import { Purpose } from '../names.js'
import { param, sendCode } from '../world.js'
import type { Call } from '../world.js'
import { amountForm } from './amounts.js'
import { duplicateRefusal, notAPayer, recipientOf, recipientUnknown } from './money-guards.js'
import { bankName } from './recipients.js'
import { redeem } from './redeem.js'

/** What a transaction's code is bound to (*sandbox policy*): the recipient and the amount that it was asked for. */
function codeSubject(call: Call): string {
  return `${Number(param(call, 'recipient_id'))}:${paiseOfRupees(param(call, 'amount'))}`
}

/** Send Transaction OTP: "Send OTP" with status 2133 is a success. */
export function sendTransactionOtp(call: Call): Answer {
  const refused = notAPayer(call)
  if (refused) return refused
  const checked = call.world.policy.transferCheckedAt === 'otp' ? checkedTransfer(call) : undefined
  if (checked && 'http' in checked) return checked
  const otpRefId = sendCode(call, Purpose.TRANSACTION, 'odd74', { subject: codeSubject(call) })
  return numbered(2133, 'Send OTP', { otp_ref_id: otpRefId })
}

/** Initiate Transaction: every check before the code, so that a refusal leaves the code usable (*sandbox policy*). */
export function initiateTransaction(call: Call): Answer {
  const refused = notAPayer(call) ?? duplicateRefusal(call)
  if (refused) return refused
  const recipient = checkedTransfer(call)
  if ('http' in recipient) return recipient
  if (Number(param(call, 'channel')) !== 2) {
    return undocumentedUse(numbered(460, 'Invalid channel'), 'body of 460')
  }
  const redeemed = redeem(call, Purpose.TRANSACTION, { subject: codeSubject(call), usedCounts: repeats(call) })
  if (!redeemed.ok) return redeemed.answer
  const { world, rail, mobile, clientRefId, fault } = call
  const order = {
    ...{ rail, mobile, clientRefId, recipient },
    initiatorId: param(call, 'initiator_id'),
    amountPaise: paiseOfRupees(param(call, 'amount')),
    otpRefId: redeemed.issued.otpRefId,
    path: fault?.fault === 'transferPath' ? fault.path : recipient.path,
  }
  if (fault?.fault === 'lateCommit') {
    world.money.transferLater(order, fault)
    return undocumentedUse(success(325, 'Transaction initiated'), 'never delivered')
  }
  return transferAnswer(call, world.money.transfer(order), recipient)
}

/** Where the policy lets a reference debit again, the code of its first time counts once more. */
function repeats({ world, clientRefId, params }: Call): boolean {
  if (world.policy.duplicateClientRef !== 'debits' || clientRefId === null) return false
  const earlier = world.money.transactions.all().filter((one) => one.clientRefId === clientRefId)
  return earlier.some(({ otpRefId }) => otpRefId !== null && otpRefId === params['otp_ref_id'])
}

/** The recipient of a transfer that can be made, or the refusal. Codes are of Eko's table, their bodies are not shown. */
function checkedTransfer(call: Call): Recipient | Answer {
  const { world, rail, mobile } = call
  const recipient = recipientOf(call)
  if (!recipient || recipient.beneficiaryId === null || recipient.usableFrom === null) return recipientUnknown()
  const beneficiaryId = param(call, 'beneficiary_id')
  if (beneficiaryId !== '' && beneficiaryId !== recipient.beneficiaryId) {
    return undocumentedUse(numbered(46, 'Invalid account details'), 'use and body of 46')
  }
  if (recipient.usableFrom > world.clock.bankNow()) return cooling()
  const amountPaise = paiseOfRupees(param(call, 'amount'))
  if (world.money.monthUsed(rail, mobile) + amountPaise > world.policy.monthlyLimitPaise) {
    return undocumentedUse(numbered(314, 'Monthly limit exceeded'), 'body of 314')
  }
  if (world.money.balance(rail, mobile) < amountPaise + world.policy.transferFeePaise) {
    return undocumentedUse(numbered(347, 'Insufficient balance'), 'body of 347')
  }
  return recipient
}

/** Eko documents the hour of cooling, and neither a code nor a text for who does not wait. */
function cooling(): Answer {
  const description = 'Recipient bank is in cooling period. Please try after one hour.'
  const body = { status: 1, response_status_id: 1, response_type_id: -1, message: description, data: { description } }
  return { http: 200, body, policy: 'refusal within the cooling period' }
}

/** 55 where it failed; 325 otherwise, and `tx_status` tells what has become of it. */
function transferAnswer(call: Call, transaction: Transaction, recipient: Recipient): Answer {
  const data = transferData(call, transaction, recipient)
  if (transaction.txStatus === TxStatus.failed) {
    const declined = { ...data, reason: 'Transaction declined by the bank' }
    return undocumentedUse(numbered(55, 'Transaction declined. Please try after sometime.', declined), 'body of 55')
  }
  if (transaction.txStatus === TxStatus.success) return success(325, 'Transaction successful', data)
  const statusId = call.rules.pendingStatusId === 'zero' ? 0 : (STATUS_IDS[transaction.txStatus] ?? 2)
  return undocumentedUse(success(325, STATUS_TEXT[transaction.txStatus], data, statusId), 'a transfer not paid yet')
}

/** Eko's table of `response_status_id`: initiated, refund initiated, on hold. */
const STATUS_IDS: Readonly<Record<string, number>> = { [TxStatus.refundPending]: 3, [TxStatus.onHold]: 5 }

/** `data` with the fields of Eko's sample. */
function transferData(call: Call, transaction: Transaction, recipient: Recipient): Record<string, unknown> {
  const { tid, txStatus, amountPaise, feePaise, bankRefNum } = transaction
  const { world, rail, mobile } = call
  const double = (paise: number): string | number => amountForm(call, asDouble(paise))
  return {
    ...{ tx_status: txStatus, txstatus_desc: STATUS_TEXT[txStatus], tid, bank_ref_num: bankRefNum },
    debit_user_id: param(call, 'initiator_id'),
    ...{ fee: double(feePaise), collectable_amount: double(amountPaise + feePaise) },
    ...{ balance: double(world.money.balance(rail, mobile)), amount: amountForm(call, twoDecimals(amountPaise)) },
    ...{ tds: '0.0', total_sent: '', channel: '2', txn_wallet: '0', utility_acc_no: mobile, sender_name: mobile },
    ...{ ekyc_enabled: '0', remaining_limit_before_pan_required: 50000, bank: bankName(recipient), utrnumber: '' },
    ...{ insurance_acquired: '', totalfee: '', next_allowed_limit: '', is_otp_required: '0', aadhar: '' },
    ...{ currency: 'INR', commission: '0.0', pipe: 13, state: '1', recipient_id: recipient.recipientId },
    ...{ timestamp: new Date(transaction.at).toISOString(), pan_required: 2, pinNo: '', gst_benefit: '0' },
    ...{ payment_mode_desc: '', channel_desc: 'IMPS', last_used_okekey: '0', npr: '', insurance_amount: '' },
    ...{ service_tax: '0.61', paymentid: '', mdr: '', recipient_name: recipient.name, customer_id: mobile },
    ...{ account: recipient.account, kyc_state: '' },
  }
}
