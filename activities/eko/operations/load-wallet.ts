import { DECLINED, MONEY_REFUSALS, UNPROVEN, UNSETTLED } from './money-rows.js'
import { common } from './shared-rows.js'
import { type RailTables, went } from './table.js'

/**
 * "Load Wallet", DigiKhata: moves money from the agent to the sender's wallet. Its page shows no `tx_status`; where there is
 * one, it decides. Never sent again by itself: its `client_ref_id` or id is inquired about.
 */
export const loadWallet: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'loadWallet',
    method: 'POST',
    path: '/customer/payment/ppi-digikhata/sender/{customer_id}/wallet/loadwallet',
    parameters: [
      { name: 'amount', from: 'amountText' },
      { name: 'org_id', from: 'orgId', otherwise: '1' },
      { name: 'service_code', from: 'serviceCode', optional: true },
    ],
    exactReference: true,
    repeatable: false,
    onUnknown: 'INQUIRE',
    dependency: 'EKO_TRANSPORT',
    rows: [
      went(
        'The Digi Khata wallet has been loaded successfully.',
        { type: 2447, status: 0, tx: 'absent', data: { tid: 'filled' } },
        'WALLET_LOADED',
        'send a transaction OTP',
      ),
      went(
        'The wallet has been loaded, by its tx_status',
        { type: 2447, status: 0, tx: '0', data: { tid: 'filled' } },
        'WALLET_LOADED',
        'send a transaction OTP',
      ),
      DECLINED,
      UNSETTLED,
      ...UNPROVEN,
      ...MONEY_REFUSALS,
      ...common(),
    ],
  },
  levin: null,
}
