import { TRANSACTION_NOT_FOUND, UNPROVEN, UNSETTLED } from './money-rows.js'
import { CODE_REFUSALS, common } from './shared-rows.js'
import { type Parameter, type RailTables, type Row, went } from './table.js'

/** "Get Refund OTP": a code to the sender's mobile that authorises the refund of a failed transfer. */
const sent: readonly Row[] = [
  went('Send OTP', { type: 2133, status: 2133, data: { otp_ref_id: 'filled' } }, 'OTP_SENT', 'ask for the code'),
  TRANSACTION_NOT_FOUND,
  ...common(),
]

export const generateRefundOtp: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'generateRefundOtp',
    method: 'POST',
    path: '/customer/payment/refund/{tid}/otp',
    parameters: [],
    withoutClientRef: true,
    repeatable: false,
    onUnknown: 'UNCERTAIN_DISPATCH',
    dependency: 'EKO_TRANSPORT',
    rows: sent,
  },
  levin: {
    rail: 'levin',
    operation: 'generateRefundOtp',
    method: 'POST',
    path: '/customer/payment/refund/{tid}/otp',
    parameters: [],
    withoutClientRef: true,
    repeatable: false,
    onUnknown: 'UNCERTAIN_DISPATCH',
    dependency: 'EKO_TRANSPORT',
    rows: sent,
  },
}

/**
 * "Initiate Refund": the debit of a transfer goes back to the sender. Moves money, so it is never sent again by itself: the
 * transfer is inquired about by its id.
 */
const refunding: readonly Parameter[] = [
  { name: 'otp', from: 'otp' },
  { name: 'otp_ref_id', from: 'otpRefId' },
  { name: 'service_code', from: 'serviceCode', otherwise: 80 },
  { name: 'state', fixed: 1 },
]

const refunded: readonly Row[] = [
  went(
    'Refund done',
    { type: 74, status: 0, tx: 'absent', data: { refund_tid: 'filled' } },
    'REFUND_DONE',
    'ended: what was debited is back',
  ),
  went(
    'Refund done, by its tx_status',
    { type: 74, status: 0, tx: '4', data: { refund_tid: 'filled' } },
    'REFUND_DONE',
    'ended: what was debited is back',
  ),
  UNSETTLED,
  ...UNPROVEN,
  ...CODE_REFUSALS,
  TRANSACTION_NOT_FOUND,
  ...common(),
]

export const initiateRefund: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'initiateRefund',
    method: 'POST',
    path: '/customer/payment/refund/{tid}',
    parameters: [...refunding],
    withoutClientRef: true,
    repeatable: false,
    onUnknown: 'INQUIRE',
    dependency: 'EKO_TRANSPORT',
    rows: refunded,
  },
  levin: {
    rail: 'levin',
    operation: 'initiateRefund',
    method: 'POST',
    path: '/customer/payment/refund/{tid}',
    parameters: [...refunding],
    withoutClientRef: true,
    repeatable: false,
    onUnknown: 'INQUIRE',
    dependency: 'EKO_TRANSPORT',
    rows: refunded,
  },
}
