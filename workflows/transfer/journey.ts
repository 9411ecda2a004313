import type { CallRequest, Transfer, TransferCallName } from '../calls.js'
import type * as engine from '../engine/core.js'
import type { Profile } from '../messages.js'
import type { TransferInput, TransferMessage, TransferPurpose, TransferState } from './contract.js'

/** Eko's operations that a transfer uses: those of the sender's session, and those of money. */
export type TransferCall = 'getSender' | 'generateSenderOtp' | 'verifySenderOtp' | TransferCallName

/** The words of a transfer. */
export interface TransferWords {
  readonly input: TransferInput
  readonly state: TransferState
  readonly purpose: TransferPurpose
  readonly message: TransferMessage
  readonly call: TransferCall
  readonly request: CallRequest
}

/** A debit that was asked for. */
export interface Asked {
  readonly clientRefId: string
  /** ms since the epoch. */
  readonly at: number
  readonly answer: string
}

/** A transfer's whole memory: what every journey has, and what only this one holds. Times in ms. */
export interface TransferJourney extends engine.Core<TransferWords> {
  readonly profile: Profile | null
  /** Whether the sender proved the mobile in this journey and Eko took them for onboarded. */
  readonly senderProven: boolean
  /** Whether the one proof that a refused wallet token asks for is spent. */
  readonly provenAgain: boolean
  /** Every debit that may have reached Eko, oldest first. */
  readonly initiations: readonly Asked[]
  readonly transaction: Transfer | null
  /** Since when Eko does not find a transaction, or shows no refund, that may be there. */
  readonly unknownSince: number | null
}

export type PendingCall = engine.PendingCall<TransferWords>
export type Submission = engine.Submission<TransferMessage>
export type Opening = engine.Opening<TransferJourney>
