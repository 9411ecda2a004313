import { codeNotSentYet, codeSent, common } from './shared-rows.js'
import { type OperationTable, type Parameter, type RailTables, refused, type Row, went } from './table.js'

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
  // Documented as codes only, so whatever the type: refusals, and what was to be done has been done before.
  refused('User wallet already exists', { status: 17 }, 'WALLET_EXISTS', askForCode),
  refused('Enrollment done; verification pending', { status: 327 }, 'WALLET_EXISTS', askForCode),
  refused('Customer already KYC approved', { status: 585 }, 'WALLET_EXISTS', askForCode),
  ...common(),
]

const digikhata: OperationTable = {
  rail: 'digikhata',
  operation: 'onboardSender',
  method: 'POST',
  path: '/customer/payment/ppi-digikhata/sender/{customer_id}',
  parameters: [...details, { name: 'service_code', from: 'serviceCode', optional: true }],
  repeatable: false,
  onUnknown: 'UNCERTAIN_DISPATCH',
  dependency: 'EKO_TRANSPORT',
  sends: 'SENDER',
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
  dependency: 'EKO_TRANSPORT',
  sends: 'SENDER',
  rows: rows('get the sender, which sends a code'),
}

export const onboardSender: RailTables = { digikhata, levin }
