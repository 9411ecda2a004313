import type { CallRequest, Recipient, RecipientCallName } from '../calls.js'
import type * as engine from '../engine/core.js'
import type { Profile } from '../messages.js'
import type {
  NewRecipient,
  RecipientsInput,
  RecipientsMessage,
  RecipientsPurpose,
  RecipientsState,
} from './contract.js'

/** Eko's operations that the session uses. */
export type RecipientsCall = 'getSender' | 'generateSenderOtp' | 'verifySenderOtp' | RecipientCallName

/** The words of the session. */
export interface RecipientsWords {
  readonly input: RecipientsInput
  readonly state: RecipientsState
  readonly purpose: RecipientsPurpose
  readonly message: RecipientsMessage
  readonly call: RecipientsCall
  readonly request: CallRequest
}

/** The session's whole memory: what every journey has, and what only this one holds. */
export interface RecipientsJourney extends engine.Core<RecipientsWords> {
  readonly recipients: readonly Recipient[] | null
  readonly profile: Profile | null
  /** Who is being added, while it is not known whether Eko has taken them. */
  readonly adding: NewRecipient | null
  /** Whose bank is being registered. */
  readonly registering: number | null
  /** The call whose own answer did not tell what became of it, while the list is read for it. */
  readonly reading: { readonly call: RecipientsCall; readonly answer: string } | null
}

export type PendingCall = engine.PendingCall<RecipientsWords>
export type Submission = engine.Submission<RecipientsMessage>
export type Opening = engine.Opening<RecipientsJourney>
