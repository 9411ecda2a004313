import { settled, TRANSACTION_NOT_FOUND, UNSETTLED } from './money-rows.js'
import { common } from './shared-rows.js'
import type { RailTables, Row } from './table.js'

/**
 * "Transaction Inquiry", by Eko's id or by `client_ref_id`: read without side effects, so it may run again. That Eko does
 * not find a transaction proves nothing: it may be on its way.
 */
const rows: readonly Row[] = [...settled(1472), UNSETTLED, TRANSACTION_NOT_FOUND, ...common()]

export const transactionInquiry: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'transactionInquiry',
    method: 'GET',
    path: '/tools/reference/transaction/{transaction-reference}',
    parameters: [],
    repeatable: true,
    onUnknown: 'RUN_AGAIN',
    dependency: 'EKO_TRANSPORT',
    rows,
  },
  levin: {
    rail: 'levin',
    operation: 'transactionInquiry',
    method: 'GET',
    path: '/tools/reference/transaction/{transaction-reference}',
    parameters: [],
    repeatable: true,
    onUnknown: 'RUN_AGAIN',
    dependency: 'EKO_TRANSPORT',
    rows,
  },
}
