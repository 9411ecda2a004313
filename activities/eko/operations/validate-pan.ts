import { common, PROFILE, WALLET_REFUSALS } from './shared-rows.js'
import { type OperationTable, type RailTables, refused, type Row, went } from './table.js'

/** "Validate PAN". Sent again it changes nothing: a PAN that was taken answers 309 or 585. */
const shared: readonly Row[] = [
  went('Success!', PROFILE, 'ONBOARDED', 'completed'),
  // Documented as a code only; like 308 and 346 it is taken where both ids say so.
  went('Customer already KYC approved', { type: 585, status: 585 }, 'ONBOARDED', 'completed'),
  went('Aadhar Validation Pending', { type: 2136, status: 2136 }, 'AADHAAR_PENDING', 'back to the Aadhaar number'),
  // Inferred: the ids of a failed validation on the neighbouring operations. No page shows a refused PAN.
  refused('Validation failed', { code: [2131, 2138] }, 'PAN_REFUSED', 'ask for the PAN again'),
]

const digikhata: OperationTable = {
  rail: 'digikhata',
  operation: 'validatePan',
  method: 'POST',
  path: '/customer/payment/ppi-digikhata/sender/{customer_id}/pan',
  parameters: [
    { name: 'pan_number', from: 'pan' },
    { name: 'service_code', from: 'serviceCode', optional: true },
  ],
  repeatable: true,
  onUnknown: 'RUN_AGAIN',
  dependency: 'PAN',
  rows: [...shared, ...common(585)],
}

const levin: OperationTable = {
  rail: 'levin',
  operation: 'validatePan',
  method: 'POST',
  path: '/customer/payment/ppi-levin/sender/{customer_id}/pan',
  parameters: [
    { name: 'pan_number', from: 'pan' },
    { name: 'wallet_token', from: 'walletToken' },
    { name: 'wallet_id', from: 'walletId' },
  ],
  repeatable: true,
  onUnknown: 'RUN_AGAIN',
  dependency: 'PAN',
  rows: [
    went('Customer Registration Completed', { type: 2132, status: 0 }, 'ONBOARDED', 'completed'),
    ...WALLET_REFUSALS,
    ...shared,
    ...common(585),
  ],
}

export const validatePan: RailTables = { digikhata, levin }
