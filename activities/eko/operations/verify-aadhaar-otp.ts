import { CODE_REFUSALS, common, WALLET_REFUSALS } from './shared-rows.js'
import { type OperationTable, type RailTables, went } from './table.js'

const panNext = went(
  'Pan Number Required',
  { type: 2147, status: 0, data: { verified: 'true or absent' } },
  'PAN_PENDING',
  'ask for the PAN',
)

/** "Validate Sender Aadhaar OTP". Never submitted again: the code may be used up. */
const digikhata: OperationTable = {
  rail: 'digikhata',
  operation: 'verifyAadhaarOtp',
  method: 'POST',
  path: '/customer/payment/ppi-digikhata/sender/{customer_id}/aadhaar/otp/verify',
  parameters: [
    { name: 'otp', from: 'otp' },
    { name: 'otp_ref_id', from: 'otpRefId' },
    { name: 'service_code', from: 'serviceCode', optional: true },
  ],
  repeatable: false,
  onUnknown: 'FRESH_SENDER_OTP',
  dependency: 'UIDAI',
  rows: [panNext, ...CODE_REFUSALS, ...common()],
}

/** "PPI Levin Validate OTP". 1388 is also the type of its failures, so `verified` must say true. */
const levin: OperationTable = {
  rail: 'levin',
  operation: 'verifyAadhaarOtp',
  method: 'POST',
  path: '/customer/payment/ppi-levin/sender/{customer_id}/aadhaar/otp/verify',
  parameters: [
    { name: 'otp', from: 'otp' },
    { name: 'otp_ref_id', from: 'otpRefId' },
    { name: 'intent_id', fixed: '20' },
    { name: 'wallet_token', from: 'walletToken' },
    { name: 'wallet_id', from: 'walletId' },
  ],
  repeatable: false,
  onUnknown: 'PROBE_PAN',
  dependency: 'UIDAI',
  rows: [
    went(
      'Aadhaar OTP verified successfully',
      { type: 1388, status: 0, data: { verified: 'true' } },
      'PAN_PENDING',
      'ask for the PAN',
    ),
    panNext,
    ...WALLET_REFUSALS,
    ...CODE_REFUSALS,
    ...common(),
  ],
}

export const verifyAadhaarOtp: RailTables = { digikhata, levin }
