import { transferInput } from '../guards.js'
import type { FieldErrors } from '../shape.js'
import { workflowIdErrors } from '../workflow-id.js'
import type { TransferInput } from './contract.js'

/** What is wrong with the form of an input: field name to complaint. */
export function transferForm(input: unknown): FieldErrors {
  const errors = transferInput(input)
  if (Object.keys(errors).length > 0) return errors
  const { kind, rail, recipientId } = input as TransferInput
  if (kind !== 'WALLET_LOAD') return recipientId == null ? { recipientId: 'is required' } : {}
  // Eko documents no way to load a Levin wallet.
  return rail === 'digikhata' ? {} : { rail: 'must be digikhata: only its wallets are loaded' }
}

/** What is wrong with the input of a transfer of this workflow id. */
export function transferInputErrors(input: TransferInput, workflowId: string): FieldErrors {
  const errors = transferForm(input)
  return Object.keys(errors).length > 0 ? errors : workflowIdErrors('transfer', input, workflowId)
}
