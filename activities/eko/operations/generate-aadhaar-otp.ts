import { codeSent, common, WALLET_REFUSALS } from './shared-rows.js'
import { type OperationTable, type RailTables, refused, went } from './table.js'

/** The same 2138 is a wrong code where a code is verified; here it is about the Aadhaar number. */
const aadhaarRefused = refused(
  'Adhar Validation Failed',
  { code: 2138 },
  'AADHAAR_REFUSED',
  'ask for the Aadhaar number again',
)

/** "Generate Sender Aadhaar OTP". */
const digikhata: OperationTable = {
  rail: 'digikhata',
  operation: 'generateAadhaarOtp',
  method: 'POST',
  path: '/customer/payment/ppi-digikhata/sender/{customer_id}/aadhaar/otp',
  parameters: [
    { name: 'aadhar', from: 'aadhaar' },
    { name: 'service_code', from: 'serviceCode', optional: true },
  ],
  repeatable: false,
  onUnknown: 'UNCERTAIN_DISPATCH',
  dependency: 'UIDAI',
  sends: 'AADHAAR',
  rows: [codeSent('ask for the code'), aadhaarRefused, ...common()],
}

/** "Validate Aadhaar": its page answers 1388, older documents 2129. */
const levin: OperationTable = {
  rail: 'levin',
  operation: 'generateAadhaarOtp',
  method: 'POST',
  path: '/customer/payment/ppi-levin/sender/{customer_id}/aadhaar/otp',
  parameters: [
    { name: 'aadhar', from: 'aadhaar' },
    { name: 'wallet_token', from: 'walletToken' },
    { name: 'wallet_id', from: 'walletId' },
  ],
  repeatable: false,
  onUnknown: 'UNCERTAIN_DISPATCH',
  dependency: 'UIDAI',
  sends: 'AADHAAR',
  rows: [
    went(
      'Aadhaar OTP sent successfully',
      { type: 1388, status: 0, data: { otp_ref_id: 'filled' } },
      'OTP_SENT',
      'ask for the code',
    ),
    codeSent('ask for the code'),
    ...WALLET_REFUSALS,
    aadhaarRefused,
    ...common(),
  ],
}

export const generateAadhaarOtp: RailTables = { digikhata, levin }
