import { COOLING, MONEY_REFUSALS, RECIPIENT_REFUSAL } from './money-rows.js'
import { common, WALLET_REFUSALS } from './shared-rows.js'
import { type Parameter, type RailTables, type Row, went } from './table.js'

/** "Send Transaction OTP": an OTP to the sender's mobile that authorises one transfer. */
const parameters: readonly Parameter[] = [
  { name: 'recipient_id', from: 'recipientId' },
  { name: 'amount', from: 'amount' },
  { name: 'customer_id', from: 'customerId' },
  { name: 'service_code', from: 'serviceCode', otherwise: 80 },
  { name: 'beneficiary_id', from: 'beneficiaryId', optional: true },
]

const rows: readonly Row[] = [
  // Its page shows a success whose `status` is not 0.
  went('Send OTP', { type: 2133, status: 2133, data: { otp_ref_id: 'filled' } }, 'OTP_SENT', 'initiate the transfer'),
  ...MONEY_REFUSALS,
  RECIPIENT_REFUSAL,
  COOLING,
]

export const sendTransactionOtp: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'sendTransactionOtp',
    method: 'POST',
    path: '/customer/payment/ppi-digikhata/otp',
    parameters: [...parameters],
    repeatable: false,
    onUnknown: 'UNCERTAIN_DISPATCH',
    dependency: 'EKO_TRANSPORT',
    rows: [...rows, ...common()],
  },
  levin: {
    rail: 'levin',
    operation: 'sendTransactionOtp',
    method: 'POST',
    path: '/customer/payment/ppi-levin/otp',
    parameters: [
      ...parameters,
      { name: 'wallet_token', from: 'heldWalletToken', optional: true },
      { name: 'wallet_id', from: 'heldWalletId', optional: true },
    ],
    repeatable: false,
    onUnknown: 'UNCERTAIN_DISPATCH',
    dependency: 'EKO_TRANSPORT',
    rows: [...rows, ...WALLET_REFUSALS, ...common()],
  },
}
