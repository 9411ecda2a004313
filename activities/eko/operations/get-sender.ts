import { codeNotSentYet, codeSent, common, PROFILE } from './shared-rows.js'
import { type OperationTable, type RailTables, type Row, went } from './table.js'

/** "Get Sender Information". A GET, but not free: for an enrolled sender it sends an SMS each time. */
const rows = (withoutRef: string): readonly Row[] => [
  codeSent('ask for the code'),
  codeNotSentYet(withoutRef),
  went(
    'Failure!Customer Not Enrolled',
    { type: 308, status: 308 },
    'NOT_ENROLLED',
    'ask for the details, then onboard',
  ),
  went('Success!', PROFILE, 'ONBOARDED', 'verify possession of the mobile by a sender OTP all the same'),
  ...common(308),
]

const digikhata: OperationTable = {
  rail: 'digikhata',
  operation: 'getSender',
  method: 'GET',
  path: '/customer/payment/ppi-digikhata/sender/{customer_id}',
  parameters: [{ name: 'service_code', from: 'serviceCode', optional: true }],
  repeatable: false,
  onUnknown: 'UNCERTAIN_DISPATCH',
  dependency: 'EKO_TRANSPORT',
  sends: 'SENDER',
  rows: rows('generate a sender OTP'),
}

const levin: OperationTable = {
  rail: 'levin',
  operation: 'getSender',
  method: 'GET',
  path: '/customer/payment/ppi-levin/sender/{customer_id}',
  parameters: [],
  repeatable: false,
  onUnknown: 'UNCERTAIN_DISPATCH',
  dependency: 'EKO_TRANSPORT',
  sends: 'SENDER',
  rows: rows('get the sender again: Levin has no call that only sends a code'),
}

export const getSender: RailTables = { digikhata, levin }
