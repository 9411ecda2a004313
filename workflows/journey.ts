import type { SealedField } from '../values/sealed-field.js'
import type { CallName, CallRequest } from './calls.js'
import type * as engine from './engine/core.js'
import type {
  CompletionEvidence,
  ConsentRecord,
  ConsentText,
  ConsentWithdrawal,
  Message,
  OnboardingInput,
  OpenState,
  Profile,
  Purpose,
  SenderDetails,
  State,
  StepDone,
  StepProof,
} from './messages.js'

/** The words of the onboarding journey. */
export interface OnboardingWords {
  readonly input: OnboardingInput
  readonly state: State
  readonly purpose: Purpose
  readonly message: Message
  readonly call: CallName
  readonly request: CallRequest
}

/** The onboarding journey's whole memory: what every journey has, and what only this one holds. Times in ms. */
export interface Journey extends engine.Core<OnboardingWords> {
  readonly details: SenderDetails | null
  /** An Aadhaar challenge that waits while the sender proves the mobile again. */
  readonly keptChallenge: engine.Challenge<Purpose> | null
  readonly consentWanted: string | null
  readonly consentLanguages: readonly string[] | null
  readonly presented: (ConsentText & { readonly presentedAt: number }) | null
  readonly consent: ConsentRecord | null
  /** Each consent under which an Aadhaar number went to Eko, newest last. */
  readonly consents: readonly ConsentRecord[]
  readonly withdrawal: ConsentWithdrawal | null
  readonly aadhaar: SealedField | null
  /** Steps that already spent their one sender re-verification. */
  readonly reverified: readonly OpenState[]
  readonly keptPan: { readonly pan: SealedField; readonly until: number } | null
  readonly steps: readonly StepDone[]
  readonly proofs: readonly StepProof[]
  readonly mobileHint: string | null
  readonly applicationId: string | null
  readonly profile: Profile | null
  readonly evidence: CompletionEvidence | null
  readonly capability: 'full' | 'small' | 'unconfirmed' | null
}

export type PendingCall = engine.PendingCall<OnboardingWords>
export type Submission = engine.Submission<Message>
export type Opening = engine.Opening<Journey>
export type Advanced = engine.Advanced<Journey>
export type { JourneyEvent } from './engine/core.js'
