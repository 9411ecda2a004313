import { CODE_REFUSALS, common, PROFILE } from './shared-rows.js'
import { type OperationTable, type RailTables, type Row, went } from './table.js'

/** "Verify Sender OTP". Where the sender stands is Eko's answer: done, Aadhaar next, or PAN next. */
const onward: readonly Row[] = [
  went(
    'Aadhar Validation Pending',
    { type: 2136, status: 2136 },
    'AADHAAR_PENDING',
    'consent, then the Aadhaar number',
  ),
  went('Pan Number Required', { type: 2147, status: 0 }, 'PAN_PENDING', 'ask for the PAN'),
]

const digikhata: OperationTable = {
  rail: 'digikhata',
  operation: 'verifySenderOtp',
  method: 'POST',
  path: '/customer/payment/ppi-digikhata/sender/{customer_id}/otp/verify',
  parameters: [
    { name: 'otp', from: 'otp' },
    { name: 'otp_ref_id', from: 'otpRefId' },
    { name: 'service_code', from: 'serviceCode', optional: true },
  ],
  repeatable: false,
  onUnknown: 'FRESH_SENDER_OTP',
  dependency: 'EKO_TRANSPORT',
  rows: [
    went(
      'Success!, wallet not opened yet',
      { type: 309, status: 0, data: { kyc_state: 'not zero' } },
      'AADHAAR_PENDING',
      'consent, then the Aadhaar number',
    ),
    went('Success!', { ...PROFILE, data: { ...PROFILE.data, kyc_state: 'zero or absent' } }, 'ONBOARDED', 'completed'),
    ...onward,
    ...CODE_REFUSALS,
    ...common(),
  ],
}

const levin: OperationTable = {
  rail: 'levin',
  operation: 'verifySenderOtp',
  method: 'POST',
  path: '/customer/payment/ppi-levin/sender/{customer_id}/otp/verify',
  parameters: [
    { name: 'otp', from: 'otp' },
    { name: 'otp_ref_id', from: 'otpRefId' },
    { name: 'intent_id', fixed: '19' },
  ],
  repeatable: false,
  onUnknown: 'FRESH_SENDER_OTP',
  dependency: 'EKO_TRANSPORT',
  rows: [went('Success!', PROFILE, 'ONBOARDED', 'completed'), ...onward, ...CODE_REFUSALS, ...common()],
}

export const verifySenderOtp: RailTables = { digikhata, levin }
