import { numbered, success } from '../envelope.js'
import type { Answer } from '../envelope.js'
import { asDouble, twoDecimals } from '../money/rupees.js'
import { TxStatus } from '../money/paths.js'
import type { Transaction } from '../money/transactions.js'
import { Purpose } from '../names.js'
import { param, sendCode } from '../world.js'
import type { Call } from '../world.js'
import { amountForm } from './amounts.js'
import { transactionUnknown } from './inquiry.js'
import { redeem } from './redeem.js'

/** The caller's own transaction whose refund is pending, or the refusal. */
function refundable(call: Call): Transaction | Answer {
  const transaction = call.world.money.transactions.byTid(call.reference)
  if (!transaction || transaction.initiatorId !== String(call.params['initiator_id'])) return transactionUnknown()
  return transaction.txStatus === TxStatus.refundPending ? transaction : noRefund()
}

/** Eko documents no answer for a transaction without a pending refund, refunded ones included. */
function noRefund(): Answer {
  const message = 'Refund is not pending for this transaction'
  const body = { status: 1, response_status_id: 1, response_type_id: -1, message }
  return { http: 200, body, policy: 'refusal of a refund that is not pending' }
}

/** Get Refund OTP: an SMS to the sender; 2133 is a success. */
export function generateRefundOtp(call: Call): Answer {
  const transaction = refundable(call)
  if ('http' in transaction) return transaction
  const otpRefId = sendCode(call, Purpose.REFUND, 'odd74', { subject: transaction.tid })
  return numbered(2133, 'Send OTP', { otp_ref_id: otpRefId })
}

/** Initiate Refund: amount and fee go back into the wallet. Without `otp_ref_id` the newest code counts. */
export function initiateRefund(call: Call): Answer {
  const transaction = refundable(call)
  if ('http' in transaction) return transaction
  const { world, rail, mobile } = call
  const newest = world.codes.live({ rail, mobile, purpose: Purpose.REFUND })?.otpRefId
  const otpRefId = param(call, 'otp_ref_id') || (newest ?? '')
  const presented = { ...call, params: { ...call.params, otp_ref_id: otpRefId } }
  const redeemed = redeem(presented, Purpose.REFUND, { subject: transaction.tid })
  if (!redeemed.ok) return redeemed.answer
  world.money.settle(transaction, TxStatus.refunded)
  const { tid, refundTid, amountPaise, feePaise } = transaction
  return success(74, 'Refund done', {
    refund_tid: refundTid,
    amount: amountForm(call, twoDecimals(amountPaise)),
    tds: '0.0',
    balance: amountForm(call, asDouble(world.money.balance(rail, mobile))),
    fee: amountForm(call, asDouble(feePaise)),
    currency: 'INR',
    commission_reverse: '0.0',
    tid,
    timestamp: new Date(world.clock.bankNow()).toISOString(),
    refunded_amount: amountForm(call, twoDecimals(amountPaise + feePaise)),
  })
}
