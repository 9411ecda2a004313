import { common } from './shared-rows.js'
import { type RailTables, went } from './table.js'

/** "Send Transaction OTP": an OTP to the sender's mobile that authorises one transfer. */
export const sendTransactionOtp: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'sendTransactionOtp',
    method: 'POST',
    path: '/customer/payment/ppi-digikhata/otp',
    parameters: [
      { name: 'recipient_id', from: 'recipientId' },
      { name: 'amount', from: 'amount' },
      { name: 'customer_id', from: 'customerId' },
      { name: 'service_code', from: 'serviceCode', otherwise: 80 },
      { name: 'beneficiary_id', from: 'beneficiaryId', optional: true },
    ],
    repeatable: false,
    onUnknown: 'UNCERTAIN_DISPATCH',
    dependency: 'EKO_TRANSPORT',
    rows: [
      // Its page shows a success whose `status` is not 0.
      went(
        'Send OTP',
        { type: 2133, status: 2133, data: { otp_ref_id: 'filled' } },
        'OTP_SENT',
        'initiate the transfer',
      ),
      ...common(),
    ],
  },
  levin: null,
}
