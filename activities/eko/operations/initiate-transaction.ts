import { COOLING, DECLINED, MONEY_REFUSALS, RECIPIENT_REFUSAL, settled, UNPROVEN, UNSETTLED } from './money-rows.js'
import { CODE_REFUSALS, common, WALLET_REFUSALS } from './shared-rows.js'
import type { Parameter, RailTables, Row } from './table.js'

/**
 * "Initiate Transaction": the debit. Sent once for each code, and never again by itself. The page calls code and reference
 * optional; without them nothing authorises the transfer, so nothing is sent.
 */
const parameters: readonly Parameter[] = [
  { name: 'recipient_id', from: 'recipientId' },
  { name: 'amount', from: 'amount' },
  { name: 'timestamp', from: 'timestamp' },
  { name: 'currency', fixed: 'INR' },
  { name: 'customer_id', from: 'customerId' },
  { name: 'channel', from: 'channel', otherwise: 2 },
  { name: 'otp', from: 'otp' },
  { name: 'otp_ref_id', from: 'otpRefId' },
  { name: 'beneficiary_id', from: 'beneficiaryId', optional: true },
  { name: 'latlong', from: 'location', optional: true },
  { name: 'state', fixed: '1' },
]

/** `tx_status` comes first: where there is one, no other id decides anything. */
const money: readonly Row[] = [...settled(325), DECLINED, UNSETTLED, ...UNPROVEN, ...CODE_REFUSALS]
const refusals: readonly Row[] = [...MONEY_REFUSALS, RECIPIENT_REFUSAL, COOLING]

export const initiateTransaction: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'initiateTransaction',
    method: 'POST',
    path: '/customer/payment/ppi-digikhata',
    parameters: [...parameters, { name: 'service_code', from: 'serviceCode', otherwise: 80 }],
    exactReference: true,
    repeatable: false,
    onUnknown: 'INQUIRE',
    dependency: 'EKO_TRANSPORT',
    rows: [...money, ...refusals, ...common()],
  },
  levin: {
    rail: 'levin',
    operation: 'initiateTransaction',
    method: 'POST',
    path: '/customer/payment/ppi-levin',
    parameters: [
      ...parameters,
      { name: 'recipient_id_type', fixed: '1' },
      { name: 'wallet_token', from: 'heldWalletToken', optional: true },
      { name: 'wallet_id', from: 'heldWalletId', optional: true },
    ],
    exactReference: true,
    repeatable: false,
    onUnknown: 'INQUIRE',
    dependency: 'EKO_TRANSPORT',
    rows: [...money, ...WALLET_REFUSALS, ...refusals, ...common()],
  },
}
