import { codeNotSentYet, codeSent, common } from './shared-rows.js'
import { type OperationTable, type Parameter, type RailTables, type Row, went } from './table.js'

/** "Onboard Sender". */
const details: readonly Parameter[] = [
  { name: 'name', from: 'name' },
  { name: 'dob', from: 'dob' },
  { name: 'residence_address', from: 'residenceAddress' },
]

const rows = (askForCode: string): readonly Row[] => [
  codeSent('ask for the code'),
  codeNotSentYet(askForCode),
  went('Wallet opened successfully.', { type: 300, status: 0 }, 'WALLET_EXISTS', askForCode),
  // Documented as codes only; like 308 and 346 they are taken where both ids say so.
  went('User wallet already exists', { type: 17, status: 17 }, 'WALLET_EXISTS', askForCode),
  went('Enrollment done; verification pending', { type: 327, status: 327 }, 'WALLET_EXISTS', askForCode),
  ...common(17, 327),
]

const digikhata: OperationTable = {
  rail: 'digikhata',
  operation: 'onboardSender',
  method: 'POST',
  path: '/customer/payment/ppi-digikhata/sender/{customer_id}',
  parameters: [...details, { name: 'service_code', from: 'serviceCode', optional: true }],
  repeatable: false,
  onUnknown: 'UNCERTAIN_DISPATCH',
  rows: rows('generate a sender OTP'),
}

const levin: OperationTable = {
  rail: 'levin',
  operation: 'onboardSender',
  method: 'POST',
  path: '/customer/payment/ppi-levin/sender/{customer_id}',
  parameters: [...details, { name: 'service_code', from: 'serviceCode', otherwise: 80 }],
  repeatable: false,
  onUnknown: 'UNCERTAIN_DISPATCH',
  rows: rows('get the sender, which sends a code'),
}

export const onboardSender: RailTables = { digikhata, levin }
