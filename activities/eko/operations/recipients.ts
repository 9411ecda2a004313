import { BENEFICIARY_EXISTS, RECIPIENT_EXISTS, RECIPIENT_LIMIT, RECIPIENT_REFUSAL } from './money-rows.js'
import { common, WALLET_REFUSALS } from './shared-rows.js'
import { type OperationTable, type RailTables, type Row, went } from './table.js'

/** "Get Recipients": read without side effects, so it may run again. 22 is known from a neighbouring rail. */
const list: readonly Row[] = [
  went(
    'Success',
    { type: 23, status: 0, data: { recipient_list: 'any list' } },
    'RECIPIENTS',
    'choose one, or add one',
  ),
  went('No recipients found', { type: 22, status: 0, data: { recipient_list: 'no entries' } }, 'RECIPIENTS', 'add one'),
]

export const getRecipients: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'getRecipients',
    method: 'GET',
    path: '/customer/payment/ppi-digikhata/sender/{customer_id}/recipients',
    parameters: [{ name: 'service_code', from: 'serviceCode', optional: true }],
    repeatable: true,
    onUnknown: 'RUN_AGAIN',
    dependency: 'EKO_TRANSPORT',
    rows: [...list, ...common()],
  },
  levin: {
    rail: 'levin',
    operation: 'getRecipients',
    method: 'GET',
    path: '/customer/payment/ppi-levin/sender/{customer_id}/recipients',
    parameters: [{ name: 'wallet_token', from: 'walletToken' }],
    repeatable: true,
    onUnknown: 'RUN_AGAIN',
    dependency: 'EKO_TRANSPORT',
    rows: [...list, ...WALLET_REFUSALS, ...common()],
  },
}

/**
 * "Add Recipient". Never sent again by itself: Eko takes five a day and does not say whether one that was refused as known
 * counts, nor whether 342 names the recipient. The list tells whether it was added.
 */
const added: readonly Row[] = [
  went(
    'Success!Please transact using Recipientid',
    { type: 43, status: 0, data: { recipient_id: 'filled' } },
    'RECIPIENT_ADDED',
    "register the recipient's bank",
  ),
  RECIPIENT_EXISTS,
  BENEFICIARY_EXISTS,
  RECIPIENT_LIMIT,
  RECIPIENT_REFUSAL,
]

const digikhataAdd: OperationTable = {
  rail: 'digikhata',
  operation: 'addRecipient',
  method: 'POST',
  path: '/customer/payment/ppi-digikhata/sender/{customer_id}/recipient',
  parameters: [
    { name: 'bank_id', from: 'bankId' },
    { name: 'recipient_name', from: 'recipientName' },
    { name: 'recipient_mobile', from: 'recipientMobile' },
    { name: 'account', from: 'account' },
    { name: 'bank_code', from: 'ifsc' },
    { name: 'service_code', from: 'serviceCode', optional: true },
  ],
  repeatable: false,
  onUnknown: 'READ_RECIPIENTS',
  dependency: 'EKO_TRANSPORT',
  rows: [...added, ...common()],
}

/** The fixed ones are as on its page, which does not say what else they could be. */
const levinAdd: OperationTable = {
  rail: 'levin',
  operation: 'addRecipient',
  method: 'POST',
  path: '/customer/payment/ppi-levin/sender/{customer_id}/recipient',
  parameters: [
    { name: 'bank_id', from: 'bankId' },
    { name: 'recipient_name', from: 'recipientName' },
    { name: 'recipient_mobile', from: 'recipientMobile' },
    { name: 'recipient_type', fixed: '3' },
    { name: 'account', from: 'account' },
    { name: 'ifsc', from: 'ifsc' },
    { name: 'type', fixed: 'ifsc' },
    { name: 'account_type', fixed: '1' },
    { name: 'wallet_token', from: 'heldWalletToken', optional: true },
    { name: 'wallet_id', from: 'heldWalletId', optional: true },
  ],
  repeatable: false,
  onUnknown: 'READ_RECIPIENTS',
  dependency: 'EKO_TRANSPORT',
  rows: [...added, ...WALLET_REFUSALS, ...common()],
}

export const addRecipient: RailTables = { digikhata: digikhataAdd, levin: levinAdd }

/**
 * "Add Recipient Bank", Levin. A second one is refused as already added and then has no beneficiary's id, which only the
 * list has: so it is read first, and the call is never sent again by itself.
 */
export const addRecipientBank: RailTables = {
  digikhata: null,
  levin: {
    rail: 'levin',
    operation: 'addRecipientBank',
    method: 'POST',
    path: '/customer/payment/ppi-levin/sender/{customer_id}/bank/recipient',
    parameters: [
      { name: 'recipient_id', from: 'recipientIdText' },
      { name: 'wallet_token', from: 'walletToken' },
    ],
    repeatable: false,
    onUnknown: 'READ_RECIPIENTS',
    dependency: 'EKO_TRANSPORT',
    rows: [
      went(
        'Beneficiary added',
        { type: 1741, status: 0, data: { beneficiary_id: 'filled' } },
        'BANK_ADDED',
        'send a transaction OTP',
      ),
      RECIPIENT_EXISTS,
      BENEFICIARY_EXISTS,
      RECIPIENT_REFUSAL,
      ...WALLET_REFUSALS,
      ...common(),
    ],
  },
}
