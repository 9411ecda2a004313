import { codeSent, common } from './shared-rows.js'
import type { RailTables } from './table.js'

/** "Generate Sender OTP". Levin has no such operation; there Get Sender sends a code. */
export const generateSenderOtp: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'generateSenderOtp',
    method: 'POST',
    path: '/customer/payment/ppi-digikhata/sender/{customer_id}/otp',
    parameters: [{ name: 'service_code', from: 'serviceCode', optional: true }],
    repeatable: false,
    onUnknown: 'UNCERTAIN_DISPATCH',
    dependency: 'EKO_TRANSPORT',
    sends: 'SENDER',
    rows: [codeSent('ask for the code'), ...common()],
  },
  levin: null,
}
